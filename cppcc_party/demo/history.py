"""Tells the demo's past through the product's own actions, deed after deed in the order of time.

So every event, delivery, version and reviewer is as if people had done it: nothing here writes a row of a list by hand.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from branches.models import Post, Unit, User
from branches.roles import Role
from cppcc_party.demo import words
from cppcc_party.demo.deeds import Deed, Row, Script
from cppcc_party.demo.files import Shelf
from tasks import actions, rules
from tasks.models import Assignment, TaskList
from tasks.states import DESK
from tasks.workdays import PUBLISHED

STORY = uuid.UUID("6f1a3c52-0c5e-4d0b-9a39-5b7f4c1d2e60")  # operation ids come from it: the same ones in every load
FIRST_HOUR, HOURS = 9, 8
GAP = timedelta(minutes=50)  # between two deeds on one row that fall on the same day
REPORTS_FIRST = (Role.LIAISON, Role.HEAD, Role.SECRETARY, Role.MEMBER)
Telling = Callable[[datetime], object]


class Past:
    """Everything that is to have happened before today; collected first, then told in the order of time."""

    def __init__(self, units: Mapping[str, Unit], people: Mapping[str, User], shelf: Shelf, today: date) -> None:
        self.units, self.people, self.shelf, self.today = units, people, shelf, today
        self.lists: dict[str, TaskList] = {}
        self._told: list[tuple[datetime, int, Telling]] = []
        self._ends: dict[Row, datetime] = {}
        self._starts: dict[str, datetime] = {}
        self._operations = 0
        self._by_pk = {user.pk: user for user in people.values()}
        self._seats: dict[int | None, list[tuple[Role, User]]] = defaultdict(list)
        for unit, role, user in Post.objects.order_by("pk").values_list("unit_id", "role", "user_id"):
            if user in self._by_pk:
                self._seats[unit].append((Role(role), self._by_pk[user]))

    def op(self) -> uuid.UUID:
        """The next operation id, the same in every load."""
        self._operations += 1
        return uuid.uuid5(STORY, str(self._operations))

    def happen(self, moment: datetime, telling: Telling) -> datetime:
        """Something happens at that moment; gives the moment back."""
        self._told.append((moment, len(self._told), telling))
        return moment

    def open_list(self, key: str, moment: datetime, publish: Callable[[datetime], TaskList]) -> None:
        """A list is published; nothing on its rows happens before."""

        def telling(now: datetime) -> None:
            self.lists[key] = publish(now)

        self._starts[key] = self.happen(moment, telling)

    def office_moment(self, offset: int, hour: int, after: str = "") -> datetime:
        """A moment on a working day on which an office acts; later than the publishing of the list `after`."""
        moment = words.at(words.workday(self.today, offset), hour)
        return max(moment, self._starts[after] + GAP) if after else moment

    def live(self, script: Script) -> None:
        """The life of one row: its deeds in their order, none before the list, the rows it waits for, or each other."""
        floor = max([self._starts[script.row.paper], *(self._ends[row] for row in script.after)])
        for deed in script.deeds:
            floor = self.happen(self._moment(deed, floor, script.due), self._telling(script, deed))
        self._ends[script.row] = floor

    def _moment(self, deed: Deed, floor: datetime, due: int | None) -> datetime:
        """Working days where that keeps the order, and keeps a late report late."""
        literal = words.days(self.today, deed.offset)
        day = PUBLISHED.on_or_before(literal)
        last = words.days(self.today, due) if due is not None else None
        late = deed.kind == "done" and last is not None and literal > last
        if day < floor.date() or (late and last is not None and day <= last):
            day = literal
        turn = len(self._told)
        moment = words.at(day, FIRST_HOUR + turn * 3 % HOURS, turn * 7 % 60)
        return moment if moment > floor else floor + GAP

    def _telling(self, script: Script, deed: Deed) -> Telling:
        return lambda now: self._do(self.row(script.row), script, deed, now)

    def row(self, wanted: Row) -> Assignment:
        """The assignment that a script speaks of."""
        found = Assignment.objects.filter(
            list=self.lists[wanted.paper], task__number=wanted.number, unit=self.units[wanted.unit]
        )
        if wanted.person:
            found = found.filter(person=self.people[wanted.person])
        if wanted.due_on:
            found = found.filter(due_on=wanted.due_on)
        return found.get()

    def _do(self, row: Assignment, script: Script, deed: Deed, now: datetime) -> None:
        op = self.op()
        if deed.kind in ("note", "done"):
            by = self.people[script.by] if script.by else self.reporter(row)
            files = [self.shelf.keep(name, by, row.unit, now) for name in deed.files]
            actions.report(row, done=deed.kind == "done", text=deed.text, files=files, late_reason=deed.late,
                           by=by, op=op, now=now)  # fmt: skip
        elif deed.kind == "approve":
            actions.approve(row, note=deed.text, by=self.reviewer(row), op=op, now=now)
        elif deed.kind == "return":
            supplement_by = words.days(self.today, deed.by_day) if deed.by_day is not None else None
            actions.return_report(
                row, reason=deed.text, supplement_by=supplement_by, by=self.reviewer(row), op=op, now=now
            )
        else:
            actions.move(row, deed.kind, reason=deed.text, by=self._seated(row.issuer_id, DESK)[0], op=op, now=now)

    def reporter(self, row: Assignment) -> User:
        """Who reports for a unit when the script names nobody: the person it is for, its liaison, its head."""
        if row.person_id is not None:
            return self._by_pk[row.person_id]
        return next(user for role in REPORTS_FIRST for user in self._seated(row.unit_id, {role}))

    def reviewer(self, row: Assignment) -> User:
        """The first of those on the reviewing seat who may judge this report."""
        wanted = {Role.LEADER} if row.review_leaders else DESK
        barred = rules.authors(row)
        return next(user for user in self._seated(row.review_unit_id, wanted) if user.pk not in barred)

    def _seated(self, unit: int | None, wanted: set[Role] | frozenset[Role]) -> Sequence[User]:
        return [user for role, user in self._seats[unit] if role in wanted]

    def run(self) -> None:
        """Tell it all, in the order of time."""
        for moment, _turn, telling in sorted(self._told, key=lambda told: told[:2]):
            telling(moment)
