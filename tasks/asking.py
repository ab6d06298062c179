"""Who asks for more time or help, who decides, who gives and answers instructions: questions only (design 3, 4; I-20, I-22)."""

from __future__ import annotations

from datetime import date

from branches.models import BodySettings, Post, Unit
from branches.models.words import active_q
from branches.roles import Role
from tasks.models import Assignment, Extension, HelpRequest, Instruction
from tasks.rules import NO, Actor, Hat, Verdict, on_side, receivable
from tasks.states import DESK, REVIEWERS, WITH_UNIT

LEADS = frozenset({Role.LEADER})


def _verdict(hat: Hat | None) -> Verdict:
    return Verdict(True, hat) if hat else NO


def does(actor: Actor, row: Assignment) -> Verdict:
    """Whoever may report on the row may ask for more time or for help with it."""
    return on_side(actor, row, "progress")


def may_ask_time(actor: Actor, row: Assignment, on: date) -> Verdict:
    """More time is asked for dated work that is with its unit, on its due day at the latest (I-20)."""
    in_time = row.due_on is not None and on <= row.due_on
    return does(actor, row) if row.stage in WITH_UNIT and row.owes_report and in_time else NO


def may_ask_help(actor: Actor, row: Assignment) -> Verdict:
    """Help is asked for open work, overdue or not."""
    return does(actor, row) if row.is_open else NO


def heads_of(row: Assignment, on: date) -> set[int]:
    """The heads who agree before their unit asks: of the unit itself, or of the nearest unit above it in its body."""
    above = [row.unit_path[:n] for n in range(len(row.unit_path), 0, -Unit.steplen)]
    posts = Post.objects.filter(
        active_q(on), unit__path__in=above, unit__body=row.body_id, role=Role.HEAD, user__is_active=True
    ).values_list("unit__path", "user_id")
    nearest = max((len(path) for path, _user in posts), default=0)
    return {user for path, user in posts if len(path) == nearest}


def passes_on(actor: Actor, row: Assignment) -> Verdict:
    """A head of the unit that asks, or of one above it in its body."""
    return _verdict(actor.hat_for({Role.HEAD}, row.unit_path, row.body_id))


def decides(actor: Actor, asked: Extension) -> Verdict:
    """The issuer's desk, or one level higher: a leader, or the desk of a unit above; never who asked or whom it is for."""
    row = asked.assignment
    if actor.user.pk in (asked.by_id, row.person_id):
        return NO
    if not asked.higher:
        return _verdict(actor.hat_for(DESK, row.issuer_path, row.issuer_body_id))
    return _verdict(actor.hat_for(LEADS, row.issuer_path, row.issuer_body_id) or _desk_above(actor, row))


def _desk_above(actor: Actor, row: Assignment) -> Hat | None:
    hats = (hat for hat in actor.hats if hat.role in DESK and hat.covers(row.issuer_path, row.issuer_body_id))
    return next((hat for hat in hats if hat.path != row.issuer_path), None)


def deciders(row: Assignment, barred: set[int], on: date) -> tuple[bool, bool]:
    """Whether somebody at the issuer's desk, and whether somebody one level higher, could decide; one query."""
    above = [row.issuer_path[:n] for n in range(len(row.issuer_path), 0, -Unit.steplen)]
    posts = Post.objects.filter(
        active_q(on), unit__path__in=above, unit__body=row.issuer_body_id, role__in=REVIEWERS, user__is_active=True
    ).values_list("unit__path", "role", "user_id")
    found = [(path, role) for path, role, user in posts if user not in barred]
    desk = any(role in DESK for _path, role in found)
    return desk, any(role == Role.LEADER or path != row.issuer_path for path, role in found)


def is_decided_higher(row: Assignment, wishes: BodySettings, barred: set[int], on: date) -> bool | None:
    """Whether this request goes one level higher: the second one where the body wants it, or where nobody else is left at
    the desk. None: nobody could decide at all."""
    desk, higher = deciders(row, barred, on)
    if not desk and not higher:
        return None
    return higher and (not desk or (wishes.extension_higher and row.extensions >= 1))


def answers_help(actor: Actor, asked: HelpRequest) -> Verdict:
    """The issuer's desk or its leaders, never the one who asked."""
    row = asked.assignment
    if actor.user.pk == asked.by_id:
        return NO
    return _verdict(actor.hat_for(REVIEWERS, row.issuer_path, row.issuer_body_id))


def may_instruct(actor: Actor, unit: Unit, row: Assignment | None = None) -> Verdict:
    """A leader instructs the units he leads, the bodies directly below his own, and units about work that his side gave."""
    if hat := actor.hat_for(LEADS, unit.path, unit.body_id):
        return Verdict(True, hat)
    if row is not None and (hat := actor.hat_for(LEADS, row.issuer_path, row.issuer_body_id)):
        return Verdict(True, hat)
    bodies = (hat for hat in actor.hats if hat.role == Role.LEADER and hat.unit_id == hat.body_id and hat.post)
    return _verdict(next((hat for hat in bodies if hat.post and receivable(hat.post.unit, unit)), None))


def answers_instruction(actor: Actor, given: Instruction) -> Verdict:
    """The desk of the unit, never the leader who wrote it."""
    return NO if actor.user.pk == given.by_id else _verdict(actor.desk_of(given.unit))
