"""Home: the work queue of each role, its counts and its next steps."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

import pytest
from django.http import HttpResponse
from django.test import Client

from branches.models import Branch, DemoState, Feedback, Unit, User
from branches.roles import Role
from tasks.actions.extensions import ask_extension
from tasks.actions.helping import ask_help
from tasks.actions.instructions import instruct
from tasks.models import Approval, Assignment, Delivery, Extension
from tests.conftest import TODAY, Cast
from tests.factories import at, make_assignment, make_branch, make_list, make_post, make_user, op, reported

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(clock_at: Callable[..., None]) -> None:
    clock_at(TODAY)


def home(client: Client, person: User, query: str = "", language: str = "en") -> HttpResponse:
    """The home of a person."""
    client.force_login(person)
    client.cookies["django_language"] = language
    answer = client.get("/" + query)
    assert answer.status_code == 200
    return answer


def queue(answer: HttpResponse) -> list[tuple[str, str]]:
    """The rows of a desk's queue: unit and next step."""
    return [(item.row.unit.name, item.step) for item in answer.context["items"]]


def choose(client: Client, post: object) -> None:
    """Choose a post in the scope switch."""
    session = client.session
    session["scope"] = post.pk  # type: ignore[attr-defined]
    session.save()


def test_desk_sees_reviews_then_what_is_late_then_what_is_due_soon(client: Client, cast: Cast) -> None:
    reported(
        make_assignment(cast.committee, cast.city_list, due_on=date(2026, 5, 20)),
        cast.clerk,
        date(2026, 5, 11),
        cast.city,
    )
    make_assignment(cast.foreign_city, make_list(cast.foreign_city, cast.foreigner), due_on=date(2026, 5, 1))

    page = home(client, cast.secretary)

    assert queue(page) == [("提案委员会", "Review"), ("乙区政协", "View"), ("办公室", "View")]
    assert "外市" not in page.text


def test_a_county_sees_what_it_owes_and_what_it_gave(client: Client, cast: Cast) -> None:
    Assignment.objects.filter(pk=cast.to_county_a.pk).update(due_on=date(2026, 5, 15))
    make_assignment(cast.county_a, cast.city_list, due_on=date(2026, 5, 9), stage="acknowledged")
    make_assignment(
        cast.county_a, cast.city_list, stage="returned", reported_on=date(2026, 5, 8), supplement_by=date(2026, 5, 14)
    )
    make_assignment(cast.branch_a.unit, cast.county_list, due_on=date(2026, 5, 2))
    make_assignment(cast.branch_a.unit, cast.county_list, due_on=date(2026, 5, 13))

    page = home(client, cast.county_secretary)

    assert queue(page) == [
        ("甲区政协", "Update"),
        ("甲区政协", "Update"),
        ("机关党支部", "View"),
        ("甲区政协", "Sign for"),
        ("机关党支部", "View"),
    ]
    assert "乙区" not in page.text


def test_work_broken_down_is_watched_and_not_updated(client: Client, cast: Cast) -> None:
    Assignment.objects.filter(pk=cast.to_county_a.pk).update(
        due_on=date(2026, 5, 1), stage="in_progress", broken_down=True
    )

    assert queue(home(client, cast.county_secretary)) == [("甲区政协", "View")]


@pytest.mark.parametrize("show", ["review", "returned", "overdue", "soon"])
def test_each_count_is_as_long_as_the_queue_it_opens(client: Client, cast: Cast, show: str) -> None:
    for day in (1, 3, 14, 15):
        make_assignment(cast.city_office, cast.city_list, due_on=date(2026, 5, day))
    for day in (4, 13):
        reported(
            make_assignment(cast.committee, cast.city_list, due_on=date(2026, 5, day)), cast.clerk, TODAY, cast.city
        )
    make_assignment(cast.city, make_list(cast.city_party, cast.second), stage="returned", reported_on=date(2026, 5, 8),
                    supplement_by=date(2026, 5, 14))  # fmt: skip

    page = home(client, cast.secretary)
    opened = client.get(f"/?show={show}")

    number = page.context["counts"][show]
    assert number > 0
    assert f'href="?show={show}"' in page.text
    assert (len(opened.context["items"]), opened.context["page_obj"].paginator.count) == (number, number)


