"""Files that came back from units: kept as read, answered, and what is accepted becomes each unit's report (issue 3, 4).

Nothing but the batch is written before somebody accepts. What is accepted is recorded by the issuer's desk in the name of
the unit: the event holds both names, and neither may review it (design 4).
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.models import Post, User
from branches.models.words import active_q
from branches.writing import Conflict, NotPossible, once
from tasks import rules
from tasks.actions.papers import learn_names
from tasks.actions.reports import record
from tasks.actions.together import one_by_one
from tasks.models import Assignment, ReturnBatch, TaskList
from tasks.states import DESK, ListStage

KIND = "take_returns"


@dataclass(frozen=True)
class Taken:
    """One accepted difference: which row gets which words, from which file, and the version that the person saw."""

    assignment: int
    version: int
    entry: str
    text: str
    done: bool
    file: str


@dataclass(frozen=True)
class Outcome:
    """What an acceptance did: how many reports were written, and what was left with the reason (row, words)."""

    written: int
    left: Sequence[tuple[int, str]]


def keep_returns(
    task_list: TaskList, files: Sequence[Mapping[str, Any]], *, by: User, op: uuid.UUID, now: datetime
) -> ReturnBatch:
    """Keep what was read of several files. The same files of the same list again give the batch that is there."""
    digest = hashlib.sha256("".join(sorted(str(file["sha256"]) for file in files)).encode()).hexdigest()

    def write() -> dict[str, Any]:
        _desk(task_list, by, now)
        values = {"by": by, "files": list(files), "created_at": now, "changed_at": now}
        batch, _new = ReturnBatch.objects.get_or_create(list=task_list, digest=digest, defaults=values)
        return {"batch": batch.pk}

    result = once(op, "keep_returns", write, by=by, now=now, content=[task_list.pk, digest])
    found = ReturnBatch.objects.filter(pk=result["batch"]).first()
    if found is None:
        raise NotPossible(_("These files were put aside in the meantime. Upload them again"))
    return found


def answer_returns(
    batch: ReturnBatch,
    answers: Mapping[str, Mapping[str, Any]],
    *,
    by: User,
    now: datetime,
    learnt: Mapping[str, int] | None = None,
) -> None:
    """Keep which unit a file is taken for, which task a row belongs to, and what stays as it stands. `learnt` are the names
    of units chosen by hand, known to the issuing body the next time."""
    with transaction.atomic():
        _desk(batch.list, by, now)
        _merge(batch, answers, now)
        learn_names(batch.list.issuer.body, learnt or {})


def take_returns(
    batch: ReturnBatch,
    taken: Sequence[Taken],
    answers: Mapping[str, Mapping[str, Any]],
    *,
    by: User,
    op: uuid.UUID,
    now: datetime,
) -> Outcome:
    """Make the accepted differences the units' reports. A row that has moved on since it was shown is left, with the reason;
    the others go on."""

    def write() -> dict[str, Any]:
        _desk(batch.list, by, now)
        _merge(batch, answers, now)
        left = _record(batch, taken, by, op, now)
        not_written = {row for row, _words in left}
        _merge(batch, {"taken": {each.entry: True for each in taken if each.assignment not in not_written}}, now)
        return {"written": len(taken) - len(left), "left": left}

    content = [batch.pk, sorted([each.assignment, each.entry, each.done] for each in taken)]
    result = once(op, KIND, write, by=by, now=now, content=content)
    return outcome(result)


def outcome(result: Mapping[str, Any]) -> Outcome:
    """The kept result of an acceptance as it was first given."""
    return Outcome(result["written"], [(row, words) for row, words in result["left"]])


def drop_returns(batch: ReturnBatch, *, by: User, now: datetime) -> None:
    """Put a batch aside: its rows are forgotten, the reports that were taken from it stay."""
    _desk(batch.list, by, now)
    ReturnBatch.objects.filter(pk=batch.pk).delete()


def _desk(task_list: TaskList, by: User, now: datetime) -> None:
    if not rules.may_issue(rules.Actor.of(by, day_of(now)), task_list.issuer):
        raise PermissionDenied("returns")
    if task_list.stage != ListStage.ISSUED:
        raise NotPossible(_("Only a list that was issued takes files back"))


def _merge(batch: ReturnBatch, answers: Mapping[str, Mapping[str, Any]], now: datetime) -> None:
    """Under the lock, so that two secretaries answering different files keep both answers."""
    fresh = ReturnBatch.objects.select_for_update().filter(pk=batch.pk).first()
    if fresh is None:
        raise NotPossible(_("These files were put aside in the meantime. Upload them again"))
    for name, values in answers.items():
        fresh.answers[name] = {**fresh.answers.get(name, {}), **values}
    fresh.changed_at = now
    fresh.save(update_fields=["answers", "changed_at"])
    batch.answers = fresh.answers


def _record(
    batch: ReturnBatch, taken: Sequence[Taken], by: User, op: uuid.UUID, now: datetime
) -> list[tuple[int, str]]:
    wanted = {each.assignment: each for each in taken}
    rows = (
        Assignment.objects.select_for_update(of=("self",))
        .filter(pk__in=wanted, list=batch.list_id)
        .select_related("task", "issuer__body", "unit", "body", "person")
        .order_by("pk")
    )
    found = list(rows)
    desks = desks_of({row.unit_id for row in found}, by, day_of(now))
    gone = [(pk, _("It is not there any more")) for pk in wanted.keys() - {row.pk for row in found}]

    def take(row: Assignment) -> None:
        each = wanted[row.pk]
        behalf = row.person if row.person_id not in (None, by.pk) else desks.get(row.unit_id)
        words: dict[str, Any] = {"done": each.done, "text": each.text, "source": each.file, "version": each.version}
        try:
            record(row, **words, by=by, op=op, now=now, on_behalf_of=behalf)
        except Conflict as error:
            raise NotPossible(_("Somebody changed it in the meantime; compare again")) from error

    return [*gone, *one_by_one(found, take).left]


def desks_of(units: Iterable[int], by: User, on: date) -> dict[int, User]:
    """For each unit the person in whose name is recorded: its secretary, else its head."""
    posts = (
        Post.objects.filter(active_q(on), unit__in=list(units), role__in=DESK, user__is_active=True)
        .exclude(user=by)
        .select_related("user")
        .order_by("-role", "pk")
    )
    found: dict[int, User] = {}
    for post in posts:
        found.setdefault(post.unit_id, post.user)
    return found
