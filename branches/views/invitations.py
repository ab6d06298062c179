"""Letting people in: who has no account yet, slips to print, one person's account, and the page where a slip is used."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, NoReturn

from allauth.account.internal.flows.reauthentication import reauthenticate_by_password
from allauth.account.utils import perform_login
from allauth.core.internal import ratelimit
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from branches import actions, codes, qr, rules
from branches.forms.accounts import JoinForm, TypedCodeForm
from branches.models import Invitation, Unit, User
from branches.queries import accounts as queries
from branches.requests import Asked, Visit
from branches.roles import Role
from branches.views.answering import number, operation, pressed
from branches.views.people import seen_person
from branches.writing import Refused

PAGE, BODIES = 100, 60
AT_ONCE = 3000  # slips of one press: a whole city


@dataclass(frozen=True)
class Slip:
    """One printed slip: who, where, under which user name, and the code with its picture."""

    invitation: Invitation
    place: Unit | None
    code: str
    picture: qr.Picture


def inviting(request: Asked) -> Any:
    """The bodies whose people this person may invite, else 403."""
    bodies = queries.bodies_invited_to(request.posts, request.today)
    if not bodies.exists():
        refuse()
    return bodies


def refuse() -> NoReturn:
    """Who invites people, for somebody who does not."""
    raise PermissionDenied(_("People are invited by the secretary or the organisation admin of their body"))


@require_safe
def invitations(request: Asked) -> HttpResponse:
    """Everybody who cannot sign in yet, in one's own bodies, with what has been done about it."""
    bodies = queries.bodies_invited_to(request.posts, request.today)
    offered = list(bodies.order_by("path")[:BODIES])
    if not offered:
        refuse()
    body = _chosen_body(request, bodies)
    rows = queries.without_account(request.user, bodies.filter(pk=body.pk) if body else bodies, request.today)
    counted = queries.counted(rows, queries.not_for(request.posts, request.today))
    shown = rows.exclude(pk__in=queries.not_for(request.posts, request.today))
    paginator = Paginator(queries.with_standing_invitation(shown, request.user, request.now), PAGE)
    paginator.count = counted["here"]  # counted with the others in one question
    page = paginator.get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "bodies": offered,
        "body": body,
        "elsewhere": counted["elsewhere"],
        "lots": queries.lots_of(request.user, request.now),
    }
    return render(request, "branches/accounts/invitations.html", context)


def _chosen_body(request: Asked, bodies: Any) -> Unit | None:
    chosen = number(request, "body")
    found: Unit | None = get_object_or_404(bodies, pk=chosen) if chosen else None
    return found


@require_POST
def invite(request: Asked) -> HttpResponse:
    """Invitations for the ticked people, or for all of a body who have no account yet; then their slips."""
    bodies, op = inviting(request), operation(request)
    body = _chosen_body(request, bodies)
    rows = queries.without_account(request.user, bodies.filter(pk=body.pk) if body else bodies, request.today)
    rows = rows.exclude(pk__in=queries.not_for(request.posts, request.today))
    if not request.POST.get("all"):
        rows = rows.filter(pk__in=_ticked(request))
    people = list(rows[:AT_ONCE])
    known = Invitation.objects.filter(lot=op, made_by=request.user).exists()
    if not people and not known:
        messages.warning(request, _("Tick at least one person who has no account yet"))
        return redirect(_back(body))
    if not known:
        mail = request.POST.get("mail") == "1"
        actions.invite(people, by_mail=mail, by=request.user, op=op, now=request.now)
    return redirect("branches:slips", lot=op)


def _ticked(request: Asked) -> list[int]:
    found = request.POST.getlist("pick")
    if not all(one.isascii() and one.isdigit() and len(one) < 11 for one in found):
        raise BadRequest(_("A number in the address cannot be read"))
    return [int(one) for one in found]


def _back(body: Unit | None) -> str:
    return reverse("branches:invitations") + (f"?body={body.pk}" if body else "")


@require_safe
@sensitive_variables("rows", "slips")
def slips(request: Asked, lot: uuid.UUID) -> HttpResponse:
    """The slips of one press, for the one who made them: to print, cut and hand over."""
    rows = list(queries.lot_of(lot, request.user))
    if not rows:
        raise Http404
    open_rows = [row for row in rows if row.is_valid(request.now)]
    context = {
        "slips": [_slip(row, request) for row in open_rows],
        "used": sum(1 for row in rows if row.used_at),
        "dead": sum(1 for row in rows if not row.used_at and not row.is_valid(request.now)),
        "mailed": sum(1 for row in rows if row.by_mail),
        "join_page": codes.page(),
    }
    return render(request, "branches/accounts/slips.html", context)


def _slip(row: Any, request: Asked) -> Slip:
    code = codes.code_of(row.seed)
    held = [post.unit for post in row.user.all_posts if post.holds_on(request.today)]
    return Slip(row, held[0] if held else None, code, qr.picture(codes.link_of(code)))


