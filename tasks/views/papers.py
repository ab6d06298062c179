"""From a pasted range or a file to a published list, in four steps: paste, check, units, publish (ux S07, S09)."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from branches.models import BodySettings, Unit, User
from branches.requests import Asked
from branches.roles import Role
from branches.writing import Conflict, Invalid, NotPossible, Refused
from tasks import papers, rules
from tasks.actions import issue, send_for_approval
from tasks.actions.papers import answer, drop_paper, keep_paper
from tasks.actions.spoken import issue_on_spoken_word
from tasks.dispatch import Dispatch, resolve
from tasks.forms.papers import TITLE_LIMIT, PasteForm, date_or_none, name_answers, past_answers, row_answers
from tasks.models import PaperDraft
from tasks.papers import Unreadable, read_file, read_paste, read_rows
from tasks.papers.drafts import DUE_CHOICES, Paper
from tasks.papers.dryrun import notices, stored
from tasks.papers.earlier import Earlier, published_before
from tasks.papers.names import key_of
from tasks.plans import ListPlan, Past
from tasks.queries.papers import told
from tasks.states import DESK, ReceiverRole
from tasks.views.answers import actor, operation

# The users' own column names, in their own order: data of the paper, not words of the screen (ux 0.1)
COLUMNS = ("序号", "任务内容", "具体举措", "责任领导", "牵头单位", "配合单位", "完成时限", "完成情况", "佐证材料")
SAMPLE = Path(papers.__file__).parent / "samples" / "10-city-2026-task-list.xlsx"


def _issuers(request: Asked) -> list[Unit]:
    """Units whose desk this person keeps; the chosen scope first and alone."""
    posts = [request.scope] if request.scope else request.posts
    return [post.unit for post in posts if post.role in DESK]


@require_http_methods(["GET", "POST"])
def start(request: Asked) -> HttpResponse:
    """Step 1: paste or upload."""
    issuers = _issuers(request)
    if not issuers:
        raise PermissionDenied(_("Lists are issued by a secretary or head"))
    form = PasteForm(
        request.POST or None,
        request.FILES or None,
        issuers=issuers,
        initial={"year": request.today.year, "issuer": issuers[0]},
    )
    status = 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                draft = _keep(request, form.cleaned_data)
                return redirect("tasks:paper", draft.pk)
            except Unreadable as error:
                form.add_error("file" if form.cleaned_data.get("file") else "paste", str(error))
            except Refused as error:
                form.add_error(None, error.message)
    drafts = PaperDraft.objects.visible_to(request.user, request.today).filter(published=None)[:5]
    context = {"form": form, "drafts": drafts, "columns": COLUMNS, "steps": step_words(), "current": 1}
    return render(request, "tasks/paper_start.html", context, status=status)


def _keep(request: Asked, values: dict[str, Any]) -> PaperDraft:
    upload = values.get("file")
    grid = read_file(upload.name, upload.read()) if upload else read_paste(values["paste_html"], values["paste"])
    reading = read_rows(grid)
    if not reading.rows:
        why = pgettext("between statements", "; ").join(str(p.message) for p in reading.problems)
        raise Unreadable("no_rows", why or _("No header row found"))
    rows = stored(reading, TITLE_LIMIT)
    mine = PaperDraft.objects.visible_to(request.user, request.today).filter(issuer=values["issuer"], published=None)
    if same := mine.filter(rows=rows, answers__year=values["year"]).first():
        messages.info(request, _("This list lies on the desk already; what was answered is kept"))
        return same
    return keep_paper(
        values["issuer"],
        rows,
        upload.name if upload else "",
        values["year"],
        by=request.user,
        op=operation(request),
        now=request.now,
    )


def step_words() -> list[str]:
    """The names of the four steps."""
    return [_("Paste"), _("Check"), pgettext("step", "Units"), _("Publish")]


def _find(request: Asked, pk: int) -> PaperDraft:
    drafts = PaperDraft.objects.visible_to(request.user, request.today).select_related("issuer__body", "issuer__kind")
    return get_object_or_404(drafts, pk=pk)


@require_http_methods(["GET", "POST"])
def check(request: Asked, pk: int) -> HttpResponse:
    """Step 2: every row as read, and every problem at once."""
    draft = _find(request, pk)
    if draft.published_id:
        return redirect("tasks:list", draft.published_id)
    paper, status = Paper(draft, request.today), 200
    if request.method == "POST":
        status = _save_check(request, paper)
        draft.refresh_from_db()
        paper = Paper(draft, request.today)
        if status == 200 and "next" in request.POST and not paper.problems and not _title_problem(paper):
            return redirect("tasks:paper-units", draft.pk)
        if "next" in request.POST and status == 200:
            status = 400
    context = _check_context(request, paper, status)
    return render(request, "tasks/paper_check.html", context, status=status)


def _save_check(request: Asked, paper: Paper) -> int:
    data = request.POST.dict()
    field, _equals, value = data.get("set", "").partition(
        "="
    )  # a suggestion's button: the field it fills and with what
    if field:
        data[field] = value
    answers = {
        "title": data.get("title", "").strip(),
        "title_en": data.get("title_en", "").strip(),
        "document_number": data.get("document_number", "").strip()[:60],
        "rows": row_answers(
            data, paper.answers.get("rows", {}), {row.key: str(row.cells.get("due", "")) for row in paper.rows}
        ),
        "names": name_answers(data, paper.answers.get("names", {})),
        "lead": data.get("lead", str(paper.answers.get("lead", "")))[:40],
    }
    return _answer(request, paper.draft, answers)


def _answer(request: Asked, draft: PaperDraft, answers: dict[str, Any]) -> int:
    """Keep the answers; the status that the page has to carry."""
    version = request.POST.get("version", "")
    try:
        answer(
            draft,
            answers,
            version=int(version) if version.isdecimal() and len(version) < 9 else -1,
            by=request.user,
            op=operation(request),
            now=request.now,
        )
    except (Conflict, NotPossible) as error:
        messages.warning(request, error.message)
        return 409
    except Invalid as error:
        messages.error(request, error.message)
        return 400
    return 200


def _check_context(request: Asked, paper: Paper, status: int) -> dict[str, Any]:
    problems = [{"target": _anchor(p.field), "text": p.message} for p in paper.problems]
    before = published_before(paper)
    if wrong := _title_problem(paper, before):
        problems.insert(0, {"target": "id_title", "text": wrong})
    only = request.GET.get("only") == "problems"
    return {
        "paper": paper,
        "draft": paper.draft,
        "rows": [row for row in paper.rows if row.problems or row.asks] if only else paper.rows,
        "only": only,
        "problems": problems,
        "problem_rows": len({p.row for p in paper.problems}),
        "open_names": [(m, [(key_of(s), s) for s in m.suggestions]) for m in paper.open_names],
        "all_names": [(key_of(thing), thing) for thing in [*paper.names.groups, *paper.names.units]]
        if paper.open_names or paper.without_lead
        else [],
        "notices": notices(paper.draft),
        "before": before,
        "without_lead": len(paper.without_lead),
        "usual_lead": str(paper.answers.get("lead", "")),
        "due_choices": DUE_CHOICES,
        "steps": step_words(),
        "current": 2,
        "has_errors": status == 400,
    }


def _title_problem(paper: Paper, before: Earlier | None = None) -> str:
    """What is wrong with the list's name, in words, or nothing. The same list is not published twice."""
    if not paper.title:
        return _("Enter a list name")
    if len(paper.title) > TITLE_LIMIT:
        words = _("List name must be %(max)d characters or fewer; it has %(n)d")
        return words % {"max": TITLE_LIMIT, "n": len(paper.title)}
    if before or published_before(paper):
        return _("A list of this name was published for %(year)d. Change the name to publish another one") % {
            "year": paper.year
        }
    return ""


