"""What the pages of organisational life read: branches with their year, meetings, people of a day, work a record answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, F, Prefetch, Q, QuerySet

from activities import rules
from activities.kinds import Kind, MeetingState, Per, Ruled
from activities.models import Attendance, Cadence, Meeting, Participation
from activities.rolls import LATEST, life_of
from branches.models import Branch, BranchState, Term, Unit, User
from branches.models.words import active_q
from tasks.models import Assignment
from tasks.rules import Actor, may
from tasks.states import WITH_UNIT

DOUBTS = 12  # open assignments that are offered beside those that fit


def served_branches(user: User, on: date) -> QuerySet[Branch]:
    """Branches of which `user` sees the life: his own and those below his desk in the same body, begun at some time."""
    sight = user.sight(on)
    rows = Branch.objects.filter(sight.q("unit__path", "unit__body_id", "unit_id"), activated_on__isnull=False)
    return rows.select_related("unit", "unit__body", "type", "platform").order_by("unit__path")


def recorded_by(actor: Actor, branches: Iterable[Branch]) -> list[Branch]:
    """Of the branches those for which this person records today: active and not over."""
    return [
        branch
        for branch in branches
        if branch.state == BranchState.ACTIVE
        and (branch.unit.ends_on is None or branch.unit.ends_on > actor.on)
        and rules.recorder(actor, branch.unit.path, branch.unit.body_id)
    ]


@dataclass(frozen=True)
class Month:
    """One small square: how many meetings, and whether something was missing when the month ended."""

    first: date
    held: int
    missing: int
    state: str  # held, missing, none, ahead, outside


@dataclass(frozen=True)
class KindYear:
    """One kind in one year: the rule and each of its periods."""

    kind: str
    rule: Cadence
    judged: list[rules.Judged]

    @property
    def held(self) -> int:
        """How many were held in these periods."""
        return sum(one.held for one in self.judged)

    @property
    def expected(self) -> int:
        """How many the rule asks for in the periods that count so far: over, or met early."""
        counted = (rules.Standing.MET, rules.Standing.MISSING)
        return sum(one.expected for one in self.judged if one.standing in counted)

    @property
    def missing(self) -> int:
        """How many are missing."""
        return sum(one.missing for one in self.judged)

    @property
    def label(self) -> str:
        """The kind in words."""
        return str(Ruled(self.kind).label)


@dataclass(frozen=True)
class Gap:
    """One period in which a branch fell short of its rule."""

    branch: Branch
    kind: str
    rule: Cadence
    judged: rules.Judged

    @property
    def label(self) -> str:
        """The kind in words."""
        return str(Ruled(self.kind).label)

    @property
    def last(self) -> date:
        """The last day of the period."""
        return date.fromordinal(self.judged.window.bound.toordinal() - 1)


@dataclass
class BranchYear:
    """A branch and its year: every kind against its own rule, and the months as squares."""

    branch: Branch
    year: int
    shape: rules.Shape
    meetings: frozenset[int] = frozenset()  # keys of what it held in the year, alone or with another
    kinds: list[KindYear] = field(default_factory=list)
    months: list[Month] = field(default_factory=list)

    @property
    def held(self) -> int:
        """How many meetings and activities, each once."""
        return len(self.meetings)

    @property
    def gaps(self) -> list[Gap]:
        """The periods in which it fell short."""
        return [
            Gap(self.branch, kind.kind, kind.rule, one)
            for kind in self.kinds
            for one in kind.judged
            if one.standing == rules.Standing.MISSING
        ]

    @property
    def expected(self) -> int:
        """What its rules ask for so far."""
        return sum(kind.expected for kind in self.kinds)

    @property
    def met(self) -> int:
        """How much of that was held."""
        return self.expected - sum(kind.missing for kind in self.kinds)


def branch_years(branches: Sequence[Branch], year: int, on: date) -> list[BranchYear]:
    """Each branch with its year as of the day `on`, in the order given; a handful of queries for any number of branches."""
    if not branches:
        return []
    cadences = list(Cadence.objects.filter(Q(year=None) | Q(year=year)).order_by("pk"))
    terms = _terms(branches) if any(row.per == Per.TERM for row in cadences) else {}
    reach = [window for each in terms.values() for window in each]
    first = min([date(year, 1, 1), *(window.first for window in reach)])
    bound = max([date(year + 1, 1, 1), *(window.bound for window in reach if window.bound != LATEST)])
    held: dict[int, list[Held]] = defaultdict(list)
    for meeting in _held(branches, first, bound):
        held[meeting.branch].append(meeting)
    shapes = shapes_of(branches, min(on, date(year, 12, 31)))
    found = []
    for branch in branches:
        meetings = [(one.day, one.kind) for one in held[branch.pk]]
        of_year = frozenset(one.meeting for one in held[branch.pk] if one.day.year == year)
        one = BranchYear(branch, year, shapes[branch.pk], of_year)
        picked = rules.pick(cadences, branch.type_id, branch.unit.body_id, year)
        for kind in Ruled.values:
            if kind in picked and rules.is_for(picked[kind].condition, shapes[branch.pk]):
                one.kinds.append(_kind_year(branch, picked[kind], year, meetings, terms, on))
        one.kinds = [kind for kind in one.kinds if kind.judged]
        one.months = _months(one, meetings, on)
        found.append(one)
    return found


def _kind_year(
    branch: Branch,
    rule: Cadence,
    year: int,
    meetings: Sequence[tuple[date, str]],
    terms: dict[int | None, list[rules.Window]],
    on: date,
) -> KindYear:
    judged = []
    for window in rules.windows(rule.per, year, terms.get(branch.unit.body_id, [])):
        held = rules.count_in(meetings, rule.kind, window)
        one = rules.judge(rule, window, life_of(branch), held, on)
        if one:
            judged.append(one)
    return KindYear(rule.kind, rule, judged)


def _terms(branches: Iterable[Branch]) -> dict[int | None, list[rules.Window]]:
    """The terms of the bodies, by body."""
    found: dict[int | None, list[rules.Window]] = defaultdict(list)
    for term in Term.objects.filter(body__in={branch.unit.body_id for branch in branches}).order_by("starts_on"):
        found[term.body_id].append(rules.Window(term.starts_on, term.ends_on or LATEST))
    return found


@dataclass(frozen=True)
class Held:
    """What was held, as counting needs it: a meeting comes once for each branch that took part."""

    meeting: int
    branch: int
    day: date
    kind: str


def _held(branches: Sequence[Branch], first: date, bound: date) -> list[Held]:
    """What the branches held, alone or with another, in one query."""
    keys = [branch.pk for branch in branches]
    own = Meeting.objects.held().between(first, bound).filter(branch__in=keys).order_by()
    joined = Participation.objects.filter(
        branch__in=keys,
        meeting__state=MeetingState.HELD,
        meeting__held_on__gte=first,
        meeting__held_on__lt=bound,
    ).order_by()
    rows = own.values_list("pk", "branch_id", "held_on", "kind").union(
        joined.values_list("meeting_id", "branch_id", "meeting__held_on", "meeting__kind"), all=True
    )
    return [Held(*row) for row in rows]


def shapes_of(branches: Sequence[Branch], on: date) -> dict[int, rules.Shape]:
    """What each branch is made of: as its desk entered it, else a committee from seven members of the day on."""
    members = Count("memberships__user", filter=active_q(on, "memberships__"), distinct=True)
    rows = Branch.objects.filter(pk__in=[branch.pk for branch in branches]).order_by().annotate(n=members)
    found = {}
    for key, version, committee, groups, n in rows.values_list(
        "pk", "shape__version", "shape__has_committee", "shape__has_groups", "n"
    ):
        entered = version is not None
        found[key] = rules.Shape(
            committee if entered else n >= rules.COMMITTEE_FROM, bool(groups), version if entered else 0
        )
    return found


def months_of(branch: Branch, days: Sequence[date], year: int, on: date) -> list[Month]:
    """The months of a year by what was held alone, for a page that has no room to ask for rules."""
    return _months(BranchYear(branch, year, rules.Shape()), [(day, "") for day in days], on)


def _months(one: BranchYear, meetings: Sequence[tuple[date, str]], on: date) -> list[Month]:
    life = life_of(one.branch)
    found = []
    for window in rules.windows(Per.MONTH, one.year):
        held = sum(window.first <= day < window.bound for day, _kind in meetings)
        ends = [gap.judged.missing for gap in one.gaps if window.first < gap.judged.window.bound <= window.bound]
        if life.first >= window.bound or life.bound <= window.first:
            state = "outside"
        elif window.first > on:
            state = "ahead"
        elif ends:
            state = "missing"
        else:
            state = "held" if held else "none"
        found.append(Month(window.first, held, sum(ends), state))
    return found


def total_held(lines: Iterable[BranchYear]) -> int:
    """Meetings and activities in which these branches took part, each counted once however many they were."""
    return len({key for line in lines for key in line.meetings})


def meeting_rows(user: User, on: date) -> QuerySet[Meeting]:
    """Meetings one may see, newest first, with what a line shows."""
    rows = Meeting.objects.visible_to(user, on).select_related("branch__unit__body", "branch__type", "platform")
    return rows.order_by("-held_on", "-pk")


def meetings_of(branch: Branch, year: int) -> list[Meeting]:
    """The branch's year in lines, with how many came; announced ones too, struck ones not."""
    rows = Meeting.objects.of(branch).between(date(year, 1, 1), date(year + 1, 1, 1))
    rows = rows.exclude(state=MeetingState.STRUCK).select_related("branch__unit")
    counts = {came: Count("attendance", filter=Q(attendance__came=came)) for came in ("present", "leave", "absent")}
    people = Prefetch("attendance", Attendance.objects.select_related("user"))
    return list(rows.annotate(**counts).prefetch_related(people).order_by("-held_on", "-pk"))


