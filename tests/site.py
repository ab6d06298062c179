"""A site under production settings, in a process of its own: it takes requests as JSON, asks them, and prints the answers.

`python -m tests.site FOLDER` (static files are collected there) is started by `ask`; tests look at what comes back.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from devtools import environment

ROOT = Path(__file__).resolve().parent.parent
HOST = "tasks.example.org"


def database_url() -> str:
    """The database of this test, for another process."""
    from django.db import connection

    base = connection.settings_dict
    who = quote(base["USER"]) + (f":{quote(base['PASSWORD'])}" if base["PASSWORD"] else "")
    return f"postgres://{who}@{quote(base['HOST'] or '', safe='')}:{base['PORT']}/{base['NAME']}"


def run(argv: list[str], send: str = "", **changes: str) -> subprocess.CompletedProcess[str]:
    """A program under the environment of a site; variables set to nothing are not there."""
    variables = {**environment.for_deployment_check(), "DJANGO_SETTINGS_MODULE": "cppcc_party.settings", **changes}
    return subprocess.run(
        [sys.executable, *argv], cwd=ROOT, input=send, text=True, capture_output=True, timeout=120, check=False,
        env={name: value for name, value in variables.items() if value != ""},
    )  # fmt: skip


def ask(folder: Path, steps: list[dict[str, Any]], **changes: str) -> tuple[list[dict[str, Any]], str]:
    """Answers to the steps, asked one after another by one browser, and what the site wrote into its log."""
    done = run(["-m", "tests.site", str(folder)], json.dumps(steps), **changes)
    assert done.returncode == 0, done.stderr[-3000:]
    return json.loads(done.stdout.splitlines()[-1]), done.stderr


def main(folder: str) -> None:
    """Answer the steps on standard input."""
    import django
    from django.conf import settings

    settings.STATIC_ROOT = folder
    django.setup()
    from django.core.management import call_command
    from django.test import Client

    if not os.listdir(folder):
        call_command("collectstatic", interactive=False, verbosity=0)
    client = Client(raise_request_exception=False, headers={"host": HOST})
    print(json.dumps([_step(client, **step) for step in json.load(sys.stdin)]))  # noqa: T201 (this is how it answers)


def _step(client: Any, *, path: str, enter: str = "", rest: int = 0, **asked: Any) -> dict[str, Any]:
    """One request: `enter` signs that person in, `rest` lets the session rest so many seconds, `cookies` are set before."""
    from django.utils import timezone

    from branches.models import User

    if enter:
        client.force_login(User.objects.get(username=enter))
    if rest:
        session = client.session
        session["seen_at"] = (timezone.now() - timedelta(seconds=rest)).isoformat()
        session.save()
    client.cookies.load(asked.get("cookies", {}))
    send = getattr(client, asked.get("method", "GET").lower())
    headers = {"host": asked.get("host", HOST)}
    answer = send(path, asked.get("data", {}), secure=asked.get("secure", True), headers=headers)
    cookies = {
        name: {"value": morsel.value, **{key: value for key, value in morsel.items() if value}}
        for name, morsel in answer.cookies.items()
    }
    text = "" if answer.streaming else answer.content.decode(errors="replace")
    return {"status": answer.status_code, "headers": dict(answer.headers), "cookies": cookies, "text": text}


if __name__ == "__main__":
    main(sys.argv[1])
