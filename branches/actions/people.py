"""Writes about people: accounts, appointments, standing in the CPC, and what a person sets for himself."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from branches import clock, names, rules
from branches.actions.record import changed, day_words, keeper_or_deny, locked, not_before, note, write_once
from branches.models import Branch, BranchState, Post, Standing, Unit, User
from branches.roles import Role
from branches.writing import Invalid, NotPossible


@dataclass(frozen=True)
class PersonWords:
    """Who a person is and how he is reached."""

    username: str
    name: str
    name_en: str = ""
    phone: str = ""
    email: str = ""
    dingtalk_id: str | None = None  # None: as it stands
    wecom_id: str | None = None

    def said(self) -> dict[str, str]:
        """What is to stand, without what is left as it is."""
        return {name: value for name, value in asdict(self).items() if value is not None}


@dataclass(frozen=True)
class Appointment:
    """What a person is appointed to, from which day, by whom and on which paper."""

    role: str
    starts_on: date
    title: str = ""
    title_en: str = ""
    fields_in_charge: str = ""
    appointed_by: Unit | None = None
    appointment: str = ""

    def plain(self) -> dict[str, Any]:
        """The same as history and fingerprints keep it."""
        values = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return values | {"appointed_by": str(self.appointed_by or "")}


def add_person(
    words: PersonWords, password: str | None, unit: Unit, first: Appointment, *, by: User, op: uuid.UUID, now: datetime
) -> tuple[User, bool]:
    """Open an account with its first post; the person, and whether it was opened just now (a repeat opens nothing).

    Without a password the account waits for its invitation; nobody joins without a post, because without one he would be
    in no body and nobody could find him again.
    """
    opened: list[int] = []

    def write() -> dict[str, Any]:
        post = keeper_or_deny(by, unit, now)
        if User.objects.filter(username__iexact=words.username).exists():
            taken = _("The user name %(name)s is taken") % {"name": words.username}
            raise Invalid(taken, username=taken)
        _refuse_taken_mail(words.email)
        _refuse_taken_ids(words)
        person = User.objects.create_user(**words.said(), password=password, pinyin=names.person_pinyin(words.name))
        opened.append(person.pk)
        note(
            "person-added",
            person,
            by=by,
            post=post,
            op=op,
            now=now,
            person=person,
            unit=unit,
            after={"name": person.name},
        )
        _give_post(person, unit, first, by=by, op=op, now=now)
        return {"person": person.pk}

    content = {"unit": unit.pk, **asdict(words), **first.plain()}
    done = write_once("add_person", write, by=by, op=op, now=now, content=content)
    return User.objects.get(pk=done["person"]), bool(opened)


def _refuse_taken_ids(words: PersonWords, but: int | None = None) -> None:
    """An id in a chat program is one person's: what is sent there is meant for him alone."""
    for name in ("dingtalk_id", "wecom_id"):
        value = getattr(words, name)
        if value and User.objects.filter(**{name: value}).exclude(pk=but).exists():
            taken = _("Another person has this id")
            raise Invalid(taken, **{name: taken})


def _refuse_taken_mail(email: str, but: int | None = None) -> None:
    """Mail addresses sign people in, so one address means one person."""
    if email and User.objects.filter(email__iexact=email).exclude(pk=but).exists():
        taken = _("This mail address belongs to another account")
        raise Invalid(taken, email=taken)


def appoint(person: User, unit: Unit, what: Appointment, *, by: User, op: uuid.UUID, now: datetime) -> Post:
    """Give a person a role at a unit from a day on; several posts in several units are normal."""

    def write() -> dict[str, Any]:
        return {"post": _give_post(person, unit, what, by=by, op=op, now=now).pk}

    content = {"person": person.pk, "unit": unit.pk, **what.plain()}
    done = write_once("appoint", write, by=by, op=op, now=now, content=content)
    return Post.objects.get(pk=done["post"])


