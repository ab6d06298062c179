"""Walks the demo from somebody's home along its links: one address for each kind of page he can reach."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import parse_qsl, urljoin, urlsplit

from django.urls import Resolver404, resolve

HREF = re.compile(r'<a\b[^>]*?\shref="([^"#]+)"')
SHOWN = {"view", "only", "show", "by"}  # query words that make another page of it
# Pages so different from one to the next that some of them are met
VARIED = {"branches:branch": 4, "tasks:assignment": 3, "tasks:list": 9}
NO_PAGE = {
    "activities:file",
    "tasks:file",
    "tasks:thumb",
    "tasks:paper-sample",
    "tasks:opening-blank",
    "tasks:paper-problems",
    "tasks:list-xlsx",
    "tasks:feed",
    "tasks:roster-blank",
    "tasks:roster-xlsx",
    "tasks:slip-docx",
    "tasks:slip-file",
    "tasks:list-archive",
    "tasks:list-docx",
    "tasks:collation-docx",
    "dashboards:report-docx",
    "account_login",
}


def kind_of(address: str) -> str:
    """The name of the page behind an address, with what in its query makes another page of it; "" for no page."""
    parts = urlsplit(address)
    try:
        name = resolve(parts.path).view_name
    except Resolver404:
        return ""
    if name in NO_PAGE:
        return ""
    marks = [f"{key}={value}" for key, value in sorted(parse_qsl(parts.query)) if key in SHOWN]
    return " ".join([name, *marks])


def links(html: str, address: str) -> list[str]:
    """The links of a page within this site, in their order."""
    targets = [urlsplit(urljoin(address, unescape(href))) for href in HREF.findall(html)]
    return [one.path + (f"?{one.query}" if one.query else "") for one in targets if not one.scheme and not one.netloc]


def walk(get: Callable[[str], str]) -> dict[str, str]:
    """One address for each kind of page that can be reached from home; `get` gives the page behind an address."""
    found, queue = {kind_of("/"): "/"}, ["/"]
    while queue:
        address = queue.pop(0)
        for link in links(get(address), address):
            kind = kind_of(link)
            names = [kind, *(f"{kind} {turn}" for turn in range(2, VARIED.get(kind, 1) + 1))]
            free = next((name for name in names if name not in found), None)
            if kind and free and link not in found.values():
                found[free] = link
                queue.append(link)
    return found
