"""May this person make this move today? Questions only; actions, pages and jobs ask the same ones (design 3, 4, 6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Q, QuerySet

from branches.models import Branch, Post, Unit, User
from branches.models.words import active_q
from branches.roles import Role
from tasks.models import Assignment, Report, TaskList
from tasks.states import DESK, MOVES, REVIEWERS, ListStage, Side, Stage

SETTLE = timedelta(days=14)  # before its end the approving unit is asked what becomes of open work (design 3)


@dataclass(frozen=True)
class Hat:
    """One capacity in which a person acts: a post, or membership of a branch (which acts as member)."""

    role: Role
    unit_id: int
    path: str
    body_id: int | None
    post: Post | None = None

    @property
    def stands_in_for(self) -> int | None:
        """Whose post this is, where the person only stands in for its holder; None for his own (cases.md 13)."""
        return self.post.user_id if self.post and self.post.held_for else None

    def covers(self, path: str, body_id: int | None) -> bool:
        """Whether a unit lies at or below this hat's unit in the same body."""
        return body_id is not None and self.body_id == body_id and path.startswith(self.path)


@dataclass(frozen=True)
class Actor:
    """A person with everything he acts as on one day; made once a request or job, two queries."""

    user: User
    on: date
    hats: tuple[Hat, ...]

    @classmethod
    def of(cls, user: User, on: date, posts: Sequence[Post] | None = None) -> Actor:
        """Load the posts and branch memberships that hold on the day `on`; none for a closed account.

        A page that only asks what to show gives the `posts` its request has read; an action reads afresh, under the lock.
        """
        if not user.is_active:
            return cls(user, on, ())
        member_of: Iterable[tuple[int, str, int | None]]
        if posts is None:
            posts = user.posts_on(on)
            member_of = user.memberships.active(on).values_list(
                "branch__unit_id", "branch__unit__path", "branch__unit__body_id"
            )
        else:
            member_of = user.sight(on).member_of
        held = [Hat(Role(post.role), post.unit_id, post.unit.path, post.unit.body_id, post) for post in posts]
        return cls(user, on, (*held, *(Hat(Role.MEMBER, *unit) for unit in member_of)))

    def hat_for(self, roles: Iterable[Role], path: str, body_id: int | None) -> Hat | None:
        """The nearest hat with one of these roles that covers the unit at `path`; one's own before a lent one."""
        fitting = [hat for hat in self.hats if hat.role in roles and hat.covers(path, body_id)]
        return max(fitting, key=lambda hat: (hat.stands_in_for is None, len(hat.path)), default=None)

    def desk_of(self, unit: Unit) -> Hat | None:
        """The hat under which this person keeps the desk of `unit`: its secretary or head, or one above it in the body."""
        return self.hat_for(DESK, unit.path, unit.body_id)


@dataclass(frozen=True)
class Verdict:
    """May he, and if so under which hat; a `None` hat with `allowed` means: by name, for himself."""

    allowed: bool
    hat: Hat | None = None

    def __bool__(self) -> bool:
        return self.allowed

    @property
    def post(self) -> Post | None:
        """The acting post that the event names."""
        return self.hat.post if self.hat else None


NO = Verdict(False)


def may(actor: Actor, row: Assignment, name: str, barred: set[int] | None = None) -> Verdict:
    """Whether `actor` may make the move `name` on `row` as it stands: the stage, the side, the role (design 4).

    For a reviewer's move `barred` holds the people who may not judge this row; looked up when not given.
    """
    move = MOVES[name]
    if row.stage not in move.sources or (move.to_bodies_only and not row.crosses_boundary):
        return NO
    return on_side(actor, row, name, barred)


