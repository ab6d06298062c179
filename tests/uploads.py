"""Files as people and attackers make them: photos with a position, office files, bombs, and things under a false name."""

from __future__ import annotations

import io
import zipfile
import zlib

import pillow_heif
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.PngImagePlugin import PngInfo

DOCX_MAIN = "word/document.xml"
TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>'
MACRO_TYPES = TYPES.replace("</Types>", '<Override ContentType="x.macroEnabled.main+xml"/></Types>')
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\nxref\n0 1\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>window.__x=1</script></svg>'


def upload(name: str, content: bytes) -> SimpleUploadedFile:
    """An uploaded file; the content type is the browser's claim and counts for nothing."""
    return SimpleUploadedFile(name, content, content_type="application/octet-stream")


def photo(size: tuple[int, int] = (64, 48), *, orientation: int = 1, colour: str = "navy") -> bytes:
    """A JPEG as a phone makes it: with camera, position and the side it was held on."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "SecretPhone"
    exif.get_ifd(0x8825).update({1: "N", 2: (29.0, 4.0, 44.0), 3: "E", 4: (119.0, 38.0, 50.0)})
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, "JPEG", exif=exif, comment=b"canary-comment")
    return out.getvalue()


def heic(size: tuple[int, int] = (64, 48)) -> bytes:
    """A photo as newer phones make it, with a position."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "SecretPhone"
    pillow_heif.from_pillow(Image.new("RGB", size, "teal")).save(out, exif=exif.tobytes())
    return out.getvalue()


def png(size: tuple[int, int] = (32, 32), mode: str = "RGBA") -> bytes:
    """A picture with a transparent ground and a comment."""
    out = io.BytesIO()
    info = PngInfo()
    info.add_text("Comment", "canary-comment")
    Image.new(mode, size).save(out, "PNG", pnginfo=info)
    return out.getvalue()


def huge_png() -> bytes:
    """A header that promises 60,000 × 60,000 dots."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big")

    head = (60_000).to_bytes(4, "big") * 2 + bytes([8, 2, 0, 0, 0])
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 99)) + chunk(b"IEND", b"")


def office(
    main: str = DOCX_MAIN, text: str = "工作小结", *, extra: dict[str, bytes] | None = None, types: str = TYPES
) -> bytes:
    """An office file with one part of text."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", types)
        archive.writestr(main, f"<w:document><w:t>{text}</w:t></w:document>")
        for name, content in (extra or {}).items():
            archive.writestr(name, content)
    return out.getvalue()
