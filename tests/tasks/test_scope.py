"""Seeing over random trees and posts: the queryset against a slow, plain reading of design 3 and 6, with canaries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from branches.models import Unit, User
from branches.roles import SEES_BELOW, SEES_OWN, Role
from tasks.models import Assignment, Task, TaskList
from tests.factories import make_assignment, make_list, make_post, make_unit, make_user

TODAY = date(2026, 5, 12)
ROLES = [
    Role.SECRETARY,
    Role.HEAD,
    Role.LEADER,
    Role.MEMBER,
    Role.LIAISON,
    Role.TREE_ADMIN,
    Role.SYSTEM_ADMIN,
    Role.AUDITOR,
]


@dataclass
class World:
    """Parents by index (0 is a body and root), which units are bodies, posts as (person, unit, role, over), rows as (unit,
    issuer, person or None)."""

    parents: list[int]
    bodies: list[bool]
    posts: list[tuple[int, int, Role, bool]]
    rows: list[tuple[int, int, int | None]]


@st.composite
def worlds(draw: st.DrawFn) -> World:
    size = draw(st.integers(3, 9))
    parents = [draw(st.integers(-1, n - 1)) for n in range(1, size)]
    bodies = [draw(st.booleans()) for _n in range(1, size)]
    unit = st.integers(0, size - 1)
    posts = draw(st.lists(st.tuples(st.integers(0, 3), unit, st.sampled_from(ROLES), st.booleans()), max_size=8))
    rows = draw(st.lists(st.tuples(unit, unit, st.none() | st.integers(0, 3)), min_size=1, max_size=8))
    return World(parents, bodies, posts, rows)


def build(world: World) -> tuple[list[User], list[Assignment]]:
    units = [make_unit("根", "body")]
    for number, (parent, is_body) in enumerate(zip(world.parents, world.bodies, strict=True), 1):
        root = parent < 0
        units.append(
            make_unit(f"单位{number}", "body" if root or is_body else "office", None if root else units[parent])
        )
    units = [Unit.objects.get(pk=unit.pk) for unit in units]
    people = [make_user(f"人{n}") for n in range(4)]
    for person, unit, role, over in world.posts:
        if not people[person].posts.filter(unit=units[unit], role=role).exists():
            make_post(people[person], units[unit], role, ends_on=date(2026, 1, 1) if over else None)
    rows = []
    for unit, issuer, person in world.rows:
        task_list = make_list(units[issuer], people[0])
        rows.append(make_assignment(units[unit], task_list, person=None if person is None else people[person]))
    return people, rows


def plainly_visible(user: User, row: Assignment) -> bool:
    """Design 3 and 6, read slowly: one post after the other."""
    if row.person_id == user.pk:
        return True
    for post in user.posts.filter(ends_on=None).select_related("unit"):
        for unit in (row.unit, row.issuer):
            same_body = unit.body_id is not None and post.unit.body_id == unit.body_id
            if post.role in SEES_BELOW and same_body and unit.path.startswith(post.unit.path):
                return True
            if post.role in SEES_OWN and post.unit_id == unit.pk:
                return True
    return False


@pytest.mark.usefixtures("db")
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=worlds())
def test_assignments_seen_are_those_of_the_plain_reading(world: World) -> None:
    with transaction.atomic():
        people, rows = build(world)
        fresh = [User.objects.get(pk=person.pk) for person in people]
        for person in fresh:
            seen = set(Assignment.objects.visible_to(person, TODAY))

            assert seen == {row for row in rows if plainly_visible(person, row)}

            lists = set(TaskList.objects.visible_to(person, TODAY))
            assert {row.list for row in seen} <= lists
            assert set(Task.objects.visible_to(person, TODAY)) >= {row.task for row in seen}
        transaction.set_rollback(True)


@pytest.mark.usefixtures("db")
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=worlds())
def test_units_seen_stop_at_the_inside_of_other_bodies(world: World) -> None:
    with transaction.atomic():
        people, _rows = build(world)
        for person in [User.objects.get(pk=person.pk) for person in people]:
            posts = list(person.posts.filter(ends_on=None).select_related("unit__body"))
            bodies = {post.unit.body_id for post in posts}
            if any(post.role == Role.SYSTEM_ADMIN for post in posts):
                continue

            inside = Unit.objects.visible_to(person, TODAY).exclude(kind__is_body=True)

            assert {unit.body_id for unit in inside} <= bodies
        transaction.set_rollback(True)


def test_a_closed_account_sees_nothing(cast) -> None:  # type: ignore[no-untyped-def]
    assert Assignment.objects.visible_to(cast.secretary, TODAY).exists()
    cast.secretary.is_active = False
    cast.secretary.save()

    closed = User.objects.get(pk=cast.secretary.pk)

    assert not Assignment.objects.visible_to(closed, TODAY).exists()
    assert not Unit.objects.visible_to(closed, TODAY).exists()
