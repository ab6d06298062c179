"""Walks the demo from somebody's home along its links: one address for each kind of page he can reach."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.urls import Resolver404, resolve

HREF = re.compile(r'<a\b[^>]*?\shref="([^"#]+)"')
SHOWN = {"view", "only", "show", "state"}  # query words whose value makes another page of it
NO_PAGE = {"tasks:file", "tasks:thumb", "tasks:paper-sample", "account_login"}


def kind_of(address: str) -> str:
    """The name of the page behind an address, with what in its query makes another page of it; "" for no page."""
    parts = urlsplit(address)
    try:
        name = resolve(parts.path).view_name
    except Resolver404:
        return ""
    if name in NO_PAGE:
        return ""
    return " ".join([name, *(f"{key}={value}" for key, value in sorted(parse_qsl(parts.query)) if key in SHOWN)])


def links(html: str, address: str) -> list[str]:
    """The links of a page within this site, in their order."""
    found = []
    for href in HREF.findall(html):
        target = urlsplit(urljoin(address, unescape(href)))
        if target.netloc in ("", urlsplit(address).netloc) and target.scheme in ("", "http", "https"):
            found.append(target.path + (f"?{target.query}" if target.query else ""))
    return found
