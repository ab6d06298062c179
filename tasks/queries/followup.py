"""What pages read of requests for more time and help, clarifications and instructions: of one row, and what waits for whom.

Nothing of a request is read above before its unit's head has passed it on (design 3); instructions hold their own boundary.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, Q, QuerySet
from django.db.models.functions import JSONObject
from django.utils.dateparse import parse_date, parse_datetime

from branches.models import User
from branches.roles import Role
from tasks.asking import LEADS
from tasks.models import Assignment, Clarification, Extension, HelpRequest, Instruction, StoredFile
from tasks.models.followup import InstructionQuerySet
from tasks.rules import Actor
from tasks.states import CLOSED, DESK, DOERS, REVIEWERS

NOTHING = Q(pk__in=[])
SHOWN = 100  # open ones of one kind on a page
BY = {"by_id": "by_id", "by_name": "by__name", "by_name_en": "by__name_en", "at": "at"}
ASKED = {"pk": "pk", "state": "state", "due_on": "due_on", "wished_on": "wished_on", "reason": "reason",
         "progress": "progress", "higher": "higher", "decide_by": "decide_by", **BY}  # fmt: skip
HELP = {"pk": "pk", "state": "state", "why": "why", "text": "text", **BY}
PAPER = {"file_id": "file_id", "name": "file__name", "size": "file__size", "content_type": "file__content_type"}
WORDS = {"pk": "pk", "text": "text", "paper": JSONObject(**PAPER), **BY}
GIVEN = {"pk": "pk", "state": "state", "text": "text", "due_on": "due_on", "unit_id": "unit_id", **BY}


@dataclass
class FollowUp:
    """What is open about one row, and what its issuer told every receiver."""

    row: Assignment
    extension: Extension | None = None
    help: HelpRequest | None = None
    instructions: list[Instruction] = field(default_factory=list)
    clarifications: list[Clarification] = field(default_factory=list)


def follow_up_of(user: User, on: date) -> dict[str, ArraySubquery]:
    """Annotations that bring all this with the row itself: no query more. `follow_up` reads them."""
    row = OuterRef("pk")
    asked = Extension.objects.filter(assignment=row, state__in=["at_unit", "asked"])
    helps = HelpRequest.objects.filter(assignment=row, state=HelpRequest.State.OPEN)
    given = Instruction.objects.visible_to(user, on).open().filter(assignment=row).order_by("due_on", "pk")
    parts: dict[str, tuple[Any, dict[str, str]]] = {
        "asked_time": (asked, ASKED),
        "asked_help": (helps, HELP),
        "given_words": (given, GIVEN),
    }
    found = {name: ArraySubquery(rows.values(found=JSONObject(**shown))) for name, (rows, shown) in parts.items()}
    return {**found, "told_all": told_all("task")}


def told_all(task: str) -> ArraySubquery:
    """An annotation: what the issuer told every receiver of the task, newest first."""
    rows = Clarification.objects.filter(task=OuterRef(task)).order_by("-at", "-pk")
    return ArraySubquery(rows.values(found=JSONObject(**WORDS)))


def clarifications(found: Any) -> list[Clarification]:
    """The annotation of `told_all` as rows, each with its file."""
    return [_told(dict(one)) for one in found.told_all]


def _told(values: dict[str, Any]) -> Clarification:
    paper = values.pop("paper")
    told: Clarification = _made(Clarification, values, None)
    if paper["file_id"]:
        told.file = StoredFile(pk=paper.pop("file_id"), **paper)
    return told


def follow_up(row: Assignment, *, inside: bool) -> FollowUp:
    """The annotations of a row as the rows they came from."""
    found: Any = row
    page = FollowUp(row)
    for one in found.asked_time:
        asked = _made(Extension, one, row)
        page.extension = asked if inside or asked.passed_on else None
    for one in found.asked_help:
        page.help = _made(HelpRequest, one, row)
    page.instructions = [_made(Instruction, one, row) for one in found.given_words]
    page.clarifications = clarifications(row)
    return page


def _made(model: Any, values: dict[str, Any], row: Assignment | None) -> Any:
    """A row of `model` from what an annotation brought, with the name of whoever wrote it."""
    values = dict(values)
    by = User(pk=values.pop("by_id"), name=values.pop("by_name"), name_en=values.pop("by_name_en"))
    for name in ("due_on", "wished_on", "decide_by"):
        if values.get(name):
            values[name] = parse_date(values[name])
    values["at"] = parse_datetime(values["at"])
    about = {"assignment": row} if row is not None else {}
    return model(**values, **about, by=by)


def issued_by(actor: Actor, roles: frozenset[Role], *, above: bool = False) -> Q:
    """Rows (reached through `assignment`) whose issuer these hats cover; with `above` only from a unit above it."""
    hats = [hat for hat in actor.hats if hat.role in roles and hat.body_id is not None]
    parts = [
        Q(assignment__issuer_body=hat.body_id, assignment__issuer_path__startswith=hat.path)
        & (~Q(assignment__issuer_path=hat.path) if above else Q())
        for hat in hats
    ]
    return reduce(or_, parts, NOTHING) if parts else NOTHING


def done_by(actor: Actor, roles: frozenset[Role]) -> Q:
    """Rows (reached through `assignment`) that these hats answer for, and rows that are this person's by name."""
    parts = [
        Q(assignment__unit_path__startswith=hat.path, assignment__body=hat.body_id)
        if hat.role in DESK
        else Q(assignment__unit=hat.unit_id)
        for hat in actor.hats
        if hat.role in roles and hat.body_id is not None
    ]
    return reduce(or_, parts, Q(assignment__person=actor.user))


