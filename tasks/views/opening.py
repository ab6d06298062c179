"""The guided opening of a site (decision 0022): what is done, what comes next, and each step where it can be left and resumed.

Nothing of a step is stored half: a body with its term, a structure, a workbook with its units and people are one write each.
The checked workbook travels in the page, signed, until it is confirmed; looking at it writes nothing.
"""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import Any

from django.core import signing
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from branches import actions, rules
from branches.models import Term, Unit
from branches.models.words import active_q
from branches.requests import Asked
from branches.roles import KEEPS_TREE, Role
from branches.views.answering import go, operation, tried
from branches.writing import Invalid, NotPossible, Reused
from tasks.actions.opening import look, take_workbook
from tasks.forms.opening import BodyForm, TreeForm, WorkbookForm
from tasks.papers.grid import Grid, Unreadable
from tasks.papers.out.opening import blank
from tasks.papers.roster import Roster
from tasks.papers.roster_checked import CHOOSE, SKIPPED
from tasks.papers.roster_reading import RosterRow, read_roster
from tasks.papers.sources import Given, refuse_marked
from tasks.papers.unit_sheet import SHEETS, UnitRow, Units, read_units
from tasks.papers.workbook import read_xlsx
from tasks.queries.opening import steps_of
from tasks.views.files import NOTHING_RUNS

SALT, KEPT = "opening.workbook", 24 * 3600
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def opening_for(request: Asked) -> Any:
    """The bodies that this person opens: all for a system admin, else those whose tree he keeps; 403 without any post for it."""
    if not rules.keeps_anything(request.posts):
        raise PermissionDenied(_("A site is opened by its admins"))
    rows = Unit.objects.active(request.today).filter(kind__is_body=True)
    if rules.is_system_admin(request.posts):
        return rows
    return rows.filter(pk__in=[post.unit.body_id for post in request.posts if post.role in KEEPS_TREE])


@require_safe
def opening(request: Asked) -> HttpResponse:
    """What is done and what is next."""
    return _page(request, opening_for(request))


def _page(request: Asked, bodies: Any, status: int = 200, **forms: Any) -> HttpResponse:
    founds = rules.is_system_admin(request.posts) is not None
    steps = steps_of(bodies, request.now)
    only = steps.bodies[0].pk if steps.body_count == 1 else None
    context = {
        "steps": steps,
        "founds": founds,
        "writes": any(post.role == Role.SECRETARY for post in request.posts),
        "body_form": forms.get("body_form") or BodyForm(on=request.today, initial={"term_from": ""}),
        "tree_form": TreeForm(),
        "workbook_form": forms.get("workbook_form") or WorkbookForm(bodies=bodies, initial={"body": only}),
        "form": forms.get("body_form") or forms.get("workbook_form"),
    }
    return render(request, "tasks/opening/opening.html", context, status=status)


@require_POST
def opening_body(request: Asked) -> HttpResponse:
    """Step one: the body and its term."""
    bodies = opening_for(request)
    form = BodyForm(request.POST, on=request.today)
    if form.is_valid():
        data, op = form.cleaned_data, operation(request)
        made = tried(
            form,
            lambda: actions.found_body(
                form.words(), data["term"], data["term_from"], data["above"], by=request.user, op=op, now=request.now
            ),
        )
        if made:
            return go(request, "tasks:opening", _("%(body)s has been founded") % {"body": made.name})
    return _page(request, bodies, form.status, body_form=form)


@require_POST
def opening_tree(request: Asked) -> HttpResponse:
    """Step one, the other way: a real structure from a file."""
    bodies = opening_for(request)
    form = TreeForm(request.POST)
    if not form.is_valid():
        raise BadRequest(_("There is no structure of this name"))
    op = operation(request)
    try:
        made = actions.load_tree(form.cleaned_data["tree"], by=request.user, op=op, now=request.now)
    except (Invalid, NotPossible, Reused) as problem:
        form.add_error("tree", problem.message)
        return _page(request, bodies, 409, body_form=form)
    words = ngettext("%(count)d unit has been added", "%(count)d units have been added", made) % {"count": made}
    return go(request, "tasks:opening", words)


@require_safe
def opening_blank(request: Asked) -> FileResponse:
    """The workbook to fill in, with examples and choices."""
    opening_for(request)
    headers = {"Content-Security-Policy": NOTHING_RUNS, "Cache-Control": "private, no-store"}
    return FileResponse(
        io.BytesIO(blank()), as_attachment=True, filename="opening.xlsx", content_type=XLSX, headers=headers
    )


@dataclass
class Brought:
    """A workbook as it was read: plain words, so that it can travel in the page until it is confirmed."""

    body: int
    name: str
    units: list[list[Any]]
    people: list[list[Any]]
    answers: dict[str, Any] = field(default_factory=dict)

    def unit_rows(self) -> list[UnitRow]:
        """The rows of the sheet of units."""
        return [UnitRow(*row) for row in self.units]

    def roster_rows(self, body: Unit) -> list[RosterRow]:
        """The rows of the sheet of people; who has a title or a role and no unit serves at the body itself."""
        rows = []
        for number, cells in self.people:
            at_the_body = (cells.get("title") or cells.get("role")) and not cells.get("unit")
            rows.append(RosterRow(number, cells | {"unit": body.name} if at_the_body else cells))
        return rows


