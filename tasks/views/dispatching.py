"""The last two steps of a paper: who receives what, then counts, past dates, warnings, and publishing once (ux S09)."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from branches.models import BodySettings, Unit, User
from branches.requests import Asked
from branches.roles import Role
from branches.writing import Invalid, Refused
from tasks.actions import issue, send_for_approval
from tasks.actions.first_reports import brought
from tasks.actions.spoken import issue_on_spoken_word
from tasks.calendar import wishes_of, working_days
from tasks.dispatch import Dispatch, resolve
from tasks.forms.papers import date_or_none, past_answers
from tasks.models import PaperDraft
from tasks.papers.cautions import Cautions, cautions, months_of, moved
from tasks.papers.checking import PER_PAGE
from tasks.papers.drafts import Paper
from tasks.papers.returned import seems_done
from tasks.plans import ListPlan, Past
from tasks.queries.papers import due_by_month
from tasks.states import ReceiverRole
from tasks.views.answers import operation
from tasks.views.papers import answer_kept, find_draft, step_words, title_problem, version_of


@require_http_methods(["GET"])
def units(request: Asked, pk: int) -> HttpResponse:
    """Step 3: who receives what, as the unit columns say it; groups opened to their members."""
    draft = find_draft(request, pk)
    if version := version_of(draft):
        return redirect(version)
    wishes = wishes_of(draft.issuer.body)
    paper = Paper(draft, request.today)
    if draft.published_id or paper.problems or not paper.rows:
        return redirect("tasks:paper", draft.pk)
    plan = paper.plan()
    found = resolve(plan, request.today, wishes=wishes, candidates=paper.names.units)
    page = Paginator(range(len(plan.tasks)), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "draft": draft,
        "paper": paper,
        "plan": plan,
        "found": found,
        "page_obj": page,
        "lines": _lines(plan, found, page.object_list),
        "matrix": _matrix(plan, found),
        "steps": step_words(),
        "current": 3,
    }
    return render(request, "tasks/paper_units.html", context)


def _lines(plan: ListPlan, found: Dispatch, places: Iterable[int]) -> list[dict[str, Any]]:
    """A line for each task of the page: its leads and supports once each, and how many assignments it makes now and later."""
    lines = []
    for index in places:
        task = plan.tasks[index]
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
    draft = find_draft(request, pk)
    if version := version_of(draft):
        return redirect(version)
    if draft.published_id:
        return redirect("tasks:list", draft.published_id)
    wishes = wishes_of(draft.issuer.body)  # first, so that one query brings the working days as well
    paper = Paper(draft, request.today)
    if paper.problems or title_problem(paper) or not paper.rows:
        return redirect("tasks:paper", draft.pk)
    problems: list[str] = []
    status = 200
    if request.method == "POST":
        status = _answer_past(request, draft, paper)
        if status == 200 and "move" in request.POST:
            return redirect("tasks:paper-publish", draft.pk)
        draft.refresh_from_db()
        if status == 200 and "publish" in request.POST:
            done = _publish(request, Paper(draft, request.today), problems)
            if done:
                return done
            status = 400
        paper = Paper(draft, request.today)
    context = _publish_context(request, paper, wishes, problems)
    return render(request, "tasks/paper_publish.html", context, status=status)


def _answer_past(request: Asked, draft: PaperDraft, paper: Paper) -> int:
    days = sorted(resolve(paper.plan(), request.today).past)
    answers: dict[str, Any] = {"past": past_answers(request.POST.dict(), days)}
    for name in ("reports", "finished"):
        if f"shown-{name}" in request.POST:
            answers[name] = name in request.POST
    if wanted := request.POST.get("move", ""):
        plan = paper.plan()
        answers["rows"] = moved(paper, _cautions(request, paper, plan, resolve(plan, request.today)), wanted)
    return answer_kept(request, draft, answers)


def _cautions(request: Asked, paper: Paper, plan: ListPlan, found: Dispatch) -> Cautions:
    branches, first, last = months_of(found, request.today)
    before = due_by_month(branches, first, last) if first and last else {}
    return cautions(paper, plan, found, working_days(), request.today, before)


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


def _publish_context(request: Asked, paper: Paper, wishes: BodySettings, problems: list[str]) -> dict[str, Any]:
    plan = paper.plan()
    found = resolve(plan, request.today, wishes=wishes, candidates=paper.names.units)
    dated = sorted(share.due_on for share in found.shares if share.due_on)
    wants_approval = wishes.approve_lists
    late = {number for numbers in found.past.values() for number in numbers}
    said_finished = [task.number for task in plan.tasks if task.number in late and seems_done(task.result_written)]
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
        "cautions": _cautions(request, paper, plan, found),
        "told": found.told,
        "past": [
            (day, found.past[day], paper.answers.get("past", {}).get(day.isoformat(), {}), day in found.unsettled)
            for day in sorted(found.past)
        ],
        "brought": brought(plan, found),
        "brings": sum(bool(str(row.cells.get("result", "")).strip()) for row in paper.kept),
        "take_reports": paper.answers.get("reports", True),
        "said_finished": said_finished,
        "take_finished": paper.answers.get("finished", True),
        "past_choices": [
            (Past.FINISHED.value, _("Finished earlier")),
            (Past.OVERDUE.value, _("Overdue from the start")),
            (Past.NEW_DATE.value, _("New date")),
        ],
        "approvers": _approvers(paper.draft.issuer, request) if wants_approval else None,
        "spoken": {"paper": request.POST.get("paper", ""), "agreed_on": request.POST.get("agreed_on", "")},
        "steps": step_words(),
        "current": 4,
        "has_errors": bool(problems),
    }
