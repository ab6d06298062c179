"""What a body wants (ux S27), what a person wants (S26), what people say (S30), and the two reading pages."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from branches import actions, rules
from branches.forms.people import MeForm
from branches.forms.wishes import AnswerForm, FeedbackForm, WishesForm, own_address
from branches.models import BodySettings, Feedback, Unit
from branches.queries import feedback as queries
from branches.queries import history, outside
from branches.requests import Asked, Visit
from branches.views.answering import conflict, done, go, operation, version
from branches.views.switches import remember
from branches.views.units import seen_unit
from branches.writing import Conflict

PAGE = 20


def wished_body(request: Asked, pk: int) -> Unit:
    """The body whose wishes this person may set; Http404 where he does not see one, PermissionDenied where others set them."""
    body = seen_unit(request, pk)
    if not body.is_body:
        raise Http404
    if not rules.wisher(request.posts, body.pk):
        raise PermissionDenied(_("Only a secretary or the organisation admin of this body changes its settings"))
    return body


@require_http_methods(["GET", "HEAD", "POST"])
def wishes(request: Asked, pk: int) -> HttpResponse:
    """The settings of a body, each with what it changes."""
    body = wished_body(request, pk)
    stored = BodySettings.of(body)
    form = WishesForm(request.POST or None, initial={name: getattr(stored, name) for name in actions.WISHES})
    if request.method == "POST" and form.is_valid():
        data, op = form.cleaned_data, operation(request)
        read = version(request)
        try:
            saved = done(
                form, lambda: actions.set_wishes(body, data, version=read, by=request.user, op=op, now=request.now)
            )
        except Conflict as problem:
            last = body.changes.filter(verb="settings-changed").first()
            return conflict(request, form, problem, last=last, back=request.path)
        if saved:
            return go(request, request.path, _("The settings have been saved"))
    events = history.lines(body.changes.filter(verb="settings-changed"))
    context = {"form": form, "body": body, "stored": stored, "events": events}
    return render(request, "branches/settings.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
def me(request: Asked) -> HttpResponse:
    """One's own language, type, quiet hours and addresses, and the posts one holds."""
    user = request.user
    fields = ("language", "large_type", "quiet_from", "quiet_until", "phone", "email", "tell_by")
    form = MeForm(request.POST or None, initial={name: getattr(user, name) for name in fields})
    if request.method == "POST" and form.is_valid():
        own, op = form.wishes(), operation(request)
        if done(form, lambda: actions.set_own_wishes(user, own, op=op, now=request.now)):
            response = go(request, "branches:me", _("The settings have been saved"))
            return remember(response, language=own.language, large=own.large_type)
    member_of = user.memberships.active(request.today).select_related("branch__unit__body")
    context = {"form": form, "posts": request.posts, "member_of": member_of, "ways": outside.ways_of(user)}
    return render(request, "branches/me.html", context, status=form.status)


@require_http_methods(["GET", "HEAD", "POST"])
def feedback(request: Asked) -> HttpResponse:
    """Say something; what one said before stands below with its answer."""
    form = FeedbackForm(request.POST or None, initial={"page": own_address(request.GET.get("page", ""))})
    if request.method == "POST" and form.is_valid():
        data, op = form.cleaned_data, operation(request)
        body = _body_of(request)
        if done(
            form,
            lambda: actions.write_feedback(data["text"], data["page"], body, by=request.user, op=op, now=request.now),
        ):
            return go(request, "branches:feedback", _("Received. The answer will appear on this page"))
    return _feedback_page(request, form)


def _body_of(request: Asked) -> Unit | None:
    """The body whose people answer: of the post being acted for, else of the first post or branch."""
    posts = [request.scope] if request.scope else request.posts
    body = next((post.unit.body for post in posts if post.unit.body_id), None)
    if body is None:
        found = request.user.sight(request.today).bodies
        body = Unit.objects.filter(pk__in=found).first() if found else None
    return body


def _feedback_page(
    request: Asked, form: FeedbackForm, answer_form: AnswerForm | None = None, answering: int | None = None
) -> HttpResponse:
    answers = any(rules.answerer([post], post.unit.body_id) for post in request.posts)
    page = None
    if answers:
        page = Paginator(queries.to_answer(request.user, request.today), PAGE).get_page(request.GET.get("answers"))
    context = {
        "form": form,
        "own": queries.own(request.user)[:PAGE],
        "answers": answers,
        "others": page,
        "form2": answer_form,
        "answering": answering,
    }
    status = answer_form.status if answer_form else form.status
    return render(request, "branches/feedback.html", context, status=status)


@require_POST
def feedback_answer(request: Asked, pk: int) -> HttpResponse:
    """Answer in the place where it was asked."""
    row = get_object_or_404(Feedback.objects.visible_to(request.user, request.today), pk=pk)
    form = AnswerForm(request.POST, auto_id=f"id_%s_{row.pk}")
    if form.is_valid():
        words, op = form.cleaned_data["answer"], operation(request)
        if done(form, lambda: actions.answer_feedback(row, words, by=request.user, op=op, now=request.now)):
            return go(request, "branches:feedback", _("The answer has been saved"))
    elif not rules.answerer(request.posts, row.body_id):
        raise PermissionDenied(_("Feedback is answered by the secretary or the organisation admin of the body"))
    return _feedback_page(request, FeedbackForm(), form, row.pk)


@login_not_required
@require_safe
def help_page(request: Visit) -> HttpResponse:
    """Short how-tos, also for guests."""
    posts = request.posts
    body = next((post.unit.body for post in posts if post.unit.body_id), None)
    phone = BodySettings.of(body).help_phone if body else ""
    return render(request, "pages/help.html", {"help_phone": phone})


@login_not_required
@require_safe
def accessibility(request: Visit) -> HttpResponse:
    """What is provided, what is not yet good, and where to say so."""
    return render(request, "pages/accessibility.html")