def _give_post(person: User, unit: Unit, what: Appointment, *, by: User, op: uuid.UUID, now: datetime) -> Post:
    locked(User, person.pk)  # two appointments of one person wait for each other
    unit = Unit.objects.select_related("kind", "body").get(pk=unit.pk)
    acting = rules.may_appoint(by.posts_on(clock.day_of(now)), unit, what.role, person, by)
    if acting is None:
        raise PermissionDenied(_("This role at this unit is given by another admin"))
    if not rules.holds_posts(unit):
        raise NotPossible(_("Units of this kind have no posts"))
    if (unit.ends_on and unit.ends_on <= what.starts_on) or what.starts_on < unit.starts_on:
        words = _("The unit does not exist on that day")
        raise Invalid(words, starts_on=words)
    _refuse_other_appointer(unit, what)
    try:
        with transaction.atomic():
            post = Post.objects.create(
                user=person, unit=unit, role=what.role, starts_on=what.starts_on, title=what.title,
                title_en=what.title_en, fields_in_charge=what.fields_in_charge, appointed_by=what.appointed_by,
                appointment=what.appointment,
            )  # fmt: skip
    except IntegrityError as error:
        words = _("%(person)s holds this role at this unit already") % {"person": person.name}
        raise Invalid(words, role=words) from error
    note("appointed", person, by=by, post=acting, op=op, now=now, unit=unit, person=person, after=what.plain())
    return post


def _refuse_other_appointer(unit: Unit, what: Appointment) -> None:
    """A temporary or functional branch is led by whom the unit that approved it appoints (I-7), and an ended one by nobody."""
    branch = Branch.objects.filter(unit=unit).select_related("type", "approved_by").first()
    if branch is None:
        return
    if branch.state == BranchState.ENDED:
        raise NotPossible(_("This branch has ended"))
    approver = branch.approved_by
    if what.role == Role.HEAD and approver and rules.appoints_leaders(branch) and what.appointed_by != approver:
        words = _("The head of this branch is appointed by the unit that approved it: %(unit)s") % {
            "unit": approver.name
        }
        raise Invalid(words, appointed_by=words)


def end_post(post: Post, ends_on: date, *, reason: str = "", by: User, op: uuid.UUID, now: datetime) -> None:
    """The day from which a person no longer holds a post. What he did under it keeps his name."""

    def write() -> dict[str, Any]:
        row = locked(Post, post.pk)
        acting = keeper_or_deny(by, row.unit, now)
        if row.role == Role.SYSTEM_ADMIN:
            system = rules.is_system_admin(by.posts_on(clock.day_of(now)))
            if system is None:
                raise PermissionDenied(_("The post of a system admin is ended by another system admin"))
            acting = system
        if row.ends_on and row.ends_on <= clock.day_of(now):
            raise NotPossible(_("This post has ended already"))
        not_before(ends_on, row.starts_on)
        Post.objects.filter(pk=row.pk).update(ends_on=ends_on)
        note(
            "post-ended", row.user, by=by, post=acting, op=op, now=now, unit=row.unit, person=row.user, reason=reason,
            before={"role": row.role, "title": row.title, "ends_on": row.ends_on}, after={"ends_on": ends_on},
        )  # fmt: skip
        return {}

    content = {"post": post.pk, "ends_on": ends_on, "reason": reason}
    write_once("end_post", write, by=by, op=op, now=now, content=content)


