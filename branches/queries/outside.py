"""What the page of one's own settings reads about signing in with accounts elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from allauth.socialaccount.models import SocialAccount

from branches.models import User
from branches.outside import doors
from branches.outside.doors import Door


@dataclass(frozen=True)
class Way:
    """A door as one person sees it: since when his account there lets him in, and whether the site still has it."""

    door: Door
    since: datetime | None
    offered: bool = True


def ways_of(person: User) -> list[Way]:
    """The doors of the site, and those that it gave up and that still stand in this person's name."""
    rows = SocialAccount.objects.filter(user=person, provider__in=doors.NAMES)
    since = dict(rows.values_list("provider", "date_joined"))
    here = [Way(door, since.pop(door.code, None)) for door in doors.offered()]
    return here + [Way(Door(code, "", "", ""), at, offered=False) for code, at in sorted(since.items())]
