"""The chat programs of a storm: take messages and keep to-do lists, as the weather of the mail server allows."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.reminders.dingtalk import TOKEN, Lists
from tests.reminders.receiver import Got

Answer = tuple[int, dict[str, Any]]
DEAD_LINE: Answer = (0, {})
WEATHER: dict[str, Answer] = {"421 at MAIL": (503, {}), "451 at RCPT": (500, {}), "break off at DATA": DEAD_LINE}


@dataclass
class Chat:
    """DingTalk and WeCom on one port. `taken` holds every message in its order, with the day on which it came."""

    lists: Lists
    mode: str = "take"
    day: str = ""
    taken: list[dict[str, str]] = field(default_factory=list)

    def decide(self, got: Got) -> Answer:
        """What is answered now; in bad weather it may be taken, and the answer lost."""
        path = urlsplit(got.path).path
        if path.endswith("/gettoken"):
            return 200, {"errcode": 0, "access_token": TOKEN, "expires_in": 7200}
        if self.mode in WEATHER:
            return WEATHER[self.mode]
        answer = self.lists.decide(got) or self._take(got)
        return DEAD_LINE if self.mode == "store and break off" else answer

    def _take(self, got: Got) -> Answer:
        to = got.json.get("userid_list") or got.json.get("touser") or ""
        self.taken.append({"to": str(to), "day": self.day, "text": got.body.decode()})
        return 200, {"errcode": 0}
