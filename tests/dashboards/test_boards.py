"""The boards: what they say, that every number is the length of the list it opens, and who may open which."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html.parser import HTMLParser
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client

from branches.models import BodySettings, DemoState, Unit
from branches.roles import Role
from tasks.models import Assignment
from tests.conftest import TODAY, Cast
from tests.factories import (
    activate,
    at,
    make_assignment,
    make_branch,
    make_list,
    make_post,
    make_task,
    make_unit,
    make_user,
    reported,
)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(clock_at: Callable[..., None]) -> None:
    clock_at(TODAY)


class Links(HTMLParser):
    """The links of a page that say a number, with their addresses."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self._open: str | None = None
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self._open, self._text = dict(attrs).get("href"), ""

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "a" and self._open:
            self.found.append((" ".join(self._text.split()), self._open))
            self._open = None


def links(text: str) -> list[tuple[str, str]]:
    """Words and address of each link of a page."""
    reader = Links()
    reader.feed(text)
    return reader.found


def enter(client: Client, person: object, language: str = "en") -> Client:
    """The client signed in as this person, in one language."""
    client.force_login(person)  # type: ignore[arg-type]
    client.cookies["django_language"] = language
    return client


def board(client: Client, unit: Unit, query: str = "") -> str:
    """The page of a board."""
    answer = client.get(f"/dashboard/{unit.pk}/{query}")
    assert answer.status_code == 200
    return answer.text


def finding(text: str) -> str:
    """The sentence of a board, without markup."""
    found = re.search(r'id="finding">(.*?)</p>', text, re.S)
    assert found
    return " ".join(re.sub(r"<[^>]+>", "", found[1]).split())


def split_by_county(cast: Cast) -> Assignment:
    """County A breaks its row down to two of its units; one of them is done."""
    row = cast.to_county_a
    task = make_task(cast.county_list, "支部分解任务")
    for unit, stage in [(cast.branch_a.unit, "completed"), (cast.county_a_office, "in_progress")]:
        make_assignment(
            unit, cast.county_list, task=task, source=row, stage=stage, due_on=date(2026, 5, 10),
            completed_on=TODAY if stage == "completed" else None, reported_on=TODAY if stage == "completed" else None,
        )  # fmt: skip
    Assignment.objects.filter(pk=row.pk).update(broken_down=True, stage="in_progress")
    return row


BOARDS = [
    ("secretary", "city", 200), ("leader", "city", 200), ("secretary", "city_office", 200), ("secretary", "county_a", 200),
    ("secretary", "county_b", 200), ("secretary", "branch_a", 404), ("secretary", "foreign_city", 404),
    ("clerk", "city_office", 200), ("clerk", "city", 404), ("clerk", "committee", 404), ("clerk", "county_a", 404),
    ("county_secretary", "county_a", 200), ("county_secretary", "branch_a", 200), ("county_secretary", "county_b", 404),
    ("county_secretary", "city", 404), ("county_secretary", "branch_b", 404),
    ("member", "branch_a", 200), ("member", "county_a", 404), ("member", "temporary_a", 404),
    ("head_a", "branch_a", 200), ("stranger", "county_b", 200), ("stranger", "county_a", 404),
    ("foreigner", "foreign_city", 200), ("foreigner", "city", 404), ("foreigner", "county_a", 404),
    ("admin", "city", 404), ("system_admin", "city", 404), ("auditor", "city", 404), ("nobody", "city", 404),
]  # fmt: skip


@pytest.mark.parametrize("page", ["", "rows/?figure=due"])
def test_who_may_open_which_board(client: Client, cast: Cast, page: str) -> None:
    answers = []
    for who, unit, _status in BOARDS:
        place = getattr(cast, unit)
        enter(client, cast.person(who))
        answers.append((who, unit, client.get(f"/dashboard/{getattr(place, 'unit', place).pk}/{page}").status_code))

    assert answers == BOARDS


