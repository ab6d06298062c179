"""Every address × every member of the cast, generated from the URLconf: a new address without a verdict here fails.

Expected answers are written down; beside them every page is scanned for canaries: words of rows that its reader may not see
(they exist, which each test proves first). Foreign and missing things look the same: 404.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from activities.models import Meeting, MeetingFile
from branches import codes
from branches.actions import invite
from branches.models import (
    CppccMembership,
    DemoMail,
    DemoState,
    Feedback,
    Invitation,
    Pairing,
    PlannedChange,
    Platform,
    Term,
    UnitAlias,
)
from branches.roles import Role
from tasks.actions.duties import BearerPlan, DutyListPlan, DutyPlan, draft_duties, issue_duties
from tasks.actions.editions import begin_edition
from tasks.actions.extensions import ask_extension
from tasks.actions.feeds import make_feed
from tasks.actions.helping import ask_help
from tasks.actions.instructions import instruct
from tasks.actions.lengthening import lengthen
from tasks.actions.reminding import remind
from tasks.actions.slips import SlipPlan, issue_slip
from tasks.actions.terms import begin_term
from tasks.links import addresses
from tasks.models import (
    Approval,
    Edition,
    Evidence,
    Extension,
    HelpRequest,
    Instruction,
    ListTemplate,
    PaperDraft,
    Report,
    ReturnBatch,
    RosterDraft,
    Slip,
    Step,
    StoredFile,
    TaskList,
    TermPlan,
)
from tasks.papers.editions import rows_of_list, tasks_of
from tasks.papers.grid import Grid
from tasks.papers.sources import packed
from tests.activities.factories import make_meeting
from tests.conftest import TODAY, Cast
from tests.factories import at, make_post, make_report, make_task, make_user

EVERYONE = frozenset(
    {"secretary", "second", "leader", "clerk", "county_secretary", "county_head", "member", "head_a", "stranger"}
    | {"foreigner", "admin", "county_admin", "system_admin", "auditor", "nobody"}
)
CITY = frozenset({"secretary", "second", "leader"})
CITY_STAFF = CITY | {"clerk"}
CITY_BODY = CITY_STAFF | {"admin", "system_admin", "auditor"}
COUNTY_DESK = frozenset({"county_secretary", "county_head"})
COUNTY = COUNTY_DESK | {"member", "head_a"}
COUNTY_BODY = COUNTY | {"county_admin", "system_admin"}

# Who sees which row (design 3 and 6): the receiving side, the issuing side, nobody sideways
ROWS: dict[str, frozenset[str]] = {
    "to_office": CITY_STAFF,
    "to_county_a": CITY | COUNTY_DESK,
    "to_county_b": CITY | {"stranger"},
    "to_branch_a": COUNTY,
    "foreign_row": frozenset({"foreigner"}),
}
DOERS: dict[str, frozenset[str]] = {
    "to_office": frozenset({"secretary", "second", "clerk"}),
    "to_county_a": COUNTY_DESK,
    "to_county_b": frozenset({"stranger"}),
    "to_branch_a": COUNTY,
    "foreign_row": frozenset({"foreigner"}),
}
UNITS: dict[str, frozenset[str]] = {
    "city_office": CITY_BODY,
    "county_a_office": COUNTY_BODY,
    "county_b": CITY_BODY | {"stranger"},
    "foreign_city": frozenset({"foreigner", "system_admin"}),
}
KEEPERS = frozenset({"admin", "county_admin", "system_admin"})


@dataclass(frozen=True)
class Verdict:
    """Who gets 200; who sees the thing and is refused (403); everybody else of the cast gets `others`."""

    ok: frozenset[str]
    refused: frozenset[str] = frozenset()
    others: int = 404
    guests: int = 302
    args: Callable[[Cast], dict[str, Any]] = field(default=lambda cast: {})


def of_row(name: str, ok: frozenset[str] | None = None, others: int = 404) -> Verdict:
    seen = ROWS[name]
    allowed = seen if ok is None else ok
    return Verdict(allowed, seen - allowed, others, args=lambda cast: {"pk": getattr(cast, name).pk})


def of_unit(name: str, ok: frozenset[str] | None = None) -> Verdict:
    seen = UNITS[name]
    allowed = seen if ok is None else ok
    return Verdict(allowed, seen - allowed, args=lambda cast: {"pk": getattr(cast, name).pk})


def of_branch(ok: frozenset[str] | None = None) -> Verdict:
    allowed = COUNTY_BODY if ok is None else ok
    return Verdict(allowed, COUNTY_BODY - allowed, args=lambda cast: {"pk": cast.branch_a.pk})


RECORDERS = COUNTY_DESK | {"head_a"}


def of_meeting(ok: frozenset[str] = COUNTY) -> Verdict:
    return Verdict(ok, COUNTY - ok, args=lambda cast: {"pk": Meeting.objects.get().pk})


def paper_of_meeting() -> dict[str, Any]:
    paper = MeetingFile.objects.get()
    return {"pk": paper.meeting_id, "file": paper.file_id}


LIVES = Verdict(EVERYONE - KEEPERS - {"auditor", "nobody"}, others=403)


def of_platform(ok: frozenset[str] | None = None) -> Verdict:
    allowed = COUNTY_BODY if ok is None else ok
    return Verdict(
        allowed, COUNTY_BODY - allowed, args=lambda cast: {"pk": Platform.objects.get(branches=cast.temporary_a).pk}
    )


def of_person(ok: frozenset[str] | None = None) -> Verdict:
    allowed = COUNTY_BODY if ok is None else ok
    return Verdict(allowed, COUNTY_BODY - allowed, args=lambda cast: {"pk": cast.member.pk})


DESKS = EVERYONE - KEEPERS - {"leader", "member", "auditor", "nobody"}  # who keeps the desk of some unit


def press_of(cast: Cast) -> uuid.UUID:
    """A press by which the city's secretary reminded county B."""
    press = uuid.uuid5(uuid.NAMESPACE_URL, "press")
    remind([cast.to_county_b.pk], by=cast.secretary, op=press, now=at(TODAY))
    return press


