"""Who gets what: a plan's receivers resolved into shares. The check page counts them, publishing writes them (design 4)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from django.db.models import CharField, Q, Value
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from branches.models import BodySettings, Membership, Post, Unit, UnitGroup, User
from branches.models.words import active_q
from branches.roles import Role
from tasks import deadlines, rules
from tasks.calendar import working_days
from tasks.models import Receiver
from tasks.plans import ListPlan, Past, ReceiverPlan, Settlement, Span, StepPlan, TaskPlan
from tasks.states import DESK, ReceiverRole
from tasks.workdays import Workdays

MONTH = 31  # days; a shorter run makes a task short, and its light turns later (ux 0.3)


@dataclass(frozen=True)
class Share:
    """One assignment to be: which task, step and occurrence, for which unit (and person), as what."""

    task: int  # index in the plan
    step: int
    occurrence: int
    unit: Unit
    role: ReceiverRole
    owes_report: bool
    receiver: int  # index among the task's receivers
    due_on: date | None
    person: User | None = None


@dataclass
class Dispatch:
    """What a plan comes to on a day: shares now, how many come later, and everything a person should know first."""

    shares: list[Share] = field(default_factory=list)
    spans: dict[tuple[int, int], list[Span]] = field(default_factory=dict)
    later: int = 0  # shares that will be made when their period begins
    blockers: list[str] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    unsettled: dict[date, list[str]] = field(default_factory=dict)  # past due dates without an answer → task numbers
    past: dict[date, list[str]] = field(default_factory=dict)  # all past due dates → task numbers
    printed_only: list[tuple[str, str]] = field(default_factory=list)  # (task number, name): recorded, not counted
    desks: dict[int, set[int]] = field(default_factory=dict)  # unit → who keeps its desk
    _by_task: dict[int, list[Share]] = field(default_factory=dict, repr=False)
    _sorted: int = 0  # how many shares stand in `_by_task` already

    @property
    def units(self) -> list[Unit]:
        """The receiving units, in the order of the tree."""
        return sorted({share.unit for share in self.shares}, key=lambda unit: unit.path)

    @property
    def told(self) -> int:
        """How many people will hear of the list: whoever keeps the desk of a receiving unit that day."""
        return len({person for unit in self.units for person in self.desks.get(unit.pk, ())})

    def per_task(self, index: int) -> list[Share]:
        """The shares of one task; each is looked at once, since a list may have thousands of tasks."""
        for share in self.shares[self._sorted :]:
            self._by_task.setdefault(share.task, []).append(share)
        self._sorted = len(self.shares)
        return self._by_task.get(index, [])


class Resolver:
    """Resolves units and groups for one issuer on one day, asking the database once for all groups."""

    def __init__(self, issuer: Unit, on: date, candidates: Sequence[Unit] | None = None) -> None:
        self.issuer, self.on, self._given = issuer, on, candidates
        self._staffed: set[int] = set()
        self.desks: dict[int, set[int]] = {}  # of the units asked for: who keeps the desk, and so will be told

    @cached_property
    def _candidates(self) -> Sequence[Unit]:
        if self._given is not None:
            return self._given
        return list(UnitGroup.candidates(self.issuer.body, self.on)) if self.issuer.body else []

    def units(self, receiver: ReceiverPlan) -> list[Unit]:
        """The units a receiver stands for today, in establishment order."""
        if receiver.unit:
            return [receiver.unit]
        if receiver.group is None or self.issuer.body is None:
            return []
        return [unit for unit in self._candidates if receiver.group.takes(unit, self.issuer.body)]

    def staffed(self, units: Iterable[Unit]) -> set[int]:
        """Which of these units have somebody: a post or a branch member. One query for a whole list."""
        wanted = [unit.pk for unit in units]
        posts = (
            Post.objects.filter(active_q(self.on), unit__in=wanted, user__is_active=True)
            .exclude(role__in=[Role.TREE_ADMIN, Role.SYSTEM_ADMIN, Role.AUDITOR])
            .order_by()
            .values_list("unit_id", "user_id", "role")
        )
        members = Membership.objects.filter(active_q(self.on), branch__unit__in=wanted, user__is_active=True)
        here = members.order_by().values_list("branch__unit_id", "user_id", Value("", CharField()))
        for unit, user, role in posts.union(here):
            self._staffed.add(unit)
            if role in DESK:
                self.desks.setdefault(unit, set()).add(user)
        return self._staffed


def resolve(
    plan: ListPlan,
    on: date,
    workdays: Workdays | None = None,
    *,
    wishes: BodySettings | None = None,
    candidates: Sequence[Unit] | None = None,
) -> Dispatch:
    """Work out every share of the plan as of the day `on`. Writes nothing; a handful of queries for any length, fewer where
    the caller has the body's `wishes` and the `candidates` of its groups at hand."""
    days = workdays or working_days()
    found = Dispatch()
    resolver = Resolver(plan.issuer, on, candidates)
    wishes = wishes or BodySettings.of(plan.issuer.body)
    per_receiver = [[resolver.units(r) for r in task.receivers] for task in plan.tasks]
    staffed = resolver.staffed({unit for task in per_receiver for units in task for unit in units})
    for index, task in enumerate(plan.tasks):
        receivers = _fair(plan, task, per_receiver[index], staffed, found, on)
        for number, step in enumerate(task.steps):
            found.spans[index, number] = _spans(step, on, wishes, days)
        _shares(index, task, receivers, found, on)
        _past(plan, index, task, found, on)
    found.desks = resolver.desks
    _check_reviewers(plan, found, on)
    return found


