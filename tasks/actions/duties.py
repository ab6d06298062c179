"""Writes to responsibility lists: drafting, approval, issue, the tasks that carry a duty out, breaches (design 4, 8)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.models import BodySettings, Post, Unit, UnitGroup, User
from branches.roles import Role
from branches.writing import Conflict, Invalid, NotPossible, once
from tasks import rules
from tasks.actions import history
from tasks.models import Approval, Bearer, Breach, Duty, DutyTask, Task, TaskList
from tasks.models.duties import DEEPEST, WORDS, standing_breaches
from tasks.rules import Verdict
from tasks.states import ListStage

APPROVERS = (Role.LEADER, Role.HEAD)


@dataclass(frozen=True)
class BearerPlan:
    """Who is to answer: a unit, a group or a name to be printed, and the post if one is meant."""

    unit: Unit | None = None
    group: UnitGroup | None = None
    outside: str = ""
    post_title: str = ""


@dataclass(frozen=True)
class DutyPlan:
    """One line of a responsibility list as it is to be written."""

    content: str
    heading: Sequence[str] = ()
    bearers: Sequence[BearerPlan] = ()
    content_en: str = ""
    source: str = ""
    negative: bool = False
    standing: bool = True


@dataclass(frozen=True)
class DutyListPlan:
    """A responsibility list as it is to be written."""

    title: str
    year: int
    issuer: Unit
    duties: Sequence[DutyPlan] = field(default_factory=tuple)
    title_en: str = ""
    document_number: str = ""
    source: str = ""


def draft_duties(plan: DutyListPlan, *, by: User, op: uuid.UUID, now: datetime) -> TaskList:
    """Put a new responsibility list on the desk of its issuer, as a draft."""

    def write() -> dict[str, Any]:
        verdict = _desk(by, plan.issuer, now, "draft_duties")
        _check(plan)
        task_list = TaskList(kind=TaskList.Kind.RESPONSIBILITY, issuer=plan.issuer, drafted_by=by, created_at=now)
        _put(task_list, plan)
        _tell("drafted", task_list, by, verdict, op, now, duties=len(plan.duties))
        return {"list": task_list.pk}

    result = once(op, "draft_duties", write, by=by, now=now, content=_content(plan))
    return TaskList.objects.get(pk=result["list"])


def save_duties(
    task_list: TaskList, plan: DutyListPlan, *, version: int, by: User, op: uuid.UUID, now: datetime
) -> TaskList:
    """Write the draft anew as the page has it. Raises Conflict for a stale page, NotPossible once it has left the desk."""

    def write() -> dict[str, Any]:
        verdict = _desk(by, task_list.issuer, now, "save_duties")
        _check(plan)
        still = TaskList.objects.filter(pk=task_list.pk, stage=ListStage.DRAFT, version=version)
        if not still.update(version=F("version") + 1):
            _why_not(task_list)
        row = TaskList.objects.get(pk=task_list.pk)
        row.duties.all().delete()
        _put(row, plan)
        _tell("saved", row, by, verdict, op, now, duties=len(plan.duties))
        return {"list": row.pk}

    once(op, "save_duties", write, by=by, now=now, content=[task_list.pk, version, _content(plan)])
    return TaskList.objects.get(pk=task_list.pk)


def copy_duties(task_list: TaskList, year: int, *, by: User, op: uuid.UUID, now: datetime) -> TaskList:
    """A draft for another year with the same words and bearers: standing duties are issued anew each spring (domain 1.7).

    Tasks belong to their year and are not linked again; bearers whose unit has ended are left to be named anew.
    """
    duties = task_list.duties.prefetch_related("bearers__unit", "bearers__group").order_by("position")
    plans = [
        DutyPlan(
            content=duty.content, heading=duty.heading, content_en=duty.content_en, source=duty.source,
            negative=duty.is_negative, standing=duty.standing,
            bearers=[
                BearerPlan(one.unit, one.group, one.outside_name, one.post_title)
                for one in duty.bearers.all()
                if one.unit is None or one.unit.holds_on(day_of(now))
            ],
        )
        for duty in duties
    ]  # fmt: skip
    old, new = str(task_list.year), str(year)
    plan = DutyListPlan(
        title=task_list.title.replace(old, new), title_en=task_list.title_en.replace(old, new), year=year,
        issuer=task_list.issuer, source=task_list.source, duties=plans,
    )  # fmt: skip
    return draft_duties(plan, by=by, op=op, now=now)


def send_duties(task_list: TaskList, approver: User, *, by: User, op: uuid.UUID, now: datetime) -> Approval:
    """Put the draft before a leader of the issuing body; from then on its words stand still."""

    def write() -> dict[str, Any]:
        verdict = _desk(by, task_list.issuer, now, "send_duties")
        row = _ready(task_list)
        fitting = approvers(row.issuer, day_of(now), by)
        if approver not in fitting:
            raise Invalid(_("Choose another leader"), approver=_("Choose another leader"))
        TaskList.objects.filter(pk=row.pk).update(stage=ListStage.IN_APPROVAL, version=F("version") + 1)
        approval = Approval.objects.create(
            list=row, edition=row.edition, approver=approver, asked_at=now, recorded_by=by
        )
        _tell("sent_for_approval", row, by, verdict, op, now)
        return {"approval": approval.pk}

    result = once(op, "send_duties", write, by=by, now=now, content=[task_list.pk, approver.pk])
    return Approval.objects.get(pk=result["approval"])


def approvers(issuer: Unit, on: date, drafter: User) -> list[User]:
    """Leaders and heads of the issuing body who may approve; the drafter only when he is alone (design 4)."""
    posts = Post.objects.filter(unit__body_id=issuer.body_id, role__in=APPROVERS, user__is_active=True).active(on)
    people = list(dict.fromkeys(post.user for post in posts.select_related("user").order_by("unit__path", "pk")))
    return [person for person in people if person != drafter] or people or [drafter]


def decide_duties(approval: Approval, agreed: bool, words: str, *, by: User, op: uuid.UUID, now: datetime) -> TaskList:
    """The leader's word: agreed issues the list, refused gives it back as a draft with the words."""

    def write() -> dict[str, Any]:
        if approval.approver_id != by.pk:
            raise PermissionDenied("decide_duties")
        if not agreed and not words.strip():
            raise Invalid(_("Say what has to change"), words=_("Say what has to change"))
        decision = Approval.Decision.AGREED if agreed else Approval.Decision.REFUSED
        still = Approval.objects.filter(pk=approval.pk, decision=Approval.Decision.ASKED)
        if not still.update(decision=decision, words=words[:300], decided_on=day_of(now)):
            raise NotPossible(_("This has been decided already"))
        row = _locked(approval.list)
        if agreed:
            _issue(row, row.drafted_by, now)
        else:
            TaskList.objects.filter(pk=row.pk).update(
                stage=ListStage.DRAFT, edition=F("edition") + 1, version=F("version") + 1
            )
        verdict = Verdict(True)
        _tell("agreed" if agreed else "sent_back", row, by, verdict, op, now, reason=words)
        return {"list": row.pk}

    result = once(op, "decide_duties", write, by=by, now=now, content=[approval.pk, agreed, words])
    return TaskList.objects.get(pk=result["list"])


