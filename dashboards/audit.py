"""Who did what: the events of lists and assignments and the changes of the tree, as one stream, newest first (ux ADM-5, S28).

An auditor reads what happened in the bodies of his posts: what their people did, which work, which reason, before and
after. Across a body's boundary he reads what everybody there may read, and a body's own affairs stay its own (design 3).
A system admin reads changes of the tree everywhere and no work at all. What a
task, a report or a draft says is content and nowhere in it: a task is named by its number and list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from heapq import merge
from itertools import islice
from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import F, Q, QuerySet
from django.http import QueryDict
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.functional import Promise

from branches.clock import SHANGHAI
from branches.models import Change, Post, Unit, User
from branches.queries.history import VERBS
from branches.roles import Role
from tasks.models import Event, Task, TaskList
from tasks.queries.history import INNER, TITLES
from tasks.queries.moves import LIST_TITLES
from tasks.states import ListStage

READS = frozenset({Role.AUDITOR, Role.SYSTEM_ADMIN})
PER_PAGE = 50
MOST = 20_000  # lines of one export
PIECE = 500
NAMES_FOUND = 200  # people, units, tasks or lists that a word may mean
WORK, TREE = "work", "tree"
ACTIONS: Mapping[str, Mapping[str, Promise]] = {WORK: {**TITLES, **LIST_TITLES}, TREE: VERBS}
Kind = str  # WORK or TREE


@dataclass(frozen=True)
class Place:
    """Where a page begins: after the line with this instant, kind and key."""

    at: datetime
    kind: Kind
    pk: int

    @classmethod
    def read(cls, text: str) -> Place:
        """From an address; anything else is a 400."""
        try:
            at, kind, pk = text.split("~")
            instant = parse_datetime(at)
            if instant is None or instant.tzinfo is None or kind not in (WORK, TREE) or not 0 <= int(pk) < 2**62:
                raise ValueError(text)
        except ValueError as error:
            raise BadRequest("before") from error
        return cls(instant, kind, int(pk))

    def __str__(self) -> str:
        return f"{self.at.isoformat()}~{self.kind}~{self.pk}"

    def of(self, kind: Kind) -> Q:
        """The lines of one kind that come after it."""
        if kind == self.kind:
            return Q(at__lt=self.at) | Q(at=self.at, pk__lt=self.pk)
        return Q(at__lte=self.at) if kind == TREE else Q(at__lt=self.at)


@dataclass(frozen=True)
class Asking:
    """What the page is asked for."""

    who: str = ""
    what: str = ""
    action: str = ""  # "work:approve", "tree:unit-renamed"
    first: date | None = None
    last: date | None = None
    before: Place | None = None

    @classmethod
    def read(cls, get: QueryDict) -> Asking:
        """The filter of an address; an unknown action or an unreadable day is a 400."""
        action = get.get("action", "")
        kind, _colon, name = action.partition(":")
        if action and (kind not in ACTIONS or name not in ACTIONS[kind]):
            raise BadRequest("action")
        return cls(
            _word(get, "who"),
            _word(get, "what"),
            action,
            _day(get, "first"),
            _day(get, "last"),
            Place.read(str(get["before"])) if get.get("before") else None,
        )

    @property
    def narrowed(self) -> bool:
        """Whether anything was asked for."""
        return bool(self.who or self.what or self.action or self.first or self.last)

    def as_kept(self) -> dict[str, str]:
        """The filter as the trail keeps it of an export."""
        days = {"first": self.first, "last": self.last}
        words = {"who": self.who, "what": self.what, "action": self.action}
        return words | {name: day.isoformat() if day else "" for name, day in days.items()}


def _word(get: QueryDict, name: str) -> str:
    text = get.get(name, "").strip()
    if "\x00" in text:
        raise BadRequest(name)
    return text[:60]


def _day(get: QueryDict, name: str) -> date | None:
    text = get.get(name, "")
    if not text:
        return None
    try:
        found = parse_date(text)
    except ValueError:
        found = None
    if found is None or not 1900 <= found.year <= 9000:
        raise BadRequest(name)
    return found


@dataclass(frozen=True)
class Reach:
    """How far somebody reads: the bodies he audits, and whether he keeps the whole tree."""

    bodies: tuple[int, ...]
    whole_tree: bool

    @classmethod
    def of(cls, posts: Iterable[Post]) -> Reach | None:
        """By the posts in question; None for somebody who reads no trail."""
        posts = [post for post in posts if post.role in READS]
        if not posts:
            return None
        audited = {post.unit.body_id for post in posts if post.role == Role.AUDITOR}
        return cls(
            tuple(sorted(body for body in audited if body)), any(post.role == Role.SYSTEM_ADMIN for post in posts)
        )

    def events(self) -> QuerySet[Event]:
        """The events of work in those bodies; of work passed on to another body not what it does inside (design 3)."""
        own = Q(assignment__body__in=self.bodies)
        given = Q(list__issuer__body__in=self.bodies)
        elsewhere = Q(assignment__isnull=False) & ~Q(assignment__body=F("list__issuer__body"))
        return (
            Event.objects.filter(own | given & ~(elsewhere & Q(move__in=INNER)))
            if self.bodies
            else Event.objects.none()
        )

    def changes(self) -> QuerySet[Change]:
        """The changes of those bodies' units and people, and what their people changed."""
        if self.whole_tree:
            return Change.objects.all()
        served = Post.objects.filter(unit__body__in=self.bodies).values("user")
        theirs = Q(unit__isnull=True) & (Q(person__in=served) | Q(by__in=served))
        return Change.objects.filter(Q(unit__body__in=self.bodies) | Q(post__unit__body__in=self.bodies) | theirs)


