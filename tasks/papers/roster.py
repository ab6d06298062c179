"""What a roster would write: every row with its verdict and every problem at once, before anything is written (ux ADM-4).

How to call it (the import page, the opening of an empty system, a change of term):

    reading = read_roster(grid)                             # tasks.papers.roster_reading; pure
    roster = Roster(reading.rows, body, term, answers, by=admin, on=today)
    roster.rows, roster.problems, roster.groups             # for the page
    take_in(body, lambda: Roster(…).plans, by=…, op=…, now=…, content=digest)    # branches.actions.roster, when no problems

`answers` is plain JSON: {"rows": {"12": {"phone": "…", "skip": true, "who": "new" or a person's number as text}},
"groups": {"sector:…": "new" | "=name" | "skip", "branch:…": "12" | "skip", …}, "seats": "all" or "named"}.
Known people are found by user name, by phone and name anywhere in the system (one person may sit in bodies of two levels),
by name alone only among the people of this body; what is not certain is asked, never guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from difflib import SequenceMatcher
from functools import cached_property
from typing import Any

from django.utils.translation import gettext as _

from branches.actions.roster import PersonPlan, PostPlan, SeatPlan
from branches.forms.people import PHONE, USERNAME
from branches.models import Branch, Line, Standing, Term, Unit, User
from branches.roles import Role
from branches.rules import holds_posts
from tasks.papers.roster_checked import (
    AS_NEW,
    CHOOSE,
    CPC,
    EVERYBODY,
    KNOWN,
    NEW,
    PROBLEM,
    SKIP,
    SKIPPED,
    CheckedRow,
    Group,
    Problem,
)
from tasks.papers.roster_people import Candidate, Known, known_of
from tasks.papers.roster_reading import (
    RosterRow,
    cleaned,
    day_of_text,
    digits,
    is_mobile,
    role_of,
    standing_of,
    term_key,
)


class Roster:
    """A roster on its way into a body: rows, groups, problems, and the plans that `take_in` writes."""

    def __init__(
        self,
        rows: Sequence[RosterRow],
        body: Unit,
        term: Term | None,
        answers: Mapping[str, Any] | None = None,
        *,
        by: User,
        on: date,
    ) -> None:
        self.body, self.term, self.by, self.on = body, term, by, on
        self.answers: Mapping[str, Any] = answers or {}
        self.read = list(rows)
        self.groups: dict[str, Group] = {}
        self.rows = [self._repaired(row) for row in self.read]
        self._by_key = {row.key: row for row in self.rows}
        live = [row for row in self.rows if row.verdict != SKIPPED]
        self.known: Known = known_of(
            body,
            on,
            phones={digits(row.cells.get("phone", "")) for row in live} - {""},
            people={row.cells.get("name", "") for row in live},
            usernames={row.cells.get("username", "") for row in live} - {""},
            emails={row.cells.get("email", "").lower() for row in live} - {""},
            contacts={row.cells.get("contact", "") for row in live} - {""},
        )
        self._check(live)

    # -- what the page and the confirmation ask ---------------------------------------------------------------------------

    @cached_property
    def problems(self) -> list[tuple[CheckedRow, Problem]]:
        """Every problem of every row, in the order of the file."""
        return [(row, problem) for row in self.rows for problem in row.problems]

    @property
    def asked(self) -> list[Group]:
        """Groups that wait for an answer."""
        return [group for group in self.groups.values() if group.asks]

    @property
    def plans(self) -> list[PersonPlan]:
        """What is written: one plan a person, however many rows name him."""
        return list({id(row.plan): row.plan for row in self.rows if row.plan}.values())

    @property
    def ready(self) -> bool:
        """Whether it can be confirmed."""
        return bool(self.plans) and not self.problems

    def count(self, verdict: str) -> int:
        """How many rows have this verdict."""
        return sum(row.verdict == verdict for row in self.rows)

    # -- checking ---------------------------------------------------------------------------------------------------------

    def _repaired(self, row: RosterRow) -> CheckedRow:
        repair = self.answers.get("rows", {}).get(str(row.number), {})
        cells = dict(row.cells) | {
            column: cleaned(column, str(text)) for column, text in repair.items() if column not in ("skip", "who")
        }
        return CheckedRow(row.number, cells, SKIPPED if repair.get("skip") else NEW)

    def _check(self, rows: list[CheckedRow]) -> None:
        for row in rows:
            self._person_words(row)
        self._twice(rows)
        for row in rows:
            self._match(row)
            row.plan = self._plan(row)
        self._join(rows)
        for row in rows:
            self._contact(row)
        for row in rows:
            if row.problems:
                row.verdict = CHOOSE if all(problem.column == "who" for problem in row.problems) else PROBLEM

    def _person_words(self, row: CheckedRow) -> None:
        name, phone, email = (row.cells.get(column, "") for column in ("name", "phone", "email"))
        if not name:
            row.wrong("name", _("Row %(row)d: no name") % {"row": row.number})
        elif len(name) > 60:
            row.wrong("name", _("Row %(row)d: the name is longer than 60 characters") % {"row": row.number})
        if phone and not PHONE.match(phone):
            words = _("Row %(row)d: the phone number cannot be read. Enter digits, such as 0579-8888888")
            row.wrong("phone", words % {"row": row.number})
        if email and ("@" not in email.strip("@") or len(email) > 254 or " " in email):
            row.wrong("email", _("Row %(row)d: the mail address cannot be read") % {"row": row.number})
        username = row.cells.get("username", "")
        if username and not USERNAME.match(username):
            row.wrong(
                "username", _("Row %(row)d: the user name holds other than letters and digits") % {"row": row.number}
            )

    def _twice(self, rows: list[CheckedRow]) -> None:
        """One mobile number is one person; one mail address as well."""
        for column, same in (("phone", _mobile_of), ("email", _email_of)):
            first: dict[str, CheckedRow] = {}
            for row in rows:
                mark = same(row)
                other = first.setdefault(mark, row) if mark else row
                if other is not row and other.cells.get("name") != row.cells.get("name"):
                    words = (
                        _("Row %(row)d has the phone number of row %(other)d and another name")
                        if column == "phone"
                        else _("Row %(row)d has the mail address of row %(other)d and another name")
                    )
                    row.wrong(column, words % {"row": row.number, "other": other.number})

    def _match(self, row: CheckedRow) -> None:
        """Who the row means: known for certain, new, or to be chosen."""
        name, phone = row.cells.get("name", ""), row.cells.get("phone", "")
        who = self.answers.get("rows", {}).get(row.key, {}).get("who", "")
        by_phone = [one for one in self.known.with_phone(phone) if one.name == name]
        if username := row.cells.get("username", ""):
            same = self.known.by_username.get(username.lower())
            if same and same.name == name and same.here:
                return self._is(row, same)
        others = [one for one in self.known.with_phone(phone) if one.name != name]
        if len(by_phone) == 1:
            return self._is(row, by_phone[0])
        if others and is_mobile(phone) and not by_phone:
            seen = [one.name for one in others if one.here]
            words = (
                _("Row %(row)d: the phone number belongs to “%(name)s”") % {"row": row.number, "name": seen[0]}
                if seen
                else _("Row %(row)d: the phone number belongs to another account") % {"row": row.number}
            )
            return row.wrong("phone", words)
        row.candidates = by_phone or self.known.named_here.get(name, [])
        chosen = next((one for one in row.candidates if str(one.pk) == who), None)
        if chosen:
            return self._is(row, chosen)
        if not row.candidates or who == AS_NEW:
            return None
        if len(row.candidates) == 1 and not by_phone and self._alike(row, row.candidates[0]):
            return self._is(row, row.candidates[0])
        words = _("Row %(row)d: somebody called “%(name)s” is here already; choose")
        return row.wrong("who", words % {"row": row.number, "name": name})

    @staticmethod
    def _alike(row: CheckedRow, other: Candidate) -> bool:
        """The only person of this name in the body, and no phone number that says otherwise."""
        phone = digits(row.cells.get("phone", ""))
        return not phone or not other.digits or (phone == other.digits)

    @staticmethod
    def _is(row: CheckedRow, person: Candidate) -> None:
        row.verdict, row.candidates = KNOWN, [person]

    def _plan(self, row: CheckedRow) -> PersonPlan:
        known = row.candidates[0] if row.verdict == KNOWN else None
        said = row.cells.get
        plan = PersonPlan(
            row.key, said("name", ""), known.pk if known else None, said("phone", ""), said("email", ""),
            said("username", "") if known is None else "",
        )  # fmt: skip
        mine = self.known.by_email.get(plan.email.lower()) if plan.email else None
        if mine is not None and (known is None or mine != known.pk):
            row.wrong("email", _("Row %(row)d: the mail address belongs to another account") % {"row": row.number})
        self._standing(row, plan, known)
        self._seat(row, plan)
        self._unit(row, plan, "committee")
        self._unit(row, plan, "unit")
        self._branch(row, plan, known)
        if known is None and not plan.seat and not plan.posts and not plan.branches and not row.problems:
            words = _("Row %(row)d names no sector, unit or branch, so nobody would find this person again")
            row.wrong("unit", words % {"row": row.number})
        return plan

    def _standing(self, row: CheckedRow, plan: PersonPlan, known: Candidate | None) -> None:
        said = row.cells.get("standing", "")
        kind = standing_of(said)
        if kind is None:
            kind = self._group("standing", said, row, _STANDING_OPTIONS())
        plan.standing = kind if kind in Standing.Kind.values else ""
        joined = row.cells.get("joined", "")
        if joined and plan.standing in CPC:
            plan.standing_since = day_of_text(joined)
            if plan.standing_since is None or plan.standing_since > self.on:
                words = _("Row %(row)d: the day of joining the CPC cannot be read; such as 1998-07")
                row.wrong("joined", words % {"row": row.number})
        probation_over = (Standing.Kind.PROBATIONARY, Standing.Kind.FULL)
        both = (known.standing, plan.standing) if known else ("", "")
        if all(both) and both[0] != both[1] and both != probation_over:
            row.notes.append(_("another standing is recorded; it stays until it is changed on the person’s page"))
        if known and known.phone and plan.phone and known.digits != digits(plan.phone):
            row.notes.append(_("another phone number is recorded; it stays"))

    def _seat(self, row: CheckedRow, plan: PersonPlan) -> None:
        sector, term = row.cells.get("sector", ""), self._term(row)
        if not (sector or row.cells.get("term") or self.answers.get("seats") == EVERYBODY):
            return
        if term is None:
            if not row.problems:
                row.wrong("term", _("Row %(row)d: no term is chosen") % {"row": row.number})
            return
        name = sector
        if sector and sector not in self.known.sectors and self.known.sectors:
            options = [
                (AS_NEW, _("Take it as a new sector")),
                *((f"={one}", one) for one in sorted(self.known.sectors, key=lambda one: -alike(sector, one))),
            ]
            answer = self._group("sector", sector, row, options)
            name = sector if answer == AS_NEW else answer[1:] if answer.startswith("=") else ""
        unit = self.known.sectors.get(name)
        plan.seat = SeatPlan(term, unit, name[:60], row.cells.get("work", "")[:120])

    def _term(self, row: CheckedRow) -> Term | None:
        said = row.cells.get("term", "")
        if not said:
            return self.term
        found = next((term for term in self.known.terms if term_key(term.name) == term_key(said)), None)
        if found is None:
            options = [(str(term.pk), term.name) for term in self.known.terms]
            answer = self._group("term", said, row, options, skip=False)
            found = next((term for term in self.known.terms if str(term.pk) == answer), None)
        return found

    def _unit(self, row: CheckedRow, plan: PersonPlan, column: str) -> None:
        """A post: as member of a committee, or what title and role say of another unit."""
        said = row.cells.get(column, "")
        if not said:
            return
        unit = self._found(row, column, said, self.known.units)
        if unit is None:
            return
        if not holds_posts(unit):
            words = _("Row %(row)d: units of the kind of “%(unit)s” have no posts")
            row.wrong(column, words % {"row": row.number, "unit": said})
            return
        title = row.cells.get("title", "") if column == "unit" else ""
        plan.posts.append(PostPlan(unit, self._role(row, title) if column == "unit" else Role.MEMBER, title[:60]))

    def _role(self, row: CheckedRow, title: str) -> str:
        """The role as written; a title alone gives the weakest one until somebody says which role it means."""
        said = row.cells.get("role", "")
        role = role_of(said) if said else None
        if role is None and said:
            answer = self._group("role", said, row, _ROLE_OPTIONS(), skip=False)
            return answer or Role.MEMBER
        if role is None and title:
            return self._group("title", title, row, _ROLE_OPTIONS(), skip=False, usual=Role.MEMBER)
        return role or Role.MEMBER

    def _branch(self, row: CheckedRow, plan: PersonPlan, known: Candidate | None) -> None:
        said = row.cells.get("branch", "")
        if not said:
            return
        unit = self._found(row, "branch", said, self.known.branches)
        if unit is None:
            return
        branch: Branch = unit.branch
        standing = (known.standing if known else "") or plan.standing
        if standing not in CPC:
            words = _("Row %(row)d: no standing as CPC member is recorded; only CPC members join a branch")
            row.wrong("branch", words % {"row": row.number})
        elif branch.line == Line.OFFICE and known and known.home not in (None, branch.pk):
            row.wrong("branch", _("Row %(row)d: the person has another home branch") % {"row": row.number})
        else:
            plan.branches.append(branch)

    def _found(self, row: CheckedRow, column: str, said: str, units: Mapping[str, list[Unit]]) -> Unit | None:
        found = units.get(names_key(said), [])
        if len(found) == 1:
            return found[0]
        every = {unit.pk: unit for units_of_name in units.values() for unit in units_of_name}
        near = sorted(found or every.values(), key=lambda unit: (-alike(said, unit.name), unit.path))
        answer = self._group(column, said, row, [(str(unit.pk), unit.name) for unit in near])
        return every.get(int(answer)) if answer.isdecimal() else None

    def _group(
        self,
        kind: str,
        said: str,
        row: CheckedRow,
        options: list[tuple[str, str]],
        *,
        skip: bool = True,
        usual: str = "",
    ) -> str:
        """The answer given for all rows that say this; "" while it is asked, which is then a problem of each row."""
        key = f"{kind}:{said}"[:120]
        group = self.groups.get(key)
        if group is None:
            offered = [*options, *([(SKIP, _("Leave it out"))] if skip else [])]
            answer = str(self.answers.get("groups", {}).get(key, usual))
            group = Group(key, kind, said, [], offered, answer if answer in dict(offered) else "")
            self.groups[key] = group
        group.rows.append(row.number)
        if group.asks:
            words = _("Row %(row)d: “%(said)s” is not known") % {"row": row.number, "said": said[:60]}
            row.wrong(kind, words, key)
        return group.answer

    def _join(self, rows: list[CheckedRow]) -> None:
        """Rows of one person become one plan; two people of one name without a number are asked about."""
        first: dict[Any, CheckedRow] = {}
        for row in rows:
            if row.plan is None or not row.cells.get("name"):
                continue
            mark: Any = row.plan.person or (row.plan.name, digits(row.plan.phone))
            other = first.setdefault(mark, row)
            if other is row or other.plan is None:
                continue
            who = self.answers.get("rows", {}).get(row.key, {}).get("who", "")
            if not row.plan.person and not digits(row.plan.phone) and who not in (AS_NEW, "same"):
                words = _("Row %(row)d: the same name as row %(other)d; choose")
                row.wrong("who", words % {"row": row.number, "other": other.number})
            elif who != AS_NEW or row.plan.person or digits(row.plan.phone):
                _merge(other.plan, row.plan)
                row.plan = other.plan

    def _contact(self, row: CheckedRow) -> None:
        """The CPC member who keeps contact with a member who is none: of this paper or of the body, never both alike."""
        said, plan = row.cells.get("contact", ""), row.plan
        if not said or plan is None or plan.seat is None:
            return
        if plan.standing in CPC or (row.verdict == KNOWN and row.candidates[0].standing in CPC):
            row.notes.append(_("a CPC member needs no contact; not kept"))
            return
        found: dict[str, int | str] = {
            str(one.pk): one.pk for one in self.known.contacts.get(said, []) if plan.seat.term.pk in one.terms
        }
        for other in self._members_named.get(said, []):
            mark = other.plan.person if other.plan else None
            found[str(mark) if mark else f"row {other.key}"] = mark or other.key
        if len(found) == 1:
            contact = next(iter(found.values()))
        else:
            options = [(key, f"{said} · {self._tells(key)}") for key in found]
            answer = self._group("contact", said, row, options)
            contact = found.get(answer, "")
        if contact and contact not in (plan.person, plan.key):
            plan.seat = SeatPlan(plan.seat.term, plan.seat.sector, plan.seat.sector_name, plan.seat.work, contact)

    @cached_property
    def _members_named(self) -> dict[str, list[CheckedRow]]:
        """CPC members with a seat in this paper, by name."""
        found = defaultdict(list)
        for row in self.rows:
            if row.plan and row.plan.seat and row.plan.key == row.key:
                known = row.candidates[0].standing if row.verdict == KNOWN else ""
                if (known or row.plan.standing) in CPC:
                    found[row.plan.name].append(row)
        return found

    def _tells(self, key: str) -> str:
        if key.startswith("row "):
            return _("Row %(row)s") % {"row": key[4:]}
        return next((one.tells for row in self.known.contacts.values() for one in row if str(one.pk) == key), key)


def alike(said: str, name: str) -> float:
    """How alike two names are: most unknown ones are slips of the pen, so the nearest is offered first."""
    return SequenceMatcher(None, said, name).ratio()


def names_key(text: str) -> str:
    """A name of a unit as it is compared."""
    return "".join(text.split()).lower()


def _merge(into: PersonPlan, other: PersonPlan) -> None:
    """What a second row says of the same person."""
    into.posts += [post for post in other.posts if post not in into.posts]
    into.branches += [branch for branch in other.branches if branch not in into.branches]
    into.seat = into.seat or other.seat
    into.standing, into.standing_since = (
        (into.standing, into.standing_since) if into.standing else (other.standing, other.standing_since)
    )
    into.phone, into.email = into.phone or other.phone, into.email or other.email


def _mobile_of(row: CheckedRow) -> str:
    phone = row.cells.get("phone", "")
    return digits(phone) if is_mobile(phone) else ""


def _email_of(row: CheckedRow) -> str:
    return row.cells.get("email", "").lower()


def _STANDING_OPTIONS() -> list[tuple[str, str]]:
    return [(code, str(word)) for code, word in Standing.Kind.choices]


def _ROLE_OPTIONS() -> list[tuple[str, str]]:
    return [(code, str(word)) for code, word in Role.choices if code != Role.SYSTEM_ADMIN]
