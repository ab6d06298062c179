"""A new version of an issued list: the list as rows of a draft, a file as its new rows, and what differs from the list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet, prefetch_related_objects
from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.models import BodySettings, Line, Unit
from tasks.dispatch import Dispatch, _spans, resolve
from tasks.editions import EditionPlan, StepChange, TaskChange, Trouble, matched, roles
from tasks.models import Assignment, Edition, PaperDraft, Receiver, Step, Task, TaskList
from tasks.papers.drafts import CheckedRow, Paper
from tasks.papers.names import OUTSIDE, even, key_of
from tasks.papers.rows import blank_row
from tasks.papers.sheet import split_units
from tasks.papers.steps import steps_of
from tasks.plans import ListPlan, ReceiverPlan, StepPlan, TaskPlan
from tasks.states import OPEN, ReceiverRole, Stage
from tasks.workdays import Workdays

WORDS = ("heading", "content", "measures", "leader", "lead_units", "supporting_units", "due", "evidence")
STORED = {
    "content": "content", "measures": "measures", "leader": "leader_written", "lead_units": "lead_written",
    "supporting_units": "support_written", "evidence": "evidence_written",
}  # fmt: skip
LIMITS = {"content": 300, "leader": 60, "lead_units": 300, "supporting_units": 300, "evidence": 300}
RECEIVERS = Prefetch(
    "receivers", Receiver.objects.filter(until_on=None).select_related("unit__body", "unit__kind", "group")
)
BETWEEN = "；"  # between the deadlines of one task, in the words of the paper


def tasks_of(task_list: TaskList) -> list[Task]:
    """Every task of the list with its words, its standing deadlines and receivers; two queries."""
    tasks = _with_steps(task_list)
    prefetch_related_objects(tasks, RECEIVERS)
    return tasks


def _with_steps(task_list: TaskList) -> list[Task]:
    """Every task with its words and standing deadlines; one query, since every task has a deadline."""
    steps = Step.objects.filter(task__list=task_list).select_related("task__text").order_by("task_id", "position")
    tasks: dict[int, Task] = {}
    standing: dict[int, list[Step]] = {}
    for step in steps:
        task = tasks.setdefault(step.task_id, step.task)
        step.task = task
        standing.setdefault(step.task_id, [])
        if step.withdrawn_on is None:
            standing[step.task_id].append(step)
    for pk, task in tasks.items():
        task._prefetched_objects_cache = {"steps": _cached(task.steps.all(), standing[pk])}  # type: ignore[attr-defined]
    return sorted(tasks.values(), key=lambda task: (task.position, task.pk))


def _cached(rows: QuerySet[Step], found: list[Step]) -> QuerySet[Step]:
    """The rows as a queryset that is not asked again."""
    rows._result_cache = found
    rows._prefetch_done = True  # type: ignore[attr-defined]
    return rows


def rows_of_list(task_list: TaskList, tasks: Sequence[Task]) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The list as rows of a draft, each knowing its task, its steps and what it said; and the answers they need."""
    rows: list[dict[str, Any]] = []
    repairs: dict[str, dict[str, str]] = {}
    names: dict[str, str] = {}
    for task in tasks:
        if task.withdrawn_on is None and task.text is not None:
            _rows_of(task, task_list, rows, repairs)
            names |= {r.written: _answer(r) for r in task.receivers.all() if r.written}
    answers = {
        "title": task_list.title,
        "title_en": task_list.title_en,
        "year": task_list.year,
        "line": task_list.line,
        "rows": repairs,
        "names": names,
        "began": [task.pk for task in tasks if task.withdrawn_on is None],
    }
    return rows, answers


def _answer(receiver: Receiver) -> str:
    thing = receiver.unit or receiver.group
    return key_of(thing) if thing else OUTSIDE


