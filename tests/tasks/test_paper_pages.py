"""Journey (a): list 10, as the office wrote it, goes from the file to published, in the pages (issue 2, section 2.3)."""

from __future__ import annotations

import csv
import io
import uuid
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from openpyxl import load_workbook

from branches import clock
from branches.models import Unit, User
from branches.roles import Role
from tasks.actions.recalls import first_deed
from tasks.models import Assignment, PaperDraft, PaperSource, Report, Step, Task, TaskList
from tasks.papers.jobs import read_paper
from tasks.papers.sources import read_due
from tests.conftest import Cast
from tests.factories import make_post, make_user

ROOT = Path(settings.BASE_DIR)
LIST_10 = ROOT / "tasks" / "papers" / "samples" / "10-city-2026-task-list.xlsx"
KEY_10 = ROOT / "tests" / "data" / "10-expected.csv"
TODAY = date(2026, 11, 22)


@pytest.fixture
def desk(cast: Cast, clock_at: Any, client: Client) -> Client:
    """The city's secretary of the cast, signed in, on the same day."""
    clock_at(TODAY)
    client.force_login(cast.secretary)
    return client


@pytest.fixture
def secretary(db: None, clock_at: Any, client: Client) -> Client:
    """The demo's secretary, signed in, on 22 November 2026."""
    call_command("load_demo", today=TODAY, verbosity=0)
    clock_at(TODAY)
    client.force_login(User.objects.get(username="demo-secretary"))
    return client


def upload(client: Client, data: bytes, name: str = "清单.xlsx", op: str | None = None) -> Any:
    page = client.get("/lists/import/")
    issuer = page.context["form"].fields["issuer"].queryset.first()
    return client.post(
        "/lists/import/",
        {"op": op or str(uuid.uuid4()), "issuer": issuer.pk, "year": 2026, "file": SimpleUploadedFile(name, data)},
    )


def answers(client: Client, address: str, **fields: str) -> dict[str, str]:
    draft = client.get(address).context["draft"]
    return {"op": str(uuid.uuid4()), "version": str(draft.version), **fields}


def test_list_10_is_read_checked_and_published_as_the_key_says(secretary: Client) -> None:
    before = TaskList.objects.count()
    draft = upload(secretary, LIST_10.read_bytes()).headers["Location"]

    page = secretary.get(draft)
    assert page.context["paper"].title == "示例市政协系统2026年党建工作任务清单"
    assert [p["text"] for p in page.context["problems"]] == []
    expected = list(csv.DictReader(KEY_10.open(encoding="utf-8")))
    read = [
        [
            row.number,
            row.reading.kind.value,
            " ".join(d.isoformat() for d in row.reading.dates),
            str(int(row.reading.confirm)),
        ]
        for row in page.context["rows"]
    ]
    assert read == [[row["序号"], row["kind"], row["dates"], row["confirm"]] for row in expected]

    title = page.context["paper"].title
    checked = secretary.post(draft, answers(secretary, draft, title=title, next="1"))
    assert checked.headers["Location"] == f"{draft}units/"
    assert secretary.get(f"{draft}units/").status_code == 200
    assert (TaskList.objects.count(), PaperDraft.objects.filter(published=None).count() >= 1) == (before, True)

    publish = f"{draft}publish/"
    refused = secretary.post(publish, answers(secretary, publish, publish="1"))
    assert refused.status_code == 400
    assert TaskList.objects.count() == before

    found = secretary.get(publish).context["found"]
    done = secretary.post(publish, answers(secretary, publish, publish="1", **{"past-all": "finished"}))
    assert done.status_code == 302
    published = TaskList.objects.get(title=title)
    rows = Assignment.objects.filter(list=published)
    assert (published.tasks.count(), rows.count()) == (33, len(found.shares))
    counties = Unit.objects.filter(kind="body", depth=2).count()
    assert counties == 9
    lead = {
        task.number: rows.filter(task=task, role="lead").values("unit").distinct().count()
        for task in published.tasks.all()
    }
    assert [lead[n] for n in ("1", "4", "5", "17", "29", "22")] == [1, 9, 9, 9, 9, 1]
    committees = Unit.objects.filter(kind="committee", body__code="demo-city").count()
    assert lead["14"] == committees
    assert not rows.filter(unit__kind="partner").exists()
    assert Step.objects.get(task__list=published, task__number="24").kind == Step.Kind.AFTER
    assert rows.get(task__number="24", role="lead").due_on is not None
    again = secretary.post(publish, {"op": str(uuid.uuid4()), "version": "9", "publish": "1"})
    assert again.status_code == 302
    assert TaskList.objects.filter(title=title).count() == 1


