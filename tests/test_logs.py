"""Logs of a site: one JSON object a line, with the request's id and the person's, and nothing that anybody typed or holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from cppcc_party.logs import discreet
from tests import site
from tests.conftest import make_cast

PASSWORD = "ein-langes-passwort-17"
TYPED = ["支部进展暗记", "机密★暗记", "查找暗记", "abc-暗记", "%E6%9F%A5%E6%89%BE", "key-of-a-link", PASSWORD]


@pytest.mark.django_db(transaction=True)
def test_lines_of_a_site(db: None, tmp_path: Path) -> None:
    cast = make_cast()
    cast.member.set_password(PASSWORD)
    cast.member.save()
    update = f"/a/{cast.to_branch_a.pk}/update/"
    op = "4f1d3a10-0000-4000-8000-00000000000"
    steps: list[dict[str, Any]] = [
        {"path": "/accounts/login/", "method": "POST", "data": {"login": cast.member.username, "password": "abc-暗记"}},
        {"path": "/accounts/login/", "method": "POST", "data": {"login": cast.member.username, "password": PASSWORD}},
        {"path": "/units/?q=查找暗记"},
        {"path": "/nothing/?q=查找暗记"},
        {"path": "/accounts/password/reset/key/1-key-of-a-link/"},
        {"path": update, "method": "POST", "data": {"op": f"{op}1", "version": 1, "done": 0, "text": "支部进展暗记"}},
        {"path": update, "method": "POST", "data": {"op": f"{op}2", "version": 2, "done": 0, "text": "机密★暗记"}},
        {"path": f"/a/{cast.foreign_row.pk}/"},
    ]

    answers, log = site.ask(tmp_path, steps, DATABASE_URL=site.database_url(), REDIS_URL=settings.REDIS_URL)

    lines = [json.loads(line) for line in log.splitlines() if line]
    finished = [line for line in lines if line["event"] == "request_finished"]
    assert [answer["status"] for answer in answers] == [200, 302, 200, 404, 200, 302, 400, 404]
    assert [line["code"] for line in finished] == [answer["status"] for answer in answers]
    assert len({line["request_id"] for line in finished}) == len(steps)
    assert [line.get("user_id") for line in finished[2:4]] == [cast.member.pk] * 2
    assert all(line["level"] and line["timestamp"] for line in lines)
    assert [word for word in TYPED if word in log] == []
    cookies = [cookie["value"] for answer in answers for cookie in answer["cookies"].values()]
    assert cookies
    assert [cookie for cookie in cookies if cookie and cookie in log] == []


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("request", "GET /units/?q=张三", "GET /units/"),
        ("path", "/accounts/password/reset/key/4-c0ffee-abc/", "/accounts/password/reset/key/(left out)/"),
        (
            "event",
            "Not Found: /accounts/password/reset/key/4-abc/",
            "Not Found: /accounts/password/reset/key/(left out)/",
        ),
        ("request", "GET /calendar/geheim-43.ics", "GET /calendar/(left out)"),
        (
            "exception",
            "IntegrityError: duplicate key\nDETAIL:  Key (text)=(张三的话) already exists.\n",
            "IntegrityError: duplicate key\nDETAIL: (left out)\n",
        ),
        (
            "exception",
            "DataError: long\nLINE 1: INSERT '张三的话'\n       ^",
            "DataError: long\nLINE 1: (left out)\n       ^",
        ),
        ("event", "request_finished", "request_finished"),
    ],
)
def test_what_is_left_out(name: str, text: str, expected: str) -> None:
    assert discreet(None, "info", {name: text, "code": 200}) == {name: expected, "code": 200}
