"""Worlds for the rows of the bench, and the work in them: a city, its offices, and lists of the size asked for."""

import io
import logging
import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.test.utils import setup_test_environment
from openpyxl import Workbook

from branches import clock
from branches.models import Unit, User
from branches.roles import Role
from tasks import deadlines
from tasks.actions import issue
from tasks.models import Assignment, Evidence, Period, Report, Step, StoredFile, Task, TaskList, TaskText
from tasks.papers.differences import Differences
from tasks.papers.out import Line, Sheet
from tasks.papers.out.workbook import write_xlsx
from tasks.plans import ListPlan, ReceiverPlan, Span, StepPlan, TaskPlan
from tasks.states import ReceiverRole
from tests.factories import at, make_assignment, make_list, make_post, make_task, make_unit, make_user

Job = Callable[[], object]
TODAY = date(2026, 5, 12)
DUE = date(2026, 11, 30)
BATCH = 2000
FORMS = (
    "{m}月底前", "{m}月{d}日前", "{m}月上旬", "2026年{m}月{d}日", "每月{d}日前", "每季度末", "{m}月至12月", "全年",
    "次年{m}月底前", "会后{d}个工作日内", "每周五", "上半年", "{m}月中旬前完成", "适时", "年底前不少于{m}次",
)  # fmt: skip
PICTURE = 5 * 1024 * 1024


def city(offices: int = 1) -> tuple[Unit, User, list[Unit]]:
    """A city with a desk, a leader who reviews, and staffed offices."""
    body = make_unit("示例市政协", "body", code="city")
    secretary = make_user("王明", username="secretary")
    make_post(secretary, body, Role.SECRETARY)
    make_post(make_user("陈立"), body, Role.LEADER)
    units = [
        make_unit(f"第{number}办公室", "office", body, code=f"office-{number}") for number in range(1, offices + 1)
    ]
    for unit in units:
        make_post(make_user(f"{unit.name}主任"), unit, Role.HEAD)
    return body, secretary, units


def words_of(number: int) -> str:
    """The words of a task, as long as offices write."""
    return f"第{number}项：深入学习贯彻党的创新理论，组织委员和机关干部开展专题学习、调研视察和协商议政，形成工作台账"


def signed_in() -> Client:
    """The secretary's browser, on the day of the bench."""
    setup_test_environment()
    logging.disable(logging.WARNING)
    clock.now = lambda: at(TODAY)
    client = Client()
    client.force_login(User.objects.get(username="secretary"))
    client.get("/lists/")  # the first page of a process reads templates and addresses
    return client


# --- deadlines -----------------------------------------------------------------------------------------------------------
def read_phrases(amount: int) -> Job:
    """Phrases of fifteen forms; no two in a row are the same, and no reading is kept."""
    phrases = [FORMS[n % len(FORMS)].format(m=n % 12 + 1, d=n % 28 + 1) for n in range(amount)]
    return lambda: [deadlines.read(phrase, 2026) for phrase in phrases]