Row = Event | Change


def rows(reach: Reach, asking: Asking) -> Iterator[Row]:
    """The trail, newest first, read in pieces: one query for each piece of each kind."""
    kinds = [asking.action.partition(":")[0]] if asking.action else [WORK, TREE]
    streams: list[Iterator[Any]] = []
    if WORK in kinds and reach.bodies:
        streams.append(_events(reach, asking))
    if TREE in kinds:
        streams.append(_changes(reach, asking))
    yield from merge(*streams, key=lambda row: (row.at, kind_of(row), row.pk), reverse=True)


def page(reach: Reach, asking: Asking) -> tuple[list[Row], Place | None]:
    """One page of the trail, and where the next one begins."""
    found = list(islice(rows(reach, asking), PER_PAGE + 1))
    return found[:PER_PAGE], place_of(found[PER_PAGE - 1]) if len(found) > PER_PAGE else None


def kind_of(row: Row) -> Kind:
    """Of work, or of the tree."""
    return WORK if isinstance(row, Event) else TREE


def place_of(row: Row) -> Place:
    """Where a page after this line begins."""
    return Place(row.at, kind_of(row), row.pk)


def _events(reach: Reach, asking: Asking) -> Iterator[Event]:
    found = _narrowed(reach.events(), asking, WORK, "move")
    if asking.who:
        people = _people(asking.who)
        found = found.filter(Q(by__in=people) | Q(on_behalf_of__in=people))
    if asking.what:
        found = found.filter(_about_work(asking.what))
    joined = ("by", "on_behalf_of", "post__unit", "list", "task", "assignment__unit")
    return _read(found.select_related(*joined), WORK)


def _changes(reach: Reach, asking: Asking) -> Iterator[Change]:
    found = _narrowed(reach.changes(), asking, TREE, "verb")
    if asking.who:
        people = _people(asking.who)
        found = found.filter(Q(by__in=people) | Q(person__in=people))
    if asking.what:
        found = found.filter(Q(subject__icontains=asking.what) | Q(unit__in=_units(asking.what)))
    return _read(found.select_related("by", "post__unit", "unit", "person"), TREE)


def _narrowed(found: QuerySet[Any], asking: Asking, kind: Kind, name: str) -> QuerySet[Any]:
    if asking.action:
        found = found.filter(**{name: asking.action.partition(":")[2]})
    if asking.first:
        found = found.filter(at__gte=_midnight(asking.first))
    if asking.last:
        found = found.filter(at__lt=_midnight(asking.last + timedelta(days=1)))
    return found.filter(asking.before.of(kind)) if asking.before else found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, SHANGHAI)


def _read(found: QuerySet[Any], kind: Kind) -> Iterator[Any]:
    """Keyset pieces: the first is a page, so that a page costs one query."""
    size, found = PER_PAGE + 1, found.order_by("-at", "-pk")
    piece = list(found[:size])
    while piece:
        yield from piece
        if len(piece) < size:
            return
        size = PIECE
        piece = list(found.filter(place_of(piece[-1]).of(kind))[:size])


def _people(word: str) -> list[int]:
    """The people whom a word names."""
    named = (
        Q(name__icontains=word) | Q(name_en__icontains=word) | Q(username__iexact=word) | Q(pinyin__istartswith=word)
    )
    return list(User.objects.filter(named).values_list("pk", flat=True)[:NAMES_FOUND])


def _units(word: str) -> list[int]:
    named = Q(name__icontains=word) | Q(short_name__icontains=word) | Q(name_en__icontains=word) | Q(code__iexact=word)
    return list(Unit.objects.filter(named).values_list("pk", flat=True)[:NAMES_FOUND])


def _about_work(word: str) -> Q:
    """Events about a task by its words or number, about a list by its title, or about the work of a unit by its name."""
    named = Q(text__content__icontains=word) | Q(number=word)
    tasks = list(Task.objects.filter(named).values_list("pk", flat=True)[:NAMES_FOUND])
    titled = Q(title__icontains=word) | Q(title_en__icontains=word) | Q(document_number__icontains=word)
    issued = TaskList.objects.filter(titled).exclude(stage__in=[ListStage.DRAFT, ListStage.IN_APPROVAL])
    lists = list(issued.values_list("pk", flat=True)[:NAMES_FOUND])
    return Q(task__in=tasks) | Q(list__in=lists) | Q(assignment__unit__in=_units(word))
