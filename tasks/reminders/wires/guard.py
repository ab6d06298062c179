"""The guarded request (branches.outward) as messages use it: what went wrong says what that means for the next try."""

from __future__ import annotations

from branches import outward
from branches.outward import MOST, Answer, is_public, why_not
from tasks.reminders.wires import Trouble

__all__ = ["MOST", "TOTAL", "Answer", "Failed", "ask", "get", "is_public", "post", "why_not"]
TOTAL = 10.0  # seconds


class Failed(Exception):
    """The request came to nothing; `trouble` says what that means for the next try."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble.words)
        self.trouble = trouble


def post(url: str, body: bytes, headers: dict[str, str]) -> Answer:
    """Send and read the answer, whatever its status. Raises Failed."""
    return ask("POST", url, body, headers)


def get(url: str) -> Answer:
    """Read. Raises Failed."""
    return ask("GET", url, None, {})


def ask(method: str, url: str, body: bytes | None, headers: dict[str, str]) -> Answer:
    """One request and its answer, whatever its status. Raises Failed."""
    try:
        return outward.ask(method, url, body, headers, total=TOTAL)
    except outward.Broken as error:
        unknown = not (error.refused or error.away)
        raise Failed(Trouble(error.words, away=error.away, final=error.refused, unknown=unknown)) from error
