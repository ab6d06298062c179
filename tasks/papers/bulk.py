"""One change for many rows of a draft: worked out, shown as old and new, then applied as it was shown (issue 3, section 3)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from tasks.papers.rows import LENGTHS, Sheet, stored

SET = ("lead_units", "supporting_units", "due", "leader", "heading", "evidence")
TEXTS = ("content", "measures", "lead_units", "supporting_units", "due", "leader", "evidence", "heading")
REPLACE = "replace"


@dataclass(frozen=True)
class Change:
    """One cell that becomes another; both as the editor shows them."""

    key: str
    number: str
    content: str
    field: str
    old: str
    new: str


@dataclass(frozen=True)
class Wish:
    """What is wished for: one column set to a text, or a text replaced wherever it stands."""

    what: str
    text: str = ""
    find: str = ""

    @property
    def known(self) -> bool:
        """Whether it says enough to be worked out."""
        return self.what in SET or (self.what == REPLACE and bool(self.find))


def changes(sheet: Sheet, wish: Wish, keys: Collection[str] | None = None) -> list[Change]:
    """The cells that the wish changes, in the rows with these keys (None: in all); a cell that stays is none."""
    found: list[Change] = []
    for row in sheet.rows:
        key = str(row["row"])
        if not wish.known or (keys is not None and key not in keys):
            continue
        if row.get("continues") and wish.what in ("lead_units", "supporting_units", "leader"):
            continue  # a further date of the task above has that task's units
        for name in (wish.what,) if wish.what in SET else TEXTS:
            old = sheet.field(row, name)
            new = wish.text if wish.what in SET else old.replace(wish.find, wish.text)
            new = new.strip()[: LENGTHS[name]]
            if stored(name, new) != stored(name, old):
                found.append(Change(key, str(row.get("number", "")), sheet.field(row, "content"), name, old, new))
    return found


def apply(sheet: Sheet, found: Collection[Change]) -> None:
    """Put the changes into the rows."""
    for change in found:
        sheet.change(change.key, {change.field: change.new})


def head_groups(sheet: Sheet, typed: dict[str, str]) -> None:
    """New words for headings: each for the row it stands above and those below it that had the same heading."""
    for key, text in typed.items():
        place = sheet.place(key)
        if place is None:
            continue
        before, after = sheet.rows[place].get("heading", []), stored("heading", text)
        if before == after:
            continue
        for row in sheet.rows[place:]:
            if row.get("heading", []) != before:
                break
            row["heading"] = after