def _anchor(name: str) -> str:
    return name.replace(" ", "_")


@require_http_methods(["GET"])
def units(request: Asked, pk: int) -> HttpResponse:
    """Step 3: who receives what, as the unit columns say it; groups opened to their members."""
    draft = _find(request, pk)
    paper = Paper(draft, request.today)
    if draft.published_id or paper.problems:
        return redirect("tasks:paper", draft.pk)
    plan = paper.plan()
    found = resolve(plan, request.today)
    context = {
        "draft": draft,
        "paper": paper,
        "plan": plan,
        "found": found,
        "lines": _lines(plan, found),
        "matrix": _matrix(plan, found),
        "steps": step_words(),
        "current": 3,
    }
    return render(request, "tasks/paper_units.html", context)


def _lines(plan: ListPlan, found: Dispatch) -> list[dict[str, Any]]:
    """A line for each task: its leads and supports once each, and how many assignments it makes now and later."""
    lines = []
    for index, task in enumerate(plan.tasks):
        shares = found.per_task(index)
        leads = dict.fromkeys(share.unit for share in shares if share.role == ReceiverRole.LEAD)
        supports = dict.fromkeys(share.unit for share in shares if share.role == ReceiverRole.SUPPORT)
        lines.append(
            {
                "task": task,
                "leads": list(leads),
                "supports": list(supports),
                "printed_only": [name for number, name in found.printed_only if number == task.number],
                "count": len(shares),
                "lead_count": sum(share.role == ReceiverRole.LEAD for share in shares),
            }
        )
    return lines


