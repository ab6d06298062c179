"""Publishing: a plan becomes a list, its tasks and its assignments in one transaction, once (design 4, 8)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branches.clock import day_of
from branches.models import BodySettings, Post, Unit, User
from branches.roles import Role
from branches.writing import Invalid, NotPossible, once
from tasks import rules
from tasks.actions import history
from tasks.actions.first_reports import record_first
from tasks.calendar import working_days
from tasks.dispatch import Dispatch, is_short, resolve
from tasks.models import (
    Approval,
    Assignment,
    Delivery,
    PaperDraft,
    Period,
    Receiver,
    Step,
    Task,
    TaskList,
    TaskText,
)
from tasks.plans import ListPlan, Past, TaskPlan
from tasks.states import ListStage, ReceiverRole, Stage

BATCH = 1000


def issue(
    plan: ListPlan,
    *,
    by: User,
    op: uuid.UUID,
    now: datetime,
    draft: PaperDraft | None = None,
    sources: dict[tuple[int, int, int], int] | None = None,
) -> TaskList:
    """Write the list and give everyone his share. Raises Invalid with words for every blocker and unsettled past date,
    PermissionDenied without the issuer's desk, NotPossible when the draft was published before.

    `sources` links shares of a broken-down list to the rows they came from: (task, step, occurrence) → assignment id.
    """
    result = once(
        op,
        "issue",
        lambda: {"list": _issue(plan, by, op, now, draft, sources or {}).pk},
        by=by,
        now=now,
        content=[plan.title, plan.year, plan.issuer.pk, len(plan.tasks), draft.pk if draft else None],
    )
    return TaskList.objects.get(pk=result["list"])


def _issue(
    plan: ListPlan,
    by: User,
    op: uuid.UUID,
    now: datetime,
    draft: PaperDraft | None,
    sources: dict[tuple[int, int, int], int],
) -> TaskList:
    on = day_of(now)
    actor = rules.Actor.of(by, on)
    verdict = rules.may_issue(actor, plan.issuer)
    if not verdict:
        raise PermissionDenied("issue")
    found = resolve(plan, on)
    check(plan, found)
    task_list = _write(plan, found, by, now, ListStage.ISSUED)
    if draft is not None and not PaperDraft.objects.filter(pk=draft.pk, published=None).update(published=task_list):
        raise NotPossible(_("This list has been published already"), published=draft.pk)
    rows = _give(plan, found, task_list, on, now, sources)
    history.write(
        [
            history.line(
                "published",
                task_list=task_list,
                by=by,
                post=verdict.post,
                now=now,
                op=op,
                changes={"assignments": len(rows), "later": found.later},
            ),
            *(
                history.line(
                    "issued" if row.stage == Stage.ISSUED else "settled",
                    row=row,
                    by=by,
                    post=verdict.post,
                    now=now,
                    op=op,
                    to_stage=row.stage,
                    changes=_settled(row),
                )
                for row in rows
            ),
        ]
    )
    source = (draft.file_name if draft else "") or task_list.title
    record_first(plan, found, rows, source, by=by, post=verdict.post, op=op, now=now)
    return task_list


def check(plan: ListPlan, found: Dispatch) -> None:
    """Refuse what may not be published, all of it at once."""
    problems = list(found.blockers)
    if not plan.title.strip():
        problems.insert(0, _("Enter a list name"))
    if not plan.tasks:
        problems.append(_("A list needs at least one task"))
    if found.unsettled:
        days = len(found.unsettled)
        problems.append(
            ngettext(
                "%(n)d past due date has no answer yet: finished earlier, overdue or a new date",
                "%(n)d past due dates have no answer yet: finished earlier, overdue or a new date",
                days,
            )
            % {"n": days}
        )
    if problems:
        raise Invalid(problems[0], problems=problems)


def _write(plan: ListPlan, found: Dispatch, by: User, now: datetime, stage: ListStage) -> TaskList:
    """The list with tasks, words, steps, periods and receivers; no assignment yet. Ten queries for any length."""
    task_list = _new_list(plan, by, now, stage)
    write_tasks(plan, found, task_list, by, now)
    return task_list


def write_tasks(
    plan: ListPlan,
    found: Dispatch,
    task_list: TaskList,
    by: User,
    now: datetime,
    *,
    edition: int = 1,
    positions: Sequence[int] = (),
) -> list[Task]:
    """The tasks of a plan with words, steps, periods and receivers; a later version says where they stand in the list."""
    tasks = _new_tasks(plan, task_list, edition, positions)
    _new_steps(plan, found, tasks, by, now)
    _new_receivers(plan, tasks)
    return tasks


def _new_list(plan: ListPlan, by: User, now: datetime, stage: ListStage) -> TaskList:
    issued = stage == ListStage.ISSUED
    try:
        with transaction.atomic():
            return TaskList.objects.create(
                title=plan.title.strip()[:60],
                title_en=plan.title_en[:120],
                year=plan.year,
                issuer=plan.issuer,
                line=plan.line,
                document_number=plan.document_number,
                source=plan.source[:200],
                broken_down_from_id=plan.broken_down_from,
                stage=stage,
                drafted_by=by,
                created_at=now,
                published_by=by if issued else None,
                published_at=now if issued else None,
                issued_on=day_of(now) if issued else None,
            )
    except IntegrityError as error:
        raise Invalid(_("The document number %(number)s is taken") % {"number": plan.document_number}) from error


def _new_tasks(plan: ListPlan, task_list: TaskList, edition: int, positions: Sequence[int]) -> list[Task]:
    """The tasks in their order, each with the words of this edition."""
    places = positions or range(1, len(plan.tasks) + 1)
    sources = [task.source_task for task in plan.tasks if task.source_task]
    asked = dict(Task.objects.filter(pk__in=sources).values_list("pk", "figures")) if sources else {}
    tasks = Task.objects.bulk_create(
        [
            Task(
                list=task_list,
                number=task.number[:16],
                position=position,
                line=task.line,
                starred=task.starred,
                evidence_required=bool(task.evidence_reason),
                evidence_reason=task.evidence_reason,
                source_task_id=task.source_task,
                mandatory=task.mandatory,
                figures=asked.get(task.source_task or 0, []),  # a part asks for what its source asks for
            )
            for position, task in zip(places, plan.tasks, strict=True)
        ],
        batch_size=BATCH,
    )
    texts = TaskText.objects.bulk_create(
        [_text(tasks[i], task, edition) for i, task in enumerate(plan.tasks)], batch_size=BATCH
    )
    for task, text in zip(tasks, texts, strict=True):
        task.text = text
    Task.objects.bulk_update(tasks, ["text"], batch_size=BATCH)
    return tasks


def _new_steps(plan: ListPlan, found: Dispatch, tasks: list[Task], by: User, now: datetime) -> None:
    """Steps, and their periods as found."""
    steps = Step.objects.bulk_create(
        [
            _step(tasks[i], n, plan.tasks[i], found, i, by, now)
            for i in range(len(tasks))
            for n in range(len(plan.tasks[i].steps))
        ],
        batch_size=BATCH,
    )
    by_place = {(step.task_id, step.position): step for step in steps}
    Period.objects.bulk_create(
        [
            Period(step=by_place[tasks[i].pk, n + 1], number=k, starts_on=span.starts_on, due_on=span.due_on)
            for (i, n), spans in found.spans.items()
            for k, span in enumerate(spans, 1)
        ],
        batch_size=BATCH,
    )


def _new_receivers(plan: ListPlan, tasks: list[Task]) -> None:
    Receiver.objects.bulk_create(
        [
            Receiver(
                task=tasks[i],
                unit=r.unit,
                group=r.group,
                outside_name=r.outside[:120],
                role=r.role,
                person=r.person,
                owes_report=r.role == ReceiverRole.LEAD if r.owes_report is None else r.owes_report,
                each_member=r.each_member,
                written=(r.written or r.outside)[:120],
                position=k,
            )
            for i, task in enumerate(plan.tasks)
            for k, r in enumerate(task.receivers)
        ],
        batch_size=BATCH,
    )


def _text(task: Task, plan: TaskPlan, edition: int) -> TaskText:
    return TaskText(
        task=task,
        edition=edition,
        heading=list(plan.heading),
        content=plan.content,
        content_en=plan.content_en,
        measures=plan.measures,
        leader_written=plan.leader_written,
        lead_written=plan.lead_written,
        support_written=plan.support_written,
        due_written=plan.due_written or plan.steps[0].phrase,
        evidence_written=plan.evidence_written,
    )


def _step(task: Task, number: int, plan: TaskPlan, found: Dispatch, index: int, by: User, now: datetime) -> Step:
    step = plan.steps[number]
    dates = [span.due_on for span in found.spans[index, number] if span.due_on]
    return Step(
        task=task,
        position=number + 1,
        name=step.name,
        phrase=step.phrase,
        kind=step.kind,
        dates=dates,
        rule=step.rule,
        count=step.count,
        offset=step.offset,
        offset_unit=step.offset_unit,
        event=step.event,
        provisional=step.provisional,
        confirmed_by=by if step.confirmed else None,
        confirmed_at=now if step.confirmed else None,
    )


def _give(
    plan: ListPlan,
    found: Dispatch,
    task_list: TaskList,
    on: date,
    now: datetime,
    sources: dict[tuple[int, int, int], int],
    only: Sequence[Task] | None = None,
) -> list[Assignment]:
    """The assignments of every share, the periods marked as opened, and a delivery for each other body; of a list that is
    out, `only` for its new tasks, in the order of the plan."""
    wanted = task_list.tasks.all() if only is None else task_list.tasks.filter(pk__in=[task.pk for task in only])
    tasks = list(
        wanted.order_by("position", "pk").select_related("text").prefetch_related("steps__periods", "receivers")
    )
    leaders = Leaders(plan.issuer, on)
    rows = []
    for share in found.shares:
        task = tasks[share.task]
        step = task.steps.all()[share.step]
        period = step.periods.all()[share.occurrence]
        row = new_row(task_list, task, step, period, share.unit, on)
        row.receiver = next(r for r in task.receivers.all() if r.position == share.receiver)
        row.role, row.owes_report, row.person = share.role, share.owes_report, share.person
        row.leader = leaders.named(plan.tasks[share.task].leader_written)
        row.source_id = sources.get((share.task, share.step, share.occurrence))
        _settle(row, plan, task.number, on)
        rows.append(row)
    begun = Q(starts_on__lte=on) | ~Q(step__kind=Step.Kind.EVERY)
    Period.objects.filter(begun, step__task__in=tasks).update(opened_at=now)
    Assignment.objects.bulk_create(rows, batch_size=BATCH)
    deliver(task_list, [row.unit for row in rows], now)
    return rows


def new_row(task_list: TaskList, task: Task, step: Step, period: Period, unit: Unit, on: date) -> Assignment:
    """An unsaved assignment with everything that follows from list, task, period and unit."""
    return Assignment(
        list=task_list,
        task=task,
        step=step,
        period=period,
        unit=unit,
        unit_path=unit.path,
        body_id=unit.body_id,
        kind=step.kind,
        times_wanted=step.times_wanted,
        line=task.line,
        issuer=task_list.issuer,
        issuer_path=task_list.issuer.path,
        issuer_body=task_list.issuer.body,
        due_on=period.due_on,
        original_due_on=period.due_on,
        issued_on=on,
        short=is_short(max(period.starts_on, on), period.due_on),
    )


def _settle(row: Assignment, plan: ListPlan, number: str, on: date) -> None:
    """A past due date takes the answer that was given for its group (design 5)."""
    if row.due_on is None or row.due_on >= on:
        return
    answer = plan.settlement(number, row.due_on)
    if answer is None or answer.past == Past.OVERDUE:
        return
    if answer.past == Past.NEW_DATE:
        row.due_on, row.due_revision = answer.day, 2
        row.short = is_short(on, row.due_on)
    elif answer.day is not None:
        row.stage, row.completed_on, row.reported_on = Stage.COMPLETED, answer.day, answer.day
        row.days_late = max(0, (answer.day - row.due_on).days)


def _settled(row: Assignment) -> dict[str, Any]:
    """What the history says of a past due date that was answered for at publishing."""
    if row.stage == Stage.COMPLETED and row.completed_on:
        return {"past": Past.FINISHED, "day": row.completed_on.isoformat()}
    if row.due_on and row.due_on != row.original_due_on:
        return {"past": Past.NEW_DATE, "day": row.due_on.isoformat()}
    return {}


def deliver(task_list: TaskList, units: list[Unit], now: datetime) -> None:
    """The list arrives at every other body among the receivers, to be signed for within the issuer's working days."""
    others = {unit.body_id for unit in units if unit.body_id != task_list.issuer.body_id}
    wishes = BodySettings.of(task_list.issuer.body)
    sign_by = working_days().add(day_of(now), wishes.sign_workdays)
    Delivery.objects.bulk_create(
        [
            Delivery(list=task_list, edition=task_list.edition, body_id=body, delivered_at=now, sign_by=sign_by)
            for body in sorted(pk for pk in others if pk)
        ],
        ignore_conflicts=True,
    )


