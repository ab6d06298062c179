"""Writes about accounts: invite, reset, close, join, and take away a lost second factor (decision 0022).

Nobody but its owner ever knows a password: an admin makes an invitation, and the person who holds the slip sets his own.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from branches import clock, codes, rules
from branches.actions.outside import end_outside
from branches.actions.record import locked, note, write_once
from branches.models import Change, Invitation, Post, User
from branches.writing import NotPossible, Refused

VALID_FOR = timedelta(days=7)
FIRST_VALID_FOR = timedelta(hours=24)  # what a console prints is soon on somebody's screen shot


class Dead(Refused):
    """A code that opens nothing: wrong, used, withdrawn or too old. Said in the same words, whichever it is."""


def invite(people: Sequence[User], *, by_mail: bool = False, by: User, op: uuid.UUID, now: datetime) -> uuid.UUID:
    """Make one invitation for each of these people, in place of any they had; the lot under which they are printed.

    Refused as a whole when one of them is not for this person to invite. `by_mail` also sends it to those with an address.
    """
    wanted = sorted({person.pk for person in people})

    def write() -> dict[str, Any]:
        on = clock.day_of(now)
        rows = list(User.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
        places = rules.serving(rows, on)
        posts = by.posts_on(on)
        acting = [rules.may_invite(posts, row, *places[row.pk]) for row in rows]
        if not rows or not all(acting):
            raise PermissionDenied(
                _("Only an admin or the secretary of every body in which a person serves invites him")
            )
        _make(rows, op, by=by, now=now, until=now + VALID_FOR, by_mail=by_mail)
        Change.objects.bulk_create(
            Change(verb="invited", subject=row.name, person=row, by=by, post=post, at=now, operation=op)
            for row, post in zip(rows, acting, strict=True)
        )
        return {"lot": str(op)}

    content = {"people": wanted, "by_mail": by_mail}
    return uuid.UUID(write_once("invite", write, by=by, op=op, now=now, content=content)["lot"])


def _make(
    rows: Sequence[User], lot: uuid.UUID, *, by: User | None, now: datetime, until: datetime, by_mail: bool = False
) -> list[Invitation]:
    """New invitations; a person has one open at a time, so older ones are withdrawn."""
    older = Invitation.objects.filter(user__in=rows, used_at__isnull=True, withdrawn_at__isnull=True)
    older.update(withdrawn_at=now)
    made = []
    for row in rows:
        seed = uuid.uuid4()
        made.append(
            Invitation(
                user=row,
                seed=seed,
                digest=codes.digest_of(codes.code_of(seed)),
                lot=lot,
                made_by=by,
                made_at=now,
                expires_at=until,
                by_mail=by_mail and bool(row.email),
            )
        )
    return Invitation.objects.bulk_create(made)


def invite_from_server(person: User, *, op: uuid.UUID, now: datetime) -> Invitation:
    """The way in for somebody whom no admin can let in: on the server's console, valid for a day. The old password,
    second factor and accounts elsewhere are dead from now on."""
    made: list[Invitation] = []

    def write() -> dict[str, Any]:
        row = locked(User, person.pk)
        _shut(row)
        Authenticator.objects.filter(user=row).delete()
        made.extend(_make([row], op, by=None, now=now, until=now + FIRST_VALID_FOR))
        end_outside(row, by=None, post=None, op=op, now=now)
        note("account-reset", row, by=None, post=None, op=op, now=now, person=row)
        return {}

    write_once("invite_from_server", write, by=None, op=op, now=now, content={"person": person.pk})
    return made[0] if made else Invitation.objects.get(user=person, lot=op)


def reset_account(person: User, *, by: User, op: uuid.UUID, now: datetime) -> uuid.UUID:
    """Let somebody in again: every session ends, the old password and accounts elsewhere are dead, and a new invitation is
    ready to print."""

    def write() -> dict[str, Any]:
        row, acting = _kept(person, by, now)
        _shut(row)
        _make([row], op, by=by, now=now, until=now + VALID_FOR)
        end_outside(row, by=by, post=acting, op=op, now=now)
        note("account-reset", row, by=by, post=acting, op=op, now=now, person=row)
        return {"lot": str(op)}

    done = write_once("reset_account", write, by=by, op=op, now=now, content={"person": person.pk})
    return uuid.UUID(done["lot"])


def _shut(row: User) -> None:
    """No password opens the account any more; sessions are bound to the password, so they end with it."""
    row.set_unusable_password()
    row.is_active = True
    row.save(update_fields=["password", "is_active"])


def close_account(person: User, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """Nobody signs in with this account from now on; what the person did keeps his name. Reset opens it again."""

    def write() -> dict[str, Any]:
        row, acting = _kept(person, by, now)
        if row.pk == by.pk:
            raise NotPossible(_("An account is closed by somebody else"))
        row.is_active = False
        row.save(update_fields=["is_active"])
        Invitation.objects.filter(user=row, used_at__isnull=True, withdrawn_at__isnull=True).update(withdrawn_at=now)
        note("account-closed", row, by=by, post=acting, op=op, now=now, person=row)
        return {}

    write_once("close_account", write, by=by, op=op, now=now, content={"person": person.pk})


def drop_second_factor(person: User, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """Somebody has lost the device of his second factor: he sets up a new one at the next sign-in. Never one's own."""

    def write() -> dict[str, Any]:
        row, acting = _kept(person, by, now)
        if row.pk == by.pk:
            raise NotPossible(_("A lost second factor is taken away by another admin, or on the server"))
        if not Authenticator.objects.filter(user=row).delete()[0]:
            raise NotPossible(_("This account has no second factor"))
        note("second-factor-dropped", row, by=by, post=acting, op=op, now=now, person=row)
        return {}

    write_once("drop_second_factor", write, by=by, op=op, now=now, content={"person": person.pk})


