"""A list written in the browser: begun empty or as a copy, its rows edited in place, then on to the check (ux S06)."""

from __future__ import annotations

import json
import uuid
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_http_methods

from branches.models import Unit, User
from branches.requests import Asked
from branches.writing import Conflict, Refused, done_before
from tasks.actions.drafts import begin_draft, keep_rows
from tasks.actions.leases import locks, share_draft, take_lease
from tasks.forms.editor import HeadForm, NewListForm, typed_cells, typed_headings
from tasks.forms.papers import TITLE_LIMIT
from tasks.models import ListTemplate, PaperDraft, Task, TaskList
from tasks.papers import Unreadable, bulk
from tasks.papers.copies import moved_title, names_year, rows_of
from tasks.papers.drafts import CheckedRow, Paper
from tasks.papers.rows import LENGTHS, Sheet, kept_back, shown, stored
from tasks.states import DESK
from tasks.views.answers import number, operation
from tasks.views.papers import closed_version

PER_PAGE = 50
NEW = "new"
TRIES = 5  # of a save that meets another save


def issuers_of(request: Asked) -> list[Unit]:
    """The units in whose name this person issues lists, narrowed by the scope switch; 403 with words where there is none."""
    posts = [request.scope] if request.scope else request.posts
    found = [post.unit for post in posts if post.role in DESK]
    if not found:
        raise PermissionDenied(_("Lists are issued by a secretary or head"))
    return found