def _sheet(data: bytes, name: str) -> Grid | None:
    try:
        return read_xlsx(data, name)
    except Unreadable as problem:
        if problem.code == "nothing":  # the workbook has no such sheet, or an empty one
            return None
        raise


@require_POST
@sensitive_post_parameters()
def opening_check(request: Asked) -> HttpResponse:
    """Step two: look at the workbook. Nothing is written; what is asked is answered here and looked at again."""
    bodies = opening_for(request)
    if "held" in request.POST:
        brought = _held(request)
        return _look_at(request, get_object_or_404(bodies, pk=brought.body), brought)
    form = WorkbookForm(request.POST, request.FILES, bodies=bodies)
    if form.is_valid():
        upload, body = form.cleaned_data["file"], form.cleaned_data["body"]
        data = upload.read()
        try:
            refuse_marked(Given(name=upload.name, data=data))
            units, people = _sheet(data, SHEETS[0]), _sheet(data, SHEETS[1])
        except Unreadable as problem:
            form.add_error("file", str(problem))
        else:
            rows = read_units(units) if units else []
            read = read_roster(people).rows if people else []
            if rows or read:
                plain = [[row.number, row.name, row.kind, row.above, row.short_name, row.code] for row in rows]
                held = Brought(body.pk, upload.name, plain, [[row.number, dict(row.cells)] for row in read])
                return _look_at(request, body, held)
            words = _("No header row was found in the sheets %(units)s and %(people)s. Use the workbook offered here")
            form.add_error("file", words % {"units": SHEETS[0], "people": SHEETS[1]})
    return _page(request, bodies, 400, workbook_form=form)


def _held(request: Asked) -> Brought:
    """The workbook as the page has carried it, with the answers of this form on top."""
    try:
        plain = signing.loads(request.POST["held"], salt=SALT, max_age=KEPT)
        brought = Brought(**plain)
    except (signing.BadSignature, TypeError) as error:
        raise BadRequest(_("The checked workbook cannot be read. Upload it again")) from error
    groups = {key[2:]: value[:200] for key, value in request.POST.items() if key.startswith("g:") and value}
    rows: dict[str, Any] = {}
    for key, value in request.POST.items():
        mark, _colon, number = key.partition(":")
        if mark in ("skip", "who") and number.isdigit() and value:
            rows.setdefault(number, {})[mark] = True if mark == "skip" else value[:20]
    if groups or rows or "again" in request.POST:
        brought.answers = {"groups": brought.answers.get("groups", {}) | groups, "rows": rows, "seats": "named"}
    return brought


def _roster(request: Asked, body: Unit, brought: Brought) -> Roster:
    term = Term.objects.filter(active_q(request.today), body=body).order_by("-starts_on").first()
    return Roster(brought.roster_rows(body), body, term, brought.answers, by=request.user, on=request.today)


def _look_at(request: Asked, body: Unit, brought: Brought) -> HttpResponse:
    """The dry run: every unit and person with its verdict, everything that is asked, and the button once nothing is."""
    units = Units(brought.unit_rows(), body)
    problems, roster = list(units.problems), None
    if not problems:
        try:
            roster = look(body, units.plans, lambda: _roster(request, body, brought), by=request.user, now=request.now)
        except (Invalid, NotPossible) as problem:
            problems.append(problem.message)
    context = {
        "body": body,
        "brought": brought,
        "units": units,
        "unit_problems": problems,
        "roster": roster,
        "asked": list(roster.groups.values()) if roster else [],
        "wrong": [row for row in roster.rows if row.problems or row.verdict == SKIPPED] if roster else [],
        "CHOOSE": CHOOSE,
        "ready": roster is not None and not roster.problems and bool(units.plans or roster.plans),
        "held": signing.dumps(vars(brought), salt=SALT, compress=True),
    }
    return render(request, "tasks/opening/check.html", context)


@require_POST
@sensitive_post_parameters()
def opening_take(request: Asked) -> HttpResponse:
    """Confirmed: units and people in one write."""
    bodies, op = opening_for(request), operation(request)
    if "held" not in request.POST:
        raise BadRequest(_("The checked workbook cannot be read. Upload it again"))
    brought = _held(request)
    body = get_object_or_404(bodies, pk=brought.body)

    def people() -> Any:
        roster = _roster(request, body, brought)
        return None if roster.problems else roster.plans

    try:
        done = take_workbook(
            body, lambda: Units(brought.unit_rows(), body).plans, people,
            content=vars(brought), by=request.user, op=op, now=request.now,
        )  # fmt: skip
    except (Invalid, NotPossible, Reused):
        return _look_at(request, body, brought)
    words = _("%(units)d units and %(people)d accounts have been added. Invitations come next")
    return go(request, "tasks:opening", words % {"units": done.units, "people": done.accounts})
