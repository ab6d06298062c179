"""The words for where an assignment stands, the arrows between them, and who may walk them (design 4).

Imports nothing of ours but the names of roles. Six words on screen stand for the stages and stops below (ux 0.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from branches.roles import Role


class Stage(models.TextChoices):
    """Where an assignment stands; set by people's moves, never computed."""

    ISSUED = "issued", pgettext_lazy("stage", "Not started")
    ACKNOWLEDGED = "acknowledged", pgettext_lazy("stage", "Not started")
    IN_PROGRESS = "in_progress", pgettext_lazy("stage", "In progress")
    REPORTED = "reported", pgettext_lazy("stage", "In review")
    RETURNED = "returned", pgettext_lazy("stage", "Needs more information")
    COMPLETED = "completed", pgettext_lazy("stage", "Completed")
    SUSPENDED = "suspended", pgettext_lazy("stage", "Stopped")
    STOPPED = "stopped", pgettext_lazy("stage", "Stopped")


class Stop(models.TextChoices):
    """Why an assignment was stopped; always with a reason in words."""

    CANCELLED = "cancelled", pgettext_lazy("stop", "cancelled")
    TERMINATED = "terminated", pgettext_lazy("stop", "terminated")
    NOT_APPLICABLE = "not_applicable", pgettext_lazy("stop", "not applicable")
    HANDED_OVER = "handed_over", pgettext_lazy("stop", "handed over")
    BRANCH_ENDED = "branch_ended", pgettext_lazy("stop", "branch ended")
    UNIT_MOVED = "unit_moved", pgettext_lazy("stop", "unit moved away")


SUSPENDED_WORD = pgettext_lazy("stop", "suspended")

WITH_UNIT = (Stage.ISSUED, Stage.ACKNOWLEDGED, Stage.IN_PROGRESS, Stage.RETURNED)  # someone below has to act
OPEN = (*WITH_UNIT, Stage.REPORTED, Stage.SUSPENDED)  # suspended and in review are parts of open (design 7)
CLOSED = (Stage.COMPLETED, Stage.STOPPED)


class Side(StrEnum):
    """On which side of an assignment a mover must stand; `tasks.rules` answers whether somebody does."""

    DOER = "doer"  # serves the unit that does it, or is the person it is for
    UNIT_DESK = "unit_desk"  # keeps the desk of the unit that does it (signs, breaks down, hands on)
    REVIEWER = "reviewer"  # the reviewer of design 4, never the author
    ISSUER = "issuer"  # keeps the desk of the issuing unit or of one above it in the same body
    SYSTEM = "system"  # a job


@dataclass(frozen=True)
class Move:
    """One arrow: from where, to where, from which side, by which roles, and whether words are needed."""

    sources: Sequence[Stage]
    target: Stage | None  # None: the stage stays (a note) or goes back to where it was (resume)
    side: Side
    roles: frozenset[Role]
    needs_reason: bool = False
    to_bodies_only: bool = False


DESK = frozenset({Role.SECRETARY, Role.HEAD})
DOERS = frozenset({Role.SECRETARY, Role.HEAD, Role.MEMBER, Role.LIAISON})  # leaders read, instruct and review
REVIEWERS = frozenset({Role.SECRETARY, Role.HEAD, Role.LEADER})
NOBODY: frozenset[Role] = frozenset()