@require_http_methods(["GET", "POST"])
def new(request: Asked) -> HttpResponse:
    """Name and year of a list without a file; then its rows."""
    issuers = issuers_of(request)
    templates = list(ListTemplate.objects.visible_to(request.user, request.today).in_use().defer("rows"))
    asked = (request.POST if request.method == "POST" else request.GET).get("template", "")
    template = next((one for one in templates if str(one.pk) == asked), None)
    initial = {"year": request.today.year, "issuer": issuers[0], "title": template.name if template else ""}
    form = NewListForm(request.POST or None, issuers=issuers, initial=initial)
    if request.method == "POST" and form.is_valid():
        return _begin(request, form, template.rows if template else [], None, template.line if template else "")
    context = {"form": form, "templates": templates, "template": template}
    return render(request, "tasks/list_new.html", context, status=400 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def copy(request: Asked, pk: int) -> HttpResponse:
    """A list one may see as the beginning of another year's: due phrases that name a year are moved on."""
    lists = TaskList.objects.visible_to(request.user, request.today).filter(kind=TaskList.Kind.TASK)
    source = get_object_or_404(lists.select_related("issuer"), pk=pk)
    issuers = issuers_of(request)
    year = max(source.year + 1, request.today.year)
    initial = {
        "year": year,
        "title": moved_title(source.title, year - source.year)[:TITLE_LIMIT],
        "issuer": next((unit for unit in issuers if unit.pk == source.issuer_id), issuers[0]),
    }
    form = NewListForm(request.POST or None, issuers=issuers, initial=initial)
    tasks = Task.objects.visible_to(request.user, request.today).filter(list=source, withdrawn_on=None)
    if request.method == "POST" and form.is_valid():
        found = list(tasks.select_related("text").prefetch_related("steps").order_by("position"))
        rows = rows_of(source, found, form.cleaned_data["year"] - source.year)
        return _begin(request, form, rows, source)
    context = {"form": form, "source": source, "tasks": tasks.count()}
    return render(request, "tasks/list_copy.html", context, status=400 if form.is_bound else 200)


def _begin(
    request: Asked, form: NewListForm, rows: list[dict[str, Any]], source: TaskList | None, line: str = ""
) -> HttpResponse:
    values = form.cleaned_data
    answers: dict[str, Any] = {"title": values["title"], "year": values["year"]}
    if source is not None or line:
        answers["line"] = source.line if source is not None else line
    draft = begin_draft(
        values["issuer"], answers, rows, by=request.user, op=operation(request), now=request.now, source=source
    )
    if source is not None:
        _say_what_stayed(request, rows, source.year)
    return redirect("tasks:paper-rows", draft.pk)


def _say_what_stayed(request: Asked, rows: list[dict[str, Any]], year: int) -> None:
    """Years inside the words of a task are the writer's own: they stay, and are named."""
    comma = pgettext("between the items of a list", ", ")
    still = [row["number"] for row in rows if names_year(f"{row.get('content', '')} {row.get('measures', '')}", year)]
    words = ngettext("%(n)d row copied.", "%(n)d rows copied.", len(rows)) % {"n": len(rows)}
    if still:
        still_words = _("The words of these tasks still name the year %(year)s: %(numbers)s")
        words = f"{words} {still_words % {'year': year, 'numbers': comma.join(dict.fromkeys(still))}}"
    messages.info(request, words)


@require_http_methods(["GET", "POST"])
def rows(request: Asked, pk: int) -> HttpResponse:
    """The rows of a draft as fields; every button keeps what was typed first. Asked by script it answers in JSON."""
    drafts = PaperDraft.objects.visible_to(request.user, request.today)
    draft = get_object_or_404(drafts.select_related("issuer__body", "issuer__kind", "edition__approval"), pk=pk)
    quiet = "autosave" in request.POST
    if answer := _answered(request, draft, quiet):
        return answer
    if done_before(operation(request), "keep_rows", request.user):
        return _kept(draft, {}) if quiet else _away(request, draft, "")
    form = HeadForm(request.POST)
    try:
        if not form.is_valid():
            raise Unreadable("head", "")
        given = _keep(request, draft, form.cleaned_data)
    except Unreadable as error:
        if quiet:
            return JsonResponse({"error": str(error) or _("Enter a list name")}, status=400)
        return _page(request, draft, form, problem=str(error), status=400)
    except Refused as error:
        draft.refresh_from_db()
        if quiet:
            return JsonResponse({"error": error.message}, status=409)
        if draft.published_id:
            messages.warning(request, error.message)
            return redirect("tasks:list", draft.published_id)
        clash = isinstance(error, Conflict)
        return _page(request, draft, form, problem=error.message, status=409, clash=clash)
    if request.POST.get("do") == "bulk" and not quiet:
        return _preview(request, draft)
    return _kept(draft, given) if quiet else _away(request, draft, next(reversed(given.values()), ""))


def _answered(request: Asked, draft: PaperDraft, quiet: bool) -> HttpResponse | None:
    """What needs no full page of rows read: a draft that is out, the page itself, sharing, a save in a shared draft."""
    if version := closed_version(draft):
        return redirect(version)
    if draft.published_id:
        return redirect("tasks:list", draft.published_id)
    if request.method == "GET":
        return _page(request, draft, HeadForm(initial=_head(draft)))
    if request.POST.get("do") in ("share", "unshare") and not quiet:
        return _share(request, draft)
    return _together(request, draft) if quiet and draft.shared else None


def _share(request: Asked, draft: PaperDraft) -> HttpResponse:
    share_draft(draft, request.POST["do"] == "share", by=request.user, op=operation(request), now=request.now)
    return redirect("tasks:paper-rows", draft.pk)


def _together(request: Asked, draft: PaperDraft) -> JsonResponse:
    """The script's save in a shared draft: only the rows this person touched, put onto the draft as it stands now; rows in
    which somebody else writes stay his. Answers what others changed, and who writes where."""
    seen, at, now = number(request, "version"), request.POST.get("at", "")[:12], request.now
    if at.isdecimal():
        take_lease(draft, at, by=request.user, now=now)
    held = locks(draft, by=request.user, now=now)
    touched = set(request.POST.get("touched", "").split(",")[:400]) - set(held)
    try:
        given = _put_on(request, draft, touched)
    except Refused as error:
        return JsonResponse({"error": error.message}, status=409)
    return JsonResponse({**answer_of(_kept(draft, given)), **_others(draft, held, draft.version > seen)})


def _put_on(request: Asked, draft: PaperDraft, touched: set[str]) -> dict[str, str]:
    """The touched rows onto the draft; when another save comes in between, once more onto what stands then."""
    op = operation(request)
    if not touched or done_before(op, "keep_rows", request.user):
        return {}
    form = HeadForm(request.POST)
    head = (
        {name: form.cleaned_data[name] for name in ("title", "year")} if "head" in touched and form.is_valid() else {}
    )
    groups = {key: text for key, text in typed_headings(request.POST.dict()).items() if f"g-{key}" in touched}
    for attempt in range(TRIES):
        sheet = Sheet.of(draft.rows, draft.answers)
        rows, repairs = {"past": kept_back(draft.rows, draft.answers)}, sheet.repairs
        given = _typed(request, sheet, touched)
        bulk.head_groups(sheet, groups)
        if sheet == Sheet.of(draft.rows, draft.answers) and not head:
            return given
        rows["rows"] = sheet.rows
        try:
            answers = {**head, "rows": repairs}
            keep_rows(draft, rows, answers, version=draft.version, by=request.user, op=op, now=request.now)
            return given
        except Conflict:
            draft.refresh_from_db()
            if attempt == TRIES - 1:
                raise
    return {}


def answer_of(answer: JsonResponse) -> dict[str, Any]:
    """What an answer to the script says."""
    found: dict[str, Any] = json.loads(answer.content)
    return found


def _others(draft: PaperDraft, held: dict[str, User], newer: bool) -> dict[str, Any]:
    """Who writes where, and, when the draft has moved on, how its rows stand."""
    sheet = Sheet.of(draft.rows, draft.answers)
    stand = {str(row["row"]): {name: sheet.field(row, name) for name in LENGTHS} for row in sheet.rows} if newer else {}
    writing = {key: _("%(name)s is writing here") % {"name": user.name} for key, user in held.items()}
    return {"locks": writing, "stand": stand, "order": [str(row["row"]) for row in sheet.rows]}


def _head(draft: PaperDraft) -> dict[str, Any]:
    answers = draft.answers
    return {"title": answers.get("title", draft.rows.get("title", "")), "year": answers.get("year")}


def _keep(request: Asked, draft: PaperDraft, head: dict[str, Any]) -> dict[str, str]:
    """Apply what was typed, then the button; the keys that new rows were given."""
    sheet = Sheet.of(draft.rows, draft.answers)
    groups = typed_headings(request.POST.dict())
    standing = {key: text for key, text in groups.items() if _same_heading(sheet, key, text)}
    given = _typed(request, sheet)
    bulk.head_groups(sheet, {key: text for key, text in groups.items() if key not in standing})
    past = kept_back(draft.rows, draft.answers)
    deed, _colon, key = request.POST.get("do", "save").partition(":")
    if deed == "undo":
        same = sheet == Sheet.of(draft.rows, draft.answers)
        past = list(draft.rows.get("past", [])) if same else past
        if past:
            before = past.pop()
            sheet = Sheet(before["rows"], before["repairs"])
    elif deed in ("up", "down"):
        sheet.move(key, -1 if deed == "up" else 1)
    elif deed == "delete":
        sheet.remove(key)
    elif deed == "heading":
        sheet.begin_heading(key, _("New heading"))
    elif deed == "bulk-apply":
        bulk.apply(sheet, bulk.changes(sheet, wish_of(request), picked(request)))
    elif deed == "add":
        sheet.add_lines(request.POST.get("lines", ""))
    if sheet == Sheet.of(draft.rows, draft.answers):
        past = list(draft.rows.get("past", []))  # nothing moved: nothing to go back to
    keep_rows(
        draft,
        {"rows": sheet.rows, "past": past},
        {"title": head["title"], "year": head["year"], "rows": sheet.repairs},
        version=number(request, "version"),
        by=request.user,
        op=operation(request),
        now=request.now,
    )
    return given


def _same_heading(sheet: Sheet, key: str, text: str) -> bool:
    """Whether a heading between the rows was left as it stands, so that the row's own field may say something else."""
    place = sheet.place(key)
    return place is None or stored("heading", text) == sheet.rows[place].get("heading", [])


def wish_of(request: Asked) -> bulk.Wish:
    """The one change for many rows, as the bar below the rows says it."""
    texts = [request.POST.get(name, "")[:300] for name in ("bulk_what", "bulk_text", "bulk_find")]
    return bulk.Wish(*texts)


def picked(request: Asked) -> set[str] | None:
    """The keys of the ticked rows; None where all rows of the list are meant."""
    return None if request.POST.get("all") else set(request.POST.getlist("pick"))


def _preview(request: Asked, draft: PaperDraft) -> HttpResponse:
    """What a change for many rows would do, before it is done; what was typed has been kept already."""
    wish, keys = wish_of(request), picked(request)
    problem = ""
    if not wish.known:
        problem = _("Enter the text to be replaced") if wish.what == bulk.REPLACE else _("Choose what to change")
    elif keys is not None and not keys:
        problem = _("Choose at least one row")
    if problem:
        return _page(request, draft, HeadForm(request.POST), problem=problem, status=400, target="bulk_what")
    found = bulk.changes(Sheet.of(draft.rows, draft.answers), wish, keys)
    labels = dict(columns())
    context = {
        "draft": draft,
        "changes": [(change, labels[change.field]) for change in found[:500]],
        "cells": len(found),
        "total": len({change.key for change in found}),
        "wish": wish,
        "keys": sorted(keys or ()),
        "all": keys is None,
        "head": _head(draft),
    }
    return render(request, "tasks/rows_bulk.html", context)


def columns() -> list[tuple[str, str]]:
    """The columns that can be changed for many rows at once, in the words of the page."""
    return [
        ("lead_units", _("Lead unit")),
        ("supporting_units", _("Supporting units")),
        ("due", _("Due as written")),
        ("leader", _("Responsible leader")),
        ("heading", _("Heading")),
        ("evidence", _("Evidence")),
        ("content", _("Task")),
        ("measures", _("Measures")),
    ]


def _typed(request: Asked, sheet: Sheet, only: set[str] | None = None) -> dict[str, str]:
    """The cells of the page into the sheet (of `only` these rows, where given); a new row left empty is none."""
    given: dict[str, str] = {}
    for key, cells in typed_cells(request.POST.dict()).items():
        if only is not None and key not in only:
            continue
        continues = "continues" in cells if f"c-{key}-shown" in request.POST else None
        texts = {name: text for name, text in cells.items() if name in LENGTHS}
        if sheet.place(key) is None and not any(text.strip() for text in texts.values()):
            continue
        row = sheet.change(key, texts, continues)
        if key != str(row["row"]):
            given[key] = str(row["row"])
    return given


def _kept(draft: PaperDraft, given: dict[str, str]) -> JsonResponse:
    """The answer to the script: the version to go on from, a fresh operation id, keys and numbers of new rows, the time."""
    numbers = {str(row["row"]): str(row.get("number", "")) for row in draft.rows.get("rows", [])}
    paper = {
        "version": draft.version,
        "op": str(uuid.uuid4()),
        "keys": {old: [key, numbers.get(key, "")] for old, key in given.items()},
        "at": f"{timezone.localtime(draft.changed_at):%H:%M}",
    }
    return JsonResponse(paper)


def _away(request: Asked, draft: PaperDraft, last: str) -> HttpResponse:
    """After a deed: the same page at the row it was about, or on to the check."""
    if "next" in request.POST:
        return redirect("tasks:paper", draft.pk)
    deed, _colon, key = request.POST.get("do", "save").partition(":")
    page = request.GET.get("page", "")
    address = reverse("tasks:paper-rows", args=[draft.pk])
    if deed == "add" or last:
        page = str(max(1, -(-len(draft.rows.get("rows", [])) // PER_PAGE)))
    if page.isdecimal() and len(page) < 5 and page != "1":
        address += f"?page={page}"
    if deed in ("up", "down"):
        return redirect(f"{address}#row-{key}")
    if deed == "add" or last:
        return redirect(f"{address}#row-{NEW}")
    return redirect(address)


def _page(
    request: Asked,
    draft: PaperDraft,
    form: HeadForm,
    *,
    problem: str = "",
    status: int = 200,
    clash: bool = False,
    target: str = "id_lines",
) -> HttpResponse:
    paper = Paper(draft, request.today)
    sheet = Sheet.of(draft.rows, draft.answers)
    typed = typed_cells(request.POST.dict()) if status != 200 else {}
    checked = {row.key: row for row in paper.rows}
    page = Paginator(sheet.rows, PER_PAGE).get_page(request.GET.get("page"))
    lines = [_line(sheet, row, checked.get(str(row["row"])), typed.pop(str(row["row"]), {}), clash) for row in page]
    # rows that were typed here and are not in the draft (new, or taken out in another window) are kept on the page
    lines += [_lost(key, cells) for key, cells in typed.items() if any(text.strip() for text in cells.values())]
    before = sheet.rows[page.start_index() - 2].get("heading", []) if page.start_index() > 1 else []
    for line in lines:  # a heading stands above the first of its rows
        line["group"] = shown({"heading": line["heading"]}, "heading") if line["heading"] != before else None
        before = line["heading"]
    writing = locks(draft, by=request.user, now=request.now) if draft.shared else {}
    for line in lines:
        line["lock"] = writing[line["key"]].name if line["key"] in writing else ""
    last_page = page.number == page.paginator.num_pages
    if last_page and not any(line["key"] == NEW for line in lines):
        lines.append(_lost(NEW, {}))
    context = {
        "draft": draft,
        "paper": paper,
        "form": form,
        "page_obj": page,
        "lines": lines,
        "total": len(sheet.rows),
        "problems": [{"target": target, "text": problem}] if problem else [],
        "lines_typed": request.POST.get("lines", "") if status != 200 else "",
        "bulk_columns": [pair for pair in columns() if pair[0] in bulk.SET],
        "wish": wish_of(request),
        "may_undo": bool(draft.rows.get("past")),
        "names": [thing.local_name for thing in [*paper.names.groups, *paper.names.units]],
        "clash": clash,
        "is_owner": draft.owner_id == request.user.pk,
        "has_errors": status != 200,
    }
    return render(request, "tasks/paper_rows.html", context, status=status)


def _line(
    sheet: Sheet, row: dict[str, Any], checked: CheckedRow | None, typed: dict[str, str], clash: bool
) -> dict[str, Any]:
    """One row as fields; in a clash with what stands in the draft where it differs."""
    stands = {name: sheet.field(row, name) for name in LENGTHS}
    cells = {**stands, **{name: text for name, text in typed.items() if name in LENGTHS}}
    differs = [stands[name] for name in LENGTHS if cells[name].strip() != stands[name].strip()] if clash else []
    return {
        "key": str(row["row"]),
        "cells": cells,
        "continues": bool(row.get("continues")),
        "stands": differs,
        "heading": row.get("heading", []),
        "more": any(shown(row, name) for name in ("heading", "leader", "evidence", "result")),
        "checked": checked,
        "new": False,
    }


def _lost(key: str, typed: dict[str, str]) -> dict[str, Any]:
    cells = {name: typed.get(name, "") for name in LENGTHS}
    return {
        "key": key,
        "cells": cells,
        "continues": False,
        "stands": [],
        "more": False,
        "checked": None,
        "new": True,
        "heading": [],
    }