def issue_duties(task_list: TaskList, *, by: User, op: uuid.UUID, now: datetime) -> TaskList:
    """Issue the draft at once, where the body does not want a leader's word first."""

    def write() -> dict[str, Any]:
        verdict = _desk(by, task_list.issuer, now, "issue_duties")
        row = _ready(task_list)
        if BodySettings.of(row.issuer.body).approve_lists:
            raise NotPossible(_("Lists of this body are approved by a leader first: send it for approval"))
        _issue(row, by, now)
        _tell("published", row, by, verdict, op, now, duties=row.duties.count())
        return {"list": row.pk}

    once(op, "issue_duties", write, by=by, now=now, content=[task_list.pk])
    return TaskList.objects.get(pk=task_list.pk)


def issue_on_word(
    task_list: TaskList, approver: User, paper: str, *, by: User, op: uuid.UUID, now: datetime
) -> TaskList:
    """Issue on a leader's spoken word: who gave it, who recorded it and which paper says so stay (design 4, case 11)."""

    def write() -> dict[str, Any]:
        verdict = _desk(by, task_list.issuer, now, "issue_on_word")
        row = _ready(task_list)
        if approver == by or approver not in approvers(row.issuer, day_of(now), by):
            raise Invalid(_("Choose another leader"), approver=_("Choose another leader"))
        if not paper.strip():
            raise Invalid(_("Say which paper records the agreement"), paper=_("Say which paper records the agreement"))
        Approval.objects.create(
            list=row, edition=row.edition, approver=approver, decision=Approval.Decision.AGREED, asked_at=now,
            decided_on=day_of(now), oral=True, recorded_by=by, paper=paper.strip()[:120],
        )  # fmt: skip
        _issue(row, by, now)
        _tell("agreed", row, by, verdict, op, now, approver=approver.pk, paper=paper.strip()[:120])
        return {"list": row.pk}

    once(op, "issue_on_word", write, by=by, now=now, content=[task_list.pk, approver.pk, paper])
    return TaskList.objects.get(pk=task_list.pk)


