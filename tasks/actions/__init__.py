"""Every write to lists and assignments, one module for each part of their life; all importable from here."""

from branches.writing import Conflict, Invalid, NotPossible, Refused, Reused
from tasks.actions.breakdown import BreakRow, break_down, sign
from tasks.actions.moves import assign_person, move, take_back
from tasks.actions.periods import open_due_periods
from tasks.actions.publish import decide_approval, issue, send_for_approval
from tasks.actions.reports import approve, report, return_report

__all__ = [
    "BreakRow",
    "Conflict",
    "Invalid",
    "NotPossible",
    "Refused",
    "Reused",
    "approve",
    "assign_person",
    "break_down",
    "decide_approval",
    "issue",
    "move",
    "open_due_periods",
    "report",
    "return_report",
    "send_for_approval",
    "sign",
    "take_back",
]
