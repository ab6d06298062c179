"""Error pages: each says what to do next, and none needs the database."""

from __future__ import annotations

import sys

from django.core.exceptions import RequestDataTooBig
from django.db import DataError, InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template import Context, loader
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

AWAY = (
    OperationalError,
    InterfaceError,
    RedisError,
)  # the database cannot be asked, or who counts the tries at the sign-in
UNREADABLE = (DataError, OverflowError, UnicodeEncodeError)  # what was sent does not fit into any of our columns


def page(request: HttpRequest, status: int, **context: object) -> HttpResponse:
    """Render templates/<status>.html without context processors, so that it works when everything else does not."""
    text = loader.get_template(f"{status}.html").template.render(  # type: ignore[attr-defined] # Django's engine is the only one here
        Context({"status": status, "path": request.path, **context})
    )
    return HttpResponse(text, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: something in the request cannot be read; 413 when it is too much to be read."""
    if isinstance(exception, RequestDataTooBig):
        return page(request, 413, title=_("Too large"))
    if _is_away(exception):  # Django calls a session that could not be written a bad request
        return unavailable(request)
    return page(request, 400, title=_("The request could not be read"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: visible, but not this person's to do."""
    return page(request, 403, title=_("Not yours to do"), reason=str(exception or ""))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: does not exist, or is not visible to this person; the two look the same."""
    return page(request, 404, title=_("No such page"))


def failed(request: HttpRequest) -> HttpResponse:
    """500: our fault; unless it was the database's, met by a middleware before any view (Django calls this meanwhile)."""
    error = sys.exc_info()[1]
    if isinstance(error, AWAY):
        return unavailable(request)
    if isinstance(error, UNREADABLE):
        return bad_request(request)
    return page(request, 500, title=_("Something failed on our side"))


def _is_away(error: BaseException | None) -> bool:
    """Whether the database's silence is behind this error."""
    while error is not None and not isinstance(error, AWAY):
        error = error.__context__
    return error is not None


def unavailable(request: HttpRequest) -> HttpResponse:
    """503: the database is away; come back in a minute, nothing typed is lost."""
    response = page(request, 503, title=_("The system is being maintained"))
    response.headers["Retry-After"] = "30"
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 when a form's token is stale: the person is told to load the page again, the text is kept."""
    return page(
        request,
        403,
        title=_("The page has been open for too long"),
        reason=_("Load the page again and send it once more. Your text is kept on this device."),
    )
