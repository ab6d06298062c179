"""Who issues, answers and decides on a supervision slip, and by which days it is answered: questions only (design 4)."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable
from datetime import date, timedelta

from branches.models import Post, Unit, UnitGroup, User
from branches.models.units import UnitQuerySet
from branches.roles import Role
from tasks.models import Assignment, Slip
from tasks.rules import NO, Actor, Hat, Verdict, receivable
from tasks.states import DESK, DOERS

ISSUES = frozenset({*DESK, Role.LEADER})
MOST_DAYS = 60  # days of a regular answer: more than a year of weeks is a mistake


def seats(actor: Actor) -> list[Hat]:
    """The posts under which this person issues slips: desk or leader of a whole body."""
    return [hat for hat in actor.hats if hat.role in ISSUES and hat.body_id == hat.unit_id]


def may_issue_for(actor: Actor, body: Unit) -> Verdict:
    """A slip is issued by the desk or a leader of the body, a person with a post."""
    hat = next((hat for hat in seats(actor) if hat.unit_id == body.pk), None)
    return Verdict(True, hat) if hat else NO


def may_take_up(actor: Actor, row: Assignment) -> Verdict:
    """Whether a slip may be issued about this row: it is open and this person's body gave it (not what grew from it)."""
    hat = next((hat for hat in seats(actor) if hat.unit_id == row.issuer_body_id), None)
    return Verdict(True, hat) if hat and row.is_open else NO


def may_answer(actor: Actor, slip: Slip) -> Verdict:
    """The lead unit's own people answer, or a desk between it and the issuer; never the issuer for it."""
    lead, issuer = slip.lead, slip.issuer
    own = [hat for hat in actor.hats if hat.unit_id == lead.pk and hat.role in DOERS]
    above = [
        hat
        for hat in actor.hats
        if hat.role in DESK and hat.covers(lead.path, lead.body_id) and len(hat.path) > len(issuer.path)
    ]
    hat = next(iter([*own, *above]), None)
    return Verdict(True, hat) if hat else NO


def may_decide(actor: Actor, slip: Slip) -> Verdict:
    """The issuer's desk and leaders accept, ask again and withdraw."""
    return may_issue_for(actor, slip.issuer)


def leaders(body: Unit, on: date) -> list[User]:
    """Who may be named as a leader in the slip of this body: its leaders, and the heads of the body itself."""
    posts = Post.objects.filter(unit__body=body, role__in=(Role.LEADER, Role.HEAD), user__is_active=True).active(on)
    rows = posts.select_related("user", "unit").order_by("unit__path", "pk")
    return list(dict.fromkeys(p.user for p in rows if p.role == Role.LEADER or p.unit_id == body.pk))


def receivers(body: Unit, on: date) -> UnitQuerySet:
    """The units to which this body may send a slip, in establishment order: its own, and the bodies directly below."""
    return UnitGroup.candidates(body, on).filter(kind__has_people=True).exclude(pk=body.pk)


def reaches(body: Unit, units: Iterable[Unit], on: date) -> bool:
    """Whether each of the units may be named in a slip of this body on that day."""
    return all(unit.pk != body.pk and unit.holds_on(on) and receivable(body, unit) for unit in units)


def days(feedback: str, first: date, last: date) -> list[date]:
    """By which days the unit answers: the deadline alone, or each week, month or quarter after the issue until it."""
    if feedback == Slip.Feedback.ONCE:
        return [last]
    found: list[date] = []
    for turn in range(1, MOST_DAYS + 1):
        day = _after(feedback, first, turn)
        if day >= last:
            return [*found, last]
        found.append(day)
    return [*found, last]


def _after(feedback: str, first: date, turn: int) -> date:
    """The day `turn` cycles after the first one; the last day of a month where the month is shorter."""
    if feedback == Slip.Feedback.WEEKLY:
        return first + timedelta(weeks=turn)
    months = first.month - 1 + turn * (3 if feedback == Slip.Feedback.QUARTERLY else 1)
    year, month = first.year + months // 12, months % 12 + 1
    return date(year, month, min(first.day, monthrange(year, month)[1]))