@pytest.mark.parametrize(
    ("who", "unit"),
    [("secretary", "city"), ("clerk", "city_office"), ("county_head", "county_a"), ("foreigner", "foreign_city")],
)
def test_own_board_is_the_highest_unit_of_ones_posts(client: Client, cast: Cast, who: str, unit: str) -> None:
    enter(client, cast.person(who))

    answer = client.get("/dashboard/")

    assert (answer.status_code, answer.headers["Location"]) == (302, f"/dashboard/{getattr(cast, unit).pk}/")


def test_own_board_of_a_member_is_his_branch(client: Client, cast: Cast) -> None:
    enter(client, cast.member)

    answer = client.get("/dashboard/")

    assert answer.headers["Location"] == f"/dashboard/{cast.branch_a.unit_id}/"


@pytest.mark.parametrize("who", ["admin", "system_admin", "auditor", "nobody"])
def test_who_sees_no_work_is_told_so(client: Client, cast: Cast, who: str) -> None:
    enter(client, cast.person(who))

    answer = client.get("/dashboard/")

    assert answer.status_code == 403
    assert "see none of it" in answer.text


def test_city_board_says_what_it_gave_and_leaves_other_bodies_out(client: Client, cast: Cast) -> None:
    enter(client, cast.leader)

    text = board(client, cast.city)

    assert finding(text) == (
        "As of 12 May 2026, work given by Sample City CPPCC: 3 in all, 1 due, 0 of those completed. "
        "Still missing: 1 – overdue 1, in review 0. Furthest behind: District B CPPCC, 1 short."
    )
    assert "外市" not in text
    assert "支部报送案例" not in text  # what county A gave its branch is county A's own


def test_the_same_in_chinese(client: Client, cast: Cast) -> None:
    enter(client, cast.leader, "zh-hans")

    assert finding(board(client, cast.city)) == (
        "截至5月12日（周二），示例市政协派发的任务3项，应完成1项，其中已完成0项。"
        "没完成的1项里，逾期1项，待审核0项。差距最大的是乙区政协，差1项。"
    )


@pytest.mark.parametrize(
    ("who", "unit", "query"),
    [
        ("leader", "city", ""), ("leader", "city", "?measure=below"), ("leader", "city", "?order=tree"),
        ("secretary", "county_a", ""), ("secretary", "county_a", "?measure=below"), ("county_secretary", "county_a", ""),
        ("county_secretary", "county_a", "?measure=given"), ("member", "branch_a", ""),
    ],
)  # fmt: skip
def test_every_number_is_as_long_as_the_list_it_opens(
    client: Client, cast: Cast, who: str, unit: str, query: str
) -> None:
    split_by_county(cast)
    reported(make_assignment(cast.committee, cast.city_list, due_on=date(2026, 5, 4)), cast.clerk, date(2026, 5, 4))
    make_assignment(cast.county_b, cast.city_list, due_on=date(2026, 5, 2), stage="completed", completed_on=TODAY, days_late=4,
                    late_reason="人员变动", reported_on=TODAY)  # fmt: skip
    make_assignment(cast.county_b, cast.city_list, due_on=date(2026, 9, 2), stage="completed", completed_on=TODAY)
    enter(client, cast.person(who))
    place = getattr(cast, unit)

    numbers = [
        (int(found[0]), url)
        for words, url in links(board(client, getattr(place, "unit", place), query))
        if "/rows/" in url and (found := re.search(r"\d+$|^\d+(?= )|(?<=of )\d+", words)) and "%" not in words
    ]

    assert len(numbers) >= 5
    for number, url in numbers:
        page = client.get(url)
        assert (page.status_code, page.context["page_obj"].paginator.count) == (200, number), url


def test_a_bar_leads_to_a_board_of_the_same_rows(client: Client, cast: Cast) -> None:
    make_assignment(cast.county_b, cast.city_list, due_on=date(2026, 5, 1))
    enter(client, cast.leader)
    text = board(client, cast.city)

    url = next(url for words, url in links(text) if words == "District B CPPCC")
    unit_page = client.get(url)

    assert (urlsplit(url).path, parse_qs(urlsplit(url).query)["by"]) == (
        f"/dashboard/{cast.county_b.pk}/",
        [str(cast.city.pk)],
    )
    assert "2 in all, 2 due, 0 of those completed. Still missing: 2 – overdue 2" in finding(unit_page.text)
    assert "甲区" not in unit_page.text.split("<main")[1]


