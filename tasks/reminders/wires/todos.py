"""Entries in a person's own to-do list in DingTalk: written, changed and ticked off, known by a source id of ours.

The list belongs to the person's union id, which the contacts of the provider give for his user id. Writing an entry whose
source id is there answers "task exist", so a second try finds the first one's entry instead of making another.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from urllib.parse import quote

from django.conf import settings

from tasks.models.reminders import Channel
from tasks.reminders.wires import Trouble, guard
from tasks.reminders.wires.accounts import STALE, Account
from tasks.reminders.wires.robots import JSON, verdict

THERE, GONE = "task exist", "task not exist"  # the provider's words
BUSY = ("flowControl", "QpsLimit", "lockError")
PAUSE = 60  # seconds, where a busy provider names none
SUBJECT, DESCRIPTION = 200, 500  # characters; the provider takes 1,024 and 4,096


@dataclass(frozen=True)
class Entry:
    """An entry as it ought to stand."""

    source: str
    subject: str
    description: str
    due: datetime | None
    url: str
    done: bool


@dataclass
class Place:
    """Where an entry stands: whose list, and under which id; empty as far as it is not known yet."""

    owner: str = ""
    entry: str = ""


def write(user_id: str, place: Place, wanted: Entry) -> Trouble | None:
    """Bring the entry to what is wanted; None when it stands so. What is found out about its place is put into `place`."""
    try:
        account = Account.of(Channel.DINGTALK)
        place.owner = place.owner or _union_id(account, user_id)
        made = not place.entry and _begin(account, place, wanted)
        if place.entry and not made:
            _change(account, place, wanted)
    except guard.Failed as error:
        return error.trouble
    except ValueError as error:
        return Trouble(str(error), away=True)  # ours to mend; the entry waits
    return None


def _union_id(account: Account, user_id: str) -> str:
    body = json.dumps({"userid": user_id}).encode()
    answer = guard.post(f"{account.base}/topapi/v2/user/get?access_token={quote(account.token())}", body, dict(JSON))
    found = answer.json()
    if found.get("errcode") in STALE:
        raise guard.Failed(account.stale(f"{found.get('errcode')} token"))
    if (trouble := verdict(answer)) is not None:
        raise guard.Failed(trouble)
    result = found.get("result")
    union = result.get("unionid") if isinstance(result, dict) else None
    if not isinstance(union, str) or not union:
        raise guard.Failed(Trouble("no unionid for this user id", final=True))
    return union


def _begin(account: Account, place: Place, wanted: Entry) -> bool:
    """Whether the entry was written just now. One that stands already is found; what is done and never stood stays away."""
    if not wanted.done:
        content = _words(wanted) | {
            "sourceId": wanted.source, "creatorId": place.owner, "executorIds": [place.owner],
            "isOnlyShowExecutor": True, "detailUrl": {"appUrl": wanted.url, "pcUrl": wanted.url},
        }  # fmt: skip
        answer = _ask(account, "POST", f"{_list(place)}?operatorId={quote(place.owner)}", content)
        if answer.json().get("message") != THERE:
            _taken(account, answer)
            place.entry = _id(answer)
            return True
    answer = _ask(account, "GET", f"{_list(place)}/sources/{quote(wanted.source)}", None)
    if answer.status != 404 and answer.json().get("message") != GONE:
        _taken(account, answer)
        place.entry = _id(answer)
    return False


def _change(account: Account, place: Place, wanted: Entry) -> None:
    """Say how it stands now. An entry that the person has thrown away stays thrown away."""
    path = f"{_list(place)}/{quote(place.entry)}?operatorId={quote(place.owner)}"
    answer = _ask(account, "PUT", path, _words(wanted) | {"done": wanted.done})
    if answer.json().get("message") != GONE:
        _taken(account, answer)


def _id(answer: guard.Answer) -> str:
    found = answer.json().get("id")
    if not isinstance(found, str) or not found:
        raise guard.Failed(Trouble("no id in the answer", unknown=True))
    return found[:120]


def _list(place: Place) -> str:
    return f"/v1.0/todo/users/{quote(place.owner, safe='')}/tasks"


def _words(wanted: Entry) -> dict[str, Any]:
    content: dict[str, Any] = {"subject": wanted.subject[:SUBJECT], "description": wanted.description[:DESCRIPTION]}
    if wanted.due is not None:
        content["dueTime"] = int(wanted.due.timestamp() * 1000)
    return content


def _ask(account: Account, method: str, path: str, content: dict[str, Any] | None) -> guard.Answer:
    body = None if content is None else json.dumps(content, ensure_ascii=False).encode()
    headers = {**JSON, "x-acs-dingtalk-access-token": account.token()}
    return guard.ask(method, settings.DINGTALK_TODO_URL.rstrip("/") + path, body, headers)


def _taken(account: Account, answer: guard.Answer) -> None:
    """Nothing where the answer says "taken". This interface uses statuses, with a code in words. Raises guard.Failed."""
    found = answer.json()
    code, said = str(found.get("code", "")), " ".join(str(found.get("message", "")).split())[:120]
    if answer.status == 401 or code == "InvalidAuthentication":
        raise guard.Failed(account.stale(f"{answer.status} {code}"))
    if any(word in code for word in BUSY):
        raise guard.Failed(Trouble(f"{code} {said}", away=True, wait=answer.wait or PAUSE))
    if (trouble := verdict(answer, strict=False)) is not None:
        raise guard.Failed(replace(trouble, words=f"{trouble.words} {code} {said}".strip()))