def test_a_paste_with_faults_shows_all_of_them_and_keeps_what_was_typed(desk: Client) -> None:
    paste = (
        "序号\t任务内容\t牵头单位\t完成时限\n"
        "1\t报送案例\t办公室秘书处\t6月底前\n"
        "2\t整理台账\t提案委员会\t尽快\n"
        "3\t整理清单\t提案委员会\t11月31日前\n"
        "4\t整理台账\t提案委员会\t12月底前\n"
    )
    issuer = desk.get("/lists/import/").context["form"].fields["issuer"].queryset.first()
    draft = desk.post(
        "/lists/import/", {"op": str(uuid.uuid4()), "issuer": issuer.pk, "year": 2026, "paste": paste}
    ).headers["Location"]

    page = desk.post(draft, answers(desk, draft, title="有错的清单", next="1"))

    assert page.status_code == 400
    assert [p.column for p in page.context["paper"].problems] == ["units", "due", "due", "content"]
    fixed = answers(
        desk,
        draft,
        title="有错的清单",
        next="1",
        **{
            "due-3": "12月20日前",
            "due-4": "11月30日前",
            "name-办公室秘书处": "outside",
            "shown-5": "1",
            "skip-5": "on",
        },
    )
    assert desk.post(draft, fixed).status_code == 302


def test_a_suggestion_is_one_button_and_is_remembered(desk: Client) -> None:
    issuer = desk.get("/lists/import/").context["form"].fields["issuer"].queryset.first()
    committee = Unit.objects.get(name="提案委员会", body=issuer.body)
    paste = "序号\t任务内容\t牵头单位\t完成时限\n1\t报送案例\t提案委\t12月底前\n"
    data = {"op": str(uuid.uuid4()), "issuer": issuer.pk, "year": 2026, "paste": paste}
    draft = desk.post("/lists/import/", data).headers["Location"]
    assert desk.get(draft).context["open_names"]

    page = desk.post(draft, answers(desk, draft, set=f"name-提案委=unit:{committee.pk}"))

    assert page.context["paper"].rows[0].leads[0].unit == committee
    second = desk.post("/lists/import/", {**data, "op": str(uuid.uuid4())}).headers["Location"]
    assert not desk.get(second).context["open_names"]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("清单.xlsx", b"PK\x03\x04 broken"),
        ("清单.pdf", b"%PDF-1.7"),
        ("清单.xlsx", b""),
        ("清单.csv", "没有表头".encode()),
    ],
)
def test_a_file_that_cannot_be_read_is_a_400_beside_the_field(desk: Client, name: str, data: bytes) -> None:
    page = upload(desk, data, name)

    assert page.status_code == 400
    assert page.context["form"].errors


def test_a_stale_page_is_told_and_nothing_is_overwritten(desk: Client) -> None:
    draft = upload(desk, LIST_10.read_bytes()).headers["Location"]
    old = answers(desk, draft, title="第一个窗口")
    desk.post(draft, answers(desk, draft, title="第二个窗口"))

    page = desk.post(draft, old)

    assert page.status_code == 409
    assert page.context["paper"].title == "第二个窗口"


