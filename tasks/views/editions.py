"""A new version of an issued list: begun, compared with the list as it stands, published; and the history of a list (ux S06)."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from branches.models import BodySettings, User
from branches.requests import Asked
from branches.writing import Invalid, Refused, done_before
from tasks import rules
from tasks.actions.duties import approvers
from tasks.actions.editions import ask_approval, begin_edition, decide_edition, publish_edition, take_over_base
from tasks.actions.papers import answer
from tasks.actions.questions import take_question_back
from tasks.editions import EditionPlan
from tasks.forms.editions import EditionForm
from tasks.forms.papers import date_or_none
from tasks.models import Approval, Edition, PaperDraft, TaskList
from tasks.papers import Unreadable, read_file, read_paste, read_rows
from tasks.papers.drafts import Paper
from tasks.papers.dryrun import stored
from tasks.papers.editions import Comparison, adopted, rebased, rows_of_list, tasks_of
from tasks.queries.editions import as_it_was, entries, list_history, versions
from tasks.states import ListStage
from tasks.views.answers import actor, number, operation

REASON = 300


@require_http_methods(["GET", "POST"])
def new(request: Asked, pk: int) -> HttpResponse:
    """How the new version is written: in the rows of the list, or as a file that is compared with them."""
    lists = TaskList.objects.visible_to(request.user, request.today).filter(kind=TaskList.Kind.TASK)
    task_list = get_object_or_404(lists.select_related("issuer__body"), pk=pk)
    if not rules.may_issue(actor(request), task_list.issuer):
        raise PermissionDenied(_("A new version is prepared by the desk that issued the list"))
    form = EditionForm(request.POST or None, request.FILES or None)
    open_here = task_list.stage == ListStage.ISSUED
    status = 200
    if request.method == "POST" and open_here:
        status = 400
        if form.is_valid():
            try:
                edition = _begin(request, task_list, form.cleaned_data)
                return redirect("tasks:paper-rows" if "rows" in request.POST else "tasks:paper", edition.draft_id)
            except Unreadable as error:
                form.add_error("file" if form.cleaned_data.get("file") else "paste", str(error))
            except Refused as error:
                form.add_error(None, error.message)
    drafts = PaperDraft.objects.visible_to(request.user, request.today)
    mine = Edition.objects.unpublished().filter(list=task_list, draft__in=drafts).select_related("draft")
    context = {"task_list": task_list, "form": form, "open": open_here, "mine": mine, "version": task_list.edition + 1}
    return render(request, "tasks/edition_new.html", context, status=status)


def _begin(request: Asked, task_list: TaskList, values: dict[str, Any]) -> Edition:
    rows, answers = rows_of_list(task_list, tasks_of(task_list))
    name = ""
    if "rows" not in request.POST:
        upload = values.get("file")
        grid = read_file(upload.name, upload.read()) if upload else read_paste(values["paste_html"], values["paste"])
        reading = read_rows(grid)
        if not reading.rows:
            why = pgettext("between statements", "; ").join(str(p.message) for p in reading.problems)
            raise Unreadable("no_rows", why or _("No header row found"))
        rows = adopted(stored(reading, 60)["rows"], reading.columns, rows, answers)
        name = upload.name if upload else ""
    return begin_edition(
        task_list, rows, answers, file_name=name, by=request.user, op=operation(request), now=request.now
    )


def _find(request: Asked, pk: int) -> Edition:
    drafts = PaperDraft.objects.visible_to(request.user, request.today)
    rows = Edition.objects.filter(draft__in=drafts).select_related(
        "list__issuer__body__wishes", "draft__issuer__body", "draft__issuer__kind", "approval__approver"
    )
    return get_object_or_404(rows, pk=pk)


@require_http_methods(["GET", "POST"])
def difference(request: Asked, pk: int) -> HttpResponse:
    """What this version changes and for whom; then it goes out, or to a leader."""
    edition = _find(request, pk)
    sent = request.method == "POST" and done_before(operation(request), "publish_edition", request.user)
    if edition.number is not None or sent:
        return redirect("tasks:list-history", edition.list_id)
    assert edition.draft is not None  # noqa: S101 (found by its draft)
    paper = Paper(edition.draft, request.today)
    if not edition.waits and (paper.problems or not paper.title):
        return redirect("tasks:paper", edition.draft_id)
    problems: dict[str, str] = {}
    status = 200
    if request.method == "POST" and not edition.waits:
        done, status = _act(request, edition, problems)
        if done:
            return done
        edition = _find(request, pk)
    context = _context(request, edition, problems, paper if request.method == "GET" else None)
    return render(request, "tasks/edition.html", context, status=status)


def plan_of(edition: Edition, request: Asked, paper: Paper | None = None) -> EditionPlan:
    """The version as its draft says it today."""
    assert edition.draft is not None  # noqa: S101 (a published version is read from its record)
    paper = paper or Paper(edition.draft, request.today)
    return Comparison(edition, paper, request.today).plan(edition.draft.answers.get("reasons", {}))


def _act(request: Asked, edition: Edition, problems: dict[str, str]) -> tuple[HttpResponse | None, int]:
    """Keep the reasons, then do what the button says; an answer, or problems with the status of the page."""
    draft = edition.draft
    assert draft is not None  # noqa: S101
    op = operation(request)
    said = {
        key[len("reason-") :]: text.strip()[:REASON]
        for key, text in request.POST.dict().items()
        if key.startswith("reason-")
    }
    try:
        edition.draft = answer(
            draft, {"reasons": said}, version=number(request, "version"), by=request.user, op=uuid.uuid5(op, "reasons"),
            now=request.now,
        )  # fmt: skip
        if "rebase" in request.POST:
            _rebase(request, edition, op)
            return redirect(edition), 302
        plan = plan_of(edition, request)
        if "ask" in request.POST:
            leader = _leader(request, edition)
            ask_approval(edition, plan, leader, by=request.user, op=op, now=request.now)
            messages.success(request, _("Sent to %(name)s for approval") % {"name": leader.name})
            return redirect(edition), 302
        if "spoken" in request.POST:
            publish_edition(
                edition, plan, approver=_leader(request, edition), paper=request.POST.get("paper", ""),
                agreed_on=date_or_none(request.POST.get("agreed_on", "")), by=request.user, op=op, now=request.now,
            )  # fmt: skip
        elif "publish" in request.POST and not BodySettings.of(edition.list.issuer.body).approve_lists:
            publish_edition(edition, plan, by=request.user, op=op, now=request.now)
        else:
            return redirect(edition), 302
    except Invalid as error:
        problems |= {key: str(text) for key, text in error.details.items()} or {"changes": error.message}
        return None, 400
    except Refused as error:
        problems["changes"] = error.message
        return None, 409
    messages.success(request, _("Version %(n)d is out") % {"n": plan.base + 1})
    return redirect("tasks:list-history", edition.list_id), 302


def _leader(request: Asked, edition: Edition) -> User:
    fitting = approvers(edition.list.issuer, request.today, request.user)
    chosen = next((one for one in fitting if str(one.pk) == request.POST.get("approver", "")), None)
    if chosen is None:
        raise Invalid(_("Choose another leader"), approver=_("Choose another leader"))
    return chosen


def _rebase(request: Asked, edition: Edition, op: uuid.UUID) -> None:
    """Put the draft on top of the version that came out meanwhile: what was not touched here follows the list."""
    assert edition.draft is not None  # noqa: S101
    fresh = TaskList.objects.get(pk=edition.list_id)
    rows, answers = rows_of_list(fresh, tasks_of(fresh))
    take_over_base(
        edition, rebased(edition.draft, rows, answers), base=fresh.edition, by=request.user, op=op, now=request.now
    )


def _context(request: Asked, edition: Edition, problems: dict[str, str], paper: Paper | None) -> dict[str, Any]:
    plan = plan_of(edition, request, paper)
    wishes = getattr(edition.list.issuer.body, "wishes", None)
    wants = wishes is not None and wishes.approve_lists
    if not problems:
        problems = {each.target: each.text for each in plan.troubles}
    if edition.list.edition != edition.base:
        problems.setdefault(
            "changes",
            _("The list has become version %(n)d meanwhile. Look at what changed, then publish again")
            % {"n": edition.list.edition},
        )
    found = entries(plan.record())
    typed = edition.draft.answers.get("reasons", {}) if edition.draft else {}
    typed = typed | {key[len("reason-") :]: text for key, text in request.POST.items() if key.startswith("reason-")}
    for entry in found:
        entry.reasons = [
            replace(each, text=typed.get(each.name, ""), problem=problems.get(each.name, "")) for each in entry.reasons
        ]
    return {
        "edition": edition,
        "draft": edition.draft,
        "task_list": edition.list,
        "plan": plan,
        "version": edition.list.edition + 1,
        "entries": found,
        "ask": not edition.waits,
        "asks": any(entry.reasons for entry in found),
        "new": plan.record()["new"],
        "title": plan.record().get("title"),
        "errors": problems,
        "problems": [{"target": _target(key), "text": text} for key, text in problems.items()],
        "stale": edition.list.edition != edition.base,
        "reasons": typed,
        "approvers": approvers(edition.list.issuer, request.today, request.user) if wants else None,
        "typed": {key: request.POST.get(key, "") for key in ("paper", "agreed_on", "approver")},
        "has_errors": bool(problems),
        "own_rows": plan.own_rows,
        "bodies": plan.bodies,
    }


def _target(key: str) -> str:
    return (
        f"reason-{key}" if key.split("-")[0] in ("later", "withdrawn", "out") else f"id_{key}" if key in FIELDS else key
    )


FIELDS = ("approver", "paper", "agreed_on")


def decide(request: Asked, approval: Approval) -> HttpResponse:
    """A leader's page on a version: what changes, two buttons, words when it goes back."""
    edition = approval.editions.select_related(
        "list__issuer__body", "draft__issuer__body", "draft__issuer__kind", "approval"
    ).first()
    decided = approval.decision != Approval.Decision.ASKED or edition is None or edition.draft is None
    plan = None if decided or edition is None else plan_of(edition, request)
    problems: dict[str, str] = {}
    status = 200
    if request.method == "POST" and plan is not None and edition is not None:
        try:
            done = decide_edition(
                edition, plan, "agree" in request.POST, request.POST.get("words", ""), by=request.user,
                op=operation(request), now=request.now,
            )  # fmt: skip
            return redirect(done.list)
        except Invalid as error:
            problems = {key: str(text) for key, text in error.details.items()} or {"words": error.message}
            status = 400
        except Refused as error:
            messages.warning(request, error.message)
            return redirect(approval.list)
    record = plan.record() if plan else {}
    context = {
        "approval": approval,
        "task_list": approval.list,
        "version": approval.edition,
        "decided": decided,
        "entries": entries(record),
        "new": record.get("new", []),
        "title": record.get("title"),
        "problems": [{"target": "id_words" if key == "words" else key, "text": t} for key, t in problems.items()],
        "words": request.POST.get("words", ""),
        "has_errors": bool(problems),
        "own_rows": plan.own_rows if plan else 0,
        "bodies": plan.bodies if plan else 0,
    }
    return render(request, "tasks/edition_approval.html", context, status=status)


