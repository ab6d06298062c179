"""Pages of responsibility lists: made from a paste, approved, shown in five views, tasks linked, breaches noted (ux S14)."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

import pytest
from django.test import Client

from branches.models import UnitGroup
from branches.roles import Role
from tasks.actions.duties import BearerPlan, DutyPlan, link_task
from tasks.models import Approval, Duty, TaskList
from tests.conftest import Cast
from tests.factories import make_assignment, make_post, make_user, op
from tests.tasks.test_duties import NOW, TODAY, a_plan, drafted, duty, issued

PASTE = """2026年党建责任清单\t\t\t\t\t\t
序号\t责任主体\t责任单位\t责任人\t责任内容\t来源依据\t类型
一、党组责任
1\t第一责任人\t示例市政协\t主席\t研究部署党建工作\t党章\t正面
二、支部责任
2\t支部书记\t各党支部、市委组织部\t书记\t开好支部党员大会\t\t正面
3\t支部书记\t各党支部\t书记\t不得以会议落实会议\t\t负面
"""


@pytest.fixture(autouse=True)
def _today(clock_at: Any) -> None:
    clock_at(TODAY)


def fresh() -> str:
    return str(uuid.uuid4())


@pytest.mark.parametrize("view", ["duties", "leaders", "units", "people", "gaps"])
@pytest.mark.parametrize("count", [1, 3])
def test_a_responsibility_list_asks_the_same_number_of_queries(
    cast: Cast, client: Client, view: str, count: int, django_assert_max_num_queries: Any
) -> None:
    duties = [
        DutyPlan(
            f"责任{n}", ("党组",), (BearerPlan(unit=cast.city, post_title="主席"), BearerPlan(unit=cast.city_office))
        )
        for n in range(count)
    ]
    duties += [DutyPlan(f"不得{n}", bearers=(BearerPlan(unit=cast.city),), negative=True) for n in range(count)]
    row = issued(cast, duties=tuple(duties))
    for n in range(count):
        link_task(duty(row, n + 1), cast.to_county_a.task, by=cast.secretary, op=op(), now=NOW)
    client.force_login(cast.secretary)
    client.get("/me/")

    with django_assert_max_num_queries(12):
        page = client.get(f"/lists/{row.pk}/?view={view}")

    assert page.status_code == 200


@pytest.mark.parametrize("position", [1, 5])
def test_a_duty_asks_at_most_twelve_times(
    cast: Cast, client: Client, position: int, django_assert_max_num_queries: Any
) -> None:
    row = issued(cast)
    link_task(duty(row, 1), cast.to_county_a.task, by=cast.secretary, op=op(), now=NOW)
    client.force_login(cast.secretary)
    client.get("/me/")

    address = duty(row, position).get_absolute_url()
    with django_assert_max_num_queries(12):
        page = client.get(address)

    assert page.status_code == 200


def test_each_reader_sees_his_own_duties_and_tasks(cast: Cast, client: Client) -> None:
    row = issued(cast)
    link_task(duty(row, 3), cast.to_county_a.task, by=cast.secretary, op=op(), now=NOW)
    link_task(duty(row, 3), cast.to_county_b.task, by=cast.secretary, op=op(), now=NOW)
    client.force_login(cast.secretary)
    page = client.get(f"/lists/{row.pk}/").text
    assert "乙区报送党建案例" in page
    assert "研究部署党建工作" in page

    client.force_login(cast.county_secretary)
    page = client.get(f"/lists/{row.pk}/").text
    assert "落实上级部署" in page
    assert "甲区报送党建案例" in page
    assert "乙区" not in page
    assert "研究部署党建工作" not in page
    assert client.get(f"/lists/{row.pk}/?view=gaps").status_code == 404
    assert client.get(duty(row, 1).get_absolute_url()).status_code == 404
    client.force_login(cast.stranger)
    assert client.get(f"/lists/{row.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([], "waiting"),
        ([{"due_on": date(2026, 6, 30)}], "running"),
        ([{"due_on": date(2026, 5, 8)}, {"stage": "completed", "completed_on": TODAY}], "overdue"),
        ([{"stage": "completed", "completed_on": TODAY}, {"stage": "stopped", "stop": "cancelled"}], "done"),
    ],
)
def test_the_state_comes_from_the_shares_of_the_tasks(
    cast: Cast, client: Client, rows: list[dict[str, Any]], words: str
) -> None:
    row = issued(cast)
    task = make_assignment(cast.city_office, cast.city_list, role="support", owes_report=False).task
    for unit, fields in zip((cast.county_a, cast.county_b), rows, strict=False):
        stop: dict[str, Any] = {"stop_reason": "不再需要"} if "stop" in fields else {}
        make_assignment(unit, cast.city_list, task=task, **fields, **stop)
    link_task(duty(row, 1), task, by=cast.secretary, op=op(), now=NOW)
    client.force_login(cast.secretary)

    line = client.get(f"/lists/{row.pk}/").context["lines"][0]

    assert line.state.code == words


def test_a_post_is_resolved_to_who_holds_it_today(cast: Cast, client: Client) -> None:
    row = issued(cast)
    client.force_login(cast.secretary)
    assert client.get(f"/lists/{row.pk}/").context["lines"][0].bearers[0].person is None
    chair = make_user("周主席")
    make_post(chair, cast.city, Role.LEADER, title="主席", starts_on=date(2026, 5, 1))

    page = client.get(f"/lists/{row.pk}/?view=people")

    assert page.context["lines"][0].bearers[0].person == chair
    assert "周主席" in page.text
    make_post(make_user("又一位"), cast.city, Role.LEADER, title="主席")
    assert client.get(f"/lists/{row.pk}/").context["lines"][0].bearers[0].person is None


def test_the_gaps_name_duties_without_tasks_and_tasks_without_duties(cast: Cast, client: Client) -> None:
    row = issued(cast)
    link_task(duty(row, 1), cast.to_county_a.task, by=cast.secretary, op=op(), now=NOW)
    client.force_login(cast.secretary)

    page = client.get(f"/lists/{row.pk}/?view=gaps")

    assert [line.duty.position for line in page.context["lacking"]] == [2, 3, 4]
    assert {task.pk for task in page.context["loose"]} == {cast.to_county_b.task_id, cast.to_office.task_id}


def test_a_pasted_table_becomes_a_draft_with_bearers_and_headings(cast: Cast, client: Client) -> None:
    client.force_login(cast.secretary)
    data = {"op": fresh(), "title": "", "year": "2026", "issuer": cast.city.pk, "paste": PASTE}
    answers = [client.post("/lists/duties/new/", data) for _turn in range(2)]

    row = TaskList.objects.get(kind="responsibility")
    assert {answer.headers["Location"] for answer in answers} == {f"/lists/{row.pk}/duties/"}
    assert (row.title, row.stage) == ("2026年党建责任清单", "draft")
    rows = list(row.duties.prefetch_related("bearers__unit", "bearers__group"))
    assert [one.heading for one in rows] == [
        ["一、党组责任", "第一责任人"],
        ["二、支部责任", "支部书记"],
        ["二、支部责任", "支部书记"],
    ]
    assert [one.kind for one in rows] == ["positive", "positive", "negative"]
    assert rows[0].bearers.get().unit == cast.city
    named = [(b.group.name if b.group else b.outside_name, b.post_title) for b in rows[1].bearers.all()]
    assert named == [("各党支部", "书记"), ("市委组织部", "书记")]


def _typed(row: TaskList, client: Client) -> dict[str, str]:
    page = client.get(f"/lists/{row.pk}/duties/")
    data = {"op": fresh(), "version": str(page.context["version"]), "title": row.title, "year": "2026"}
    for each in page.context["rows"]:
        for name in ("place", "heading", "content", "units", "post", "source"):
            data[f"{name}-{each.key}"] = getattr(each, name)
        data[f"kind-{each.key}"] = "negative" if each.negative else "positive"
    return data


def test_what_the_editor_shows_is_what_it_saves(cast: Cast, client: Client) -> None:
    row = drafted(cast)
    client.force_login(cast.secretary)
    before = [(d.content, d.heading, d.kind, [str(b) for b in d.bearers.all()]) for d in row.duties.all()]
    data = _typed(row, client)

    assert client.post(f"/lists/{row.pk}/duties/", data).status_code == 302

    row.refresh_from_db()
    assert [(d.content, d.heading, d.kind, [str(b) for b in d.bearers.all()]) for d in row.duties.all()] == before
    data |= {"op": fresh(), "version": str(row.version), "place-2": "0.5", "content-3": "", "units-3": "", "post-3": ""}
    client.post(f"/lists/{row.pk}/duties/", data)
    assert [one.content for one in row.duties.order_by("position")][:2] == ["督促各支部落实", "研究部署党建工作"]
    assert row.duties.count() == 4


def test_a_stale_page_keeps_what_was_typed_beside_what_stands(cast: Cast, client: Client) -> None:
    row = drafted(cast)
    client.force_login(cast.secretary)
    data = _typed(row, client)
    client.post(f"/lists/{row.pk}/duties/", data | {"op": fresh(), "title": "别人先存"})

    page = client.post(f"/lists/{row.pk}/duties/", data | {"op": fresh(), "content-1": "我的话"})

    assert page.status_code == 409
    assert "我的话" in page.text
    assert "研究部署党建工作" in page.text
    row.refresh_from_db()
    assert row.title == "别人先存"


def test_a_row_without_words_is_refused_beside_it(cast: Cast, client: Client) -> None:
    row = drafted(cast)
    client.force_login(cast.secretary)

    page = client.post(f"/lists/{row.pk}/duties/", _typed(row, client) | {"content-2": ""})

    assert page.status_code == 400
    assert 'id="content-2-error"' in page.text


def test_a_leader_approves_on_one_screen(cast: Cast, client: Client) -> None:
    row = drafted(cast)
    client.force_login(cast.secretary)
    client.post(f"/lists/{row.pk}/duties/issue/", {"op": fresh(), "send": "1", "approver": cast.leader.pk})
    asked = Approval.objects.get(list=row)
    client.force_login(cast.second)
    assert client.get(f"/approvals/{asked.pk}/").status_code == 404
    client.force_login(cast.leader)
    assert f"/approvals/{asked.pk}/" in client.get(f"/lists/{row.pk}/").text
    assert "研究部署党建工作" in client.get(f"/approvals/{asked.pk}/").text
    assert client.post(f"/approvals/{asked.pk}/", {"op": fresh(), "refuse": "1"}).status_code == 400

    client.post(f"/approvals/{asked.pk}/", {"op": fresh(), "agree": "1"})

    row.refresh_from_db()
    assert row.stage == "issued"
    assert client.get(f"/lists/{row.pk}/").status_code == 200


def test_an_oral_agreement_names_its_paper_on_the_list(cast: Cast, client: Client) -> None:
    row = drafted(cast)
    client.force_login(cast.secretary)
    data = {"op": fresh(), "oral": "1", "approver": cast.leader.pk, "paper": ""}
    assert client.post(f"/lists/{row.pk}/duties/issue/", data).status_code == 400

    client.post(f"/lists/{row.pk}/duties/issue/", data | {"op": fresh(), "paper": "电话记录3号"})

    assert "电话记录3号" in client.get(f"/lists/{row.pk}/").text


def test_an_issued_list_is_copied_into_the_next_years_draft(cast: Cast, client: Client) -> None:
    row = issued(cast)
    link_task(duty(row, 1), cast.to_county_a.task, by=cast.secretary, op=op(), now=NOW)
    client.force_login(cast.leader)
    assert client.post(f"/lists/{row.pk}/duties/copy/", {"op": fresh()}).status_code == 403
    client.force_login(cast.secretary)
    data = {"op": fresh()}
    for _turn in range(2):
        client.post(f"/lists/{row.pk}/duties/copy/", data)

    made = TaskList.objects.get(kind="responsibility", stage="draft")
    assert (made.title, made.year) == ("2027年党建责任清单", 2027)
    for one, other in zip(row.duties.all(), made.duties.all(), strict=True):
        assert (one.content, one.heading, one.kind) == (other.content, other.heading, other.kind)
        assert [str(b) for b in one.bearers.all()] == [str(b) for b in other.bearers.all()]
        assert not other.links.exists()


def test_tasks_are_linked_and_breaches_noted_by_the_desk(cast: Cast, client: Client) -> None:
    row = issued(cast)
    client.force_login(cast.secretary)
    first, last = duty(row, 1), duty(row, 5)
    page = client.get(f"{first.get_absolute_url()}?q=办公室整理")
    assert [task.pk for task in page.context["choices"]] == [cast.to_office.task_id]

    client.post(first.get_absolute_url(), {"op": fresh(), "do": "link", "task": cast.to_office.task_id})
    assert first.links.count() == 1
    client.post(first.get_absolute_url(), {"op": fresh(), "do": "unlink", "task": cast.to_office.task_id})
    assert first.links.count() == 0
    wrong = client.post(last.get_absolute_url(), {"op": fresh(), "do": "breach", "on_day": "2026-05-11", "words": ""})
    assert wrong.status_code == 400
    assert 'id="words-error"' in wrong.text
    data = {"op": fresh(), "do": "breach", "on_day": "2026-05-11", "words": "用会议落实会议"}
    for _turn in range(2):
        client.post(last.get_absolute_url(), data)
    note = last.breaches.get()
    client.post(
        last.get_absolute_url(),
        {"op": fresh(), "do": "correct", "note": note.pk, "on_day": "2026-05-11", "words": "查无", "withdrawn": "1"},
    )
    text = client.get(last.get_absolute_url()).text
    assert "用会议落实会议" in text
    assert "查无" in text
    assert client.post(first.get_absolute_url(), {"op": fresh(), "do": "x"}).status_code == 400


@pytest.mark.parametrize("who", ["leader", "county_secretary"])
def test_a_reader_may_not_write(cast: Cast, client: Client, who: str) -> None:
    row = issued(cast)
    client.force_login(cast.person(who))
    address = duty(row, 5).get_absolute_url()
    assert client.get(address).status_code == 200

    page = client.post(address, {"op": fresh(), "do": "breach", "on_day": "2026-05-11", "words": "有"})

    assert page.status_code == 403
    assert client.get("/lists/duties/new/").status_code == (403 if who == "leader" else 200)
    assert client.get(f"/lists/{row.pk}/duties/").status_code == 403


@pytest.mark.parametrize(("language", "words"), [("zh-hans", "责任清单"), ("en", "Responsibility list")])
def test_pages_speak_both_languages(cast: Cast, client: Client, language: str, words: str) -> None:
    row, draft = issued(cast), drafted(cast, title="草稿")
    cast.secretary.language = language
    cast.secretary.save()
    client.force_login(cast.secretary)
    for address in (f"/lists/{row.pk}/", f"/lists/{draft.pk}/", "/lists/"):
        assert words in client.get(address, headers={"accept-language": language}).text, address


def test_the_issuers_old_tabs_lead_to_the_list(cast: Cast, client: Client) -> None:
    row = issued(cast, duties=a_plan(cast).duties[:1])
    client.force_login(cast.secretary)

    assert client.get(f"/lists/{row.pk}/?view=matrix").status_code == 200
    assert Duty.objects.filter(list=row).count() == 1


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("address", ["/lists/duties/new/", "/lists/{}/", "/lists/{}/duties/"])
def test_the_desk_asks_at_most_twelve_times(
    cast: Cast, client: Client, count: int, address: str, django_assert_max_num_queries: Any
) -> None:
    counties = UnitGroup.objects.get(body=None, name="各县（市、区）政协")
    bearers = (BearerPlan(group=counties), BearerPlan(unit=cast.city_party, post_title="书记"))
    row = drafted(cast, duties=tuple(DutyPlan(f"责任{n}", bearers=bearers) for n in range(count)))
    client.force_login(cast.secretary)
    client.get("/me/")

    with django_assert_max_num_queries(12):
        page = client.get(address.format(row.pk))

    assert page.status_code == 200
