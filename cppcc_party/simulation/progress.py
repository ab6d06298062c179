"""How far a long command has come: a bar with the time left on a terminal, a plain line now and then elsewhere."""

from __future__ import annotations

import time
from typing import Protocol

PATIENCE = 10.0  # seconds between two plain lines
WIDTH = 30


class Terminal(Protocol):
    """Where it is written: a stream, or Django's wrapper around one."""

    def write(self, text: str, *, ending: str = ...) -> object:
        """Write some words."""

    def flush(self) -> None:
        """Have them seen."""

    def isatty(self) -> bool:
        """Whether a person looks at it."""


class Progress:
    """One line for each part of the work. `tick` may be called as often as one likes."""

    def __init__(self, out: Terminal) -> None:
        self.out = out
        self.title, self.total = "", 0
        self.began = self.said = time.monotonic()

    def begin(self, title: str, total: int = 0) -> None:
        """The next part, and how many steps it has, where that is known."""
        self.title, self.total = title, total
        self.began = self.said = time.monotonic()
        self._write(f"{title} …", over=True)

    def tick(self, done: int, words: str = "") -> None:
        """So many steps are done."""
        now = time.monotonic()
        if now - self.said < (0.2 if self.out.isatty() else PATIENCE):
            return
        self.said = now
        left = (now - self.began) * (self.total - done) / done if done else 0.0
        full = WIDTH * done // self.total if self.total else 0
        bar = f"[{'#' * full}{'.' * (WIDTH - full)}] " if self.out.isatty() else ""
        self._write(f"{self.title} {bar}{100 * done // (self.total or 1)} %, {lasting(left)} left{words}", over=True)

    def end(self, words: str = "") -> None:
        """The part is done; `words` say what came of it."""
        took = lasting(time.monotonic() - self.began)
        self._write(f"{self.title}: {words}, {took}" if words else f"{self.title}: {took}", over=False)

    def _write(self, line: str, *, over: bool) -> None:
        """On a terminal a line is written over the one before, until it is the last of its part."""
        if self.out.isatty():
            self.out.write(f"\r\033[K{line}", ending="" if over else "\n")
        else:
            self.out.write(line, ending="\n")
        self.out.flush()


def lasting(seconds: float) -> str:
    """A length of time as people read it: 4.2 s, 3 min 20 s, 1 h 5 min."""
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
