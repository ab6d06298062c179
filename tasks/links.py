"""What a signed link opens: who gets one, which pages it reaches, how a device is remembered (issue 6, decision 0029).

No session is opened and no post is looked at differently: the middleware puts the link's person before the request, for the
pages of that one row alone, and every rule behind asks as always.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from branches.clock import day_of
from branches.models import BodySettings, User
from branches.roles import ADMINISTERS
from branches.secrets import hash_of, token_of
from tasks.models import Assignment, SignedLink, StoredFile
from tasks.models.links import LIFE, PURPOSE

DIGITS = 4
REST = timedelta(days=7)  # after too many wrong tries nobody gets a new link for a while
ON_HAND = timedelta(days=1)  # files that were uploaded for this report
SESSION, COOKIE, SALT = "links", "device", "tasks.links.device"
DEVICE_AGE = 180 * 24 * 3600
PEOPLE_ON_A_DEVICE = 5
PAGES = frozenset({"tasks:update", "tasks:upload", "tasks:done", "tasks:take-back"})
FILES = frozenset({"tasks:file", "tasks:thumb"})


def last_digits(user: User) -> str:
    """The last four digits of a phone number; empty where there is no number that could be asked for."""
    digits = "".join(letter for letter in user.phone if letter.isascii() and letter.isdigit())
    return digits[-DIGITS:] if len(digits) >= 2 * DIGITS else ""


def fits(user: User, typed: str) -> bool:
    """Whether somebody typed the last four digits of this person's phone; compared in even time."""
    wanted = last_digits(user)
    return bool(wanted) and hmac.compare_digest(wanted.encode(), typed.strip().encode())


def addresses(user: User, rows: Collection[Assignment], now: datetime) -> dict[int, str]:
    """For each row the path of this person's link, made or prolonged; five queries at most, none where he gets no links.

    None for somebody who administers (a link would go round the second factor), who has no phone number to ask for, or
    whose links were tried too often in the last week; none for rows of a body that does not want them.
    """
    on = day_of(now)
    if not rows or not last_digits(user) or user.posts.active(on).filter(role__in=ADMINISTERS).exists():
        return {}
    mine = SignedLink.objects.filter(user=user)
    if mine.filter(why=SignedLink.Why.TRIES, withdrawn_at__gt=now - REST).exists():
        return {}
    without = set(BodySettings.objects.filter(signed_links=False).values_list("body_id", flat=True))
    wanted = [row.pk for row in rows if row.body_id not in without]
    standing = {link.assignment_id: link for link in mine.filter(assignment__in=wanted, withdrawn_at__isnull=True)}
    for pk in wanted:
        if pk not in standing:
            link = SignedLink(assignment_id=pk, user=user, made_at=now, expires_at=now + LIFE)
            link.token_hash = hash_of(token_of(PURPOSE, link.seed))
            standing[pk] = link
    fresh = [link for link in standing.values() if link.pk is None]
    SignedLink.objects.bulk_create(fresh, ignore_conflicts=True)
    mine.filter(assignment__in=wanted, withdrawn_at__isnull=True, expires_at__lt=now + LIFE).update(
        expires_at=now + LIFE
    )
    if fresh:  # another sender may have been first
        standing = {one.assignment_id: one for one in mine.filter(assignment__in=wanted, withdrawn_at__isnull=True)}
    return {pk: link.get_absolute_url() for pk, link in standing.items() if link.token}


def through(request: HttpRequest, now: datetime) -> SignedLink | None:
    """The link by which this request reaches its page; None for every page that no link of the browser opens."""
    held = request.session.get(SESSION)
    if not isinstance(held, dict) or not held:
        return None
    try:
        match = resolve(request.path_info)
    except Resolver404:
        return None
    links = SignedLink.objects.open(now).filter(pk__in=list(held.values())).select_related("user", "assignment")
    if match.view_name in PAGES:
        return links.filter(assignment=match.kwargs["pk"]).first()
    if match.view_name in FILES:
        for one in links:
            if files_for(one.assignment, one.user, now).filter(pk=match.kwargs["pk"]).exists():
                return one
    return None


def files_for(row: Assignment, user: User, now: datetime) -> QuerySet[StoredFile]:
    """The files that a link to this row reaches: those of the row and its task, and what its person uploaded just now."""
    return (
        StoredFile.objects.visible_to(user, day_of(now))
        .filter(
            Q(uploaded_by=user, uploaded_at__gte=now - ON_HAND)
            | Q(evidence__report__assignment=row)
            | Q(task_files__task=row.task_id)
            | Q(pk__in=row.task.clarifications.exclude(file=None).values("file"))
        )
        .distinct()
    )


def take(request: HttpRequest, link: SignedLink) -> None:
    """Let this browser use the link from now on."""
    held = dict(request.session.get(SESSION) or {})
    held[str(link.assignment_id)] = link.pk
    request.session[SESSION] = held


def knows(request: HttpRequest, user: User) -> bool:
    """Whether this person has said his digits on this device before."""
    return _mark(user) in _remembered(request)


def remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """Ask no more on this device, until the phone number changes or half a year has passed."""
    kept = [_mark(user), *(mark for mark in _remembered(request) if mark != _mark(user))][:PEOPLE_ON_A_DEVICE]
    response.set_signed_cookie(
        COOKIE, ".".join(kept), salt=SALT, max_age=DEVICE_AGE, secure=settings.SESSION_COOKIE_SECURE, httponly=True,
        samesite="Lax",
    )  # fmt: skip


def forget(request: HttpRequest, response: HttpResponse) -> None:
    """This browser opens nothing any more, and asks for the digits next time."""
    request.session.pop(SESSION, None)
    response.delete_cookie(COOKIE, samesite="Lax")


def _remembered(request: HttpRequest) -> list[str]:
    try:
        return str(request.get_signed_cookie(COOKIE, default="", salt=SALT, max_age=DEVICE_AGE)).split(".")
    except signing.BadSignature:
        return []


def _mark(user: User) -> str:
    """What the device keeps of a person: says nothing to others, and changes with his phone number."""
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"{SALT}:{user.pk}:{user.phone}".encode(), hashlib.sha256).hexdigest()[:32]