def test_leader_finds_the_unit_that_is_behind_and_why_in_two_clicks(client: Client, cast: Cast) -> None:
    Assignment.objects.filter(pk=cast.to_county_b.pk).update(late_reason="等上级文件")
    enter(client, cast.leader, "zh-hans")

    behind = finding(board(client, cast.city))
    first_click = next(url for words, url in links(board(client, cast.city)) if words == "乙区政协")
    why = client.get(first_click).text
    second_click = next(url for words, url in links(why) if words == "乙区报送党建案例")

    assert "差距最大的是乙区政协，差1项" in behind
    assert "等上级文件" in why
    assert (second_click, client.get(second_click).status_code) == (cast.to_county_b.get_absolute_url(), 200)


def test_county_seen_from_the_city_shows_of_its_own_rows_no_link_and_no_list(client: Client, cast: Cast) -> None:
    split_by_county(cast)
    make_assignment(cast.branch_a.unit, cast.county_list, content="甲区自己的任务", due_on=date(2026, 5, 1))
    enter(client, cast.leader)

    page = client.get(f"/dashboard/{cast.county_a.pk}/rows/?figure=total&measure=below")

    assert [(line.row.unit.name, line.opened, line.url) for line in page.context["lines"]] == [
        ("机关党支部", False, ""),
        ("办公室", False, ""),
    ]
    assert "甲区自己的任务" not in page.text
    assert cast.county_list.title not in page.text


def test_the_same_county_seen_from_inside_opens_everything(client: Client, cast: Cast) -> None:
    split_by_county(cast)
    enter(client, cast.county_secretary)

    page = client.get(f"/dashboard/{cast.county_a.pk}/rows/?figure=total&measure=below")

    assert {line.row.unit.name for line in page.context["lines"]} == {"机关党支部", "办公室"}
    assert all(line.opened and line.url for line in page.context["lines"])
    assert cast.county_list.title in page.text


def test_work_broken_down_counts_once_in_all_work_below(client: Client, cast: Cast) -> None:
    split_by_county(cast)
    enter(client, cast.leader)

    below = client.get(f"/dashboard/{cast.city.pk}/?measure=below").context["board"]
    given = client.get(f"/dashboard/{cast.city.pk}/?measure=given").context["board"]

    assert {group.unit.name: group.counts["total"] for group in below.groups} == {
        "办公室": 1,
        "甲区政协": 2,
        "乙区政协": 1,
    }
    assert {group.unit.name: group.counts["total"] for group in given.groups} == {
        "办公室": 1,
        "甲区政协": 1,
        "乙区政协": 1,
    }


@pytest.mark.parametrize(("who", "first"), [("leader", "乙区政协"), ("secretary", "乙区政协")])
def test_gap_order_for_those_who_have_to_help(client: Client, cast: Cast, who: str, first: str) -> None:
    enter(client, cast.person(who))

    page = client.get(f"/dashboard/{cast.city.pk}/")
    ordered = client.get(f"/dashboard/{cast.city.pk}/?order=tree")

    assert page.context["progress"].shown.rows[0].label == "District B CPPCC"
    assert [bar.label for bar in page.context["progress"].on_paper.rows] == [
        "Office",
        "District A CPPCC",
        "District B CPPCC",
    ]
    assert [bar.label for bar in ordered.context["progress"].shown.rows] == [
        "Office",
        "District A CPPCC",
        "District B CPPCC",
    ]


def test_a_member_sees_no_gap_order(client: Client, cast: Cast) -> None:
    make_post(cast.member, cast.county_a, Role.MEMBER)
    make_assignment(cast.county_a, cast.city_list, due_on=date(2026, 5, 1))
    enter(client, cast.member)

    page = client.get(f"/dashboard/{cast.county_a.pk}/?order=gap&measure=below")

    assert (page.status_code, page.context["order"], page.context["helps"]) == (200, "tree", False)
    assert "Furthest behind" not in page.text