def change_person(person: User, words: PersonWords, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """Correct a person's names and addresses; the user name stays."""

    def write() -> dict[str, Any]:
        on = clock.day_of(now)
        row = locked(User, person.pk)
        acting = rules.may_open_again(by.posts_on(on), row.posts_on(on), rules.member_bodies(row, on))
        if acting is None:
            raise PermissionDenied(
                _("Only an admin of every body in which this person serves can change these entries")
            )
        _refuse_taken_mail(words.email, but=row.pk)
        _refuse_taken_ids(words, but=row.pk)
        new = words.said() | {"username": row.username, "pinyin": names.person_pinyin(words.name)}
        before, after = changed({name: getattr(row, name) for name in new}, new)
        if after:
            User.objects.filter(pk=row.pk).update(**new)
            note(
                "person-changed", words.name, by=by, post=acting, op=op, now=now, person=row,
                before=_shaded(before), after=_shaded(after),
            )  # fmt: skip
        return {}

    write_once("change_person", write, by=by, op=op, now=now, content={"person": person.pk, **asdict(words)})


def _shaded(values: dict[str, Any]) -> dict[str, Any]:
    """Addresses as history keeps them: enough to recognise, too little to use, since history cannot be deleted."""
    shown = {name: value for name, value in values.items() if name != "pinyin"}
    if "phone" in shown:
        shown["phone"] = names.masked(shown["phone"] or "")
    if "email" in shown:
        shown["email"] = f"…@{str(shown['email'] or '').rpartition('@')[2]}"
    return shown


def record_standing(person: User, kind: str, starts_on: date, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """The person's standing in the CPC from a day on; the standing before ends that day. Sensitive (design 3)."""

    def write() -> dict[str, Any]:
        on = clock.day_of(now)
        row = locked(User, person.pk)
        acting = rules.standing_keeper(by.posts_on(on), units_of(row, on))
        if acting is None:
            raise PermissionDenied(_("The standing is kept by the secretary or the organisation admin of the body"))
        last = row.standings.order_by("-starts_on", "-pk").first()
        if last and starts_on <= last.starts_on:
            words = _("The last entry begins on %(day)s; a new one begins later") % {"day": day_words(last.starts_on)}
            raise Invalid(words, starts_on=words)
        row.standings.filter(ends_on__isnull=True).update(ends_on=starts_on)
        Standing.objects.create(user=row, kind=kind, starts_on=starts_on)
        if kind == Standing.Kind.NONE:
            _leave_branches(row, starts_on, by=by, post=acting, op=op, now=now)
        note(
            "standing-recorded", row, by=by, post=acting, op=op, now=now, person=row,
            before={"kind": last.kind if last else ""}, after={"kind": kind, "starts_on": starts_on},
        )  # fmt: skip
        return {}

    content = {"person": person.pk, "kind": kind, "starts_on": starts_on}
    write_once("record_standing", write, by=by, op=op, now=now, content=content)


def _leave_branches(person: User, on: date, *, by: User, post: Post, op: uuid.UUID, now: datetime) -> None:
    """Who is no CPC member any more is a member of no branch from that day (I-10 on every day of a membership)."""
    held = person.memberships.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=on)).select_related("branch__unit")
    for row in list(held):
        ends_on = max(on, row.starts_on)
        person.memberships.filter(pk=row.pk).update(ends_on=ends_on)
        note(
            "member-ended", person, by=by, post=post, op=op, now=now, unit=row.branch.unit, person=person,
            before={"ends_on": row.ends_on}, after={"ends_on": ends_on},
        )  # fmt: skip


def units_of(person: User, on: date) -> list[Unit]:
    """The units in which a person serves that day, through posts, branch memberships and seats."""
    member_of = person.memberships.active(on).select_related("branch__unit")
    seats = person.seats.active(on).select_related("body")
    posts = [post.unit for post in person.posts_on(on) if post.held_for is None]
    return posts + [row.branch.unit for row in member_of] + [seat.body for seat in seats]


@dataclass(frozen=True)
class Wishes:
    """What a person sets for himself (ux S26)."""

    language: str
    large_type: bool
    quiet_from: time | None
    quiet_until: time | None
    phone: str
    email: str
    tell_by: str = ""


def set_own_wishes(user: User, wishes: Wishes, *, op: uuid.UUID, now: datetime) -> None:
    """Language, type, quiet hours and how one is reached; only ever one's own."""

    def write() -> dict[str, Any]:
        row = locked(User, user.pk)
        _refuse_taken_mail(wishes.email, but=row.pk)
        new = {name: getattr(wishes, name) for name in Wishes.__dataclass_fields__}
        before, after = changed({name: getattr(row, name) for name in new}, new)
        if after:
            User.objects.filter(pk=row.pk).update(**new)
            note(
                "own-settings", row, by=row, post=None, op=op, now=now, person=row,
                before=_shaded(before), after=_shaded(after),
            )  # fmt: skip
        return {}

    content = {name: getattr(wishes, name) for name in Wishes.__dataclass_fields__}
    write_once("own_wishes", write, by=user, op=op, now=now, content=content)


def remember_language(user: User, code: str) -> None:
    """The switch in the frame: the same again is the same, so it needs no operation."""
    User.objects.filter(pk=user.pk).exclude(language=code).update(language=code)


def remember_large_type(user: User, large: bool) -> None:
    """The switch in the footer."""
    User.objects.filter(pk=user.pk).exclude(large_type=large).update(large_type=large)
