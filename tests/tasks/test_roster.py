"""A roster becomes people, seats, posts and branches: once, asked where it is not certain, and never sideways (ux ADM-4)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from branches.actions.roster import Taken, take_in
from branches.models import Change, CppccMembership, Membership, Post, Standing, Term, Unit, User
from tasks.papers.grid import Grid, Merge
from tasks.papers.roster import Roster
from tasks.papers.roster_reading import read_roster, standing_of, term_key
from tests.conftest import TODAY, Cast
from tests.factories import activate, at, make_branch, make_post, make_standing, make_unit, make_user, op

HEAD = [
    "序号",
    "姓名",
    "性别",
    "手机号码",
    "工作单位及职务",
    "政治面貌",
    "界别",
    "专委会",
    "所在党支部",
    "联系党员委员",
]
ROWS = [
    [
        1,
        "曾　明（女）",
        "女",
        "138 0000 0001",
        "市第一医院院长",
        "中共党员",
        "医药卫生界",
        "提案委员会",
        "履职一支部",
        "",
    ],
    [2, "单雄", "男", "13800000002", "示例集团董事长", "民建", "经济界", "", "", "曾明"],
    [3, "李建国", "男", "13800000003", "示例大学教授", "中共预备党员", "教育界", "提案委员会", "履职一支部", ""],
    [4, "赵无", "男", "", "个体工商户", "群众", "经济界", "", "", "李建国"],
]


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    """The words below are those of the code."""
    with override("en"):
        yield


@pytest.fixture
def term(cast: Cast) -> Term:
    branch = make_branch("履职一支部", cast.city, "functional")
    activate(branch)
    return Term.objects.create(body=cast.city, name="八届", starts_on=date(2022, 2, 20))


def grid(rows: list[list[Any]] | None = None, head: list[str] | None = None) -> Grid:
    return Grid([["示例市政协委员名册"], list(head or HEAD), *[list(row) for row in (ROWS if rows is None else rows)]])


def roster(cast: Cast, term: Term | None, paper: Grid, answers: dict[str, Any] | None = None, **who: Any) -> Roster:
    body = who.pop("body", cast.city)
    return Roster(read_roster(paper).rows, body, term, answers, by=who.pop("by", cast.admin), on=TODAY)


def confirm(cast: Cast, term: Term | None, paper: Grid, answers: dict[str, Any] | None = None, **who: Any) -> Taken:
    made = roster(cast, term, paper, answers, **who)
    assert [problem.words for _row, problem in made.problems] == []
    return take_in(made.body, lambda: made.plans, by=made.by, op=op(), now=at(TODAY))


def words(found: Roster) -> list[str]:
    return [problem.words for _row, problem in found.problems]


def test_columns_names_and_sectors_are_read_as_offices_write_them() -> None:
    paper = Grid(
        [
            ["政协示例市第八届委员会委员名单"],
            ["姓 名", "联系电话", "界别", "党派"],
            ["经济界（2人）", None, None, None],
            ["王　明", 13800000001, None, "中共"],
            ["李 静（女，回族）", "13800000002", None, "民盟"],
            ["农业界", None, None, None],
            ["赵敏", None, "工商联界", "无党派人士"],
            ["钱进", None, None, ""],
        ],
        merges=[Merge(6, 2, 7, 2)],
    )

    found = read_roster(paper)

    assert found.columns == {"name": 0, "phone": 1, "sector": 2, "standing": 3}
    assert [(row.number, row.said("name"), row.said("sector")) for row in found.rows] == [
        (4, "王明", "经济界"),
        (5, "李静", "经济界"),
        (7, "赵敏", "工商联界"),
        (8, "钱进", "工商联界"),
    ]
    assert [standing_of(row.said("standing")) for row in found.rows] == ["full", "none", "none", ""]
    assert term_key("第八届") == term_key("8届") == term_key("政协八届委员会")
    assert standing_of("中共党员、民盟") == "full"
    assert standing_of("其他什么") is None


def test_one_confirm_makes_everything_and_the_same_file_again_makes_nothing(cast: Cast, term: Term) -> None:
    found = roster(cast, term, grid())
    assert words(found) == []
    assert [row.verdict for row in found.rows] == ["new"] * 4
    assert not User.objects.filter(name="曾明").exists()  # a dry run writes nothing

    taken = confirm(cast, term, grid())

    zeng, shan = User.objects.get(name="曾明"), User.objects.get(name="单雄")
    assert (zeng.username, shan.username) == ("zengming", "shanxiong")
    assert not zeng.has_usable_password()
    assert (taken.accounts, taken.seats, taken.posts, taken.memberships, taken.contacts) == (4, 4, 2, 2, 2)
    assert CppccMembership.objects.get(user=shan).contact == zeng
    assert Standing.objects.get(user=shan).kind == "none"
    assert Post.objects.get(user=zeng).unit == cast.committee
    assert Membership.objects.get(user=zeng).kind == "temporary"
    assert Change.objects.filter(person=zeng, verb="person-added", by=cast.admin).count() == 1
    again = confirm(cast, term, grid())
    assert again.nothing
    assert [row.verdict for row in roster(cast, term, grid()).rows] == ["known"] * 4


def test_two_thousand_rows_take_as_many_queries_as_twenty(cast: Cast, term: Term) -> None:
    def queries(count: int, first: int) -> int:
        rows = [
            [n, f"委员{n}", "", f"139{n:08d}", "", "中共党员", "经济界", "", "", ""]
            for n in range(first, first + count)
        ]
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert confirm(cast, term, grid(rows)).accounts == count
        return len([one for one in seen.captured_queries if "SAVEPOINT" not in one["sql"]])

    assert queries(400, 1000) <= queries(20, 5000) + 2  # history goes in by the five hundred


def test_same_names_are_asked_and_the_answer_is_kept_to(cast: Cast, term: Term) -> None:
    first = make_user("李建国", phone="13900000009")
    make_post(first, cast.city_office, "member")

    asked = roster(cast, term, grid())

    assert words(asked) == ["Row 5: somebody called “李建国” is here already; choose"]
    assert asked.rows[2].candidates[0].tells == "办公室 · ****0009"
    same = roster(cast, term, grid(), {"rows": {"5": {"who": str(first.pk)}}})
    assert same.rows[2].plan is not None
    assert same.rows[2].plan.person == first.pk
    confirm(cast, term, grid(), {"rows": {"5": {"who": "new"}}})
    assert User.objects.filter(name="李建国").count() == 2
    first.refresh_from_db()
    assert first.phone == "13900000009"


def test_two_of_one_name_in_the_file_without_numbers_are_asked(cast: Cast, term: Term) -> None:
    rows = [
        [1, "张伟", "", "", "一中校长", "群众", "教育界", "", "", ""],
        [2, "张伟", "", "", "二中校长", "群众", "教育界", "", "", ""],
    ]

    assert words(roster(cast, term, grid(rows))) == ["Row 4: the same name as row 3; choose"]
    assert confirm(cast, term, grid(rows), {"rows": {"4": {"who": "new"}}}).accounts == 2


def test_all_problems_at_once_with_the_rows_of_the_file(cast: Cast, term: Term) -> None:
    CppccMembership.objects.create(
        user=make_user("旧委员"), body=cast.city, term=term, sector_name="经济界", starts_on=term.starts_on
    )
    rows = [
        [1, "", "", "13800000001", "", "群众", "经济界", "", "", ""],
        [2, "甲某", "", "一三八", "", "群众", "经济界", "", "", ""],
        [3, "乙某", "", "13800000003", "", "外星人", "经济届", "", "", ""],
        [4, "丙某", "", "13800000003", "", "群众", "经济界", "体育委员会", "", ""],
        [5, "丁某", "", "13800000005", "", "群众", "经济界", "", "履职一支部", ""],
        [6, "戊某", "", "13800000006", "", "群众", "", "", "", ""],
    ]

    found = roster(cast, term, grid(rows))

    assert [(row.number, problem.column) for row, problem in found.problems] == [
        (3, "name"), (4, "phone"), (5, "standing"), (5, "sector"), (6, "phone"), (6, "committee"), (7, "branch"), (8, "unit"),
    ]  # fmt: skip
    assert [group.key for group in found.asked] == ["standing:外星人", "sector:经济届", "committee:体育委员会"]
    settled = {
        "groups": {"standing:外星人": "none", "sector:经济届": "=经济界", "committee:体育委员会": "skip"},
        "rows": {
            "3": {"skip": True}, "4": {"phone": ""}, "6": {"phone": "13800000004"}, "7": {"branch": ""},
            "8": {"sector": "经济界"},
        },
    }  # fmt: skip
    assert confirm(cast, term, grid(rows), settled).accounts == 5
    assert not CppccMembership.objects.filter(sector_name="经济届").exists()


def test_a_person_of_two_levels_stays_one_and_no_name_crosses_the_boundary(cast: Cast, term: Term) -> None:
    county_term = Term.objects.create(body=cast.county_a, name="十届", starts_on=date(2022, 2, 1))
    confirm(cast, term, grid())
    zeng = User.objects.get(name="曾明")
    mine = {"body": cast.county_a, "by": cast.county_admin}
    row = [1, "曾明", "", "13800000001", "", "", "经济界", "", "", ""]
    other = [1, "曾某", "", "13800000001", "", "", "经济界", "", "", ""]
    namesake = [1, "单雄", "", "", "", "", "经济界", "", "", ""]

    assert roster(cast, county_term, grid([row]), **mine).rows[0].verdict == "known"
    assert words(roster(cast, county_term, grid([other]), **mine)) == [
        "Row 3: the phone number belongs to another account"
    ]
    assert roster(cast, county_term, grid([namesake]), **mine).rows[0].verdict == "new"  # no candidate is named
    confirm(cast, county_term, grid([row]), **mine)
    assert {seat.body for seat in zeng.seats.all()} == {cast.city, cast.county_a}


def test_posts_roles_and_who_may(cast: Cast, term: Term) -> None:
    head = ["姓名", "任职单位", "职务", "角色"]
    rows = [
        ["新甲", "办公室", "主任", ""],
        ["新乙", "办公室", "科员", "联络员"],
        ["新丙", "办公室", "科长", "系统管理员"],
    ]

    found = roster(cast, None, grid(rows, head))
    assert [group.key for group in found.asked] == ["role:系统管理员"]
    assert "system_admin" not in dict(found.asked[0].options)
    answers = {"groups": {"role:系统管理员": "member", "title:主任": "head"}}
    confirm(cast, None, grid(rows, head), answers)

    assert set(Post.objects.filter(user__name__startswith="新").values_list("user__name", "role")) == {
        ("新甲", "head"),
        ("新乙", "liaison"),
        ("新丙", "member"),
    }
    assert not CppccMembership.objects.filter(user__name__startswith="新").exists()
    with pytest.raises(PermissionDenied):
        confirm(cast, None, grid([["新丁", "办公室", "", ""]], head), by=cast.county_admin)
    with pytest.raises(PermissionDenied):
        confirm(cast, None, grid([["新丁", "办公室", "", ""]], head), by=cast.secretary)


def test_probation_ends_and_nothing_recorded_is_overwritten(cast: Cast, term: Term) -> None:
    known = make_user("老王", phone="13700000001")
    make_post(known, cast.city_office, "member")
    make_standing(known, "probationary", starts_on=date(2025, 9, 1))
    other = make_user("老李", phone="13700000002")
    make_post(other, cast.city_office, "member")
    make_standing(other, "full")
    rows = [
        [1, "老王", "", "13700000001", "", "中共党员", "经济界", "", "", ""],
        [2, "老李", "", "13700000002", "", "群众", "经济界", "", "", ""],
    ]

    notes = roster(cast, term, grid(rows)).rows[1].notes
    taken = confirm(cast, term, grid(rows))

    assert notes == ["another standing is recorded; it stays until it is changed on the person’s page"]
    assert taken.standings == 1
    assert list(known.standings.order_by("starts_on").values_list("kind", "starts_on", "ends_on")) == [
        ("probationary", date(2025, 9, 1), TODAY),
        ("full", TODAY, None),
    ]
    assert other.standings.get().kind == "full"


def test_sector_that_is_a_unit_is_linked(cast: Cast, term: Term) -> None:
    unit: Unit = make_unit("经济界", "sector", cast.city)

    found = roster(cast, term, grid(), {"groups": {f"sector:{name}": "new" for name in ("医药卫生界", "教育界")}})
    take_in(cast.city, lambda: found.plans, by=cast.admin, op=op(), now=at(TODAY))

    seats = {seat.user.name: seat for seat in CppccMembership.objects.filter(body=cast.city)}
    assert seats["单雄"].sector == unit
    assert (seats["曾明"].sector, seats["曾明"].sector_name) == (None, "医药卫生界")
