"""What the frame of every page shows: where one can go, who one is, for which post, and the time of the figures."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from branches import clock, rules
from branches.models import Post
from branches.requests import Visit
from branches.roles import KEEPS_TREE, SEES_BELOW, SEES_NO_CONTENT, Role
from dashboards.tour import Stop, stop_of

ROOMS = {"branches:units": ("/branches/", "/people/", "/platforms/")}  # addresses that lie behind one door with others


@dataclass(frozen=True)
class Door:
    """One entry of the navigation."""

    url: str
    label: str
    icon: str
    active: bool


@dataclass
class Frame:
    """The frame's content; empty for somebody who has not signed in."""

    language: str
    now: datetime | None
    nav: list[Door] = field(default_factory=list)
    phone_nav: list[Door] = field(default_factory=list)
    user_name: str = ""
    posts: list[Post] = field(default_factory=list)
    scope: Post | None = None
    demo: bool = False
    large_type: bool = False
    settings_body: int | None = None
    keeps_calendar: bool = False
    unread: int = 0  # notices
    keeps_mail: bool = False
    tour: Stop | None = None  # where a visitor of a demo stands in its tour
    by_link: str = ""  # the person in whose name somebody works who came by a signed link


def frame(request: Visit) -> dict[str, Any]:
    """`frame` for base.html. Costs no query for posts and demo (the middleware has read them), one for somebody who
    holds no post that does work: he may be a branch member."""
    shown = Frame(language=get_language() or settings.LANGUAGE_CODE, now=getattr(request, "now", None))
    user = getattr(request, "user", None)
    shown.demo = clock.demo_loaded()
    shown.tour = stop_of(request) if shown.demo else None
    shown.large_type = "large_type" in request.COOKIES
    if user is None or not user.is_authenticated:
        return {"frame": shown}
    if getattr(request, "by_link", None) is not None:  # one row is open, and nothing else
        shown.by_link = str(user.local_name)
        return {"frame": shown}
    posts: list[Post] = getattr(request, "posts", [])
    roles = {Role(post.role) for post in posts}
    shown.unread = getattr(user, "unread", 0)  # absent in the very request that signs in
    shown.user_name, shown.posts, shown.scope = str(user.local_name), posts, getattr(request, "scope", None)
    works = bool(roles - SEES_NO_CONTENT) or bool(user.sight(request.today).own)
    doors = [("home", _("Work queue"), "home", True)]
    doors.append(("tasks:lists", _("Lists"), "clipboard-document-list", works))
    doors.append(("tasks:review", _("Review"), "check-circle", bool(roles & SEES_BELOW)))
    doors.append(("dashboards:board", _("Dashboards"), "chart-bar", works))
    doors.append(("activities:overview", _("Organisational life"), "calendar-days", works))
    doors.append(("branches:units", _("Units"), "building-office-2", True))
    audits = bool(roles & {Role.AUDITOR, Role.SYSTEM_ADMIN})
    doors.append(("dashboards:audit", _("Audit"), "shield-check", audits))
    shown.nav = [_door(request, *door[:3]) for door in doors if door[3]]
    member_doors = [("home", _("Tasks"), "home")]
    if works:
        member_doors.append(("tasks:lists", _("Lists"), "clipboard-document-list"))
        member_doors.append(("dashboards:board", pgettext("under an icon", "Boards"), "chart-bar"))
    if works:
        member_doors.append(("activities:overview", _("Meetings"), "calendar-days"))
    if roles & KEEPS_TREE:
        member_doors = [("home", _("Tasks"), "home"), ("branches:units", _("Units"), "building-office-2")]
    if audits:
        member_doors.append(("dashboards:audit", _("Audit"), "shield-check"))
    shown.phone_nav = [_door(request, *door) for door in [*member_doors, ("branches:me", _("Me"), "user")]]
    shown.settings_body = next((post.unit.body_id for post in posts if rules.wisher(posts, post.unit.body_id)), None)
    shown.keeps_mail = rules.is_system_admin(posts) is not None
    shown.keeps_calendar = rules.calendar_keeper(posts) is not None
    return {"frame": shown}


def _door(request: Visit, name: str, label: str, icon: str) -> Door:
    url = reverse(name)
    active = request.path == url if url == "/" else request.path.startswith((url, *ROOMS.get(name, ())))
    return Door(url, label, icon, active)
