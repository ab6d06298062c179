"""Filters kept by name: kept from the page they narrow, renamed and dropped on a page of their own."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from branches.models import Unit
from branches.requests import Asked
from branches.writing import Refused
from tasks.actions.filters import drop_filter, keep_filter, rename_filter
from tasks.models import SavedFilter
from tasks.queries.filters import address
from tasks.views.answers import number, operation


@require_safe
def index(request: Asked) -> HttpResponse:
    """One's own filters, page by page."""
    rows = SavedFilter.objects.filter(user=request.user).select_related("unit").order_by("page", "name")
    return render(request, "tasks/filters.html", {"kept": [(row, address(row)) for row in rows]})


@require_POST
def keep(request: Asked) -> HttpResponse:
    """Keep what a page is narrowed to, and go back to it."""
    page = request.POST.get("page", "")
    if page not in SavedFilter.Page.values:
        raise BadRequest("page")
    unit = None
    if page == SavedFilter.Page.ROWS:
        units = Unit.objects.visible_to(request.user, request.today)
        unit = get_object_or_404(units, pk=number(request, "unit"))
    name, query = request.POST.get("name", ""), request.POST.get("query", "")
    try:
        kept = keep_filter(page, name, query, by=request.user, op=operation(request), now=request.now, unit=unit)
    except Refused as error:
        messages.warning(request, error.message)
        return redirect(address(SavedFilter(page=page, unit=unit, query=query.replace("\n", "")[:500])))
    messages.success(request, _("The filter is kept under its name"))
    return redirect(address(kept))


@require_POST
def change(request: Asked, pk: int) -> HttpResponse:
    """Rename a filter of one's own, or drop it."""
    kept = SavedFilter.objects.filter(user=request.user, pk=pk).first()
    if kept is None:
        return redirect("tasks:filters")  # dropped in another window
    op = operation(request)
    if request.POST.get("do") == "drop":
        drop_filter(kept, by=request.user)
        messages.success(request, _("The filter was dropped"))
        return redirect("tasks:filters")
    try:
        rename_filter(kept, request.POST.get("name", ""), by=request.user, op=op, now=request.now)
    except Refused as error:
        messages.warning(request, error.message)
        return redirect("tasks:filters")
    messages.success(request, _("The filter has its new name"))
    return redirect("tasks:filters")