class Leaders:
    """Finds the person behind a leader as written ("党组书记", "分管副主席") among the posts of the issuing body."""

    def __init__(self, issuer: Unit, on: date) -> None:
        self._posts = list(
            Post.objects.filter(unit__body_id=issuer.body_id, role__in=[Role.LEADER, Role.HEAD])
            .active(on)
            .select_related("user")
        )

    def named(self, written: str) -> User | None:
        """The one leader whose name or title is meant; None where nobody or several fit (printed as written)."""
        if not written:
            return None
        exact = {post.user for post in self._posts if written in (post.title, post.user.name)}
        part = {post.user for post in self._posts if post.title and (post.title in written or written in post.title)}
        fitting = exact or part
        return next(iter(fitting)) if len(fitting) == 1 else None


def send_for_approval(
    plan: ListPlan, approver: User, *, by: User, op: uuid.UUID, now: datetime, draft: PaperDraft
) -> Approval:
    """Put a list before a leader of the issuing body. Nothing is written but the question; the draft keeps the words."""

    def ask() -> dict[str, Any]:
        on = day_of(now)
        if not rules.may_issue(rules.Actor.of(by, on), plan.issuer):
            raise PermissionDenied("send_for_approval")
        if approver == by and _others_can_approve(plan.issuer, by, on):
            raise Invalid(_("Somebody else has to approve: choose another leader"), approver=_("Choose another leader"))
        check(plan, resolve(plan, on))
        task_list = _write(plan, resolve(plan, on), by, now, ListStage.IN_APPROVAL)
        if not PaperDraft.objects.filter(pk=draft.pk, published=None).update(published=task_list):
            raise NotPossible(_("This list has been sent already"))
        approval = Approval.objects.create(list=task_list, edition=1, approver=approver, asked_at=now, recorded_by=by)
        history.write([history.line("sent_for_approval", task_list=task_list, by=by, now=now, op=op)])
        return {"approval": approval.pk}

    result = once(op, "send_for_approval", ask, by=by, now=now, content=[plan.title, draft.pk, approver.pk])
    return Approval.objects.get(pk=result["approval"])