def feed_of(cast: Cast) -> str:
    """A secret address, for whoever has it: of a person with no work, so that every word in it would be too much."""
    return make_feed(by=cast.person("nobody"), op=uuid.uuid5(uuid.NAMESPACE_URL, "feed"), now=at(TODAY)).token


def link_of(cast: Cast) -> str:
    """A signed link of somebody who is not of the cast: whoever is signed in is told that it is another's."""
    person = make_user("连线", username="linked", phone="139 0000 4321")
    make_post(person, cast.city_office, Role.MEMBER)
    return addresses(person, [cast.to_office], timezone.now())[cast.to_office.pk].split("/")[2]


def longer_of(cast: Cast) -> uuid.UUID:
    """A press by which the city's secretary gave county B more time."""
    press = uuid.uuid5(uuid.NAMESPACE_URL, "longer")
    lengthen([cast.to_county_b.pk], date(2026, 12, 1), "暴雨", by=cast.secretary, op=press, now=at(TODAY))
    return press


def edition_of(cast: Cast) -> Edition:
    """A new version of the city's list that its secretary has begun."""
    rows, answers = rows_of_list(cast.city_list, tasks_of(cast.city_list))
    return begin_edition(cast.city_list, rows, answers, by=cast.secretary, op=uuid.uuid4(), now=at(TODAY))


def duties_of(stage: str) -> TaskList:
    return TaskList.objects.get(kind="responsibility", stage=stage)


def term_of(cast: Cast) -> TermPlan:
    """A change of term that the admin of county A has begun."""
    found = TermPlan.objects.first()
    return found or begin_term(cast.county_a, "九届", TODAY, by=cast.county_admin, op=uuid.uuid4(), now=at(TODAY))


def the_slip(cast: Cast) -> dict[str, Any]:
    return {"pk": Slip.objects.get().pk}


def the_change(cast: Cast) -> dict[str, Any]:
    """A move of the city's office into county A, planned by the city's admin."""
    planned, _new = PlannedChange.objects.get_or_create(
        kind="move", unit=cast.city_office, target=cast.county_a,
        defaults={"effective_on": date(2099, 1, 1), "by": cast.admin, "made_at": at(TODAY), "old_body": cast.city},
    )  # fmt: skip
    return {"pk": planned.pk}


def lot_of_slips(cast: Cast) -> uuid.UUID:
    """Invitations that the county's admin has made."""
    return invite([cast.member], by=cast.county_admin, op=uuid.uuid4(), now=timezone.now())


def code_of_slip(cast: Cast) -> str:
    return codes.code_of(Invitation.objects.get(lot=lot_of_slips(cast)).seed)


KEEPS_COUNTY = frozenset({"county_admin", "system_admin"})
ALL = Verdict(EVERYONE)
OPEN = Verdict(EVERYONE, guests=200)
POST_ONLY = "post"  # GET is 405 for whoever may knock at all; what POST does is each room's own test, and P7d below
SIGN_IN = "sign-in"  # allauth's own pages

