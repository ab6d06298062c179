"""Files that came back from units: several uploaded at once, compared on one page, accepted with one button (issue 3, 4)."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from branches.markings import secret_marking
from branches.requests import Asked
from branches.writing import NotPossible, Refused, done_before
from tasks import rules
from tasks.actions.returns import (
    KIND,
    Outcome,
    Taken,
    answer_returns,
    drop_returns,
    keep_returns,
    outcome,
    take_returns,
)
from tasks.forms.returns import ReturnsForm, choices
from tasks.models import ReturnBatch, TaskList
from tasks.papers import Unreadable
from tasks.papers.differences import Differences, Entry, offices_of
from tasks.papers.returned import Office, name_to_learn, read_returned, taken_for
from tasks.states import ListStage
from tasks.uploads import clean_name
from tasks.views.answers import actor, operation

SECONDS_FOR_ALL = 60  # then the rest is asked to come in a second upload
MOST_ROWS = 1_200  # on one page: each sends two fields (settings.DATA_UPLOAD_MAX_NUMBER_FIELDS)
NAME_KEPT = 120


def _find(request: Asked, pk: int) -> TaskList:
    """The list, for its issuer's desk alone; visible to others it is refused."""
    rows = TaskList.objects.visible_to(request.user, request.today)
    task_list = get_object_or_404(rows.select_related("issuer__body", "issuer__kind"), pk=pk)
    if not rules.may_issue(actor(request), task_list.issuer):
        raise PermissionDenied(_("Only the secretary or head of the issuing unit does this"))
    return task_list


@require_http_methods(["GET", "POST"])
def start(request: Asked, pk: int) -> HttpResponse:
    """Choose the files; below them the batches that are still being compared."""
    task_list = _find(request, pk)
    form, status = ReturnsForm(request.POST or None, request.FILES or None), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                read = _read_all(form.cleaned_data["returned"], offices_of(task_list, request.user, request.today))
                if any(not file.get("error") for file in read):
                    op = operation(request)
                    return redirect(keep_returns(task_list, read, by=request.user, op=op, now=request.now))
                for file in read:
                    form.add_error("returned", f"{file['name']}: {file['error']}")
            except Refused as error:
                form.add_error(None, error.message)
                status = 409 if isinstance(error, NotPossible) else 400
    context = {
        "task_list": task_list,
        "form": form,
        "batches": ReturnBatch.objects.filter(list=task_list).select_related("by")[:10],
        "issued": task_list.stage == ListStage.ISSUED,
    }
    return render(request, "tasks/returns_start.html", context, status=status)


def _read_all(uploads: list[UploadedFile], offices: list[Office]) -> list[dict[str, Any]]:
    """Every file by itself, one after the other: what cannot be read says why, and the others go on."""
    begun, seen = time.monotonic(), dict[str, str]()
    found: list[dict[str, Any]] = []
    for upload in uploads:
        data = upload.read()
        digest = hashlib.sha256(data).hexdigest()
        marked = secret_marking(upload.name or "")
        name = _("File with a secrecy marking") if marked else clean_name(upload.name or "")[-NAME_KEPT:]
        file: dict[str, Any] = {"name": name, "sha256": digest}
        if marked:
            file["error"] = _("The file’s name carries a secrecy marking. It was not taken")
        elif digest in seen:
            file["error"] = _("The same file as %(name)s; it was read once") % {"name": seen[digest]}
        elif time.monotonic() - begun > SECONDS_FOR_ALL:
            file["error"] = _("Not read: the files before it took too long. Upload it again by itself")
        else:
            file |= _read(name, data, offices, MOST_ROWS - sum(len(each.get("rows", ())) for each in found))
        seen.setdefault(digest, name)
        found.append(file)
    return found


def _read(name: str, data: bytes, offices: list[Office], room: int) -> dict[str, Any]:
    try:
        read = read_returned(name, data)
    except Unreadable as error:
        return {"error": str(error)}
    if len(read["rows"]) > room:
        words = _("Not taken: it has %(rows)d rows, and one page compares %(max)d. Upload it by itself or split it")
        return {"error": words % {"rows": len(read["rows"]), "max": MOST_ROWS}}
    guess = taken_for(name, read, offices)
    return {**read, "taken_for": guess.key, "why": guess.why}


@require_http_methods(["GET", "POST"])
def batch(request: Asked, pk: int, number: int) -> HttpResponse:
    """The page of differences; POST answers what it asks and, with `take`, accepts what is ticked."""
    task_list = _find(request, pk)
    found = get_object_or_404(
        ReturnBatch.objects.visible_to(request.user, request.today).select_related("by"), pk=number, list=task_list
    )
    found.list = task_list
    if request.method == "POST":
        try:
            return _answer(request, found)
        except Refused as error:
            messages.warning(request, error.message)
            return redirect("tasks:returns", task_list.pk)
    return _show(request, found)


