"""Two editors publish a version of one list at the same moment: one goes out, the other is told (design 8)."""

from __future__ import annotations

import pytest

from branches.writing import Conflict
from tasks.actions.editions import publish_edition
from tasks.models import Edition, TaskList
from tests.branches.test_races import at_once
from tests.conftest import make_cast
from tests.factories import op
from tests.tasks.test_editions import NOW, begin, change, issue, plan_of


@pytest.mark.django_db(transaction=True)
def test_of_two_versions_published_at_once_one_goes_out(db: None) -> None:
    cast = make_cast()
    task_list = issue(cast, [cast.committee])
    works = []
    for number, by in (("1", cast.secretary), ("2", cast.second)):
        edition = begin(task_list, by)
        change(edition, number, content=f"{by.name}的改动")
        plan = plan_of(edition)
        works.append(lambda e=edition, p=plan, b=by: publish_edition(e, p, by=b, op=op(), now=NOW))

    found = at_once(*works)

    assert sorted(type(one) is Conflict for one in found) == [False, True]
    assert TaskList.objects.get(pk=task_list.pk).edition == 2
    assert Edition.objects.published().count() == 1
