"""What the page of a person shows of this room: handovers of posts, planned and done, and the way back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import template
from django.db.models import Q

from branches import rules as tree_rules
from branches.models import Post, User
from tasks.models import PostHandover

register = template.Library()
SHOWN = 5
UNDOABLE = timedelta(days=30)  # later the way back is another handover


@register.inclusion_tag("tasks/_post_handovers.html", takes_context=True)
def post_handovers(context: dict[str, Any], person: User, posts: list[Post]) -> dict[str, Any]:
    """Handovers of this person for those who keep the tree where he serves or served, and for himself. One query."""
    request = context["request"]
    keeps = any(tree_rules.keeper(request.posts, post.unit.body_id) for post in posts)
    rows: list[PostHandover] = []
    if keeps or person.pk == request.user.pk:
        found = PostHandover.objects.filter(Q(person=person) | Q(successor=person))
        rows = list(found.select_related("person", "successor", "by", "undone_by")[:SHOWN])
    return {
        "rows": rows,
        "keeps": keeps,
        "today": request.today,
        "since": request.now - UNDOABLE,
        "csrf_token": context.get("csrf_token"),
        "request": request,
    }