# --- a list comes in -----------------------------------------------------------------------------------------------------
def list_file() -> Path:
    """Where the workbook of the dry run lies."""
    folder = Path(settings.MEDIA_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    return folder / "list.xlsx"


def prepare_dry_run(amount: int) -> None:
    """A workbook of so many rows in the nine columns, given to twenty offices."""
    _body, _secretary, units = city(20)
    lines = (
        Line(
            (f"{n // 100 + 1}组",),
            (str(n + 1), words_of(n + 1), "制定方案，召开会议，形成材料", "", units[n % 20].name, units[(n + 7) % 20].name,
             FORMS[n % 4].format(m=n % 12 + 1, d=n % 28 + 1), "", ""),
        )
        for n in range(amount)
    )  # fmt: skip
    with list_file().open("wb") as file:
        write_xlsx(Sheet("2026年任务清单", "示例市政协"), lines, file)


def dry_run(_amount: int) -> Job:
    """The command that scripts call; it reads as the pages do."""
    logging.disable(logging.WARNING)
    words = ("import_list", str(list_file()), "--unit", "city", "--year", "2026", "--dry-run", "--json")
    return lambda: call_command(*words, stdout=io.StringIO())


# --- publishing ----------------------------------------------------------------------------------------------------------
def offices_for(amount: int) -> int:
    """How many units share a list of so many assignments."""
    return max(2, min(100, amount // 30))


def prepare_publish(amount: int) -> None:
    """The units alone."""
    city(offices_for(amount))


def publish(amount: int) -> Job:
    """Tasks for all offices, dated, written in one transaction."""
    body, by = Unit.objects.get(code="city"), User.objects.get(username="secretary")
    units = list(Unit.objects.filter(code__startswith="office-").select_related("kind", "body"))
    receivers = [ReceiverPlan(ReceiverRole.LEAD, unit=unit) for unit in units]
    step = StepPlan("11月底前", Step.Kind.BY, [Span(date(2026, 1, 1), DUE)])
    tasks = [TaskPlan(str(n), words_of(n), [step], receivers) for n in range(1, amount // len(units) + 1)]
    plan = ListPlan("2026年任务清单", 2026, body, tasks)
    return lambda: issue(plan, by=by, op=uuid.uuid4(), now=at(TODAY))


# --- a list goes out -----------------------------------------------------------------------------------------------------
def prepare_export(amount: int) -> None:
    """A list of so many tasks, each with a unit, words that came back, and a file with every tenth."""
    body, secretary, units = city(20)
    found = make_list(body, secretary)
    for first in range(0, amount, BATCH):
        reports = _tasks(found, units, secretary, range(first + 1, min(first + BATCH, amount) + 1))
        _with_files(reports[::10], secretary)


def _tasks(found: TaskList, units: list[Unit], by: User, numbers: range) -> list[Report]:
    tasks = Task.objects.bulk_create(Task(list=found, number=str(n), position=n) for n in numbers)
    texts = TaskText.objects.bulk_create(
        TaskText(task=task, edition=1, content=words_of(task.position), measures="制定方案，召开会议，形成材料" * 3,
                 lead_written=units[task.position % len(units)].name, due_written="11月底前",
                 heading=[f"{task.position // 100 + 1}组"])
        for task in tasks
    )  # fmt: skip
    for task, text in zip(tasks, texts, strict=True):
        task.text = text
    Task.objects.bulk_update(tasks, ["text"])
    steps = Step.objects.bulk_create(
        Step(task=task, phrase="11月底前", kind=Step.Kind.BY, dates=[DUE]) for task in tasks
    )
    periods = Period.objects.bulk_create(
        Period(step=step, number=1, starts_on=date(2026, 1, 1), due_on=DUE, opened_at=at(TODAY)) for step in steps
    )
    rows = Assignment.objects.bulk_create(
        _row(found, period, units[period.step.task.position % len(units)]) for period in periods
    )
    return Report.objects.bulk_create(
        Report(assignment=row, kind=Report.Kind.COMPLETION, text="已完成，形成材料三份，" * 8, by=by, at=at(TODAY))
        for row in rows
    )


def _with_files(reports: list[Report], by: User) -> None:
    files = StoredFile.objects.bulk_create(
        StoredFile(sha256="0" * 64, size=1, content_type="application/pdf", name=f"材料{report.pk}.pdf", path=f"zz/{report.pk}",
                   uploaded_by=by, uploaded_at=at(TODAY))
        for report in reports
    )  # fmt: skip
    Evidence.objects.bulk_create(
        Evidence(report=report, file=file) for report, file in zip(reports, files, strict=True)
    )


def _row(found: TaskList, period: Period, unit: Unit) -> Assignment:
    return Assignment(
        list=found, task=period.step.task, step=period.step, period=period, unit=unit, unit_path=unit.path,
        body_id=unit.body_id, issuer=found.issuer, issuer_path=found.issuer.path, issuer_body=found.issuer.body,
        due_on=period.due_on, original_due_on=period.due_on, issued_on=TODAY,
    )  # fmt: skip


def download(name: str) -> Callable[[int], Job]:
    """The whole way of a download, from the request to the last piece."""

    def prepared(_amount: int) -> Job:
        client, found = signed_in(), TaskList.objects.get()

        def job() -> None:
            answer = client.get(f"/lists/{found.pk}/{name}")
            if answer.status_code != 200:
                raise SystemExit(f"{name}: {answer.status_code}")
            for _piece in answer:
                pass

        return job

    return prepared


def prepare_archive(amount: int) -> None:
    """As many files of five megabytes, written as holes, so that the disk is not what is measured."""
    body, secretary, units = city(20)
    reports = _tasks(make_list(body, secretary), units, secretary, range(1, amount + 1))
    for report in reports:
        path = f"zz/archive-{report.pk}"
        (Path(settings.MEDIA_ROOT) / "zz").mkdir(parents=True, exist_ok=True)
        with (Path(settings.MEDIA_ROOT) / path).open("wb") as file:
            file.truncate(PICTURE)
        stored = StoredFile.objects.create(
            sha256="1" * 64, size=PICTURE, content_type="image/jpeg", name="照片.jpg", path=path,
            uploaded_by=secretary, uploaded_at=at(TODAY),
        )  # fmt: skip
        Evidence.objects.create(report=report, file=stored)


# --- files come back -----------------------------------------------------------------------------------------------------
def prepare_merge(amount: int) -> None:
    """A list of thirty tasks, given to as many bodies as files come back."""
    body, secretary, _units = city()
    bodies = [make_unit(f"第{n}区政协", "body", body, short_name=f"第{n}区") for n in range(1, amount + 1)]
    found = make_list(body, secretary)
    for unit in bodies:
        make_post(make_user(f"{unit.short_name}书"), unit, Role.SECRETARY)
    for number in range(1, 31):
        task = make_task(found, words_of(number))
        for unit in bodies:
            make_assignment(unit, found, task=task, due_on=DUE)


def filled(number: int) -> bytes:
    """The file of one body, not exported by us, with a result in every row."""
    book = Workbook()
    page: Any = book.active
    page.append(["序号", "任务内容", "牵头单位", "完成时限", "完成情况", "佐证材料"])
    for task in range(1, 31):
        page.append([task, words_of(task), "", "11月底前", f"第{number}区第{task}项已完成", ""])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def pressed(found: Differences) -> dict[str, str]:
    """The form as the page gives it, everything accepted."""
    data = {"op": str(uuid.uuid4()), "take": "1"}
    for entry in found.new:
        if entry.assignment:
            data[f"take-{entry.key}"] = str(entry.assignment.version)
            data[f"as-{entry.key}"] = "done" if entry.done else "progress"
    return data


def merge(amount: int) -> Job:
    """Upload the files, open the page of differences, press once: what a secretary waits for."""
    client, found = signed_in(), TaskList.objects.get()
    uploads = [(f"第{n}区政协.xlsx", filled(n)) for n in range(1, amount + 1)]

    def job() -> None:
        files = [SimpleUploadedFile(name, data) for name, data in uploads]
        answer: Any = client.post(f"/lists/{found.pk}/returns/", {"op": str(uuid.uuid4()), "returned": files})
        page: Any = client.get(answer.headers["Location"])
        client.post(answer.headers["Location"], pressed(page.context["differences"]))
        if Report.objects.count() != amount * 30:
            raise SystemExit("not everything was recorded")

    return job


PREPARE: dict[str, Callable[[int], None]] = {
    "dry-run": prepare_dry_run,
    "publish-300": prepare_publish,
    "publish-30000": prepare_publish,
    "export": prepare_export,
    "merge": prepare_merge,
    "archive": prepare_archive,
}
WORK: dict[str, Callable[[int], Job]] = {
    "phrases": read_phrases,
    "dry-run": dry_run,
    "publish-300": publish,
    "publish-30000": publish,
    "export": download("export.xlsx"),
    "merge": merge,
    "archive": download("archive.zip"),
}
