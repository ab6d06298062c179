"""What is on its way in the demo: somebody stood in for, a post about to be handed over, the next term being prepared."""

from __future__ import annotations

import uuid
from datetime import date

from branches.actions.standins import name_stand_in
from branches.models import Unit, User
from cppcc_party.demo import words
from cppcc_party.demo.tree import CITY
from tasks.actions.posts import Handing, hand_posts_over
from tasks.actions.terms import begin_term

AWAY, HANDED, TERM = 12, 20, 230  # days from today: last day away, day of the handover, first day of the next term


def lie_ahead(units: dict[str, Unit], people: dict[str, User], today: date) -> None:
    """Ordered this morning by those concerned and by the city's organisation admin."""
    now, admin = words.at(today, 8), people["city.admin"]
    away, deputy = people["city.services2"], people["city.services3"]
    name_stand_in(
        away, deputy, list(away.posts.values_list("pk", flat=True)), today, words.days(today, AWAY), reason="党校学习",
        by=away, op=uuid.uuid4(), now=now,
    )  # fmt: skip
    leaving = people["city.research2"]
    what = Handing(
        posts=list(leaving.posts.values_list("pk", flat=True)), on=words.days(today, HANDED),
        successor=people["city.office2"],
    )  # fmt: skip
    hand_posts_over(leaving, what, by=admin, op=uuid.uuid4(), now=now)
    number = words.term_of(today)[0] + 1
    begin_term(units[CITY], f"{words.numeral(number)}届", words.days(today, TERM), by=admin, op=uuid.uuid4(), now=now)
