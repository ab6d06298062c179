"""What came of a storm: the ledger, the mails and the reports against what had to be; every difference is one sentence."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

DOORS = r"/a/\d+/(?:update/)?"
Told = tuple[date, str, str, int]  # day, person, kind, row


@dataclass
class Ledger:
    """What the database says when all is quiet again."""

    told: Sequence[tuple[date, str, str, int, str, int]]  # … and Message-ID and attempts of its message
    waiting: int
    failed: int
    texts: Counter[str]


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
    copies = Counter(mail["id"] for mail in crowd["mails"])
    shown = {mail["id"]: mail for mail in crowd["mails"]}
    attempts = {one[4]: one[5] for one in ledger.told}
    for key, number in copies.items():
        if key not in attempts:
            found.faults.append(f"a mail that no ledger knows: {key}")
        elif number > attempts[key]:
            found.faults.append(f"{key} arrived {number} times after {attempts[key]} attempts")
    for day, person, kind, row, key, _tries in ledger.told:
        mail = shown.get(key)
        if mail is None:
            found.faults.append(f"said to be sent, but no mail arrived: {_words((day, person, kind, row))}")
        elif mail["to"] != addresses[person] or _door(kind, row) not in re.findall(DOORS, mail["text"]):
            found.faults.append(f"not in the mail it should be in: {_words((day, person, kind, row))}")
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
        "mails": len(shown),
        "second copies of a mail": len(crowd["mails"]) - len(shown),
        "reports": len(crowd["accepted"]),
        "answers 503": answers.get(503, 0),
    }
    return found


def _door(kind: str, row: int) -> str:
    """Where a mail leads: whoever does the work to his form, whoever is told of it from above to its page."""
    return f"/a/{row}/" if kind == "escalated" else f"/a/{row}/update/"


def _words(one: Told) -> str:
    day, person, kind, row = one
    return f"{day} {person} {kind} row {row}"