def _spans(step: StepPlan, on: date, wishes: BodySettings, days: Workdays) -> list[Span]:
    """The occurrences of a step; one without a date for undated work; counted from today where issue starts the clock."""
    if step.from_issue:
        offset = wishes.at_once_days if step.offset is None else step.offset
        return [Span(on, deadlines.due_after(offset, step.offset_unit or "day", on, days))]
    return list(step.spans) or [Span(on, None)]


def _fair(
    plan: ListPlan, task: TaskPlan, resolved: Sequence[list[Unit]], staffed: set[int], found: Dispatch, on: date
) -> list[tuple[int, ReceiverPlan, Unit]]:
    """One row a unit: a unit in both columns is lead; units without people are printed only; foreign ones block."""
    seen: dict[int, ReceiverRole] = {}
    rows: list[tuple[int, ReceiverPlan, Unit]] = []
    leads_first = sorted(enumerate(task.receivers), key=lambda pair: pair[1].role != ReceiverRole.LEAD)
    for position, receiver in leads_first:
        if receiver.outside:
            found.printed_only.append((task.number, receiver.outside))
        for unit in resolved[position]:
            if not rules.receivable(plan.issuer, unit):
                found.blockers.append(
                    _("No. %(number)s: %(unit)s belongs to another body and cannot be given work from here")
                    % {"number": task.number, "unit": unit.local_name}
                )
            elif not unit.holds_on(on):
                found.blockers.append(
                    _("No. %(number)s: %(unit)s has ended") % {"number": task.number, "unit": unit.local_name}
                )
            elif unit.pk not in staffed or not unit.kind.has_people:
                found.printed_only.append((task.number, unit.local_name))
            elif unit.pk in seen:
                if seen[unit.pk] != receiver.role:
                    found.notices.append(
                        _("No. %(number)s: %(unit)s is named as lead and as supporting; it counts as lead")
                        % {"number": task.number, "unit": unit.local_name}
                    )
            else:
                seen[unit.pk] = receiver.role
                rows.append((position, receiver, unit))
    if not any(receiver.role == ReceiverRole.LEAD for _p, receiver, _u in rows):
        found.blockers.append(_("No. %(number)s: no lead unit that has people") % {"number": task.number})
    return rows


