"""What the branches of a simulated world hold: theme days, members' meetings and duty activities, with who came."""

from __future__ import annotations

from datetime import date
from random import Random

from activities.kinds import As, Came, Duty, Kind, MeetingState
from activities.models import Attendance, Meeting, MeetingEvent
from branches.models import Branch, Line
from cppcc_party.simulation import words
from cppcc_party.simulation.copying import NULL, Tables
from cppcc_party.simulation.lives import Days
from cppcc_party.simulation.tree import BRANCHES, Body

HELD = 0.97  # of what the rules ask for; the rest is missing, and people are told so
PRESENT = 0.9
EVERY_MONTH, QUARTERS, ONCE = range(1, 13), (2, 5, 8, 11), (1,)
PLANS = {  # type of branch → kind of meeting, sort of activity, months
    "office": (
        (Kind.THEME_DAY, "", EVERY_MONTH), (Kind.ASSEMBLY, "", QUARTERS), (Kind.LIFE, "", ONCE), (Kind.APPRAISAL, "", ONCE),
        (Kind.TALK, "", ONCE),
    ),
    "functional": ((Kind.THEME_DAY, "", QUARTERS), (Kind.LIFE, "", ONCE)),
    "temporary": ((Kind.DUTY, Duty.CONSULTATION, EVERY_MONTH),),
}  # fmt: skip


class Keeper:
    """Writes the meetings of bodies, year by year."""

    def __init__(self, tables: Tables, days: Days, today: int, chance: Random) -> None:
        self.tables, self.days, self.today, self.chance = tables, days, today, chance
        self.branches = dict(Branch.objects.values_list("unit_id", "pk"))
        self.meetings = tables[Meeting].form(
            "id", "kind", "duty", "branch_id", "held_on", "place", "line", "topic", "by_id", "recorded_at", "recorded_on",
            state=MeetingState.HELD,
        )  # fmt: skip
        self.attendance = tables[Attendance].form("id", "meeting_id", "user_id", "came", capacity=As.MEMBER)
        self.events = tables[MeetingEvent].form("id", "meeting_id", "at", "by_id", "post_id", verb="recorded")

    def year(self, body: Body, year: int) -> None:
        """What the branches of a body held in a year, as far as it is over."""
        for key, *_words, kind in BRANCHES:
            for number, (what, duty, months) in enumerate(PLANS[kind]):
                for month in months:
                    day = self.days.on_or_after(date(year, month, 8 + number * 3).toordinal())
                    if day < self.today and self.chance.random() < HELD:
                        self._hold(body, key, Line.OFFICE if kind == "office" else Line.MEMBERS, what, duty, day)

    def _hold(self, body: Body, key: str, line: str, kind: str, duty: str, day: int) -> None:
        meeting, on = self.tables[Meeting].key(), self.days.word(day)
        (head, post), at = body.heads[key], f"{on} 17:00:00+08"
        self.meetings.add(
            meeting,
            kind,
            duty,
            self.branches[body.units[key].pk],
            on,
            body.name,
            line,
            words.task(self.tables[Meeting].nth(meeting))[0],
            head,
            at,
            on,
        )
        for user in body.members[key]:
            came = Came.PRESENT if user == head or self.chance.random() < PRESENT else Came.LEAVE
            self.attendance.add(self.tables[Attendance].key(), meeting, user, came)
        self.events.add(self.tables[MeetingEvent].key(), meeting, at, head, post or NULL)
