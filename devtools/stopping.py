"""Ctrl-C, SIGTERM and a closed terminal all become KeyboardInterrupt, but never in the middle of starting a child."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

_calm = 0  # how deep we are in blocks that must not be torn
_waiting = False  # a signal came meanwhile


def listen() -> None:
    """From here on a signal interrupts whatever we do."""
    for number in SIGNALS:
        signal.signal(number, _on_signal)


def ignore() -> None:
    """From here on we are stopping already, and further signals change nothing."""
    for number in SIGNALS:
        signal.signal(number, lambda _number, _frame: None)


@contextmanager
def calm() -> Iterator[None]:
    """A signal inside this block interrupts at its end."""
    global _calm, _waiting  # noqa: PLW0603 (signals belong to the whole process)
    _calm += 1
    try:
        yield
    finally:
        _calm -= 1
    if _waiting and not _calm:
        _waiting = False
        raise KeyboardInterrupt


def forget() -> None:
    """Let go of a signal that somebody else has answered already."""
    global _waiting  # noqa: PLW0603 (as above)
    _waiting = False


def _on_signal(_number: int, _frame: FrameType | None) -> None:
    global _waiting  # noqa: PLW0603 (as above)
    if _calm:
        _waiting = True
    else:
        raise KeyboardInterrupt
