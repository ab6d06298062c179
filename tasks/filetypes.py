"""What an uploaded file is, and whether it may stay: magic bytes, structure and ending must agree (reliability.md P11, 6).

Pure: takes bytes, gives cleaned bytes or the reason in words. Pictures are drawn anew, so that neither positions nor hidden
payloads survive; office files are looked into without unpacking them. Nothing here logs a name or a content.
"""

from __future__ import annotations

import html
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import pillow_heif
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

from branches.markings import secret_marking

MEBIBYTE = 1024 * 1024
PIXELS = 40_000_000
THUMBNAIL = (480, 480)
UNPACKED, MEMBERS, RATIO = 200 * MEBIBYTE, 2000, 100
SCANNED = 8 * MEBIBYTE  # of the text of an office file, looked through for secrecy markings
PART = 4 * MEBIBYTE

Kind = Literal["jpeg", "png", "heif", "pdf", "zip", "ole", "text", "other"]
KINDS: dict[str, Kind] = {
    ".jpg": "jpeg", ".jpeg": "jpeg", ".png": "png", ".heic": "heif", ".heif": "heif", ".pdf": "pdf",
    ".docx": "zip", ".xlsx": "zip", ".pptx": "zip", ".txt": "text",
}  # fmt: skip
PICTURES: dict[Kind, str] = {"jpeg": "JPEG", "png": "PNG", "heif": "HEIF"}
ENDINGS: dict[Kind, str] = {"jpeg": ".jpg", "png": ".png", "heif": ".heic"}
OFFICE = {  # ending → the part that makes it one, its content type
    ".docx": ("word/document.xml", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ".xlsx": ("xl/workbook.xml", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ".pptx": ("ppt/presentation.xml", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
}
HEIF_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"}
MACROS = re.compile(r"(^|/)(vbaproject\.bin|vbadata\.xml|activex/)", re.IGNORECASE)
TEXT_PARTS = re.compile(
    r"^(word/(document|header\d*|footer\d*|footnotes|comments)\.xml|xl/(sharedStrings|comments\d*)\.xml|xl/worksheets/[^/]+\.xml"
    r"|ppt/slides/[^/]+\.xml|docProps/(core|app)\.xml)$"
)
MARKED = tuple(f"{word}密★".encode(code) for word in "绝机秘" for code in ("utf-8", "utf-16-be", "gb18030"))
BROKEN = (  # what the readers of pictures and archives raise for damaged files (reliability.md M8)
    OSError, ValueError, KeyError, IndexError, TypeError, SyntaxError, EOFError, RuntimeError, NotImplementedError,
    zipfile.BadZipFile, zlib.error, OverflowError, MemoryError, ImageCms.PyCMSError,
)  # fmt: skip
TOO_MANY_PIXELS = (Image.DecompressionBombError, Image.DecompressionBombWarning)

pillow_heif.register_heif_opener()
Image.MAX_IMAGE_PIXELS = PIXELS  # the header alone decides; nothing is unpacked first


class Unacceptable(Exception):
    """A file that may not stay, with the reason in words."""


class Marked(Unacceptable):
    """A file with a secrecy marking; its name is not repeated anywhere."""


@dataclass(frozen=True)
class Accepted:
    """A file as it is kept."""

    content: bytes
    content_type: str
    ending: str
    thumbnail: bytes | None = None


def accept(ending: str, content: bytes) -> Accepted:
    """The file as it may be kept; raises Unacceptable with words. `ending` is that of its name, in lower case, or empty."""
    if not content:
        raise Unacceptable(_("This file is empty"))
    found = sniff(content)
    if not ending:  # a camera that gives no name
        ending = ENDINGS.get(found, "")
    kind = KINDS.get(ending)
    if kind is None:
        raise Unacceptable(
            _("Use .jpg, .png, .heic, .pdf, .docx, .xlsx, .pptx or .txt; this file is %(ending)s")
            % {"ending": ending[:12] or _("without an ending")}
        )
    if kind == "zip" and found == "ole":
        raise Unacceptable(_("This file has a password. Remove it and upload again"))
    if kind != found:
        raise Unacceptable(_unlike(ending))
    if kind in PICTURES:
        return _picture(kind, content)
    if kind == "pdf":
        return _pdf(content)
    return _text(content) if kind == "text" else _office(ending, content)


def sniff(content: bytes) -> Kind:
    """What the first bytes say; a header further in counts for nothing, so that no file is two things."""
    head = content[:16]
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if head[4:8] == b"ftyp" and head[8:12] in HEIF_BRANDS:
        return "heif"
    if re.match(rb"%PDF-[12]\.\d", head):
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return "zip"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return "ole"
    return "text" if _decoded(content) is not None else "other"


def _picture(kind: Kind, content: bytes) -> Accepted:
    try:
        with Image.open(io.BytesIO(content), formats=[PICTURES[kind]]) as opened:
            if opened.width * opened.height > PIXELS:
                raise Image.DecompressionBombError
            picture = _drawn_anew(opened, keep_alpha=kind == "png")
        whole, small = io.BytesIO(), io.BytesIO()
        if kind == "png":
            picture.save(whole, "PNG")
        else:
            picture.save(whole, "JPEG", quality=85, optimize=True)
        thumbnail = _on_white(picture)
        thumbnail.thumbnail(THUMBNAIL)
        thumbnail.save(small, "JPEG", quality=80)
    except TOO_MANY_PIXELS as error:
        raise Unacceptable(_("This picture has more than 40 million pixels. Make it smaller")) from error
    except BROKEN as error:
        raise Unacceptable(_damaged()) from error
    if kind == "png":
        return Accepted(whole.getvalue(), "image/png", ".png", small.getvalue())
    return Accepted(whole.getvalue(), "image/jpeg", ".jpg", small.getvalue())


def _drawn_anew(opened: Image.Image, *, keep_alpha: bool) -> Image.Image:
    """The dots alone, turned upright and in standard colours: no position, camera, comment or profile is carried over."""
    opened.load()
    profile = opened.info.get("icc_profile")
    picture = ImageOps.exif_transpose(opened)
    if profile and picture.mode in ("RGB", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            standard = ImageCms.createProfile("sRGB")
            picture = ImageCms.profileToProfile(picture, source, standard, outputMode="RGB") or picture
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile nobody can read: the colours may be a little off
    has_alpha = picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info
    picture = picture.convert("RGBA" if keep_alpha and has_alpha else "RGB") if keep_alpha else _on_white(picture)
    picture.info = {}
    return picture


def _on_white(picture: Image.Image) -> Image.Image:
    """The same picture without transparency."""
    if picture.mode == "RGB" and "transparency" not in picture.info:
        return picture.copy()
    if picture.mode not in ("RGBA", "LA", "PA", "P"):
        return picture.convert("RGB")
    above = picture.convert("RGBA")
    below = Image.new("RGB", above.size, "white")
    below.paste(above, mask=above.getchannel("A"))
    return below


def _pdf(content: bytes) -> Accepted:
    tail = content[-2048:]
    if b"%%EOF" not in tail or b"startxref" not in tail:
        raise Unacceptable(_damaged())
    if any(mark in content for mark in MARKED):  # titles and plain text; what is compressed stays unread
        raise Marked(_marked())
    return Accepted(content, "application/pdf", ".pdf")


def _text(content: bytes) -> Accepted:
    words = _decoded(content) or ""
    if re.match(r"\s*<(!doctype|html|svg|script|\?xml|!--)", words, re.IGNORECASE):
        raise Unacceptable(_unlike(".txt"))
    if secret_marking(words):
        raise Marked(_marked())
    return Accepted(content, "text/plain", ".txt")


def _decoded(content: bytes) -> str | None:
    """The text in one of the encodings that offices use, or None where it is none."""
    codes = ("utf-16",) if content[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "gb18030")
    for code in codes:
        try:
            words = content.decode(code)
        except UnicodeDecodeError:
            continue
        if not re.search(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]", words):
            return words
    return None


def _office(ending: str, content: bytes) -> Accepted:
    main, content_type = OFFICE[ending]
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _measure(archive, len(content), main)
            marked = any(secret_marking(words) for words in _words(archive))
    except BROKEN as error:
        raise Unacceptable(_damaged()) from error
    if marked:
        raise Marked(_marked())
    return Accepted(content, content_type, ending)


def marked_office(content: bytes) -> bool:
    """Whether the text of a package carries a secrecy marking; asked before a list that waits to be read is kept."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return any(secret_marking(words) for words in _words(archive))


def _measure(archive: zipfile.ZipFile, packed: int, main: str) -> None:
    """Count before anything is unpacked; refuse bombs, passwords, macros and members that point outside."""
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    if len(members) > MEMBERS or unpacked > UNPACKED or unpacked > RATIO * packed:
        raise Unacceptable(_("This file grows far too large when it is opened. Save it again in a simpler form"))
    names = {member.filename for member in members}
    if any(member.flag_bits & 1 for member in members):
        raise Unacceptable(_("This file has a password. Remove it and upload again"))
    if any(MACROS.search(name) for name in names) or b"macroEnabled" in _part(archive, "[Content_Types].xml", PART):
        raise Unacceptable(_("Files with macros are not taken. Save it without macros and upload again"))
    if main not in names or any(name.startswith("/") or ".." in name.split("/") or "\\" in name for name in names):
        raise Unacceptable(_damaged())


def _words(archive: zipfile.ZipFile) -> Iterator[str]:
    """The text of the parts that people read, without its tags; at most SCANNED bytes in all."""
    left = SCANNED
    for member in archive.infolist():
        if left <= 0:
            return
        if TEXT_PARTS.match(member.filename):
            raw = _part(archive, member.filename, min(PART, left))
            left -= len(raw)
            code = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8"
            pieces = raw.decode(code, errors="ignore").split("<")  # not a pattern: "<<<<" must not take forever
            yield html.unescape("".join(piece.partition(">")[2] for piece in pieces[1:]))


def _part(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    with archive.open(name) as part:
        return part.read(limit)


def _damaged() -> str:
    return _("This file is damaged and cannot be opened. Save it again and choose the new one")


def _unlike(ending: str) -> str:
    return _("Its content does not fit its ending %(ending)s. Save it again as its right type") % {"ending": ending}


def _marked() -> str:
    return _("A file carries a secrecy marking. It was not taken: nothing secret may be entered or uploaded here")
