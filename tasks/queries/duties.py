"""What the pages of a responsibility list read: its duties with their state, by level, leader, unit and person, and the gaps.

A duty's state is derived from the lead shares of its tasks by the same figure functions as every board (design 7), over
what the reader may see; a negative duty has breaches instead of a state.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from branches.models import Post, Unit, UnitGroup, User
from branches.roles import Role
from branches.second_language import english_of
from tasks.figures import Counts, Figure, aggregates
from tasks.lights import Thresholds
from tasks.models import Assignment, Bearer, Duty, DutyTask, Task, TaskList
from tasks.states import ListStage

WANTED = (Figure.TOTAL, Figure.STOPPED, Figure.COMPLETED, Figure.OVERDUE, Figure.IN_REVIEW)
HEAD_WORDS = (
    "主要负责人",
    "负责人",
    "主要领导",
    "第一责任人",
)  # how papers call the head of a unit, whatever his title
LEADERS = (Role.LEADER, Role.HEAD)
MOST_CHOICES = 200


@dataclass(frozen=True)
class State:
    """Where a duty stands, never a colour without a word. `code` is the class of the mark."""

    code: str  # none, waiting, running, overdue, done, clean, breach
    word: str


def state_of(counts: Counts | None, linked: int) -> State:
    """The state of a positive duty from the figures of its tasks; stopped shares are in no denominator (design 7)."""
    if not linked:
        return State("none", _("No task linked"))
    whole = counts["total"] - counts["stopped"] if counts else 0
    if counts is None or not whole:
        return State("waiting", _("Nothing in work"))
    done = _("%(done)d of %(all)d completed") % {"done": counts["completed"], "all": whole}
    if counts["overdue"]:
        late = ngettext("%(n)d overdue", "%(n)d overdue", counts["overdue"]) % {"n": counts["overdue"]}
        return State("overdue", _("%(late)s, %(done)s") % {"late": late, "done": done})
    return State("done" if counts["completed"] == whole else "running", done)


@dataclass
class Held:
    """A bearer with the person who holds the post today, where one is found."""

    bearer: Bearer
    person: User | None = None
    leader: bool = False


@dataclass
class DutyLine:
    """One duty as the page shows it."""

    duty: Duty
    bearers: list[Held]
    tasks: list[Task] = field(default_factory=list)
    counts: Counts | None = None
    breaches: int = 0  # the notes that hold now
    headings: list[tuple[int, str]] = field(default_factory=list)  # to stand above it: level from 2, words

    @property
    def state(self) -> State:
        """The state from the tasks, or the word on breaches."""
        if not self.duty.is_negative:
            return state_of(self.counts, len(self.tasks))
        if not self.breaches:
            return State("clean", _("No breach noted"))
        words = ngettext("%(n)d breach noted", "%(n)d breaches noted", self.breaches) % {"n": self.breaches}
        return State("breach", words)


class Holders:
    """Who holds which post today: the posts of the issuing body's leaders and heads, and of every unit that bears."""

    def __init__(self, issuer: Unit, units: Iterable[int], on: date) -> None:
        wanted = Q(unit__in=set(units)) | Q(unit__body=issuer.body_id, role__in=LEADERS)
        self._posts = list(
            Post.objects.filter(wanted, user__is_active=True).active(on).select_related("user").order_by("pk")
        )

    def held(self, bearer: Bearer) -> Held:
        """The one person behind a title; nobody where none or several fit, and for a group, which is many."""
        if not bearer.post_title or bearer.group_id or bearer.outside_name:
            return Held(bearer)
        posts = [post for post in self._posts if bearer.unit_id in (None, post.unit_id)]
        title = bearer.post_title
        found = (
            [post for post in posts if post.title == title]
            or [post for post in posts if bearer.unit_id and title in HEAD_WORDS and post.role == Role.HEAD]
            or [post for post in posts if post.title and (post.title in title or title in post.title)]
        )
        people = {post.user_id for post in found}
        if len(people) != 1:
            return Held(bearer)
        return Held(bearer, found[0].user, any(post.role == Role.LEADER for post in found))


def lines_of(task_list: TaskList, user: User, on: date, only: int | None = None) -> list[DutyLine]:
    """The duties of a list that `user` may see, in printed order, with bearers, tasks, figures and breaches; five queries."""
    holds = Q(breaches__corrected_by=None, breaches__withdrawn=False)
    rows = Duty.objects.visible_to(user, on).filter(list=task_list).order_by("position")
    rows = rows.annotate(standing_breaches=Count("breaches", filter=holds))
    if only is not None:
        rows = rows.filter(pk=only)
    bearers = Bearer.objects.select_related("unit", "group")
    duties = list(rows.prefetch_related(Prefetch("bearers", bearers)))
    units = {one.unit_id for duty in duties for one in duty.bearers.all() if one.unit_id}
    holders = Holders(task_list.issuer, units, on)
    tasks = _tasks_of(duties if task_list.issued_on else [], user, on)
    figures = _figures_of({task.pk for found in tasks.values() for task in found}, user, on)
    lines = []
    above: list[str] = []
    for duty in duties:
        found = tasks[duty.pk]
        line = DutyLine(duty, [holders.held(one) for one in duty.bearers.all()], found)
        parts = [figures[task.pk] for task in found if task.pk in figures]
        line.counts = Counts.sum(parts) if parts else None
        line.breaches = duty.standing_breaches
        line.headings = _new_headings(above, duty.heading)
        above = duty.heading
        lines.append(line)
    return lines


