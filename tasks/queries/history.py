"""The timeline of an assignment in words: who did what, for whom, under which title, when (design 4, Event; ux S11)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import BigIntegerField, OuterRef, Subquery
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, JSONObject
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from branches.models import Post, Unit, User
from tasks.models import Assignment, Event, HelpRequest, Report

# what a person reads for each move; a move of a later issue shows as "Changed" until it has words of its own
TITLES = {
    "issued": pgettext_lazy("move", "Issued"),
    "settled": gettext_lazy("Taken over at publishing"),
    "sign": gettext_lazy("Signed for"),
    "progress": gettext_lazy("Progress saved"),
    "report": gettext_lazy("Reported as completed"),
    "record": gettext_lazy("Recorded as completed from a returned file"),
    "record_progress": gettext_lazy("Progress recorded from a returned file"),
    "first_report": gettext_lazy("Progress taken over from the list as it came"),
    "take_back": gettext_lazy("Taken back to be changed"),
    "return": gettext_lazy("Returned for more"),
    "approve": gettext_lazy("Approved"),
    "unapprove": gettext_lazy("Approval taken back"),
    "reopen": gettext_lazy("Opened again"),
    "suspend": gettext_lazy("Suspended"),
    "resume": gettext_lazy("Resumed"),
    "cancel": pgettext_lazy("move", "Cancelled"),
    "terminate": gettext_lazy("Terminated"),
    "not_applicable": gettext_lazy("Marked as not applicable"),
    "hand_over": gettext_lazy("Handed over"),
    "branch_ended": gettext_lazy("Stopped: the branch ended"),
    "unit_moved": gettext_lazy("Stopped: the unit went to another body"),
    "unit_moved_back": gettext_lazy("Open again: the move of the unit was undone"),
    "taken_over": gettext_lazy("Taken over from another unit"),
    "dropped": gettext_lazy("Not continued after the branch ended"),
    "assign_person": gettext_lazy("Person responsible named"),
    "lengthen": gettext_lazy("Given more time"),
    "time_taken_back": gettext_lazy("More time taken back"),
    "reminded": gettext_lazy("Reminded by hand"),
    "reminding_taken_back": gettext_lazy("Reminder taken back"),
    "recalled": gettext_lazy("Recalled by the issuer before anybody acted on it"),
    "dated": gettext_lazy("Due date set"),
    "event_moved": gettext_lazy("The event moved, and the due date with it"),
    "edition": gettext_lazy("Changed by a new version of the list"),
    "new_date": gettext_lazy("New due date by a new version of the list"),
    "break_down": gettext_lazy("Broken down into a list of its own"),
    "slip_issued": gettext_lazy("Supervision slip issued"),
    "slip_answered": gettext_lazy("Supervision slip answered"),
    "slip_accepted": gettext_lazy("Answer to the supervision slip accepted"),
    "slip_again": gettext_lazy("Asked again on the supervision slip"),
    "slip_withdrawn": gettext_lazy("Supervision slip withdrawn"),
    "extension_proposed": gettext_lazy("More time proposed to the head of the unit"),
    "extension_declined": gettext_lazy("Not passed on by the head of the unit"),
    "extension_dropped": gettext_lazy("Proposal for more time withdrawn"),
    "extension_asked": gettext_lazy("More time asked for"),
    "extension_withdrawn": gettext_lazy("Request for more time withdrawn"),
    "extension_agreed": gettext_lazy("Extension agreed"),
    "extension_refused": gettext_lazy("Extension refused"),
    "help_asked": gettext_lazy("Help asked for"),
    "help_answered": gettext_lazy("Request for help answered"),
    "help_withdrawn": gettext_lazy("Request for help withdrawn"),
    "clarified": gettext_lazy("Clarification to all receivers"),
    "instruction_given": gettext_lazy("Instruction"),
    "instruction_answered": gettext_lazy("Instruction answered"),
    "instruction_withdrawn": gettext_lazy("Instruction withdrawn"),
    "own_instruction_given": gettext_lazy("Instruction"),
    "own_instruction_answered": gettext_lazy("Instruction answered"),
    "own_instruction_withdrawn": gettext_lazy("Instruction withdrawn"),
}
CHANGED = gettext_lazy("Changed")
# a body's own affairs: not told across its boundary (design 3)
INNER = frozenset(
    {"progress", "assign_person", "extension_proposed", "extension_declined", "extension_dropped"}
    | {"own_instruction_given", "own_instruction_answered", "own_instruction_withdrawn"}
)
REPORTS = {
    "report": Report.Kind.COMPLETION,
    "progress": Report.Kind.PROGRESS,
    "record": Report.Kind.COMPLETION,
    "record_progress": Report.Kind.PROGRESS,
    "first_report": Report.Kind.PROGRESS,
}


@dataclass(frozen=True)
class Name:
    """A name in both languages, as `{% named %}` shows it."""

    name: str
    name_en: str = ""
    short_name: str = ""


@dataclass
class Line:
    """One line of a timeline, newest first."""

    move: str
    title: str
    at: datetime
    by: User | None  # None: a job
    on_behalf_of: User | None = None
    post: Post | None = None
    detail: str = ""
    day: date | None = None  # the day that the detail speaks of
    named: Name | None = None  # the person that the detail speaks of
    text: str = ""
    papers: list[Any] = field(default_factory=list)
    slip: int | None = None  # the supervision slip that the line speaks of, where its reader may open it

    @property
    def unit(self) -> Unit | None:
        """For which unit the acting person stood."""
        return self.post.unit if self.post else None

    @property
    def title_held(self) -> Name | None:
        """The acting title: the post's own, else the word for its role in the page's language."""
        if self.post is None:
            return None
        role = str(self.post.get_role_display())
        return Name(self.post.title, self.post.title_en) if self.post.title else Name(role, self.post.title_en or role)


def history(row: Assignment, reports: Sequence[Report], *, inside: bool) -> list[Line]:
    """The row's events, newest first, with the words of the reports this person may read. One query."""
    said = {(report.at, report.kind): report for report in reports}
    to = Cast(KT("changes__person__1"), BigIntegerField())
    person = User.objects.filter(pk=OuterRef("to")).values(found=JSONObject(name="name", name_en="name_en"))
    events = (
        Event.objects.filter(assignment=row)
        .select_related("by", "on_behalf_of", "post__unit")
        .alias(to=to)
        .annotate(named=Subquery(person))
    )
    return [_line(event, row, said) for event in events if inside or event.move not in INNER]