def test_papers_are_their_makers_alone(cast: Cast, client: Client, clock_at: Any) -> None:
    clock_at(cast.today)
    client.force_login(cast.secretary)
    paste = "序号\t任务内容\t牵头单位\t完成时限\n1\t报送案例\t办公室\t12月底前\n"
    data = {"op": str(uuid.uuid4()), "issuer": cast.city.pk, "year": 2026, "paste": paste}
    draft = client.post("/lists/import/", data).headers["Location"]

    for who, status in [("secretary", 200), ("second", 404), ("stranger", 404), ("member", 404)]:
        client.force_login(cast.person(who))
        assert client.get(draft).status_code == status


def test_members_issue_nothing(cast: Cast, client: Client, clock_at: Any) -> None:
    clock_at(cast.today)
    client.force_login(cast.member)

    assert client.get("/lists/import/").status_code == 403
    assert Task.objects.exists()


def test_rows_left_out_and_hidden_are_said_and_rows_without_a_lead_are_answered_at_once(
    desk: Client, cast: Cast
) -> None:
    draft = upload(
        desk,
        "序号,任务内容,完成时限\n1,整理台账,12月底前\n2,编印汇编,12月底前\n合计,2项,\n注：以文件为准,,\n".encode(),
        "a.csv",
    ).headers["Location"]

    page = desk.get(draft)
    assert [(n["code"], n["row"]) for n in page.context["notices"]] == [("total", 4), ("footnote", 5)]
    assert "以文件为准" in page.content.decode()
    assert len(page.context["problems"]) == 3  # no title, and two rows without a lead
    desk.post(draft, answers(desk, draft, title="台账清单", lead=f"unit:{cast.committee.pk}", save="1"))
    answered = desk.get(draft).context
    assert answered["problems"] == []
    assert [row.leads[0].unit for row in answered["rows"]] == [cast.committee, cast.committee]


def test_a_year_of_dated_steps_in_one_cell_survives_the_check_page(desk: Client, cast: Cast) -> None:
    phrase = "\n".join(f"{month}月：{'把这一步的事情按方案办好' * 4}" for month in range(1, 13))
    data = f'任务内容,牵头单位,完成时限\n整理台账,提案委员会,"{phrase}"\n'.encode()
    draft = upload(desk, data, "a.csv").headers["Location"]

    one_line = desk.get(draft).context["rows"][0].phrase.replace("\n", "")
    desk.post(draft, answers(desk, draft, title="台账清单", save="1", **{"due-2": one_line, "shown-2": "1"}))

    paper = desk.get(draft).context["paper"]
    assert (paper.problems, paper.answers["rows"]) == ([], {})
    assert [step.name[:4] for step in paper.plan().tasks[0].steps] == ["把这一步"] * 12


FIRST = "任务清单,,\n任务内容,牵头单位,完成时限\n" + "".join(
    f"{task},提案委员会,12月底前\n" for task in ("整理台账", "编印汇编", "召开会议")
)
CHANGED = FIRST.replace("编印汇编,提案委员会,12月底前", "编印汇编,提案委员会,11月30日前").replace(
    "召开会议", "走访委员"
)


def test_the_same_file_is_one_draft_and_a_changed_one_shows_its_difference(desk: Client, cast: Cast) -> None:
    draft = upload(desk, FIRST.encode(), "a.csv").headers["Location"]
    assert upload(desk, FIRST.encode(), "a.csv").headers["Location"] == draft
    assert PaperDraft.objects.count() == 1
    desk.post(f"{draft}publish/", answers(desk, f"{draft}publish/", publish="1"))
    published = TaskList.objects.get(title="任务清单")

    second = upload(desk, CHANGED.encode(), "b.csv").headers["Location"]
    page = desk.get(second)
    before = page.context["before"]
    assert (before.published, before.same, before.changed) == (published, 1, ["4"])
    assert (before.new, before.gone) == (["5"], ["召开会议"])
    assert [problem["target"] for problem in page.context["problems"]] == ["id_title"]
    assert desk.get(f"{second}publish/").status_code == 302
    assert desk.post(second, answers(desk, second, title="任务清单", next="1")).status_code == 400
    assert desk.post(second, answers(desk, second, title="任务清单（补充）", next="1")).status_code == 302
    assert TaskList.objects.filter(title="任务清单").count() == 1


