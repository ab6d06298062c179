"""Names in an archive package that every system can write, Windows first: one folder for each number and unit."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from tasks.uploads import UNSEEN

LENGTH = 40  # a number, a unit twice, a day and an ending stay well under the 260 characters of a path on Windows
RESERVED = re.compile(r'[<>:"/\\|?*#%\s]+')  # with # and %, which would lead a link astray
DEVICES = {"CON", "PRN", "AUX", "NUL", *(f"{port}{n}" for port in ("COM", "LPT") for n in "123456789¹²³")}


def safe(words: str) -> str:
    """Words as the name of a file or folder."""
    name = RESERVED.sub("_", UNSEEN.sub("", unicodedata.normalize("NFC", words)).strip())
    name = name[:LENGTH].strip("._") or "_"
    return f"_{name}" if name.partition(".")[0].upper() in DEVICES else name


def ending(name: str) -> str:
    """The ending of a file's own name, with its dot."""
    found = re.search(r"\.([0-9A-Za-z]{1,10})$", name)
    return f".{found[1].lower()}" if found else ""


class Names:
    """Gives every file its place: 序号/单位/序号-单位-日期(-n).ext. Rows come task by task; no two places are the same."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._begin(-1, "")

    def _begin(self, task: int, number: str) -> None:
        self._task, self._number = task, number
        self._units: dict[str, int] = {}
        self._names: dict[int, str] = {}
        self._days: dict[tuple[int, date], int] = {}
        self._placed: dict[tuple[int, int], str] = {}  # (unit, file) of this task → where it lies

    def place(
        self, task: int, number: str, unit: int, unit_name: str, file: int, file_name: str, on: date
    ) -> tuple[str, bool]:
        """Where a file goes, and whether it is new there; the same file of the same task and unit has one place."""
        if task != self._task:
            self._begin(task, _free(safe(number), task, self._numbers))
        if unit not in self._names:
            self._names[unit] = _free(safe(unit_name), unit, self._units)
        if place := self._placed.get((unit, file)):
            return place, False
        count = self._days[unit, on] = self._days.get((unit, on), 0) + 1
        name = self._names[unit]
        again = f"-{count}" if count > 1 else ""
        place = f"{self._number}/{name}/{self._number}-{name}-{on:%Y%m%d}{again}{ending(file_name)}"
        self._placed[unit, file] = place
        return place, True

    def forget(self, unit: int, file: int) -> None:
        """The file could not be read: nothing lies there."""
        self._placed.pop((unit, file), None)


def _free(name: str, key: int, taken: dict[str, int]) -> str:
    """The name, with a number where another thing has it; capitals make no difference on Windows."""
    found, count = name, 1
    while taken.setdefault(found.casefold(), key) != key:
        count += 1
        found = f"{name}_{count}"
    return found
