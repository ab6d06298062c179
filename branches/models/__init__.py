"""The tables of WHO; one module for each noun, all importable from here."""

from branches.models.calendar import CalendarDay
from branches.models.changes import PlannedChange
from branches.models.demo import DemoMail, DemoState
from branches.models.invitations import Invitation
from branches.models.life import Branch, BranchState, BranchType, Gap, Membership, Pairing, Platform
from branches.models.people import CppccMembership, Post, Sight, Standing, TellBy, Term, User
from branches.models.records import Change, Feedback, Look, Operation
from branches.models.standins import StandIn
from branches.models.units import BodySettings, Unit, UnitAlias, UnitGroup, UnitKind
from branches.models.wordings import Wording
from branches.models.words import Line

__all__ = [
    "BodySettings",
    "Branch",
    "BranchState",
    "BranchType",
    "CalendarDay",
    "Change",
    "CppccMembership",
    "DemoMail",
    "DemoState",
    "Feedback",
    "Gap",
    "Invitation",
    "Line",
    "Look",
    "Membership",
    "Operation",
    "Pairing",
    "PlannedChange",
    "Platform",
    "Post",
    "Sight",
    "StandIn",
    "Standing",
    "TellBy",
    "Term",
    "Unit",
    "UnitAlias",
    "UnitGroup",
    "UnitKind",
    "User",
    "Wording",
]
