"""What a body's words are called in English: one page, all words of the body."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from branches import actions
from branches.forms.wordings import WordingsForm
from branches.models import BodySettings
from branches.queries import history
from branches.requests import Asked
from branches.views.answering import conflict, done, go, operation, version
from branches.views.wishes import wished_body
from branches.writing import Conflict


@require_http_methods(["GET", "HEAD", "POST"])
def wordings(request: Asked, pk: int) -> HttpResponse:
    """The words of a body with their English, to those who set what it wants."""
    body = wished_body(request, pk)
    stored = BodySettings.of(body)
    pairs = dict(body.wordings.values_list("words", "words_en"))
    form = WordingsForm(request.POST or None, held=pairs, initial={"lines": WordingsForm.as_lines(pairs)})
    changes = body.changes.filter(verb="wordings-changed")
    if request.method == "POST" and form.is_valid():
        typed, op, read = form.cleaned_data["lines"], operation(request), version(request)
        try:
            saved = done(
                form, lambda: actions.set_wordings(body, typed, version=read, by=request.user, op=op, now=request.now)
            )
        except Conflict as problem:
            return conflict(request, form, problem, last=changes.first(), back=request.path)
        if saved:
            return go(request, request.path, _("The words have been saved"))
    context = {"form": form, "body": body, "stored": stored, "words": len(pairs), "events": history.lines(changes)}
    return render(request, "branches/wordings.html", context, status=form.status)
