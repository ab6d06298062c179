"""Evidence and papers, given out only after asking afresh who may see them (reliability.md threats 4 and 6).

Always as a download under a policy that lets nothing run; only small pictures that we drew ourselves show inside a page.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from django.http import FileResponse, Http404
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from branches.requests import Asked
from tasks.models import StoredFile
from tasks.uploads import Unacceptable, location, thumbnail_of

NOTHING_RUNS = "default-src 'none'; sandbox"


def _find(request: Asked, pk: int) -> StoredFile:
    return get_object_or_404(StoredFile.objects.visible_to(request.user, request.today), pk=pk)


@require_safe
def download(request: Asked, pk: int) -> FileResponse:
    """The file, under the name it was given."""
    return send(_find(request, pk))


def send(file: StoredFile) -> FileResponse:
    """A file whose reader has been asked for, under the name it was given."""
    return _answer(location(file), file.content_type, f"attachment; filename*=UTF-8''{quote(file.name, safe='')}")


@require_safe
def thumb(request: Asked, pk: int) -> FileResponse:
    """The small picture of a picture."""
    file = _find(request, pk)
    if not file.is_image:
        raise Http404
    try:
        small = thumbnail_of(file)
    except (OSError, Unacceptable) as error:
        raise Http404 from error
    return _answer(small, "image/jpeg", "inline")


def _answer(path: Path, content_type: str, disposition: str) -> FileResponse:
    try:
        response = FileResponse(path.open("rb"), content_type=content_type)
    except OSError as error:
        raise Http404 from error
    response.headers["Content-Disposition"] = disposition
    response.headers["Content-Security-Policy"] = NOTHING_RUNS
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