def _rows_of(task: Task, task_list: TaskList, rows: list[dict[str, Any]], repairs: dict[str, dict[str, str]]) -> None:
    """One row for a task, or one for each of its deadlines where they did not stand in one cell."""
    text, steps = task.text, list(task.steps.all())
    if text is None or not steps:
        return
    day = day_of(task_list.created_at)
    written = text.due_written or steps[0].phrase
    together = len(steps) > 1 and len(steps_of(written, task_list.year, day)) == len(steps)
    parts = [steps] if together else [[step] for step in steps]
    for place, part in enumerate(parts):
        row = blank_row(len(rows) + 1) | {
            "number": task.number[:14],
            "content": text.content,
            "heading": list(text.heading),
            "leader": text.leader_written,
            "lead_units": list(split_units(text.lead_written)),
            "lead_written": text.lead_written,
            "supporting_units": list(split_units(text.support_written)),
            "supporting_written": text.support_written,
            "measures": part[0].name if place else text.measures,
            "evidence": "" if place else text.evidence_written,
            "due": written if len(parts) == 1 else part[0].phrase,
            "continues": bool(place),
            "task": task.pk,
            "steps": [step.pk for step in part],
        }
        if not place:
            row["content_en"] = text.content_en
        row["was"] = {name: row[name] for name in WORDS}
        if len(steps) == 1 and written != steps[0].phrase:  # the printed words were repaired before they were read
            repairs[str(row["row"])] = {"due": steps[0].phrase}
            row["was"]["due"] = steps[0].phrase
        rows.append(row)


def adopted(
    read: Sequence[Mapping[str, Any]],
    columns: Mapping[str, Any],
    base: Sequence[Mapping[str, Any]],
    answers: dict[str, Any],
) -> list[dict[str, Any]]:
    """Rows of a file as the new version: same words are the same task, else the same number; columns that the file does
    not have stay as they are."""
    heads = [row for row in base if not row["continues"]]
    free = {row["task"]: row for row in heads}
    first: dict[int, Mapping[str, Any]] = {}
    fresh = [(place, row) for place, row in enumerate(read) if not row.get("continues")]
    for alike in (_same_words, _same_number):
        for place, row in fresh:
            found = next((one for one in free.values() if alike(row, one)), None) if place not in first else None
            if found is not None:
                first[place] = free.pop(found["task"])
    old = {str(key): value for key, value in answers.pop("rows", {}).items()}
    answers["rows"] = {}
    further: dict[int, list[Mapping[str, Any]]] = {}
    for row in base:
        if row["continues"]:
            further.setdefault(row["task"], []).append(row)
    rows: list[dict[str, Any]] = []
    task = None
    for place, row in enumerate(read):
        if row.get("continues"):
            twin = further[task].pop(0) if task is not None and further.get(task) else None
        else:
            twin = first.get(place)
            task = twin["task"] if twin else None
        rows.append(_adopted(row, twin, columns, old, answers["rows"], task))
    return rows


def _adopted(
    row: Mapping[str, Any],
    twin: Mapping[str, Any] | None,
    columns: Mapping[str, Any],
    old: Mapping[str, Any],
    repairs: dict[str, Any],
    task: int | None,
) -> dict[str, Any]:
    found = {**row, **{name: list(value) for name, value in row.items() if isinstance(value, tuple)}}
    if task is not None:
        found["task"] = task
    if twin is None:
        return found
    for name in WORDS:
        if name not in columns and name != "heading":
            found[name] = twin[name]
    if not found.get("heading"):
        found["heading"] = twin["heading"]
    if even(str(found.get("due", ""))) in (even(str(twin["due"])), even(str(twin["was"]["due"]))):
        found["due"] = twin["due"]
        if repair := old.get(str(twin["row"])):
            repairs[str(found["row"])] = repair
    return found | {"steps": twin["steps"], "was": twin["was"]}


