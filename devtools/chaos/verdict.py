"""What came of a storm: the ledger, the mails and the reports against what had to be; every difference is one sentence."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

DOORS = r"/a/\d+/(?:update/)?"
THE_REST, WRITTEN_OUT = "/notices/", 20
Told = tuple[date, str, str, int]  # day, person, kind, row


@dataclass
class Ledger:
    """What the database says when all is quiet again."""

    told: Sequence[tuple[date, str, str, int, str, int, str]]  # … and Message-ID, attempts and channel of its message
    waiting: int
    failed: int
    texts: Counter[str]
    entries: Sequence[tuple[str, str, int, bool, str]] = ()  # of to-do lists: source, person, row, done, state


@dataclass
class Verdict:
    """The faults, and figures for a person to read."""

    faults: list[str] = field(default_factory=list)
    figures: dict[str, int] = field(default_factory=dict)


def judge(expected: set[Told], ledger: Ledger, crowd: dict[str, Any], addresses: dict[str, str]) -> Verdict:
    """Nothing missed, nothing doubled, every mail explained, every accepted report there once."""
    found = Verdict()
    told = [one[:4] for one in ledger.told]
    found.faults += [f"missed: {_words(one)}" for one in sorted(expected - set(told))]
    found.faults += [f"not expected: {_words(one)}" for one in sorted(set(told) - expected)]
    found.faults += [f"told {n} times: {_words(one)}" for one, n in Counter(told).items() if n > 1]
    found.faults += [f"{ledger.waiting} reminders still wait"] if ledger.waiting else []
    found.faults += [f"{ledger.failed} reminders failed for good"] if ledger.failed else []
    found.faults += _mails(ledger, crowd["mails"], addresses)
    found.faults += _chats(ledger, crowd["chats"])
    found.faults += _entries(ledger, crowd["entries"])
    found.faults += [
        f"accepted, but there {ledger.texts[text]} times: {text}"
        for text in crowd["accepted"]
        if ledger.texts[text] != 1
    ]
    found.faults += [f"there twice: {text}" for text in crowd["unsure"] if ledger.texts[text] > 1]
    answers = {int(status): number for status, number in crowd["answers"].items()}
    found.faults += [
        f"{number} answers {status}" for status, number in answers.items() if status not in (200, 302, 409, 503)
    ]
    found.figures = {
        "reminders": len(told),
        "mails": len({mail["id"] for mail in crowd["mails"]}),
        "second copies of a mail": len(crowd["mails"]) - len({mail["id"] for mail in crowd["mails"]}),
        "chat messages": len(crowd["chats"]),
        "second copies of a chat message": len(crowd["chats"])
        - len({(one["to"], one["day"]) for one in crowd["chats"]}),
        "entries in to-do lists": len(crowd["entries"]),
        "reports": len(crowd["accepted"]),
        "answers 503": answers.get(503, 0),
    }
    return found


def _mails(ledger: Ledger, mails: Sequence[dict[str, str]], addresses: dict[str, str]) -> list[str]:
    """Every mail is one that the ledger knows, came at most as often as it was tried, and says what it should."""
    faults = []
    shown = {mail["id"]: mail for mail in mails}
    told = [one for one in ledger.told if one[6] == "mail"]
    attempts = {one[4]: one[5] for one in told}
    for key, number in Counter(mail["id"] for mail in mails).items():
        if key not in attempts:
            faults.append(f"a mail that no ledger knows: {key}")
        elif number > attempts[key]:
            faults.append(f"{key} arrived {number} times after {attempts[key]} attempts")
    lines = Counter((one[4], one[2]) for one in told)
    for day, person, kind, row, key, _tries, _channel in told:
        mail = shown.get(key)
        if mail is None:
            faults.append(f"said to be sent, but no mail arrived: {_words((day, person, kind, row))}")
        elif mail["to"] != addresses[person]:
            faults.append(f"sent to somebody else: {_words((day, person, kind, row))}")
        elif lines[key, kind] > WRITTEN_OUT and THE_REST in mail["text"]:
            continue  # a long section ends with a number and a link
        elif _door(kind, row) not in re.findall(DOORS, mail["text"]):
            faults.append(f"not in the mail it should be in: {_words((day, person, kind, row))}")
    return faults


def _chats(ledger: Ledger, chats: Sequence[dict[str, str]]) -> list[str]:
    """A chat message has no Message-ID; a person gets one a day, which is how it is known here."""
    faults = []
    told = [one for one in ledger.told if one[6] != "mail"]
    attempts = {(one[1], one[0].isoformat()): one[5] for one in told}
    copies = Counter((one["to"], one["day"]) for one in chats)
    for (person, day), number in copies.items():
        if (person, day) not in attempts:
            faults.append(f"a chat message that no ledger knows: {person} {day}")
        elif number > attempts[person, day]:
            faults.append(f"{person} was written to {number} times on {day} after {attempts[person, day]} attempts")
    faults += [
        f"said to be sent, but no chat message arrived: {_words(one[:4])}"
        for one in told
        if not copies[one[1], one[0].isoformat()]
    ]
    return faults


def _entries(ledger: Ledger, stand: Sequence[dict[str, Any]]) -> list[str]:
    """Whoever was told of a row in DingTalk has it in his list, once, and as the table says."""
    wanted = {(one[1], one[3]) for one in ledger.told if one[6] == "dingtalk" and one[2] != "escalated"}
    kept = {(person, row) for _source, person, row, _done, _state in ledger.entries}
    faults = [f"in no to-do list: {person} row {row}" for person, row in sorted(wanted - kept)]
    faults += [f"in a to-do list without a message: {person} row {row}" for person, row in sorted(kept - wanted)]
    there = Counter(one["sourceId"] for one in stand)
    ticked = {one["sourceId"]: one["done"] for one in stand}
    for source, person, row, done, state in ledger.entries:
        if state != "sent":
            faults.append(f"the entry of {person} row {row} is still {state}")
        elif there[source] != 1 or ticked[source] != done:
            faults.append(f"{person} has row {row} {there[source]} times in his list")
    return faults


def _door(kind: str, row: int) -> str:
    """Where a mail leads: whoever does the work to his form, whoever is told of it from above to its page."""
    return f"/a/{row}/" if kind == "escalated" else f"/a/{row}/update/"


def _words(one: Told) -> str:
    day, person, kind, row = one
    return f"{day} {person} {kind} row {row}"
