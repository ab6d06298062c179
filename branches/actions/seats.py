"""Writes about seats in a CPPCC body: its terms, who sits in it for which sector, and who keeps contact (domain 1.2)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from branches import clock, rules
from branches.actions.record import changed, keeper_or_deny, locked, not_before, note, write_once
from branches.models import Branch, Change, CppccMembership, Line, Membership, Post, Term, Unit, User
from branches.writing import Invalid, NotPossible


def add_term(body: Unit, name: str, starts_on: date, *, by: User, op: uuid.UUID, now: datetime) -> Term:
    """A term of the body that has none yet, or one to come; the change from term to term is a step of its own."""

    def write() -> dict[str, Any]:
        acting = keeper_or_deny(by, body, now)
        if not body.is_body:
            raise NotPossible(_("Only a CPPCC body has terms"))
        try:
            with transaction.atomic():
                term = Term.objects.create(body=body, name=name, starts_on=starts_on)
        except IntegrityError as error:
            words = _("The body has a term of this name already")
            raise Invalid(words, term_name=words) from error
        after = {"term": name, "starts_on": starts_on}
        note("term-added", name, by=by, post=acting, op=op, now=now, unit=body, after=after)
        return {"term": term.pk}

    content = {"body": body.pk, "name": name, "on": starts_on}
    done = write_once("add_term", write, by=by, op=op, now=now, content=content)
    return Term.objects.get(pk=done["term"])


def add_seat(
    person: User, term: Term, sector: str, work: str, starts_on: date, *, by: User, op: uuid.UUID, now: datetime
) -> CppccMembership:
    """A seat for a term; somebody may sit in bodies of two levels (design 3)."""

    def write() -> dict[str, Any]:
        acting = keeper_or_deny(by, term.body, now)
        locked(User, person.pk)
        if starts_on < term.starts_on or (term.ends_on and starts_on >= term.ends_on):
            words = _("The day lies outside the term")
            raise Invalid(words, starts_on=words)
        try:
            with transaction.atomic():
                seat = CppccMembership.objects.create(
                    user=person, body=term.body, term=term, sector=_sector(term.body, sector), sector_name=sector,
                    work=work, starts_on=starts_on, ends_on=term.ends_on,
                )  # fmt: skip
        except IntegrityError as error:
            words = _("%(person)s has a seat of this term already") % {"person": person.name}
            raise Invalid(words, term=words) from error
        after = {"term": term.name, "sector": sector, "work": work, "starts_on": starts_on}
        note("seat-added", person, by=by, post=acting, op=op, now=now, unit=term.body, person=person, after=after)
        return {"seat": seat.pk}

    content = {"person": person.pk, "term": term.pk, "sector": sector, "work": work, "on": starts_on}
    done = write_once("add_seat", write, by=by, op=op, now=now, content=content)
    return CppccMembership.objects.get(pk=done["seat"])


def _sector(body: Unit, name: str) -> Unit | None:
    """The unit of a sector, where the body has made one."""
    return Unit.objects.filter(body=body, kind="sector", name=name).first() if name else None


def change_seat(seat: CppccMembership, sector: str, work: str, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """Correct the sector or what the member does elsewhere."""

    def write() -> dict[str, Any]:
        row = locked(CppccMembership, seat.pk)
        acting = keeper_or_deny(by, row.body, now)
        new = {"sector": sector, "work": work}
        before, after = changed({"sector": row.sector_words, "work": row.work}, new)
        if after:
            CppccMembership.objects.filter(pk=row.pk).update(
                sector=_sector(row.body, sector), sector_name=sector, work=work
            )
            note(
                "seat-changed", row.user, by=by, post=acting, op=op, now=now, unit=row.body, person=row.user,
                before=before, after=after,
            )  # fmt: skip
        return {}

    content = {"seat": seat.pk, "sector": sector, "work": work}
    write_once("change_seat", write, by=by, op=op, now=now, content=content)


def end_seat(seat: CppccMembership, ends_on: date, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """The day from which a person no longer sits in the body; whom he kept contact with then lacks one."""

    def write() -> dict[str, Any]:
        row = locked(CppccMembership, seat.pk)
        acting = keeper_or_deny(by, row.body, now)
        if row.ends_on and row.ends_on <= clock.day_of(now):
            raise NotPossible(_("This seat has ended already"))
        not_before(ends_on, row.starts_on)
        if row.term.ends_on and ends_on > row.term.ends_on:
            words = _("The day lies outside the term")
            raise Invalid(words, ends_on=words)
        CppccMembership.objects.filter(pk=row.pk).update(ends_on=ends_on)
        note(
            "seat-ended", row.user, by=by, post=acting, op=op, now=now, unit=row.body, person=row.user,
            before={"ends_on": row.ends_on}, after={"ends_on": ends_on},
        )  # fmt: skip
        return {}

    write_once("end_seat", write, by=by, op=op, now=now, content={"seat": seat.pk, "ends_on": ends_on})


def give_contact(
    body: Unit, seats: Sequence[int], contact: User | None, *, by: User, op: uuid.UUID, now: datetime
) -> int:
    """Let a CPC member of the body keep contact with members who are none; None takes the contact away. How many changed."""

    def write() -> dict[str, Any]:
        on = clock.day_of(now)
        acting = _contact_giver(by, body, on)
        found = CppccMembership.objects.select_for_update(of=("self",)).filter(pk__in=seats, body=body).active(on)
        rows = list(found.select_related("user", "contact").order_by("pk"))
        if len(rows) != len(set(seats)):
            raise NotPossible(_("Some of these members have left in the meantime. Nothing was changed"))
        if contact is not None:
            _refuse_contact(contact, body, on)
        given = []
        for row in rows:
            if contact is not None and (row.user_id == contact.pk or rules.is_cpc_member(row.user, on)):
                words = _("%(person)s is a CPC member and needs no contact") % {"person": row.user.name}
                raise Invalid(words, contact=words)
            if row.contact_id != (contact.pk if contact else None):
                given.append(row)
        for row in given:
            note(
                "contact-given" if contact else "contact-taken", row.user, by=by, post=acting, op=op, now=now, unit=body,
                person=row.user, before={"contact": str(row.contact or "")}, after={"contact": str(contact or "")},
            )  # fmt: skip
        CppccMembership.objects.filter(pk__in=[row.pk for row in given]).update(contact=contact)
        return {"given": len(given)}

    content = {"body": body.pk, "seats": sorted(seats), "contact": contact.pk if contact else None}
    return int(write_once("give_contact", write, by=by, op=op, now=now, content=content)["given"])


def _contact_giver(by: User, body: Unit, on: date) -> Post:
    post = rules.standing_keeper(by.posts_on(on), [body])
    if post is None:
        raise PermissionDenied(_("Contacts are given by the secretary or the organisation admin of the body"))
    return post


def _refuse_contact(contact: User, body: Unit, on: date) -> None:
    """The database asks the same at the end of the transaction; here it is said in words."""
    if not CppccMembership.objects.active(on).filter(user=contact, body=body).exists():
        words = _("%(person)s has no seat in this body") % {"person": contact.name}
        raise Invalid(words, contact=words)
    if not rules.is_cpc_member(contact, on):
        words = _("%(person)s is no CPC member; a CPC member keeps contact") % {"person": contact.name}
        raise Invalid(words, contact=words)


def join_branch(body: Unit, people: Sequence[int], branch: Branch, *, by: User, op: uuid.UUID, now: datetime) -> int:
    """Several CPC members of the body join a branch of its members’ line from today; how many joined just now."""

    def write() -> dict[str, Any]:
        on = clock.day_of(now)
        row = Branch.objects.select_for_update(of=("self",)).select_related("unit").get(pk=branch.pk)
        acting = keeper_or_deny(by, row.unit, now)
        if row.unit.body_id != body.pk or row.line == Line.OFFICE:
            raise NotPossible(_("Choose a branch of this body that belongs to the members’ line"))
        if rules.is_over(row, on) or row.unit.starts_on > on:
            raise NotPossible(_("A branch that has ended takes no new members"))
        seated = CppccMembership.objects.active(on).filter(body=body, user__in=people).values("user")
        members = list(User.objects.select_for_update().filter(pk__in=seated).order_by("pk"))
        if len(members) != len(set(people)):
            raise NotPossible(_("Some of these members have left in the meantime. Nothing was changed"))
        cpc = set(rules.cpc_members(on).filter(user__in=members).values_list("user", flat=True))
        there = set(Membership.objects.active(on).filter(branch=row, user__in=members).values_list("user", flat=True))
        if outside := [person.name for person in members if person.pk not in cpc]:
            words = _("%(person)s is no CPC member; only CPC members join a branch") % {"person": outside[0]}
            raise Invalid(words, branch=words)
        joining = [person for person in members if person.pk not in there]
        temporary = Membership.Kind.TEMPORARY
        Membership.objects.bulk_create(
            Membership(user=person, branch=row, kind=temporary, starts_on=on) for person in joining
        )
        Change.objects.bulk_create(
            Change(
                verb="member-added", subject=person.name, by=by, post=acting, at=now, operation=op, unit=row.unit,
                person=person, after={"kind": temporary.value, "starts_on": on.isoformat()},
            )
            for person in joining
        )  # fmt: skip
        return {"joined": len(joining)}

    content = {"body": body.pk, "people": sorted(people), "branch": branch.pk}
    return int(write_once("join_branch", write, by=by, op=op, now=now, content=content)["joined"])
