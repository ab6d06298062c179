"""Home: what this person has to do now, a block for each kind of post he holds (ux S02, S03, S04, S04a)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from branches.models import Unit
from branches.requests import Asked
from branches.roles import KEEPS_TREE, Role
from branches.views.accounts import demo_is_loaded
from dashboards import doors, pictures, queries, sentences, worklist
from dashboards.addresses import Addresses
from dashboards.viewer import Viewer
from dashboards.views.door import door
from tasks.calendar import unknown_year, working_days
from tasks.lights import Lamp, Thresholds
from tasks.models import Assignment
from tasks.states import Stage

NEEDS_ME = 3  # things on a leader's home


@dataclass(frozen=True)
class Item:
    """A row of the queue with the next thing to do about it, never "details" for all (ux g.1)."""

    row: Assignment
    lamp: Lamp
    step: str
    url: str

    @property
    def given(self) -> bool:
        """Whether our desk gave it, and others owe it: their people can be reminded by hand."""
        return getattr(self.row, "rank", None) in (worklist.Rank.GIVEN_LATE, worklist.Rank.GIVEN_SOON)

    @property
    def to_review(self) -> bool:
        """Whether its report waits for our answer: several are accepted in one press."""
        return getattr(self.row, "rank", None) == worklist.Rank.REVIEW

    @property
    def ours(self) -> bool:
        """Whether it is our own work, of which "no change" can be said for several at once."""
        own = (worklist.Rank.OURS_LATE, worklist.Rank.OURS_SOON)
        return getattr(self.row, "rank", None) in own and not self.row.broken_down


@dataclass(frozen=True)
class Thing:
    """One line with one link."""

    words: str
    url: str
    on: date | None = None


@login_not_required
@require_safe
def home(request: Asked) -> HttpResponse:
    """The work queue of the posts in question; people with several posts get the blocks of each. A demo's guest stands at
    its door, every other guest is asked to sign in."""
    if not request.user.is_authenticated:
        return door(request) if demo_is_loaded() else redirect_to_login(request.get_full_path())
    viewer, thresholds = Viewer.of(request), Thresholds.load(request.today)
    show = request.GET.get("show", "")
    if show and show not in worklist.SHOWS:
        raise BadRequest("show")
    desk = worklist.Desk.of(viewer, thresholds)
    counts = worklist.counts(viewer, desk)
    papers = worklist.papers(viewer)
    pages = Paginator(range(counts[show or "queue"]), worklist.PER_PAGE)
    page = pages.get_page(request.GET.get("page"))
    work = worklist.work(viewer, desk, show, page.start_index() - 1, page.end_index())
    leads, keeps_tree = viewer.posts_as(frozenset({Role.LEADER})), viewer.posts_as(KEEPS_TREE)
    only_own = not (viewer.desks or leads or keeps_tree)
    context: dict[str, Any] = {"viewer": viewer, "show": show, "counts": counts, "papers": papers, "only_own": only_own}
    context["next_meeting"] = worklist.next_meeting(papers)
    if leads:
        top = min((post.unit for post in leads), key=lambda unit: len(unit.path))
        context |= _leader_block(viewer, thresholds, top, counts, papers)
    if viewer.desks:
        items = [_item(row, thresholds) for row in work.queue]
        context["ticks"] = {name for item in items for name in ("given", "to_review", "ours") if getattr(item, name)}
        context |= {"desk": True, "page_obj": page, "items": items, "lists": worklist.issued_lists(viewer, thresholds)}
    if work.own or only_own:
        context |= _own_block(work.own, thresholds)
    if keeps_tree:
        context |= _admin_block(papers) | {"unknown_year": unknown_year(request.today, working_days())}
    return render(request, "dashboards/home.html", context)


def _item(row: Assignment, thresholds: Thresholds) -> Item:
    lamp, rank = thresholds.lamp(row), row.rank  # type: ignore[attr-defined] # annotated by the work list
    if rank == worklist.Rank.REVIEW:
        return Item(row, lamp, _("Review"), reverse("tasks:review-one", args=[row.pk]))
    if rank == worklist.Rank.HELP:
        return Item(row, lamp, _("Answer the request for help"), reverse("tasks:help", args=[row.help_asked]))  # type: ignore[attr-defined] # annotated by the work list
    if rank in (worklist.Rank.OURS_LATE, worklist.Rank.OURS_SOON):
        if row.stage == Stage.ISSUED and row.crosses_boundary:
            return Item(row, lamp, _("Sign for"), reverse("tasks:sign", args=[row.list_id]))
        if not row.broken_down:  # its parts are reported by the units below; it is closed when they are
            return Item(row, lamp, _("Update"), reverse("tasks:update", args=[row.pk]))
    return Item(row, lamp, _("View"), reverse("tasks:assignment", args=[row.pk]))


def _own_block(rows: list[Assignment], thresholds: Thresholds) -> dict[str, Any]:
    done = [row for row in rows if row.stage == Stage.COMPLETED]
    return {
        "own": True,
        "mine": [_own_item(row, thresholds) for row in rows if row.stage != Stage.COMPLETED],
        "done": queries.lines(done, done[0].unit, {}, thresholds) if done else [],
    }


def _own_item(row: Assignment, thresholds: Thresholds) -> Item:
    lamp = thresholds.lamp(row)
    if row.stage == Stage.REPORTED:
        return Item(row, lamp, _("View"), row.get_absolute_url())
    return Item(row, lamp, _("Update"), reverse("tasks:update", args=[row.pk]))


def _leader_block(
    viewer: Viewer, thresholds: Thresholds, unit: Unit, counts: dict[str, Any], papers: dict[str, list[worklist.Paper]]
) -> dict[str, Any]:
    found = doors.own_scope(viewer, unit)
    if found is None:
        return {}
    scope, units = found
    board = queries.board(scope, thresholds, units)
    to = Addresses(scope)
    things = [
        Thing(_("Approve the list: %(list)s") % {"list": paper.local_name}, reverse("tasks:approval", args=[paper.key]))
        for paper in papers.get("approve", [])
    ]
    if counts["review"]:
        words = ngettext(
            "%(count)s report waits for your review", "%(count)s reports wait for your review", counts["review"]
        )
        things.append(Thing(words % {"count": counts["review"]}, reverse("tasks:review")))
    if counts["help"]:
        words = ngettext(
            "%(count)s request for help is unanswered", "%(count)s requests for help are unanswered", counts["help"]
        )
        things.append(Thing(words % {"count": counts["help"]}, reverse("tasks:requests")))
    late = sorted(
        (group for group in board.groups if group.counts["overdue"]), key=lambda group: -group.counts["overdue"]
    )
    things = things[: NEEDS_ME - 1] if late else things  # which unit is behind is always one press away (ux LEAD-1)
    for group in late[:NEEDS_ME]:
        words = _("%(unit)s: %(count)s overdue") % {
            "unit": sentences.plain(group.unit),
            "count": group.counts["overdue"],
        }
        things.append(Thing(words, pictures.leads_to(group, board, to, viewer)))
    return {
        "leads": True,
        "scope": scope,
        "board_url": to.board(),
        "finding": sentences.finding(board, to, helps=True),
        "tiles": pictures.tiles(board, to),
        "things": things[:NEEDS_ME],
    }


def _admin_block(papers: dict[str, list[worklist.Paper]]) -> dict[str, Any]:
    lots = [
        ("ending", _("Branches that end within 14 days"), "branches:branch", "branches:branches"),
        ("planned", _("Planned branches"), "branches:branch", "branches:branches"),
        ("idle", _("Accounts without a post"), "branches:person", "branches:people"),
        ("feedback", _("Feedback to answer"), "", "branches:feedback"),
    ]
    shown = []
    for kind, words, one, all_of_them in lots:
        if found := papers.get(kind):
            everything = reverse(all_of_them)
            links = [
                Thing(paper.local_name, reverse(one, args=[paper.key]) if one else everything, paper.on)
                for paper in found
            ]
            shown.append({"word": words, "total": found[0].total, "things": links, "url": everything})
    return {"keeps_tree": True, "admin_lots": shown}