def _matrix(plan: ListPlan, found: Dispatch) -> list[tuple[Unit, int, int]]:
    """For each receiving unit: lead shares and supporting shares."""
    return [
        (
            unit,
            sum(s.unit == unit and s.role == ReceiverRole.LEAD for s in found.shares),
            sum(s.unit == unit and s.role == ReceiverRole.SUPPORT for s in found.shares),
        )
        for unit in found.units
    ]


@require_http_methods(["GET", "POST"])
def publish(request: Asked, pk: int) -> HttpResponse:
    """Step 4: counts, past dates, warnings; then publish, once."""
    draft = _find(request, pk)
    if draft.published_id:
        return redirect("tasks:list", draft.published_id)
    paper = Paper(draft, request.today)
    if paper.problems or _title_problem(paper):
        return redirect("tasks:paper", draft.pk)
    problems: list[str] = []
    status = 200
    if request.method == "POST":
        status = _answer_past(request, draft, paper)
        draft.refresh_from_db()
        if status == 200 and "publish" in request.POST:
            done = _publish(request, Paper(draft, request.today), problems)
            if done:
                return done
            status = 400
    context = _publish_context(request, Paper(draft, request.today), problems)
    return render(request, "tasks/paper_publish.html", context, status=status)


def _answer_past(request: Asked, draft: PaperDraft, paper: Paper) -> int:
    days = sorted(resolve(paper.plan(), request.today).past)
    return _answer(request, draft, {"past": past_answers(request.POST.dict(), days)})


