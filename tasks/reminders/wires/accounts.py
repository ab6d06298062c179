"""The application of a site at a provider: how it is written in a setting, and the token by which its requests are known.

A token is kept in this process until it runs out; one that the provider calls stale is asked for anew.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from urllib.parse import quote, urlsplit, urlunsplit

from django.conf import settings

from tasks.models.reminders import Channel
from tasks.reminders.wires import Trouble, guard

STALE = {40001, 40014, 41001, 42001, 88}  # their words for "this token is no good"
EARLY = 300  # seconds before its end a token is asked for anew
TOKENS = {
    Channel.DINGTALK: "/gettoken?appkey={key}&appsecret={secret}",
    Channel.WECOM: "/cgi-bin/gettoken?corpid={key}&corpsecret={secret}",
}
_tokens: dict[str, tuple[str, float]] = {}


@dataclass(frozen=True)
class Account:
    """Read from its setting: `https://key:secret@host/agent`."""

    channel: str
    base: str
    key: str
    secret: str
    agent: str

    @classmethod
    def of(cls, channel: str) -> Account:
        """The application of this channel. Raises ValueError for a setting that cannot be read."""
        parts = urlsplit(settings.DINGTALK_URL if channel == Channel.DINGTALK else settings.WECOM_URL)
        host = f"{parts.hostname}:{parts.port}" if parts.port else parts.hostname or ""
        agent = parts.path.strip("/")
        if not (parts.username and parts.password and host and agent):
            raise ValueError("the address of the chat program is not https://key:secret@host/agent")
        return cls(channel, urlunsplit((parts.scheme, host, "", "", "")), parts.username, parts.password, agent)

    def token(self) -> str:
        """The token for a request now. Raises guard.Failed where the provider gives none."""
        kept, until = _tokens.get(self._name, ("", 0.0))
        if kept and time.monotonic() < until:
            return kept
        path = TOKENS[Channel(self.channel)].format(key=quote(self.key), secret=quote(self.secret))
        found = guard.get(f"{self.base}{path}").json()
        token, lives = found.get("access_token"), found.get("expires_in")
        if not isinstance(token, str) or not token:
            raise guard.Failed(Trouble(f"{found.get('errcode')} {str(found.get('errmsg'))[:120]}", away=True))
        seconds = lives if isinstance(lives, int) else 2 * EARLY
        _tokens[self._name] = (token, time.monotonic() + max(0, seconds - EARLY))
        return token

    def stale(self, words: str) -> Trouble:
        """The provider does not know the token any more: forget it, and try again in a moment."""
        _tokens.pop(self._name, None)
        return Trouble(words, away=True, wait=1)

    @property
    def _name(self) -> str:
        return self.base + self.key


def forget_tokens() -> None:
    """Ask for new ones; for tests, and after the secret was changed."""
    _tokens.clear()
