"""Writes of supervision slips: issued with a number, answered, accepted or asked again, withdrawn (design 4, 8; I-26)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import F
from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.markings import secret_marking
from branches.models import Unit, User
from branches.roles import SETS_WISHES
from branches.writing import Conflict, Invalid, NotPossible, once
from tasks import slips as rules
from tasks.actions import history
from tasks.models import Assignment, Slip, SlipCounter, SlipDue, SlipNote, SlipState, SlipWords, StoredFile, Task
from tasks.models.slips import LEVELS
from tasks.rules import Actor, Verdict
from tasks.states import OPEN

TEXT_LIMIT = 2000
MATTER_LIMIT = 120
MOST_ROWS = 50
MOST_FILES = 20


@dataclass(frozen=True)
class SlipPlan:
    """A slip as it is to be issued; the number is the system's."""

    body: Unit
    level: int
    lead: Unit
    matter: str
    content: str
    instructed_by: User
    leading: Sequence[User]
    contact: str
    due_on: date
    feedback: str = Slip.Feedback.ONCE
    supporting: Sequence[User] = ()
    supports: Sequence[Unit] = ()
    phone: str = ""
    rows: Sequence[Assignment] = field(default_factory=tuple)
    task: Task | None = None
    files: Sequence[StoredFile] = ()

    def content_mark(self) -> list[Any]:
        """What makes two sendings of one operation the same write."""
        keys = [
            sorted(one.pk for one in many)
            for many in (self.leading, self.supporting, self.supports, self.rows, self.files)
        ]
        task = self.task.pk if self.task else None
        return [
            self.body.pk, self.level, self.lead.pk, self.matter, self.content, self.instructed_by.pk, self.contact,
            self.due_on, self.feedback, self.phone, task, *keys,
        ]  # fmt: skip


def issue_slip(plan: SlipPlan, *, by: User, op: uuid.UUID, now: datetime) -> Slip:
    """Issue a slip under the next number of its series. Raises Invalid with words for each field."""

    def write() -> dict[str, Any]:
        on = day_of(now)
        verdict = rules.may_issue_for(Actor.of(by, on), plan.body)
        if not verdict:
            raise PermissionDenied("issue_slip")
        problems = problems_of(plan, by, on)
        if problems:
            raise Invalid(next(iter(problems.values())), **problems)
        _hold_rows(plan)
        words = SlipWords.of(plan.body)
        prefix, name = words.prefixes[plan.level - 1], words.names[plan.level - 1]
        slip = Slip.objects.create(
            body=plan.body, issuer=plan.body, prefix=prefix, year=on.year, number=_next(plan.body, prefix, on.year),
            level=plan.level, level_name=name, lead=plan.lead, task=plan.task, matter=plan.matter.strip(),
            content=plan.content.strip(), instructed_by=plan.instructed_by, contact=plan.contact.strip(),
            phone=plan.phone.strip(), feedback=plan.feedback, due_on=plan.due_on, by=by, post=verdict.post,
            issued_on=on, at=now,
        )  # fmt: skip
        slip.supports.set(plan.supports)
        slip.assignments.set(plan.rows)
        slip.leading.set(plan.leading)
        slip.supporting.set(plan.supporting)
        slip.files.set(plan.files)
        SlipDue.objects.bulk_create(
            [SlipDue(slip=slip, due_on=day) for day in rules.days(plan.feedback, on, plan.due_on)]
        )
        _tell(slip, "slip_issued", verdict, by, op, now)
        return {"slip": slip.pk}

    result = once(op, "issue_slip", write, by=by, now=now, content=plan.content_mark())
    return Slip.objects.get(pk=result["slip"])


def problems_of(plan: SlipPlan, by: User, on: date) -> dict[str, str]:
    """What keeps this slip from being issued, in words for each field; the preview asks the same."""
    found = _wrong_words(plan) | _wrong_days(plan, on) | _wrong_people(plan, on)
    if not rules.reaches(plan.body, [plan.lead], on):
        found["lead"] = _("Choose a unit of this body or a body directly below it")
    if not rules.reaches(plan.body, plan.supports, on) or plan.lead in plan.supports:
        found["supports"] = _("Choose other units than the lead unit")
    return found | _wrong_files(plan.files, by) | _wrong_subject(plan)


