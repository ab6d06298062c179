"""Supervision slips: the register, one slip with its answers, its paper, and the deeds on it (design 4, Slip)."""

from __future__ import annotations

from io import BytesIO

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from branches.models import Post, Unit
from branches.requests import Asked
from branches.roles import SETS_WISHES
from branches.writing import Conflict, Invalid, NotPossible, Refused
from tasks import slips as rules
from tasks.actions.slips import answer_slip, decide_slip, set_words, withdraw_slip
from tasks.forms.reports import only
from tasks.forms.slips import AnswerForm, WordsForm
from tasks.models import Slip, SlipState, SlipWords
from tasks.papers.out.slip import write_slip
from tasks.papers.slips import paper_of
from tasks.queries import slips as queries
from tasks.queries.assignments import offered_files, own_files
from tasks.queries.slips import Day, SlipSheet
from tasks.uploads import keep_all
from tasks.views.answers import actor, chosen, number, operation, refused
from tasks.views.exports import streamed
from tasks.views.files import send

PER_PAGE = 20
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def find(request: Asked, pk: int) -> Slip:
    """The slip, or 404 when it does not exist for this person."""
    return get_object_or_404(queries.slips(request.user, request.today), pk=pk)


@require_safe
def index(request: Asked) -> HttpResponse:
    """The register of slips one may read, narrowed by side, state, level, year and unit."""
    wanted = {name: request.GET.get(name, "") for name in ("side", "state", "level", "year", "unit")}
    numbers = {
        name: int(wanted[name]) if wanted[name].isascii() and wanted[name].isdecimal() and len(wanted[name]) < 10 else 0
        for name in ("level", "year", "unit")
    }
    rows = queries.register(
        request.user,
        request.today,
        side=wanted["side"],
        state=wanted["state"] if wanted["state"] in SlipState.values else "",
        **numbers,
    )
    years, levels, units = queries.filters(request.user, request.today)
    context = {
        "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "wanted": wanted,
        "numbers": numbers,
        "states": SlipState.choices,
        "words": dict(SlipState.choices),
        "years": years,
        "levels": levels,
        "units": units,
        "filtered": any(wanted.values()),
        "may_issue": bool(rules.seats(actor(request))),
        "may_name": _speaks_for(request) is not None,
    }
    return render(request, "tasks/slips.html", context)


@require_safe
def detail(request: Asked, pk: int) -> HttpResponse:
    """One slip: what it says, its answers, and what this person may do now."""
    return page_of(request, find(request, pk))


def page_of(
    request: Asked, slip: Slip, *, problems: dict[str, str] | None = None, typed: str = "", status: int = 200
) -> HttpResponse:
    """The page as it stands; after a refusal with the words that were typed."""
    sheet, who = queries.sheet(slip, request.user, request.today), actor(request)
    decides = sheet.is_open and bool(rules.may_decide(who, slip))
    for day in sheet.days:
        if refusal := (problems or {}).get(f"text_{day.due.pk}", ""):
            day.problem, day.typed = refusal, typed
    context = {
        "slip": slip,
        "sheet": sheet,
        "leading": queries.names(slip.leading_people),  # type: ignore[attr-defined] # fetched along
        "supporting": queries.names(slip.supporting_people),  # type: ignore[attr-defined] # fetched along
        "supports": queries.names(slip.support_units),  # type: ignore[attr-defined] # fetched along
        "files": queries.files(slip.own_files),  # type: ignore[attr-defined] # fetched along
        "answers": sheet.next_day if rules.may_answer(who, slip) else None,
        "decides": [day for day in sheet.days if _is_to_decide(day, request)] if decides else [],
        "withdraws": decides,
        "problems": [{"target": f"id_{name}", "text": words} for name, words in (problems or {}).items()],
        "wrong": problems or {},
        "typed": typed,
    }
    return render(request, "tasks/slip.html", context, status=status)


def _is_to_decide(day: Day, request: Asked) -> bool:
    return day.awaits_decision and day.last is not None and day.last.by_id != request.user.pk


def _day(request: Asked, sheet: SlipSheet) -> Day:
    key = number(request, "due")
    found = next((day for day in sheet.days if day.due.pk == key), None)
    if found is None:
        raise BadRequest("due")
    return found


@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: Asked, pk: int) -> HttpResponse:
    """The lead unit's answer, on a phone too; whatever goes wrong, the words stay."""
    slip = find(request, pk)
    if not rules.may_answer(actor(request), slip):
        raise PermissionDenied(_("A slip is answered by its lead unit"))
    sheet = queries.sheet(slip, request.user, request.today)
    if request.method == "POST":
        return _send(request, slip, sheet)
    if sheet.next_day is None:
        messages.info(request, _("This slip waits for no answer now"))
        return redirect(slip)
    return _answer_page(request, slip, sheet.next_day, AnswerForm(), [])


