"""After any moves, merges, new names and ends the tree is whole, nobody sees more than his posts allow, closed months stand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from branches.actions import UnitWords, end_unit
from branches.actions.planned import plan_name
from branches.models import Membership, PlannedChange, Post, Unit, User
from branches.models.words import active_q
from branches.roles import SEES_BELOW, SEES_NO_CONTENT
from branches.writing import Refused
from dashboards.closing import close_month
from dashboards.models import FigureSnapshot
from tasks.actions.handovers import stop_ended_work
from tasks.actions.tree import do_changes_due, pass_on_returned, plan_change
from tasks.actions.tree_answers import undo
from tasks.models import Assignment
from tasks.states import Stage
from tests.branches.test_moves_tree import whole
from tests.conftest import Cast
from tests.factories import at, make_assignment, op, reported

pytestmark = pytest.mark.django_db
FIRST = date(2026, 5, 12)
DEED = st.tuples(
    st.sampled_from(["move", "move", "merge", "name", "end", "undo", "return"]), st.integers(0, 40), st.integers(0, 40),
    st.integers(0, 2),
)  # fmt: skip


@contextmanager
def undone() -> Iterator[None]:
    """Everything inside is rolled back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def act(deed: str, first: int, second: int, later: int, cast: Cast, day: date) -> bool:
    """One deed on whatever units the numbers mean; whether it was possible."""
    units = list(Unit.objects.order_by("pk"))
    unit, target = units[first % len(units)], units[second % len(units)]
    told = {"by": cast.system_admin, "op": op(), "now": at(day)}
    try:
        with transaction.atomic():
            if deed in ("move", "merge"):
                plan_change(deed, unit, target, day + timedelta(days=later), **told)
            elif deed == "name":
                words = UnitWords(f"{unit.name}{second}", "", "", unit.code)
                plan_name(unit, words, day + timedelta(days=later), version=unit.version, **told)
            elif deed == "end":
                end_unit(unit, day, version=unit.version, **told)
            elif deed == "undo":
                undo(PlannedChange.objects.order_by("-pk")[second % max(PlannedChange.objects.count(), 1)], **told)
            else:
                row = Assignment.objects.in_review().order_by("pk").first()
                Assignment.objects.filter(pk=row and row.pk).update(stage=Stage.RETURNED, supplement_by=day)
    except (Refused, PermissionDenied, IndexError):
        return False
    return True


def allowed(user: User, rows: list[Assignment], on: date, above: dict[int, set[int]]) -> set[int]:
    """The rule in plain words: his own units, and what lies below a unit that he leads inside its body; on either side."""
    posts = list(Post.objects.filter(active_q(on), user=user).select_related("unit"))
    own = {post.unit_id for post in posts if post.role not in SEES_NO_CONTENT}
    own |= set(Membership.objects.filter(active_q(on), user=user).values_list("branch__unit_id", flat=True))
    leads = {(post.unit_id, post.unit.body_id) for post in posts if post.role in SEES_BELOW}

    def may(row: Assignment) -> bool:
        sides = [(row.unit_id, row.body_id), (row.issuer_id, row.issuer_body_id)]
        return row.person_id == user.pk or any(
            unit in own or any(top in above[unit] and body == reach for top, reach in leads) for unit, body in sides
        )

    return {row.pk for row in rows if may(row)}


def nobody_sees_more(on: date) -> None:
    units = list(Unit.objects.all())
    by_path = {unit.path: unit.pk for unit in units}
    above = {unit.pk: {by_path[unit.path[:n]] for n in range(4, len(unit.path) + 1, 4)} for unit in units}
    rows = list(Assignment.objects.all())
    for user in User.objects.filter(posts__isnull=False).distinct():
        seen = set(Assignment.objects.visible_to(user, on).values_list("pk", flat=True))
        assert seen == allowed(user, rows, on, above), user.username


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=st.lists(DEED, min_size=8, max_size=16))
def test_the_tree_stays_whole(cast: Cast, deeds: list[tuple[str, int, int, int]]) -> None:
    with undone():
        for unit, issued in [(cast.branch_a.unit, cast.county_list), (cast.committee, cast.city_list)]:
            make_assignment(
                unit, issued, due_on=date(2026, 4, 20), stage=Stage.COMPLETED, completed_on=date(2026, 4, 18)
            )
            reported(make_assignment(unit, issued), cast.member, date(2026, 5, 11))
        make_assignment(cast.city_branch.unit, cast.city_list, person=cast.member)
        assert close_month(date(2026, 4, 1), at(FIRST))
        closed = list(FigureSnapshot.objects.order_by("pk").values())
        assert closed
        day = FIRST
        for deed, first, second, later in deeds:
            act(deed, first, second, later, cast, day)
            day += timedelta(days=1)
            do_changes_due(at(day))
            pass_on_returned(at(day))
            stop_ended_work(at(day))
        whole()
        nobody_sees_more(day)
        assert not PlannedChange.objects.waiting(day).exists()
        assert list(FigureSnapshot.objects.order_by("pk").values()) == closed
