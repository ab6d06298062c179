"""Every write of this room (design 8). Others import from here."""

from activities.actions.cadence import CadenceWords, drop_rule, set_rule, set_shape
from activities.actions.meetings import MeetingWords, Roll, note_tasks, record_meeting, strike_meeting

__all__ = [
    "CadenceWords",
    "MeetingWords",
    "Roll",
    "drop_rule",
    "note_tasks",
    "record_meeting",
    "set_rule",
    "set_shape",
    "strike_meeting",
]