def announced(user: User, on: date) -> QuerySet[Meeting]:
    """The announced meetings of the branches to which the person belongs, each once."""
    units = [unit for unit, _path, _body in user.sight(on).member_of]
    guests = Participation.objects.filter(branch__unit__in=units).values("meeting")
    rows = Meeting.objects.filter(state=MeetingState.PLANNED, held_on__gte=on)
    return rows.filter(Q(branch__unit__in=units) | Q(pk__in=guests))


def last_place(branch: Branch) -> str:
    """Where the branch met last; it meets there again most of the time."""
    rows = Meeting.objects.filter(branch=branch).exclude(place="").exclude(state=MeetingState.STRUCK)
    return rows.order_by("-held_on", "-pk").values_list("place", flat=True).first() or ""


# How lists call what was held: words of papers, not of the screen
NAMES_IN_LISTS: dict[str, tuple[str, ...]] = {
    Kind.ASSEMBLY: ("党员大会",),
    Kind.COMMITTEE: ("支委会", "支部委员会"),
    Kind.GROUP: ("党小组会",),
    Kind.LECTURE: ("党课",),
    Kind.THEME_DAY: ("主题党日",),
    Kind.LIFE: ("组织生活会",),
    Kind.APPRAISAL: ("民主评议",),
    Kind.TALK: ("谈心谈话", "谈心"),
    Kind.DUTY: ("协商", "议事", "视察", "调研", "走访", "履职活动", "特色活动"),
}


