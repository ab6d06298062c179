"""A new version in the pages: begun, compared, put before a leader, published, signed for; and the history of a list."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from branches.models import BodySettings
from tasks import actions
from tasks.actions.publish import send_for_approval
from tasks.models import Approval, Assignment, Delivery, Edition, PaperDraft, TaskList
from tests.conftest import TODAY, Cast
from tests.factories import op
from tests.tasks.test_editions import JUNE_20, JUNE_30, NOW, begin, break_down, change, issue, publish, take_out
from tests.tasks.test_main_way import a_plan

MOST = 12


@pytest.fixture
def desk(cast: Cast, clock_at: Any, client: Client) -> Client:
    """The city's secretary, signed in, on 12 May 2026."""
    clock_at(TODAY)
    client.force_login(cast.secretary)
    return client


def send(client: Client, edition: Edition, **fields: str) -> Any:
    draft = PaperDraft.objects.get(edition=edition)
    data = {"op": str(uuid.uuid4()), "version": str(draft.version), **fields}
    return client.post(f"/versions/{edition.pk}/", data)


def test_from_the_list_to_the_next_version_in_the_browser(cast: Cast, desk: Client) -> None:
    task_list = issue(cast, [cast.committee, cast.county_a])
    assert f"/lists/{task_list.pk}/version/" in desk.get(f"/lists/{task_list.pk}/").text

    begun = desk.post(f"/lists/{task_list.pk}/version/", {"op": str(uuid.uuid4()), "rows": "1"})
    edition = Edition.objects.get(list=task_list)
    assert begun.headers["Location"] == f"/lists/import/{edition.draft_id}/rows/"
    empty = desk.get(f"/versions/{edition.pk}/")
    assert (empty.status_code, empty.context["plan"].empty) == (200, True)
    rows = desk.get(f"/lists/import/{edition.draft_id}/rows/")
    assert f"/versions/{edition.pk}/" in rows.text
    desk.post(
        f"/lists/import/{edition.draft_id}/rows/",
        {
            "op": str(uuid.uuid4()), "version": "1", "do": "save", "title": task_list.title, "year": "2026",
            "c-1-due": "6月20日前", "c-1-shown": "1", "c-2-due": "7月10日前", "c-2-shown": "1",
        },
    )  # fmt: skip
    assert desk.get(f"/lists/import/{edition.draft_id}/units/").headers["Location"] == f"/versions/{edition.pk}/"

    with CaptureQueriesContext(
        connection,
    ) as asked:
        page = desk.get(f"/versions/{edition.pk}/")
    assert len(asked) <= MOST, len(asked)
    assert (page.context["own_rows"], page.context["bodies"]) == (2, 1)
    second = task_list.tasks.get(number="2")
    silent = send(desk, edition, publish="1")
    assert silent.status_code == 400
    assert f'id="reason-later-{second.pk}-error"' in silent.text
    done = send(desk, edition, publish="1", **{f"reason-later-{second.pk}": "汛期"})

    assert done.headers["Location"] == f"/lists/{task_list.pk}/history/"
    assert set(Assignment.objects.filter(list=task_list, unit=cast.county_a).values_list("due_on", flat=True)) == {
        JUNE_30
    }
    with CaptureQueriesContext(connection) as asked:
        story = desk.get(done.headers["Location"])
    assert len(asked) <= MOST, len(asked)
    assert [version.number for version in story.context["versions"]] == [2, 1]
    assert [line.move for line in story.context["lines"]] == ["new_edition", "published"]
    old = desk.get(f"/lists/{task_list.pk}/history/?edition=1")
    assert [text.due_written for _task, text in old.context["words"]] == ["6月底前", "6月底前"]
    again = desk.get(f"/lists/import/{edition.draft_id}/")
    assert again.headers["Location"] == f"/versions/{edition.pk}/"