def test_unknown_count_is_400(client: Client, cast: Cast) -> None:
    client.force_login(cast.secretary)

    assert client.get("/?show=all").status_code == 400


def test_nobody_reviews_his_own_report(client: Client, cast: Cast) -> None:
    reported(make_assignment(cast.city_office, cast.city_list), cast.secretary, TODAY, cast.city)

    assert home(client, cast.secretary).context["counts"]["review"] == 0
    assert home(client, cast.second).context["counts"]["review"] == 1


def test_queue_is_paged_and_keeps_its_order(client: Client, cast: Cast) -> None:
    for number in range(45):
        make_assignment(cast.committee, cast.city_list, due_on=date(2026, 4, 1 + number % 28))

    first = home(client, cast.secretary)
    last = client.get("/?page=3")

    days = [item.row.due_on for page in (first, last) for item in page.context["items"]]
    assert (len(first.context["items"]), len(last.context["items"])) == (20, 7)
    assert days[:20] == sorted(days[:20])
    assert "(page 3 of 3)" in last.text


def test_lists_to_sign_for_stand_on_top(client: Client, cast: Cast) -> None:
    for body in (cast.county_a, cast.county_b):
        Delivery.objects.create(
            list=cast.city_list, edition=1, body=body, delivered_at=at(TODAY), sign_by=date(2026, 5, 15)
        )

    page = home(client, cast.county_secretary)
    Delivery.objects.filter(body=cast.county_a).update(signed_at=at(TODAY), signed_by=cast.county_secretary)

    assert "Lists to sign for: 1" in page.text
    assert f'href="/lists/{cast.city_list.pk}/sign/"' in page.text
    assert "Lists to sign for" not in home(client, cast.county_secretary).text


def test_lists_given_link_to_rows_of_the_same_length(client: Client, cast: Cast) -> None:
    page = home(client, cast.secretary)

    [given] = page.context["lists"]
    assert [(word, number) for word, number, _url in given.figures] == [
        ("Completed", 0), ("Due", 1), ("All assignments", 3), ("Overdue", 1),
    ]  # fmt: skip
    assert [client.get(url).context["page_obj"].paginator.count for _w, _n, url in given.figures] == [0, 1, 3, 1]


def test_nothing_to_do_tells_the_next_date(client: Client, cast: Cast) -> None:
    Assignment.objects.filter(pk=cast.to_branch_a.pk).update(due_on=date(2026, 5, 20))
    Assignment.objects.filter(pk=cast.to_county_a.pk).update(stage="acknowledged")

    pages = [re.sub(r"<[^>]+>", "", home(client, cast.county_head, language=code).text) for code in ("en", "zh-hans")]

    assert "Nothing to do today. The next one is due on 20 May 2026" in pages[0]
    assert "今天没有要办的事。最近一件 5月20日（周三） 到期" in pages[1]


def test_member_sees_his_tasks_as_cards_by_urgency(client: Client, cast: Cast) -> None:
    unit = cast.branch_a.unit
    for content, day, person in [
        ("逾期的", date(2026, 5, 1), None),
        ("别人的", date(2026, 5, 2), cast.head_a),
        ("点名的", date(2026, 5, 13), cast.member),
        ("长期的", None, None),
    ]:
        make_assignment(unit, cast.county_list, content=content, due_on=day, person=person)  # fmt: skip
    make_assignment(unit, cast.county_list, content="办完的", stage="completed", completed_on=date(2026, 5, 3))
    reported(make_assignment(unit, cast.county_list, content="待审的", due_on=date(2026, 5, 3)), cast.member, TODAY)

    page = home(client, cast.member)

    assert [(item.row.task.name, item.step) for item in page.context["mine"]] == [
        ("逾期的", "Update"), ("点名的", "Update"), ("支部报送案例", "Update"), ("长期的", "Update"), ("待审的", "View"),
    ]  # fmt: skip
    assert [line.row.task.name for line in page.context["done"]] == ["办完的"]
    assert "Completed: 1" in page.text
    assert "<h1>My tasks</h1>" in page.text
    assert "别人的" not in page.text


