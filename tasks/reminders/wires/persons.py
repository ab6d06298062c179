"""Messages to one person in DingTalk (work notification) and WeCom (application message), by his id in that program.

WeCom drops a message that it has had within four hours; DingTalk drops the same words to the same person on the same day. So
a second try is seen once, as with a Message-ID (reliability 2.2).
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from branches.models import User
from tasks.models.reminders import Channel
from tasks.reminders.wires import Said, Trouble, guard
from tasks.reminders.wires.accounts import STALE, Account
from tasks.reminders.wires.robots import JSON, verdict

TITLE, TEXT = 40, 160  # characters: WeCom counts 128 and 512 bytes


def send(channel: str, user: User, said: Said) -> Trouble | None:
    """Hand one message to the person's chat program; None when it was taken."""
    call = {Channel.DINGTALK: _dingtalk, Channel.WECOM: _wecom}[Channel(channel)]
    try:
        return call(Account.of(channel), user, said)
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
    return _call(account, "/topapi/message/corpconversation/asyncsend_v2", content, "sub_code")


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
    return _call(account, "/cgi-bin/message/send", content, "invaliduser")


def _call(account: Account, path: str, content: dict[str, Any], unknown: str) -> Trouble | None:
    """Send with a token. In the field `unknown` a provider that says "taken" names whom it does not know."""
    body = json.dumps(content, ensure_ascii=False, sort_keys=True).encode()  # the same bytes for every try
    answer = guard.post(f"{account.base}{path}?access_token={quote(account.token())}", body, dict(JSON))
    found = answer.json()
    if found.get("errcode") in STALE:
        return account.stale(f"{found.get('errcode')} token")
    if (trouble := verdict(answer)) is not None:
        return trouble
    return Trouble(f"{unknown}: {str(found[unknown])[:60]}", final=True) if found.get(unknown) else None
