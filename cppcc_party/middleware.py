"""What every answer carries, and what is answered when the database is away or a request is nonsense.

The headers are those of reliability.md 6; the content security policy itself comes from django-csp.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.datastructures import MultiValueDict

from cppcc_party.errors import AWAY, UNREADABLE, bad_request, unavailable

Answer = Callable[[HttpRequest], HttpResponse]
METHODS = {"GET", "HEAD", "POST", "OPTIONS"}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    "Cache-Control": "no-store, private",
}
log = structlog.get_logger(__name__)


class HardeningMiddleware:
    """Headers for every answer, also for those that no view and no other middleware gave."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        return response


class MethodsMiddleware:
    """No methods that no page knows."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request) if request.method in METHODS else HttpResponseNotAllowed(sorted(METHODS))


class UnavailableMiddleware:
    """The database is away: 503 with words, never a stack of code; what was typed stays on the device (design 8).

    It hears of errors in views; those of other middlewares come to `errors.failed`, which answers alike.
    """

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Say so, and note what the driver said."""
        if not isinstance(error, AWAY):
            return None
        log.error("unavailable", path=request.path, error=str(error).strip().split("\n")[0])
        return unavailable(request)


class BadInputMiddleware:
    """Bytes that no form of ours sends: NUL, lone surrogates and numbers past the database's range are a 400 with words."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _unclean(request.path) or _any_unclean(request.GET):
            return bad_request(request)
        # a cookie stays on the device: refusing it would lock its owner out, so it is not read
        request.COOKIES = {name: value for name, value in request.COOKIES.items() if not _unclean(value)}
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """The body is read here, after the limits of Django's own parsers."""
        if request.method == "POST" and (_any_unclean(request.POST) or _any_unclean_names(request)):
            return bad_request(request)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """What still reaches the database and is out of its range is the sender's mistake, not ours."""
        if isinstance(error, UNREADABLE):
            log.warning("bad_input", path=request.path, error=type(error).__name__)
            return bad_request(request)
        return None


def _unclean(text: str) -> bool:
    return "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text)


def _any_unclean(data: MultiValueDict[str, str]) -> bool:
    return any(_unclean(key) or any(_unclean(value) for value in values) for key, values in data.lists())


def _any_unclean_names(request: HttpRequest) -> bool:
    return any(_unclean(file.name or "") for _key, files in request.FILES.lists() for file in files)
