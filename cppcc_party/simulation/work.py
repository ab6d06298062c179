"""The work of a simulated world: lists of every body and year, their tasks, who got what, and what became of it.

Rows go out as they are made; what stays in memory is the tree, and the lists of the year that are still being added to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from random import Random

from branches.models import Line, UnitGroup
from cppcc_party.demo.words import deadline
from cppcc_party.simulation import words
from cppcc_party.simulation.copying import Tables, many
from cppcc_party.simulation.lives import NEVER, Days, Fate
from cppcc_party.simulation.rows import Given, RowWriter
from cppcc_party.simulation.scales import Year
from cppcc_party.simulation.tree import Body
from tasks import deadlines
from tasks.deadlines.reader import Reading
from tasks.models import Assignment, Delivery, Event, Period, Receiver, Step, Task, TaskList, TaskText
from tasks.states import ListStage, ReceiverRole

MONTHLY, QUARTERLY = "每月底前", "每季度末"
GROUPS = {  # as lists name them → the keys of the units meant
    "各党支部": ("first", "second"), "各功能型党支部": ("members1", "members2"), "各履职临时党支部": ("hall", "lounge"),
    "各专委会": (), "各处室": ("office", "research"), "各县（市、区）政协": (),
}  # fmt: skip
BRANCHES = ("各党支部", "各功能型党支部", "各履职临时党支部")
SINGLES = (BRANCHES, ("各专委会",), ("各处室", "organ"), (*BRANCHES, "各专委会"))  # who gets a task with one date
MIDDLE = 0.25  # of single dates lie within a month, so that with the repeated ones 85 % of all lie at month ends
SUPPORT = "group"  # the key of the unit that supports others
SUPPORTED = 0.3  # of single tasks name a supporting unit
BROKEN_DOWN = 0.5  # of what another body gets, it hands on under its own name
DEEPEST = 3  # levels below the first giver


@dataclass
class OpenList:
    """A list that is being written, and how many rows it has come to."""

    key: int
    body: Body
    year: int
    issued: int
    line: str
    tasks: int = 0
    rows: int = 0
    later: int = 0


@dataclass(frozen=True)
class Span:
    """A period that has begun: its key, the day from which its rows are there, its due date."""

    key: int
    begun: int
    starts: int
    due: int


@dataclass(frozen=True)
class OpenTask:
    """A task with what its rows need."""

    key: int
    step: int
    kind: str
    spans: Sequence[Span]
    receivers: dict[str, int]  # name of a group or key of a unit → its receiver
    leader: int


class Worker:
    """Writes the work of bodies, year by year."""

    def __init__(self, tables: Tables, year: Year, days: Days, today: int, chance: Random) -> None:
        self.tables, self.plan, self.days, self.today, self.chance = tables, year, days, today, chance
        self.fate = Fate(chance, days, today)
        self.rows = RowWriter(tables, days, today)
        self.groups = dict(UnitGroup.objects.filter(body=None, name__in=GROUPS).values_list("name", "pk"))
        self.broken: dict[tuple[int, str], OpenList] = {}
        self.signed: dict[tuple[int, str], tuple[int, int]] = {}
        self.numbers: Counter[tuple[str, int]] = Counter()
        self.lists = tables[TaskList].form(
            "id", "title", "title_en", "year", "issuer_id", "line", "document_number", "source", "broken_down_from_id",
            "drafted_by_id", "created_at", "published_by_id", "published_at", "issued_on", stage=ListStage.ISSUED,
        )  # fmt: skip
        self.tasks = tables[Task].form(
            "id", "list_id", "number", "position", "line", "starred", "text_id", "source_task_id"
        )
        self.texts = tables[TaskText].form(
            "id", "task_id", "heading", "content", "content_en", "leader_written", "lead_written", "due_written",
            edition=1, measures=words.MEASURES,
        )  # fmt: skip
        self.steps = tables[Step].form(
            "id", "task_id", "phrase", "kind", "dates", "rule", "confirmed_by_id", "confirmed_at"
        )
        self.periods = tables[Period].form("id", "step_id", "number", "starts_on", "due_on", "opened_at")
        self.receivers = tables[Receiver].form(
            "id", "task_id", "unit_id", "group_id", "role", "owes_report", "written", "position"
        )
        self.deliveries = tables[Delivery].form(
            "id", "list_id", "body_id", "delivered_at", "sign_by", "signed_by_id", "signed_at", edition=1
        )
        self.events = tables[Event].form("id", "at", "by_id", "post_id", "list_id", "move", "changes")

    def year(self, body: Body, year: int) -> None:
        """What one body gives in one year, and what becomes of it below."""
        self._annual(body, year)
        self._key_work(body, year)
        if body.children:
            self._for_bodies(body, year)

    def end_year(self) -> None:
        """Lists that were broken down from others get their line of history: nothing is added to them any more."""
        for one in self.broken.values():
            self._published(one)
        self.broken.clear()
        self.signed.clear()

    def _annual(self, body: Body, year: int) -> None:
        """What comes round every month and quarter."""
        title = f"{year}年党建常规工作清单", f"Regular party-building work of {year}"
        if (one := self._open(body, year, *title, Line.JOINT, date(year, 1, 8))) is None:
            return
        for number in range(self.plan.monthly + self.plan.quarterly):
            monthly = number < self.plan.monthly
            names = BRANCHES if monthly else (*BRANCHES, "各专委会")
            task = self._task(one, MONTHLY if monthly else QUARTERLY, names, number)
            self._give_all(one, task, names)
        self._published(one)

    def _key_work(self, body: Body, year: int) -> None:
        """Tasks with one date each, in two lists: one for each line of work."""
        for line, english, share in ((Line.OFFICE, "office line", 0), (Line.MEMBERS, "members’ line", 1)):
            title = f"{year}年重点任务清单（{'机关' if not share else '委员'}）"
            issued = date(year, 1, 12 + share)
            if (one := self._open(body, year, title, f"Key tasks of {year}, {english}", line, issued)) is None:
                continue
            for number in range(share, self.plan.single, 2):
                names = SINGLES[number // 2 % len(SINGLES)]
                task = self._task(one, self._phrase(year, 2), names, number, support=self.chance.random() < SUPPORTED)
                self._give_all(one, task, names)
                if SUPPORT in task.receivers:
                    self._give(one, task, SUPPORT, task.receivers[SUPPORT], task.spans[-1], support=True)
            self._published(one)

    def _for_bodies(self, body: Body, year: int) -> None:
        """What goes on to the bodies below, who sign for it and may break it down."""
        title = f"{year}年下达{body.name}各地政协工作清单", f"Work of {year} for the bodies below"
        if (one := self._open(body, year, *title, Line.JOINT, date(year, 2, 20))) is None:
            return
        for number in range(self.plan.passed_on):
            task = self._task(one, self._phrase(year, 4), ("各县（市、区）政协",), number)
            self._give_down(one, task, source=0, depth=1)
        self._published(one)

    def _phrase(self, year: int, first: int) -> str:
        """A single date as a list writes it."""
        month = first + int(self.chance.random() * (13 - first))
        day = date(year, month, (10, 15, 20)[month % 3]) if self.chance.random() < MIDDLE else _last(year, month)
        return deadline(day, year)

    # --- lists and tasks -----------------------------------------------------------------------------------------------
    def _open(
        self, body: Body, year: int, title: str, title_en: str, line: str, day: date, source: OpenList | None = None
    ) -> OpenList | None:
        """A list, if its day has come; on the first working day from `day` on."""
        issued = self.days.on_or_after(day.toordinal())
        if issued >= self.today:
            return None
        self.numbers[body.code, year] += 1
        number = f"{body.name}政办〔{year}〕{self.numbers[body.code, year]}号"
        one = OpenList(self.tables[TaskList].key(), body, year, issued, line)
        at, desk = self._at(issued, "10:00"), body.desk[0][0]
        self.lists.add(
            one.key, title, title_en, year, body.unit.pk, line, number, "" if source else "年度工作安排",
            source.key if source else r"\N", desk, at, desk, at, self.days.word(issued),
        )  # fmt: skip
        return one

    def _published(self, one: OpenList) -> None:
        user, post = one.body.desk[0]
        changes = f'{{"assignments": {one.rows}, "later": {one.later}}}'
        key, at = self.tables[Event].key(), self._at(one.issued, "10:00")
        self.events.add(key, at, user, post, one.key, "published", changes)

    def _task(
        self, one: OpenList, phrase: str, names: Sequence[str], number: int, *, support: bool = False, source: int = 0
    ) -> OpenTask:
        """A task with its words, its deadline and its receivers."""
        one.tasks += 1
        key, text, step = (self.tables[model].key() for model in (Task, TaskText, Step))
        reading = _reading(phrase, one.year)
        content, english = words.task(number + one.year + len(one.body.path))
        led = number % 3 == 0
        self.tasks.add(
            key, one.key, one.tasks, one.tasks, one.line, "t" if number % 9 == 0 else "f", text, source or r"\N"
        )
        written = "、".join(one.body.units[name].name if name in one.body.units else name for name in names)
        self.texts.add(text, key, "{}", content, english, "副主席" if led else "", written, phrase)
        desk, at = one.body.desk[0][0], self._at(one.issued, "10:00")
        dates = many([day.isoformat() for day in reading.dates])
        self.steps.add(step, key, phrase, reading.kind.value, dates, reading.rule, desk, at)
        spans = list(self._spans(one, step, reading))
        receivers = {}
        for position, name in enumerate([*names, *([SUPPORT] if support else [])]):
            role = ReceiverRole.SUPPORT if support and position == len(names) else ReceiverRole.LEAD
            unit = one.body.units.get(name)
            receivers[name] = self.tables[Receiver].key()
            self.receivers.add(
                receivers[name], key, unit.pk if unit else r"\N", r"\N" if unit else self.groups[name], role,
                "t" if role == ReceiverRole.LEAD else "f", unit.name if unit else name, position,
            )  # fmt: skip
        return OpenTask(key, step, reading.kind.value, spans, receivers, one.body.leader if led else 0)

    def _spans(self, one: OpenList, step: int, reading: Reading) -> list[Span]:
        """The periods of a step; given back are those whose rows are there: a later one opens on its first day."""
        found, lazy = [], reading.kind == Step.Kind.EVERY
        for number, span in enumerate(reading.periods, 1):
            key, starts = self.tables[Period].key(), span.starts_on.toordinal()
            begun = max(one.issued, starts) if lazy else one.issued
            opened = self._at(begun, "10:00" if begun == one.issued else "00:20") if begun < self.today else r"\N"
            self.periods.add(key, step, number, span.starts_on.isoformat(), span.due_on.isoformat(), opened)
            if begun < self.today:
                found.append(Span(key, begun, starts, span.due_on.toordinal()))
        return found

    # --- who gets what -------------------------------------------------------------------------------------------------
    def _give_all(self, one: OpenList, task: OpenTask, names: Sequence[str]) -> None:
        """A row for every unit that is meant, in every period that has begun."""
        for name in names:
            for key in self._meant(one.body, name):
                for span in task.spans:
                    self._give(one, task, key, task.receivers[name], span)

    @staticmethod
    def _meant(body: Body, name: str) -> Sequence[str]:
        return (name,) if name in body.units else (GROUPS[name] or body.committees())

    def _give(
        self,
        one: OpenList,
        task: OpenTask,
        key: str,
        receiver: int,
        span: Span,
        *,
        support: bool = False,
        source: int = 0,
    ) -> int:
        """A row of a unit of the issuing body, with its life; the day on which it was closed."""
        life = self.fate.support(span.due, span.begun) if support else self.fate.live(span.begun, span.due)
        body, row = one.body, self.rows.key()
        named = not support and key in ("first", "members1", "hall") and self.tables[Assignment].nth(row) % 10 == 0
        given = Given(
            row,
            one,
            task,
            span,
            receiver,
            body,
            key,
            body.seconds[key] if named else body.heads[key],
            named,
            support,
            source,
        )
        self._count(one, span)
        self.rows.write(given, life)
        return life.closed_on

    def _count(self, one: OpenList, span: Span) -> None:
        """What the list's line of history says: rows made at publishing, and those that came when their period began."""
        if span.begun > one.issued:
            one.later += 1
        else:
            one.rows += 1

    def _give_down(
        self, one: OpenList, task: OpenTask, source: int, depth: int, sources: dict[str, int] | None = None
    ) -> int:
        """A row for every body directly below; the day on which the last of them was closed."""
        (span,), (receiver,) = task.spans, task.receivers.values()
        last = 0
        for child in one.body.children:
            signed, broken_on = self._delivered(one, child)
            row, parts = self.rows.key(), 0
            if depth > DEEPEST or broken_on >= self.today or self.chance.random() > BROKEN_DOWN:
                broken_on = 0
            else:
                parts = self._break_down(one, task, child, row, broken_on, depth)
            life = self.fate.live(span.begun, span.due, signed=signed, broken_on=broken_on, parts_done=parts)
            given = Given(row, one, task, span, receiver, child, "", child.desk[0], False, False, source)
            self._count(one, span)
            own = self.broken.get((one.key, child.code))
            self.rows.write(given, life, own.key if own else 0)
            last = max(last, life.closed_on)
        return last

    def _break_down(self, above: OpenList, task: OpenTask, body: Body, row: int, day: int, depth: int) -> int:
        """The body's own task, made from its row of the one above; the day on which its parts were closed."""
        own = self.broken.get((above.key, body.code))
        if own is None:
            title = f"落实{above.year}年上级下达工作清单", f"Our share of the work of {above.year}"
            own = self._open(body, above.year, *title, above.line, date.fromordinal(day), above)
            if own is None:
                return NEVER
            self.broken[above.key, body.code] = own
        phrase = deadline(date.fromordinal(task.spans[0].due), above.year)
        names = ("各县（市、区）政协",) if body.children else ("office", "organ", "committee1")
        part = self._task(own, phrase, names, self.tables[Task].nth(task.key), source=task.key)
        if body.children:
            return self._give_down(own, part, row, depth + 1)
        return max(self._give(own, part, name, part.receivers[name], part.spans[0], source=row) for name in names)

    def _delivered(self, one: OpenList, body: Body) -> tuple[int, int]:
        """When a list was signed for at another body, and the day on which that breaks it down."""
        found = self.signed.get((one.key, body.code))
        if found is None:
            signed = self.days.add(one.issued, 1 + int(self.chance.random() * 3))
            found = self.signed[one.key, body.code] = (signed, self.days.add(signed, 1))
            done, user = signed < self.today, body.desk[0][0]
            self.deliveries.add(
                self.tables[Delivery].key(), one.key, body.unit.pk, self._at(one.issued, "10:00"),
                self.days.word(self.days.add(one.issued, 3)), user if done else r"\N",
                self._at(signed, "09:10") if done else r"\N",
            )  # fmt: skip
        return found

    def _at(self, day: int, hour: str) -> str:
        return f"{self.days.word(day)} {hour}:00+08"


@lru_cache(maxsize=512)
def _reading(phrase: str, year: int) -> Reading:
    return deadlines.read(phrase, year)


def _last(year: int, month: int) -> date:
    return date.fromordinal(date(year + month // 12, month % 12 + 1, 1).toordinal() - 1)
