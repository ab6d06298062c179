"""What a person's page and one's own settings show of standing in: who for whom, until when, and how it is ended."""

from __future__ import annotations

from typing import Any

from django import template
from django.db.models import Q

from branches import rules
from branches.models import StandIn, User

register = template.Library()
SHOWN = 10


@register.inclusion_tag("branches/_stand_ins.html", takes_context=True)
def stand_ins(context: dict[str, Any], person: User) -> dict[str, Any]:
    """Those of this person that run or are to come; who keeps the tree or is one of the two may end them. One query."""
    request = context["request"]
    running = StandIn.objects.filter(Q(absent=person) | Q(person=person), ends_on__gt=request.today)
    sight = request.user.sight(request.today)
    if person.pk != request.user.pk and not sight.whole_tree:
        running = running.filter(post__unit__body__in=sight.bodies)
    rows = list(running.select_related("absent", "person", "post__unit__body").order_by("starts_on", "pk")[:SHOWN])
    own = person.pk == request.user.pk
    return {
        "rows": [
            (row, own or request.user.pk in (row.absent_id, row.person_id) or _keeps(request, row)) for row in rows
        ],
        "person": person,
        "may_name": own,
        "today": request.today,
        "next": request.path,
        "csrf_token": context.get("csrf_token"),
    }


def _keeps(request: Any, row: StandIn) -> bool:
    return rules.keeper(request.posts, row.post.unit.body_id) is not None
