"""A new version of an issued list: begun, put before a leader, published. Rows of another body wait for its signature."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.models import Post, Unit, User
from branches.roles import Role
from branches.writing import Conflict, Invalid, NotPossible, once
from tasks import rules
from tasks.actions import history
from tasks.actions.publish import Leaders, _give, _others_can_approve, check, deliver, new_row, write_tasks
from tasks.actions.revising import effects, follow
from tasks.dispatch import Resolver, is_short, resolve
from tasks.editions import EditionPlan, StepChange, TaskChange, Why
from tasks.models import (
    Approval,
    Assignment,
    Edition,
    PaperDraft,
    Period,
    Receiver,
    Step,
    Task,
    TaskList,
    TaskText,
)
from tasks.plans import ReceiverPlan, Span, StepPlan
from tasks.states import OPEN, ListStage, ReceiverRole, Stage

FAR = date(9999, 1, 1)


def begin_edition(
    task_list: TaskList,
    rows: Sequence[Mapping[str, Any]],
    answers: Mapping[str, Any],
    *,
    by: User,
    op: uuid.UUID,
    now: datetime,
    file_name: str = "",
) -> Edition:
    """Put the list on the desk of the person who changes it. Raises PermissionDenied without the issuer's desk, NotPossible
    for a list that is not out."""

    def write() -> dict[str, Any]:
        if not rules.may_issue(rules.Actor.of(by, day_of(now)), task_list.issuer):
            raise PermissionDenied("begin_edition")
        fresh = TaskList.objects.get(pk=task_list.pk)
        refuse_list(fresh)
        draft = PaperDraft.objects.create(
            owner=by,
            issuer=fresh.issuer,
            source_list=fresh,
            rows={"title": "", "note": "", "rows": list(rows)},
            answers=dict(answers),
            file_name=file_name[:160],
            created_at=now,
            changed_at=now,
        )
        return {"edition": Edition.objects.create(list=fresh, draft=draft, base=fresh.edition).pk}

    result = once(op, "begin_edition", write, by=by, now=now, content=[task_list.pk, file_name, rows])
    return Edition.objects.select_related("draft", "list").get(pk=result["edition"])


def take_over_base(
    edition: Edition,
    draft: tuple[Sequence[Mapping[str, Any]], Mapping[str, Any]],
    *,
    base: int,
    by: User,
    op: uuid.UUID,
    now: datetime,
) -> None:
    """Put the draft, worked out anew, on top of version `base`. Raises Conflict when it was changed in another window."""

    def write() -> dict[str, Any]:
        if not rules.may_issue(rules.Actor.of(by, day_of(now)), edition.list.issuer):
            raise PermissionDenied("take_over_base")
        paper = edition.draft
        if paper is None or Edition.objects.still().filter(pk=edition.pk).exists():
            raise NotPossible(_("This version is out, or waits for a leader’s word"))
        rows, answers = draft
        still = PaperDraft.objects.filter(pk=paper.pk, version=paper.version)
        if not still.update(
            rows={**paper.rows, "rows": list(rows), "past": []}, answers=dict(answers), version=F("version") + 1,
            changed_at=now,
        ):  # fmt: skip
            raise Conflict(_("This draft was changed in another window. Look at it again"))
        Edition.objects.filter(pk=edition.pk).update(base=base)
        return {"edition": edition.pk}

    once(op, "take_over_base", write, by=by, now=now, content=[edition.pk, base])


def refuse_list(task_list: TaskList) -> None:
    """Only a task list that is out has versions."""
    if task_list.kind != TaskList.Kind.TASK or task_list.stage != ListStage.ISSUED:
        raise NotPossible(_("Only a task list that is out can get a new version"))


def publish_edition(
    edition: Edition,
    plan: EditionPlan,
    *,
    by: User,
    op: uuid.UUID,
    now: datetime,
    approver: User | None = None,
    paper: str = "",
    agreed_on: date | None = None,
) -> Edition:
    """Let the version go out, on a leader's spoken word where `approver` is given.

    Raises Invalid beside each field, Conflict when the list got another version meanwhile, NotPossible when this one is out.
    """

    def write() -> dict[str, Any]:
        verdict = rules.may_issue(rules.Actor.of(by, day_of(now)), edition.list.issuer)
        if not verdict:
            raise PermissionDenied("publish_edition")
        if approver is not None:
            _spoken(edition, plan, approver, paper, agreed_on, by, now, op)
        _publish(edition, plan, by, by, verdict.post, op, now)
        return {"edition": edition.pk}

    content = [edition.pk, _version(edition), plan.reasons, approver.pk if approver else None, paper, agreed_on]
    once(op, "publish_edition", write, by=by, now=now, content=content)
    return Edition.objects.select_related("list").get(pk=edition.pk)


def _version(edition: Edition) -> int:
    """Which state of the draft was sent."""
    return edition.draft.version if edition.draft else 0


def _spoken(
    edition: Edition,
    plan: EditionPlan,
    approver: User,
    paper: str,
    agreed_on: date | None,
    by: User,
    now: datetime,
    op: uuid.UUID,
) -> None:
    """A leader's word that was given orally: who, on which day, recorded by whom, on which paper."""
    on, problems = day_of(now), {}
    leaders = Post.objects.active(on).filter(
        unit__body_id=edition.list.issuer.body_id, role__in=[Role.LEADER, Role.HEAD], user=approver
    )
    if approver == by or not leaders.exists():
        problems["approver"] = _("Choose another leader")
    if not paper.strip():
        problems["paper"] = _("Say which paper records the agreement")
    if agreed_on is None or agreed_on > on:
        problems["agreed_on"] = _("Say on which day the leader agreed, today or earlier")
    if problems:
        raise Invalid(next(iter(problems.values())), **problems)
    Approval.objects.create(
        list=edition.list, edition=plan.base + 1, approver=approver, decision=Approval.Decision.AGREED, asked_at=now,
        decided_on=agreed_on, oral=True, recorded_by=by, paper=paper.strip()[:120],
    )  # fmt: skip
    told = {"approver": approver.pk, "paper": paper.strip()[:120], "edition": plan.base + 1}
    history.write([history.line("agreed", task_list=edition.list, by=by, now=now, op=op, changes=told)])


