"""The write path (design 8), with real connections at the same moment: one operation id is one write, whole or not at all."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from threading import Event
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from branches import actions
from branches.models import BodySettings, DemoMail, Operation, User
from branches.writing import Conflict, Reused, once
from tests.branches.test_races import at_once
from tests.conftest import Cast, make_cast
from tests.factories import at, make_user

NOW = at(date(2026, 5, 12))
PATIENCE = 20  # seconds

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person(transactional_db: None) -> User:
    return make_user("王明")


def write(words: str = "一") -> Callable[[], dict[str, Any]]:
    """A write of one row, which tells its key."""

    def add() -> dict[str, Any]:
        row = DemoMail.objects.create(message_id=uuid.uuid4().hex, to="x@example.org", subject=words, text="", at=NOW)
        return {"row": row.pk}

    return add


def written() -> list[str]:
    return sorted(DemoMail.objects.values_list("subject", flat=True))


def test_one_operation_sent_eight_times_at_once_is_one_write(person: User) -> None:
    op = uuid.uuid4()

    results = at_once(*[lambda: once(op, "test", write(), by=person, now=NOW, content="一")] * 8)

    assert written() == ["一"]
    assert results == [{"row": DemoMail.objects.get().pk}] * 8


def test_two_operations_at_once_are_two_writes(person: User) -> None:
    at_once(*[lambda: once(uuid.uuid4(), "test", write(), by=person, now=NOW)] * 4)

    assert len(written()) == 4


def test_one_id_for_two_contents_at_once_writes_one_and_refuses_the_other(person: User) -> None:
    op = uuid.uuid4()

    results = at_once(
        lambda: once(op, "test", write("一"), by=person, now=NOW, content="一"),
        lambda: once(op, "test", write("二"), by=person, now=NOW, content="二"),
    )

    assert len(written()) == 1
    assert [isinstance(result, Reused) for result in results].count(True) == 1
    assert {"row": DemoMail.objects.get().pk} in results


@pytest.mark.parametrize("other", ["content", "kind", "person", "nobody"])
def test_an_id_that_stands_for_something_else_is_refused(person: User, other: str) -> None:
    op = uuid.uuid4()
    once(op, "test", write("一"), by=person, now=NOW, content="一")
    by = {"person": make_user("李静"), "nobody": None}.get(other, person)

    with pytest.raises(Reused):
        once(
            op, "other" if other == "kind" else "test", write("二"), by=by, now=NOW,
            content="二" if other == "content" else "一",
        )  # fmt: skip

    assert written() == ["一"]


def test_a_write_that_fails_leaves_nothing_and_can_be_sent_again(person: User) -> None:
    op = uuid.uuid4()

    def fail() -> dict[str, Any]:
        write("half")()
        raise RuntimeError("the power went")

    with pytest.raises(RuntimeError):
        once(op, "test", fail, by=person, now=NOW)
    assert written() == []
    assert not Operation.objects.filter(pk=op).exists()

    once(op, "test", write("一"), by=person, now=NOW)

    assert written() == ["一"]


def test_who_waits_for_a_write_that_fails_writes_himself(person: User) -> None:
    op, begun = uuid.uuid4(), Event()

    def fail_while_the_other_waits() -> dict[str, Any]:
        write("half")()
        begun.set()
        assert somebody_waits(), "the second sending waits for the first"
        raise RuntimeError("the power went")

    def second() -> dict[str, Any]:
        assert begun.wait(PATIENCE)
        return once(op, "test", write("一"), by=person, now=NOW)

    results = at_once(lambda: once(op, "test", fail_while_the_other_waits, by=person, now=NOW), second)

    assert isinstance(results[0], RuntimeError)
    assert results[1] == {"row": DemoMail.objects.get().pk}
    assert written() == ["一"]


def somebody_waits() -> bool:
    """Whether, within a while, another connection to this database waits for a lock."""
    pause, until = Event(), timezone.now().timestamp() + PATIENCE
    while timezone.now().timestamp() < until:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)"
                " WHERE NOT granted AND datname = current_database()"
            )
            if cursor.fetchone()[0]:
                return True
        pause.wait(0.02)
    return False


def set_days(cast: Cast, days: int, *, version: int, by: User) -> None:
    """The city's days to supplement a returned report; everything else as it stands."""
    stored = BodySettings.of(cast.city)
    values = {name: getattr(stored, name) for name in actions.WISHES} | {"supplement_workdays": days}
    actions.set_wishes(cast.city, values, version=version, by=by, op=uuid.uuid4(), now=NOW)


def test_two_editors_of_one_version_one_of_them_sees_a_conflict(db: None) -> None:
    cast = make_cast()
    BodySettings.objects.get_or_create(body=cast.city)

    def change(days: int) -> Callable[[], None]:
        return lambda: set_days(cast, days, version=1, by=cast.secretary)

    results = at_once(change(7), change(9))

    stored = BodySettings.objects.get(body=cast.city)
    assert [isinstance(result, Conflict) for result in results].count(True) == 1
    assert results.count(None) == 1
    assert (stored.version, stored.supplement_workdays in (7, 9)) == (2, True)


def test_the_second_editor_wins_with_the_version_that_he_read_anew(db: None) -> None:
    cast = make_cast()
    BodySettings.objects.get_or_create(body=cast.city)
    set_days(cast, 7, version=1, by=cast.secretary)

    with pytest.raises(Conflict):
        set_days(cast, 9, version=1, by=cast.second)
    set_days(cast, 9, version=2, by=cast.second)

    assert BodySettings.objects.get(body=cast.city).supplement_workdays == 9
