"""The tables of WHAT; one module for each noun, all importable from here."""

from tasks.models.assignments import Assignment, Period
from tasks.models.duties import Bearer, Breach, Duty, DutyTask
from tasks.models.editions import Edition
from tasks.models.events import Event
from tasks.models.feeds import CalendarFeed
from tasks.models.followup import Clarification, Extension, HelpRequest, Instruction
from tasks.models.handing import PostHandover, TermPlan
from tasks.models.links import SignedLink
from tasks.models.lists import Approval, Delivery, PaperDraft, Receiver, Step, Task, TaskList, TaskText
from tasks.models.reminders import Digest, Notice, Reminder, ReminderRules
from tasks.models.reports import Evidence, Report, StoredFile, TaskFile
from tasks.models.returns import ReturnBatch
from tasks.models.robots import GroupMessage, Robot
from tasks.models.rosters import RosterDraft
from tasks.models.slips import Slip, SlipCounter, SlipDue, SlipNote, SlipState, SlipWords
from tasks.models.sources import ColumnName, PaperSource
from tasks.models.todos import Todo
from tasks.models.working import ListTemplate, RowLease, SavedFilter

__all__ = [
    "Approval",
    "Assignment",
    "Bearer",
    "Breach",
    "CalendarFeed",
    "Clarification",
    "ColumnName",
    "Delivery",
    "Digest",
    "Duty",
    "DutyTask",
    "Edition",
    "Event",
    "Evidence",
    "Extension",
    "GroupMessage",
    "HelpRequest",
    "Instruction",
    "ListTemplate",
    "Notice",
    "PaperDraft",
    "PaperSource",
    "Period",
    "PostHandover",
    "Receiver",
    "Reminder",
    "ReminderRules",
    "Report",
    "ReturnBatch",
    "Robot",
    "RosterDraft",
    "RowLease",
    "SavedFilter",
    "SignedLink",
    "Slip",
    "SlipCounter",
    "SlipDue",
    "SlipNote",
    "SlipState",
    "SlipWords",
    "Step",
    "StoredFile",
    "Task",
    "TaskFile",
    "TaskList",
    "TaskText",
    "TermPlan",
    "Todo",
]