def test_the_county_signs_row_by_row_on_its_page(cast: Cast, desk: Client) -> None:
    task_list = issue(cast, [cast.committee, cast.county_a])
    break_down(task_list, cast.county_a, cast.county_secretary, [cast.branch_a.unit])
    edition = begin(task_list, cast.secretary)
    change(edition, "1", due="6月20日前")
    take_out(edition, "2")
    publish(edition, cast, all="上级调整")
    desk.force_login(cast.county_secretary)
    first, second = (
        Assignment.objects.get(source__task__number=number, source__list=task_list) for number in ("1", "2")
    )

    assert f"/lists/{task_list.pk}/sign/" in desk.get("/").text
    with CaptureQueriesContext(connection) as asked:
        page = desk.get(f"/lists/{task_list.pk}/sign/")
    assert len(asked) <= MOST, len(asked)
    proposed = [(one.choice, one.day, one.reason) for part in page.context["parts"] for one in part.below]
    assert proposed == [("date", "2026-06-20", ""), ("stop", "2026-06-30", "上级调整")]
    wrong = {
        "op": str(uuid.uuid4()), f"choice-{first.pk}": "date", f"day-{first.pk}": "2026-06-25",
        f"choice-{second.pk}": "stop", f"reason-{second.pk}": "",
    }  # fmt: skip
    late = desk.post(f"/lists/{task_list.pk}/sign/", wrong)
    assert late.status_code == 400
    assert {problem["target"] for problem in late.context["problems"]} == {f"day-{first.pk}", f"reason-{second.pk}"}
    right = {**wrong, "op": str(uuid.uuid4()), f"day-{first.pk}": "2026-06-20", f"reason-{second.pk}": "上级撤销"}
    done = desk.post(f"/lists/{task_list.pk}/sign/", right)

    assert done.headers["Location"] == f"/lists/{task_list.pk}/"
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.due_on, second.stage) == (JUNE_20, "stopped")
    story = desk.get(f"/lists/{task_list.pk}/history/")
    assert [line.move for line in story.context["lines"]] == ["sign", "new_edition", "sign", "published"]
    assert "提案委员会" not in story.text, "other receivers are not told"


def test_a_version_waits_for_the_leader_and_can_be_taken_back(cast: Cast, desk: Client) -> None:
    BodySettings.objects.update_or_create(body=cast.city, defaults={"approve_lists": True})
    task_list = issue(cast, [cast.committee])
    edition = begin(task_list, cast.secretary)
    change(edition, "1", content="改动")

    send(desk, edition, ask="1", approver=str(cast.leader.pk))
    approval = Approval.objects.get(list=task_list)
    assert desk.get(f"/lists/import/{edition.draft_id}/rows/").headers["Location"] == f"/versions/{edition.pk}/"
    back = desk.post(f"/approvals/{approval.pk}/take-back/", {"op": str(uuid.uuid4())})
    assert back.headers["Location"] == f"/versions/{edition.pk}/"
    approval.refresh_from_db()
    assert approval.decision == Approval.Decision.WITHDRAWN
    desk.force_login(cast.leader)
    gone = desk.get(f"/approvals/{approval.pk}/")
    assert (gone.status_code, gone.context["decided"]) == (200, True)

    desk.force_login(cast.secretary)
    send(desk, edition, ask="1", approver=str(cast.leader.pk))
    asked = Approval.objects.get(list=task_list, decision="asked")
    desk.force_login(cast.leader)
    desk.get("/")  # the first page after signing in writes the session
    with CaptureQueriesContext(connection) as queries:
        page = desk.get(f"/approvals/{asked.pk}/")
    assert (page.status_code, len(queries) <= MOST) == (200, True)
    desk.post(f"/approvals/{asked.pk}/", {"op": str(uuid.uuid4()), "agree": "1"})

    task_list.refresh_from_db()
    assert task_list.edition == 2
    assert Edition.objects.get(pk=edition.pk).published_by == cast.secretary


def test_a_spoken_word_names_its_paper(cast: Cast, desk: Client) -> None:
    BodySettings.objects.update_or_create(body=cast.city, defaults={"approve_lists": True})
    task_list = issue(cast, [cast.committee])
    edition = begin(task_list, cast.secretary)
    change(edition, "1", content="改动")

    silent = send(desk, edition, spoken="1", approver=str(cast.leader.pk), agreed_on="2026-05-12")
    assert (silent.status_code, 'id="paper-error"' in silent.text) == (400, True)
    assert not Approval.objects.filter(list=task_list).exists()
    send(desk, edition, spoken="1", approver=str(cast.leader.pk), paper="会议纪要3号", agreed_on="2026-05-12")

    assert Approval.objects.get(list=task_list).edition == 2
    assert TaskList.objects.get(pk=task_list.pk).edition == 2