def on_side(actor: Actor, row: Assignment, name: str, barred: set[int] | None = None) -> Verdict:
    """The same question without the stage: it tells "not yours" (403) from "no longer possible" (409)."""
    move = MOVES[name]
    if move.side == Side.DOER:
        return _doer(actor, row, move.roles)
    if move.side == Side.UNIT_DESK:
        return _verdict(actor.hat_for(move.roles, row.unit_path, row.body_id))
    if name == "hand_over":
        return _verdict(actor.hat_for(move.roles, row.issuer_path, row.issuer_body_id)) or _approver(actor, row)
    if move.side == Side.ISSUER:
        return _verdict(actor.hat_for(move.roles, row.issuer_path, row.issuer_body_id))
    if move.side == Side.REVIEWER:
        return _reviewer(actor, row, barred)
    return NO


def _verdict(hat: Hat | None) -> Verdict:
    return Verdict(True, hat) if hat else NO


def _doer(actor: Actor, row: Assignment, roles: frozenset[Role]) -> Verdict:
    """The person it is for; the desk that answers for the unit; members of the unit when it is for nobody by name."""
    if row.person_id == actor.user.pk:
        hat = next((hat for hat in actor.hats if hat.unit_id == row.unit_id), None)
        return Verdict(True, hat)
    if hat := actor.hat_for(DESK & roles, row.unit_path, row.body_id):
        return Verdict(True, hat)
    if row.person_id is not None and (hat := _lent_by(actor, row)):
        return Verdict(True, hat)
    if row.person_id is None:
        return _verdict(next((h for h in actor.hats if h.unit_id == row.unit_id and h.role in roles), None))
    return NO


def _lent_by(actor: Actor, row: Assignment) -> Hat | None:
    """The post in which somebody stands in for the person whom the row names, where the row is of its unit."""
    hats = (hat for hat in actor.hats if hat.stands_in_for == row.person_id)
    return next((hat for hat in hats if hat.unit_id == row.unit_id or hat.covers(row.unit_path, row.body_id)), None)


def _approver(actor: Actor, row: Assignment) -> Verdict:
    """The desk of the unit that approved a branch settles what it leaves, from two weeks before its end (design 3)."""
    branch = Branch.objects.filter(unit=row.unit_id, unit__ends_on__lte=actor.on + SETTLE).select_related("approved_by")
    found = branch.first()
    return _verdict(actor.desk_of(found.approved_by)) if found and found.approved_by else NO


def _reviewer(actor: Actor, row: Assignment, barred: set[int] | None) -> Verdict:
    if row.review_unit_id is None:  # nothing waits here: taken back meanwhile, or completed before it was published
        return _verdict(actor.hat_for(REVIEWERS, row.issuer_path, row.issuer_body_id))
    wanted = {Role.LEADER} if row.review_leaders else DESK
    hats = [hat for hat in actor.hats if hat.unit_id == row.review_unit_id and hat.role in wanted]
    if not hats:
        return NO
    out = authors(row) if barred is None else barred
    if actor.user.pk in out:
        return NO
    return _verdict(next((hat for hat in hats if hat.stands_in_for not in out), None))  # nor for whom he stands in


def authors(row: Assignment) -> set[int]:
    """Who may not judge the submission in review: its author and whoever it was made for, under any post (I-22)."""
    last = Report.objects.filter(assignment=row, kind=Report.Kind.COMPLETION).order_by("-at", "-pk").first()
    found = {last.by_id, last.on_behalf_of_id} if last else set()
    return {pk for pk in {*found, row.person_id} if pk is not None}


@dataclass(frozen=True)
class Seat:
    """Where a submission is reviewed: the desk of a unit, or its leaders."""

    unit_id: int
    leaders: bool
    people: frozenset[int]


def review_seats(issuer: Unit, on: date) -> list[Seat]:
    """All seats that could review for `issuer`, in the order of design 4: its desk, its leaders, then each unit above
    it in the body, nearest first, desk before leaders. One query."""
    above = [issuer.path[:n] for n in range(len(issuer.path), 0, -issuer.steplen)]
    posts = (
        Post.objects.filter(active_q(on), unit__path__in=above, unit__body_id=issuer.body_id, role__in=REVIEWERS)
        .filter(user__is_active=True)
        .values_list("unit__path", "unit_id", "role", "user_id")
    )
    seats: dict[tuple[int, bool], tuple[int, set[int]]] = {}
    for path, unit_id, role, user_id in posts:
        key = (-len(path), role == Role.LEADER)
        seats.setdefault(key, (unit_id, set()))[1].add(user_id)
    return [Seat(unit, key[1], frozenset(people)) for key, (unit, people) in sorted(seats.items())]


