"""The session that the sign-in package asks providers with: `requests` on top, the guarded connection below (decision 0030)."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import requests
from requests.adapters import BaseAdapter

from branches import outward

SECONDS = 5.0  # somebody is waiting in front of a page


class Guarded(BaseAdapter):
    """Sends over the guarded connection. Whatever is not a success comes out as an error of `requests`."""

    def send(self, request: requests.PreparedRequest, *_args: Any, **_kwargs: Any) -> requests.Response:
        """One request and its answer; a redirect is no answer."""
        body = request.body.encode() if isinstance(request.body, str) else request.body
        try:
            found = outward.ask(
                request.method or "GET", request.url or "", _bytes(body), _plain(request.headers), total=SECONDS
            )
        except outward.Broken as broken:
            raise requests.ConnectionError(broken.words, request=request) from broken
        if not 200 <= found.status < 300:
            raise requests.HTTPError(f"HTTP {found.status}", request=request)
        response = requests.Response()
        response.status_code, response.url, response.request = found.status, request.url or "", request
        response.headers["Content-Type"], response.encoding = "application/json", "utf-8"
        response.raw = io.BytesIO(found.body)
        return response

    def close(self) -> None:
        """Nothing is kept open."""


def _bytes(body: Any) -> bytes | None:
    return body if isinstance(body, bytes) else None


def _plain(headers: Mapping[str, str | bytes]) -> dict[str, str]:
    """Headers as the connection writes them; compressed answers are not understood there."""
    words = {name: value.decode() if isinstance(value, bytes) else value for name, value in headers.items()}
    return words | {"Accept-Encoding": "identity", "Connection": "close"}


def guarded_session() -> requests.Session:
    """A session with no other way out, which takes neither proxies nor passwords from the machine it runs on."""
    session = requests.Session()
    session.trust_env = False
    session.adapters.clear()
    for scheme in ("https://", "http://"):
        session.mount(scheme, Guarded())
    return session
