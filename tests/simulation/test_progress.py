"""A long command says how far it has come: over one line on a terminal, in plain lines elsewhere."""

from __future__ import annotations

from io import StringIO

import pytest

from cppcc_party.simulation import progress
from cppcc_party.simulation.progress import Progress, lasting


class Screen(StringIO):
    """What stands on a terminal, or in a file."""

    def __init__(self, terminal: bool) -> None:
        super().__init__()
        self.terminal = terminal

    def isatty(self) -> bool:
        return self.terminal

    def write(self, text: str, *, ending: str = "") -> int:
        return super().write(text + ending)


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that is put forward by hand."""
    now = [0.0]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    return now


def test_a_terminal_shows_a_bar_and_the_time_left(seconds: list[float]) -> None:
    screen = Screen(terminal=True)
    shown = Progress(screen)
    shown.begin("Work", 100)
    seconds[0] = 30.0
    shown.tick(25, ", 7 rows")
    seconds[0] = 60.0
    shown.end("10 rows")

    lines = screen.getvalue().split("\r\033[K")
    assert lines[2] == f"Work [{'#' * 7}{'.' * 23}] 25 %, 1 min 30 s left, 7 rows"
    assert lines[3] == "Work: 10 rows, 1 min 0 s\n"


def test_a_file_gets_a_line_now_and_then(seconds: list[float]) -> None:
    screen = Screen(terminal=False)
    shown = Progress(screen)
    shown.begin("Work", 4)
    for second, done in ((1.0, 1), (11.0, 2), (12.0, 3)):
        seconds[0] = second
        shown.tick(done)
    shown.end()

    assert screen.getvalue().splitlines() == ["Work …", "Work 50 %, 11.0 s left", "Work: 12.0 s"]


def test_lengths_of_time_are_told_as_people_say_them() -> None:
    assert [lasting(number) for number in (4.24, 200, 3900)] == ["4.2 s", "3 min 20 s", "1 h 5 min"]
