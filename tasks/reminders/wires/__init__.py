"""The ways out of the house other than mail: what each provider wants to be sent, over a connection that is guarded."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Trouble:
    """Why a message did not go out, and what that means for the next try."""

    words: str
    away: bool = False  # the server's trouble, not this message's: it does not count as a try
    final: bool = False  # the server will never take this message
    unknown: bool = False  # it may have been taken all the same
    wait: int = 0  # seconds that the server asks us to wait


@dataclass(frozen=True)
class Said:
    """What a message says, for a provider that shows a title, a few words and one link."""

    title: str
    text: str
    url: str
    key: str = ""  # the same for every try
