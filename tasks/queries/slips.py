"""What the pages of supervision slips read: the register, one slip with its answers day by day, and who may open its tasks."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Case, F, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import JSONObject

from branches.models import Unit, User
from tasks.models import Assignment, Slip, SlipDue, SlipNote, SlipState, StoredFile
from tasks.models.slips import issued_q, led_q
from tasks.queries.history import Name

PEOPLE = {"name": "user__name", "name_en": "user__name_en"}
UNITS = {"name": "unit__name", "name_en": "unit__name_en"}
FILES = {"pk": "storedfile_id", "name": "storedfile__name", "size": "storedfile__size"}
SIDES = ("issued", "received")


@dataclass(frozen=True)
class SlipFile:
    """A file of a slip or of an answer."""

    pk: int
    name: str
    size: int


def slips(user: User, on: date) -> QuerySet[Slip]:
    """Slips that this person reads, with all that stands on their paper: one query."""

    def through(field: Any, shown: dict[str, str]) -> ArraySubquery:
        rows = field.through.objects.filter(slip=OuterRef("pk")).order_by("pk")
        return ArraySubquery(rows.values(found=JSONObject(**shown)))

    return (
        Slip.objects.visible_to(user, on)
        .with_standing()
        .select_related("body", "issuer", "lead", "task__text", "task__list", "instructed_by", "by", "post")
        .annotate(
            support_units=through(Slip.supports, UNITS),
            leading_people=through(Slip.leading, PEOPLE),
            supporting_people=through(Slip.supporting, PEOPLE),
            own_files=through(Slip.files, FILES),
        )
    )


@dataclass
class Day:
    """One day of answers: what was said, and whose turn it is."""

    due: SlipDue
    notes: list[SlipNote]
    problem: str = ""  # what was refused about a decision on it, and the words typed there
    typed: str = ""

    @property
    def last(self) -> SlipNote | None:
        """What was said last."""
        return self.notes[-1] if self.notes else None

    @property
    def awaits_answer(self) -> bool:
        """Whether the unit has still to answer."""
        return self.last is None or self.last.kind == SlipNote.Kind.AGAIN

    @property
    def awaits_decision(self) -> bool:
        """Whether an answer lies with the issuer."""
        return self.last is not None and self.last.kind == SlipNote.Kind.ANSWER


@dataclass
class SlipSheet:
    """One slip with everything its page says."""

    slip: Slip
    state: str
    rows: list[tuple[Assignment, bool]]  # each with whether this person may open it
    days: list[Day] = field(default_factory=list)
    withdrawn: SlipNote | None = None
    reads_answers: bool = False

    @property
    def state_word(self) -> str:
        """The state in words."""
        return str(SlipState(self.state).label)

    @property
    def is_open(self) -> bool:
        """Whether something is still to come."""
        return self.state in (SlipState.WAITING, SlipState.ANSWERED)

    @property
    def next_day(self) -> Day | None:
        """The soonest day without a standing answer."""
        return next((day for day in self.days if day.awaits_answer), None) if self.is_open else None


def names(found: list[dict[str, str]]) -> list[Name]:
    """The people or units of an annotation of `slips`."""
    return [Name(**one) for one in found]


def files(found: list[dict[str, Any]]) -> list[SlipFile]:
    """The files of an annotation of `slips` or of a note."""
    return [SlipFile(**one) for one in found]


def sheet(slip: Slip, user: User, on: date) -> SlipSheet:
    """One row of `slips` with its tasks and answers; three queries. A unit that only supports it reads no answers."""
    sight = user.sight(on)
    rows = slip.assignments.select_related("task__text", "unit", "step").order_by("task__position", "due_on", "pk")
    may_open = [
        (
            row,
            sight.serves(row.unit_path, row.body_id, row.unit_id)
            or sight.serves(row.issuer_path, row.issuer_body_id, row.issuer_id)
            or row.person_id == user.pk,
        )
        for row in rows
    ]
    served = [
        (slip.issuer.path, slip.issuer.body_id, slip.issuer_id),
        (slip.lead.path, slip.lead.body_id, slip.lead_id),
    ]
    page = SlipSheet(slip, slip.state, may_open)  # type: ignore[attr-defined] # annotated
    page.reads_answers = any(sight.serves(*one) for one in served)
    said: dict[int | None, list[SlipNote]] = defaultdict(list)
    attached = SlipNote.files.through.objects.filter(slipnote=OuterRef("pk")).order_by("pk")
    notes = slip.notes.select_related("by", "post__unit").annotate(
        own_files=ArraySubquery(attached.values(found=JSONObject(**FILES)))
    )
    for note in notes.order_by("at", "pk"):
        note.papers = files(note.own_files)  # type: ignore[attr-defined] # fetched along
        said[note.due_id].append(note)
    page.withdrawn = next(iter(said.pop(None, [])), None)
    shown = said if page.reads_answers else {}
    page.days = [Day(due, shown.get(due.pk, [])) for due in slip.dues.all()]
    return page


def file_of(slip: Slip, pk: int, user: User, on: date) -> StoredFile | None:
    """A file of this slip, or of an answer where this person reads the answers."""
    sight = user.sight(on)
    reads = Q(pk__in=Slip.files.through.objects.filter(slip=slip).values("storedfile"))
    if Slip.objects.filter(issued_q(sight) | led_q(sight), pk=slip.pk).exists():
        reads |= Q(pk__in=SlipNote.files.through.objects.filter(slipnote__slip=slip).values("storedfile"))
    return StoredFile.objects.filter(reads, pk=pk).first()


def register(
    user: User, on: date, *, side: str = "", state: str = "", level: int = 0, year: int = 0, unit: int = 0
) -> QuerySet[Slip]:
    """Slips in order of urgency: those that wait, then those answered, then the rest; newest first. One query."""
    rows = Slip.objects.visible_to(user, on).with_standing().select_related("lead", "issuer")
    if side in SIDES:
        sight = user.sight(on)
        ours = issued_q(sight)
        rows = rows.filter(ours if side == "issued" else led_q(sight) & ~ours)
    if state:
        rows = rows.filter(Q(state=state))
    for name, value in (("level", level), ("year", year), ("lead", unit)):
        if value:
            rows = rows.filter(**{name: value})
    turn = Case(
        When(state=SlipState.ANSWERED, then=Value(0)),
        When(state=SlipState.WAITING, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return rows.order_by(turn, F("at").desc(), F("pk").desc())


def filters(user: User, on: date) -> tuple[list[int], list[tuple[int, str]], list[Unit]]:
    """Years, levels as they are called, and lead units that occur among the slips this person reads; two queries."""
    seen = Slip.objects.visible_to(user, on).order_by()
    years: set[int] = set()
    levels: dict[int, dict[str, None]] = defaultdict(dict)
    for year, level, name in seen.values_list("year", "level", "level_name").distinct():
        years.add(year)
        levels[level][name] = None
    units = Unit.objects.filter(pk__in=seen.values("lead"))
    return sorted(years, reverse=True), [(level, " / ".join(levels[level])) for level in sorted(levels)], list(units)


def chosen_rows(keys: list[int], user: User, on: date) -> list[Assignment]:
    """The rows for which a slip is to be written, as far as this person sees them; one query."""
    rows = Assignment.objects.visible_to(user, on).filter(pk__in=keys)
    return list(
        rows.select_related("task__text", "list", "unit__body", "issuer_body", "leader").order_by(
            "task__position", "pk"
        )
    )
