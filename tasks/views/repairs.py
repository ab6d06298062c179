"""Problem rows as a workbook, and the repaired workbook back into the same draft (ux S07)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST, require_safe

from branches.requests import Asked
from branches.writing import Refused
from tasks.actions.drafts import keep_rows
from tasks.papers import Unreadable
from tasks.papers.drafts import Paper
from tasks.papers.repairs import Repaired, problem_rows, repaired
from tasks.papers.rows import kept_back
from tasks.papers.sources import Given, read_grid
from tasks.views.answers import operation
from tasks.views.exports import XLSX, streamed
from tasks.views.papers import find_draft

SAID = 10  # changed rows named one by one


@require_safe
def download(request: Asked, pk: int) -> StreamingHttpResponse:
    """The rows with problems, each problem beside its row."""
    paper = Paper(find_draft(request, pk), request.today)
    return streamed(problem_rows(paper), XLSX, _("Problem rows") + ".xlsx")


@require_POST
def upload(request: Asked, pk: int) -> HttpResponse:
    """The repaired rows: what differs is taken and said, nothing comes in twice."""
    draft = find_draft(request, pk)
    if draft.published_id:
        return redirect("tasks:list", draft.published_id)
    version = request.POST.get("version", "")
    file = request.FILES.get("repaired")
    try:
        if file is None:
            raise Unreadable("empty", _("Paste a table or choose a file"))
        found = repaired(Paper(draft, request.today), read_grid(Given(name=file.name or "", data=file.read())))
        if found.changed:
            rows = {"rows": found.rows, "past": kept_back(draft.rows, draft.answers)}
            keep_rows(
                draft,
                rows,
                {"rows": found.repairs},
                version=int(version) if version.isdecimal() and len(version) < 9 else -1,
                by=request.user,
                op=operation(request),
                now=request.now,
            )
        _say(request, found)
    except Unreadable as error:
        words = _("This is not the file of problem rows: its column of row numbers is missing")
        messages.error(request, words if error.code == "no-row-numbers" else str(error))
    except Refused as error:
        messages.warning(request, error.message)
    return redirect("tasks:paper", draft.pk)


def _say(request: Asked, found: Repaired) -> None:
    """The difference in words."""
    comma = pgettext("between the items of a list", ", ")
    count = len(found.changed)
    words = ngettext("%(n)d row changed", "%(n)d rows changed", count) % {"n": count}
    named = [
        _("row %(row)s (%(columns)s)") % {"row": key, "columns": comma.join(columns)}
        for key, columns in list(found.changed.items())[:SAID]
    ]
    same = ngettext("%(n)d as before", "%(n)d as before", found.same) % {"n": found.same}
    parts = [f"{words}{_(': ')}{comma.join(named)}" if named else words, same]
    if found.unknown:
        parts.append(_("not in this list and not taken: %(rows)s") % {"rows": comma.join(found.unknown[:SAID])})
    messages.info(request, pgettext("between statements", "; ").join(parts))