def _same_words(row: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return even(str(row.get("content", ""))) == even(str(other["content"]))


def _same_number(row: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return bool(row.get("number")) and even(str(row["number"])) == even(str(other["number"]))


@dataclass
class _Owed:
    """What stands of one task in the record: who has which occurrence, and the latest day that its source allows."""

    open: set[tuple[int, str]] = field(default_factory=set)
    living: set[tuple[int, str]] = field(default_factory=set)
    periods: set[int] = field(default_factory=set)
    by_receiver: dict[tuple[int, str], set[int | None]] = field(default_factory=dict)
    bodies: dict[int, int | None] = field(default_factory=dict)  # unit → its body
    limits: dict[int, date] = field(default_factory=dict)  # period → due date of the source


class Comparison:
    """The rows of a draft beside the list that they are a new version of, as of one day."""

    def __init__(self, edition: Edition, paper: Paper, on: date) -> None:
        self.edition, self.paper, self.on = edition, paper, on
        self.task_list = edition.list
        every = _with_steps(self.task_list)
        self.tasks = {task.pk: task for task in every if task.withdrawn_on is None}
        self.taken = {task.number for task in every}
        self.troubles: list[Trouble] = []
        self.new_units: list[Unit] = []
        self.rows_in: dict[int | None, int] = {}
        self.groups: dict[int, list[CheckedRow]] = {}
        self.new_groups: list[list[CheckedRow]] = []
        self.order: list[list[CheckedRow]] = []
        self._group()

    def _group(self) -> None:
        """The rows task by task; a row that was left out takes the rows that continue it along."""
        left = True
        for row in self.paper.rows:
            if row.cells.get("continues") and not row.skipped:
                if not left and self.order:
                    self.order[-1].append(row)
                continue
            left = row.skipped
            if row.merged and not left:
                words = _("Row %(row)s cannot be merged into an issued task: say in that row what changes")
                self.troubles.append(Trouble(f"row-{row.key}", words % {"row": row.key}))
            if left or row.merged:
                left = True
                continue
            self.order.append([row])
        for group in self.order:
            task = group[0].cells.get("task")
            if task in self.tasks and task not in self.groups:
                self.groups[task] = group
            else:
                self.new_groups.append(group)

    def plan(self, reasons: Mapping[str, str]) -> EditionPlan:
        """The version as it will be published, with everything that keeps it from going out."""
        changed = [pk for pk, group in self.groups.items() if self._differs(self.tasks[pk], group)]
        gone = [pk for pk in self.tasks if pk not in self.groups]
        prefetch_related_objects([self.tasks[pk] for pk in changed if self._redated(pk)], "steps__periods")
        prefetch_related_objects([self.tasks[pk] for pk in changed if self._readdressed(pk)], RECEIVERS)
        owed = self._owed([*changed, *gone])
        new = self._new()
        receivers = {pk: self._receivers(self.groups[pk][0]) for pk in changed if self._readdressed(pk)}
        found = self._resolved(new, receivers)
        changes = [self._change(pk, owed.get(pk, _Owed()), receivers.get(pk), found.get(pk, [])) for pk in changed]
        changes += [TaskChange(self.tasks[pk], withdrawn=True) for pk in gone]
        self._check_days(changes, owed)
        if not self.groups and not self.new_groups:
            self.troubles.append(Trouble("changes", _("A list needs at least one task")))
        places = {id(group): place for place, group in enumerate(self.order, 1)}
        return EditionPlan(
            list=self.task_list,
            base=self.edition.base,
            title=self.paper.title[:60],
            changes=sorted(changes, key=lambda change: change.task.position),
            new=new,
            positions={pk: places[id(group)] for pk, group in self.groups.items()},
            new_positions=[places[id(group)] for group in self.new_groups],
            reasons=reasons,
            troubles=self.troubles,
            new_units=self.new_units,
            rows_in=self.rows_in,
        )

    def _differs(self, task: Task, group: Sequence[CheckedRow]) -> bool:
        kept = {pk for row in group for pk in row.cells.get("steps", [])}
        if any(step.pk not in kept for step in task.steps.all()):
            return True
        head, *further = group
        return any(not head.as_before(name) for name in WORDS) or any(
            not row.as_before(name) for row in further for name in ("due", "measures")
        )

    def _redated(self, pk: int) -> bool:
        group = self.groups[pk]
        kept = {step for row in group for step in row.cells.get("steps", [])}
        return any(not row.as_before("due") for row in group) or any(
            step.pk not in kept for step in self.tasks[pk].steps.all()
        )

    def _readdressed(self, pk: int) -> bool:
        head = self.groups[pk][0]
        return not (head.as_before("lead_units") and head.as_before("supporting_units"))

    def _owed(self, tasks: Sequence[int]) -> dict[int, _Owed]:
        """What stands of the tasks that change; one query."""
        found: dict[int, _Owed] = {}
        if not tasks:
            return found
        rows = Assignment.objects.filter(task__in=tasks).values_list(
            "task_id", "unit_id", "role", "period_id", "receiver_id", "stage", "body_id", "source__due_on"
        )
        for task, unit, role, period, receiver, stage, body, limit in rows:
            one = found.setdefault(task, _Owed())
            one.bodies[unit] = body
            if stage != Stage.STOPPED:
                one.living.add((unit, role))
            if stage in OPEN:
                self.rows_in[body] = self.rows_in.get(body, 0) + 1
                one.open.add((unit, role))
                one.periods.add(period)
                one.by_receiver.setdefault((unit, role), set()).add(receiver)
                if limit is not None:
                    one.limits[period] = min(limit, one.limits.get(period, limit))
        return found

    def _new(self) -> ListPlan:
        """The tasks that the list did not have; their days that have passed are given to nobody."""
        tasks = []
        for group in self.new_groups:
            plan = self.paper.task(group[0], group[1:])
            steps = [self._without_past(step) for step in plan.steps]
            if steps and all(step.spans and len(step.closed) == len(step.spans) for step in steps):
                words = _("Row %(row)s: every day of this new task has passed") % {"row": group[0].key}
                self.troubles.append(Trouble(f"row-{group[0].key}", words))
            tasks.append(replace(plan, number=self._free_number(plan.number), steps=steps))
        source = self.task_list
        return ListPlan(title=source.title, year=source.year, issuer=source.issuer, tasks=tasks, line=Line(source.line))

    def _without_past(self, step: StepPlan) -> StepPlan:
        past = frozenset(i for i, span in enumerate(step.spans) if span.due_on is not None and span.due_on < self.on)
        return replace(step, closed=past)

    def _free_number(self, number: str) -> str:
        """Numbers of a list are never given twice, not even those of withdrawn tasks."""
        if number in self.taken:
            counted = [int(one) for one in self.taken if one.isascii() and one.isdecimal()]
            number = str(max(counted, default=0) + 1)
        self.taken.add(number)
        return number

    def _receivers(self, head: CheckedRow) -> list[ReceiverPlan]:
        return list(self.paper.task(head).receivers) if not head.as_before("due") else self._only_receivers(head)

    def _only_receivers(self, head: CheckedRow) -> list[ReceiverPlan]:
        """The receivers of a row whose deadline is not read again."""
        return [
            ReceiverPlan(
                role, unit=match.unit, group=match.group,
                outside="" if match.unit or match.group else match.written, written=match.written,
            )
            for role, matches in ((ReceiverRole.LEAD, head.leads), (ReceiverRole.SUPPORT, head.supports))
            for match in matches
        ]  # fmt: skip

    def _resolved(
        self, new: ListPlan, receivers: Mapping[int, list[ReceiverPlan]]
    ) -> dict[int, list[tuple[Unit, ReceiverPlan]]]:
        """Who is meant by changed receivers; what blocks publishing is said. One pass for all tasks of the version."""
        if not new.tasks and not receivers:
            return {}
        undated = [StepPlan("", Step.Kind.NOTICE)]
        asked = [
            TaskPlan(self.tasks[pk].number, self.tasks[pk].name, undated, plans) for pk, plans in receivers.items()
        ]
        found: Dispatch = resolve(replace(new, tasks=[*new.tasks, *asked]), self.on)
        self.troubles += [Trouble("changes", words) for words in found.blockers]
        self.new_units = [share.unit for place in range(len(new.tasks)) for share in found.per_task(place)]
        units: dict[int, list[tuple[Unit, ReceiverPlan]]] = {pk: [] for pk in receivers}
        for place, pk in enumerate(receivers, len(new.tasks)):
            for share in found.per_task(place):
                units[pk].append((share.unit, receivers[pk][share.receiver]))
        return units

    def _change(
        self,
        pk: int,
        owed: _Owed,
        receivers: list[ReceiverPlan] | None,
        units: list[tuple[Unit, ReceiverPlan]],
    ) -> TaskChange:
        task, group = self.tasks[pk], self.groups[pk]
        change = TaskChange(task, *self._words(task, group), steps=self._steps(task, group, owed))
        if receivers is not None:
            self._readdress(change, receivers, units, owed)
        return change

    def _words(self, task: Task, group: Sequence[CheckedRow]) -> tuple[dict[str, Any], dict[str, tuple[str, str]]]:
        """The fields of the new text, and what of it differs."""
        old, head = task.text, group[0]
        assert old is not None  # noqa: S101 (a task without words is not in the list)
        text = {
            name: getattr(old, name)
            for name in ("heading", "content", "content_en", "due_written", *(STORED[name] for name in STORED))
        }
        words: dict[str, tuple[str, str]] = {}
        for name in WORDS:
            if name == "due" or head.as_before(name):
                continue
            value = head.cells.get(name, "")
            said = "、".join(value) if isinstance(value, (list, tuple)) else str(value).strip()
            if name == "heading":
                text["heading"] = [str(part)[:120] for part in value]
                words[name] = (" › ".join(old.heading), " › ".join(text["heading"]))
                continue
            said = said[: LIMITS.get(name, len(said))]
            words[name] = (str(text[STORED[name]]), said)
            text[STORED[name]] = said
        if "content" in words:
            text["content_en"] = ""  # it would translate what no longer stands there
        steps = list(task.steps.all())
        before = BETWEEN.join(f"{step.name if place else ''} {step.phrase}".strip() for place, step in enumerate(steps))
        if len(group) == 1 and head.cells.get("was"):
            before = str(head.cells["was"]["due"]) if len(steps) == len(head.cells["steps"]) else before
            now = head.phrase
        else:
            now = BETWEEN.join(self._deadline(row) for row in group)
        if before != now:
            words["due"] = (before, now)
            text["due_written"] = now[:120]
        return text, words

    def _deadline(self, row: CheckedRow) -> str:
        name = str(row.cells.get("measures", "")) if row.cells.get("continues") else ""
        return f"{name} {row.phrase}".strip()

    def _steps(self, task: Task, group: Sequence[CheckedRow], owed: _Owed) -> list[StepChange]:
        """The deadlines that change; one that reads as before is not read again."""
        by_pk = {step.pk: step for step in task.steps.all()}
        kept: set[int] = set()
        changes: list[StepChange] = []
        for row in group:
            old = [by_pk[pk] for pk in row.cells.get("steps", []) if pk in by_pk and pk not in kept]
            kept |= {step.pk for step in old}
            if row.cells.get("was") and row.as_before("due"):
                if row.cells.get("continues") and not row.as_before("measures") and old:
                    changes.append(StepChange(old[0], replace(_same(old[0]), name=str(row.cells["measures"])[:120])))
                continue
            plans = self.paper.steps(row)
            for place in range(max(len(old), len(plans))):
                step = old[place] if place < len(old) else None
                plan = plans[place] if place < len(plans) else None
                changes.append(self._step(step, plan, owed))
        changes += [self._step(step, None, owed) for pk, step in by_pk.items() if pk not in kept]
        return changes

    def _step(self, step: Step | None, plan: StepPlan | None, owed: _Owed) -> StepChange:
        if plan is None:
            periods = list(step.periods.all()) if step else []
            gone = [p for p in periods if p.opened_at is None or p.pk in owed.periods]
            return StepChange(step, None, gone=gone)
        spans = _spans(plan, self.on, self._wishes if plan.from_issue else BodySettings(), Workdays())
        if step is None:
            fresh = [span for span in spans if span.due_on is None or span.due_on >= self.on]
            return StepChange(None, plan, fresh=fresh)
        periods = sorted(step.periods.all(), key=lambda period: period.number)
        dates, fresh, gone = matched(step, periods, spans, owed.periods, self.on)
        return StepChange(step, plan, dates, fresh, gone)

    @property
    def _wishes(self) -> BodySettings:
        return BodySettings.of(self.task_list.issuer.body)

    def _readdress(
        self, change: TaskChange, receivers: list[ReceiverPlan], units: list[tuple[Unit, ReceiverPlan]], owed: _Owed
    ) -> None:
        """Receivers added and taken out, and the units whose rows begin and end with them."""
        now = {_mark(plan): plan for plan in receivers}
        before = {_mark_of(receiver): receiver for receiver in change.task.receivers.all()}
        change.added = [plan for mark, plan in now.items() if mark not in before]
        change.out = [receiver for mark, receiver in before.items() if mark not in now]
        out = {receiver.pk for receiver in change.out}
        wanted = roles(units)
        gone = {pair for pair in owed.open if pair not in wanted and owed.by_receiver[pair] & out}
        come = [
            (unit, plan) for unit, plan in units if plan in change.added and (unit.pk, plan.role) not in owed.living
        ]
        for unit, plan in come:
            others = {pair for pair in owed.open if pair[0] == unit.pk and pair[1] != plan.role}
            if others and unit.body_id != self.task_list.issuer.body_id:
                words = _(
                    "No. %(number)s: %(unit)s signs for itself and cannot change between lead and supporting at once"
                )
                self.troubles.append(
                    Trouble(f"change-{change.task.pk}", words % {"number": change.task.number, "unit": unit.local_name})
                )
            gone |= others
        change.come, change.gone = come, frozenset(gone)

    def _check_days(self, changes: Sequence[TaskChange], owed: Mapping[int, _Owed]) -> None:
        """No new day lies in the past, or behind the day of the list that this one was broken down from."""
        for change in changes:
            limits = owed[change.task.pk].limits if change.task.pk in owed else {}
            for each in (each for step in change.steps for each in step.dates):
                day, limit = each.span.due_on, limits.get(each.period.pk)
                target, number = f"change-{change.task.pk}", change.task.number
                if day is not None and day < self.on:
                    words = _("No. %(number)s: the new date %(day)s has passed")
                    self.troubles.append(Trouble(target, words % {"number": number, "day": day}))
                elif limit is not None and (day is None or day > limit):
                    words = _(
                        "No. %(number)s: the date cannot be later than %(limit)s, the date of the list it comes from"
                    )
                    self.troubles.append(Trouble(target, words % {"number": number, "limit": limit}))


def _same(step: Step) -> StepPlan:
    """A step as a plan that changes nothing of it."""
    return StepPlan(
        step.phrase, Step.Kind(step.kind), rule=step.rule, count=step.count, offset=step.offset,
        offset_unit=step.offset_unit, event=step.event, name=step.name, provisional=step.provisional,
    )  # fmt: skip


def _mark(plan: ReceiverPlan) -> tuple[str, int | None, int | None, str]:
    outside = "" if plan.unit or plan.group else plan.outside or plan.written
    return str(plan.role), plan.unit.pk if plan.unit else None, plan.group.pk if plan.group else None, outside


def _mark_of(receiver: Receiver) -> tuple[str, int | None, int | None, str]:
    return receiver.role, receiver.unit_id, receiver.group_id, receiver.outside_name


def rebased(
    draft: PaperDraft, base: Sequence[Mapping[str, Any]], answers: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The draft on top of a newer version: cells changed here stay as typed, all others follow the list as it is now."""
    now = {_place(row): row for row in base}
    heads = {row["task"] for row in base}
    repairs = dict(draft.answers.get("rows", {}))
    rows: list[dict[str, Any]] = []
    used: set[tuple[int, tuple[int, ...]]] = set()
    for row in draft.rows.get("rows", []):
        if "task" not in row:
            rows.append(dict(row))
        elif row["task"] in heads:
            other = now.get(_place(row))
            used.add(_place(row))
            rows.append(_onto(row, other, repairs) if other else dict(row))
    known = {row.get("task") for row in draft.rows.get("rows", [])}
    key = max([int(row["row"]) for row in rows] + [0])
    for row in base:  # tasks that the newer version brought
        if row["task"] not in known and _place(row) not in used and row["task"] not in _dropped(draft):
            key += 1
            rows.append({**row, "row": key})
    return rows, {**draft.answers, "rows": repairs, "names": {**answers["names"], **draft.answers.get("names", {})}}


def _place(row: Mapping[str, Any]) -> tuple[int, tuple[int, ...]]:
    return row["task"], tuple(row.get("steps", []))


def _dropped(draft: PaperDraft) -> set[int]:
    """Tasks that were taken out here stay out."""
    return set(draft.answers.get("began", [])) - {row.get("task") for row in draft.rows.get("rows", [])}


def _onto(row: Mapping[str, Any], other: Mapping[str, Any], repairs: dict[str, Any]) -> dict[str, Any]:
    found, was = dict(row), row["was"]
    for name in WORDS:
        repaired = name == "due" and "due" in repairs.get(str(row["row"]), {})
        typed = repairs[str(row["row"])]["due"] if repaired else row.get(name)
        if typed == was[name]:
            found[name] = other[name]
            if repaired:
                repairs.pop(str(row["row"]))
                found[name] = other["was"]["due"]
    return found | {"was": other["was"]}