@require_POST
def invitation_withdraw(request: Asked, pk: int) -> HttpResponse:
    """A slip that went astray is made worthless."""
    row = get_object_or_404(
        Invitation.objects.filter(user__in=User.objects.visible_to(request.user, request.today)), pk=pk
    )
    op = operation(request)
    pressed(
        request,
        lambda: actions.withdraw(row, by=request.user, op=op, now=request.now),
        _("The invitation opens nothing any more"),
    )
    return redirect("branches:person-account", pk=row.user_id)


@require_http_methods(["GET", "HEAD", "POST"])
def person_account(request: Asked, pk: int) -> HttpResponse:
    """One person's way in: how it stands, and each deed with what follows from it beside its button."""
    shown = seen_person(request, pk)
    served = rules.serving([shown], request.today)[shown.pk]
    keeps = rules.may_open_again(request.posts, *served)
    invites = rules.may_invite(request.posts, shown, *served)
    if not invites:
        raise PermissionDenied(_("Only an admin of every body in which this person serves changes his account"))
    if request.method == "POST":
        return _deed(request, shown)
    standing = shown.invitations.valid(request.now).select_related("made_by").first()
    context = {
        "person": shown,
        "keeps": keeps,
        "opened": shown.has_usable_password(),
        "standing": standing,
        "own_lot": standing is not None and standing.made_by_id == request.user.pk,
        "factor": Authenticator.objects.filter(user=shown).exists(),
        "own": shown.pk == request.user.pk,
    }
    return render(request, "branches/accounts/account.html", context)


def _deed(request: Asked, shown: User) -> HttpResponse:
    op, deed = operation(request), request.POST.get("do", "")
    by: dict[str, Any] = {"by": request.user, "op": op, "now": request.now}
    if deed == "invite":
        actions.invite([shown], by_mail=request.POST.get("mail") == "1", **by)
        return redirect("branches:slips", lot=op)
    if deed == "reset":
        actions.reset_account(shown, **by)
        return redirect("branches:slips", lot=op)
    if deed == "close":
        pressed(request, lambda: actions.close_account(shown, **by), _("The account is closed"))
    elif deed == "factor":
        words = _("The second factor has been taken away; a new one is set up at the next sign-in")
        pressed(request, lambda: actions.drop_second_factor(shown, **by), words)
    else:
        raise BadRequest(_("The form does not say what to do"))
    return redirect("branches:person-account", pk=shown.pk)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join_start(request: Visit) -> HttpResponse:
    """Type the code of a slip where no camera reads it."""
    form = TypedCodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect("join", code=form.cleaned_data["code"])
    return render(request, "account/join_start.html", {"form": form}, status=form.status)


@login_not_required
@never_cache
@sensitive_post_parameters("password1", "password2")
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: Visit, code: str) -> HttpResponse:
    """Where a slip is used: one's own password, the phone looked at, and in. Looking changes nothing."""
    if not _may_try(request, dry_run=True):
        return _dead(request, too_many=True)
    found = actions.invited_by(code, request.now)
    if found is None:
        _may_try(request)
        return _dead(request)
    form = JoinForm(request.POST or None, user=found.user, initial={"phone": found.user.phone})
    if request.method == "POST" and form.is_valid():
        data, op = form.cleaned_data, operation(request)
        try:
            user = actions.join(code, data["password1"], data["phone"], op=op, now=request.now)
        except Refused:
            return _dead(request)
        keeps_only = [post.role for post in user.posts_on(request.today)] == [Role.SYSTEM_ADMIN]
        response: HttpResponse = perform_login(
            request, user, redirect_url=reverse("tasks:opening" if keeps_only else "home")
        )
        if request.user.is_authenticated:
            reauthenticate_by_password(request)
        return response
    context = {"form": form, "person": found.user, "until": found.expires_at, "code": codes.tidy(code)}
    return render(request, "account/join.html", context, status=form.status)


def _may_try(request: Visit, *, dry_run: bool = False) -> bool:
    """Whether this address may go on trying; only wrong codes count, so an office of two hundred joins behind one."""
    config = {"join": settings.JOIN_FAILURES}
    return bool(
        ratelimit.consume(request, app="branches", action="join", config=config, dry_run=dry_run, limit_get=True)
    )


def _dead(request: Visit, *, too_many: bool = False) -> HttpResponse:
    """The same words for a wrong, used, withdrawn or old code, and whom to ask."""
    context = {"too_many": too_many, "phones": queries.phones_of_bodies(request.today)}
    return render(request, "account/join_dead.html", context, status=429 if too_many else 404)


@login_not_required
@require_safe
def whom_to_ask(request: Visit) -> HttpResponse:
    """Forgotten the password, lost the phone: whom to ask. The same for everybody; nobody's account shows here."""
    return render(request, "account/help.html", {"phones": queries.phones_of_bodies(request.today)})