def _send(request: Asked, slip: Slip, sheet: SlipSheet) -> HttpResponse:
    op, day = operation(request), _day(request, sheet)
    form = AnswerForm(request.POST, request.FILES)
    is_valid = form.is_valid()
    kept, problems = keep_all(form.cleaned_data.get("files", []), by=request.user, unit=slip.lead, now=request.now)
    ticked = list(dict.fromkeys([*chosen(request, "file"), *(file.pk for file in kept)]))
    for words in problems:
        form.add_error("files", words)
    try:
        files = only(own_files(request.user, request.today, ticked), ticked)
        if is_valid and not problems:
            answer_slip(slip, day.due, form.cleaned_data["text"], files, by=request.user, op=op, now=request.now)
            messages.success(request, _("The answer is with the issuer of the slip"))
            return redirect(slip)
    except Invalid as error:
        form.refuse_error(error)
    except Refused as error:
        form.add_error(None, error.message)
        return _answer_page(request, slip, day, form, ticked, status=409)
    return _answer_page(request, slip, day, form, ticked, status=400)


def _answer_page(
    request: Asked, slip: Slip, day: Day, form: AnswerForm, ticked: list[int], status: int = 200
) -> HttpResponse:
    context = {
        "slip": slip,
        "day": day,
        "form": form,
        **offered_files(request.user, request.today, ticked),
    }
    return render(request, "tasks/slip_answer.html", context, status=status)


@require_POST
def decide(request: Asked, pk: int) -> HttpResponse:
    """The issuer's word on one answer: accepted, accepted and closed, or asked again."""
    slip = find(request, pk)
    deed, text = request.POST.get("do", ""), request.POST.get("text", "")
    if deed not in ("accept", "close", "again"):
        raise BadRequest("do")
    day = _day(request, queries.sheet(slip, request.user, request.today))
    try:
        decide_slip(
            slip,
            day.due,
            deed != "again",
            text,
            closes=deed == "close",
            by=request.user,
            op=operation(request),
            now=request.now,
        )
    except Invalid as error:
        name = f"text_{day.due.pk}"
        return page_of(request, slip, problems={name: error.message}, typed=text, status=400)
    except NotPossible as error:
        messages.warning(request, error.message)
        return redirect(slip)
    except Refused as error:
        return refused(request, error)
    return redirect(slip)


@require_POST
def withdraw(request: Asked, pk: int) -> HttpResponse:
    """Take the slip back, with a reason."""
    slip, reason = find(request, pk), request.POST.get("reason", "")
    try:
        withdraw_slip(slip, reason, by=request.user, op=operation(request), now=request.now)
    except Invalid as error:
        return page_of(request, slip, problems={"reason": error.message}, typed=reason, status=400)
    except NotPossible as error:
        messages.warning(request, error.message)
    except Refused as error:
        return refused(request, error)
    return redirect(slip)


@require_safe
def paper(request: Asked, pk: int) -> HttpResponse:
    """The slip as it is printed: official layout on A4."""
    slip = find(request, pk)
    shown = paper_of(queries.sheet(slip, request.user, request.today))
    return render(request, "tasks/slip_paper.html", {"slip": slip, "paper": shown})


@require_safe
def docx(request: Asked, pk: int) -> StreamingHttpResponse:
    """The same as a Word file."""
    slip = find(request, pk)
    shown = paper_of(queries.sheet(slip, request.user, request.today))
    into = BytesIO()
    write_slip(shown, into)
    return streamed(iter([into.getvalue()]), DOCX, f"{slip.called} {slip.matter}.docx")


@require_safe
def file(request: Asked, pk: int, number: int) -> FileResponse:
    """A file of the slip or of an answer, given out only after asking afresh who may read it."""
    found = queries.file_of(find(request, pk), number, request.user, request.today)
    if found is None:
        raise Http404
    return send(found)


def _speaks_for(request: Asked) -> Unit | None:
    """The body whose words this person may set."""
    posts: list[Post] = list(request.posts)
    fitting = (post.unit for post in posts if post.role in SETS_WISHES and post.unit.body_id == post.unit_id)
    return next(fitting, None)


@require_http_methods(["GET", "HEAD", "POST"])
def words(request: Asked) -> HttpResponse:
    """How the body calls its levels and begins its numbers; slips issued before keep theirs."""
    body = _speaks_for(request)
    if body is None:
        raise PermissionDenied(_("The words of a body are set by its desk"))
    held = SlipWords.of(body)
    form = WordsForm(request.POST or None, words=held)
    status = 200
    if request.method == "POST":
        op, version = operation(request), number(request, "version")
        status = 400
        try:
            if form.is_valid():
                names, prefixes = form.typed()
                set_words(body, names, prefixes, version=version, by=request.user, op=op, now=request.now)
                return redirect("tasks:slips")
        except Invalid as error:
            form.refuse_error(error)
        except Conflict as error:
            form.add_error(None, error.message)
            status = 409
    context = {"body": body, "form": form, "held": held}
    return render(request, "tasks/slip_words.html", context, status=status)
