"""What every answer carries, and what is answered when the database is away or a request is nonsense.

The headers are those of reliability.md 6; the content security policy itself comes from django-csp.
"""

from __future__ import annotations

from collections.abc import Callable

import structlog
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils.datastructures import MultiValueDict

from cppcc_party.errors import bad_request, unavailable

Answer = Callable[[HttpRequest], HttpResponse]
METHODS = {"GET", "HEAD", "POST", "OPTIONS"}
log = structlog.get_logger(__name__)


class HardeningMiddleware:
    """Headers for every answer, and no methods that no page knows."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request) if request.method in METHODS else HttpResponseNotAllowed(sorted(METHODS))
        response.headers.setdefault(
            "Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=()"
        )
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "no-store, private")
        return response


class UnavailableMiddleware:
    """The database is away: 503 with words, never a stack of code; what was typed stays on the device (design 8)."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        try:
            return self.get_response(request)
        except (OperationalError, InterfaceError) as error:
            return self.away(request, error)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The same for an error inside a view, where Django would otherwise answer 500."""
        return self.away(request, error) if isinstance(error, OperationalError | InterfaceError) else None

    def away(self, request: HttpRequest, error: Exception) -> HttpResponse:
        """Say so, and note what the driver said."""
        log.error("database_unavailable", path=request.path, error=str(error).strip().split("\n")[0])
        return unavailable(request)


class BadInputMiddleware:
    """Bytes that no form of ours sends: NUL, lone surrogates and numbers past the database's range are a 400 with words."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _unclean(request.path) or _any_unclean(request.GET):
            return bad_request(request)
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """The body is read here, after the limits of Django's own parsers."""
        if request.method == "POST" and (_any_unclean(request.POST) or _any_unclean_names(request)):
            return bad_request(request)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """What still reaches the database and is out of its range is the sender's mistake, not ours."""
        if isinstance(error, DataError | OverflowError | UnicodeEncodeError):
            log.warning("bad_input", path=request.path, error=type(error).__name__)
            return bad_request(request)
        return None


def _unclean(text: str) -> bool:
    return "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text)


def _any_unclean(data: MultiValueDict[str, str]) -> bool:
    return any(_unclean(key) or any(_unclean(value) for value in values) for key, values in data.lists())


def _any_unclean_names(request: HttpRequest) -> bool:
    return any(_unclean(file.name or "") for _key, files in request.FILES.lists() for file in files)
