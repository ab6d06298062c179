"""One plain factory for each model, no surprises: what is not said takes the plainest value."""

from __future__ import annotations

import itertools
import uuid
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction

from branches.models import (
    Branch,
    BranchType,
    Membership,
    Platform,
    Post,
    Standing,
    Unit,
    UnitKind,
    User,
)
from branches.roles import Role
from tasks.models import Assignment, Period, Receiver, Report, Step, Task, TaskList, TaskText
from tasks.states import ListStage, ReceiverRole, Stage

SHANGHAI = ZoneInfo("Asia/Shanghai")
LONG_AGO = date(2020, 1, 1)
counter = itertools.count(1)


def at(day: date, hour: int = 9, minute: int = 0) -> datetime:
    """An instant in Shanghai on that day."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=SHANGHAI)


def op() -> uuid.UUID:
    """A fresh operation id."""
    return uuid.uuid4()


@transaction.atomic  # the database asks at the commit whether its body is the right one
def make_unit(name: str, kind: str = "office", parent: Unit | None = None, **fields: Any) -> Unit:
    """A unit as the last child of `parent`, or a root; its body is worked out as in life."""
    fields.setdefault("code", f"u{next(counter)}")
    fields.setdefault("starts_on", LONG_AGO)
    values = {"name": name, "kind": UnitKind.objects.get(code=kind), **fields}
    unit = Unit.objects.add_child(parent, values) if parent else Unit.objects.add_root(values)
    unit.body = unit if unit.kind.is_body else (Unit.objects.get(pk=parent.pk).body if parent else None)
    unit.save()
    return Unit.objects.get(pk=unit.pk)


def make_user(name: str, **fields: Any) -> User:
    """A person with a mail address and no password."""
    number = next(counter)
    fields.setdefault("username", f"user{number}")
    fields.setdefault("email", f"user{number}@example.invalid")
    return User.objects.create_user(name=name, password=None, **fields)


def make_post(user: User, unit: Unit, role: Role, **fields: Any) -> Post:
    """A post held since long ago."""
    fields.setdefault("starts_on", LONG_AGO)
    return Post.objects.create(user=user, unit=unit, role=role, **fields)


def make_standing(user: User, kind: str = "full", **fields: Any) -> Standing:
    """A standing held since long ago."""
    fields.setdefault("starts_on", LONG_AGO)
    return Standing.objects.create(user=user, kind=kind, **fields)


def make_branch(name: str, parent: Unit, type_code: str = "office", **fields: Any) -> Branch:
    """A branch that exists on paper (state approved); a temporary one gets a lounge and an approval by its parent."""
    kind = BranchType.objects.get(code=type_code)
    unit_fields = {key: fields.pop(key) for key in ("code", "starts_on", "ends_on", "name_en") if key in fields}
    unit = make_unit(name, "branch", parent, **unit_fields)
    if kind.needs_platform and "platform" not in fields and unit.body:
        fields["platform"] = Platform.objects.create(
            name=f"{name}客厅", kind="lounge", body=unit.body, starts_on=LONG_AGO, ends_on=unit.ends_on
        )
    values = {
        "state": "approved",
        "approved_by": parent,
        "approval_document": "示例〔2020〕1号",
        "approved_on": LONG_AGO,
    }
    return Branch.objects.create(unit=unit, type=kind, temporary=kind.temporary, line=kind.line, **(values | fields))


def activate(branch: Branch, head: User | None = None) -> list[User]:
    """Give a branch three full members and an appointed head, and make it active; the members."""
    members = [head] if head else []
    members += [make_user(f"党员{next(counter)}") for _n in range(3 - len(members))]
    for member in members:
        if not member.standings.exists():
            make_standing(member)
        Membership.objects.get_or_create(user=member, branch=branch, defaults={"starts_on": LONG_AGO})
    if not branch.unit.posts.filter(role=Role.HEAD).exists():
        make_post(members[0], branch.unit, Role.HEAD, title="书记", appointed_by=branch.approved_by)
    branch.state, branch.activated_on = "active", LONG_AGO
    branch.save()
    return members


def make_list(issuer: Unit, by: User, title: str = "2026年党建工作任务清单", **fields: Any) -> TaskList:
    """An issued list."""
    values: dict[str, Any] = {
        "year": 2026,
        "stage": ListStage.ISSUED,
        "issued_on": date(2026, 3, 5),
        "created_at": at(date(2026, 3, 5)),
        "published_at": at(date(2026, 3, 5)),
        "published_by": by,
    }
    return TaskList.objects.create(title=title, issuer=issuer, drafted_by=by, **(values | fields))


def make_task(task_list: TaskList, content: str = "报送党建案例", due: str = "6月底前", **fields: Any) -> Task:
    """A task with its text and one step as yet without periods."""
    number = str(task_list.tasks.count() + 1)
    task = Task.objects.create(list=task_list, number=number, position=int(number), **fields)
    task.text = TaskText.objects.create(task=task, edition=task_list.edition + 1, content=content, due_written=due)
    task.save()
    return task


def leave_no_work(unit: Unit) -> None:
    """Stop what is open with a unit, as whoever ends its branch has to (I-8)."""
    Assignment.objects.filter(unit=unit).update(stage=Stage.STOPPED, stop="branch_ended", stop_reason="支部结束")


def make_assignment(
    unit: Unit,
    task_list: TaskList,
    *,
    due_on: date | None = date(2026, 6, 30),
    content: str = "报送党建案例",
    **fields: Any,
) -> Assignment:
    """One unit's share of a task of its own (or of `task=`), not started; other columns by keyword."""
    task = fields.pop("task", None) or make_task(task_list, content)
    kind = Step.Kind.BY if due_on else Step.Kind.ONGOING
    step, _new = Step.objects.get_or_create(
        task=task, position=1, defaults={"phrase": "6月底前", "kind": kind, "dates": [due_on] if due_on else []}
    )
    number = step.periods.count() + 1
    period = step.periods.filter(due_on=due_on).first() or Period.objects.create(
        step=step, number=number, starts_on=date(2026, 1, 1), due_on=due_on, opened_at=at(date(2026, 3, 5))
    )
    role = fields.get("role", ReceiverRole.LEAD)
    values: dict[str, Any] = {
        "list": task_list,
        "task": task,
        "step": step,
        "period": period,
        "receiver": Receiver.objects.create(task=task, unit=unit, role=role, owes_report=role == ReceiverRole.LEAD),
        "unit": unit,
        "unit_path": unit.path,
        "body": unit.body,
        "kind": step.kind,
        "times_wanted": step.times_wanted,
        "issuer": task_list.issuer,
        "issuer_path": task_list.issuer.path,
        "issuer_body": task_list.issuer.body,
        "due_on": due_on,
        "original_due_on": due_on,
        "issued_on": task_list.issued_on,
    }
    return Assignment.objects.create(**(values | fields))


def make_report(row: Assignment, by: User, now: datetime, text: str = "已完成", kind: str = "completion") -> Report:
    """A report as a row, without the move: for tests that look at reading."""
    return Report.objects.create(assignment=row, kind=kind, text=text, by=by, at=now)


def reported(row: Assignment, by: User, on: date, reviewers: Unit | None = None) -> Assignment:
    """Bring a row into review, with its report, as the action would leave it."""
    now = at(on)
    make_report(row, by, now)
    Assignment.objects.filter(pk=row.pk).update(
        stage=Stage.REPORTED, reported_on=on, submitted_at=now, review_unit=reviewers or row.issuer
    )
    row.refresh_from_db()
    return row


def days(first: date, count: int) -> list[date]:
    """`count` days from `first` on."""
    return [first + timedelta(days=n) for n in range(count)]
