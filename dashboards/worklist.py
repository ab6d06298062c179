"""What a person has to do now, in order of urgency: rows to review, to sign for, to bring further, to look after (ux S02–S04a).

Everything is asked of the posts in question: all of them, or the one chosen in the scope switch. Each count is the length
of the queue that it opens.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import IntEnum
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import (
    Case,
    CharField,
    Count,
    DateField,
    Exists,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
    Window,
)
from django.db.models.functions import Cast, Concat, Left, RowNumber, TruncDate
from django.urls import reverse
from django.utils.translation import get_language

from activities.models import Meeting
from activities.queries import announced
from branches.models import Branch, BranchState, Feedback, Membership, PlannedChange, Post, User
from branches.models.words import active_q
from branches.moving import SPEAKS_FOR_A_BODY
from branches.queries.steps import announced_to, asked_of
from branches.roles import KEEPS_TREE, Role
from dashboards.viewer import Viewer
from tasks import rules
from tasks.figures import Counts, Figure, aggregates
from tasks.lights import Thresholds
from tasks.models import Approval, Assignment, Delivery, Extension, HelpRequest, Instruction, Slip, SlipState
from tasks.models.assignments import overdue_q
from tasks.queries import followup
from tasks.queries.handovers import left_work
from tasks.queries.tree import concerned
from tasks.slips import ISSUES as SLIP_DESKS
from tasks.states import DOERS, REVIEWERS, WITH_UNIT, Stage

NOTHING = Q(pk__in=[])
ENDING_DAYS = 14  # before its end the approving unit is asked what becomes of open work (design 3)
LISTED = 5  # papers of one kind on the page; their number is told in full
OWN_SHOWN = 60
PER_PAGE = 20


class Rank(IntEnum):
    """How urgent a row is for a desk, and whose step is next."""

    OURS_LATE = 0  # ours, and overdue or returned
    REVIEW = 1
    HELP = 2  # somebody asked us for help
    GIVEN_LATE = 3  # given by us, and overdue there
    OURS_SOON = 4
    GIVEN_SOON = 5


SHOWS = ("review", "returned", "overdue", "help", "soon")  # the counts of a desk, by their word in the address


@dataclass(frozen=True)
class Desk:
    """The conditions under which a row stands in a desk's queue."""

    review: Q
    ours: Q
    given: Q
    overdue: Q
    help: Q
    soon: Q

    @classmethod
    def of(cls, viewer: Viewer, thresholds: Thresholds) -> Desk:
        """The queue of everything this person keeps the desk of, and of what is his to review."""
        owing = Q(owes_report=True)
        ours = Q(unit__in=[post.unit_id for post in viewer.desks]) & ~_by_name(viewer) & owing
        given = [Q(issuer_body=post.unit.body_id, issuer_path__startswith=post.unit.path) for post in viewer.desks]
        return cls(
            review=to_review(viewer),
            ours=ours if viewer.desks else NOTHING,
            given=reduce(or_, given, NOTHING) & ~ours & ~_by_name(viewer) & owing if given else NOTHING,
            overdue=overdue_q(viewer.on),
            help=Q(pk__in=followup.to_help(viewer.actor).order_by().values("assignment_id")),
            soon=thresholds.soon_q(),
        )

    def parts(self, show: str = "") -> list[Q]:
        """The rows of the queue, or of one of its counts, in parts of which each has an index of its own."""
        each = {
            "review": [self.review],
            "returned": [self.ours & Q(stage=Stage.RETURNED)],
            "overdue": [self.ours & self.overdue, self.given & self.overdue],
            "help": [self.help],
            "soon": [self.ours & self.soon, self.given & self.soon],
        }
        return each[show] if show else [part for parts in each.values() for part in parts]

    def shown(self, show: str = "") -> Q:
        """The same as one condition, for rows in question."""
        return reduce(or_, self.parts(show))

    def rank(self) -> Case:
        """The urgency of a row in the queue."""
        late = self.overdue | Q(stage=Stage.RETURNED)
        return Case(
            When(self.review, then=Value(Rank.REVIEW)),
            When(self.ours & late, then=Value(Rank.OURS_LATE)),
            When(self.help, then=Value(Rank.HELP)),
            When(self.ours, then=Value(Rank.OURS_SOON)),
            When(self.overdue, then=Value(Rank.GIVEN_LATE)),
            default=Value(Rank.GIVEN_SOON),
            output_field=IntegerField(),
        )


