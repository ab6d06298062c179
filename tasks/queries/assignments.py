"""What the pages around a single assignment read: the row, what came back, its history, and what belongs to it.

The body boundary is held by the querysets of the models (design 3); `Sheet.inside` only says which words a page leaves out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import CharField, ExpressionWrapper, F, OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branches.models import Membership, Post, Unit, User
from tasks.lights import Lamp, Thresholds, order_by_urgency
from tasks.models import Assignment, Evidence, Report, StoredFile, TaskFile
from tasks.queries.followup import FollowUp, follow_up, follow_up_of
from tasks.queries.history import Line, Name, history
from tasks.rules import Actor
from tasks.states import DOERS, SUSPENDED_WORD, WITH_UNIT, ReceiverRole, Stage

MANY = 200  # rows of offspring or of other units of the same task that a page shows


@dataclass(frozen=True)
class Paper:
    """A file as a page shows it, without reading its row."""

    pk: int
    name: str
    size: int
    content_type: str
    kind: str = ""

    @property
    def is_image(self) -> bool:
        """Whether it has a small picture."""
        return self.content_type in {"image/jpeg", "image/png"}

    @property
    def url(self) -> str:
        """Where it is downloaded."""
        return reverse("tasks:file", args=[self.pk])

    @property
    def thumbnail(self) -> str:
        """Where its small picture is."""
        return reverse("tasks:thumb", args=[self.pk])

    @classmethod
    def of(cls, file: StoredFile) -> Paper:
        """The same of a row in hand."""
        return cls(file.pk, file.name, file.size, file.content_type)


PAPER = {"pk": "file_id", "name": "file__name", "size": "file__size", "content_type": "file__content_type"}


def papers(found: Iterable[dict[str, Any]] | None) -> list[Paper]:
    """The files of an annotation made by `task_papers` or `report_papers`."""
    return [Paper(**one) for one in found or ()]


def task_papers(task: str) -> ArraySubquery:
    """An annotation: the files that come with the task, in one query with the row."""
    files = TaskFile.objects.filter(task=OuterRef(task)).order_by("kind", "pk")
    return ArraySubquery(files.values(found=JSONObject(**PAPER, kind="kind")))


def assignments(user: User, on: date) -> QuerySet[Assignment]:
    """Rows that `user` may open, with all that a page says of one: one query."""
    way = (
        Unit.objects.alias(whole=ExpressionWrapper(OuterRef("unit_path"), CharField()))
        .filter(whole__startswith=F("path"), body=OuterRef("body"))
        .values(found=JSONObject(name="name", name_en="name_en", short_name="short_name"))
    )
    return (
        Assignment.objects.visible_to(user, on)
        .select_related(
            "task__text",
            "list",
            "unit",
            "body",
            "issuer",
            "issuer_body",
            "person",
            "leader",
            "step",
            "review_unit",
            "heir__unit",
        )
        .annotate(way=ArraySubquery(way), task_files=task_papers("task"), **follow_up_of(user, on))
    )


def reports(row: Assignment, user: User, on: date) -> list[Report]:
    """What came back, newest first, as far as this person may read it; each with its `papers`. One query."""
    evidence = Evidence.objects.filter(report=OuterRef("pk")).order_by("pk").values(found=JSONObject(**PAPER))
    found = (
        Report.objects.visible_to(user, on)
        .filter(assignment=row)
        .select_related("by", "on_behalf_of", "post")
        .annotate(evidence_files=ArraySubquery(evidence))
    )
    for report in found:
        report.papers = papers(report.evidence_files)  # type: ignore[attr-defined] # fetched along
    return list(found)


@dataclass
class Relative:
    """A row that belongs to this one: offspring, support or lead. `url` only where the person may open it."""

    row: Assignment
    url: str = ""
    shown: bool = True  # whether its stage and dates may be shown, or the unit's name alone


@dataclass
class Sheet:
    """One assignment with everything its page says."""

    row: Assignment
    inside: bool  # the person serves the unit's side, or the row stays inside the issuing body
    lamp: Lamp
    why: str
    reports: list[Report] = field(default_factory=list)
    history: list[Line] = field(default_factory=list)
    offspring: list[Relative] = field(default_factory=list)
    others: list[Relative] = field(default_factory=list)

    @cached_property
    def follow_up(self) -> FollowUp:
        """What is asked and told about it: more time, help, clarifications, instructions."""
        return follow_up(self.row, inside=self.inside)

    @property
    def latest(self) -> Report | None:
        """The last thing that came back."""
        return self.reports[0] if self.reports else None

    @cached_property
    def way(self) -> list[Name]:
        """The unit's path inside its body; another body shows its name alone."""
        names = [Name(**one) for one in self.row.way]  # type: ignore[attr-defined] # fetched along
        return names if self.inside else names[-1:]

    @property
    def papers(self) -> list[Paper]:
        """The files that come with the task."""
        return papers(self.row.task_files)  # type: ignore[attr-defined] # fetched along

    @property
    def detail(self) -> str:
        """The exact word beside the stage."""
        return stage_detail(self.row)

    @property
    def once_late(self) -> str:
        """The mark of a miss that was made good later; a completed row says it beside its stage."""
        late = self.row.days_late
        if not late or self.row.stage == Stage.COMPLETED:
            return ""
        return ngettext("Was %(n)d day overdue", "Was %(n)d days overdue", late) % {"n": late}

    @property
    def parts_closed(self) -> int:
        """How many offspring are completed or stopped."""
        return sum(one.row.is_closed for one in self.offspring)


