"""The part of DingTalk that keeps to-do lists: entries known by a source id, changed by their own id."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from tests.reminders.receiver import Got

LISTS, CONTACTS = "/v1.0/todo/users/", "/topapi/v2/user/get"
TOKEN = "tok/en"
Answer = tuple[int, dict[str, Any]]


@dataclass
class Lists:
    """Whom the contacts know, by user id, with the union id of each; and what stands in the lists."""

    people: dict[str, str] = field(default_factory=dict)
    entries: dict[str, dict[str, Any]] = field(default_factory=dict)

    def decide(self, got: Got) -> Answer | None:
        """The answer to what concerns lists; None for everything else."""
        path = urlsplit(got.path).path
        if path == CONTACTS:
            union = self.people.get(got.json["userid"])
            return 200, {"errcode": 0, "result": {"unionid": union}} if union else {
                "errcode": 60121,
                "errmsg": "找不到",
            }
        if not path.startswith(LISTS):
            return None
        if got.headers.get("x-acs-dingtalk-access-token") != TOKEN:
            return 401, {"code": "InvalidAuthentication", "message": "no"}
        owner, _tasks, rest = path.removeprefix(LISTS).partition("/tasks")
        if unquote(owner) not in self.people.values():
            return 400, {"code": "todo.paramError", "message": "user not exist"}
        return self._keep(got, unquote(owner), rest.strip("/"))

    def _keep(self, got: Got, owner: str, rest: str) -> Answer:
        if got.method == "POST":
            if any(one["sourceId"] == got.json["sourceId"] for one in self.entries.values()):
                return 400, {"code": "todo.taskCreate.paramError", "message": "task exist"}
            name = f"task{len(self.entries) + 1}"
            self.entries[name] = got.json | {"done": False, "owner": owner}
            return 200, {"id": name}
        if got.method == "GET":
            source = rest.removeprefix("sources/")
            found = [name for name, one in self.entries.items() if one["sourceId"] == source]
            return (200, {"id": found[0]}) if found else (400, {"code": "todo.paramError", "message": "task not exist"})
        if rest not in self.entries:
            return 400, {"code": "todo.taskUpdate.paramError", "message": "task not exist"}
        self.entries[rest] |= got.json
        return 200, {"result": True}