ANY_OPEN = OPEN
MOVES: dict[str, Move] = {
    "sign": Move((Stage.ISSUED,), Stage.ACKNOWLEDGED, Side.UNIT_DESK, DESK, to_bodies_only=True),
    "progress": Move((Stage.ISSUED, Stage.ACKNOWLEDGED, Stage.IN_PROGRESS, Stage.RETURNED), None, Side.DOER, DOERS),
    "report": Move(
        (Stage.ISSUED, Stage.ACKNOWLEDGED, Stage.IN_PROGRESS, Stage.RETURNED), Stage.REPORTED, Side.DOER, DOERS
    ),
    # what a unit wrote in a file that came back, put into the record by the issuer's desk in the unit's name
    "record": Move(WITH_UNIT, Stage.REPORTED, Side.ISSUER, DESK),
    "record_progress": Move(WITH_UNIT, None, Side.ISSUER, DESK),
    "take_back": Move((Stage.REPORTED,), Stage.IN_PROGRESS, Side.DOER, DOERS),
    "return": Move((Stage.REPORTED,), Stage.RETURNED, Side.REVIEWER, REVIEWERS, needs_reason=True),
    "approve": Move((Stage.REPORTED,), Stage.COMPLETED, Side.REVIEWER, REVIEWERS),
    # a slip of the finger: the same person, the same day, nothing followed from it (docs/decisions/0027)
    "unapprove": Move((Stage.COMPLETED,), Stage.REPORTED, Side.REVIEWER, REVIEWERS),
    "reopen": Move((Stage.COMPLETED,), Stage.RETURNED, Side.REVIEWER, REVIEWERS, needs_reason=True),
    "suspend": Move((*WITH_UNIT, Stage.REPORTED), Stage.SUSPENDED, Side.ISSUER, DESK, needs_reason=True),
    "resume": Move((Stage.SUSPENDED,), None, Side.ISSUER, DESK),
    # a later due date for everyone who still has to report; an earlier one is a new version of the list (ux SEC-7)
    "lengthen": Move((*WITH_UNIT, Stage.SUSPENDED), None, Side.ISSUER, DESK, needs_reason=True),
    "cancel": Move(ANY_OPEN, Stage.STOPPED, Side.ISSUER, DESK, needs_reason=True),
    "terminate": Move(ANY_OPEN, Stage.STOPPED, Side.ISSUER, DESK, needs_reason=True),
    "not_applicable": Move(ANY_OPEN, Stage.STOPPED, Side.ISSUER, DESK, needs_reason=True),
    "hand_over": Move(ANY_OPEN, Stage.STOPPED, Side.ISSUER, DESK, needs_reason=True),
    "branch_ended": Move(ANY_OPEN, Stage.STOPPED, Side.SYSTEM, NOBODY, needs_reason=True),
    "assign_person": Move(WITH_UNIT, None, Side.UNIT_DESK, DESK),
    "break_down": Move(WITH_UNIT, Stage.IN_PROGRESS, Side.UNIT_DESK, DESK, to_bodies_only=True),
}
LEFT_BEHIND = (Stop.BRANCH_ENDED, Stop.UNIT_MOVED)  # stopped by a job: somebody still decides what becomes of it
STOPS: dict[str, Stop] = {
    "cancel": Stop.CANCELLED,
    "terminate": Stop.TERMINATED,
    "not_applicable": Stop.NOT_APPLICABLE,
    "hand_over": Stop.HANDED_OVER,
    "branch_ended": Stop.BRANCH_ENDED,
    "unit_moved": Stop.UNIT_MOVED,
}


class Light(StrEnum):
    """What the dates say of an open assignment; computed from due date and day, never typed or stored (design 4)."""

    NONE = "none"  # nothing to light: no due date, in review, suspended, completed, stopped
    ON_TRACK = "ontrack"
    SOON = "soon"
    OVERDUE = "overdue"


class ListStage(models.TextChoices):
    """Where a list stands (I-11)."""

    DRAFT = "draft", pgettext_lazy("list", "Draft")
    IN_APPROVAL = "in_approval", pgettext_lazy("list", "In approval")
    ISSUED = "issued", pgettext_lazy("list", "Issued")
    CLOSED = "closed", pgettext_lazy("list", "Closed")
    RECALLED = "recalled", pgettext_lazy("list", "Recalled")


class ReceiverRole(models.TextChoices):
    """Lead or supporting."""

    LEAD = "lead", _("Lead unit")
    SUPPORT = "support", _("Supporting unit")
