"""What a robot in a group chat is sent: DingTalk, WeCom, Feishu, and a signed webhook of our own for everything else.

Signatures are those of the providers' pages; the generic one is HMAC-SHA256 over time stamp and body, with an Idempotency-Key
by which a receiver drops what it has seen (docs/webhooks.md).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import quote

from tasks.reminders.wires import Said, Trouble, guard

THROTTLED = 600  # seconds: DingTalk lets a robot rest ten minutes
JSON = {"Content-Type": "application/json; charset=utf-8"}
Written = tuple[str, dict[str, Any], dict[str, str]]  # address, content, headers beside the type


def dingtalk(url: str, secret: str, said: Said, now: datetime) -> Written:
    """Custom robot: the signature goes with the address, over milliseconds and the secret."""
    if secret:
        stamp = str(int(now.timestamp() * 1000))
        sign = quote(_sign(secret.encode(), f"{stamp}\n{secret}".encode()), safe="")
        url = f"{url}{'&' if '?' in url else '?'}timestamp={stamp}&sign={sign}"
    text = f"### {said.title}\n\n{said.text}\n\n[{said.url}]({said.url})"
    return url, {"msgtype": "markdown", "markdown": {"title": said.title, "text": text}}, {}


def wecom(url: str, _secret: str, said: Said, _now: datetime) -> Written:
    """Group robot: the key in its address is all there is."""
    return url, {"msgtype": "text", "text": {"content": _plain(said)}}, {}


def feishu(url: str, secret: str, said: Said, now: datetime) -> Written:
    """Custom robot: the signature stands in the content, over seconds and the secret, with nothing signed."""
    content: dict[str, Any] = {"msg_type": "text", "content": {"text": _plain(said)}}
    if secret:
        stamp = str(int(now.timestamp()))
        content |= {"timestamp": stamp, "sign": _sign(f"{stamp}\n{secret}".encode(), b"")}
    return url, content, {}


def generic(url: str, _secret: str, said: Said, now: datetime) -> Written:
    """Our own: plain fields, signed in `send`."""
    content = {"id": said.key, "title": said.title, "text": said.text, "url": said.url, "at": now.isoformat()}
    return url, content, {"Idempotency-Key": said.key}


KINDS: dict[str, Callable[[str, str, Said, datetime], Written]] = {
    "dingtalk": dingtalk, "wecom": wecom, "feishu": feishu, "webhook": generic,
}  # fmt: skip
TOO_FAST = {130101, 660026, 45009, 45033, 9499, 11232}  # their words for "too many at once"


def send(kind: str, url: str, secret: str, said: Said, now: datetime) -> Trouble | None:
    """Hand one message to one robot; None when it was taken."""
    address, content, headers = KINDS[kind](url, secret, said, now)
    body = json.dumps(content, ensure_ascii=False).encode()
    if kind == "webhook":
        stamp = str(int(now.timestamp()))
        mark = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
        headers |= {"X-Timestamp": stamp, "X-Signature": f"sha256={mark}"}
    try:
        answer = guard.post(address, body, {**JSON, **headers})
    except guard.Failed as error:
        return error.trouble
    return verdict(answer, strict=kind != "webhook")


def verdict(answer: guard.Answer, *, strict: bool = True) -> Trouble | None:
    """What an answer means; `strict`: the provider answers 200 to everything and puts its own code into the content."""
    if answer.status in (408, 425, 429) or answer.status >= 500:
        busy = answer.status == 429
        return Trouble(f"HTTP {answer.status}", away=busy, wait=answer.wait or (THROTTLED if busy else 0))
    if not 200 <= answer.status < 300:
        return Trouble(f"HTTP {answer.status}", final=True)
    if not strict:
        return None
    found = answer.json()
    code = found.get("errcode", found.get("code", found.get("StatusCode")))
    if code == 0:
        return None
    said = " ".join(str(found.get("errmsg") or found.get("msg") or "").split())[:120]
    if code in TOO_FAST:
        return Trouble(f"{code} {said}", away=True, wait=answer.wait or THROTTLED)
    return Trouble(f"{code} {said}", final=code is not None)


def _plain(said: Said) -> str:
    return "\n".join(part for part in (said.title, said.text, said.url) if part)


def _sign(key: bytes, words: bytes) -> str:
    return base64.b64encode(hmac.new(key, words, hashlib.sha256).digest()).decode()