def _wrong_words(plan: SlipPlan) -> dict[str, str]:
    found: dict[str, str] = {}
    if plan.level not in LEVELS:
        found["level"] = _("Choose a level")
    if not plan.matter.strip():
        found["matter"] = _("Enter the matter")
    elif len(plan.matter.strip()) > MATTER_LIMIT:
        found["matter"] = _("The matter must be %(max)d characters or fewer") % {"max": MATTER_LIMIT}
    if not plan.content.strip() and not plan.rows and plan.task is None:
        found["content"] = _("Say what is supervised")
    found |= _too_long("content", plan.content)
    if any(map(secret_marking, (plan.matter, plan.content, plan.contact))):
        found["content"] = _("The text carries a secrecy marking. It was not saved: nothing secret may be entered here")
    if not plan.contact.strip():
        found["contact"] = _("Enter who can be asked")
    return found


def _wrong_people(plan: SlipPlan, on: date) -> dict[str, str]:
    named, found = set(rules.leaders(plan.body, on)), {}
    if plan.instructed_by not in named:
        found["instructed_by"] = _("Choose a leader of this body")
    if not plan.leading or not set(plan.leading) <= named:
        found["leading"] = _("Choose a leader of this body")
    if not set(plan.supporting) <= named or set(plan.supporting) & set(plan.leading):
        found["supporting"] = _("Choose other leaders of this body than the leading ones")
    return found


def _wrong_days(plan: SlipPlan, on: date) -> dict[str, str]:
    if plan.feedback not in Slip.Feedback.values:
        return {"feedback": _("Choose how often the unit answers")}
    if plan.due_on < on:
        return {"due_on": _("Choose today or a later day")}
    if len(rules.days(plan.feedback, on, plan.due_on)) > rules.MOST_DAYS:
        words = _("That is more than %(max)d answers. Choose an earlier day or a longer cycle")
        return {"due_on": words % {"max": rules.MOST_DAYS}}
    return {}


def _wrong_subject(plan: SlipPlan) -> dict[str, str]:
    """Rows must be open, given by this body, and all of the lead unit: a slip goes to one."""
    if len(plan.rows) > MOST_ROWS:
        return {"rows": _("At most %(max)d tasks stand on one slip") % {"max": MOST_ROWS}}
    if any(row.issuer_body_id != plan.body.pk or row.stage not in OPEN for row in plan.rows):
        return {"rows": _("One of these tasks is closed by now, or was not given by this body")}
    if any(row.unit_id != plan.lead.pk for row in plan.rows):
        return {"lead": _("The chosen tasks belong to another unit")}
    if plan.task is not None and plan.task.list.issuer.body_id != plan.body.pk:
        return {"rows": _("This task was not given by this body")}
    return {}


def _wrong_files(files: Sequence[StoredFile], by: User) -> dict[str, str]:
    if len(files) > MOST_FILES:
        return {"files": _("At most %(max)d files go along") % {"max": MOST_FILES}}
    if any(file.uploaded_by_id != by.pk for file in files):
        return {"files": _("A chosen file is not there any more. Choose it again")}
    return {}


def _too_long(name: str, text: str) -> dict[str, str]:
    if len(text.strip()) <= TEXT_LIMIT:
        return {}
    return {name: _("At most %(max)d characters; it has %(n)d") % {"max": TEXT_LIMIT, "n": len(text.strip())}}


def _hold_rows(plan: SlipPlan) -> None:
    """Nobody closes one of the rows while its slip is written."""
    keys = [row.pk for row in plan.rows]
    still = Assignment.objects.select_for_update().filter(pk__in=keys, stage__in=OPEN).order_by("pk")
    if len(still) != len(keys):
        raise NotPossible(_("One of these tasks is closed by now, or was not given by this body"))