def test_a_skipped_task_takes_its_further_steps_along_and_filled_results_are_said(desk: Client, cast: Cast) -> None:
    text = (
        "任务清单,,,\n任务内容,牵头单位,完成时限,完成情况\n整理台账,提案委员会,12月1日前,已完成\n"
        "召开会议,提案委员会,12月2日前,\n,,12月3日前,\n"
    )
    draft = upload(desk, text.encode(), "a.csv").headers["Location"]
    assert [notice["code"] for notice in desk.get(draft).context["notices"]] == ["filled"]

    desk.post(draft, answers(desk, draft, title="任务清单", save="1", **{"shown-4": "1", "skip-4": "on"}))

    plan = desk.get(draft).context["paper"].plan()
    assert [(task.content, [step.phrase for step in task.steps]) for task in plan.tasks] == [
        ("整理台账", ["12月1日前"])
    ]


def test_a_long_list_is_paged_problems_first_and_one_press_repairs_the_batch(desk: Client, cast: Cast) -> None:
    rows = "".join(f"{n},任务{n},提案委员会,{'尽快' if n % 2 else '12月底前'}\n" for n in range(1, 121))
    text = f"大清单,,,\n序号,任务内容,牵头单位,完成时限\n{rows}121,任务2,提案委员会,11月30日前\n122,任务4,提案委员会,12月底前\n"
    draft = upload(desk, text.encode(), "a.csv").headers["Location"]

    page = desk.get(draft).context
    assert (page["only"], len(page["rows"]), page["page_obj"].paginator.count) == ("problems", 50, 62)
    assert (page["problem_count"], len(page["problems"]), page["problems"][0]["page"]) == (62, 10, "")
    assert [(phrase.written, phrase.rows) for phrase in page["phrases"]] == [("尽快", 60)]
    second = desk.get(f"{draft}?only=problems&page=2").context
    assert [row.key for row in second["rows"]][-2:] == ["123", "124"]
    desk.post(draft, answers(desk, draft, title="大清单", set=f"dues-{page['phrases'][0].key}=12月底前"))
    merged = desk.post(draft, answers(desk, draft, title="大清单", set="same-all=merge"))

    assert merged.context["problems"] == []
    assert merged.context["only"] == "all"
    plan = merged.context["paper"].plan()
    assert len(plan.tasks) == 120
    assert [step.phrase for step in plan.tasks[1].steps] == ["12月底前", "11月30日前"]
    assert [len(plan.tasks[3].steps), len(plan.tasks[3].receivers)] == [1, 1]
    kept = desk.post(draft, answers(desk, draft, title="大清单", set="same-124="))
    assert [problem["target"] for problem in kept.context["problems"]] == ["twice-124"]


def test_a_name_is_picked_from_all_units_by_its_words(desk: Client, cast: Cast) -> None:
    draft = upload(desk, "清单,,\n任务内容,牵头单位,完成时限\n整理台账,秘书二处,12月底前\n".encode(), "a.csv").headers[
        "Location"
    ]

    page = desk.post(draft, answers(desk, draft, title="清单", save="1", **{"pick-秘书二处": "提案委员会"}))

    assert page.context["paper"].rows[0].leads[0].unit == cast.committee
    assert page.context["problems"] == []


LONG_LIST = "大清单,,\n任务内容,牵头单位,完成时限\n" + "".join(f"任务{n},提案委员会,12月底前\n" for n in range(1, 601))


