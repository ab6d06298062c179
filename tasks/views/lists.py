"""The library of lists, and one list by task, by unit and as a matrix (ux S05, S08)."""

from __future__ import annotations

from datetime import date

from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from branches.models import Line
from branches.requests import Asked
from tasks.lights import Thresholds
from tasks.models import PaperDraft, SavedFilter, TaskList
from tasks.queries.filters import kept_filters
from tasks.queries.lists import SIDES, Overview, figures_of, lists, overview, states_of
from tasks.queries.papers import told
from tasks.reminders import texts
from tasks.rules import may_issue
from tasks.slips import may_issue_for
from tasks.states import DESK, ListStage
from tasks.views import duties
from tasks.views.answers import actor

PER_PAGE = 20
VIEWS = ("tasks", "units", "matrix")


@require_safe
def index(request: Asked) -> HttpResponse:
    """All lists one may open, with completed, due and all; one's papers on the table above them."""
    wanted = {name: request.GET.get(name, "") for name in ("year", "stage", "kind", "line", "side")}
    words = request.GET.get("q", "").replace("\x00", "").strip()[:60]
    year = wanted["year"]
    rows = lists(
        request.user,
        request.today,
        year=int(year) if year.isascii() and year.isdecimal() and len(year) == 4 else None,
        stage=wanted["stage"] if wanted["stage"] in ListStage.values else "",
        kind=wanted["kind"] if wanted["kind"] in TaskList.Kind.values else "",
        line=wanted["line"] if wanted["line"] in Line.values else "",
        side=wanted["side"] if wanted["side"] in SIDES else "",
        words=words,
    )
    page = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    figures = figures_of(page.object_list, request.user, request.today)
    this_year = request.today.year
    context = {
        "page_obj": page,
        "rows": [(row, figures.get(row.pk)) for row in page.object_list],
        "drafts": PaperDraft.objects.visible_to(request.user, request.today).on_the_table()[:5],
        "may_issue": any(post.role in DESK for post in request.posts),
        "years": [this_year + 1, this_year, this_year - 1, this_year - 2],
        "stages": ListStage.choices,
        "kinds": TaskList.Kind.choices,
        "lines": Line.choices,
        "sides": [
            ("ours", _("Issued by us")),
            ("received", _("Received")),
            ("waiting", _("To be signed for")),
        ],
        "kept": kept_filters(request.user, SavedFilter.Page.LISTS, request.GET.urlencode()),
        "filter_page": SavedFilter.Page.LISTS.value,
        "wanted": wanted,
        "q": words,
        "filtered": bool(words or any(wanted.values())),
    }
    return render(request, "tasks/lists.html", context)


@require_safe
def detail(request: Asked, pk: int) -> HttpResponse:
    """One list: what of it one may see."""
    task_list = _find(request, pk)
    if task_list.kind == TaskList.Kind.RESPONSIBILITY:
        return duties.show(request, task_list)
    view = request.GET.get("view", "tasks")
    if view not in VIEWS:
        raise Http404
    thresholds = Thresholds.load(request.today)
    deliveries = list(task_list.deliveries.select_related("body", "signed_by").order_by("body__path", "-edition"))
    desks = {post.unit_id for post in request.posts if post.role in DESK}
    context = {
        "task_list": task_list,
        **_seen(request, overview(task_list, request.user, request.today, thresholds)),
        "view": view,
        "tabs": [("tasks", _("By task")), ("units", _("By unit")), ("matrix", _("Matrix"))],
        "figures": figures_of([task_list], request.user, request.today, thresholds).get(task_list.pk),
        "deliveries": deliveries if _issues(request, task_list) else [],
        "delivery": next((each for each in deliveries if each.body_id in desks), None),
        "approval": task_list.approvals.select_related("approver", "recorded_by").first(),
        "is_draft": task_list.issued_on is None,
        "may_take_back": task_list.stage == ListStage.IN_APPROVAL and bool(may_issue(actor(request), task_list.issuer)),
        "may_copy": bool(desks),
        "may_collect": task_list.stage == ListStage.ISSUED and bool(may_issue(actor(request), task_list.issuer)),
        "may_slip": bool(task_list.issuer.body and may_issue_for(actor(request), task_list.issuer.body)),
    }
    return render(request, "tasks/list.html", context)


def _seen(request: Asked, whole: Overview) -> dict[str, object]:
    """The list narrowed to a unit and to a state, and what can be chosen; nonsense in the address narrows nothing."""
    unit, state = request.GET.get("unit", ""), request.GET.get("state", "")
    states = states_of(whole)
    wanted_unit = next((one.pk for one in whole.units if str(one.pk) == unit), None)
    wanted_state = state if state in dict(states) else ""
    seen = whole.narrowed(wanted_unit, wanted_state) if wanted_unit or wanted_state else whole
    return {
        "seen": seen,
        "all_units": whole.units,
        "states": states,
        "wanted_unit": wanted_unit,
        "wanted_state": wanted_state,
        "narrowed": bool(wanted_unit or wanted_state),
        "all_lines": len(whole.lines),
    }


@require_safe
def published(request: Asked, pk: int) -> HttpResponse:
    """After publishing: how many, who was told, and the words to copy into a chat group."""
    task_list = _find(request, pk)
    if task_list.kind == TaskList.Kind.RESPONSIBILITY:
        return redirect(task_list)
    seen = overview(task_list, request.user, request.today)
    rows = [row for line in seen.lines for cell in [*line.leads, *line.supports] for row in cell.rows]
    context = {
        "task_list": task_list,
        "tasks": len(seen.lines),
        "assignments": len(rows),
        "units": len(seen.units),
        "told": told(seen.units, request.today),
        "first_due": _first([row.due_on for row in rows if row.due_on], request.today),
        "texts": texts.of_list(task_list, rows),
    }
    return render(request, "tasks/list_published.html", context)


def _first(dues: list[date], on: date) -> date | None:
    return min((day for day in dues if day >= on), default=None)


def _find(request: Asked, pk: int) -> TaskList:
    """The list, and whether the one it was broken down from may be opened too: a member below sees its name only."""
    rows = TaskList.objects.visible_to(request.user, request.today).annotate(
        source_open=Exists(
            TaskList.objects.visible_to(request.user, request.today).filter(pk=OuterRef("broken_down_from"))
        )
    )
    return get_object_or_404(
        rows.select_related("issuer__body", "issuer__kind", "published_by", "broken_down_from"), pk=pk
    )


def _issues(request: Asked, task_list: TaskList) -> bool:
    """Whether the person stands on the issuing side and so sees who has signed."""
    return any(
        post.unit.body_id == task_list.issuer.body_id and task_list.issuer.path.startswith(post.unit.path)
        for post in request.posts
    )
