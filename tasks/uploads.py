"""Uploads: checked, cleaned and kept under a name of ours, outside of every address (design 10, reliability.md P11, 6).

The file is written and safe on disk before its row is, so that there is never a row without its file; where the row fails,
the file goes again. The same content from the same person is kept once and serves many reports (ux C1).
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import unicodedata
import uuid
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path, PurePosixPath

import structlog
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.utils.translation import gettext as _

from branches.markings import secret_marking
from branches.models import Unit, User
from tasks.filetypes import MEBIBYTE, Accepted, Marked, Unacceptable, accept
from tasks.models import StoredFile

__all__ = ["Unacceptable", "clean_name", "keep", "keep_all", "location", "secret_marking", "thumbnail_of"]

NAME_LIMIT = 120
# signs that are not seen: controls, joiners, and those that turn the direction of writing ("gpj.exe" shown as "exe.jpg")
UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb]"
)
log = structlog.get_logger(__name__)


def keep(upload: UploadedFile, *, by: User, unit: Unit | None, now: datetime) -> StoredFile:
    """Check one uploaded file and keep it; the same content from the same person gives the row that is there already.

    Raises Unacceptable with words; then nothing was stored.
    """
    name = upload.name or ""
    if secret_marking(name):
        raise Marked(
            _("A file carries a secrecy marking. It was not taken: nothing secret may be entered or uploaded here")
        )
    if (upload.size or 0) > settings.EVIDENCE_MAX_BYTES:
        raise Unacceptable(
            _("Files must be smaller than %(limit)d MB; this one is %(size)d MB")
            % {"limit": settings.EVIDENCE_MAX_BYTES // MEBIBYTE, "size": -(-(upload.size or 0) // MEBIBYTE)}
        )
    accepted = accept(PurePosixPath(clean_name(name)).suffix.lower(), upload.read())
    return _keep(accepted, clean_name(name, accepted.ending), by, unit, now)


def keep_all(
    uploads: Iterable[UploadedFile], *, by: User, unit: Unit | None, now: datetime
) -> tuple[list[StoredFile], list[str]]:
    """Keep what can be kept; the rows, and one sentence for each file that was refused."""
    kept, problems = [], []
    for upload in uploads:
        try:
            kept.append(keep(upload, by=by, unit=unit, now=now))
        except Marked as error:
            problems.append(str(error))
        except Unacceptable as error:
            problems.append(
                _("%(name)s: %(problem)s") % {"name": clean_name(upload.name or "") or "--", "problem": error}
            )
    return kept, problems


def clean_name(name: str, ending: str | None = None) -> str:
    """The last part of a name without unseen signs; with `ending` it ends so, as what was drawn anew has a new type."""
    name = UNSEEN.sub("", unicodedata.normalize("NFC", name)).replace("\\", "/").rsplit("/", 1)[-1]
    name = re.sub(r"[<>:\"|?*]", "_", " ".join(name.split())).strip(". ")
    stem, dot, last = name.rpartition(".")
    if not dot:
        stem, last = name, ""
    if ending is None:
        return f"{stem[:NAME_LIMIT]}{dot}{last[:12]}"
    return f"{stem[:NAME_LIMIT] or _('file')}{ending}"


def location(file: StoredFile) -> Path:
    """Where its bytes lie."""
    return Path(settings.MEDIA_ROOT) / file.path


def thumbnail_of(file: StoredFile) -> Path:
    """Where the small picture of a picture lies; made anew where it is missing. Raises OSError when the file is gone."""
    small = location(file).with_suffix(".thumb")
    if not small.exists():
        made = accept(".jpg" if file.content_type == "image/jpeg" else ".png", location(file).read_bytes())
        _write(small, made.thumbnail or b"")
    return small


def _keep(accepted: Accepted, name: str, by: User, unit: Unit | None, now: datetime) -> StoredFile:
    digest = hashlib.sha256(accepted.content).hexdigest()
    written: list[Path] = []
    try:
        with transaction.atomic():
            _one_at_a_time(by, digest)  # a double click sends the same file twice at once
            for known in StoredFile.objects.filter(uploaded_by=by, sha256=digest, content_type=accepted.content_type):
                if location(known).exists():
                    return known
            token = uuid.uuid4().hex
            row = StoredFile(
                sha256=digest,
                size=len(accepted.content),
                content_type=accepted.content_type,
                name=name,
                path=f"{token[:2]}/{token}",
                unit=unit,
                uploaded_by=by,
                uploaded_at=now,
            )
            written.append(location(row))
            _write(written[0], accepted.content)
            if accepted.thumbnail:
                written.append(location(row).with_suffix(".thumb"))
                _write(written[1], accepted.thumbnail)
            row.save()
            return row
    except BaseException as error:
        for path in written:
            path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            log.error("upload_not_written", error=type(error).__name__)
            raise Unacceptable(_("It could not be saved just now. Try again in a few minutes")) from error
        raise


def _one_at_a_time(by: User, digest: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"upload:{by.pk}:{digest}"])


def _write(path: Path, content: bytes) -> None:
    """Onto the disk first, under its name afterwards: a power cut leaves the whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o750)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, settings.FILE_UPLOAD_PERMISSIONS)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