def ask_approval(
    edition: Edition, plan: EditionPlan, approver: User, *, by: User, op: uuid.UUID, now: datetime
) -> Approval:
    """Put the version before a leader of the body; nothing of the list changes until he agrees."""

    def write() -> dict[str, Any]:
        on = day_of(now)
        if not rules.may_issue(rules.Actor.of(by, on), edition.list.issuer):
            raise PermissionDenied("ask_approval")
        if approver == by and _others_can_approve(edition.list.issuer, by, on):
            raise Invalid(_("Somebody else has to approve: choose another leader"), approver=_("Choose another leader"))
        _ready(edition, plan)
        if Approval.objects.filter(list=edition.list, edition=plan.base + 1, decision="asked").exists():
            raise NotPossible(_("Another new version of this list waits for approval already"))
        approval = Approval.objects.create(
            list=edition.list, edition=plan.base + 1, approver=approver, asked_at=now, recorded_by=by
        )
        Edition.objects.filter(pk=edition.pk).update(approval=approval)
        told = {"edition": plan.base + 1, "approver": approver.pk}
        history.write([history.line("sent_for_approval", task_list=edition.list, by=by, now=now, op=op, changes=told)])
        return {"approval": approval.pk}

    content = [edition.pk, _version(edition), plan.reasons, approver.pk]
    return Approval.objects.get(pk=once(op, "ask_approval", write, by=by, now=now, content=content)["approval"])


def decide_edition(
    edition: Edition, plan: EditionPlan, agreed: bool, words: str, *, by: User, op: uuid.UUID, now: datetime
) -> Edition:
    """The leader's word on a version: agreed lets it go out at once, refused gives it back to whoever wrote it."""

    def write() -> dict[str, Any]:
        approval = edition.approval
        if approval is None or approval.approver_id != by.pk:
            raise PermissionDenied("decide_edition")
        if not agreed and not words.strip():
            raise Invalid(_("Say what has to change"), words=_("Say what has to change"))
        decision = Approval.Decision.AGREED if agreed else Approval.Decision.REFUSED
        still = Approval.objects.filter(pk=approval.pk, decision=Approval.Decision.ASKED)
        if not still.update(decision=decision, words=words[:300], decided_on=day_of(now)):
            raise NotPossible(_("This has been decided already"))
        told = {"edition": plan.base + 1}
        name = "agreed" if agreed else "sent_back"
        history.write(
            [history.line(name, task_list=edition.list, by=by, now=now, op=op, reason=words[:500], changes=told)]
        )
        if agreed:
            _publish(edition, plan, by, approval.recorded_by, None, op, now)
        return {"edition": edition.pk}

    once(op, "decide_edition", write, by=by, now=now, content=[edition.pk, agreed, words])
    return Edition.objects.select_related("list").get(pk=edition.pk)