def _next(body: Unit, prefix: str, year: int) -> int:
    """The next number of the series; the counter's row stays locked until the slip is there, so no number is lost."""
    with connection.cursor() as cursor:
        cursor.execute(
            f'INSERT INTO "{SlipCounter._meta.db_table}" (body_id, prefix, year, last) VALUES (%s, %s, %s, 1)'  # noqa: S608 (our own table name)
            f' ON CONFLICT (body_id, prefix, year) DO UPDATE SET last = "{SlipCounter._meta.db_table}".last + 1'
            " RETURNING last",
            [body.pk, prefix, year],
        )
        return int(cursor.fetchone()[0])


def answer_slip(
    slip: Slip, due: SlipDue, text: str, files: Sequence[StoredFile] = (), *, by: User, op: uuid.UUID, now: datetime
) -> SlipNote:
    """The lead unit's answer for one day; a later one, after it was asked again, stands beside the first."""

    def write() -> dict[str, Any]:
        row = _locked(slip)
        verdict = rules.may_answer(Actor.of(by, day_of(now)), row)
        if not verdict:
            raise PermissionDenied("answer_slip")
        _still_open(row)
        last = last_word(due)
        if last is not None and last.kind != SlipNote.Kind.AGAIN:
            raise NotPossible(_("This has been answered already"))
        problems = _words(text, needed=_("Write the answer")) | _wrong_files(files, by)
        if problems:
            raise Invalid(next(iter(problems.values())), **problems)
        note = _note(row, SlipNote.Kind.ANSWER, text, verdict, by, now, due=due)
        note.files.set(files)
        _tell(row, "slip_answered", verdict, by, op, now)
        return {"note": note.pk}

    content = [slip.pk, due.pk, text, sorted(file.pk for file in files)]
    result = once(op, "answer_slip", write, by=by, now=now, content=content)
    return SlipNote.objects.get(pk=result["note"])


def decide_slip(
    slip: Slip,
    due: SlipDue,
    accepted: bool,
    text: str = "",
    *,
    closes: bool = False,
    by: User,
    op: uuid.UUID,
    now: datetime,
) -> SlipNote:
    """The issuer accepts the standing answer of one day, or asks again with words. With `closes`, or when the last day is
    accepted, the matter is closed. Nobody decides on an answer of his own."""

    def write() -> dict[str, Any]:
        row = _locked(slip)
        verdict = rules.may_decide(Actor.of(by, day_of(now)), row)
        if not verdict:
            raise PermissionDenied("decide_slip")
        _still_open(row)
        last = last_word(due)
        if last is None or last.kind != SlipNote.Kind.ANSWER:
            raise NotPossible(_("There is no answer that waits for a decision"))
        if last.by_id == by.pk:
            raise PermissionDenied(_("Nobody decides on an answer of his own"))
        problems = _words(text, needed="" if accepted else _("Say what is missing"))
        if problems:
            raise Invalid(next(iter(problems.values())), **problems)
        kind = SlipNote.Kind.ACCEPTED if accepted else SlipNote.Kind.AGAIN
        done = accepted and (closes or _all_others_accepted(row, due))
        note = _note(row, kind, text, verdict, by, now, due=due, closes=done)
        _tell(row, "slip_accepted" if accepted else "slip_again", verdict, by, op, now, reason=text)
        return {"note": note.pk}

    result = once(op, "decide_slip", write, by=by, now=now, content=[slip.pk, due.pk, accepted, text, closes])
    return SlipNote.objects.get(pk=result["note"])


