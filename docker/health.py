"""What the containers' health checks run: `python docker/health.py web | worker | beat`. Exit code 0 means well."""

import os
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

PORT = 8000
TIMETABLE = "/tmp/timetable"  # noqa: S108 (a folder of the container's own)
SILENCE = 600  # beat writes its timetable down every three minutes


def web() -> bool:
    """The process answers under the first of the site's names."""
    host = os.environ["ALLOWED_HOSTS"].split(",")[0].strip().lstrip(".")
    request = urllib.request.Request(f"http://127.0.0.1:{PORT}/healthz", headers={"Host": host})
    with urllib.request.urlopen(request, timeout=4) as answer:  # noqa: S310 (the address stands above)
        return bool(answer.status == 200)


def worker() -> bool:
    """The worker of this container answers through the broker."""
    name = f"celery@{os.uname().nodename}"
    ask = ["celery", "-A", "cppcc_party", "inspect", "ping", "--timeout", "5", "--destination", name]
    return subprocess.run(ask, stdout=subprocess.DEVNULL, check=False).returncode == 0  # noqa: S603 (a fixed command)


def beat() -> bool:
    """Beat has written its timetable down lately."""
    folder, name = os.path.split(TIMETABLE)
    return any(time.time() - file.stat().st_mtime < SILENCE for file in Path(folder).glob(f"{name}*"))


if __name__ == "__main__":
    sys.exit(0 if {"web": web, "worker": worker, "beat": beat}[sys.argv[1]]() else 1)