def missing_reasons(plan: EditionPlan) -> dict[str, str]:
    """The fields that still want words: a later date, a withdrawn task, a receiver taken out."""
    words = {
        Why.LATER: _("No. %(number)s: say why the date becomes later"),
        Why.WITHDRAWN: _("No. %(number)s: say why it is withdrawn"),
        Why.OUT: _("No. %(number)s: say why a unit is taken out"),
    }
    return {
        f"{why}-{change.task.pk}": words[why] % {"number": change.task.number}
        for change in plan.changes
        for why in sorted(change.asks())
        if not plan.reason(why, change.task.pk)
    }


def _ready(edition: Edition, plan: EditionPlan) -> TaskList:
    """The list, held still, when this version may go out; whatever is wrong is said all at once."""
    fresh = TaskList.objects.select_for_update(of=("self",)).select_related("issuer__body").get(pk=edition.list_id)
    now_it_is = Edition.objects.select_for_update(of=("self",)).get(pk=edition.pk)
    if now_it_is.number is not None:
        raise NotPossible(_("This version is out already"))
    refuse_list(fresh)
    if fresh.edition != plan.base or now_it_is.base != plan.base:
        raise Conflict(
            _("The list has become version %(n)d meanwhile. Look at what changed, then publish again")
            % {"n": fresh.edition},
            edition=fresh.edition,
        )
    if plan.empty:
        raise Invalid(_("Nothing differs from the list as it stands"))
    problems = {each.target: each.text for each in plan.troubles} | missing_reasons(plan)
    if problems:
        raise Invalid(next(iter(problems.values())), **problems)
    return fresh


def _publish(
    edition: Edition, plan: EditionPlan, by: User, written_by: User, post: Post | None, op: uuid.UUID, now: datetime
) -> None:
    """Words, deadlines, receivers and new tasks; then the record, and the issuing body's rows follow it."""
    fresh = _ready(edition, plan)
    on, number = day_of(now), plan.base + 1
    record = plan.record()
    kept = {change.task.pk: change for change in plan.changes if not change.withdrawn}
    rows = Assignment.objects.filter(task__in=[change.task.pk for change in plan.changes], stage__in=OPEN)
    locked = list(rows.select_for_update(of=("self",)).order_by("pk"))
    _new_words(plan, number)
    Task.objects.filter(pk__in=[c.task.pk for c in plan.changes if c.withdrawn]).update(withdrawn_on=on)
    fresh_periods = [period for change in kept.values() for period in _new_days(change, by, now)]
    come = {change.task.pk: _new_receivers(change, on) for change in kept.values()}
    TaskList.objects.filter(pk=fresh.pk).update(edition=number, title=plan.title, version=F("version") + 1)
    fresh.refresh_from_db(fields=["edition", "title", "version"])
    given = _new_tasks(plan, fresh, number, by, now)
    Edition.objects.filter(pk=edition.pk).update(
        number=number, published_by=written_by, published_at=now, changes=record
    )
    done = Edition.objects.get(pk=edition.pk)
    ours = fresh.issuer.body_id
    follow(effects([r for r in locked if r.body_id == ours], [done]), by=by, post=post, op=op, now=now)
    given += _shares(fresh, kept, come, fresh_periods, on)
    for row in given:
        row.accepted_edition = number if row.body_id == ours else None
    fresh_rows = [row for row in given if row.pk is None]
    Assignment.objects.bulk_create(fresh_rows, batch_size=1000)
    Assignment.objects.filter(pk__in=[row.pk for row in given if row.body_id == ours]).update(accepted_edition=number)
    others = {effect.row.body_id for effect in effects([r for r in locked if r.body_id != ours], [done])}
    told = [row.unit for row in given] + list(Unit.objects.filter(pk__in=[pk for pk in others if pk]))
    deliver(fresh, told, now)
    _tell(fresh, number, record, given, by, post, op, now)


def _tell(
    task_list: TaskList,
    number: int,
    record: Mapping[str, Any],
    given: Sequence[Assignment],
    by: User,
    post: Post | None,
    op: uuid.UUID,
    now: datetime,
) -> None:
    """The list's own line of history, and one for each new row."""
    tasks = record["tasks"]
    counted = {
        "edition": number,
        "changed": sum(not entry["withdrawn"] for entry in tasks),
        "withdrawn": sum(entry["withdrawn"] for entry in tasks),
        "new": len(record["new"]),
    }
    history.write(
        [
            history.line("new_edition", task_list=task_list, by=by, post=post, now=now, op=op, changes=counted),
            *(
                history.line(
                    "issued", row=row, by=by, post=post, now=now, op=op, to_stage=row.stage, changes={"edition": number}
                )
                for row in given
            ),
        ]
    )