def review_seat(issuer: Unit, barred: set[int], on: date) -> Seat | None:
    """The first seat on which somebody sits who is not barred; None blocks publishing and submitting, with words."""
    return next((seat for seat in review_seats(issuer, on) if seat.people - barred), None)


def review_queue(user: User, on: date, actor: Actor | None = None) -> QuerySet[Assignment]:
    """What waits for this person's review, oldest submission first; never his own reports (I-22).

    A page gives the `actor` it has, narrowed to one hat where one scope is chosen.
    """
    actor = actor or Actor.of(user, on)
    waiting = Q(pk__in=[])
    for holder in dict.fromkeys(hat.stands_in_for for hat in actor.hats):  # one's own posts, then each absent one's
        worn = [hat for hat in actor.hats if hat.stands_in_for == holder]
        desks = [hat.unit_id for hat in worn if hat.role in DESK]
        leads = [hat.unit_id for hat in worn if hat.role == Role.LEADER]
        there = Q(review_unit__in=desks, review_leaders=False) | Q(review_unit__in=leads, review_leaders=True)
        waiting |= there & ~_made_by(holder) if holder else there
    return Assignment.objects.in_review().filter(waiting & ~_made_by(user.pk)).order_by("submitted_at", "pk")


def _made_by(person: int) -> Q:
    """Submissions in review that this person made, or that were made for him (I-22)."""
    last = Report.objects.filter(kind=Report.Kind.COMPLETION, at=F("assignment__submitted_at"))
    made = last.filter(Q(by=person) | Q(on_behalf_of=person))
    return Q(person=person, person__isnull=False) | Q(pk__in=made.values("assignment_id"))


def may_issue(actor: Actor, issuer: Unit) -> Verdict:
    """Lists are issued by the desk of the issuing unit."""
    return _verdict(actor.desk_of(issuer))


def given_q(actor: Actor) -> Q:
    """Rows given by a unit whose desk this person keeps: he reminds of them and moves their dates."""
    given = Q(pk__in=[])
    for hat in actor.hats:
        if hat.role in DESK:
            given |= Q(issuer_body=hat.body_id, issuer_path__startswith=hat.path)
    return given


def may_see_mail(actor: Actor, row: Assignment) -> bool:
    """Whom the system wrote to about a row is shown to the desks that gave the work and that do it."""
    return actor.hat_for(DESK, row.unit_path, row.body_id) is not None or bool(may_issue(actor, row.issuer))


def may_edit_list(actor: Actor, task_list: TaskList) -> Verdict:
    """A draft is changed by the desk of its issuer; an issued list only by a new version (I-11)."""
    return may_issue(actor, task_list.issuer) if task_list.stage == ListStage.DRAFT else NO


def may_sign(actor: Actor, body: Unit) -> Verdict:
    """A list that arrived at a body is signed for by the body's desk."""
    return _verdict(next((h for h in actor.hats if h.role in DESK and h.unit_id == body.pk), None))


def receivable(issuer: Unit, unit: Unit) -> bool:
    """Receivers of a list are units of the issuing body and the bodies directly below it (design 3)."""
    if unit.body_id == issuer.body_id:
        return True
    body = issuer.body
    return bool(body and unit.is_body and unit.path.startswith(body.path) and unit.depth == body.depth + 1)


def is_quiet(row: Assignment) -> bool:
    """Whether nobody owes anything on this row just now: in review, suspended, closed."""
    return row.stage in (Stage.REPORTED, Stage.SUSPENDED, Stage.COMPLETED, Stage.STOPPED)
