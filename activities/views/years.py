"""Held and expected: the branches one serves by month, what is missing, and one branch with its year (ux S21)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from activities import actions, queries, rules
from branches.models import Branch, BranchType, Line
from branches.requests import Asked
from branches.views.answering import go, operation, version
from branches.writing import Refused
from tasks.views.answers import actor, refused

PAGE = 50
FIRST_YEAR = 2012


@dataclass(frozen=True)
class Filters:
    """What the overview is narrowed to."""

    year: int
    type_code: str
    line: str

    def fits(self, branch: Branch) -> bool:
        """Whether the branch is in view: of that type and line, and there at some time of the year."""
        life = queries.life_of(branch)
        there = life.first < date(self.year + 1, 1, 1) and life.bound > date(self.year, 1, 1)
        lines = (self.line, Line.JOINT) if self.line else Line.values
        return there and self.type_code in ("", branch.type_id) and branch.line in lines

    @property
    def chosen(self) -> bool:
        """Whether anything but the year was chosen."""
        return bool(self.type_code or self.line)


def year_of(request: Asked) -> int:
    """The year asked for; nonsense is this year."""
    text = request.GET.get("year", "")
    found = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else request.today.year
    return found if FIRST_YEAR <= found <= request.today.year + 1 else request.today.year


def works(request: Asked) -> None:
    """403 with words for somebody who serves no unit: admins keep the tree and see no content."""
    sight = request.user.sight(request.today)
    if not (sight.below or sight.own):
        raise PermissionDenied(_("Meetings are shown to those who serve a branch or a desk above it"))


def in_view(request: Asked) -> tuple[Filters, list[Branch], list[BranchType]]:
    """The branches the filters leave, and the types to choose from."""
    types = list(BranchType.objects.all())
    type_code = request.GET.get("type", "")
    line = request.GET.get("line", "")
    filters = Filters(
        year_of(request),
        type_code if type_code in {one.code for one in types} else "",
        line if line in (Line.OFFICE, Line.MEMBERS) else "",
    )
    served = queries.served_branches(request.user, request.today)
    if request.scope:
        served = served.filter(unit__path__startswith=request.scope.unit.path, unit__body=request.scope.unit.body_id)
    return filters, [branch for branch in served if filters.fits(branch)], types


@require_safe
def overview(request: Asked) -> HttpResponse:
    """Every branch in view with its months; the figures lead to the lists behind them."""
    works(request)
    filters, branches, types = in_view(request)
    lines = queries.branch_years(branches, filters.year, request.today)
    context: dict[str, Any] = {
        "filters": filters,
        "types": types,
        "lines": [(Line.OFFICE.value, Line.OFFICE.label), (Line.MEMBERS.value, Line.MEMBERS.label)],
        "years": range(request.today.year, max(FIRST_YEAR, request.today.year - 4), -1),
        "held": queries.total_held(lines),
        "gaps": sum(len(line.gaps) for line in lines),
        "short": sum(bool(line.gaps) for line in lines),
        "page_obj": Paginator(lines, PAGE).get_page(request.GET.get("page")),
        "records": queries.recorded_by(actor(request), branches),
    }
    return render(request, "activities/overview.html", context)


@require_safe
def missing(request: Asked) -> HttpResponse:
    """Every period in which a branch in view fell short of its own rule: the list behind the number."""
    works(request)
    filters, branches, _types = in_view(request)
    gaps = [gap for line in queries.branch_years(branches, filters.year, request.today) for gap in line.gaps]
    page = Paginator(gaps, PAGE).get_page(request.GET.get("page"))
    return render(request, "activities/missing.html", {"filters": filters, "page_obj": page, "gaps": len(gaps)})


def served_branch(request: Asked, pk: int) -> Branch:
    """A branch whose life this person sees, else 404."""
    return get_object_or_404(queries.served_branches(request.user, request.today), pk=pk)


@require_safe
def branch(request: Asked, pk: int) -> HttpResponse:
    """One branch: its rules and how it stands to them, its months, its meetings with who was not there."""
    shown = served_branch(request, pk)
    year = year_of(request)
    line = queries.branch_years([shown], year, request.today)[0]
    hat = rules.recorder(actor(request), shown.unit.path, shown.unit.body_id)
    context = {
        "branch": shown,
        "line": line,
        "year": year,
        "years": range(
            request.today.year, max(FIRST_YEAR, queries.life_of(shown).first.year - 1, request.today.year - 5), -1
        ),
        "meetings": queries.meetings_of(shown, year),
        "records": bool(queries.recorded_by(actor(request), [shown])),
        "desk": bool(hat),
        "shape": line.shape,
    }
    return render(request, "activities/branch.html", context)


@require_POST
def shape(request: Asked, pk: int) -> HttpResponse:
    """Whether the branch has a committee and groups."""
    shown = served_branch(request, pk)
    try:
        actions.set_shape(
            shown,
            has_committee=request.POST.get("has_committee") == "1",
            has_groups=request.POST.get("has_groups") == "1",
            version=version(request),
            by=request.user,
            op=operation(request),
            now=request.now,
        )
    except Refused as problem:
        return refused(request, problem)
    return go(request, redirect("activities:branch", shown.pk)["Location"], _("Saved"))