def _shares(
    index: int, task: TaskPlan, receivers: list[tuple[int, ReceiverPlan, Unit]], found: Dispatch, on: date
) -> None:
    for position, receiver, unit in receivers:
        if receiver.role == ReceiverRole.SUPPORT:
            last = len(task.steps) - 1
            occurrence = len(found.spans[index, last]) - 1
            span = found.spans[index, last][occurrence]
            owes = bool(receiver.owes_report)
            found.shares.append(
                Share(index, last, occurrence, unit, receiver.role, owes, position, span.due_on, receiver.person)
            )
            continue
        for number, step in enumerate(task.steps):
            for occurrence, span in enumerate(found.spans[index, number]):
                if occurrence in step.closed:
                    continue
                if step.lazy and span.starts_on > on:
                    found.later += 1
                elif span.due_on is None or unit.starts_on <= span.due_on:
                    owes = receiver.owes_report is not False
                    for person in people(receiver, unit, on):
                        found.shares.append(
                            Share(index, number, occurrence, unit, receiver.role, owes, position, span.due_on, person)
                        )


def people(receiver: ReceiverPlan | Receiver, unit: Unit, on: date) -> Sequence[User | None]:
    """Nobody by name, the person named, or every member of the branch, each with his own state."""
    if not receiver.each_member:
        return [receiver.person]
    members = Membership.objects.filter(active_q(on), branch__unit=unit, user__is_active=True).select_related("user")
    return [membership.user for membership in members] or [None]


def _past(plan: ListPlan, index: int, task: TaskPlan, found: Dispatch, on: date) -> None:
    """Due dates that have passed, and those among them that nobody has answered for (design 5)."""
    for share in found.per_task(index):
        if share.due_on is None or share.due_on >= on:
            continue
        numbers = found.past.setdefault(share.due_on, [])
        if task.number not in numbers:
            numbers.append(task.number)
        answer = plan.settlement(task.number, share.due_on)
        if not _answers(answer, share.due_on, on):
            waiting = found.unsettled.setdefault(share.due_on, [])
            if task.number not in waiting:
                waiting.append(task.number)


def _answers(answer: Settlement | None, due_on: date, on: date) -> bool:
    if answer is None:
        return False
    if answer.past == Past.NEW_DATE:
        return answer.day is not None and answer.day >= on
    return answer.past == Past.OVERDUE or (answer.day is not None and answer.day <= on)


def _check_reviewers(plan: ListPlan, found: Dispatch, on: date) -> None:
    """Nobody may review his own report: blocked with words where nobody else would be left (design 4)."""
    reviewers = {person for seat in rules.review_seats(plan.issuer, on) for person in seat.people}
    if len(reviewers) > 1:
        return
    only = next(iter(reviewers), None)
    own = [unit for unit in found.units if only is None or _serves(only, unit, on)]
    if own:
        found.blockers.append(
            _("Nobody is left to review the reports of %(units)s: appoint a second secretary, a head or a leader first")
            % {"units": pgettext("between the items of a list", ", ").join(unit.local_name for unit in own[:5])}
        )


def _serves(person: int, unit: Unit, on: date) -> bool:
    """Whether this person would also be a reporter of the unit."""
    above = [unit.path[:n] for n in range(len(unit.path), 0, -unit.steplen)]
    return (
        Post.objects.filter(active_q(on), user=person)
        .filter(Q(unit=unit) | Q(unit__path__in=above, unit__body=unit.body_id, role__in=DESK))
        .exists()
    )


def groups_for(body: Unit | None) -> list[UnitGroup]:
    """The groups a list of this body may name: the body's own before the national ones of the same name."""
    rows = UnitGroup.objects.filter(Q(body=body) | Q(body__isnull=True)).order_by("body_id")
    found: dict[str, UnitGroup] = {}
    for group in sorted(rows, key=lambda g: g.body_id is None):
        found.setdefault(group.name, group)
    return list(found.values())


def is_short(starts_on: date, due_on: date | None) -> bool:
    """Whether a run is shorter than a month (ux 0.3)."""
    return due_on is not None and (due_on - starts_on).days < MONTH
