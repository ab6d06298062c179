"""The audit page (ux ADM-5, S28): who did what, before and after, filtered by person, object, action and day; as a file too."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from branches.actions.trail import note_export
from branches.clock import SHANGHAI
from branches.models import Post
from branches.requests import Asked
from branches.views.answering import operation
from branches.writing import Reused
from dashboards import audit, trail
from tasks.papers.out.lines import Form, Line, Sheet
from tasks.papers.out.workbook import stream_xlsx
from tasks.views.exports import XLSX, streamed

WIDTHS = (16, 10, 20, 10, 18, 18, 28, 30, 24, 36)


def _reach(request: Asked) -> tuple[audit.Reach, Post]:
    """How far this person reads, under the posts in question; 403 with words for everybody else."""
    posts = [request.scope] if request.scope else list(request.posts)
    reach = audit.Reach.of(posts)
    if reach is None:
        raise PermissionDenied(_("The audit trail is read by auditors; the system admin reads changes of the tree"))
    return reach, next(post for post in posts if post.role in audit.READS)


@require_safe
def trail_page(request: Asked) -> HttpResponse:
    """A page of the trail; each line opens to before and after."""
    reach, _post = _reach(request)
    asking = audit.Asking.read(request.GET)
    rows, following = audit.page(reach, asking)
    context: dict[str, Any] = {
        "asking": asking,
        "lines": trail.lines(rows),
        "following": following,
        "actions": trail.actions_offered(bool(reach.bodies)),
        "about_work": bool(reach.bodies),
        "most": audit.MOST,
    }
    return render(request, "dashboards/audit.html", context)


@require_POST
def export(request: Asked) -> HttpResponseBase:
    """The filtered trail as a file, newest first and bounded; that somebody took it stands in the trail itself."""
    reach, post = _reach(request)
    asking = audit.Asking.read(request.POST)
    title = _("Audit trail")
    try:
        note_export(title, asking.as_kept(), by=request.user, post=post, op=operation(request), now=request.now)
    except Reused as problem:
        messages.warning(request, problem.message)
        return redirect("dashboards:audit")
    sheet = Sheet(title, f"{post.unit.local_name}　{request.today.isoformat()}")
    columns = Form(tuple(str(word) for word in trail.COLUMNS), WIDTHS, frozenset({0}))
    written = _written(reach, asking, translation.get_language())
    return streamed(stream_xlsx(sheet, written, columns), XLSX, f"{title} {request.today}.xlsx")


def _written(reach: audit.Reach, asking: audit.Asking, language: str) -> Iterator[Line]:
    """The lines in the language of the page; the file goes out when the request has forgotten it."""
    rows = islice(audit.rows(reach, asking), audit.MOST)
    while some := list(islice(rows, audit.PIECE)):
        with translation.override(language):
            written = [
                Line((), trail.cells(line, f"{line.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}"))
                for line in trail.lines(some)
            ]
        yield from written