def test_a_long_list_waits_and_is_read_by_the_worker_or_by_the_page_itself(
    desk: Client, cast: Cast, clock_at: Any
) -> None:
    by_job = upload(desk, LONG_LIST.encode(), "a.csv").headers["Location"]
    by_page = upload(desk, LONG_LIST.replace("任务1", "任务甲").encode(), "b.csv").headers["Location"]
    assert upload(desk, LONG_LIST.encode(), "a.csv").headers["Location"] == by_job
    waiting = desk.get(by_job)
    assert waiting.templates[0].name == "tasks/paper_reading.html"
    assert "<progress" in waiting.text

    read_paper(PaperSource.objects.get(draft__file_name="a.csv").pk)
    assert len(desk.get(by_job).context["paper"].rows) == 600
    assert desk.get(by_page).templates[0].name == "tasks/paper_reading.html"
    clock_at(TODAY, hour=23)

    page = desk.get(by_page)

    assert len(page.context["paper"].rows) == 600
    assert [str(message) for message in page.context["messages"]]
    assert read_due(clock.now()) == 0
    assert PaperDraft.objects.count() == 2


def test_a_long_paper_that_cannot_be_read_or_is_marked_says_so(desk: Client, cast: Cast) -> None:
    data = "没有表头\n" * 600
    broken = upload(desk, data.encode(), "a.csv").headers["Location"]

    read_due(clock.now() + timedelta(minutes=1))

    assert desk.get(broken).status_code == 400
    assert desk.get(f"{broken}units/").headers["Location"] == broken
    marked = upload(desk, LONG_LIST.replace("任务7,", "机密★任务,").encode(), "c.csv")
    assert marked.status_code == 400
    assert marked.context["form"].errors
    assert PaperDraft.objects.count() == 1


def test_columns_are_matched_by_hand_and_known_the_next_time(desk: Client, cast: Cast) -> None:
    text = "清单,,,\n序号,要做的事,谁来做,什么时候\n1,整理台账,提案委员会,12月底前\n2,编印汇编,提案委员会,11月30日前\n"
    draft = upload(desk, text.encode(), "a.csv").headers["Location"]
    assert [column["letter"] for column in desk.get(draft).context["columns"]] == ["A", "B", "C", "D"]
    chosen = {"col-0": "number", "col-1": "content", "col-2": "lead_units", "col-3": "due", "header": "2"}
    twice = desk.post(draft, answers(desk, draft, title="清单", columns="1", **{**chosen, "col-0": "due"}))
    assert twice.status_code == 400

    page = desk.post(draft, answers(desk, draft, title="清单", columns="1", **chosen))

    assert [row.cells["content"] for row in page.context["rows"]] == ["整理台账", "编印汇编"]
    assert page.context["paper"].rows[0].leads[0].unit == cast.committee
    known = "任务,谁来做,什么时候\n召开会议,提案委员会,12月底前\n"
    first = upload(desk, known.encode(), "b.csv").headers["Location"]
    fixed = {"col-0": "content", "col-1": "lead_units", "col-2": "due", "header": "1"}
    desk.post(first, answers(desk, first, title="二", columns="1", **fixed))
    second = upload(desk, known.replace("召开会议", "走访委员").encode(), "c.csv").headers["Location"]
    assert desk.get(second).context["paper"].rows[0].leads[0].unit == cast.committee


def test_filled_progress_becomes_the_first_report_and_can_be_left_out(desk: Client, cast: Cast) -> None:
    text = (
        "任务清单,,,,\n任务内容,牵头单位,完成时限,完成情况,佐证材料\n整理台账,提案委员会,12月1日前,已收集 8 份,台账照片\n"
        "编印汇编,提案委员会,11月2日前,已完成,\n"
        "召开会议,提案委员会、办公室,12月2日前,办公室：已发通知,\n走访委员,甲区政协,12月3日前,走访 3 人,\n"
    )
    draft = upload(desk, text.encode(), "a.csv").headers["Location"]
    publish = f"{draft}publish/"
    page = desk.get(publish)
    assert (page.context["brings"], page.context["found"].unsettled) == (4, {})
    assert [number for number, _why in page.context["brought"].left] == ["6"]
    off = desk.post(publish, answers(desk, publish, save="1", **{"shown-reports": "1", "shown-finished": "1"}))
    assert (off.context["brought"].reports, len(off.context["found"].unsettled)) == ({}, 1)
    on = {"shown-reports": "1", "reports": "on", "shown-finished": "1", "finished": "on"}
    desk.post(publish, answers(desk, publish, publish="1", **on))

    reports = Report.objects.filter(assignment__list__title="任务清单").order_by("assignment__task__position")
    assert [(r.assignment.unit.name, r.text, r.by) for r in reports] == [
        ("提案委员会", "已收集 8 份\n佐证材料：台账照片", cast.secretary),
        ("提案委员会", "已完成", cast.secretary),
        ("办公室", "已发通知", cast.secretary),
    ]
    assert [r.assignment.stage for r in reports] == ["in_progress", "completed", "in_progress"]
    assert reports[2].on_behalf_of == cast.clerk
    assert first_deed(TaskList.objects.get(title="任务清单")) is None
    assert "随清单带入的进展" in desk.get(f"/a/{reports[0].assignment_id}/").text


