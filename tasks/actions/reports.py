"""Progress and reports from below, and the reviewer's answer (design 4). Nobody reviews his own report."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branches.clock import day_of
from branches.markings import secret_marking
from branches.models import BodySettings, User
from branches.writing import Conflict, Invalid, NotPossible, once
from tasks import rules
from tasks.actions import history
from tasks.actions.moves import step
from tasks.calendar import working_days
from tasks.models import Assignment, Evidence, Report, StoredFile
from tasks.states import CLOSED, Stage

TEXT_LIMIT = 2000


def report(
    row: Assignment,
    *,
    done: bool,
    text: str,
    files: Sequence[StoredFile] = (),
    late_reason: str = "",
    times: int | None = None,
    figures: Mapping[str, str] | None = None,
    version: int | None = None,
    by: User,
    op: uuid.UUID,
    now: datetime,
    on_behalf_of: User | None = None,
) -> Report:
    """Save progress, or with `done` report as completed. Raises Invalid with words for each field.

    The first submission stops the clock: `reported_on` is its day. What is late is fixed there and never made smaller.
    `times`: how many times so far, where the task asks for a number of times; None leaves the number as it was.
    `figures`: numbers as text by the names that the task asks for; others are left out.
    """
    content = [row.pk, done, text, sorted(file.pk for file in files), late_reason, times, dict(figures or {})]
    result = once(
        op,
        "report" if done else "progress",
        lambda: _report(
            row,
            done,
            text.strip(),
            list(files),
            late_reason,
            version,
            by,
            op,
            now,
            on_behalf_of,
            times=times,
            figures=figures,
        ),
        by=by,
        now=now,
        content=content,
    )
    row.refresh_from_db()
    return Report.objects.get(pk=result["report"])


def _report(
    row: Assignment,
    done: bool,
    text: str,
    files: list[StoredFile],
    late_reason: str,
    version: int | None,
    by: User,
    op: uuid.UUID,
    now: datetime,
    on_behalf_of: User | None,
    source: str = "",
    times: int | None = None,
    figures: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """`source` names the returned file from which the issuer's desk records for the unit (`tasks.actions.returns`)."""
    on = day_of(now)
    row.refresh_from_db()
    if version is not None and version != row.version:
        raise Conflict(_("Somebody changed this assignment while it was open here"), version=row.version)
    _check_words(row, done, text, files, late_reason or source, on, by)  # why it is late the file does not say
    recorded = ({True: "record", False: "record_progress"} if source else {True: "report", False: "progress"})[done]
    acting = rules.on_side(rules.Actor.of(by, on), row, recorded).post
    on_behalf_of = on_behalf_of or history.stood_in_for(by, acting) or _recorded_for(row, by)
    fields = _submission(row, by, on_behalf_of, late_reason, on, now) if done else {}
    fields["said_on"] = on
    times = times if row.times_wanted else None
    if times is not None:
        fields["times"] = times
    changes: dict[str, Any] = {"files": len(files)} if files else {}
    step(
        row,
        recorded,
        by=by,
        op=op,
        now=now,
        version=version,
        fields=fields,
        on_behalf_of=on_behalf_of,
        changes=changes | ({"returned_file": source} if source else {}),
    )
    served = (row.issuer_path, row.issuer_body_id) if source else (row.unit_path, row.body_id)
    hat = rules.Actor.of(by, on).hat_for(rules.DESK, *served)
    saved = Report.objects.create(
        assignment=row,
        kind=Report.Kind.COMPLETION if done else Report.Kind.PROGRESS,
        text=text,
        times=times,
        figures={name: value for name, value in (figures or {}).items() if name in row.task.figures},
        by=by,
        at=now,
        late_reason=late_reason if done and lateness(row, on) else "",
        on_behalf_of=on_behalf_of,
        post=hat.post if hat else None,
    )
    Evidence.objects.bulk_create([Evidence(report=saved, file=file) for file in dict.fromkeys(files)])
    return {"report": saved.pk}


def record(
    row: Assignment,
    *,
    done: bool,
    text: str,
    source: str,
    version: int,
    by: User,
    op: uuid.UUID,
    now: datetime,
    on_behalf_of: User | None,
) -> int:
    """Within a write of the issuer's desk: what a unit wrote in the file `source` becomes its report; the report's key.

    Both names stand in the event, and neither may review it. Raises what `report` raises.
    """
    saved = _report(row, done, text.strip(), [], "", version, by, op, now, on_behalf_of, source)
    return int(saved["report"])


def progress(row: Assignment, *, text: str, by: User, op: uuid.UUID, now: datetime) -> int:
    """Within a write of several rows: one line of progress; the report's key. Raises what `report` raises."""
    return int(_report(row, False, text, [], "", None, by, op, now, None)["report"])


def lateness(row: Assignment, on: date) -> int:
    """Days by which a submission made on the day `on` is late: against the supplement date while returned, else the due date.

    A supporting unit that owes no report is never late, as in `overdue_q`.
    """
    if not row.owes_report:
        return 0
    if row.stage == Stage.RETURNED:
        return max(0, (on - row.supplement_by).days) if row.supplement_by else 0
    if row.reported_on is not None or row.due_on is None:
        return 0
    return max(0, (on - row.due_on).days)