def _others_can_approve(issuer: Unit, by: User, on: date) -> bool:
    """Approver ≠ drafter unless alone (design 4)."""
    return (
        Post.objects.filter(unit__body_id=issuer.body_id, role__in=[Role.LEADER, Role.HEAD])
        .active(on)
        .exclude(user=by)
        .exists()
    )


def decide_approval(
    approval: Approval, plan: ListPlan, agreed: bool, words: str, *, by: User, op: uuid.UUID, now: datetime
) -> TaskList:
    """The leader's word: agreed publishes at once with the drafter's answers, refused gives the list back as a draft."""

    def decide() -> dict[str, Any]:
        if approval.approver_id != by.pk:
            raise PermissionDenied("decide_approval")
        if not agreed and not words.strip():
            raise Invalid(_("Say what has to change"), words=_("Say what has to change"))
        decision = Approval.Decision.AGREED if agreed else Approval.Decision.REFUSED
        still = Approval.objects.filter(pk=approval.pk, decision=Approval.Decision.ASKED)
        if not still.update(decision=decision, words=words[:300], decided_on=day_of(now)):
            raise NotPossible(_("This has been decided already"))
        task_list = approval.list
        if agreed:
            _publish_approved(task_list, plan, by, op, now)
        else:
            PaperDraft.objects.filter(published=task_list).update(published=None)
            # what is sent again is a new question: the number of the document is free for it (I-12)
            TaskList.objects.filter(pk=task_list.pk).update(stage=ListStage.DRAFT, document_number="")
        history.write(
            [
                history.line(
                    "agreed" if agreed else "sent_back", task_list=task_list, by=by, now=now, op=op, reason=words
                )
            ]
        )
        return {"list": task_list.pk}

    result = once(op, "decide_approval", decide, by=by, now=now, content=[approval.pk, agreed, words])
    return TaskList.objects.get(pk=result["list"])


def _publish_approved(task_list: TaskList, plan: ListPlan, by: User, op: uuid.UUID, now: datetime) -> None:
    on = day_of(now)
    found = resolve(plan, on)
    check(plan, found)
    TaskList.objects.filter(pk=task_list.pk).update(
        stage=ListStage.ISSUED, issued_on=on, published_at=now, published_by=task_list.drafted_by
    )
    task_list.refresh_from_db()
    rows = _give(plan, found, task_list, on, now, {})
    history.write(history.line("issued", row=row, by=by, now=now, op=op, to_stage=row.stage) for row in rows)
    record_first(plan, found, rows, task_list.title, by=task_list.drafted_by, post=None, op=op, now=now)