def test_list_and_month_narrow_board_and_rows_alike(client: Client, cast: Cast) -> None:
    second = make_list(cast.city, cast.secretary, "二季度清单")
    make_assignment(cast.county_a, second, due_on=date(2026, 5, 6))
    make_assignment(cast.county_a, second, due_on=date(2026, 4, 6))
    enter(client, cast.leader)

    page = client.get(f"/dashboard/{cast.city.pk}/?list={second.pk}&month=2026-05")
    behind = next(url for words, url in links(page.text) if "figure=due&" in url)

    assert (page.context["board"].counts["total"], page.context["board"].counts["due"]) == (1, 1)
    assert {"list", "month"} <= set(parse_qs(urlsplit(behind).query))
    assert client.get(behind).context["page_obj"].paginator.count == 1


def test_rows_name_what_narrows_them_and_let_go_of_it(client: Client, cast: Cast) -> None:
    make_assignment(cast.county_b, cast.city_list, due_on=date(2026, 4, 1))
    enter(client, cast.leader)

    url = f"/dashboard/{cast.city.pk}/rows/?figure=overdue&measure=given&child={cast.county_b.pk}&month=2026-05"
    narrowed = client.get(url)
    chips = {words: url for words, url in links(narrowed.text) if "remove this filter" in words}
    wider = client.get(chips["May 2026 remove this filter"])

    assert "<h1>Overdue: District B CPPCC</h1>" in narrowed.text
    assert set(chips) == {"District B CPPCC remove this filter", "May 2026 remove this filter"}
    assert [page.context["page_obj"].paginator.count for page in (narrowed, wider)] == [1, 2]


def test_a_list_narrows_to_what_grew_from_it(client: Client, cast: Cast) -> None:
    split_by_county(cast)
    enter(client, cast.leader)

    page = client.get(f"/dashboard/{cast.city.pk}/?measure=below&list={cast.city_list.pk}")

    assert page.context["board"].counts["total"] == 4
    assert [one.title for one in page.context["found"].lists] == [cast.city_list.title]


UNREADABLE = ["measure=rank", "by=x", "list=-1", "month=2026-13", "order=rank", "child=1e3", "figure=best", "size=7",
              "list=" + "9" * 30]  # fmt: skip


@pytest.mark.parametrize("page", ["", "rows/"])
def test_unreadable_parameters_are_400(client: Client, cast: Cast, page: str) -> None:
    enter(client, cast.leader)

    assert client.get(f"/dashboard/{cast.city.pk}/{page}").status_code == 200
    answers = {query: client.get(f"/dashboard/{cast.city.pk}/{page}?{query}").status_code for query in UNREADABLE}
    assert answers == dict.fromkeys(UNREADABLE, 400)


def test_what_one_may_not_see_narrows_nothing(client: Client, cast: Cast) -> None:
    enter(client, cast.leader)
    queries = [
        f"list={cast.foreign_row.list_id}", f"list={cast.county_list.pk}", f"by={cast.foreign_city.pk}",
        f"by={cast.county_a.pk}", f"child={cast.branch_b.unit_id}",
    ]  # fmt: skip

    assert client.get(f"/dashboard/{cast.city.pk}/?measure=given&list={cast.city_list.pk}").status_code == 200
    answers = {query: client.get(f"/dashboard/{cast.city.pk}/?measure=given&{query}").status_code for query in queries}
    assert answers == dict.fromkeys(queries, 404)


def siblings(cast: Cast, count: int) -> None:
    """County A and so many siblings, each with one row due; half of the siblings' rows are completed."""
    make_assignment(cast.county_a, cast.city_list, due_on=date(2026, 5, 1))
    for number in range(count - 1):
        county = make_unit(f"第{number}县政协", "body", cast.city)
        done = number % 2 == 0
        make_assignment(county, cast.city_list, due_on=date(2026, 5, 1), stage="completed" if done else "issued",
                        completed_on=TODAY if done else None)  # fmt: skip


@pytest.mark.parametrize(("count", "shown"), [(2, False), (3, True), (5, True)])
def test_mean_of_the_siblings_from_three_on(client: Client, cast: Cast, count: int, shown: bool) -> None:
    siblings(cast, count)
    enter(client, cast.county_secretary)

    text = board(client, cast.county_a, f"?measure=given&by={cast.city.pk}")

    assert (f"The {count} other bodies taken together completed" in text) is shown
    assert "乙区" not in text


