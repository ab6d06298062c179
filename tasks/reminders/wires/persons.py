"""Messages to one person in DingTalk (work notification) and WeCom (application message), by his id in that program.

Both want a token first, which is kept in this process until it runs out. WeCom drops a message that it has had within four
hours; DingTalk drops the same words to the same person on the same day. So a second try is seen once, as with a Message-ID
(reliability 2.2).
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from django.conf import settings

from branches.models import User
from tasks.models.reminders import Channel
from tasks.reminders.wires import Said, Trouble, guard
from tasks.reminders.wires.robots import JSON, verdict

STALE = {40001, 40014, 41001, 42001, 88}  # their words for "this token is no good"
EARLY = 300  # seconds before its end a token is asked for anew
TITLE, TEXT = 40, 160  # characters: WeCom counts 128 and 512 bytes
_tokens: dict[str, tuple[str, float]] = {}


@dataclass(frozen=True)
class Account:
    """The application of a site at a provider, read from its setting: `https://key:secret@host/agent`."""

    base: str
    key: str
    secret: str
    agent: str

    @classmethod
    def of(cls, url: str) -> Account:
        """Raises ValueError for a setting that cannot be read."""
        parts = urlsplit(url)
        host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname or ""
        agent = parts.path.strip("/")
        if not (parts.username and parts.password and host and agent):
            raise ValueError("the address of the chat program is not https://key:secret@host/agent")
        return cls(urlunsplit((parts.scheme, host, "", "", "")), parts.username, parts.password, agent)


def send(channel: str, user: User, said: Said) -> Trouble | None:
    """Hand one message to the person's chat program; None when it was taken."""
    call = {Channel.DINGTALK: _dingtalk, Channel.WECOM: _wecom}[Channel(channel)]
    try:
        account = Account.of(settings.DINGTALK_URL if channel == Channel.DINGTALK else settings.WECOM_URL)
        return call(account, user, said)
    except guard.Failed as error:
        return error.trouble
    except ValueError as error:
        return Trouble(str(error), away=True)  # ours to mend; the message waits


def _dingtalk(account: Account, user: User, said: Said) -> Trouble | None:
    card = {
        "title": said.title[:TITLE], "markdown": f"**{said.title}**\n\n" + "\n\n".join(said.text.split("\n")),
        "single_title": "打开", "single_url": said.url,
    }  # fmt: skip
    content = {
        "agent_id": account.agent, "userid_list": user.dingtalk_id, "msg": {"msgtype": "action_card", "action_card": card},
    }  # fmt: skip
    return _call(
        account, f"/gettoken?appkey={quote(account.key)}&appsecret={quote(account.secret)}",
        "/topapi/message/corpconversation/asyncsend_v2", content, "sub_code",
    )  # fmt: skip


def _wecom(account: Account, user: User, said: Said) -> Trouble | None:
    card = {
        "title": said.title[:TITLE],
        "description": said.text[:TEXT] or said.title,
        "url": said.url,
        "btntxt": "打开",
    }
    content = {
        "touser": user.wecom_id, "msgtype": "textcard", "agentid": int(account.agent) if account.agent.isdecimal() else 0,
        "textcard": card, "enable_duplicate_check": 1, "duplicate_check_interval": 14_400,
    }  # fmt: skip
    return _call(
        account, f"/cgi-bin/gettoken?corpid={quote(account.key)}&corpsecret={quote(account.secret)}",
        "/cgi-bin/message/send", content, "invaliduser",
    )  # fmt: skip


def _call(account: Account, token_path: str, path: str, content: dict[str, Any], unknown: str) -> Trouble | None:
    """Send with a token. In the field `unknown` a provider that says "taken" names whom it does not know."""
    body = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()  # the same bytes for every try
    token = _token(account, token_path)
    if isinstance(token, Trouble):
        return token
    answer = guard.post(f"{account.base}{path}?access_token={quote(token)}", body, dict(JSON))
    found = answer.json()
    if found.get("errcode") in STALE:
        _tokens.pop(account.base + account.key, None)
        return Trouble(f"{found.get('errcode')} token", away=True, wait=1)
    if (trouble := verdict(answer)) is not None:
        return trouble
    return Trouble(f"{unknown}: {str(found[unknown])[:60]}", final=True) if found.get(unknown) else None


def _token(account: Account, path: str) -> str | Trouble:
    kept, until = _tokens.get(account.base + account.key, ("", 0.0))
    if kept and time.monotonic() < until:
        return kept
    found = guard.get(f"{account.base}{path}").json()
    token, lives = found.get("access_token"), found.get("expires_in")
    if not isinstance(token, str) or not token:
        return Trouble(f"{found.get('errcode')} {str(found.get('errmsg'))[:120]}", away=True)
    seconds = lives if isinstance(lives, int) else 2 * EARLY
    _tokens[account.base + account.key] = (token, time.monotonic() + max(0, seconds - EARLY))
    return token


def forget_tokens() -> None:
    """Ask for new ones; for tests, and after the secret was changed."""
    _tokens.clear()
