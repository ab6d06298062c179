"""Somebody who comes by a signed link: put before the request for the pages of one row, without having signed in."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse

from branches.requests import Visit
from tasks import links
from tasks.actions.links import note_use

Answer = Callable[[Visit], HttpResponse]


class LinkMiddleware:
    """`request.by_link`: the row whose link brought this request here, for somebody who has not signed in; else None."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: Visit) -> HttpResponse:
        request.by_link = None
        if links.SESSION in request.session and not request.user.is_authenticated:
            link = links.through(request, request.now)
            if link is not None:
                request.user, request.by_link = link.user, link.assignment_id
                if request.method == "POST":
                    note_use(link, now=request.now)
        return self.get_response(request)