@dataclass(frozen=True)
class Answerable:
    """An open assignment of the branch that a record can answer; `fits` by its words and its period."""

    row: Assignment
    fits: bool


def answerable(branch: Branch, kind: str, day: date, actor: Actor) -> list[Answerable]:
    """The branch's open assignments that this person may report on, those first that ask for this kind in this period."""
    rows = (
        Assignment.objects.filter(unit=branch.unit_id, person=None, stage__in=WITH_UNIT, owes_report=True)
        .select_related("task__text", "task__list", "list", "period", "unit", "body", "issuer", "step")
        .order_by(F("due_on").asc(nulls_last=True), "pk")
    )
    fitting: list[Assignment] = []
    others: list[Assignment] = []
    for row in rows[:200]:
        text = row.task.text
        words = f"{text.content} {text.measures}" if text else ""
        named = any(word in words for word in NAMES_IN_LISTS[kind])
        within = row.period.starts_on <= day and (row.due_on is None or day <= row.due_on)
        if may(actor, row, "report"):
            (fitting if named and within else others).append(row)
    return [*(Answerable(row, True) for row in fitting), *(Answerable(row, False) for row in others[:DOUBTS])]


def cadences_of(body: Unit, year: int | None = None) -> list[Cadence]:
    """The national rules and the body's own, in the order of types and kinds."""
    rows = Cadence.objects.filter(Q(body=None) | Q(body=body)).select_related("branch_type")
    if year is not None:
        rows = rows.filter(Q(year=None) | Q(year=year))
    order = {kind: place for place, kind in enumerate(Ruled.values)}
    return sorted(rows, key=lambda row: (row.branch_type.position, order[row.kind], row.year or 0, row.body_id or 0))
