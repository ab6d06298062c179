"""Finds in a simulated world who opens which page, signs them in, and counts the queries of each page.

`python -m devtools.bench.scales.survey` prints one line of JSON: what the world holds, and each page with its cookie.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cppcc_party.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.models import Count  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from branches import clock  # noqa: E402
from branches.models import Post, Unit, User  # noqa: E402
from branches.roles import Role  # noqa: E402
from tasks.models import Assignment, Event, Report, TaskList  # noqa: E402
from tasks.states import WITH_UNIT  # noqa: E402

HOST = "127.0.0.1"
PEOPLE = {
    "city desk": "demo-secretary",
    "county desk": "demo-county",
    "member": "demo-member",
    "city leader": "demo-leader",
}


@dataclass(frozen=True)
class Page:
    """A page of the bench: its name, who opens it, where it is."""

    name: str
    who: str
    address: str


def people() -> dict[str, User]:
    """Who looks: the people whom a demo lets in, and the desk and a leader of the highest body."""
    found = {who: User.objects.get(username=name) for who, name in PEOPLE.items()}
    top = Unit.objects.get(depth=1)
    if not found["city desk"].posts.filter(unit=top).exists():
        for who, role in (("top desk", Role.SECRETARY), ("top leader", Role.LEADER)):
            found[who] = User.objects.get(pk=Post.objects.filter(unit=top, role=role).values("user_id")[:1])
    return found


def pages(found: dict[str, User]) -> Iterator[Page]:
    """Every main page."""
    yield Page("Home", "member", "/")
    yield Page("Home", "county desk", "/")
    desk = found["city desk"]
    body = desk.posts.get(role=Role.SECRETARY).unit
    rows = Assignment.objects.filter(issuer=body, body=body)
    listed = TaskList.objects.filter(issuer=body).annotate(n=Count("assignments")).order_by("-year", "-n").first()
    running = rows.filter(stage__in=WITH_UNIT, due_on__isnull=False).order_by("pk").first()
    if listed is None or running is None:
        raise SystemExit("this world has no list of the city, or no open row in it")
    yield Page("Home", "city desk", "/")
    yield Page("Home", "city leader", "/")
    yield Page("Lists", "city desk", "/lists/")
    yield Page("Lists, searched by a word", "city desk", "/lists/?q=%E9%87%8D%E7%82%B9")
    yield Page("A list", "city desk", f"/lists/{listed.pk}/")
    yield Page("A task", "city desk", f"/tasks/{running.task_id}/")
    yield Page("An assignment", "city desk", running.get_absolute_url())
    yield Page("Review", "city desk", "/review/")
    yield Page("Calendar", "city desk", "/calendar/")
    yield Page("Notices", "city desk", "/notices/")
    yield Page("Activities", "city desk", "/activities/")
    yield Page("People, searched by a letter", "city desk", "/people/?q=wm")
    yield from _boards("city leader", body)
    top = Unit.objects.get(depth=1)
    if "top desk" in found:
        yield Page("Home", "top desk", "/")
        yield Page("Home", "top leader", "/")
        yield Page("Lists", "top desk", "/lists/")
        yield Page("Calendar", "top desk", "/calendar/")
        yield from _boards("top leader", top)


def _boards(who: str, unit: Unit) -> Iterator[Page]:
    board, year = f"/dashboard/{unit.pk}/", clock.now().year
    yield Page("Board, work given", who, f"{board}?measure=given")
    yield Page("Board, all work below", who, f"{board}?measure=below")
    yield Page("Board of a month", who, f"{board}?measure=below&month={year}-10")
    yield Page("All assignments behind a figure", who, f"{board}rows/?measure=below&figure=total")
    yield Page("Overdue assignments of a line", who, f"{board}rows/?measure=below&figure=overdue&line=office")


def survey() -> dict[str, Any]:
    """All of it, for the process that takes the time."""
    logging.disable(logging.ERROR)
    settings.ALLOWED_HOSTS = [*settings.ALLOWED_HOSTS, HOST]
    found = people()
    clients = {who: _signed_in(user) for who, user in found.items()}
    cookie = settings.SESSION_COOKIE_NAME
    told = []
    for page in pages(found):
        client = clients[page.who]
        answer = client.get(page.address, headers={"host": HOST})
        if answer.status_code != 200:
            raise SystemExit(f"{page.name}, {page.who}: {page.address} answers {answer.status_code}")
        with CaptureQueriesContext(connection) as asked:
            client.get(page.address, headers={"host": HOST})
        signed = f"{cookie}={client.cookies[cookie].value}"
        told.append(vars(page) | {"cookie": signed, "queries": len(asked), "bytes": len(answer.content)})
    return {"pages": told, "world": world()}


def _signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def world() -> dict[str, Any]:
    """What the world holds, and how large its database is."""
    kinds = (Unit, User, TaskList, Assignment, Event, Report)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        size = cursor.fetchone()[0]
    sizes: dict[str, Any] = {kind.__name__: kind._default_manager.count() for kind in kinds}
    newest = Assignment.objects.order_by("-issued_on").values_list("issued_on", flat=True).first()
    return sizes | {"megabytes": round(size / 1024 / 1024), "newest": str(newest)}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(survey()) + "\n")
