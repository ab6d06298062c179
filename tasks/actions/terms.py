"""Change of term: begun, answered, confirmed, and applied on its first day in one transaction (domain 1.13; cases.md 16).

The confirmation is the deed; a first day that lies ahead is applied by the sweep, once, under the plan's lock.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from branches import rules as tree_rules
from branches.actions import posts as post_part
from branches.actions import terms as branch_part
from branches.actions.posts import Deed
from branches.actions.terms import Order
from branches.clock import day_of
from branches.models import Branch, Membership, Post, Unit, User
from branches.writing import Conflict, NotPossible, once
from tasks import succession, terms
from tasks.actions import history
from tasks.actions.handovers import heir_of, inherit, stop_ended_work
from tasks.actions.posts import settle
from tasks.models import Assignment, PostHandover, TermPlan
from tasks.states import STOPS, Stage
from tasks.terms import ANEW, END, STOP, Answers


def begin_term(body: Unit, name: str, starts_on: date, *, by: User, op: uuid.UUID, now: datetime) -> TermPlan:
    """Begin a change of term. Raises PermissionDenied for anybody but who keeps the tree of the body, Invalid for a day that
    has passed or a name used before; NotPossible while another change is under way."""

    def write() -> dict[str, Any]:
        if TermPlan.objects.filter(term__body=body, applied_at=None).exists():
            raise NotPossible(_("A change of term of this body is under way already"))
        term = branch_part.open_term(body, name, starts_on, day_of(now), Deed(by, op, now))
        return {"plan": TermPlan.objects.create(term=term, begun_by=by, begun_at=now).pk}

    done = once(op, "begin_term", write, by=by, now=now, content=[body.pk, name, starts_on])
    return TermPlan.objects.select_related("term__body").get(pk=done["plan"])


def answer_term(
    plan: TermPlan, part: Mapping[str, Any], *, version: int, by: User, op: uuid.UUID, now: datetime
) -> TermPlan:
    """Keep what was answered on one page. Raises Conflict where another window has changed the plan."""

    def write() -> dict[str, Any]:
        row = _open(plan, by, now)
        if row.version != version:
            raise Conflict(_("Somebody else changed this in the meantime. Compare both and choose."), row=row)
        answers = {**row.answers, **part}
        TermPlan.objects.filter(pk=row.pk).update(answers=answers, version=F("version") + 1)
        return {}

    once(op, "answer_term", write, by=by, now=now, content=[plan.pk, part, version])
    plan.refresh_from_db()
    return plan


def drop_term(plan: TermPlan, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """Give a change of term up before its day; seats of the new term that a roster brought in must be gone."""

    def write() -> dict[str, Any]:
        row = TermPlan.objects.select_for_update(of=("self",)).select_related("term__body").filter(pk=plan.pk).first()
        if row is None:
            raise NotPossible(_("This change of term was given up already"))
        _keeper(row, by, now)
        if row.applied_at:
            raise NotPossible(_("This change of term has been done already"))
        if row.term.seats.exists():
            raise NotPossible(_("The new term has members already: it can be changed, not given up"))
        term = row.term
        row.delete()
        term.delete()
        return {}

    once(op, "drop_term", write, by=by, now=now, content=plan.pk)


def confirm_term(plan: TermPlan, *, version: int, by: User, op: uuid.UUID, now: datetime) -> TermPlan:
    """Confirm the change; applied at once where its first day is today, else by the sweep on the day."""

    def write() -> dict[str, Any]:
        row = _open(plan, by, now)
        if row.version != version:
            raise Conflict(_("Somebody else changed this in the meantime. Compare both and choose."), row=row)
        branch_part.check_first_day(row.term.body, row.term.starts_on, day_of(now), but=row.term_id)
        _refuse_others(row, by, now)
        row.by, row.post, row.confirmed_at, row.version = by, _keeper(row, by, now), now, row.version + 1
        row.save(update_fields=["by", "post", "confirmed_at", "version"])
        if row.term.starts_on <= day_of(now):
            _apply(row, now)
        return {}

    once(op, "confirm_term", write, by=by, now=now, content=[plan.pk, version])
    plan.refresh_from_db()
    return plan


def take_term_back(plan: TermPlan, *, by: User, op: uuid.UUID, now: datetime) -> TermPlan:
    """Open a confirmed plan again, as long as its day has not come."""

    def write() -> dict[str, Any]:
        row = TermPlan.objects.select_for_update(of=("self",)).select_related("term__body").get(pk=plan.pk)
        _keeper(row, by, now)
        still = TermPlan.objects.filter(pk=row.pk, applied_at=None, confirmed_at__isnull=False)
        if not still.update(confirmed_at=None, by=None, post=None, version=F("version") + 1):
            raise NotPossible(_("This change of term has been done already"))
        return {}

    once(op, "take_term_back", write, by=by, now=now, content=plan.pk)
    plan.refresh_from_db()
    return plan


def _open(plan: TermPlan, by: User, now: datetime) -> TermPlan:
    row = TermPlan.objects.select_for_update(of=("self",)).select_related("term__body").get(pk=plan.pk)
    _keeper(row, by, now)
    if row.applied_at:
        raise NotPossible(_("This change of term has been done already"))
    if row.confirmed_at:
        raise NotPossible(_("This change of term is confirmed: open it again to change it"))
    return row


def _keeper(row: TermPlan, by: User, now: datetime) -> Post:
    post = tree_rules.keeper(by.posts_on(day_of(now)), row.term.body_id)
    if post is None:
        raise PermissionDenied(_("Only the organisation admin of this body changes its units, people and branches"))
    return post


def _refuse_others(row: TermPlan, by: User, now: datetime) -> None:
    """What another admin gives (the post of a system admin) is not handed over here."""
    answers, held = Answers.of(row), by.posts_on(day_of(now))
    for post in terms.posts(row).filter(pk__in=answers.posts):
        if post_part.may_hand_over(held, post, post.user, by) is None:
            raise PermissionDenied(_("This role at this unit is given by another admin"))


def apply_terms_due(now: datetime) -> int:
    """Apply the confirmed changes whose first day has come; how many. For the sweep: safe twice, late, on two machines."""
    due = TermPlan.objects.filter(applied_at=None, confirmed_at__isnull=False, term__starts_on__lte=day_of(now))
    applied = 0
    for pk in list(due.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            held = TermPlan.objects.select_for_update(of=("self",), skip_locked=True).select_related("term__body", "by")
            row = held.filter(pk=pk, applied_at=None, confirmed_at__isnull=False).first()
            if row is not None:
                _apply(row, now)
                applied += 1
    return applied


def _apply(plan: TermPlan, now: datetime) -> None:
    """Everything in one transaction: seats, posts, branches with their work; then the plan says that it is done."""
    assert plan.by is not None and plan.post is not None  # noqa: S101, PT018 (the database holds this of confirmed plans)
    answers, order = Answers.of(plan), Order(plan.by, plan.post, now)
    old = list(terms.old_terms(plan).select_for_update())
    seats = list(terms.seats(plan))
    going = terms.carried(plan, answers, seats)
    told = terms.summary(plan)
    branch_part.change_seats(plan.term, old, going, order)
    ending = [row for row in terms.branches(plan) if answers.branches.get(row.pk) in (END, ANEW)]
    _change_posts(plan, answers, {row.unit_id for row in ending}, order)
    for row in ending:
        _end_branch(plan, row, answers, order)
    stop_ended_work(now)
    result = {
        "members": plan.term.seats.count(), "left": told.leaving, "ended": len(told.end), "anew": len(told.anew),
        "handed": told.handed, "passed_on": told.passed_on, "stopped": told.stopped, "to_approver": told.to_approver,
    }  # fmt: skip
    TermPlan.objects.filter(pk=plan.pk).update(applied_at=now, result=result, version=F("version") + 1)


def _change_posts(plan: TermPlan, answers: Answers, ended: set[int], order: Order) -> None:
    """Posts go to their successors, one handover for each pair of people, or end; posts of ended branches end with them."""
    rows = {post.pk: post for post in terms.posts(plan).filter(pk__in=answers.posts).exclude(unit__in=ended)}
    people = User.objects.in_bulk([to for to in answers.posts.values() if to])
    pairs: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for pk, to in answers.posts.items():
        post, successor = rows.get(pk), people.get(to) if to else None
        if post is None or (successor is not None and successor.pk == post.user_id):
            continue  # it ended meanwhile, or he succeeds himself
        if successor is None:
            _clear_names(post, plan, order)
            branch_part.end_with_term(post, plan.term, order)
            continue
        line = post_part.pass_post_on(post, successor, plan.term.starts_on, "", order.deed, order.post)
        pairs.setdefault((post.user_id, successor.pk), []).append(line)
    for (person, successor_pk), lines in pairs.items():
        plan_of = {"posts": lines, "platforms": [], "contacts": []}
        handover = PostHandover.objects.create(
            person_id=person, successor_id=successor_pk, on=plan.term.starts_on, plan=plan_of, by=order.by,
            post=order.post, at=order.now,
        )  # fmt: skip
        settle(handover, order.now)


def _clear_names(post: Post, plan: TermPlan, order: Order) -> None:
    """Work that named somebody who leaves without a successor names nobody: the desk of its unit decides anew."""
    stay = succession.stays_at(post.user, [post], plan.term.starts_on)
    named = succession.named_work(post.user, [post], stay).filter(~succession.has_it_himself(None))
    rows = list(named.select_for_update(of=("self",)).order_by("pk"))
    for row in rows:
        twin = Assignment.objects.filter(
            task=row.task_id, step=row.step_id, period=row.period_id, unit=row.unit_id, person=None
        )
        if twin.exclude(stage=Stage.STOPPED).exists():
            continue
        Assignment.objects.filter(pk=row.pk).update(person=None, version=F("version") + 1)
        changes = {"person": [post.user_id, None]}
        line = history.line(
            "assign_person", row=row, by=order.by, post=order.post, now=order.now, from_stage=row.stage,
            to_stage=row.stage, reason=_("Change of term"), changes=changes,
        )  # fmt: skip
        history.write([line])


def _end_branch(plan: TermPlan, branch: Branch, answers: Answers, order: Order) -> None:
    """A branch ends with the term; where it is founded anew, its members and its open work go on in the new one."""
    members = list(Membership.objects.active(plan.term.starts_on).filter(branch=branch))
    branch_part.end_of_term(branch, plan.term, order)
    new = None
    if answers.branches[branch.pk] == ANEW:
        new = branch_part.found_anew(branch, members, plan.term, order)
    what = answers.work.get(branch.pk)
    if what == STOP:
        _stop_work(branch.unit, "terminate", order)
    elif isinstance(what, int):
        to = terms.heirs(plan, {branch.unit_id}).filter(pk=what).first()
        if to is not None:
            _pass_work(branch.unit, to, order)
    elif new is not None:
        _pass_work(branch.unit, new.unit, order)


def _stop_work(unit: Unit, move: str, order: Order) -> list[Assignment]:
    """Stop what is open with a unit, each row with its line of history; the rows as they stood."""
    rows = list(terms.open_work(unit.pk).select_for_update(of=("self",)).select_related("step").order_by("pk"))
    reason = _("Change of term")
    Assignment.objects.filter(pk__in=[row.pk for row in rows]).update(
        stage=Stage.STOPPED, stop=STOPS[move], stop_reason=reason, suspended_from="", version=F("version") + 1
    )
    history.write(
        history.line(
            move, row=row, by=order.by, post=order.post, now=order.now, from_stage=row.stage, to_stage=Stage.STOPPED,
            reason=reason,
        )
        for row in rows
    )  # fmt: skip
    return rows


def _pass_work(unit: Unit, to: Unit, order: Order) -> None:
    """Open work of a branch that ends goes on with another unit, with the same dates (cases.md 9, 16)."""
    to = Unit.objects.select_related("body", "kind").get(pk=to.pk)
    for row in _stop_work(unit, "hand_over", order):
        heir = heir_of(row, to, day_of(order.now))
        inherit(row, heir, reason=_("Change of term"), later=True, by=order.by, post=order.post, op=None, now=order.now)
