"""A change of term as it stands on paper: what goes on by itself, what was answered, and what that will do (domain 1.13).

The answers name only what does not stay, so that whoever has nothing to say has nothing to press.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet

from branches.models import Branch, BranchState, CppccMembership, Post, Term, Unit
from branches.models.words import active_q
from tasks.models import Assignment, TermPlan
from tasks.states import WITH_UNIT, Stage

STEPS = ("members", "branches", "posts", "work", "summary")
LEAVES = (*WITH_UNIT, Stage.SUSPENDED)  # what was handed in before the term ends may still be reviewed
END, ANEW, STOP = "end", "anew", "stop"


@dataclass(frozen=True)
class Answers:
    """What does not stay. `carried` is None as long as nobody looked at the members: then all go on, or, where a roster of
    the new term was read in, nobody but who is on it."""

    carried: frozenset[int] | None
    branches: Mapping[int, str]  # branch: end | anew
    posts: Mapping[int, int | None]  # post: the successor, or None where it only ends
    work: Mapping[int, int | str]  # branch that ends: the unit that goes on with its work, or stop

    @classmethod
    def of(cls, plan: TermPlan) -> Answers:
        """As stored."""
        stored = plan.answers
        carried = stored.get("carried")
        return cls(
            None if carried is None else frozenset(carried),
            {int(key): value for key, value in stored.get("branches", {}).items()},
            {int(key): value for key, value in stored.get("posts", {}).items()},
            {int(key): value for key, value in stored.get("work", {}).items()},
        )


def old_terms(plan: TermPlan) -> QuerySet[Term]:
    """The terms of the body that end when this one begins."""
    day = plan.term.starts_on
    running = Q(ends_on=None) | Q(ends_on__gt=day)
    return Term.objects.filter(running, body=plan.term.body_id, starts_on__lte=day).exclude(pk=plan.term_id)


def _seat(plan: TermPlan) -> Q:
    """A seat of an old term that runs until it ends."""
    return (Q(ends_on=None) | Q(ends_on__gt=plan.term.starts_on)) & Q(term__in=old_terms(plan))


def seats(plan: TermPlan) -> QuerySet[CppccMembership]:
    """Who has a seat when the old term ends."""
    return CppccMembership.objects.filter(_seat(plan)).select_related("user", "sector").order_by("user__pinyin", "pk")


def carried(plan: TermPlan, answers: Answers, rows: list[CppccMembership]) -> list[CppccMembership]:
    """Those of the old term who go on, without who has a seat of the new term already."""
    new = set(CppccMembership.objects.filter(term=plan.term_id).values_list("user_id", flat=True))
    if answers.carried is None:
        return [] if new else rows
    return [row for row in rows if row.pk in answers.carried and row.user_id not in new]


@dataclass(frozen=True)
class Turnover:
    """Users by what the change means for their seat: in both terms, in the new one only, in the old one only."""

    stay: frozenset[int]
    come: frozenset[int]
    leave: frozenset[int]

    @classmethod
    def of(cls, plan: TermPlan, answers: Answers) -> Turnover:
        """Who was read in for the new term goes on as well as who is ticked. One query."""
        rows = CppccMembership.objects.filter(_seat(plan) | Q(term=plan.term_id)).values_list(
            "pk", "user_id", "term_id"
        )
        new = frozenset(user for _pk, user, term in rows if term == plan.term_id)
        old = {pk: user for pk, user, term in rows if term != plan.term_id}
        ticked = answers.carried if answers.carried is not None else (() if new else old)
        stay = frozenset(old[pk] for pk in ticked if pk in old) | (new & frozenset(old.values()))
        return cls(stay, new - stay, frozenset(old.values()) - stay)


def branches(plan: TermPlan) -> QuerySet[Branch]:
    """The branches of the body that live when the term changes, each with its open work."""
    day = plan.term.starts_on
    rows = Branch.objects.filter(active_q(day, "unit__"), unit__body=plan.term.body_id).exclude(state=BranchState.ENDED)
    waiting = Count("unit__assignments", filter=Q(unit__assignments__stage__in=LEAVES))
    return rows.select_related("unit__body", "type", "platform").annotate(open=waiting).order_by("unit__path")


def posts(plan: TermPlan) -> QuerySet[Post]:
    """The posts of the body that run when the term changes."""
    rows = Post.objects.filter(active_q(plan.term.starts_on), unit__body=plan.term.body_id, user__is_active=True)
    return rows.select_related("unit__body", "user").order_by("unit__path", "pk")


def heirs(plan: TermPlan, leaving: set[int]) -> QuerySet[Unit]:
    """Units of the body that can go on with work: those with people, without branches that end."""
    rows = Unit.objects.filter(active_q(plan.term.starts_on), body=plan.term.body_id, kind__has_people=True)
    return rows.exclude(pk__in=leaving).order_by("path")


def open_work(unit: int) -> QuerySet[Assignment]:
    """What is open with a unit and was not handed in."""
    return Assignment.objects.filter(unit=unit, stage__in=LEAVES)


@dataclass(frozen=True)
class Summary:
    """What the change will do, in numbers."""

    carried: int
    leaving: int
    new: int
    stay: int
    end: list[Branch]
    anew: list[Branch]
    handed: int
    ended_posts: int
    staying_posts: int
    passed_on: int
    stopped: int
    to_approver: int


def summary(plan: TermPlan) -> Summary:
    """The same that applying will do; four queries."""
    answers = Answers.of(plan)
    people = Turnover.of(plan, answers)
    here = list(branches(plan))
    ending = [row for row in here if answers.branches.get(row.pk) in (END, ANEW)]
    anew = [row for row in ending if answers.branches[row.pk] == ANEW]
    running = set(posts(plan).exclude(unit__in=[row.unit_id for row in ending]).values_list("pk", flat=True))
    told = {post: to for post, to in answers.posts.items() if post in running}
    passed = stopped = left = 0
    for row in ending:
        what = answers.work.get(row.pk, "heir" if row in anew else "")
        number = row.open  # type: ignore[attr-defined] # counted by `branches`
        passed, stopped, left = (
            (passed, stopped + number, left)
            if what == STOP
            else (passed + number, stopped, left)
            if what
            else (passed, stopped, left + number)
        )
    return Summary(
        carried=len(people.stay),
        leaving=len(people.leave),
        new=len(people.come),
        stay=len(here) - len(ending),
        end=[row for row in ending if row not in anew],
        anew=anew,
        handed=sum(to is not None for to in told.values()),
        ended_posts=sum(to is None for to in told.values()),
        staying_posts=len(running) - len(told),
        passed_on=passed,
        stopped=stopped,
        to_approver=left,
    )


@dataclass(frozen=True)
class TermPage:
    """A term as it was: read long after it ended."""

    seats: list[CppccMembership]
    branches: list[Branch]
    posts: list[Post]


def of_term(term: Term, on: date) -> TermPage:
    """Its members, the branches that lived and the posts that were held in its days; three queries."""
    until = term.ends_on
    lived = Q(unit__starts_on__lt=until) if until else Q()
    lived &= Q(unit__ends_on=None) | Q(unit__ends_on__gt=term.starts_on)
    held = Q(starts_on__lt=until) if until else Q(starts_on__lte=max(on, term.starts_on))
    held &= Q(ends_on=None) | Q(ends_on__gt=term.starts_on)
    people = CppccMembership.objects.filter(term=term).select_related("user", "sector", "contact")
    found = Branch.objects.filter(lived, unit__body=term.body_id).select_related("unit", "type")
    served = Post.objects.filter(held, unit__body=term.body_id).select_related("unit", "user")
    return TermPage(
        list(people.order_by("user__pinyin", "pk")),
        list(found.order_by("unit__path", "unit__starts_on")),
        list(served.order_by("unit__path", "starts_on", "pk")),
    )
