"""Children end with us, even when we are ended by kill -9."""

import ctypes
import functools
import os
import signal
import sys
from collections.abc import Callable

PR_SET_PDEATHSIG = 1  # linux/prctl.h


def tie(number: int = signal.SIGKILL) -> Callable[[], None]:
    """For subprocess's `preexec_fn` (safe: we have no threads). On Linux the child gets this signal when we die."""
    return functools.partial(_ask_for_signal, os.getpid(), number)


def _ask_for_signal(parent: int, number: int) -> None:
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:  # it died before we could ask
            os._exit(1)