POLICY: dict[str, list[Verdict] | str] = {
    "healthz": [OPEN],
    "readyz": [OPEN],
    "account_login": SIGN_IN,
    "account_logout": SIGN_IN,
    "account_inactive": SIGN_IN,
    "account_reauthenticate": SIGN_IN,
    "account_change_password": SIGN_IN,
    "account_set_password": SIGN_IN,
    "account_reset_password": SIGN_IN,
    "account_reset_password_done": SIGN_IN,
    "account_reset_password_from_key": SIGN_IN,
    "account_reset_password_from_key_done": SIGN_IN,
    "account_help": [OPEN],
    "account_outside_start": POST_ONLY,  # without such a door of the site there is nothing behind them: test_outside.py
    "account_outside_connect": POST_ONLY,
    "account_outside_back": SIGN_IN,
    "account_outside_end": POST_ONLY,
    "mfa_index": SIGN_IN,
    "mfa_authenticate": SIGN_IN,
    "mfa_reauthenticate": SIGN_IN,
    "mfa_activate_totp": SIGN_IN,
    "mfa_deactivate_totp": SIGN_IN,
    "mfa_view_recovery_codes": SIGN_IN,
    "mfa_generate_recovery_codes": SIGN_IN,
    "join-start": [OPEN],
    "join": [Verdict(EVERYONE, guests=200, args=lambda cast: {"code": code_of_slip(cast)})],
    "home": [OPEN],  # a demo's guest stands at its door; elsewhere: tests/dashboards/test_door_elsewhere.py
    "activities:overview": [LIVES],
    "activities:missing": [LIVES],
    "activities:cadence": [LIVES],
    "activities:new": [Verdict(RECORDERS | {"secretary", "second", "stranger"}, others=403)],
    "activities:branch": [Verdict(COUNTY, args=lambda cast: {"pk": cast.branch_a.pk})],
    "activities:meeting": [of_meeting()],
    "activities:minutes": [of_meeting()],
    "activities:file": [Verdict(COUNTY, args=lambda cast: paper_of_meeting())],
    "activities:edit": [of_meeting(RECORDERS)],
    "activities:strike": [of_meeting(RECORDERS)],
    "activities:shape": POST_ONLY,
    "activities:tasks": POST_ONLY,
    "activities:cadence-list": POST_ONLY,
    "activities:cadence-drop": POST_ONLY,
    "set_language": POST_ONLY,
    "large-type": POST_ONLY,
    "scope": POST_ONLY,
    "demo-enter": POST_ONLY,
    "demo-tour": POST_ONLY,
    "gallery": [OPEN],  # on a site there is none: tests/dashboards/test_gallery.py
    "demo-next-day": POST_ONLY,
    "demo-mailbox": [OPEN],
    "demo-mail": [Verdict(EVERYONE, guests=200, args=lambda cast: {"pk": DemoMail.objects.get().pk})],
    "dashboards:board": [Verdict(EVERYONE - KEEPERS - {"auditor", "nobody"}, others=403)],
    "dashboards:audit": [Verdict(frozenset({"auditor", "system_admin"}), others=403)],
    "dashboards:audit-export": POST_ONLY,
    "dashboards:unit-board": [
        Verdict(CITY, args=lambda cast: {"pk": cast.city.pk}),
        Verdict(CITY_STAFF, args=lambda cast: {"pk": cast.city_office.pk}),
        Verdict(CITY | COUNTY_DESK, args=lambda cast: {"pk": cast.county_a.pk}),
        Verdict(CITY | {"stranger"}, args=lambda cast: {"pk": cast.county_b.pk}),
        Verdict(COUNTY, args=lambda cast: {"pk": cast.branch_a.unit_id}),
        Verdict(frozenset({"foreigner"}), args=lambda cast: {"pk": cast.foreign_city.pk}),
    ],
    "dashboards:rows": [
        Verdict(CITY | COUNTY_DESK, args=lambda cast: {"pk": cast.county_a.pk}),
        Verdict(frozenset({"foreigner"}), args=lambda cast: {"pk": cast.foreign_city.pk}),
    ],
    "dashboards:report": [
        Verdict(CITY | COUNTY_DESK, args=lambda cast: {"pk": cast.county_a.pk}),
        Verdict(frozenset({"foreigner"}), args=lambda cast: {"pk": cast.foreign_city.pk}),
    ],
    "dashboards:report-docx": [
        Verdict(CITY | COUNTY_DESK, args=lambda cast: {"pk": cast.county_a.pk}),
        Verdict(frozenset({"foreigner"}), args=lambda cast: {"pk": cast.foreign_city.pk}),
    ],
    "tasks:opening": [Verdict(KEEPERS, others=403)],
    "tasks:opening-blank": [Verdict(KEEPERS, others=403)],
    "tasks:opening-body": POST_ONLY,
    "tasks:opening-tree": POST_ONLY,
    "tasks:opening-check": POST_ONLY,
    "tasks:opening-take": POST_ONLY,
    "tasks:notices": [Verdict(EVERYONE)],
    "tasks:told": [
        of_row("to_county_a", CITY - {"leader"} | COUNTY_DESK),
        of_row("to_branch_a", COUNTY_DESK | {"head_a"}),
    ],
    "tasks:unsent": [Verdict(frozenset({"system_admin"}), others=403)],
    "tasks:notice": POST_ONLY,
    "tasks:subscription": [Verdict(EVERYONE)],
    "tasks:links": [Verdict(EVERYONE)],
    "tasks:reminder-rules": [
        Verdict(
            frozenset({"secretary", "second", "admin", "system_admin"}),
            refused=frozenset({"leader", "clerk", "auditor", "stranger", "county_admin"}) | COUNTY,
            args=lambda cast: {"pk": cast.city.pk},
        ),
    ],
    "tasks:robots": [
        Verdict(
            frozenset({"secretary", "second", "admin", "system_admin"}),
            refused=frozenset({"leader", "clerk", "auditor", "stranger", "county_admin"}) | COUNTY,
            args=lambda cast: {"pk": cast.city.pk},
        ),
    ],
    "tasks:link": [Verdict(frozenset(), others=409, guests=200, args=lambda cast: {"token": link_of(cast)})],
    "tasks:link-leave": POST_ONLY,
    "tasks:link-withdraw": POST_ONLY,
    "tasks:feed": [Verdict(EVERYONE, guests=200, args=lambda cast: {"token": feed_of(cast)})],
    "tasks:remind": [Verdict(DESKS, others=403)],
    "tasks:reminded": [Verdict(frozenset({"secretary"}), args=lambda cast: {"press": press_of(cast)})],
    "tasks:time": [Verdict(DESKS, others=403)],
    "tasks:accept": [Verdict(DESKS | {"leader"}, others=403)],
    "tasks:no-change": [Verdict(DESKS | {"member"}, others=403)],
    "tasks:pressed": [Verdict(frozenset({"secretary"}), args=lambda cast: {"press": longer_of(cast)})],
    "tasks:lists": [ALL],
    "tasks:calendar": [ALL],
    "tasks:import": [
        Verdict(COUNTY_DESK | {"secretary", "second", "clerk", "head_a", "stranger", "foreigner"}, others=403),
    ],
    "tasks:paper-sample": [ALL],
    "tasks:list-new": [
        Verdict(COUNTY_DESK | {"secretary", "second", "clerk", "head_a", "stranger", "foreigner"}, others=403),
    ],
    "tasks:list-copy": [
        Verdict(
            COUNTY_DESK | {"secretary", "second", "clerk", "stranger"},
            refused=frozenset({"leader"}),
            args=lambda cast: {"pk": cast.city_list.pk},
        ),
    ],
    "tasks:templates": [
        Verdict(COUNTY_DESK | {"secretary", "second", "clerk", "head_a", "stranger", "foreigner"}, others=403),
    ],
    "tasks:template": [
        Verdict(frozenset({"secretary", "second", "clerk"}), args=lambda cast: {"pk": ListTemplate.objects.get().pk}),
    ],
    "tasks:list-template": [
        Verdict(
            frozenset({"secretary", "second"}),
            refused=(CITY_STAFF | COUNTY_DESK | {"stranger"}) - {"secretary", "second"},
            args=lambda cast: {"pk": cast.city_list.pk},
        ),
    ],
    "tasks:paper-template": [
        Verdict(frozenset({"secretary"}), args=lambda cast: {"pk": PaperDraft.objects.earliest("pk").pk})
    ],
    "tasks:filters": [ALL],
    "tasks:filter-keep": POST_ONLY,
    "tasks:filter": POST_ONLY,
    "tasks:quick": [
        Verdict(COUNTY_DESK | {"secretary", "second", "clerk", "head_a", "stranger", "foreigner"}, others=403),
    ],
    "tasks:list-time": [
        Verdict(
            frozenset({"secretary", "second"}),
            refused=(CITY_STAFF | COUNTY_DESK | {"stranger"}) - {"secretary", "second"},
            args=lambda cast: {"pk": cast.city_list.pk},
        ),
    ],
    "tasks:list-recall": [
        Verdict(
            frozenset({"secretary", "second"}),
            refused=(CITY_STAFF | COUNTY_DESK | {"stranger"}) - {"secretary", "second"},
            args=lambda cast: {"pk": cast.city_list.pk},
        ),
    ],
    "tasks:paper-rows": [
        Verdict(frozenset({"secretary"}), args=lambda cast: {"pk": PaperDraft.objects.earliest("pk").pk})
    ],
    "tasks:paper": [Verdict(frozenset({"secretary"}), args=lambda cast: {"pk": PaperDraft.objects.earliest("pk").pk})],
    "tasks:paper-units": [
        Verdict(frozenset({"secretary"}), args=lambda cast: {"pk": PaperDraft.objects.earliest("pk").pk})
    ],
    "tasks:paper-publish": [
        Verdict(frozenset({"secretary"}), args=lambda cast: {"pk": PaperDraft.objects.earliest("pk").pk})
    ],
    "tasks:paper-drop": POST_ONLY,
    "tasks:paper-repaired": POST_ONLY,
    "tasks:paper-problems": [
        Verdict(frozenset({"secretary"}), args=lambda cast: {"pk": PaperDraft.objects.earliest("pk").pk})
    ],
    "tasks:list": [
        Verdict(CITY_STAFF | COUNTY_DESK | {"stranger"}, args=lambda cast: {"pk": cast.city_list.pk}),
        Verdict(COUNTY, args=lambda cast: {"pk": cast.county_list.pk}),
        Verdict(CITY | COUNTY_DESK, args=lambda cast: {"pk": duties_of("issued").pk}),
        Verdict(frozenset({"secretary", "second"}), args=lambda cast: {"pk": duties_of("draft").pk}),
    ],
    "tasks:returns": [
        Verdict(
            frozenset({"secretary", "second"}),
            (CITY_STAFF | COUNTY_DESK | {"stranger"}) - {"secretary", "second"},
            args=lambda cast: {"pk": cast.city_list.pk},
        ),
        Verdict(COUNTY_DESK, COUNTY - COUNTY_DESK, args=lambda cast: {"pk": cast.county_list.pk}),
    ],
    "tasks:return-batch": [
        Verdict(
            frozenset({"secretary", "second"}),
            (CITY_STAFF | COUNTY_DESK | {"stranger"}) - {"secretary", "second"},
            args=lambda cast: {"pk": cast.city_list.pk, "number": ReturnBatch.objects.get().pk},
        ),
    ],
    "tasks:return-drop": POST_ONLY,
    "tasks:list-xlsx": [
        Verdict(CITY_STAFF | COUNTY_DESK | {"stranger"}, args=lambda cast: {"pk": cast.city_list.pk}),
        Verdict(COUNTY, args=lambda cast: {"pk": cast.county_list.pk}),
        Verdict(CITY | COUNTY_DESK, args=lambda cast: {"pk": duties_of("issued").pk}),
    ],
    "tasks:list-docx": [
        Verdict(CITY_STAFF | COUNTY_DESK | {"stranger"}, args=lambda cast: {"pk": cast.city_list.pk}),
        Verdict(COUNTY, args=lambda cast: {"pk": cast.county_list.pk}),
        Verdict(CITY | COUNTY_DESK, args=lambda cast: {"pk": duties_of("issued").pk}),
        Verdict(frozenset({"secretary", "second"}), args=lambda cast: {"pk": duties_of("draft").pk}),
    ],
    "tasks:list-print": [
        Verdict(CITY_STAFF | COUNTY_DESK | {"stranger"}, args=lambda cast: {"pk": cast.city_list.pk}),
        Verdict(COUNTY, args=lambda cast: {"pk": cast.county_list.pk}),
    ],
    "tasks:collation": [
        Verdict(CITY_STAFF | COUNTY_DESK | {"stranger"}, args=lambda cast: {"pk": cast.city_list.pk}),
        Verdict(COUNTY, args=lambda cast: {"pk": cast.county_list.pk}),
        Verdict(frozenset(), args=lambda cast: {"pk": duties_of("issued").pk}),
    ],
    "tasks:collation-docx": [
        Verdict(CITY_STAFF | COUNTY_DESK | {"stranger"}, args=lambda cast: {"pk": cast.city_list.pk}),
        Verdict(COUNTY, args=lambda cast: {"pk": cast.county_list.pk}),
    ],
    "tasks:list-archive": [
        Verdict(CITY_STAFF | COUNTY_DESK | {"stranger"}, args=lambda cast: {"pk": cast.city_list.pk}),
        Verdict(COUNTY, args=lambda cast: {"pk": cast.county_list.pk}),
        Verdict(frozenset(), args=lambda cast: {"pk": duties_of("issued").pk}),
    ],
    "tasks:list-published": [Verdict(COUNTY, args=lambda cast: {"pk": cast.county_list.pk})],
    "tasks:edition-new": [
        Verdict(
            frozenset({"secretary", "second"}),
            (CITY_STAFF | COUNTY_DESK | {"stranger"}) - {"secretary", "second"},
            args=lambda cast: {"pk": cast.city_list.pk},
        ),
    ],
    "tasks:list-history": [Verdict(COUNTY, args=lambda cast: {"pk": cast.county_list.pk})],
    "tasks:edition": [
        Verdict(frozenset({"secretary"}), args=lambda cast: {"pk": edition_of(cast).pk}),
    ],
    "tasks:approval-take-back": POST_ONLY,
    "tasks:sign": [
        Verdict(COUNTY_DESK, args=lambda cast: {"pk": cast.city_list.pk}),
        Verdict(frozenset(), args=lambda cast: {"pk": cast.county_list.pk}),
    ],
    "tasks:duties-new": [
        Verdict(COUNTY_DESK | {"secretary", "second", "clerk", "head_a", "stranger", "foreigner"}, others=403),
    ],
    "tasks:duties-edit": [Verdict(frozenset({"secretary", "second"}), args=lambda cast: {"pk": duties_of("draft").pk})],
    "tasks:duties-issue": POST_ONLY,
    "tasks:duties-copy": POST_ONLY,
    "tasks:duty": [
        Verdict(CITY | COUNTY_DESK, args=lambda cast: {"pk": duties_of("issued").duties.get(position=1).pk}),
        Verdict(CITY, args=lambda cast: {"pk": duties_of("issued").duties.get(position=2).pk}),
        Verdict(frozenset({"secretary", "second"}), args=lambda cast: {"pk": duties_of("draft").duties.get().pk}),
    ],
    "tasks:approval": [Verdict(frozenset({"leader"}), args=lambda cast: {"pk": Approval.objects.get().pk})],
    "tasks:task": [Verdict(ROWS[name], args=lambda cast, n=name: {"pk": getattr(cast, n).task_id}) for name in ROWS],  # type: ignore[misc]
    "tasks:task-files": POST_ONLY,
    "tasks:task-figures": POST_ONLY,
    "tasks:days": [
        Verdict(CITY, args=lambda cast: {"pk": Step.objects.get(kind=Step.Kind.AFTER).pk}),
    ],
    "tasks:assignment": [of_row(name) for name in ROWS],
    "tasks:move": POST_ONLY,
    "tasks:take-back": POST_ONLY,
    "tasks:person": POST_ONLY,
    "tasks:update": [of_row(name, DOERS[name]) for name in ROWS],
    "tasks:hand-over": [of_row("to_office", frozenset({"secretary", "second"}))],
    "tasks:left": [ALL],
    "tasks:unit-move": [
        of_unit("county_a_office", KEEPS_COUNTY),
        Verdict(
            frozenset({"admin", "system_admin"}), CITY_BODY | COUNTY_BODY, args=lambda cast: {"pk": cast.county_a.pk}
        ),
    ],
    "tasks:unit-merge": [of_unit("county_a_office", KEEPS_COUNTY)],
    "tasks:change": [Verdict(CITY_BODY | COUNTY_BODY, args=the_change)],
    "tasks:change-withdraw": POST_ONLY,
    "tasks:change-object": POST_ONLY,
    "tasks:change-undo": POST_ONLY,
    "tasks:post-handover": [
        Verdict(KEEPS_COUNTY, COUNTY_BODY - KEEPS_COUNTY, args=lambda cast: {"pk": cast.county_secretary.pk})
    ],
    "tasks:post-handover-undo": POST_ONLY,
    "tasks:terms": [ALL],
    "tasks:term-new": [Verdict(KEEPERS, others=403)],
    "tasks:term": [Verdict(COUNTY_BODY, args=lambda cast: {"pk": term_of(cast).term_id})],
    "tasks:term-plan": [Verdict(KEEPS_COUNTY, COUNTY_BODY - KEEPS_COUNTY, args=lambda cast: {"pk": term_of(cast).pk})],
    "tasks:term-plan-step": [
        Verdict(
            KEEPS_COUNTY,
            COUNTY_BODY - KEEPS_COUNTY,
            args=lambda cast, step=step: {"pk": term_of(cast).pk, "name": step},
        )
        for step in ("members", "branches", "posts", "work", "summary")
    ],
    "tasks:term-drop": POST_ONLY,
    "tasks:term-reopen": POST_ONLY,
    "branches:stand-in": [
        Verdict(
            KEEPS_COUNTY | {"county_secretary"},
            COUNTY_BODY - KEEPS_COUNTY - {"county_secretary"},
            args=lambda cast: {"pk": cast.county_secretary.pk},
        )
    ],
    "branches:stand-in-end": POST_ONLY,
    "tasks:upload": POST_ONLY,
    "tasks:done": [of_row("to_branch_a"), of_row("foreign_row")],
    "tasks:review": [ALL],
    "tasks:review-one": [of_row("foreign_row"), of_row("to_branch_a", COUNTY_DESK)],
    "tasks:extension-ask": [of_row(name, DOERS[name]) for name in ("to_county_a", "to_branch_a", "foreign_row")],
    "tasks:extension": [Verdict(CITY | COUNTY_DESK, args=lambda cast: {"pk": Extension.objects.get().pk})],
    "tasks:help-ask": [of_row(name, DOERS[name]) for name in ("to_office", "to_county_a", "to_county_b")],
    "tasks:help": [Verdict(COUNTY, args=lambda cast: {"pk": HelpRequest.objects.get().pk})],
    "tasks:clarify": [
        Verdict(
            frozenset({"secretary", "second"}),
            ROWS["to_county_a"] - {"secretary", "second"},
            args=lambda cast: {"pk": cast.to_county_a.task_id},
        )
    ],
    "tasks:instruct": [
        Verdict(frozenset(), others=404)
    ],  # what it is about is in the query: tests/tasks/test_instructions
    "tasks:instruction": [Verdict(CITY | {"stranger"}, args=lambda cast: {"pk": Instruction.objects.get().pk})],
    "tasks:requests": [ALL],
    "tasks:slips": [ALL],
    "tasks:slip-new": [Verdict(CITY | COUNTY_DESK | {"stranger", "foreigner"}, others=403)],
    "tasks:slip-words": [
        Verdict(KEEPERS | {"secretary", "second", "county_secretary", "stranger", "foreigner"}, others=403)
    ],
    "tasks:slip": [Verdict(CITY | {"stranger"}, args=the_slip)],
    "tasks:slip-answer": [Verdict(frozenset({"stranger"}), CITY, args=the_slip)],
    "tasks:slip-decide": POST_ONLY,
    "tasks:slip-withdraw": POST_ONLY,
    "tasks:slip-print": [Verdict(CITY | {"stranger"}, args=the_slip)],
    "tasks:slip-docx": [Verdict(CITY | {"stranger"}, args=the_slip)],
    "tasks:slip-file": [  # a file that exists and is none of the slip's
        Verdict(frozenset(), args=lambda cast: the_slip(cast) | {"number": StoredFile.objects.get().pk})
    ],
    "tasks:file": [Verdict(COUNTY, args=lambda cast: {"pk": StoredFile.objects.get().pk})],
    "tasks:thumb": [Verdict(frozenset(), others=404, args=lambda cast: {"pk": StoredFile.objects.get().pk})],
    "branches:units": [ALL],
    "branches:unit": [of_unit(name) for name in UNITS],
    "branches:unit-new": [Verdict(KEEPERS, others=403)],
    "branches:unit-edit": [
        of_unit("county_a_office", KEEPS_COUNTY),
        of_unit("foreign_city", frozenset({"system_admin"})),
    ],
    "branches:unit-end": [of_unit("county_a_office", KEEPS_COUNTY)],
    "branches:appoint": [
        of_unit("county_a_office", KEEPS_COUNTY),
        of_unit("city_office", frozenset({"admin", "system_admin"})),
    ],
    "branches:alias-add": POST_ONLY,
    "branches:alias-remove": POST_ONLY,
    "branches:post-end": [
        # posts at a county's body: the city sees the body, and that its posts are not the city's to end
        Verdict(
            KEEPS_COUNTY,
            (CITY_BODY | COUNTY_BODY) - KEEPS_COUNTY,
            args=lambda cast: {"pk": cast.county_head.posts.get().pk},
        ),
    ],
    "branches:people": [ALL],
    "branches:person-new": [Verdict(KEEPERS, others=403)],
    "branches:person": [of_person()],
    "branches:person-edit": [of_person(KEEPS_COUNTY)],
    "branches:person-account": [of_person(KEEPS_COUNTY | {"county_secretary"})],
    "branches:invitations": [
        Verdict(KEEPERS | {"secretary", "second", "county_secretary", "stranger", "foreigner"}, others=403)
    ],
    "branches:invite": POST_ONLY,
    "branches:invitation-withdraw": POST_ONLY,
    "branches:slips": [Verdict(frozenset({"county_admin"}), args=lambda cast: {"lot": lot_of_slips(cast)})],
    "branches:person-standing": POST_ONLY,
    "branches:coverage": [
        Verdict(
            frozenset({"secretary", "second", "leader", "admin", "stranger", "foreigner", "county_admin"})
            | COUNTY_DESK,
            others=403,
        ),
    ],
    "branches:coverage-gap": [
        Verdict(
            COUNTY_DESK | {"county_admin"},
            (CITY_BODY | COUNTY_BODY) - COUNTY_DESK - {"county_admin"},
            args=lambda cast: {"pk": cast.county_a.pk, "part": "branch"},
        ),
    ],
    "branches:seat-new": [of_person(KEEPS_COUNTY)],
    "branches:seat": [
        Verdict(
            KEEPS_COUNTY | {"county_secretary"},
            frozenset({"county_head", "member", "head_a"}),
            args=lambda cast: {"pk": CppccMembership.objects.get().pk},
        )
    ],
    "branches:privacy": [of_person(frozenset({"member"}))],
    "tasks:roster-start": [Verdict(KEEPERS, others=403)],
    "tasks:roster-blank": [ALL],
    "tasks:roster": [Verdict(frozenset({"county_admin"}), args=lambda cast: {"pk": RosterDraft.objects.get().pk})],
    "tasks:roster-drop": POST_ONLY,
    "tasks:roster-xlsx": [
        Verdict(
            frozenset({"county_admin"}),
            (CITY_BODY | COUNTY_BODY) - {"county_admin"},
            args=lambda cast: {"pk": cast.county_a.pk},
        )
    ],
    "branches:platforms": [ALL],
    "branches:platform-new": [Verdict(KEEPERS, others=403)],
    "branches:platform": [of_platform()],
    "branches:platform-edit": [of_platform(KEEPS_COUNTY)],
    "branches:platform-gap": [of_platform(KEEPS_COUNTY)],
    "tasks:platform-end": [of_platform(KEEPS_COUNTY)],
    "branches:branches": [ALL],
    "branches:branch-new": [Verdict(KEEPERS, others=403)],
    "branches:branch": [of_branch()],
    "branches:branch-approve": [of_branch(KEEPS_COUNTY | {"county_head"})],
    "branches:branch-announce": POST_ONLY,
    "branches:branch-summary": [of_branch(KEEPS_COUNTY | {"head_a"})],
    "branches:branch-card": [of_branch()],
    "branches:branch-pair": [of_branch(KEEPS_COUNTY)],
    "branches:pairing-end": [
        Verdict(
            KEEPS_COUNTY,
            COUNTY_BODY - KEEPS_COUNTY,
            args=lambda cast: {
                "pk": cast.branch_a.pk,
                "row": Pairing.objects.get_or_create(
                    office=cast.branch_a, members=cast.temporary_a, defaults={"starts_on": TODAY}
                )[0].pk,
            },
        ),
    ],
    "branches:branch-activate": [of_branch(KEEPS_COUNTY)],
    "tasks:branch-end": [of_branch(KEEPS_COUNTY)],
    "branches:branch-members": [of_branch(KEEPS_COUNTY)],
    "branches:member-end": [
        Verdict(
            KEEPS_COUNTY,
            COUNTY_BODY - KEEPS_COUNTY,
            args=lambda cast: {"pk": cast.branch_a.pk, "row": cast.branch_a.memberships.get(user=cast.member).pk},
        )
    ],
    "branches:settings": [
        # the city's body can be seen from its counties: their people learn that it is not theirs to set
        Verdict(
            frozenset({"secretary", "second", "admin", "system_admin"}),
            (CITY_BODY | COUNTY_BODY | {"stranger"}) - {"secretary", "second", "admin", "system_admin"},
            args=lambda cast: {"pk": cast.city.pk},
        ),
    ],
    "branches:wordings": [
        # the city's body can be seen from its counties: their people learn that it is not theirs to set
        Verdict(
            frozenset({"secretary", "second", "admin", "system_admin"}),
            (CITY_BODY | COUNTY_BODY | {"stranger"}) - {"secretary", "second", "admin", "system_admin"},
            args=lambda cast: {"pk": cast.city.pk},
        ),
    ],
    "branches:me": [ALL],
    "branches:feedback": [ALL],
    "branches:feedback-answer": POST_ONLY,
    "branches:help": [OPEN],
    "branches:accessibility": [OPEN],
}


