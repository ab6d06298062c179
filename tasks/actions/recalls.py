"""A list that has just gone out is called back, as long as nobody has acted on it (design 8: undo and recall)."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import F, Q
from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.models import Unit, User
from branches.writing import Invalid, NotPossible, once
from tasks import rules
from tasks.actions import history
from tasks.models import Assignment, Delivery, Event, Notice, PaperDraft, Reminder, TaskList
from tasks.models.reminders import State
from tasks.reminders.ledger import ASSIGNMENT, LIST, Reason, end
from tasks.states import ListStage, Stage, Stop

OF_ISSUE = ("issued", "settled", "first_report")  # what publishing itself writes on an assignment


@dataclass(frozen=True)
class Deed:
    """The first thing that somebody did with a list: the unit, the person where both sides are one body, and when."""

    unit: Unit
    person: str
    at: datetime


def first_deed(task_list: TaskList) -> Deed | None:
    """Who acted on the list first: signed for it, noted progress, named a person, was moved by its issuer; None if nobody."""
    event = (
        Event.objects.filter(list=task_list, assignment__isnull=False)
        .exclude(move__in=OF_ISSUE)
        .select_related("by", "assignment__unit")
        .order_by("at", "pk")
        .first()
    )
    if event is not None and event.assignment is not None:
        row = event.assignment
        inside = row.body_id == row.issuer_body_id  # a body's own people are not told across its boundary (design 3)
        person = event.by.name if event.by is not None and inside else ""
        return Deed(row.unit, person, event.at)
    signed = task_list.deliveries.filter(signed_at__isnull=False).select_related("body", "signed_by").first()
    if signed is not None and signed.signed_at is not None:
        return Deed(signed.body, "", signed.signed_at)
    return None


def recall(task_list: TaskList, reason: str, *, by: User, op: uuid.UUID, now: datetime) -> PaperDraft | None:
    """Stop every assignment of the list, take back its deliveries and planned reminders, and give the paper back to the
    table of its maker; that paper, or None where the list was made without one.

    Raises PermissionDenied without the issuer's desk, Invalid without words, NotPossible when somebody has acted on it.
    """

    def write() -> dict[str, Any]:
        verdict = rules.may_issue(rules.Actor.of(by, day_of(now)), task_list.issuer)
        if not verdict:
            raise PermissionDenied("recall")
        if not reason.strip():
            raise Invalid(_("Say why"), reason=_("Say why"))
        fresh = TaskList.objects.select_for_update(of=("self",)).get(pk=task_list.pk)
        rows = list(Assignment.objects.select_for_update(of=("self",)).filter(list=fresh).order_by("pk"))
        list(Delivery.objects.select_for_update(of=("self",)).filter(list=fresh))  # nobody signs meanwhile
        _refuse(fresh)
        draft = PaperDraft.objects.filter(published=fresh).first()
        if draft is not None:
            recalled = int(draft.answers.get("recalled", 0)) + 1
            PaperDraft.objects.filter(pk=draft.pk).update(
                published=None,
                answers={**draft.answers, "recalled": recalled},
                version=F("version") + 1,
                changed_at=now,
            )
        _stop(fresh, rows, reason.strip(), now)
        history.write(
            [
                history.line(
                    "recalled",
                    task_list=fresh,
                    by=by,
                    post=verdict.post,
                    now=now,
                    op=op,
                    reason=reason.strip()[:500],
                    changes={"assignments": len(rows), "document_number": fresh.document_number},
                ),
                *(
                    history.line(
                        "recalled",
                        row=row,
                        by=by,
                        post=verdict.post,
                        now=now,
                        op=op,
                        from_stage=row.stage,
                        to_stage=Stage.STOPPED,
                        reason=reason.strip()[:500],
                    )
                    for row in rows
                ),
            ]
        )
        return {"draft": draft.pk if draft else None}

    result = once(op, "recall", write, by=by, now=now, content=[task_list.pk, reason])
    task_list.refresh_from_db()
    return PaperDraft.objects.filter(pk=result["draft"]).first()


def _refuse(task_list: TaskList) -> None:
    """The reasons against, with every row of the list held still."""
    if task_list.stage != ListStage.ISSUED or task_list.kind != TaskList.Kind.TASK:
        raise NotPossible(_("Only a task list that is out can be recalled"))
    if task_list.edition > 1:
        raise NotPossible(_("A new version of this list is out. It is changed by another version, no longer recalled"))
    if task_list.broken_down_from_id:
        raise NotPossible(_("A list broken down from another is not recalled: units above count on it"))
    if first_deed(task_list):
        raise NotPossible(_("Somebody has acted on this list. It can no longer be recalled"))


def _stop(task_list: TaskList, rows: list[Assignment], reason: str, now: datetime) -> None:
    """Nothing is owed any more; the number of the document is free for the list that follows (I-12)."""
    keys = [row.pk for row in rows]
    Assignment.objects.filter(pk__in=keys).update(
        stage=Stage.STOPPED,
        stop=Stop.CANCELLED,
        stop_reason=reason[:300],
        suspended_from="",
        completed_on=None,
        version=F("version") + 1,
    )
    Delivery.objects.filter(list=task_list).delete()
    waiting = Reminder.objects.filter(state=State.READY)
    planned = [
        *waiting.filter(subject_type=ASSIGNMENT, subject_id__in=keys).values_list("pk", flat=True),
        *waiting.filter(subject_type=LIST, subject_id=task_list.pk).values_list("pk", flat=True),
    ]
    end(planned, State.CANCELLED, Reason.NOT_OWED, now)
    about = Q(subject_type=ASSIGNMENT, subject_id__in=keys) | Q(subject_type=LIST, subject_id=task_list.pk)
    Notice.objects.filter(about, read_at=None).delete()  # they would lead to nothing
    TaskList.objects.filter(pk=task_list.pk).update(
        stage=ListStage.RECALLED, document_number="", version=F("version") + 1
    )