def test_member_without_tasks_is_told_so(client: Client, cast: Cast) -> None:
    Assignment.objects.filter(unit=cast.branch_a.unit).update(stage="stopped", stop="cancelled", stop_reason="不再需要")

    assert "No open tasks. New ones are announced by mail" in home(client, cast.member).text


def test_account_without_posts_has_an_empty_home(client: Client, cast: Cast) -> None:
    page = home(client, cast.nobody)

    assert page.context["counts"]["queue"] == 0
    assert "No open tasks" in page.text


def test_an_instructor_is_given_no_work_of_the_branch_he_guides(client: Client, cast: Cast) -> None:
    make_post(cast.nobody, cast.branch_a.unit, Role.INSTRUCTOR)

    assert home(client, cast.member).context["mine"] != []
    assert home(client, cast.nobody).context["mine"] == []


def test_leader_sees_the_state_and_three_things(client: Client, cast: Cast) -> None:
    draft = make_list(cast.city, cast.secretary, "待审批清单", stage="in_approval", issued_on=None, published_at=None)
    Approval.objects.create(list=draft, edition=1, approver=cast.leader, asked_at=at(TODAY), recorded_by=cast.secretary)
    row = make_assignment(cast.committee, cast.city_list, due_on=date(2026, 5, 11))
    reported(row, cast.secretary, TODAY, cast.city)
    Assignment.objects.filter(pk=row.pk).update(review_leaders=True)

    page = home(client, cast.leader)

    assert [thing.words for thing in page.context["things"]] == [
        "Approve the list: 待审批清单",
        "1 report waits for your review",
        "District B CPPCC: 1 overdue",
    ]
    assert [tile.number for tile in page.context["tiles"]] == [2, 0, 1, 1, 1]
    assert all(
        client.get(tile.url).context["page_obj"].paginator.count == tile.number for tile in page.context["tiles"]
    )
    assert [client.get(thing.url).status_code for thing in page.context["things"]] == [200, 200, 200]


def test_leader_with_nothing_to_do(client: Client, cast: Cast) -> None:
    Assignment.objects.filter(list=cast.city_list).update(due_on=date(2026, 12, 1))

    page = home(client, cast.leader)

    assert "Nothing needs you today" in page.text
    assert "Nothing has fallen due yet" in page.text


def ending_branch(parent: Unit, ends_on: date) -> Branch:
    """A branch on its way to its last day, as the tree has it."""
    branch = make_branch(f"{ends_on}结束的支部", parent, ends_on=ends_on)
    Branch.objects.filter(pk=branch.pk).update(state="approved")
    return branch


def test_admin_sees_what_keeps_his_body_in_order(client: Client, cast: Cast) -> None:
    for parent in (cast.city, cast.county_a):
        make_branch(f"{parent.name}筹备支部", parent, state="planned")
    Unit.objects.filter(pk=cast.city_branch.unit_id).update(ends_on=date(2026, 5, 26))
    Unit.objects.filter(pk=cast.branch_b.unit_id).update(ends_on=date(2026, 5, 20))
    left = make_user("离任的人")
    make_post(left, cast.city_office, Role.MEMBER, ends_on=date(2026, 5, 1))
    Feedback.objects.create(by=cast.clerk, body=cast.city, text="希望能导出", at=at(TODAY))
    Feedback.objects.create(by=cast.stranger, body=cast.county_b, text="乙区的建议", at=at(TODAY))

    page = home(client, cast.admin)

    assert {lot["word"]: [thing.words for thing in lot["things"]] for lot in page.context["admin_lots"]} == {
        "Branches that end within 14 days": ["机关第一党支部"],
        "Planned branches": ["示例市政协筹备支部"],
        "Accounts without a post": ["离任的人"],
        "Feedback to answer": ["希望能导出"],
    }
    assert "乙区" not in page.text
    assert "District B" not in page.text