def test_mean_of_the_siblings_is_hidden_where_the_body_above_wants_it(client: Client, cast: Cast) -> None:
    siblings(cast, 5)
    BodySettings.objects.create(body=cast.city, siblings_mean=False)
    enter(client, cast.county_secretary)

    text = board(client, cast.county_a, f"?measure=given&by={cast.city.pk}")

    assert "in all" in text
    assert "taken together" not in text


def test_empty_board_says_why(client: Client, cast: Cast) -> None:
    enter(client, cast.county_secretary)

    nothing = board(client, cast.temporary_a.unit)
    narrowed = board(client, cast.county_a, "?month=2031-01")

    assert "has no tasks yet" in nothing
    assert "No assignments match the filters" in narrowed
    assert "Clear filters" in narrowed


def test_scope_leads_the_dashboard_to_the_chosen_post(client: Client, cast: Cast) -> None:
    post = make_post(cast.secretary, cast.foreign_city, Role.SECRETARY)
    enter(client, cast.secretary)
    session = client.session
    session["scope"] = post.pk
    session.save()

    answer = client.get("/dashboard/")

    assert answer.headers["Location"] == f"/dashboard/{cast.foreign_city.pk}/"


@pytest.mark.parametrize("count", [1, 40])
@pytest.mark.parametrize("page", ["", "rows/?figure=total", "?measure=below", "?list={list}&month=2026"])
def test_boards_need_at_most_twelve_queries(
    client: Client, cast: Cast, count: int, page: str, django_assert_max_num_queries: Callable[..., object]
) -> None:
    DemoState.objects.create(loaded_at=at(TODAY))
    for number in range(count):
        branch = make_branch(f"第{number}支部", cast.city_party)
        activate(branch)
        make_assignment(branch.unit, cast.city_list, due_on=date(2026, 1 + number % 6, 9))
    enter(client, cast.leader)
    client.get("/dashboard/")  # the session notes once a minute that it is in use

    with django_assert_max_num_queries(12):
        assert client.get(f"/dashboard/{cast.city.pk}/{page.format(list=cast.city_list.pk)}").status_code == 200


def test_a_body_may_not_be_ranked_by_a_foreign_person(client: Client, cast: Cast) -> None:
    outsider = make_user("路人")
    make_post(outsider, cast.foreign_city, Role.LEADER)
    enter(client, outsider)

    assert client.get(f"/dashboard/{cast.foreign_city.pk}/").status_code == 200
    assert client.get(f"/dashboard/{cast.city.pk}/").status_code == 404


def test_the_two_lines_stand_side_by_side_and_each_row_is_counted_once(cast: Cast, client: Client) -> None:
    make_assignment(cast.city_office, cast.city_list, due_on=date(2026, 5, 4), line="office")
    make_assignment(cast.committee, cast.city_list, due_on=date(2026, 5, 5), line="members")
    client.force_login(cast.secretary)

    page = client.get(f"/dashboard/{cast.city.pk}/")

    table = page.context["two_lines"]
    assert [[number.number for number in line.numbers][:1] for line in table] == [[1], [1], [1]]
    assert [number.number for number in table[0].numbers] == [1, 0, 0, 1, 0]
    for place, tile in enumerate(page.context["tiles"]):
        assert sum(line.numbers[place].number for line in table) == tile.number
        for line in table:
            rows = client.get(line.numbers[place].url)
            assert rows.context["page_obj"].paginator.count == line.numbers[place].number
    narrowed = client.get(table[1].url)
    assert [line.numbers[0].number for line in narrowed.context["two_lines"]] == [1]
    assert narrowed.context["tiles"][0].number == 1
    assert client.get(f"/dashboard/{cast.city.pk}/?line=both").status_code == 400


def test_a_board_of_one_line_has_no_table_of_lines(cast: Cast, client: Client) -> None:
    client.force_login(cast.secretary)

    page = client.get(f"/dashboard/{cast.city.pk}/")

    assert page.context["tiles"][0].number
    assert page.context["two_lines"] == []