def to_review(viewer: Viewer) -> Q:
    """Rows that wait for this person's review, never his own reports (design 4); within the chosen scope."""
    return Q(pk__in=rules.review_queue(viewer.user, viewer.on, viewer.actor).order_by().values("pk"))


def _by_name(viewer: Viewer) -> Q:
    """Rows that name this person, or somebody for whom he stands in at the post that he stands in for."""
    named = Q(person=viewer.user)
    for post in viewer.acting:
        if post.held_for:
            named |= Q(person=post.user_id, body=post.unit.body_id, unit_path__startswith=post.unit.path)
    return named


def mine(viewer: Viewer) -> Q:
    """Rows that are this person's own: his by name, and those of a unit in which he serves without keeping its desk."""
    if viewer.scope:
        own = [viewer.scope.unit_id] if viewer.scope.role in {Role.MEMBER, Role.LIAISON} else []
        named = _by_name(viewer) & Q(unit_path__startswith=viewer.scope.unit.path)
    else:
        desks = {post.unit_id for post in viewer.desks}
        own, named = [unit for unit in viewer.sight.own if unit not in desks | _only_guided(viewer)], _by_name(viewer)
    return named | Q(person__isnull=True, unit__in=own, owes_report=True)


def _only_guided(viewer: Viewer) -> set[int]:
    """Units that this person guides as instructor without being one of them: he sees their work and reports none of it."""
    guided = {post.unit_id for post in viewer.posts_as(frozenset({Role.INSTRUCTOR}))}
    if not guided:
        return guided
    guided -= {post.unit_id for post in viewer.posts_as(frozenset({Role.MEMBER, Role.LIAISON}))}
    member_of = viewer.user.memberships.active(viewer.on).filter(branch__unit__in=guided)
    return guided - set(member_of.values_list("branch__unit_id", flat=True))


def clock() -> Case:
    """The date that counts now: the supplement date while returned, else the due date."""
    return Case(When(stage=Stage.RETURNED, then=F("supplement_by")), default=F("due_on"), output_field=DateField())


@dataclass(frozen=True)
class Work:
    """The rows of a home: a page of the desk's queue, and one's own rows, open ones first."""

    queue: list[Assignment]
    own: list[Assignment]


def work(viewer: Viewer, desk: Desk, show: str = "", first: int = 0, last: int = PER_PAGE) -> Work:
    """The places `first` to `last` of the queue (of one count only where `show` names it), most urgent first, and one's own
    rows: open ones by urgency, then in review, then completed ones, newest first. One query for both."""
    queued = desk.shown(show)
    own = mine(viewer) & Q(stage__in=[*WITH_UNIT, Stage.REPORTED, Stage.COMPLETED])
    stand = {Stage.REPORTED: 1, Stage.COMPLETED: 2}
    urgency = Case(
        When(queued, then=desk.rank()),
        *(When(stage=stage, then=Value(place)) for stage, place in stand.items()),
        default=Value(0),
        output_field=IntegerField(),
    )
    rows = Assignment.objects.among([*desk.parts(show), own]).annotate(
        is_own=Case(When(queued, then=Value(False)), default=Value(True)),
        rank=urgency,
        counts_on=clock(),
        help_asked=open_help(),
        time_asked=open_time(),
    )
    order = [
        F("rank").asc(),
        F("completed_on").desc(nulls_last=True),
        F("submitted_at").asc(nulls_last=True),
        F("counts_on").asc(nulls_last=True),
        F("pk").asc(),
    ]
    rows = rows.annotate(place=Window(RowNumber(), partition_by=[F("is_own")], order_by=order))
    on_page = Q(is_own=False, place__gt=first, place__lte=last) | Q(is_own=True, place__lte=OWN_SHOWN)
    found = list(rows.filter(on_page).select_related("task__text", "unit", "list").order_by("is_own", "place"))
    return Work([row for row in found if not row.is_own], [row for row in found if row.is_own])