def test_days_off_bunches_and_heavy_months_are_said_and_one_press_moves_a_day(desk: Client, cast: Cast) -> None:
    branch = cast.city_branch.unit
    make_post(make_user("支书"), branch, Role.SECRETARY)
    rows = "".join(f"任务{n},{branch.name},2026年12月31日前\n" for n in range(8))
    text = f"任务清单,,\n任务内容,牵头单位,完成时限\n{rows}整理台账,提案委员会,2026年12月6日前\n编印汇编,提案委员会,每月10日前\n"
    draft = upload(desk, text.encode(), "a.csv").headers["Location"]
    publish = f"{draft}publish/"
    found = desk.get(publish).context["cautions"]
    assert [(off.day, off.nearest, off.movable) for off in found.days_off if off.movable] == [
        (date(2026, 12, 6), date(2026, 12, 7), ("11",))
    ]
    assert (found.month_end, found.heavy[0].name, found.heavy[0].total, found.heavy[0].new) == (8, branch.name, 8, 8)

    desk.post(publish, answers(desk, publish, move="2026-12-06"))

    page = desk.get(publish).context
    assert [off.movable for off in page["cautions"].days_off if off.movable] == []
    assert date(2026, 12, 7) in {share.due_on for share in page["found"].shares}


def test_problem_rows_go_out_and_come_back_repaired_without_doubles(desk: Client, cast: Cast) -> None:
    text = "清单,,\n任务内容,牵头单位,完成时限\n整理台账,=秘书二处,尽快\n编印汇编,提案委员会,12月底前\n召开会议,提案委员会,待定\n"
    draft = upload(desk, text.encode(), "a.csv").headers["Location"]
    book = load_workbook(io.BytesIO(desk.get(f"{draft}problems.xlsx").getvalue()))
    sheet = book.worksheets[0]
    rows = [[str(cell.value) for cell in row] for row in sheet.iter_rows()]
    assert ([row[0] for row in rows], rows[1][5], rows[0][-1]) == (["行号", "3", "5"], "=秘书二处", "问题")
    assert sheet.cell(2, 6).data_type != "f"
    assert rows[1][-1].count("\n") == 1
    sheet.cell(2, 6).value, sheet.cell(2, 8).value, sheet.cell(3, 8).value = "办公室", "11月30日前", "12月1日前"
    sheet.append(["99", "9", "多出来的", None, None, "办公室", None, "12月底前"])
    out = io.BytesIO()
    book.save(out)

    def send() -> Any:
        file = SimpleUploadedFile("问题行.xlsx", out.getvalue())
        return desk.post(f"{draft}repaired/", {**answers(desk, draft), "repaired": file}, follow=True)

    first, again = send(), send()

    assert first.context["paper"].problems == []
    said = [str(message) for page in (first, again) for message in page.context["messages"]]
    assert [("2" in words, "99" in words) for words in said] == [(True, True), (True, True)]
    assert "改动 0 行" in said[1]
    paper = PaperDraft.objects.get()
    assert [row["content"] for row in paper.rows["rows"]] == ["整理台账", "编印汇编", "召开会议"]
    assert [row["due"] for row in paper.rows["rows"]] == ["11月30日前", "12月底前", "12月1日前"]