def to_decide(actor: Actor) -> QuerySet[Extension]:
    """Requests for more time that wait for this person, the oldest decision day first; never his own (I-22)."""
    desk = Q(higher=False) & issued_by(actor, DESK)
    higher = Q(higher=True) & (issued_by(actor, LEADS) | issued_by(actor, DESK, above=True))
    rows = Extension.objects.waiting().filter(desk | higher)
    return rows.exclude(by=actor.user).exclude(assignment__person=actor.user).order_by("decide_by", "pk")


def to_pass_on(actor: Actor) -> QuerySet[Extension]:
    """Requests that wait for this head of the unit."""
    parts = [
        Q(assignment__unit_path__startswith=hat.path, assignment__body=hat.body_id)
        for hat in actor.hats
        if hat.role == Role.HEAD and hat.body_id is not None
    ]
    return Extension.objects.at_unit().filter(reduce(or_, parts, NOTHING)).order_by("asked_on", "pk")


def to_help(actor: Actor) -> QuerySet[HelpRequest]:
    """Requests for help that wait for this person as issuer, oldest first."""
    rows = HelpRequest.objects.waiting().filter(issued_by(actor, REVIEWERS)).exclude(by=actor.user)
    return rows.order_by("at", "pk")


def to_answer(actor: Actor, on: date) -> QuerySet[Instruction]:
    """Open instructions to the units whose desk this person keeps, the soonest first."""
    parts = [
        Q(unit__path__startswith=hat.path, unit__body=hat.body_id)
        for hat in actor.hats
        if hat.role in DESK and hat.body_id is not None
    ]
    rows = Instruction.objects.open().filter(reduce(or_, parts, NOTHING)).exclude(by=actor.user)
    return rows.order_by("due_on", "pk")


def of_ours(actor: Actor) -> tuple[QuerySet[HelpRequest], QuerySet[Extension]]:
    """What the side of this person asked and waits for."""
    ours = done_by(actor, DOERS)
    asked = Extension.objects.filter(ours, state__in=["at_unit", "asked"]).exclude(assignment__stage__in=CLOSED)
    helps = HelpRequest.objects.waiting().filter(ours)
    return helps.order_by("at", "pk"), asked.order_by("asked_on", "pk")


def with_row(rows: QuerySet[Any]) -> list[Any]:
    """Requests with what a line of them says; one query."""
    return list(
        rows.select_related(
            "assignment__task__text", "assignment__task__list", "assignment__unit", "assignment__issuer", "by"
        )[:SHOWN]
    )


def extensions(user: User, on: date) -> QuerySet[Extension]:
    """Requests for more time that `user` may open: his own side's, and those passed on about rows that his side gave."""
    sight: Any = user.sight(on)
    own = sight.q("assignment__unit_path", "assignment__body_id", "assignment__unit_id") | Q(assignment__person=user)
    given = sight.q("assignment__issuer_path", "assignment__issuer_body_id", "assignment__issuer_id")
    return Extension.objects.filter(own | (given & Q(decide_by__isnull=False))).select_related(
        "assignment__task__text",
        "assignment__task__list",
        "assignment__unit",
        "assignment__issuer",
        "assignment__period",
        "assignment__source",
        "by",
        "post__unit",
        "head",
        "ended_by",
    )


def helps(user: User, on: date) -> QuerySet[HelpRequest]:
    """Requests for help about rows that `user` may open; a lower body's inner ones are about rows that he does not see."""
    seen = Assignment.objects.visible_to(user, on)
    return HelpRequest.objects.filter(assignment__in=seen).select_related(
        "assignment__task__text",
        "assignment__task__list",
        "assignment__unit",
        "assignment__issuer",
        "by",
        "post__unit",
        "ended_by",
        "ended_post__unit",
    )


def instructions(user: User, on: date) -> InstructionQuerySet:
    """Instructions that `user` reads, with what a page says of one."""
    return Instruction.objects.visible_to(user, on).select_related(
        "unit", "issuer", "by", "post__unit", "ended_by", "ended_post__unit", "assignment__task__text", "task__text"
    )