def counts(viewer: Viewer, desk: Desk) -> dict[str, Any]:
    """How many rows each count of the queue opens, own rows that are completed, and the next date ahead; one query."""
    own = mine(viewer)
    to_come = Q(stage__in=WITH_UNIT, due_on__gte=viewer.on)
    ahead = (desk.ours | desk.given | own) & to_come
    wanted: dict[str, Any] = {show: Count("pk", filter=desk.shown(show)) for show in SHOWS}
    rows = Assignment.objects.among([*desk.parts(), desk.ours & to_come, desk.given & to_come, own])
    return rows.aggregate(
        **wanted,
        given_overdue=Count("pk", filter=desk.given & desk.overdue),
        queue=Count("pk", filter=desk.shown()),
        done=Count("pk", filter=own & Q(stage=Stage.COMPLETED)),
        mine=Count("pk", filter=own & Q(stage__in=[*WITH_UNIT, Stage.REPORTED])),
        next_due=Min("due_on", filter=ahead),
        oldest_review=Min("submitted_at", filter=desk.review),
    )


LIST_FIGURES = (Figure.COMPLETED, Figure.DUE, Figure.TOTAL, Figure.OVERDUE)


@dataclass(frozen=True)
class GivenList:
    """A list given by a unit whose desk one keeps, with its figures."""

    key: int
    name: str
    name_en: str
    issuer: int
    counts: Counts

    @property
    def figures(self) -> list[tuple[str, int, str]]:
        """Word, number, and the address of the rows behind it."""
        address = reverse("dashboards:rows", args=[self.issuer])
        return [
            (str(figure.label), self.counts[figure], f"{address}?figure={figure}&measure=given&list={self.key}")
            for figure in LIST_FIGURES
        ]


def issued_lists(viewer: Viewer, thresholds: Thresholds) -> list[GivenList]:
    """The newest lists given by the units whose desk this person keeps; one query."""
    rows = (
        Assignment.objects.leads()
        .filter(issuer__in=[post.unit_id for post in viewer.desks])
        .order_by()
        .values("list_id", "list__title", "list__title_en", "issuer_id")
        .annotate(**aggregates(viewer.on, thresholds, LIST_FIGURES), issued=Max("list__issued_on"))
        .order_by("-issued", "-list_id")[
            :LISTED
        ]  # by what is counted: by the lists' own day all lists would be gone through
    )
    return [
        GivenList(row["list_id"], row["list__title"], row["list__title_en"], row["issuer_id"], Counts.of(row))
        for row in rows
    ]


# --- papers: everything that waits and is no assignment -----------------------------------------


@dataclass(frozen=True)
class Paper:
    """Something that waits: a list to sign for or to approve, a branch, an account, a piece of feedback."""

    kind: str
    key: int
    name: str
    name_en: str
    on: date | None
    total: int  # how many of this kind wait in all

    @property
    def local_name(self) -> str:
        """The name for the language of the page."""
        return self.name_en if self.name_en and (get_language() or "").startswith("en") else self.name


def papers(viewer: Viewer) -> dict[str, list[Paper]]:
    """What waits for this person besides assignments, by kind; one query for all kinds."""
    told = [*_changes_waiting(viewer), *_branches_told(viewer)]
    asked = [*_asked_of_us(viewer), *_in_my_charge(viewer)]
    parts = [*_lists_waiting(viewer), *_slips_waiting(viewer), *asked, *_tree_waiting(viewer), *told]
    if not parts:
        return {}
    first, *others = parts
    found: dict[str, list[Paper]] = {}
    for values in first.union(*others, all=True) if others else first:
        paper = Paper(*values)
        found.setdefault(paper.kind, []).append(paper)
    return found


def _as_papers(kind: str, rows: QuerySet[Any], key: str, name: Any, name_en: Any, on: Any) -> QuerySet[Any, Any]:
    """Rows in the shape of a paper, the soonest first."""
    text = CharField()
    shaped = rows.annotate(
        p_kind=Value(kind, output_field=text),
        p_key=Cast(F(key), IntegerField()),
        p_name=Cast(name, text),
        p_name_en=Cast(name_en, text),
        p_on=Cast(on, DateField()),
        p_total=Window(Count("pk")),
    )
    return shaped.order_by("p_on", "p_key").values_list("p_kind", "p_key", "p_name", "p_name_en", "p_on", "p_total")[
        :LISTED
    ]


