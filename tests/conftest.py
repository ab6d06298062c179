"""The cast: a city, two of its counties and a foreign city, with the people who serve them.

Everything a test denies exists here, so that a leak would show: county B and the foreign city have lists of their own.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import date

import pytest
from django.apps import apps
from django.core.cache import cache
from pytest_django.plugin import blocking_manager_key

from branches import clock
from branches.models import Branch, Unit, User
from branches.roles import Role
from tasks.models import Assignment, TaskList
from tests.factories import (
    LONG_AGO,
    activate,
    at,
    make_assignment,
    make_branch,
    make_list,
    make_post,
    make_standing,
    make_unit,
    make_user,
)
from tests.snapshot import Snapshot

TODAY = date(2026, 5, 12)


@dataclass
class Cast:
    """Units, people and a few rows; `today` is the day the tests speak of."""

    today: date
    city: Unit
    city_party: Unit
    city_office: Unit
    committee: Unit
    county_a: Unit
    county_a_office: Unit
    county_b: Unit
    foreign_city: Unit
    city_branch: Branch
    branch_a: Branch
    temporary_a: Branch
    branch_b: Branch
    secretary: User  # keeps the city's desk
    second: User  # the city's other secretary: reviews what the first one reports
    leader: User
    clerk: User  # secretary of the city's office
    county_secretary: User
    county_head: User
    member: User  # member of branch A in county A
    head_a: User  # head of branch A
    stranger: User  # secretary of county B
    foreigner: User  # secretary of the foreign city
    admin: User  # keeps the tree of the city's body
    county_admin: User
    system_admin: User
    auditor: User
    nobody: User  # an account without any post
    city_list: TaskList
    to_county_a: Assignment
    to_county_b: Assignment
    to_office: Assignment
    county_list: TaskList
    to_branch_a: Assignment
    foreign_row: Assignment

    def person(self, name: str) -> User:
        """Somebody of the cast by the name of the field."""
        found = getattr(self, name)
        assert isinstance(found, User)
        return found


@pytest.fixture(autouse=True)
def _fresh_cache() -> Iterator[None]:
    """Counters of rate limits live in the cache; one test's tries are not another's."""
    yield
    with suppress(Exception):  # the broker may be what a test took away
        cache.clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> Iterator[None]:
    """Put back the kinds, types and groups of the migrations where a test with real transactions emptied all tables."""
    yield
    marker = item.get_closest_marker("django_db")
    real = "transactional_db" in item.fixturenames or (marker and marker.kwargs.get("transaction"))  # type: ignore[attr-defined]
    if real and nextitem:  # after the last test the database itself is gone
        with item.config.stash[blocking_manager_key].unblock():
            if not apps.get_model("branches", "UnitKind").objects.exists():
                importlib.import_module("branches.migrations.0003_national_words").fill(apps, None)
                importlib.import_module("activities.migrations.0003_national_cadence").fill(apps, None)


@pytest.fixture
def cast(db: None) -> Cast:
    """The whole cast on 12 May 2026."""
    return CAST.lay_out()


def make_cast() -> Cast:
    """Build the cast in the current database."""
    city = make_unit("示例市政协", "body", code="city", name_en="Sample City CPPCC")
    city_party = make_unit("市政协机关党委", "party_organ", city, short_name="机关党委")
    city_office = make_unit("办公室", "office", city, name_en="Office")
    committee = make_unit("提案委员会", "committee", city)
    county_a = make_unit("甲区政协", "body", city, code="county-a", name_en="District A CPPCC")
    county_a_office = make_unit("办公室", "office", county_a)
    county_b = make_unit("乙区政协", "body", city, code="county-b", name_en="District B CPPCC")
    foreign_city = make_unit("外市政协", "body", code="foreign", name_en="Foreign City CPPCC")

    people = {
        name: make_user(words, username=name.replace("_", "-"))
        for name, words in {
            "secretary": "王明",
            "second": "李静",
            "leader": "陈立",
            "clerk": "周文",
            "county_secretary": "赵敏",
            "county_head": "钱进",
            "member": "孙悦",
            "head_a": "吴刚",
            "stranger": "郑远",
            "foreigner": "冯外",
            "admin": "管新",
            "county_admin": "管县",
            "system_admin": "管全",
            "auditor": "审计",
            "nobody": "无职",
        }.items()
    }
    city_branch = make_branch("机关第一党支部", city_party)
    branch_a = make_branch("机关党支部", county_a)
    temporary_a = make_branch("工艺委员会客厅履职临时党支部", county_a, "temporary")
    branch_b = make_branch("机关党支部", county_b)
    for unit, name, role in [
        (city, "secretary", Role.SECRETARY),
        (city, "second", Role.SECRETARY),
        (city, "leader", Role.LEADER),
        (city_office, "clerk", Role.SECRETARY),
        (county_a, "county_secretary", Role.SECRETARY),
        (county_a, "county_head", Role.HEAD),
        (county_b, "stranger", Role.SECRETARY),
        (foreign_city, "foreigner", Role.SECRETARY),
        (city, "admin", Role.TREE_ADMIN),
        (county_a, "county_admin", Role.TREE_ADMIN),
        (city, "system_admin", Role.SYSTEM_ADMIN),
        (city, "auditor", Role.AUDITOR),
    ]:
        make_post(people[name], unit, role)
    make_post(make_user("副职"), committee, Role.HEAD)
    make_post(make_user("乙区主席"), county_b, Role.HEAD)
    make_post(make_user("外市主席"), foreign_city, Role.HEAD)
    for branch, head in [(city_branch, None), (branch_a, people["head_a"]), (temporary_a, None), (branch_b, None)]:
        activate(branch, head)
    make_standing(people["member"])
    branch_a.memberships.create(user=people["member"], kind="home", starts_on=LONG_AGO)

    city_list = make_list(city, people["secretary"])
    county_list = make_list(county_a, people["county_secretary"], "甲区2026年党建任务清单", issued_on=date(2026, 3, 12))
    foreign_list = make_list(foreign_city, people["foreigner"], "外市2026年党建任务清单")
    return Cast(
        today=TODAY,
        city=city,
        city_party=city_party,
        city_office=city_office,
        committee=committee,
        county_a=county_a,
        county_a_office=county_a_office,
        county_b=county_b,
        foreign_city=foreign_city,
        city_branch=city_branch,
        branch_a=branch_a,
        temporary_a=temporary_a,
        branch_b=branch_b,
        **people,
        city_list=city_list,
        to_county_a=make_assignment(county_a, city_list, content="甲区报送党建案例"),
        to_county_b=make_assignment(county_b, city_list, content="乙区报送党建案例", due_on=date(2026, 5, 8)),
        to_office=make_assignment(city_office, city_list, content="办公室整理台账", due_on=date(2026, 5, 14)),
        county_list=county_list,
        to_branch_a=make_assignment(branch_a.unit, county_list, content="支部报送案例", due_on=date(2026, 5, 20)),
        foreign_row=make_assignment(foreign_city, foreign_list, content="外市报送案例"),
    )


CAST = Snapshot(make_cast)


@pytest.fixture
def clock_at(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Set the one clock that views and jobs read: `clock_at(date(2026, 5, 12), hour=9)`."""

    def set_to(day: date, hour: int = 9) -> None:
        monkeypatch.setattr(clock, "now", lambda: at(day, hour))

    return set_to