def test_the_second_editor_puts_his_changes_on_the_newest_version(cast: Cast, desk: Client) -> None:
    task_list = issue(cast, [cast.committee])
    mine, other = begin(task_list, cast.second), begin(task_list, cast.secretary)
    change(mine, "1", content="李静的改动")
    change(other, "2", content="王明的改动")
    actions_plan = publish(mine, cast)
    assert actions_plan.number == 2

    clash = send(desk, other, publish="1")
    assert (clash.status_code, clash.context["stale"]) == (409, True)
    send(desk, other, rebase="1")
    done = send(desk, other, publish="1")

    assert done.status_code == 302
    assert [task.name for task in task_list.tasks.order_by("position")] == ["李静的改动", "王明的改动"]
    assert TaskList.objects.get(pk=task_list.pk).edition == 3


def test_a_file_is_compared_with_the_list(cast: Cast, desk: Client) -> None:
    task_list = issue(cast, [cast.committee])
    table = "序号,任务内容,牵头单位,完成时限\n1,任务1,提案委员会,6月底前\n2,任务2,提案委员会,6月20日前\n"

    begun = desk.post(
        f"/lists/{task_list.pk}/version/",
        {"op": str(uuid.uuid4()), "read": "1", "file": SimpleUploadedFile("清单.csv", table.encode())},
    )
    edition = Edition.objects.get(list=task_list)
    page = desk.get(f"/versions/{edition.pk}/")

    assert begun.headers["Location"] == f"/lists/import/{edition.draft_id}/"
    assert [(entry.number, entry.days[0].new) for entry in page.context["entries"]] == [("2", JUNE_20)]
    nothing = desk.post(f"/lists/{task_list.pk}/version/", {"op": str(uuid.uuid4()), "read": "1"})
    assert nothing.status_code == 400


def test_a_first_issue_is_taken_back_from_the_leader(cast: Cast, desk: Client) -> None:
    desk.post("/lists/new/", {"op": str(uuid.uuid4()), "issuer": cast.city.pk, "title": "试点", "year": 2026})
    draft = PaperDraft.objects.get()
    plan = issue(cast, [cast.committee])
    approval = send_for_approval(
        a_plan(cast, title="试点"), cast.leader, by=cast.secretary, op=op(), now=NOW, draft=draft
    )
    assert plan.pk != approval.list_id
    assert "take-back" in desk.get(f"/lists/{approval.list_id}/").text

    back = desk.post(f"/approvals/{approval.pk}/take-back/", {"op": str(uuid.uuid4())})

    draft.refresh_from_db()
    assert (draft.published, back.headers["Location"]) == (None, f"/lists/import/{draft.pk}/")
    desk.force_login(cast.leader)
    desk.post(f"/approvals/{approval.pk}/", {"op": str(uuid.uuid4()), "agree": "1"})
    assert TaskList.objects.get(pk=approval.list_id).stage == "draft"
    desk.force_login(cast.county_secretary)
    assert desk.post(f"/approvals/{approval.pk}/take-back/", {"op": str(uuid.uuid4())}).status_code == 404


def test_only_the_newest_version_waits_to_be_signed(cast: Cast, desk: Client) -> None:
    task_list = issue(cast, [cast.county_a])
    edition = begin(task_list, cast.secretary)
    change(edition, "1", content="改动")
    publish(edition, cast)

    assert list(Delivery.objects.waiting().values_list("edition", flat=True)) == [2]
    desk.force_login(cast.county_secretary)
    assert desk.get(f"/lists/{task_list.pk}/sign/").status_code == 200
    actions.sign(Delivery.objects.waiting().get(), by=cast.county_secretary, op=op(), now=NOW)
    assert not Delivery.objects.filter(signed_at=None).exists()