def _check_words(
    row: Assignment, done: bool, text: str, files: list[StoredFile], late_reason: str, on: date, by: User
) -> None:
    problems: dict[str, str] = {}
    if len(text) > TEXT_LIMIT:
        problems["text"] = _("Progress must be %(max)d characters or fewer; it has %(n)d") % {
            "max": TEXT_LIMIT,
            "n": len(text),
        }
    elif not text and not files:
        problems["text"] = _("Write a sentence or add a file")
    elif secret_marking(text):  # refused before storing, and not repeated anywhere (design 10)
        problems["text"] = _("The text carries a secrecy marking. It was not saved: nothing secret may be entered here")
    wanted = {file.pk for file in files}
    if wanted and StoredFile.objects.visible_to(by, on).filter(pk__in=wanted).count() != len(wanted):
        problems["files"] = _("A chosen file is not there any more. Choose it again")
    if (
        done
        and row.task.evidence_required
        and not files
        and not Evidence.objects.filter(report__assignment=row).exists()
    ):
        problems["files"] = _("This task asks for evidence: %(reason)s. Add a photo or file") % {
            "reason": row.task.evidence_reason
        }
    if done and lateness(row, on) and not late_reason and BodySettings.of(row.body).late_reasons:
        problems["late_reason"] = _("Choose why it is late")
    if problems:
        raise Invalid(next(iter(problems.values())), **problems)
    if done:
        _check_offspring(row)


def _check_offspring(row: Assignment) -> None:
    """A row that was broken down closes only when its mandatory offspring have (I-24)."""
    waiting = row.offspring.filter(task__mandatory=True).exclude(stage__in=CLOSED).count()
    if waiting:
        raise NotPossible(
            ngettext(
                "%(n)d part of it is still open below. It can be reported when all are completed or stopped",
                "%(n)d parts of it are still open below. It can be reported when all are completed or stopped",
                waiting,
            )
            % {"n": waiting}
        )


def _recorded_for(row: Assignment, by: User) -> User | None:
    """Whom the desk of a unit records for: the one whom the row names. Both names are kept (issue 4)."""
    return row.person if row.person_id and row.person_id != by.pk else None


def _submission(
    row: Assignment, by: User, on_behalf_of: User | None, late_reason: str, on: date, now: datetime
) -> dict[str, Any]:
    barred = {by.pk, *([on_behalf_of.pk] if on_behalf_of else []), *([row.person_id] if row.person_id else [])}
    seat = rules.review_seat(row.issuer, barred, on)
    if seat is None:
        raise NotPossible(_("Nobody is left who could review this: the issuing unit has to appoint a reviewer first"))
    fields: dict[str, Any] = {
        "reported_on": row.reported_on or on,
        "submitted_at": now,
        "days_late": max(row.days_late, lateness(row, on)),
        "review_unit_id": seat.unit_id,
        "review_leaders": seat.leaders,
    }
    if lateness(row, on) and late_reason:
        fields["late_reason"] = late_reason
    return fields


def approve(
    row: Assignment,
    *,
    by: User,
    op: uuid.UUID,
    now: datetime,
    note: str = "",
    grade: str = "",
    version: int | None = None,
) -> Assignment:
    """The reviewer accepts: the assignment is completed today. The second of two reviewers gets NotPossible.

    `grade`: one of those that the issuer's body uses, or none. Raises Invalid for any other.
    """

    def write() -> dict[str, Any]:
        return accept(row, by=by, op=op, now=now, note=note, grade=grade, version=version)

    once(op, "approve", write, by=by, now=now, content=[row.pk, note, *([grade] if grade else [])])
    row.refresh_from_db()
    return row


def accept(
    row: Assignment,
    *,
    by: User,
    op: uuid.UUID,
    now: datetime,
    note: str = "",
    grade: str = "",
    version: int | None = None,
) -> dict[str, Any]:
    """The same within a write that others began: of one report, or of several in one press."""
    held = Assignment.objects.select_for_update(of=("self",)).get(pk=row.pk)  # a part is not opened again meanwhile
    if held.stage == Stage.REPORTED:
        _check_offspring(held)
    if grade and grade not in BodySettings.of(row.issuer_body).grades:
        raise Invalid(_("Choose one of the grades"), grade=_("Choose one of the grades"))
    completed = {"completed_on": day_of(now), "grade": grade}
    changes = {"grade": grade} if grade else None
    return step(row, "approve", by=by, op=op, now=now, reason=note, version=version, fields=completed, changes=changes)


def return_report(
    row: Assignment,
    *,
    reason: str,
    supplement_by: date | None = None,
    by: User,
    op: uuid.UUID,
    now: datetime,
    version: int | None = None,
) -> Assignment:
    """The reviewer gives it back with words and a date for the supplement (three working days unless the body says else)."""
    on = day_of(now)
    if not reason.strip():
        raise Invalid(_("Say what is missing"), reason=_("Say what is missing"))
    if supplement_by is not None and supplement_by < on:
        raise Invalid(_("The supplement date cannot be in the past"), supplement_by=_("Choose today or a later day"))
    day = supplement_by or working_days().add(on, BodySettings.of(row.issuer_body).supplement_workdays)
    fields = {
        "supplement_by": day,
        "review_unit": None,
        "review_leaders": False,
        "submitted_at": None,
        "due_revision": row.due_revision + 1,
    }
    changes = {"supplement_by": day.isoformat()}
    once(
        op,
        "return",
        lambda: step(
            row, "return", by=by, op=op, now=now, reason=reason, version=version, fields=fields, changes=changes
        ),
        by=by,
        now=now,
        content=[row.pk, reason, supplement_by],
    )
    row.refresh_from_db()
    return row