def stage_detail(row: Assignment) -> str:
    """What stands beside the six words (ux h.2): on time or so many days late; how it was stopped."""
    if row.stage == Stage.COMPLETED and row.due_on:
        late = row.days_late
        return ngettext("%(n)d day late", "%(n)d days late", late) % {"n": late} if late else _("On time")
    if row.stage == Stage.SUSPENDED:
        return str(SUSPENDED_WORD)
    if row.stage == Stage.STOPPED:
        return str(row.get_stop_display())
    if row.times_wanted:
        return _("%(times)d of %(wanted)d times") % {"times": row.times, "wanted": row.times_wanted}
    return ""


def number_of(row: Assignment) -> str:
    """The number a person can quote: year of the list, number of the task, number of the row."""
    return f"{row.list.year}-{row.task.number}-{row.pk}"


def barred(page: Sheet) -> set[int]:
    """Who may not judge the submission in review (I-22), from the reports that the page has read already."""
    last = next((report for report in page.reports if report.kind == Report.Kind.COMPLETION), None)
    found = {page.row.person_id, *((last.by_id, last.on_behalf_of_id) if last else ())}
    return {pk for pk in found if pk is not None}


def is_inside(row: Assignment, user: User, on: date) -> bool:
    """Whether this person reads the row from inside: from its unit's side, or without a boundary in between."""
    sight = user.sight(on)
    return not row.crosses_boundary or row.person_id == user.pk or sight.serves(row.unit_path, row.body_id, row.unit_id)


def sheet(
    row: Assignment, user: User, on: date, *, thresholds: Thresholds | None = None, related: bool = True
) -> Sheet:
    """Everything of one row from `assignments`; five queries, four without what is related to it."""
    lights = thresholds or Thresholds.load(on)
    inside = is_inside(row, user, on)
    page = Sheet(row, inside, lights.lamp(row), lights.explain(row))
    page.reports = reports(row, user, on)
    page.history = history(row, page.reports, inside=inside)
    sight = user.sight(on)
    sides = (row.unit_path, row.body_id, row.unit_id), (row.issuer_path, row.issuer_body_id, row.issuer_id)
    if not any(sight.serves(*side) for side in sides):  # his by name: he reads of a slip, and opens none
        for line in page.history:
            line.slip = None
    if related:
        _relate(page, user, on)
    return page