def withdraw_slip(slip: Slip, reason: str, *, by: User, op: uuid.UUID, now: datetime) -> SlipNote:
    """Take a slip back with a reason; its number stays used, and from then on nobody answers it."""

    def write() -> dict[str, Any]:
        row = _locked(slip)
        verdict = rules.may_decide(Actor.of(by, day_of(now)), row)
        if not verdict:
            raise PermissionDenied("withdraw_slip")
        _still_open(row)
        problems = _words(reason, needed=_("Say why it is withdrawn"))
        if problems:
            raise Invalid(next(iter(problems.values())), **problems)
        note = _note(row, SlipNote.Kind.WITHDRAWN, reason, verdict, by, now)
        _tell(row, "slip_withdrawn", verdict, by, op, now, reason=reason)
        return {"note": note.pk}

    result = once(op, "withdraw_slip", write, by=by, now=now, content=[slip.pk, reason])
    return SlipNote.objects.get(pk=result["note"])


def set_words(
    body: Unit, names: Sequence[str], prefixes: Sequence[str], *, version: int, by: User, op: uuid.UUID, now: datetime
) -> SlipWords:
    """How a body calls its levels and begins its numbers. Slips issued before keep what stands on them."""

    def write() -> dict[str, Any]:
        posts = by.posts_on(day_of(now))
        if not any(post.role in SETS_WISHES and post.unit_id == body.pk for post in posts):
            raise PermissionDenied("set_words")
        cleaned = {"names": [one.strip()[:12] for one in names], "prefixes": [one.strip()[:20] for one in prefixes]}
        if not all(cleaned["names"]) or not all(cleaned["prefixes"]) or len(names) != len(LEVELS):
            raise Invalid(_("Enter a name and a prefix for each level"))
        SlipWords.objects.get_or_create(body=body, defaults=cleaned)
        if not SlipWords.objects.filter(body=body, version=version).update(**cleaned, version=F("version") + 1):
            raise Conflict(_("Somebody changed these words while they were open here"))
        return {}

    once(op, "set_slip_words", write, by=by, now=now, content=[body.pk, list(names), list(prefixes), version])
    return SlipWords.of(body)


def last_word(due: SlipDue) -> SlipNote | None:
    """What was said last about this day."""
    return due.notes.order_by("-at", "-pk").first()


def _locked(slip: Slip) -> Slip:
    """Two deeds on one slip wait for each other."""
    return Slip.objects.select_for_update(of=("self",)).select_related("lead", "issuer").get(pk=slip.pk)


def _still_open(slip: Slip) -> None:
    state = slip.now_stands
    if state == SlipState.WITHDRAWN:
        raise NotPossible(_("This slip was withdrawn"))
    if state == SlipState.CLOSED:
        raise NotPossible(_("This slip is closed"))


def _all_others_accepted(slip: Slip, due: SlipDue) -> bool:
    others = slip.dues.exclude(pk=due.pk)
    return all((last := last_word(one)) is not None and last.kind == SlipNote.Kind.ACCEPTED for one in others)


def _words(text: str, *, needed: str) -> dict[str, str]:
    if needed and not text.strip():
        return {"text": needed}
    if secret_marking(text):
        return {"text": _("The text carries a secrecy marking. It was not saved: nothing secret may be entered here")}
    return _too_long("text", text)


def _note(
    slip: Slip,
    kind: str,
    text: str,
    verdict: Verdict,
    by: User,
    now: datetime,
    *,
    due: SlipDue | None = None,
    closes: bool = False,
) -> SlipNote:
    return SlipNote.objects.create(
        slip=slip, due=due, kind=kind, closes=closes, text=text.strip(), by=by, post=verdict.post, at=now
    )


def _tell(slip: Slip, move: str, verdict: Verdict, by: User, op: uuid.UUID, now: datetime, *, reason: str = "") -> None:
    """A line in the history of each row that the slip is about; of the task where it is about a whole task."""
    changes = {"slip": slip.pk, "number": slip.called}
    said: dict[str, Any] = {"by": by, "post": verdict.post, "now": now, "op": op, "reason": reason[:500]}
    rows = list(slip.assignments.all())
    lines = [history.line(move, row=row, changes=changes, **said) for row in rows]
    if not rows and slip.task is not None:
        lines = [history.line(move, task=slip.task, changes=changes, **said)]
    history.write(lines)
