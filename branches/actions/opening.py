"""The first writes of a site: its first admin, its body, a real structure from a file (decision 0022)."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from branches import clock, names, rules, tree_files
from branches.actions.accounts import invite_from_server
from branches.actions.record import hold_tree, keeper_or_deny, note, write_once
from branches.actions.units import UnitWords, plant
from branches.models import Invitation, Post, Term, Unit, UnitGroup, UnitKind, User
from branches.roles import Role
from branches.writing import Invalid, NotPossible

SITE = "site"  # the unit that system admins belong to before there is any body; it is no body, so it sees no content
ON_SITE = {"name": "系统管理", "name_en": "Site administration"}  # data, as every name of a unit is


def first_admin(username: str, name: str, *, op: uuid.UUID, now: datetime) -> Invitation:
    """The account of the first system admin and its one-time link; another call makes another link for the same account
    as long as nobody has come in. Raises NotPossible once a system admin has an account that is open."""
    hold: list[User] = []

    def write() -> dict[str, Any]:
        hold_tree()
        on = clock.day_of(now)
        admins = User.objects.filter(posts__in=Post.objects.active(on).filter(role=Role.SYSTEM_ADMIN)).distinct()
        if any(row.has_usable_password() and row.is_active for row in admins):
            raise NotPossible(_("This site has a system admin already. He opens further accounts"))
        person = admins.filter(username=username).first() or _make_admin(username, name, on, op, now)
        hold.append(person)
        return {"person": person.pk}

    done = write_once("first_admin", write, by=None, op=op, now=now, content={"username": username})
    return invite_from_server(User.objects.get(pk=done["person"]), op=uuid.uuid5(op, "invite"), now=now)


def _make_admin(username: str, name: str, on: date, op: uuid.UUID, now: datetime) -> User:
    if User.objects.filter(username__iexact=username).exists():
        raise NotPossible(_("The user name %(name)s is taken") % {"name": username})
    kind, _new = UnitKind.objects.get_or_create(
        code=SITE, defaults={**ON_SITE, "is_body": False, "has_people": True, "position": 99}
    )
    unit = Unit.objects.filter(code=SITE).first() or plant(None, UnitWords(code=SITE, **ON_SITE), kind, starts_on=on)
    person = User.objects.create_user(username, None, name=name, pinyin=names.person_pinyin(name))
    Post.objects.create(user=person, unit=unit, role=Role.SYSTEM_ADMIN, starts_on=on)
    note("person-added", person, by=None, post=None, op=op, now=now, person=person, unit=unit, after={"name": name})
    return person


def found_body(
    words: UnitWords, term: str, term_from: date, above: Unit | None = None, *, by: User, op: uuid.UUID, now: datetime
) -> Unit:
    """A CPPCC body with its current term, as a root or below another body; by a system admin."""

    def write() -> dict[str, Any]:
        on = clock.day_of(now)
        hold_tree()
        acting = _system_admin(by, on)
        unit = plant(above, words, UnitKind.objects.get(code="body"), starts_on=on)
        if term_from > on:
            said = _("The term that goes on now has begun already")
            raise Invalid(said, term_from=said)
        Term.objects.create(body=unit, name=term, starts_on=term_from)
        note(
            "unit-added", unit, by=by, post=acting, op=op, now=now, unit=unit,
            after={"name": unit.name, "kind": unit.kind.name, "starts_on": on, "term": term},
        )  # fmt: skip
        return {"unit": unit.pk}

    content = {"name": words.name, "code": words.code, "term": term, "above": above and above.pk}
    return Unit.objects.get(pk=write_once("found_body", write, by=by, op=op, now=now, content=content)["unit"])


def _system_admin(by: User, on: date) -> Post:
    acting = rules.is_system_admin(by.posts_on(on))
    if acting is None:
        raise PermissionDenied(_("A new body is founded by a system admin"))
    return acting


def load_tree(
    key: str, *, by: User | None, op: uuid.UUID, now: datetime, say: Callable[[str], None] = lambda _line: None
) -> int:
    """Bring a real structure in, in one transaction; how many units are new. A unit whose code is here stays as it is, so
    a second run changes nothing. `by` is None on the server's console."""
    tree = tree_files.read(key)

    def write() -> dict[str, Any]:
        on = clock.day_of(now)
        hold_tree()
        acting = _system_admin(by, on) if by else None
        for kind in tree.kinds:
            UnitKind.objects.get_or_create(code=kind["code"], defaults={**kind, "is_body": False, "position": 50})
        for group in tree.groups:
            rest = {name: value for name, value in group.items() if name != "name"}
            UnitGroup.objects.get_or_create(body=None, name=group["name"], defaults=rest)
        return {"made": _plant_all(tree, by, acting, on, op, now, say)}

    return int(write_once("load_tree", write, by=by, op=op, now=now, content={"tree": key})["made"])


def _plant_all(
    tree: tree_files.TreeFile,
    by: User | None,
    acting: Post | None,
    on: date,
    op: uuid.UUID,
    now: datetime,
    say: Callable[[str], None],
) -> int:
    here = {unit.code: unit for unit in Unit.objects.filter(code__in=[sprout.code for sprout in tree.sprouts])}
    kinds = {kind.code: kind for kind in UnitKind.objects.all()}
    made = 0
    for sprout in tree.sprouts:
        if sprout.code in here:
            continue
        words = UnitWords(sprout.name, sprout.short_name, sprout.name_en, sprout.code)
        unit = plant(here.get(sprout.above), words, kinds[sprout.kind], starts_on=on)
        here[sprout.code] = unit
        made += 1
        note(
            "unit-added", unit, by=by, post=acting, op=op, now=now, unit=unit,
            after={"name": unit.name, "kind": unit.kind.name, "starts_on": on},
            reason=_("Usual for a body of this level, not asserted of this one: check it") if sprout.usual else "",
        )  # fmt: skip
        if sprout.kind == "body":
            say(f"{unit.name} ({unit.code})")
    return made


@dataclass(frozen=True)
class UnitPlan:
    """A unit of a sheet: its words, its kind's code, and the name or code of the unit above it ("" for the body)."""

    words: UnitWords
    kind: str
    above: str = ""


def plant_units(body: Unit, plans: Sequence[UnitPlan], *, by: User, op: uuid.UUID, now: datetime) -> int:
    """Many units into one body, in the order of the sheet; how many. Inside a transaction of the caller's."""
    hold_tree()
    acting = keeper_or_deny(by, body, now)
    on = clock.day_of(now)
    kinds = {kind.code: kind for kind in UnitKind.objects.all()}
    here: dict[str, Unit] = {}
    for unit in Unit.objects.filter(body=body, ends_on__isnull=True):
        here |= {name: unit for name in (unit.name, unit.short_name, unit.code) if name and name not in here}
    for plan in plans:
        above = here.get(plan.above, body) if plan.above else body
        unit = plant(above, plan.words, kinds[plan.kind], starts_on=on)
        here |= {name: unit for name in (unit.name, unit.short_name, unit.code) if name and name not in here}
        note(
            "unit-added", unit, by=by, post=acting, op=op, now=now, unit=unit,
            after={"name": unit.name, "kind": unit.kind.name, "starts_on": on},
        )  # fmt: skip
    return len(plans)