@require_POST
def take_back(request: Asked, pk: int) -> HttpResponse:
    """The desk takes a list, or a version, back from the leader who has not answered yet."""
    lists = TaskList.objects.visible_to(request.user, request.today)
    approval = get_object_or_404(Approval.objects.filter(list__in=lists).select_related("list__issuer"), pk=pk)
    try:
        task_list = take_question_back(approval, by=request.user, op=operation(request), now=request.now)
    except Refused as error:
        messages.warning(request, error.message)
        return redirect(approval.list)
    messages.success(request, _("Taken back. It is a draft again"))
    edition = approval.editions.first()
    if edition is not None and edition.draft is not None and edition.draft.owner_id == request.user.pk:
        return redirect(edition)
    draft = PaperDraft.objects.visible_to(request.user, request.today).filter(
        published=None, issuer=task_list.issuer, answers__title=task_list.title
    )
    mine = draft.first() if task_list.kind == TaskList.Kind.TASK and edition is None else None
    return redirect("tasks:paper", mine.pk) if mine else redirect(task_list)


@require_safe
def story(request: Asked, pk: int) -> HttpResponse:
    """The versions of a list, what each changed, what an earlier one said, and what happened to the list itself."""
    lists = TaskList.objects.visible_to(request.user, request.today).select_related("issuer__body", "published_by")
    task_list = get_object_or_404(lists, pk=pk)
    every = versions(task_list, request.user, request.today)
    asked = request.GET.get("edition", "")
    shown = next((one.number for one in every if str(one.number) == asked), None)
    context = {
        "task_list": task_list,
        "versions": every,
        "shown": shown,
        "words": as_it_was(task_list, shown, request.user, request.today) if shown else [],
        "lines": [] if shown else list_history(task_list, request.user, request.today),
    }
    return render(request, "tasks/edition_history.html", context)