def _relate(page: Sheet, user: User, on: date) -> None:
    """What it was broken down into, and who supports it or is supported by it (design 3, 4)."""
    row, sight = page.row, user.sight(on)
    other = ReceiverRole.SUPPORT if row.role == ReceiverRole.LEAD else ReceiverRole.LEAD
    found = (
        Assignment.objects.filter(Q(source=row) | Q(task=row.task_id, role=other))
        .exclude(pk=row.pk)
        .select_related("unit", "task__text")
        .order_by("unit_path", "due_on", "pk")
    )
    named: set[int] = set()
    for one in found[:MANY]:
        may_open = (
            sight.serves(one.unit_path, one.body_id, one.unit_id)
            or sight.serves(one.issuer_path, one.issuer_body_id, one.issuer_id)
            or one.person_id == user.pk
        )
        url = one.get_absolute_url() if may_open else ""
        if one.source_id == row.pk:
            page.offspring.append(Relative(one, url))
        elif one.unit_id not in named or may_open:  # a unit that may only be named is named once
            named.add(one.unit_id)
            page.others.append(Relative(one, url, shown=may_open))


def people_of(row: Assignment, on: date) -> QuerySet[User]:
    """Who may be named as responsible: people with a post at the unit or below it in its body, members of the branch."""
    posts = Post.objects.active(on).filter(unit__path__startswith=row.unit_path, unit__body=row.body_id)
    members = Membership.objects.active(on).filter(branch__unit=row.unit_id)
    serving = Q(pk__in=posts.values("user_id")) | Q(pk__in=members.values("user_id"))
    return User.objects.filter(serving, is_active=True).order_by("pinyin", "name", "pk")


def own_work(actor: Actor) -> QuerySet[Assignment]:
    """What waits for this person to do: his by name, or his units' and nobody's by name; soonest first."""
    units = [hat.unit_id for hat in actor.hats if hat.role in DOERS]
    mine = Q(person=actor.user) | Q(person__isnull=True, unit__in=units, owes_report=True)
    rows = Assignment.objects.filter(mine, stage__in=WITH_UNIT).select_related("task__text")
    return rows.order_by(*order_by_urgency())


def last_report(row: Assignment, user: User, on: date) -> Report | None:
    """The report from which "use last text" takes: of this row, else of an earlier occurrence of the same step, so that a
    monthly report starts from the one before (ux C1)."""
    same = Q(assignment__step=row.step_id, assignment__unit=row.unit_id, assignment__person=row.person_id)
    readable = Report.objects.visible_to(user, on).filter(same).exclude(text="")
    evidence = Evidence.objects.filter(report=OuterRef("pk")).order_by("pk").values(found=JSONObject(**PAPER))
    found = readable.annotate(evidence_files=ArraySubquery(evidence)).order_by("-at", "-pk").first()
    if found is not None:
        found.papers = papers(found.evidence_files)  # type: ignore[attr-defined] # fetched along
    return found


def own_files(user: User, on: date, keys: Sequence[int] = (), latest: int = 12) -> list[StoredFile]:
    """A person's last uploads, to be chosen again rather than uploaded again (ux C1), and those named by `keys` that he sees."""
    mine = StoredFile.objects.filter(uploaded_by=user).order_by("-uploaded_at", "-pk")
    wanted = Q(pk__in=mine.values("pk")[:latest])
    if keys:
        wanted |= Q(pk__in=StoredFile.objects.visible_to(user, on).filter(pk__in=list(keys)).values("pk"))
    return list(StoredFile.objects.filter(wanted))


def offered_files(user: User, on: date, ticked: Sequence[int]) -> dict[str, list[Paper]]:
    """A person's files as a form offers them: those that go along, and those that were sent earlier."""
    offered = [Paper.of(file) for file in own_files(user, on, ticked)]
    return {
        "ticked": [paper for paper in offered if paper.pk in ticked],
        "earlier": [paper for paper in offered if paper.pk not in ticked],
    }
