"""Writes to platforms that stand, and to pairs of branches: corrected entries, why one has no branch, who helps whom."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from branches import clock, rules
from branches.actions.record import changed, expect, keeper_or_deny, locked, not_before, note, write_once
from branches.models import Branch, BranchState, Gap, Line, Pairing, Platform, User
from branches.writing import Invalid, NotPossible


def change_platform(
    platform: Platform, words: dict[str, Any], *, version: int, by: User, op: uuid.UUID, now: datetime
) -> None:
    """Correct name, place and lead member of a platform; its kind, body and days stay."""

    def write() -> dict[str, Any]:
        row = locked(Platform, platform.pk)
        acting = keeper_or_deny(by, row.body, now)
        expect(row, version)
        before, after = changed({name: getattr(row, name) for name in words}, words)
        if after:
            Platform.objects.filter(pk=row.pk).update(**after, version=F("version") + 1)
            note(
                "platform-changed", words["name"], by=by, post=acting, op=op, now=now, unit=row.body,
                before=before, after=after,
            )  # fmt: skip
        return {}

    content = {"platform": platform.pk, "version": version, **{name: str(value) for name, value in words.items()}}
    write_once("change_platform", write, by=by, op=op, now=now, content=content)


def explain_gap(platform: Platform, gap: str, words: str, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """Why a lounge, hall or studio has no branch, as its body sees it."""
    words = words.strip()

    def write() -> dict[str, Any]:
        row = locked(Platform, platform.pk)
        acting = keeper_or_deny(by, row.body, now)
        on = clock.day_of(now)
        if row.kind not in Platform.LASTING or (row.ends_on and row.ends_on <= on):
            raise NotPossible(_("Only an open lounge, hall or studio is asked for its branch"))
        if row.branches.filter(state=BranchState.ACTIVE).exists():
            raise NotPossible(_("A branch is active there"))
        if gap == Gap.OTHER and not words:
            raise Invalid(_("Say why"), gap_words=_("Say why"))
        Platform.objects.filter(pk=row.pk).update(gap=gap, gap_words=words, gap_on=on, version=F("version") + 1)
        note(
            "platform-gap", row, by=by, post=acting, op=op, now=now, unit=row.body, reason=words,
            before={"gap": row.gap}, after={"gap": gap},
        )  # fmt: skip
        return {}

    content = {"platform": platform.pk, "gap": gap, "words": words}
    write_once("explain_gap", write, by=by, op=op, now=now, content=content)


def pair_branches(
    branch: Branch, other: Branch, starts_on: date, gives: str, takes: str, *, by: User, op: uuid.UUID, now: datetime
) -> None:
    """Pair a branch of the office line with one of the members' line of the same body: each helps the other.

    `gives` is what `branch` does, `takes` what the other one does.
    """

    def write() -> dict[str, Any]:
        one, two = (locked(Branch, pk) for pk in sorted((branch.pk, other.pk)))
        acting = keeper_or_deny(by, one.unit, now)
        on = clock.day_of(now)
        if {one.line, two.line} != {Line.OFFICE, Line.MEMBERS} or one.unit.body_id != two.unit.body_id:
            words = _("Choose a branch of the other line in the same body")
            raise Invalid(words, other=words)
        if any(row.state != BranchState.ACTIVE or rules.is_over(row, on) for row in (one, two)):
            raise NotPossible(_("Only active branches are paired"))
        office, members = (one, two) if one.line == Line.OFFICE else (two, one)
        if Pairing.objects.active(starts_on).filter(office=office, members=members).exists():
            words = _("These two branches are paired already")
            raise Invalid(words, other=words)
        first, second = (gives, takes) if branch.pk == office.pk else (takes, gives)
        Pairing.objects.create(
            office=office, members=members, starts_on=starts_on, office_gives=first.strip(), members_give=second.strip()
        )
        for row, with_ in ((one, two), (two, one)):
            note(
                "branches-paired", row.unit, by=by, post=acting, op=op, now=now, unit=row.unit,
                after={"paired_with": with_.unit.name, "starts_on": starts_on},
            )  # fmt: skip
        return {}

    content = {"pair": [branch.pk, other.pk], "on": starts_on, "words": [gives, takes]}
    write_once("pair_branches", write, by=by, op=op, now=now, content=content)


def end_pairing(pairing: Pairing, ends_on: date, *, by: User, op: uuid.UUID, now: datetime) -> None:
    """The day from which two branches are no longer paired; what was stays readable."""

    def write() -> dict[str, Any]:
        row = locked(Pairing, pairing.pk)
        acting = keeper_or_deny(by, row.office.unit, now)
        if row.ends_on and row.ends_on <= clock.day_of(now):
            raise NotPossible(_("This pairing has ended already"))
        not_before(ends_on, row.starts_on)
        Pairing.objects.filter(pk=row.pk).update(ends_on=ends_on)
        for one, other in ((row.office, row.members), (row.members, row.office)):
            note(
                "pairing-ended", one.unit, by=by, post=acting, op=op, now=now, unit=one.unit,
                before={"paired_with": other.unit.name}, after={"ends_on": ends_on},
            )  # fmt: skip
        return {}

    write_once("end_pairing", write, by=by, op=op, now=now, content={"pairing": pairing.pk, "ends_on": ends_on})