def _new_words(plan: EditionPlan, number: int) -> None:
    """The words of this version where they differ; the earlier ones stay as they are."""
    changed = [change for change in plan.changes if change.words]
    texts = TaskText.objects.bulk_create(
        [TaskText(task=change.task, edition=number, **change.text) for change in changed], batch_size=1000
    )
    for change, text in zip(changed, texts, strict=True):
        change.task.text = text
    Task.objects.bulk_update([change.task for change in changed], ["text"], batch_size=1000)
    places = [task for task in Task.objects.filter(pk__in=plan.positions) if plan.positions[task.pk] != task.position]
    for task in places:
        task.position = plan.positions[task.pk]
    Task.objects.bulk_update(places, ["position"], batch_size=1000)


def _new_days(change: TaskChange, by: User, now: datetime) -> list[tuple[TaskChange, Step, Period]]:
    """Steps as they are read now, days moved, further days; what was opened stays, with whatever became of it."""
    made: list[tuple[TaskChange, Step, Period]] = []
    last = max(Step.objects.filter(task=change.task).values_list("position", flat=True), default=0)
    for each in change.steps:
        if each.plan is None:
            if each.step is not None:
                Step.objects.filter(pk=each.step.pk).update(withdrawn_on=day_of(now))
                _drop_unopened(each.step, each.gone)
            continue
        if each.step is None:
            last += 1
            step = Step.objects.create(task=change.task, position=last, **_fields(each.plan, each.fresh, by, now))
        else:
            step = each.step
            _change_step(step, each, by, now)
        made += [(change, step, period) for period in _open(step, each.fresh, now)]
    return made


def _change_step(step: Step, each: StepChange, by: User, now: datetime) -> None:
    plan = each.plan
    if plan is None:
        return
    if plan.phrase == step.phrase:  # only its name: the deadline was not read again
        Step.objects.filter(pk=step.pk).update(name=plan.name)
        return
    for moved in each.dates:
        Period.objects.filter(pk=moved.period.pk).update(due_on=moved.span.due_on)
    _drop_unopened(step, each.gone)
    days = sorted({day for day in Period.objects.filter(step=step).values_list("due_on", flat=True) if day})
    days = sorted({*days, *(span.due_on for span in each.fresh if span.due_on)} - {p.due_on for p in each.gone})
    fields = _fields(plan, [Span(day, day) for day in days if day], by, now)
    Step.objects.filter(pk=step.pk).update(**fields)
    for name, value in fields.items():
        setattr(step, name, value)


def _drop_unopened(step: Step, gone: Sequence[Period]) -> None:
    """Days that nobody has been given yet are simply no longer there."""
    Period.objects.filter(pk__in=[period.pk for period in gone], step=step, opened_at=None, assignments=None).delete()


def _fields(plan: StepPlan, spans: Sequence[Span], by: User, now: datetime) -> dict[str, Any]:
    return {
        "name": plan.name,
        "phrase": plan.phrase,
        "kind": plan.kind,
        "dates": [span.due_on for span in spans if span.due_on],
        "rule": plan.rule,
        "count": plan.count,
        "offset": plan.offset,
        "offset_unit": plan.offset_unit,
        "event": plan.event,
        "provisional": plan.provisional,
        "confirmed_by": by if plan.confirmed else None,
        "confirmed_at": now if plan.confirmed else None,
    }


def _open(step: Step, spans: Sequence[Span], now: datetime) -> list[Period]:
    """Further occurrences; those that have begun are opened now, the others by the sweep when they begin."""
    on = day_of(now)
    number = max(Period.objects.filter(step=step).values_list("number", flat=True), default=0)
    periods = Period.objects.bulk_create(
        [
            Period(
                step=step, number=number + place, starts_on=span.starts_on, due_on=span.due_on,
                opened_at=now if span.starts_on <= on or step.kind != Step.Kind.EVERY else None,
            )
            for place, span in enumerate(spans, 1)
        ]
    )  # fmt: skip
    return [period for period in periods if period.opened_at is not None]


