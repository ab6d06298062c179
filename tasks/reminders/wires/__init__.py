"""The ways out of the house other than mail: what each provider wants to be sent, over a connection that is guarded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from branches.outward import words_of

__all__ = ["Said", "Trouble", "words_of"]
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=1)
SERVER_PAUSE = timedelta(minutes=5)  # while a server is away


@dataclass(frozen=True)
class Trouble:
    """Why a message did not go out, and what that means for the next try."""

    words: str
    away: bool = False  # the server's trouble, not this message's: it does not count as a try
    final: bool = False  # the server will never take this message
    unknown: bool = False  # it may have been taken all the same
    wait: int = 0  # seconds that the server asks us to wait

    def pause(self, attempts: int) -> timedelta:
        """How long to leave the message alone after so many tries, where the server asks for no time of its own."""
        return SERVER_PAUSE if self.away else min(FIRST_PAUSE * 2 ** (attempts - 1), LONGEST_PAUSE)


@dataclass(frozen=True)
class Said:
    """What a message says, for a provider that shows a title, a few words and one link."""

    title: str
    text: str
    url: str
    key: str = ""  # the same for every try
