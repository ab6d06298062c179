"""Signing in, and in the demo entering as one of five people by one press (issue 2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.views import LoginView, LogoutView
from django.conf import settings
from django.contrib.auth import login as start_session
from django.contrib.auth.decorators import login_not_required
from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from branches.models import DemoState, Post, User
from branches.outside import doors
from branches.requests import Visit
from branches.views.answering import safe_next
from branches.views.switches import remember_user

DEMO_PEOPLE = ("demo-secretary", "demo-county", "demo-member", "demo-leader", "demo-admin")


@dataclass(frozen=True)
class DemoPerson:
    """One of the people as whom a visitor may enter: who, in which post, and what there is to see."""

    username: str
    name: str
    name_en: str
    label: str
    sees: str


def demo_is_loaded() -> bool:
    """Whether this is a demo with its data; never under production settings."""
    return bool(settings.DEMO) and not settings.PRODUCTION and DemoState.objects.exists()


def demo_or_404() -> None:
    """The doors of the demo do not exist anywhere else."""
    if not demo_is_loaded():
        raise Http404


def demo_people(request: Visit) -> list[DemoPerson]:
    """The people of the demo, in the order in which the work goes."""
    sights = {
        "demo-secretary": _("Drafts, dispatches and reviews the city's lists"),
        "demo-county": _("Signs for the city's lists and breaks them down"),
        "demo-member": _("Reports from the phone"),
        "demo-leader": _("Sees which unit is behind and why"),
        "demo-admin": _("Keeps units, people and branches"),
    }
    rows = User.objects.filter(username__in=DEMO_PEOPLE, is_active=True).prefetch_related(
        Prefetch("posts", Post.objects.select_related("unit__body"))
    )
    found = {row.username: row for row in rows}
    today = request.today
    return [
        DemoPerson(name, found[name].name, found[name].name_en, _label(found[name], today), sights[name])
        for name in DEMO_PEOPLE
        if name in found
    ]


def _label(person: User, today: Any) -> str:
    post = next((post for post in person.posts.all() if post.holds_on(today)), None)
    if post is None:
        return ""
    english = (get_language() or "").startswith("en")
    title = (english and post.title_en) or post.title or str(post.get_role_display())
    unit = post.unit.local_name
    body = post.unit.body
    place = unit if body is None or body.pk == post.unit_id else f"{body.local_name} {unit}"
    return f"{place} · {title}"


class Login(LoginView):
    """allauth's page with the demo's people, which then brings the person's language and type along."""

    request: Visit

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, the other doors of the site, and in a demo the people."""
        people = demo_people(self.request) if demo_is_loaded() else []
        return {**super().get_context_data(**kwargs), "demo_people": people, "doors": doors.offered()}

    def form_valid(self, form: Any) -> HttpResponse:
        """Signed in: go on as this person set it before."""
        response: HttpResponse = super().form_valid(form)
        if not isinstance(self.request.user, User):  # the second factor comes first
            return response
        reauthenticate_by_password(self.request)  # whoever must set up a second factor now has just typed the password
        return remember_user(response, self.request.user)


login = Login.as_view()


class Logout(LogoutView):
    """allauth's page, which also wipes what this device kept: typed text, cached pages, cookies (reliability.md 6)."""

    def post(self, *args: Any, **kwargs: Any) -> HttpResponse:
        """Signed out."""
        response: HttpResponse = super().post(*args, **kwargs)
        response.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
        return response


logout = Logout.as_view()


@login_not_required
@require_POST
def demo_enter(request: Visit) -> HttpResponse:
    """Enter the demo as one of its people; exactly those, and only where the demo is loaded.

    The visitor keeps the language he reads the sign-in page in: these accounts are everybody's.
    """
    enter_as(request, request.POST.get("person", ""))
    return redirect(safe_next(request))


def enter_as(request: Visit, name: str) -> User:
    """Let the visitor of a demo in as one of its people; Http404 for anybody else, and where no demo is loaded."""
    demo_or_404()
    person = User.objects.filter(username=name, is_active=True).first() if name in DEMO_PEOPLE else None
    if person is None:
        raise Http404
    start_session(request, person)
    return person