def _new_receivers(change: TaskChange, on: date) -> list[tuple[Unit, Receiver]]:
    """Receivers that end, receivers that begin; the units that come with them, each with its receiver."""
    Receiver.objects.filter(pk__in=[receiver.pk for receiver in change.out]).update(until_on=on)
    place = max(Receiver.objects.filter(task=change.task).values_list("position", flat=True), default=0)
    made = Receiver.objects.bulk_create(
        [
            Receiver(
                task=change.task, unit=plan.unit, group=plan.group, outside_name=plan.outside[:120], role=plan.role,
                owes_report=plan.role == ReceiverRole.LEAD, written=(plan.written or plan.outside)[:120],
                position=place + number,
            )
            for number, plan in enumerate(change.added, 1)
        ]
    )  # fmt: skip
    by_plan = dict(zip([id(plan) for plan in change.added], made, strict=True))
    return [(unit, by_plan[id(plan)]) for unit, plan in change.come]


def _new_tasks(plan: EditionPlan, task_list: TaskList, number: int, by: User, now: datetime) -> list[Assignment]:
    """The tasks that the list did not have, with their rows, as publishing writes them."""
    if not plan.new.tasks:
        return []
    on = day_of(now)
    found = resolve(plan.new, on)
    check(plan.new, found)
    tasks = write_tasks(plan.new, found, task_list, by, now, edition=number, positions=plan.new_positions)
    return _give(plan.new, found, task_list, on, now, {}, tasks)


def _shares(
    task_list: TaskList,
    kept: Mapping[int, TaskChange],
    come: Mapping[int, list[tuple[Unit, Receiver]]],
    fresh_periods: Sequence[tuple[TaskChange, Step, Period]],
    on: date,
) -> list[Assignment]:
    """Rows of units that come to a task, and of everybody for its further days; nothing is given twice."""
    new_days = {period.pk for _change, _step, period in fresh_periods}
    wanted: list[tuple[Task, Step, Period, Unit, Receiver]] = []
    resolver = Resolver(task_list.issuer, on)
    for pk, units in come.items():
        if units:
            for step, period in _running(pk, on):
                if period.pk not in new_days:
                    wanted += [
                        (kept[pk].task, step, period, unit, r) for unit, r in units if r.role == ReceiverRole.LEAD
                    ]
            wanted += [(kept[pk].task, *_last(pk), unit, r) for unit, r in units if r.role == ReceiverRole.SUPPORT]
    for change, step, period in fresh_periods:
        wanted += [(change.task, step, period, unit, r) for unit, r in _leads(change.task, resolver, on)]
    staffed = resolver.staffed([unit for *_rest, unit, _r in wanted])
    leaders = Leaders(task_list.issuer, on)
    taken = set(
        Assignment.objects.filter(task__in=list(kept)).exclude(stage=Stage.STOPPED).values_list("period_id", "unit_id")
    )
    rows = []
    for task, step, period, unit, receiver in wanted:
        if unit.pk not in staffed or (period.pk, unit.pk) in taken:
            continue
        taken.add((period.pk, unit.pk))
        row = new_row(task_list, task, step, period, unit, on)
        row.receiver, row.role, row.owes_report = receiver, receiver.role, receiver.owes_report
        row.person = receiver.person
        row.leader = leaders.named(task.text.leader_written if task.text else "")
        row.short = is_short(max(period.starts_on, on), period.due_on)
        rows.append(row)
    return rows


def _running(task: int, on: date) -> list[tuple[Step, Period]]:
    """The opened occurrences of a task that are not behind us."""
    periods = Period.objects.filter(
        step__task=task, step__withdrawn_on=None, opened_at__isnull=False, for_unit=None
    ).select_related("step")
    return [(period.step, period) for period in periods if (period.due_on or FAR) >= on]


def _last(task: int) -> tuple[Step, Period]:
    """The last occurrence of the last deadline, on which supporting units have their one row."""
    periods = Period.objects.filter(step__task=task, step__withdrawn_on=None).select_related("step")
    period = periods.order_by("-step__position", "-number")[0]
    return period.step, period


def _leads(task: Task, resolver: Resolver, on: date) -> list[tuple[Unit, Receiver]]:
    receivers = Receiver.objects.filter(task=task, role=ReceiverRole.LEAD, until_on=None)
    found: dict[int, tuple[Unit, Receiver]] = {}
    for receiver in receivers.select_related("unit__kind", "unit__body", "group", "person"):
        plan = ReceiverPlan(ReceiverRole.LEAD, unit=receiver.unit, group=receiver.group)
        for unit in resolver.units(plan):
            if unit.holds_on(on):
                found.setdefault(unit.pk, (unit, receiver))
    return list(found.values())
