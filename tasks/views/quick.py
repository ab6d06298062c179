"""One task, quickly: a line, what it was read as under it, Enter, and the last check before it goes out (ux SEC-6)."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from branches.models import Unit
from branches.requests import Asked
from branches.second_language import in_english
from tasks.actions.drafts import begin_draft
from tasks.forms.papers import TITLE_LIMIT
from tasks.models import PaperDraft
from tasks.papers.drafts import Paper
from tasks.papers.quick import EXAMPLE, EXAMPLE_EN, nearly, read_quick
from tasks.views.answers import operation
from tasks.views.editor import issuers_of

LINE_LIMIT = 300


@vary_on_headers("HX-Request")
@require_http_methods(["GET", "POST"])
def quick(request: Asked) -> HttpResponse:
    """The line and its reading. Sent before its reading was seen, it is read first; seen, it becomes a draft."""
    issuers = issuers_of(request)
    sent = request.POST if request.method == "POST" else request.GET
    line = sent.get("line", "").replace("\x00", "").strip()[:LINE_LIMIT]
    issuer = next((unit for unit in issuers if str(unit.pk) == sent.get("issuer")), issuers[0])
    context: dict[str, Any] = {
        "line": line,
        "example": EXAMPLE_EN if in_english() else EXAMPLE,
        "issuers": issuers,
        "issuer": issuer,
    }
    if request.method == "POST" and not line:
        context["problems"] = [{"target": "id_line", "text": _("Write what is to be done, by whom and by when")}]
    if line:
        row = read_quick(line, request.today.year, request.today)
        context |= _reading(request, issuer, row)
        if request.method == "POST" and request.POST.get("seen") == line and not context["problems"]:
            answers = {"title": row["content"][:TITLE_LIMIT], "year": request.today.year, "names": context["names"]}
            draft = begin_draft(issuer, answers, [row], by=request.user, op=operation(request), now=request.now)
            return redirect("tasks:paper-publish", draft.pk)
    if request.headers.get("HX-Request"):
        return render(request, "tasks/_quick_read.html", context)
    faulty = request.method == "POST" and bool(context.get("problems"))
    return render(request, "tasks/quick.html", context, status=400 if faulty else 200)


def _reading(request: Asked, issuer: Unit, row: dict[str, Any]) -> dict[str, Any]:
    """What the line was read as: the checked row and its problems."""
    draft = PaperDraft(
        issuer=issuer,
        rows={"rows": [row]},
        answers={"title": row["content"], "year": request.today.year},
        created_at=request.now,
    )
    paper = Paper(draft, request.today)
    paper.answers["names"] = names = nearly(paper.names, row)
    problems = [{"target": "id_line", "text": problem.message} for problem in paper.problems]
    return {"read": paper.rows[0], "problems": problems, "names": names}