def link_task(duty: Duty, task: Task, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """Say that this task carries the duty out; linking it twice changes nothing."""

    def write() -> dict[str, Any]:
        verdict = _desk(by, duty.list.issuer, now, "link_task")
        if duty.is_negative:
            raise Invalid(_("What is forbidden is not carried out by tasks; note a breach with its day"))
        if not Task.objects.visible_to(by, day_of(now)).filter(pk=task.pk, list__issued_on__isnull=False).exists():
            raise Invalid(_("Choose a task of an issued list"), task=_("Choose a task of an issued list"))
        _link, new = DutyTask.objects.get_or_create(duty=duty, task=task, defaults={"linked_by": by, "linked_at": now})
        if new:
            _tell("linked", duty.list, by, verdict, op, now, duty=duty.position, task=task.pk)
        return {}

    once(op, "link_task", write, by=by, now=now, content=[duty.pk, task.pk])


def unlink_task(duty: Duty, task_id: int, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """Take a link away; that it was there stays in the history."""

    def write() -> dict[str, Any]:
        verdict = _desk(by, duty.list.issuer, now, "unlink_task")
        gone, _tables = DutyTask.objects.filter(duty=duty, task_id=task_id).delete()
        if gone:
            _tell("unlinked", duty.list, by, verdict, op, now, duty=duty.position, task=task_id)
        return {}

    once(op, "unlink_task", write, by=by, now=now, content=[duty.pk, task_id])


def note_breach(
    duty: Duty,
    on_day: date,
    words: str,
    *,
    corrects: Breach | None = None,
    withdrawn: bool = False,
    by: User,
    op: uuid.UUID,
    now: datetime,
) -> Breach:
    """Note a breach of a negative duty, or correct an earlier note: the old words stay, the new ones hold."""

    def write() -> dict[str, Any]:
        verdict = _desk(by, duty.list.issuer, now, "note_breach")
        task_list = _locked(duty.list)  # two notes on one list wait for each other: a note is corrected once
        if not duty.is_negative or task_list.issued_on is None:
            raise NotPossible(_("Breaches are noted on what an issued list forbids"))
        problems = _breach_problems(on_day, words, day_of(now))
        if problems:
            raise Invalid(next(iter(problems.values())), **problems)
        if corrects is not None and corrects not in standing_breaches(list(duty.breaches.all())):
            raise NotPossible(_("This note has been corrected already"))
        note = Breach.objects.create(
            duty=duty, on_day=on_day, words=words.strip()[:300], noted_by=by, noted_at=now, noted_on=day_of(now),
            corrects=corrects, withdrawn=withdrawn and corrects is not None,
        )  # fmt: skip
        move = "breach_corrected" if corrects else "breach_noted"
        _tell(move, duty.list, by, verdict, op, now, reason=words, duty=duty.position, note=note.pk)
        return {"note": note.pk}

    content = [duty.pk, on_day, words, corrects.pk if corrects else None, withdrawn]
    result = once(op, "note_breach", write, by=by, now=now, content=content)
    return Breach.objects.get(pk=result["note"])


def _breach_problems(on_day: date, words: str, today: date) -> dict[str, str]:
    problems = {}
    if on_day > today:
        problems["on_day"] = _("The day cannot be later than today")
    if not words.strip():
        problems["words"] = _("Say what happened")
    return problems


def _desk(by: User, issuer: Unit, now: datetime, deed: str) -> Verdict:
    """Only the desk of the issuing unit writes; asked inside the transaction."""
    verdict = rules.may_issue(rules.Actor.of(by, day_of(now)), issuer)
    if not verdict:
        raise PermissionDenied(deed)
    return verdict


def _locked(task_list: TaskList) -> TaskList:
    return (
        TaskList.objects.select_for_update(of=["self"])
        .select_related("issuer__body", "drafted_by")
        .get(pk=task_list.pk)
    )


def _ready(task_list: TaskList) -> TaskList:
    """The draft under its lock, with everything that a list needs to leave the desk."""
    row = _locked(task_list)
    if row.stage != ListStage.DRAFT:
        raise NotPossible(_("This list has been sent already"))
    if not row.duties.exists():
        raise Invalid(_("A responsibility list needs at least one duty"))
    lost = row.duties.filter(bearers=None).order_by("position").values_list("position", flat=True)
    if lost:
        raise Invalid(
            _("Nobody answers for the duties %(numbers)s yet: name a unit or a post")
            % {"numbers": ", ".join(str(n) for n in lost[:10])}
        )
    return row


def _issue(row: TaskList, by: User, now: datetime) -> None:
    TaskList.objects.filter(pk=row.pk).update(
        stage=ListStage.ISSUED, issued_on=day_of(now), published_at=now, published_by=by, version=F("version") + 1
    )


def _why_not(task_list: TaskList) -> None:
    row = TaskList.objects.get(pk=task_list.pk)
    if row.stage != ListStage.DRAFT:
        raise NotPossible(_("This list has been sent already"))
    raise Conflict(_("This draft was changed in another window. Look at it again"), row=row)


def _check(plan: DutyListPlan) -> None:
    """What a draft may not hold: no name, too long, a receiver beyond the body's reach (design 3)."""
    if not plan.title.strip():
        raise Invalid(_("Enter a list name"), title=_("Enter a list name"))
    for number, duty in enumerate(plan.duties, 1):
        key = f"row{number}"
        if not duty.content.strip():
            raise Invalid(_("Row %(n)d has no duty") % {"n": number}, **{key: _("Enter the duty")})
        if len(duty.content) > WORDS or len(duty.heading) > DEEPEST:
            raise Invalid(_("Row %(n)d is too long") % {"n": number}, **{key: _("Too long")})
        for bearer in duty.bearers:
            if bearer.unit is not None and not rules.receivable(plan.issuer, bearer.unit):
                words = _("%(unit)s is outside this body and the bodies directly below it") % {
                    "unit": bearer.unit.local_name
                }
                raise Invalid(words, **{key: words})


def _put(task_list: TaskList, plan: DutyListPlan) -> None:
    """The head of the list and its lines; three queries for any length."""
    task_list.title, task_list.title_en = plan.title.strip()[:60], plan.title_en.strip()[:120]
    task_list.year, task_list.source = plan.year, plan.source.strip()[:200]
    task_list.document_number = plan.document_number.strip()[:60]
    try:
        with transaction.atomic():
            task_list.save()
    except IntegrityError as error:
        words = _("The document number %(number)s is taken") % {"number": plan.document_number}
        raise Invalid(words, document_number=words) from error
    duties = Duty.objects.bulk_create(
        [
            Duty(
                list=task_list,
                position=position,
                heading=[part.strip()[:60] for part in duty.heading if part.strip()],
                content=duty.content.strip(),
                content_en=duty.content_en.strip()[:WORDS],
                source=duty.source.strip()[:200],
                kind=Duty.Kind.NEGATIVE if duty.negative else Duty.Kind.POSITIVE,
                standing=duty.standing,
            )
            for position, duty in enumerate(plan.duties, 1)
        ]
    )
    Bearer.objects.bulk_create(
        [
            Bearer(
                duty=row, unit=one.unit, group=one.group, outside_name=one.outside[:120],
                post_title=one.post_title[:60], position=place,
            )
            for row, duty in zip(duties, plan.duties, strict=True)
            for place, one in enumerate(duty.bearers)
        ]
    )  # fmt: skip


def _content(plan: DutyListPlan) -> list[Any]:
    rows = [
        [duty.content, *duty.heading, duty.content_en, duty.source, duty.negative, duty.standing]
        + [
            [b.unit.pk if b.unit else None, b.group.pk if b.group else None, b.outside, b.post_title]
            for b in duty.bearers
        ]
        for duty in plan.duties
    ]
    return [plan.title, plan.title_en, plan.year, plan.issuer.pk, plan.document_number, plan.source, rows]


def _tell(
    move: str, task_list: TaskList, by: User, verdict: Verdict, op: uuid.UUID, now: datetime, reason: str = "",
    **changes: Any,
) -> None:  # fmt: skip
    history.write(
        [
            history.line(
                move, task_list=task_list, by=by, post=verdict.post, now=now, op=op, reason=reason, changes=changes
            )
        ]
    )
