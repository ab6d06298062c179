"""Two people, or one person twice, at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest
from django.db import connections

from branches import actions
from branches.actions import UnitWords
from branches.models import Unit, UnitKind
from branches.writing import Conflict
from tests.conftest import make_cast
from tests.factories import at, op

NOW = at(date(2026, 5, 12))


def at_once(*works: object) -> list[object]:
    """Run the works in threads that start together; what each gave back, or the error it met."""
    start = Barrier(len(works))

    def run(work: object) -> object:
        try:
            start.wait(10)
            return work()  # type: ignore[operator]
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(works)) as pool:
        return list(pool.map(run, works))


@pytest.mark.django_db(transaction=True)
def test_four_new_siblings_at_once_all_find_a_place(db: None) -> None:
    cast = make_cast()
    kind = UnitKind.objects.get(code="committee")

    def add(name: str) -> object:
        return lambda: actions.add_unit(
            cast.city, UnitWords(name), kind, starts_on=NOW.date(), by=cast.admin, op=op(), now=NOW
        )

    made = at_once(*[add(f"委员会{number}") for number in range(4)])

    assert all(isinstance(unit, Unit) for unit in made), made
    assert Unit.objects.find_problems() == ([], [], [], [], [])


@pytest.mark.django_db(transaction=True)
def test_double_click_adds_one_unit(db: None) -> None:
    cast = make_cast()
    kind, once = UnitKind.objects.get(code="committee"), op()

    def add() -> Unit:
        words = UnitWords("经济委员会")
        return actions.add_unit(cast.city, words, kind, starts_on=NOW.date(), by=cast.admin, op=once, now=NOW)

    made = at_once(add, add)

    assert made[0] == made[1]
    assert Unit.objects.filter(name="经济委员会").count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_editors_of_one_unit_one_of_them_sees_a_conflict(db: None) -> None:
    cast = make_cast()

    def rename(name: str) -> object:
        words = UnitWords(name, code=cast.committee.code)
        return lambda: actions.rename_unit(cast.committee, words, version=1, by=cast.admin, op=op(), now=NOW)

    made = at_once(rename("提案一委"), rename("提案二委"))

    assert [isinstance(one, Unit) for one in made].count(True) == 1
    assert [isinstance(one, Conflict) for one in made].count(True) == 1