def _show(request: Asked, found: ReturnBatch, status: int = 200) -> HttpResponse:
    differences = Differences(found, request.user, request.today)
    own_tasks = {file.index: differences.own_tasks(file) for file in differences.files if file.asked}
    context = {
        "batch": found,
        "task_list": found.list,
        "differences": differences,
        # what somebody has to answer stands first
        "files": sorted(
            ((file, own_tasks.get(file.index, [])) for file in differences.files), key=lambda pair: bool(pair[0].unit)
        ),
        "rows_new": len(differences.new),
        "files_read": sum(not file.error for file in differences.files),
    }
    return render(request, "tasks/returns_batch.html", context, status=status)


def _answer(request: Asked, found: ReturnBatch) -> HttpResponse:
    op = operation(request)
    if done := done_before(op, KIND, request.user):
        return _told(request, found, outcome(done))
    differences = Differences(found, request.user, request.today)
    data = request.POST.dict()
    answers: dict[str, dict[str, Any]] = dict(
        choices(data, len(found.files), differences.units.keys(), differences.tasks.keys())
    )
    if "take" not in data:
        learnt = _learnt(request, found, answers.get("units", {}))
        answer_returns(found, answers, by=request.user, now=request.now, learnt=learnt)
        return redirect(found)
    taken = [_taken(entry, data, f"take-{entry.key}") for entry in differences.new if data.get(f"take-{entry.key}")]
    answers["kept"] = {}
    for clash in differences.clashes:
        choice = data.get(f"of-{clash.assignment.pk}", "")
        entry = differences.entry(choice) if choice in {each.key for each in clash.entries} else None
        if entry:
            taken.append(_taken(entry, data, f"seen-{clash.assignment.pk}"))
        if entry or choice == "keep":
            answers["kept"] |= {each.key: True for each in clash.entries if each is not entry}
    result = take_returns(found, taken, answers, by=request.user, op=op, now=request.now)
    return _told(request, found, result)


def _learnt(request: Asked, found: ReturnBatch, units: Mapping[str, Any]) -> dict[str, int]:
    """Names of the units that were chosen by hand for a file nobody recognised."""
    asked = {int(place): int(unit) for place, unit in units.items() if not found.files[int(place)].get("taken_for")}
    offices = offices_of(found.list, request.user, request.today) if asked else []
    named = {name_to_learn(place, found.files, offices): unit for place, unit in asked.items()}
    return {name: unit for name, unit in named.items() if name}


def _taken(entry: Entry, data: dict[str, str], seen: str) -> Taken:
    """A ticked difference; its words are those that were stored, never what a browser sends. `seen` holds the version."""
    assert entry.assignment is not None  # noqa: S101 (only rows with an assignment are offered)
    version = data.get(seen, "")
    return Taken(
        assignment=entry.assignment.pk,
        version=int(version) if version.isdecimal() and len(version) < 9 else -1,
        entry=entry.key,
        text=entry.text,
        done=data.get(f"as-{entry.key}") == "done" and not entry.only_progress,
        file=entry.file.name if entry.file else "",
    )


def _told(request: Asked, found: ReturnBatch, result: Outcome) -> HttpResponse:
    if result.written:
        words = ngettext(
            "%(n)d report recorded in its unit’s name", "%(n)d reports recorded in their units’ names", result.written
        )
        messages.success(request, words % {"n": result.written})
    elif not result.left:
        messages.info(request, _("Nothing was ticked; no report was written"))
    for reason in dict.fromkeys(words for _row, words in result.left):
        count = sum(words == reason for _row, words in result.left)
        messages.warning(request, _("Left as they stand (%(n)d): %(reason)s") % {"n": count, "reason": reason})
    return redirect(found)


@require_POST
def drop(request: Asked, pk: int, number: int) -> HttpResponse:
    """Put a batch aside."""
    task_list = _find(request, pk)
    operation(request)
    found = ReturnBatch.objects.visible_to(request.user, request.today).filter(pk=number, list=task_list).first()
    if found:
        try:
            drop_returns(found, by=request.user, now=request.now)
        except Refused as error:
            messages.warning(request, error.message)
            return redirect("tasks:returns", task_list.pk)
        messages.success(request, _("The files were put aside; reports taken from them stay"))
    return redirect("tasks:returns", task_list.pk)