def _kept(person: User, by: User, now: datetime) -> tuple[User, Post]:
    """The person under a lock, and the post under which `by` keeps his account."""
    on = clock.day_of(now)
    row = locked(User, person.pk)
    acting = rules.may_open_again(by.posts_on(on), *rules.serving([row], on)[row.pk])
    if acting is None:
        raise PermissionDenied(_("Only an admin of every body in which this person serves changes his account"))
    return row, acting


def withdraw(invitation: Invitation, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """A slip that went astray opens nothing any more."""

    def write() -> dict[str, Any]:
        on = clock.day_of(now)
        row = locked(Invitation, invitation.pk)
        person = User.objects.get(pk=row.user_id)
        acting = rules.may_invite(by.posts_on(on), person, *rules.serving([person], on)[person.pk])
        if acting is None:
            raise PermissionDenied(
                _("Only an admin or the secretary of every body in which a person serves invites him")
            )
        if row.used_at or row.withdrawn_at:
            raise NotPossible(_("This invitation has been used or withdrawn already"))
        Invitation.objects.filter(pk=row.pk).update(withdrawn_at=now)
        note("invitation-withdrawn", person, by=by, post=acting, op=op, now=now, person=person)
        return {}

    write_once("withdraw_invitation", write, by=by, op=op, now=now, content={"invitation": invitation.pk})


def invited_by(code: str, now: datetime) -> Invitation | None:
    """The invitation that this code opens at this instant, of an account that is open; else None, whatever the reason."""
    rows = Invitation.objects.valid(now).filter(user__is_active=True).select_related("user")
    return rows.filter(digest=codes.digest_of(code)).first()


def join(code: str, password: str, phone: str, *, op: uuid.UUID, now: datetime) -> User:
    """Set one's own password with an invitation, which is used up by it. Raises Dead."""

    def write() -> dict[str, Any]:
        found = invited_by(code, now)
        if found is None:
            raise Dead(_("This code opens no account"))
        row = locked(User, found.user_id)
        if not Invitation.objects.valid(now).filter(pk=found.pk).update(used_at=now) or not row.is_active:
            raise Dead(_("This code opens no account"))
        row.set_password(password)
        row.phone = phone
        row.save(update_fields=["password", "phone"])
        note("joined", row, by=row, post=None, op=op, now=now, person=row)
        return {"person": row.pk}

    done = write_once("join", write, by=None, op=op, now=now, content={"code": codes.digest_of(code)})
    return User.objects.get(pk=done["person"])
