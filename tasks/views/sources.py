"""How a paper gets onto the desk: read at once, or kept and read in the background; and its columns matched by hand (ux S07)."""

from __future__ import annotations

import threading
from typing import Any

import structlog
from celery import current_app
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from kombu.exceptions import KombuError
from kombu.exceptions import OperationalError as BrokerAway

from branches.requests import Asked
from branches.writing import Refused
from tasks.actions.papers import keep_paper, keep_source, read_again
from tasks.forms.papers import TITLE_LIMIT
from tasks.models import PaperDraft, PaperSource
from tasks.papers.columns import COLUMNS
from tasks.papers.dryrun import letters, stored
from tasks.papers.sheet import read_rows
from tasks.papers.sources import (
    LONG,
    PATIENCE,
    SAID,
    Given,
    choices_of,
    packed,
    read_now,
    read_waiting,
    refuse_marked,
    source_of,
    unpacked,
)
from tasks.views.answers import operation

READ_PAPER = "tasks.papers.jobs.read_paper"  # by name: views stand below jobs
log = structlog.get_logger(__name__)


def given(values: dict[str, Any]) -> Given:
    """What the first step sent: the file where there is one, else the paste."""
    upload = values.get("file")
    if upload:
        return Given(name=upload.name, data=upload.read())
    return Given(text=values["paste"], html=values["paste_html"])


def keep(request: Asked, values: dict[str, Any]) -> PaperDraft:
    """The draft of a paper: a short one is read now, a long one is kept and read in the background. Raises Unreadable."""
    paper = given(values)
    refuse_marked(paper)
    issuer, year, about = values["issuer"], values["year"], paper.about()
    mine = PaperDraft.objects.visible_to(request.user, request.today).filter(issuer=issuer, published=None)
    mine = mine.filter(answers__year=year)
    same = mine.filter(read_from__digest=paper.digest, read_from__error="").first() if about > LONG else None
    rows: dict[str, Any] = {"title": "", "note": "", "rows": []}
    data, read = paper.kept, about <= LONG
    if read:
        grid, reading = read_now(paper, issuer.body)
        rows, data = stored(reading, TITLE_LIMIT), packed(grid)
        same = mine.filter(rows=rows).first()
    if same:
        messages.info(request, _("This list lies on the desk already; what was answered is kept"))
        return same
    with transaction.atomic():
        draft = keep_paper(issuer, rows, paper.name, year, by=request.user, op=operation(request), now=request.now)
        source = keep_source(draft, paper.kind, paper.name, data, paper.digest, about, now=request.now, read=read)
    if not read:  # a broker that is away is tried for seconds: nobody waits for that with a page before him
        threading.Thread(target=_wake, args=[source.pk], daemon=True).start()
    return draft


def _wake(pk: int) -> None:
    """Tell the worker; without it the page or the sweep reads."""
    try:
        current_app.send_task(READ_PAPER, args=[pk], retry=False, expires=60)
    except (BrokerAway, KombuError, OSError) as error:
        log.warning("broker_away", error=str(error))


def waiting_page(request: Asked, draft: PaperDraft) -> HttpResponse | None:
    """The page of a paper that is still being read, or that could not be; None when it can be checked.

    Where no worker has taken it for some seconds this request reads it: a sleeping worker costs seconds, not the list.
    """
    source = source_of(draft.pk)
    if source is None or (source.read_at and not source.error):
        return None
    waited = request.now - source.asked_at
    if not source.read_at and waited > PATIENCE + SAID and read_waiting(source.pk, request.now):
        messages.info(request, _("The background service did not answer; the list was read by this page"))
        source = source_of(draft.pk) or source
        if not source.error:
            draft.refresh_from_db()
            return None
    context = {
        "draft": draft,
        "source": source,
        "away": waited > PATIENCE and not source.claimed_at,
        "most": max(source.about, 1),
    }
    return render(request, "tasks/paper_reading.html", context, status=400 if source.error else 200)


def columns_of(draft: PaperDraft) -> list[dict[str, Any]]:
    """Every column of the paper with its letter, its heading, and what it was taken for; nothing where that is not known
    or the rows have been changed by hand since."""
    heads = draft.rows.get("heads", [])
    if not heads or draft.rows.get("past"):
        return []
    taken = {place: name for name, place in draft.rows.get("columns", {}).items()}
    samples = draft.rows.get("samples", [])
    return [
        {"place": place, "letter": letters(place), "head": head, "sample": sample, "taken": taken.get(place, "")}
        for place, (head, sample) in enumerate(zip(heads, samples, strict=False))
        if head or sample
    ]


def column_words() -> list[tuple[str, str]]:
    """The standard columns in the words of the page."""
    words = {
        "number": _("No."),
        "content": _("Task"),
        "measures": _("Measures"),
        "leader": _("Responsible leader"),
        "lead_units": _("Lead unit"),
        "supporting_units": _("Supporting units"),
        "due": _("Due as written"),
        "result": _("Progress"),
        "evidence": _("Evidence"),
    }
    return [(name, words[name]) for name in COLUMNS]


def match_again(request: Asked, draft: PaperDraft) -> int:
    """Read the paper once more by the columns that were chosen; the status for the page."""
    chosen = {
        place: name
        for place in range(len(draft.rows.get("heads", [])))
        if (name := request.POST.get(f"col-{place}", "")) in COLUMNS
    }
    columns = {name: place for place, name in chosen.items()}
    if len(columns) < len(chosen) or "content" not in columns:
        twice = len(columns) < len(chosen)
        words = _("Two columns are taken for the same") if twice else _("Say which column holds the tasks")
        messages.error(request, words)
        return 400
    source = PaperSource.objects.filter(draft=draft, kind=PaperSource.Kind.GRID).first()
    if source is None or draft.rows.get("past"):
        messages.warning(request, _("The rows were changed by hand; the columns cannot be matched again"))
        return 409
    grid = unpacked(bytes(source.data))
    line = request.POST.get("header", "")
    top = grid.numbers.index(int(line)) if line.isdecimal() and int(line[:7]) in grid.numbers else None
    heads = draft.rows.get("heads", [])
    try:
        read_again(
            draft,
            stored(read_rows(grid, columns, top), TITLE_LIMIT),
            choices_of(heads, chosen) if draft.rows.get("header_row") else {},
            version=int(version)
            if (version := request.POST.get("version", "")).isdecimal() and len(version) < 9
            else -1,
            by=request.user,
            op=operation(request),
            now=request.now,
        )
    except Refused as error:
        messages.warning(request, error.message)
        return 409
    return 200