def named_patterns(patterns: list[Any], space: str = "") -> Iterator[tuple[str, URLPattern]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from named_patterns(
                pattern.url_patterns, f"{space}{pattern.namespace}:" if pattern.namespace else space
            )
        else:
            yield f"{space}{pattern.name}", pattern


ADDRESSES = dict(named_patterns(get_resolver().url_patterns))


@pytest.fixture
def world(cast: Cast, clock_at: Any) -> Cast:
    """The cast with one of everything that an address names, and a canary in every row."""
    clock_at(TODAY)
    DemoState.objects.create(loaded_at=timezone.now())
    DemoMail.objects.create(message_id="<1@example>", to="x@example.invalid", subject="演示邮件", text="", at=at(TODAY))
    (Path(settings.MEDIA_ROOT) / "canary").parent.mkdir(parents=True, exist_ok=True)
    (Path(settings.MEDIA_ROOT) / "canary").write_text("材料暗记", encoding="utf-8")
    stored = StoredFile.objects.create(
        sha256="0" * 64,
        size=1,
        content_type="text/plain",
        name="材料.txt",
        path="canary",
        unit=cast.branch_a.unit,
        uploaded_by=cast.member,
        uploaded_at=at(TODAY),
    )
    Evidence.objects.create(
        report=make_report(cast.to_branch_a, cast.member, at(TODAY), "支部进展暗记", "progress"), file=stored
    )
    term = Term.objects.create(body=cast.county_a, name="十届", starts_on=date(2022, 2, 1))
    CppccMembership.objects.create(user=cast.member, body=cast.county_a, term=term, starts_on=date(2022, 2, 1))
    RosterDraft.objects.create(
        owner=cast.county_admin, body=cast.county_a, term=term, created_at=at(TODAY), changed_at=at(TODAY),
        grid=packed(Grid([["姓名", "手机", "界别"], ["名册暗记", "13800000001", "经济界"]])),
    )  # fmt: skip
    met = make_meeting(cast.branch_a, cast.head_a, TODAY, topic="会议主题暗记", decisions="会议决议暗记")
    MeetingFile.objects.create(meeting=met, file=stored)
    for row in (cast.to_office, cast.to_county_b, cast.foreign_row):
        make_report(row, cast.nobody, at(TODAY), f"{row.unit.name}进展暗记", Report.Kind.PROGRESS)
    waiting = make_task(cast.city_list, "会议情况暗记")
    Step.objects.create(task=waiting, phrase="会后3日内", kind=Step.Kind.AFTER, offset=3, offset_unit="day")
    ListTemplate.objects.create(
        body=cast.city, name="模板暗记", kept_by=cast.secretary, created_at=at(TODAY), changed_at=at(TODAY)
    )
    PaperDraft.objects.create(
        owner=cast.secretary,
        issuer=cast.city,
        created_at=at(TODAY),
        changed_at=at(TODAY),
        answers={"title": "王明的草稿暗记"},
        rows={
            "rows": [
                {
                    "row": 2,
                    "number": "1",
                    "content": "草稿任务",
                    "lead_units": ["办公室"],
                    "supporting_units": [],
                    "due": "12月底前",
                    "heading": [],
                }
            ]
        },
    )
    draft = cast.city_list.__class__.objects.create(
        title="待批清单暗记",
        year=2026,
        issuer=cast.city,
        stage="in_approval",
        drafted_by=cast.secretary,
        created_at=at(TODAY),
    )
    Approval.objects.create(list=draft, edition=1, approver=cast.leader, asked_at=at(TODAY), recorded_by=cast.secretary)
    make_duties(cast)
    make_slip(cast)
    make_follow_up(cast)
    ReturnBatch.objects.create(
        list=cast.city_list,
        by=cast.secretary,
        created_at=at(TODAY),
        changed_at=at(TODAY),
        files=[{"name": "回收文件暗记.xlsx", "error": "x"}],
    )
    Feedback.objects.create(by=cast.member, body=cast.county_a, text="意见暗记", at=at(TODAY))
    cast.city_list.deliveries.create(edition=1, body=cast.county_a, delivered_at=at(TODAY), sign_by=TODAY)
    UnitAlias.objects.create(unit=cast.city_office, body=cast.city, name="市办")
    return cast


def make_slip(cast: Cast) -> None:
    """A slip of the city to county B, which nobody beside the two may read."""
    plan = SlipPlan(
        body=cast.city, level=2, lead=cast.county_b, matter="督办事项暗记", content="督办暗记", instructed_by=cast.leader,
        leading=[cast.leader], contact="王明", due_on=TODAY, rows=[cast.to_county_b],
    )  # fmt: skip
    issue_slip(plan, by=cast.secretary, op=uuid.uuid4(), now=at(TODAY))


def make_follow_up(cast: Cast) -> None:
    """More time asked by county A, help asked inside it, and an instruction to county B."""
    said: dict[str, Any] = {"now": at(TODAY)}
    row = cast.to_county_a
    ask_extension(row, date(2026, 7, 10), "延期暗记", by=cast.county_secretary, op=uuid.uuid4(), **said)
    ask_help(cast.to_branch_a, "means", "求助暗记", by=cast.member, op=uuid.uuid4(), **said)
    instruct(cast.county_b, "批示暗记", TODAY, row=cast.to_county_b, by=cast.leader, op=uuid.uuid4(), **said)


def make_duties(cast: Cast) -> None:
    """A responsibility list that county A bears a part of, and one that is still on the city's desk."""
    mine = DutyPlan("甲区落实责任", bearers=(BearerPlan(unit=cast.county_a),))
    other = DutyPlan("市里责任暗记", bearers=(BearerPlan(unit=cast.city),))
    for title, duties in (("责任清单", (mine, other)), ("责任草稿暗记", (other,))):
        plan = DutyListPlan(title, 2026, cast.city, duties)
        row = draft_duties(plan, by=cast.secretary, op=uuid.uuid4(), now=at(TODAY))
        if len(duties) == 2:
            issue_duties(row, by=cast.secretary, op=uuid.uuid4(), now=at(TODAY))


def canaries(cast: Cast, who: str) -> list[str]:
    """Words that this person must never read: of rows, drafts and feedback outside his sight."""
    words = [
        word
        for name, word in {
            "to_office": "办公室整理台账",
            "to_county_a": "甲区报送党建案例",
            "to_county_b": "乙区报送党建案例",
            "to_branch_a": "支部报送案例",
            "foreign_row": "外市报送案例",
        }.items()
        if who not in ROWS[name]
    ]
    words += [] if who in COUNTY else ["支部进展暗记", "材料暗记", "会议主题暗记", "会议决议暗记"]
    words += [] if who in CITY_STAFF else ["办公室进展暗记"]
    words += [] if who == "stranger" else ["乙区政协进展暗记"]
    words += [] if who == "foreigner" else ["外市政协进展暗记"]
    words += [] if who == "secretary" else ["王明的草稿暗记"]
    words += [] if who in {"secretary", "second"} else ["回收文件暗记"]
    words += [] if who in {"secretary", "second", "leader"} else ["待批清单暗记"]
    words += [] if who in CITY else ["市里责任暗记"]
    words += [] if who in CITY | {"stranger"} else ["督办事项暗记", "督办暗记"]
    words += [] if who in CITY | COUNTY_DESK else ["延期暗记"]
    words += [] if who in COUNTY else ["求助暗记"]
    words += [] if who in CITY | {"stranger"} else ["批示暗记"]
    words += [] if who in {"secretary", "second"} else ["责任草稿暗记"]
    words += [] if who in {"member", "county_secretary", "county_admin", "system_admin"} else ["意见暗记"]
    return words


def expected_of(verdict: Verdict, who: str | None) -> int:
    if who is None:
        return verdict.guests
    if who in verdict.ok:
        return 200
    return 403 if who in verdict.refused else verdict.others


def test_every_address_has_a_verdict() -> None:
    assert set(ADDRESSES) == set(POLICY)


@pytest.mark.parametrize("name", sorted(name for name, verdict in POLICY.items() if isinstance(verdict, list)))
def test_who_opens_what(world: Cast, client: Client, name: str) -> None:
    wrong = []
    for verdict in POLICY[name]:
        assert isinstance(verdict, Verdict)
        url = reverse(name, kwargs=verdict.args(world))
        for who in [None, *sorted(EVERYONE)]:
            client.logout()
            if who:
                client.force_login(world.person(who))
            expected = expected_of(verdict, who)
            answer = client.get(url)
            text = answer.getvalue().decode(errors="replace") if answer.streaming else answer.text
            if answer.status_code != expected and not (expected == 200 and answer.status_code in (301, 302) and who):
                wrong.append((url, who, expected, answer.status_code))
            wrong += [(url, who, "leak", word) for word in canaries(world, who or "nobody") if word in text]

    assert wrong == []


DOORS = sorted(name for name in POLICY if name not in ("healthz", "readyz"))
PARTS = 8  # of the addresses: the cast is laid out for each part, not for each address


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_is_written_without_a_token(world: Cast, part: int) -> None:
    """P7d: every address refuses an unsafe request without the form's token, and a GET writes nothing."""
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(world.secretary)
    strict.get("/me/")
    before, wrong = _counts(), []

    for name in DOORS[part::PARTS]:
        filled = {
            key: {"name": "cancel", "uidb36": "1", "key": "x", "lot": uuid.uuid4(), "press": uuid.uuid4()}.get(key, 1)
            for key in ADDRESSES[name].pattern.converters
        }
        url = reverse(name, kwargs=filled)
        answer = strict.post(url, {"op": str(uuid.uuid4())})
        if answer.status_code not in (403, 405):
            wrong.append((name, answer.status_code))
        strict.get(url)

    assert wrong == []
    assert _counts() == before


def _counts() -> dict[str, int]:
    """Rows in every table of ours."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            if (
                table.startswith(("branches_", "tasks_", "activities_")) and table != "branches_look"
            ):  # who looked: that is its purpose
                cursor.execute(f'SELECT count(*) FROM "{table}"')  # noqa: S608 (our own table names)
                found[table] = cursor.fetchone()[0]
    return found