def _lists_waiting(viewer: Viewer) -> Iterable[QuerySet[Any, Any]]:
    if viewer.desks:
        unsigned = Delivery.objects.waiting().filter(body__in=[post.unit_id for post in viewer.desks])
        left = left_work(viewer.actor).order_by()
        yield _as_papers("left", left, "pk", F("unit__name"), F("unit__name_en"), F("unit__ends_on"))
        yield _as_papers("sign", unsigned, "list_id", F("list__title"), F("list__title_en"), F("sign_by"))
    if any(post.role == Role.LEADER for post in viewer.acting):
        asked = Approval.objects.filter(approver=viewer.user, decision=Approval.Decision.ASKED)
        yield _as_papers("approve", asked, "pk", F("list__title"), F("list__title_en"), TruncDate("asked_at"))


def _slips_waiting(viewer: Viewer) -> Iterable[QuerySet[Any, Any]]:
    """Slips that one's own unit has to answer, those that wait for it, and answers that wait for one's body."""
    names = (F("matter"), Value(""))
    doers = [post.unit_id for post in viewer.posts_as(DOERS)]
    if not viewer.scope:
        doers += [unit for unit, _path, _body in viewer.sight.member_of]
    if doers:
        ours = Slip.objects.in_state(SlipState.WAITING).filter(lead__in=doers)
        yield _as_papers("slip", ours, "pk", *names, F("next_due"))
    if bodies := [post.unit_id for post in viewer.posts_as(SLIP_DESKS) if post.unit.body_id == post.unit_id]:
        answered, given = (
            Slip.objects.in_state(state).filter(issuer__in=bodies) for state in (SlipState.ANSWERED, SlipState.WAITING)
        )
        yield _as_papers("slip_answer", answered, "pk", *names, TruncDate("last_answer_at"))
        yield _as_papers("slip_given", given, "pk", *names, F("next_due"))


def next_meeting(waiting: dict[str, list[Paper]]) -> Meeting | None:
    """The soonest announced meeting among the papers, as far as a line on the first page needs it."""
    for paper in waiting.get("meeting", [])[:1]:
        if paper.on is None:
            continue  # a meeting has its day; the papers of other kinds may have none
        kind, _bar, duty = paper.name.partition("|")
        return Meeting(pk=paper.key, kind=kind, duty=duty, place=paper.name_en, held_on=paper.on)
    return None


def _branches_told(viewer: Viewer) -> Iterable[QuerySet[Any, Any]]:
    """Meetings and branches announced to this member, and those that the unit he heads is asked to approve."""
    names = (F("unit__name"), F("unit__name_en"))
    if viewer.sight.member_of:
        words = Concat("kind", Value("|"), "duty")
        yield _as_papers("meeting", announced(viewer.user, viewer.on), "pk", words, F("place"), F("held_on"))
        yield _as_papers("branch_told", announced_to(viewer.user, viewer.on), "pk", *names, F("announced_on"))
    if heads := [post.unit_id for post in viewer.posts_as(frozenset({Role.HEAD}))]:
        yield _as_papers("branch_asked", asked_of(heads), "pk", *names, F("unit__starts_on"))


def _changes_waiting(viewer: Viewer) -> Iterable[QuerySet[Any, Any]]:
    """Moves into a body for which one speaks, and changes of its own units that were objected to or could not be done."""
    told = viewer.posts_as(SPEAKS_FOR_A_BODY)
    if bodies := {post.unit.body_id for post in told if post.unit.is_body or post.role == Role.TREE_ADMIN}:
        rows = concerned(PlannedChange.objects.all(), bodies)
        yield _as_papers("change", rows, "pk", F("unit__name"), F("unit__name_en"), F("effective_on"))