def _line(event: Event, row: Assignment, said: dict[tuple[datetime, str], Report]) -> Line:
    line = Line(
        event.move,
        str(TITLES.get(event.move, CHANGED)),
        event.at,
        event.by,
        event.on_behalf_of,
        event.post,
        text=event.reason,
    )
    if event.move in ("issued", "settled") and row.original_due_on:
        line.detail, line.day = _("Due"), row.original_due_on
    if event.move in ("dated", "event_moved") or (event.move == "issued" and event.changes.get("due_on")):
        line.detail, line.day = _("Due"), parse_date(str(event.changes.get("due_on", "")))
    if event.move == "new_date":
        line.detail, line.day = _("Due"), parse_date(str(event.changes["due_on"][1] or ""))
    if event.move == "settled":
        finished = event.changes.get("past") == "finished"
        line.detail = _("Finished earlier, on") if finished else _("New due date")
        line.day = parse_date(str(event.changes.get("day", ""))) or line.day
    if event.move in ("lengthen", "time_taken_back"):
        line.detail, line.day = _("New due date"), parse_date(str(event.changes.get("due_on", ["", ""])[1]))
    if detail := _asked(event):
        line.detail, line.day = detail
    if event.move == "return":
        line.detail, line.day = _("Supplement by"), parse_date(str(event.changes.get("supplement_by", "")))
    if event.move.startswith("slip_"):
        line.detail, line.slip = str(event.changes.get("number", "")), event.changes.get("slip")
    if event.move == "assign_person":
        found = event.named  # type: ignore[attr-defined] # fetched along
        line.named = Name(**found) if found else None
        line.detail = "" if found else _("Nobody by name any more")
    if report := said.get((event.at, REPORTS.get(event.move, ""))):
        line.text = report.text
        line.papers = report.papers  # type: ignore[attr-defined] # fetched along
        if report.late_reason:
            line.detail = _("Why it is late: %(reason)s") % {"reason": report.late_reason}
    return line


def _asked(event: Event) -> tuple[str, date | None] | None:
    """What belongs to a line about a grade, more time, help or an instruction, with its day."""
    if event.changes.get("grade"):
        return _("Grade: %(grade)s") % {"grade": event.changes["grade"]}, None
    if event.move in ("extension_proposed", "extension_asked", "extension_agreed"):
        agreed = event.move == "extension_agreed"
        return _("New due date") if agreed else _("Date asked for"), parse_date(str(event.changes["due_on"][1]))
    if event.move == "help_asked":
        return str(dict(HelpRequest.Why.choices).get(event.changes.get("why", ""), "")), None
    if event.move.endswith("instruction_given"):
        return _("Answer by"), parse_date(str(event.changes.get("day", "")))
    return None