def _publish(request: Asked, paper: Paper, problems: list[str]) -> HttpResponse | None:
    """Publish, or put the list before a leader where the body wants it; the answer, or None with the problems filled."""
    # one paper is published once, whatever is clicked; sent for approval again only after it came back changed
    wants_approval = BodySettings.of(paper.draft.issuer.body).approve_lists
    mark = f"approve-{paper.draft.pk}-{paper.draft.version}" if wants_approval else f"publish-{paper.draft.pk}"
    if paper.answers.get("recalled"):  # called back, it may go out once more
        mark += f"-{paper.answers['recalled']}"
    op = uuid.uuid5(uuid.NAMESPACE_URL, mark)
    try:
        if wants_approval:
            approver = get_object_or_404(
                _approvers(paper.draft.issuer, request), pk=_number(request.POST.get("approver"))
            )
            if request.POST["publish"] == "spoken":
                day = date_or_none(request.POST.get("agreed_on", ""))
                words = request.POST.get("paper", "")
                op = uuid.uuid5(operation(request), "spoken")  # a refused try may be sent again, changed
                spoken = issue_on_spoken_word(
                    paper.plan(), approver, words, day, by=request.user, op=op, now=request.now, draft=paper.draft
                )
                return redirect("tasks:list-published", spoken.pk)
            approval = send_for_approval(
                paper.plan(), approver, by=request.user, op=op, now=request.now, draft=paper.draft
            )
            messages.success(request, _("Sent to %(name)s for approval") % {"name": approver.name})
            return redirect(approval.list)
        published = issue(paper.plan(), by=request.user, op=op, now=request.now, draft=paper.draft)
    except Invalid as error:
        problems += error.details.get("problems", [error.message])
        return None
    except Refused as error:
        draft = PaperDraft.objects.get(pk=paper.draft.pk)
        messages.warning(request, error.message)
        return redirect("tasks:list", draft.published_id) if draft.published_id else None
    return redirect("tasks:list-published", published.pk)


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 12 else 0


def _approvers(issuer: Unit, request: Asked) -> Any:
    """Leaders and heads of the issuing body; the drafter himself only where he is alone (design 4)."""
    others = (
        User.objects.filter(
            posts__in=request.user.posts.model.objects.filter(
                unit__body=issuer.body, role__in=[Role.LEADER, Role.HEAD]
            ).active(request.today)
        )
        .exclude(pk=request.user.pk)
        .distinct()
    )
    return others if others.exists() else User.objects.filter(pk=request.user.pk)


def _publish_context(request: Asked, paper: Paper, problems: list[str]) -> dict[str, Any]:
    plan = paper.plan()
    found = resolve(plan, request.today)
    dated = sorted(share.due_on for share in found.shares if share.due_on)
    month_end = sum(day.day >= 28 for day in dated)
    wants_approval = BodySettings.of(paper.draft.issuer.body).approve_lists
    return {
        "draft": paper.draft,
        "paper": paper,
        "plan": plan,
        "found": found,
        "problems": [{"target": "past", "text": text} for text in problems],
        "blockers": found.blockers,
        "leads": sum(share.role == ReceiverRole.LEAD for share in found.shares),
        "supports": sum(share.role == ReceiverRole.SUPPORT for share in found.shares),
        "first_due": next((day for day in dated if day >= request.today), None),
        "last_due": dated[-1] if dated else None,
        "undated": sum(1 for index, _t in enumerate(plan.tasks) if not any(s.due_on for s in found.per_task(index))),
        "month_end": month_end if month_end * 2 > len(dated) else 0,
        "told": told(found.units, request.today),
        "past": [
            (day, found.past[day], paper.answers.get("past", {}).get(day.isoformat(), {}), day in found.unsettled)
            for day in sorted(found.past)
        ],
        "past_choices": [
            (Past.FINISHED.value, _("Finished earlier")),
            (Past.OVERDUE.value, _("Overdue from the start")),
            (Past.NEW_DATE.value, _("New date")),
        ],
        "approvers": _approvers(paper.draft.issuer, request) if wants_approval else None,
        "spoken": {"paper": request.POST.get("paper", ""), "agreed_on": request.POST.get("agreed_on", "")},
        "may_publish": bool(rules.may_issue(actor(request), paper.draft.issuer)),
        "steps": step_words(),
        "current": 4,
        "has_errors": bool(problems),
    }


@require_safe
def sample(request: Asked) -> FileResponse:
    """A list as an office writes it, to try the way with."""
    if not SAMPLE.exists():
        raise Http404
    return FileResponse(SAMPLE.open("rb"), as_attachment=True, filename=SAMPLE.name)


@require_POST
def drop(request: Asked, pk: int) -> HttpResponse:
    """Throw the paper away."""
    draft = _find(request, pk)
    drop_paper(draft, by=request.user)
    messages.info(request, _("The draft was discarded. Nothing had been written"))
    return redirect("tasks:lists")