def _asked_of_us(viewer: Viewer) -> Iterable[QuerySet[Any, Any]]:
    """Requests for more time to decide on or to pass on, and instructions: to answer, and those this leader has given."""
    task = _unit_and_task("assignment__")
    words = (F("text"), Value(""))
    if viewer.posts_as(REVIEWERS):
        yield _as_papers("extension", followup.to_decide(viewer.actor), "pk", *task, F("decide_by"))
    if viewer.posts_as(frozenset({Role.HEAD})):
        yield _as_papers("pass_on", followup.to_pass_on(viewer.actor), "pk", *task, F("asked_on"))
    if viewer.desks:
        yield _as_papers("instruction", followup.to_answer(viewer.actor, viewer.on), "pk", *words, F("due_on"))
    if viewer.posts_as(frozenset({Role.LEADER})):
        given = Instruction.objects.open().filter(by=viewer.user)
        yield _as_papers("instruction_given", given, "pk", *words, F("due_on"))


def _in_my_charge(viewer: Viewer) -> Iterable[QuerySet[Any, Any]]:
    """What a leader answers for by name in the lists, overdue work apart: his home opens with it (ux S04)."""
    if not viewer.posts_as(frozenset({Role.LEADER})):
        return
    rows = Assignment.objects.visible_to(viewer.user, viewer.on).leads().open().filter(leader=viewer.user)
    task, late = _unit_and_task(), overdue_q(viewer.on)
    yield _as_papers("charge_late", rows.filter(late), "pk", *task, F("due_on"))
    yield _as_papers("charge", rows.filter(stage__in=WITH_UNIT).exclude(late), "pk", *task, F("due_on"))


def _unit_and_task(prefix: str = "") -> tuple[Any, Any]:
    """Whose share of which task, in Chinese and, where both have it, in English."""
    unit, task = f"{prefix}unit__name", f"{prefix}task__text__content"
    lacking = Q(**{f"{unit}_en": ""}) | Q(**{f"{task}_en": ""})
    both = Concat(F(f"{unit}_en"), Value(" · "), F(f"{task}_en"), output_field=CharField())
    english = Case(When(lacking, then=Value("")), default=both, output_field=CharField())
    return Concat(F(unit), Value(" · "), F(task), output_field=CharField()), english


def open_help() -> Subquery:
    """An annotation of rows: the request for help that waits for an answer."""
    rows = HelpRequest.objects.filter(assignment=OuterRef("pk"), state=HelpRequest.State.OPEN)
    return Subquery(rows.values("pk")[:1])


def open_time() -> Exists:
    """An annotation of rows: whether more time has been asked of the issuer and is not decided."""
    return Exists(Extension.objects.filter(assignment=OuterRef("pk"), state=Extension.State.ASKED))


def _tree_waiting(viewer: Viewer) -> Iterable[QuerySet[Any, Any]]:
    """What whoever keeps the tree should see: in his own body, a system admin everywhere."""
    keeping = viewer.posts_as(KEEPS_TREE)
    if not keeping:
        return
    everywhere = any(post.role == Role.SYSTEM_ADMIN for post in keeping)
    bodies = [post.unit.body_id for post in keeping]
    on = viewer.on
    branches = Branch.objects.all() if everywhere else Branch.objects.filter(unit__body__in=bodies)
    names = (F("unit__name"), F("unit__name_en"), F("unit__ends_on"))
    ending = branches.filter(
        state=BranchState.ACTIVE, unit__ends_on__gt=on, unit__ends_on__lte=on + timedelta(days=ENDING_DAYS)
    )
    yield _as_papers("ending", ending, "pk", *names)
    yield _as_papers("planned", branches.filter(state__in=[BranchState.PLANNED, BranchState.APPROVED]), "pk", *names)
    held = Exists(Post.objects.filter(active_q(on), user=OuterRef("pk")))
    member = Exists(Membership.objects.filter(active_q(on), user=OuterRef("pk")))
    idle = User.objects.filter(~held, ~member, is_active=True)
    if not everywhere:
        idle = idle.filter(Exists(Post.objects.filter(user=OuterRef("pk"), unit__body__in=bodies)))
    yield _as_papers("idle", idle, "pk", F("name"), F("name_en"), TruncDate("joined_at"))
    asked = Feedback.objects.filter(answer="") if everywhere else Feedback.objects.filter(answer="", body__in=bodies)
    yield _as_papers("feedback", asked, "pk", Left("text", 60), Value(""), TruncDate("at"))
