"""Free ports on loopback, and remembering which one was taken."""

import json
import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether a server could listen there now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as servers do: a port in TIME_WAIT is free
        try:
            probe.bind((LOOPBACK, port))
            probe.listen(1)
        except OSError:
            return False
    return True


def choose() -> int:
    """A port that is free at this moment."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def remembered(file: Path) -> int:
    """The port of last time while it is free, else a new one; kept in `file`."""
    try:
        port = int(json.loads(file.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        port = 0
    if not (1024 <= port <= 65535 and is_free(port)):
        port = choose()
        file.write_text(json.dumps(port), encoding="utf-8")
    return port