def _new_headings(above: Sequence[str], heading: Sequence[str]) -> list[tuple[int, str]]:
    """The headings that begin here: those from the first level on that differs from the line above."""
    same = 0
    while same < min(len(above), len(heading)) and above[same] == heading[same]:
        same += 1
    return [(level + 2, words) for level, words in enumerate(heading) if level >= same]


def _tasks_of(duties: Iterable[Duty], user: User, on: date) -> dict[int, list[Task]]:
    """The linked tasks of each duty that the reader may see."""
    links = (
        DutyTask.objects.filter(duty__in=[duty.pk for duty in duties], task__in=Task.objects.visible_to(user, on))
        .select_related("task__text", "task__list")
        .order_by("duty", "task__list", "task__position")
    )
    found: dict[int, list[Task]] = defaultdict(list)
    for link in links:
        found[link.duty_id].append(link.task)
    return found


def _figures_of(tasks: set[int], user: User, on: date) -> dict[int, Counts]:
    """The figures of each task over the lead shares that the reader may open."""
    if not tasks:
        return {}
    no_wishes = Thresholds(on, {None: (on, on)})  # none of the figures wanted asks from which day "due soon" shines
    counted = (
        Assignment.objects.visible_to(user, on)
        .leads()
        .filter(task__in=tasks)
        .values("task_id")
        .order_by()
        .annotate(**aggregates(on, no_wishes, WANTED))
    )
    return {row["task_id"]: Counts.of(row) for row in counted}


@dataclass
class Group:
    """Everything that one leader, unit or person answers for."""

    label: str
    thing: Unit | UnitGroup | User | None
    lines: list[DutyLine] = field(default_factory=list)

    @property
    def overdue(self) -> int:
        """How many of the duties are behind."""
        return sum(line.state.code == "overdue" for line in self.lines)


def by_post(lines: Iterable[DutyLine]) -> list[Group]:
    """Post by post, in the order of the list, each with who holds it today; duties without a post last."""
    groups: dict[str, Group] = {}
    nobody = Group(_("No post named"), None)
    for line in lines:
        posts = [held for held in line.bearers if held.bearer.post_title]
        for held in posts:
            thing = held.bearer.thing
            post = english_of(held.bearer.post_title) or held.bearer.post_title
            label = f"{thing.local_name} {post}" if thing else post
            groups.setdefault(label, Group(label, held.person)).lines.append(line)
        if not posts:
            nobody.lines.append(line)
    return [*groups.values(), *([nobody] if nobody.lines else [])]


def by_unit(lines: Iterable[DutyLine]) -> list[Group]:
    """Unit by unit in establishment order, groups and printed names after them."""
    units: dict[int, Group] = {}
    others: dict[str, Group] = {}
    for line in lines:
        for held in line.bearers:
            one = held.bearer
            if one.unit:
                group = units.setdefault(one.unit.pk, Group(one.unit.local_name, one.unit))
            else:
                label = one.group.local_name if one.group else one.outside_name or _("Posts of this body")
                group = others.setdefault(label, Group(label, one.group))
            if line not in group.lines:
                group.lines.append(line)
    ordered = sorted(units.values(), key=lambda group: group.thing.path if isinstance(group.thing, Unit) else "")
    return [*ordered, *others.values()]


def by_person(lines: Iterable[DutyLine]) -> list[Group]:
    """Person by person across posts and units; posts that nobody, or more than one person, holds stand last."""
    people: dict[int, Group] = {}
    vacant = Group(_("Nobody, or more than one person, holds the post"), None)
    for line in lines:
        for held in line.bearers:
            if not held.bearer.post_title:
                continue
            group = (
                people.setdefault(held.person.pk, Group(str(held.person.local_name), held.person))
                if held.person
                else vacant
            )
            if line not in group.lines:
                group.lines.append(line)
    return [*people.values(), *([vacant] if vacant.lines else [])]


def without_task(lines: Iterable[DutyLine]) -> list[DutyLine]:
    """Duties that ask for something and that no task carries out."""
    return [line for line in lines if not line.duty.is_negative and not line.tasks]


def without_duty(task_list: TaskList, user: User, on: date) -> QuerySet[Task]:
    """Tasks that the issuing body gave out in the year of the list and that stand under none of its duties."""
    linked = DutyTask.objects.filter(task=OuterRef("pk"), duty__list=task_list)
    return (
        _issued(user, on)
        .filter(list__year=task_list.year, list__issuer__body=task_list.issuer.body_id, withdrawn_on=None)
        .filter(~Exists(linked))
        .select_related("text", "list")
        .order_by("list", "position")
    )


def linkable(duty: Duty, user: User, on: date, words: str = "") -> QuerySet[Task]:
    """Tasks of issued lists that may be put under the duty, the list's own year first; found by words of task or list."""
    rows = _issued(user, on).exclude(duty_links__duty=duty).filter(withdrawn_on=None)
    for word in words.split()[:4]:
        rows = rows.filter(Q(text__content__icontains=word) | Q(list__title__icontains=word))
    return rows.select_related("text", "list").order_by("-list__year", "list", "position")[:MOST_CHOICES]


def _issued(user: User, on: date) -> QuerySet[Task]:
    return Task.objects.visible_to(user, on).filter(
        list__kind=TaskList.Kind.TASK, list__stage__in=[ListStage.ISSUED, ListStage.CLOSED]
    )


def sees_all(task_list: TaskList, user: User, on: date) -> bool:
    """Whether the person serves the issuing side, and so sees every duty and the gaps."""
    issuer = task_list.issuer
    return user.sight(on).serves(issuer.path, issuer.body_id, issuer.pk)
