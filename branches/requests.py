"""The request as our middleware hands it on to a view: who asks, when, under which posts. For the type checker; nobody makes one.

`Visit` is a request to a page that anybody may open; `Asked` one to a page behind the sign-in, where there is always a person.
"""

from __future__ import annotations

from datetime import date, datetime

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from branches.models import Post, User


class Visit(HttpRequest):
    """A request by anybody; filled by branches.middleware and django-htmx."""

    user: User | AnonymousUser
    now: datetime
    today: date
    posts: list[Post]
    scope: Post | None
    by_link: int | None  # the row whose signed link brought somebody here who has not signed in (tasks.middleware)
    htmx: HtmxDetails


class Asked(Visit):
    """A request by somebody who has signed in."""

    user: User
