"""What pages of other rooms show of organisational life: a branch's year, the next meeting, the record behind a report.

`{% branch_year branch %}` on a branch page shows its months, held and expected; it asks who may see it itself.
"""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from activities import queries
from activities.kinds import MeetingState
from activities.models import Meeting
from branches.models import Branch, BranchState, Platform
from tasks.rules import Actor
from tasks.states import DESK

register = template.Library()

LATEST = 10  # as many meetings as a platform's page shows
BRANCH = "branch"  # the kind of units that are branches


@register.inclusion_tag("activities/_branch_year.html", takes_context=True)
def branch_year(context: Context, branch: Branch) -> dict[str, Any]:
    """This year of one branch, for those who serve it or a desk above; nothing for others and before it began."""
    request = context["request"]
    user, today = request.user, request.today
    sight = user.sight(today)
    unit = branch.unit
    if branch.activated_on is None or not sight.serves(unit.path, unit.body_id, unit.pk):
        return {"line": None}
    if branch.state == BranchState.ENDED:  # its page has much else to ask; the way to its meetings is enough
        return {"line": {"year": unit.ends_on.year if unit.ends_on else today.year}, "branch": branch, "over": True}
    rows = Meeting.objects.of(branch).filter(held_on__year=today.year).exclude(state=MeetingState.STRUCK)
    meetings = list(rows.order_by("-held_on", "-pk"))  # the one query: the page has no room for the rules
    days = [one.held_on for one in meetings if one.state == MeetingState.HELD]
    hats = Actor.of(user, today, request.posts)
    return {
        "line": {"year": today.year, "months": queries.months_of(branch, days, today.year, today)},
        "branch": branch,
        "held": len(days),
        "latest": meetings[:5],
        "records": bool(queries.recorded_by(hats, [branch])),
    }


@register.inclusion_tag("activities/_next_meeting.html", takes_context=True)
def next_meeting(context: Context) -> dict[str, Any]:
    """The next announced meeting of the person's branches, as the page has read it, and for a branch's desk the way to
    record one."""
    request = context["request"]
    keeps = [post.unit for post in request.posts if post.unit.kind_id == BRANCH and post.role in DESK]
    return {"meeting": context["next_meeting"], "keeps": keeps}


@register.inclusion_tag("activities/_held_here.html", takes_context=True)
def meetings_here(context: Context, platform: Platform) -> dict[str, Any]:
    """The latest meetings and activities at a platform, as far as the person may see them (domain 1.4)."""
    request = context["request"]
    rows = Meeting.objects.visible_to(request.user, request.today).filter(platform=platform)
    rows = rows.exclude(state=MeetingState.STRUCK).select_related("branch__unit").order_by("-held_on", "-pk")
    return {"meetings": list(rows[:LATEST])}
