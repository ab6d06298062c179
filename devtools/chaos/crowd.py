"""The outside of a storm: people who report all the time, the mail server and the chat programs, in a process of their own.

`python -m devtools.chaos.crowd FILE` reads lines from standard input: "mode WORDS" changes what the mail server and the chat
programs do, "day DAY" says which day it is there, "rest" lets the people finish what they are at, "go" sends them on, "end"
writes what happened into FILE.
"""

import http.client
import json
import random
import re
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from devtools.chaos.chat import Chat
from tests.reminders.dingtalk import Lists
from tests.reminders.receiver import receiving
from tests.reminders.sink import Sink, serving

PATIENCE = 60.0  # seconds for which somebody tries to send one report
HIDDEN = r'<input type="hidden" name="(csrfmiddlewaretoken|op|version)" value="([^"]*)"'
FORM = "application/x-www-form-urlencoded"


@dataclass
class Seen:
    """What the people were told."""

    accepted: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)  # sent, but never heard of again
    answers: Counter[int] = field(default_factory=Counter)


class Person(threading.Thread):
    """Opens the form of one of his rows, writes a sentence, sends it until it is through; the same operation each time."""

    def __init__(self, port: int, session: str, rows: list[int], seed: str, seen: Seen, busy: threading.Event) -> None:
        super().__init__(daemon=True)
        self.port, self.session, self.rows, self.seen, self.busy = port, session, rows, seen, busy
        self.chance = random.Random(seed)  # noqa: S311 (a storm that can be repeated)
        self.seed, self.ended, self.idle = seed, False, threading.Event()

    def run(self) -> None:
        """Until the storm is over."""
        number = 0
        while not self.ended:
            if not self.busy.is_set():
                self.idle.set()
                time.sleep(0.05)
                continue
            self.idle.clear()
            number += 1
            self._report(self.chance.choice(self.rows), f"进展{self.seed}第{number}次")
            time.sleep(self.chance.uniform(0.1, 0.5))
        self.idle.set()

    def _report(self, row: int, text: str) -> None:
        deadline = time.monotonic() + PATIENCE
        form = None
        while time.monotonic() < deadline:
            if form is None:
                form = self._open(row)
            status = self._ask("POST", row, urlencode({**form, "text": text, "done": "0"})) if form else 0
            if status in (200, 302):
                self.seen.accepted.append(text)
                return
            if status == 409:  # somebody wrote in between: read again, and then send under a new operation
                self.seen.unsure.append(text)
                return
            time.sleep(0.3)
        self.seen.unsure.append(text)

    def _open(self, row: int) -> dict[str, str] | None:
        page: list[bytes] = []
        if self._ask("GET", row, "", page) != 200:
            return None
        values = dict(
            re.findall(
                r'<input type="hidden" name="(csrfmiddlewaretoken|op|version)" value="([^"]*)"', page[0].decode()
            )
        )
        return values if len(values) == 3 else None

    def _ask(self, method: str, row: int, body: str, page: list[bytes] | None = None) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=15)
        cookies = f"sessionid={self.session}; csrftoken={'c' * 32}"
        headers = {"Cookie": cookies, "Content-Type": FORM, "Origin": f"http://127.0.0.1:{self.port}"}
        try:
            connection.request(method, f"/a/{row}/update/", body.encode(), headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            return 0
        finally:
            connection.close()
        if page is not None:
            page.append(content)
        self.seen.answers[answer.status] += 1
        return answer.status


def main(file: Path) -> None:
    """Read orders until the end."""
    setting: dict[str, Any] = json.loads(sys.stdin.readline())
    sink, seen, busy = Sink(), Seen(), threading.Event()
    chat = Chat(Lists({name: f"union-{name}" for name in setting["dingtalk"]}))
    people = []
    for name, session in setting["sessions"].items():
        rows = [pk for pk, person, _due in setting["rows"] if person == name]
        people.append(Person(setting["port"], session, rows, f"{setting['seed']}-{name}-", seen, busy))
    with serving(sink, setting["mail_port"]), receiving(setting["chat_port"]) as receiver:
        receiver.decide = chat.decide
        for person in people[:6]:
            person.start()
        print("ready", flush=True)
        for line in sys.stdin:
            order, _space, words = line.strip().partition(" ")
            if order == "mode":
                sink.mode = chat.mode = words
            elif order == "day":
                chat.day = words
            elif order == "go":
                busy.set()
            elif order == "rest":
                busy.clear()
                for person in people[:6]:
                    person.idle.wait(PATIENCE + 20)
            elif order == "end":
                break
            print("done", flush=True)
        for person in people:
            person.ended = True
    mails = [{"id": str(one["Message-ID"]), "to": str(one["To"]), "text": _text(one)} for one in sink.stored]
    result = {
        "mails": mails,
        "chats": chat.taken,
        "entries": list(chat.lists.entries.values()),
        "accepted": seen.accepted,
        "unsure": seen.unsure,
        "answers": seen.answers,
    }
    file.write_text(json.dumps(result), encoding="utf-8")
    print("written", flush=True)


def _text(message: Any) -> str:
    return str(message.get_payload(0).get_payload(decode=True).decode())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