def test_system_admin_sees_all_bodies_and_no_work(client: Client, cast: Cast) -> None:
    make_branch("甲区筹备支部", cast.county_a, state="planned")

    page = home(client, cast.system_admin)

    words = {lot["word"]: lot["total"] for lot in page.context["admin_lots"]}
    assert words["Planned branches"] == 1
    assert words["Accounts without a post"] == User.objects.filter(posts=None, memberships=None).count()
    assert page.context["counts"]["queue"] == 0
    assert "报送案例" not in page.text


def test_several_posts_show_the_blocks_of_each_and_a_scope_filters(client: Client, cast: Cast) -> None:
    desk = make_post(cast.member, cast.county_b, Role.SECRETARY)
    page = home(client, cast.member)
    whole = [bool(page.context.get(block)) for block in ("desk", "own")]
    units = {unit for unit, _step in queue(page)}

    choose(client, desk)
    filtered = client.get("/")

    assert (whole, units) == ([True, True], {"乙区政协"})
    assert [bool(filtered.context.get(block)) for block in ("desk", "own")] == [True, False]


def test_scope_filters_the_queue_to_one_post(client: Client, cast: Cast) -> None:
    office = make_post(cast.secretary, cast.foreign_city, Role.SECRETARY)
    Assignment.objects.filter(pk=cast.foreign_row.pk).update(due_on=date(2026, 5, 13), stage="acknowledged")
    both = {unit for unit, _step in queue(home(client, cast.secretary))}

    choose(client, office)
    one = {unit for unit, _step in queue(client.get("/"))}

    assert (both, one) == ({"外市政协", "乙区政协", "办公室"}, {"外市政协"})


ROLES = [Role.SECRETARY, Role.LEADER, Role.TREE_ADMIN]


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize("posts", [[role] for role in ROLES] + [[Role.SECRETARY, Role.LEADER], ROLES])
def test_home_needs_at_most_twelve_queries(
    client: Client, cast: Cast, count: int, posts: list[Role], django_assert_max_num_queries: Callable[..., object]
) -> None:
    DemoState.objects.create(loaded_at=at(TODAY))
    for role in posts:
        make_post(cast.member, cast.county_a, role)
    for number in range(count):
        make_assignment(cast.branch_a.unit, cast.county_list, due_on=date(2026, 5, 1 + number % 28))
        make_assignment(cast.county_a, cast.city_list, due_on=date(2026, 5, 1 + number % 28))
        make_branch(f"第{number}筹备支部", cast.county_a, state="planned")
    home(client, cast.member)  # the session notes once a minute that it is in use

    with django_assert_max_num_queries(12):
        client.get("/")


def test_what_is_asked_stands_beside_overdue_and_a_leader_begins_with_his_own_field(client: Client, cast: Cast) -> None:
    said = {"now": at(TODAY)}
    ask_help(cast.to_county_a, "means", "缺人手", by=cast.county_secretary, op=op(), **said)
    ask_extension(cast.to_county_a, date(2026, 7, 10), "等文件", by=cast.county_secretary, op=op(), **said)
    instruct(cast.county_b, "请说明", TODAY, row=cast.to_county_b, by=cast.leader, op=op(), **said)
    Assignment.objects.filter(pk=cast.to_county_b.pk).update(leader=cast.leader)

    desk = home(client, cast.secretary)
    assert desk.context["counts"]["help"] == 1
    assert [item.row for item in home(client, cast.secretary, "?show=help").context["items"]] == [cast.to_county_a]
    assert [paper.key for paper in desk.context["papers"]["extension"]] == [Extension.objects.get().pk]
    leader = home(client, cast.leader)
    assert [paper.key for paper in leader.context["papers"]["charge_late"]] == [cast.to_county_b.pk]
    assert leader.text.index("In my charge") < leader.text.index("What needs me")
    assert "1 request for help is unanswered" in leader.text
    assert "请说明" in leader.text
    assert "请说明" in home(client, cast.stranger).text
    assert "请说明" not in home(client, cast.county_secretary).text
