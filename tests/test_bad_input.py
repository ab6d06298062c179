"""Protocol P9 of reliability.md: everything that once broke ordinary Django code, against every address that there is.

Each address is asked as somebody who gets in, so that the nonsense reaches the view and the database; the fields that a form
sends are read from the page itself, so that a new field is probed without a word here. A bad request is answered with words
(or ignored), never with 500 and never by repeating what was sent as markup.
"""

from __future__ import annotations

import inspect
import itertools
import logging
import re
import traceback
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve, reverse

from dashboards import addresses
from tests.conftest import Cast
from tests.test_access import ADDRESSES, POLICY, Verdict
from tests.test_access import world as everything  # noqa: F401 (a fixture, used by its name below)

pytestmark = pytest.mark.usefixtures("everything")

FINE = {200, 302, 400, 403, 404, 405, 409, 410, 413}
MARKER = "<b id=echo>'\"&{{7*7}}"
NUMBERS = ["9" * 5000, str(2**63), str(2**31), str(10**30), "²", "١", "-1", "0", "1e999", "NaN", "1_0", "+1", "abc"]
DATES = ["2026-02-30", "9999-12-31", "0001-01-01", "2026-13-01", "٢٠٢٦-٠١-٠١"]
WORDS = [
    "a\x00b",
    "\ud800",
    MARKER,
    "𠮷㐂",
    "👩‍👩‍👧‍👦",
    "\u202egnp.exe",
    "%00",
    "'; DROP TABLE x; --",
    "../../etc",
    "\r\nX: y",
]
VALUES = [*NUMBERS, *DATES, *WORDS]
IN_PATH = ["9" * 5000, str(2**63), "²", "١", "%00", "1%00", "-1", "%ED%A0%80", "%FF", "%F0%A0%AE%B7", "%E2%80%AE"]
# Names that our views read from an address; one that a view does not know does no harm
QUERY = re.split(
    r"\s+",
    """page answers q state type year stage view show only last period figure measure by list month order child reason
    size to next role body unit person platform large on kind branch rule line _connector
    id__in""",
)
FORM = "application/x-www-form-urlencoded"
COOKIES = [
    "sessionid=%00", 'sessionid="\\000"', "sessionid=" + "a" * 5000, "sessionid=;;=;csrftoken=é", "messages=[",
    "django_language=xx\x00", 'large_type="\\000"',
]  # fmt: skip
HOSTS = ["evil.example", "testserver:99999", "a b", "[::1", "127.0.0.1@evil.example", ""]


class Fields(HTMLParser):
    """The forms of a page: where each goes, and the names and values that it sends."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = {key: value or "" for key, value in attrs}
        if tag == "form" and found.get("method", "").lower() == "post":
            self.forms.append((found.get("action", ""), {}))
        elif self.forms and found.get("name", "csrfmiddlewaretoken") != "csrfmiddlewaretoken":
            self.forms[-1][1].setdefault(found["name"], found.get("value", "1"))


class Probe:
    """A client that notes every answer that is not fine, and takes back whatever was written."""

    def __init__(self, who: Any) -> None:
        self.client = Client(raise_request_exception=False)
        if who:
            self.client.force_login(who)
        self.cookies = self.client.cookies.output(header="", sep=";")
        self.wrong: list[tuple[str, int | str, str]] = []
        self.count = 0

    def ask(self, what: str, method: str, path: str, data: Any = "", kind: str = FORM, **extra: Any) -> HttpResponse:
        self.client.cookies.clear()
        self.client.cookies.load(self.cookies)
        with undone():
            answer = self.client.generic(method, path, data, kind, **extra)
        self.count += 1
        if answer.status_code not in FINE:
            error = "".join(traceback.format_exception(*answer.exc_info)[-3:]) if answer.exc_info else ""
            self.wrong.append((f"{method} {path[:120]}", answer.status_code, f"{what[:120]}: {error[:1000]}"))
        if not answer.streaming and MARKER in answer.text:
            self.wrong.append((f"{method} {path[:120]}", "echo", what[:120]))
        return answer

    def post(self, path: str, fields: dict[str, str], what: str) -> HttpResponse:
        body = "&".join(f"{quote(name)}={quoted(value)}" for name, value in fields.items())
        return self.ask(what, "POST", path, body)


@contextmanager
def undone() -> Iterator[None]:
    """Whatever a probe writes is taken back, so that the next one meets the same world."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def quoted(value: str) -> str:
    """As a careless client would send it, lone surrogates and all."""
    return quote(value.encode("utf-8", "surrogatepass"))


def places(cast: Cast) -> Iterator[tuple[str, str | None]]:
    """Every address with somebody who gets in; doors for POST alone with somebody who keeps the county."""
    words = {"uidb36": "1", "key": "set-password", "name": "cancel", "lot": uuid.uuid4(), "part": "branch"}
    words["press"] = uuid.uuid4()
    for name, verdicts in sorted(POLICY.items()):
        if isinstance(verdicts, str):
            keys = {key: words.get(key, 1) for key in ADDRESSES[name].pattern.converters}
            yield reverse(name, kwargs=keys), None if name.startswith("account") else "county_admin"
            continue
        for verdict in verdicts:
            assert isinstance(verdict, Verdict)
            if verdict.ok or verdict.guests == 200:
                yield reverse(name, kwargs=verdict.args(cast)), min(verdict.ok) if verdict.ok else None
                break


@pytest.fixture(autouse=True)
def _no_limit_of_tries(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits of tries are tested in test_headers; here each probe is the first."""
    monkeypatch.setattr("allauth.core.internal.ratelimit.consume", lambda *_args, **_kwargs: True)


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Thousands of refused requests are a page of log each; nobody reads them."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def read_by(url: str) -> list[str]:
    """Names of parameters that stand in the module of the view, or in the one that reads addresses for it."""
    module = inspect.getmodule(inspect.unwrap(resolve(url).func))
    assert module
    source = inspect.getsource(module) + (
        inspect.getsource(addresses) if module.__name__.startswith("dashboards") else ""
    )
    return [name for name in QUERY if f'"{name}"' in source]


def test_addresses(cast: Cast) -> None:
    """Nonsense in place of every id, and in every parameter: all of them at once, then those that are read alone."""
    wrong, turn, path_turn = [], itertools.cycle(VALUES), itertools.cycle(IN_PATH)
    for number, (url, who) in enumerate(places(cast)):
        probe = Probe(cast.person(who) if who else None)
        for key in re.findall(r"(?<=/)\d+(?=[/-])", url):
            for value in itertools.islice(path_turn, 4):  # converters are shared: each meets every value many times
                probe.ask("path", "GET", url.replace(f"/{key}", f"/{value}", 1))
        probe.ask("NUL after the address", "GET", url + "%00")
        for value in itertools.islice(turn, 1):
            probe.ask("all parameters", "GET", url + "?" + "&".join(f"{key}={quoted(value)}" for key in QUERY))
        for key in read_by(url):
            value, before = next(turn), f"{key}=1&" if number % 2 else ""  # the last of two counts
            probe.ask(f"{before}{key}={value!r}", "GET", f"{url}?{before}{key}={quoted(value)}")
        wrong += probe.wrong

    assert not wrong, "\n".join(map(str, wrong))


MULTIPART = "multipart/form-data; boundary=x"
BODIES: list[tuple[str, str | bytes, str]] = [
    ("JSON", '{"op": NaN', "application/json"),
    ("override", "_method=DELETE", FORM),
    *(
        ("broken multipart", body, MULTIPART)
        for body in ("--x\r\nContent-Disposition: form-data; name=", "--y--", "", "\x00" * 50, "--x\r\n\r\n--x--")
    ),
    ("no boundary", "x", "multipart/form-data"),
    ("charset", "op=1", f"{FORM}; charset=utf-7"),
    ("not UTF-8", b"op=\xff\xfe&text=\xed\xa0\x80", FORM),
    ("4,001 fields", "&".join(f"f{n}=1" for n in range(4001)), FORM),
]


def test_methods_bodies_and_headers(cast: Cast) -> None:
    """Methods nobody uses, bodies that are none, hosts and cookies of other places.

    What reads a body is the same for every view, so the bodies take turns: an address meets four, a body dozens of addresses.
    """
    wrong, bodies = [], itertools.cycle(BODIES)
    for number, (url, who) in enumerate(places(cast)):
        probe = Probe(cast.person(who) if who else None)
        for method in ("HEAD", "PUT" if number % 2 else "OPTIONS"):
            probe.ask("method", method, url, "{}", "application/json")
        for what, body, kind in itertools.islice(bodies, 4):
            probe.ask(what, "POST", url, body, kind, HTTP_X_HTTP_METHOD_OVERRIDE="DELETE")
        wrong += probe.wrong
        if number % 6:  # what follows is answered before any view is asked
            continue
        probe = Probe(cast.person(who) if who else None)
        for method in ("DELETE", "TRACE", "PATCH", "BREW"):
            probe.ask("method", method, url, "{}", "application/json")
        for host in HOSTS:
            answer = probe.ask(f"host {host}", "GET", url, HTTP_HOST=host, HTTP_X_FORWARDED_HOST="evil.example")
            if "evil" in answer.headers.get("Location", ""):
                wrong.append((url, "host", host))
        for cookie in COOKIES:
            probe.client.cookies.clear()
            probe.ask(f"cookie {cookie}", "GET", url, HTTP_COOKIE=cookie)
        probe.ask("language", "GET", url, HTTP_ACCEPT_LANGUAGE="zh" * 40_000, HTTP_X_FORWARDED_FOR="\x00")
        probe.ask("htmx", "GET", url, HTTP_HX_REQUEST="true", HTTP_HX_CURRENT_URL="\x00", HTTP_RANGE="bytes=9-1")
        wrong += probe.wrong

    assert not wrong, "\n".join(map(str, wrong))


def forms_of(cast: Cast) -> dict[tuple[str, tuple[str, ...]], tuple[str, dict[str, str]]]:
    """Every form that the pages offer: address and names of fields → who was offered it, and the values."""
    found: dict[tuple[str, tuple[str, ...]], tuple[str, dict[str, str]]] = {}
    for name, verdicts in POLICY.items():
        for verdict in verdicts if isinstance(verdicts, list) else ():
            assert isinstance(verdict, Verdict)
            for who in {min(verdict.ok), max(verdict.ok)} if len(verdict.ok) > 4 else sorted(verdict.ok)[:1]:
                client = Client()
                client.force_login(cast.person(who))
                url = reverse(name, kwargs=verdict.args(cast))
                answer = client.get(url)
                if answer.streaming or "html" not in answer.headers.get("Content-Type", ""):
                    continue
                page = Fields()
                page.feed(answer.text)
                for action, fields in page.forms:
                    shape = (re.sub(r"\d+", "1", urlsplit(action).path or url), tuple(sorted(fields)))
                    found.setdefault(shape, (who, {**fields, "": urlsplit(action).path or url}))
    return found


def test_forms(cast: Cast) -> None:
    """Every form with nonsense in all fields at once, then in each field alone while the others are as the page gave them.

    The kinds of nonsense take turns, so that the whole stays bearable and each meets dozens of forms.
    """
    turn, wrong, count = itertools.cycle(VALUES), [], 0
    forms = forms_of(cast)
    assert len(forms) > 25, "the pages offer forms"
    for who, given in forms.values():
        url, probe = given.pop(""), Probe(cast.person(who))
        whole = {**given, "op": str(uuid.uuid4())}
        for value in itertools.islice(turn, len(VALUES) // 7):
            probe.post(url, {**dict.fromkeys(given, value), "op": whole["op"]}, f"all {value!r}")
        for name in {re.sub(r"\d+", "0", name): name for name in given}.values():  # of fields in rows, one row's
            value = next(turn)
            probe.post(url, {**whole, name: value}, f"{name}={value!r}")
        probe.post(url, {**whole, "op": "not-an-id"}, "bad op")
        probe.post(url, {**dict.fromkeys(given, "字" * 20_000), "op": whole["op"]}, "long")
        wrong += probe.wrong
        count += probe.count

    assert not wrong, "\n".join(map(str, wrong))
    assert count > 1000


FILES = {
    "25 files": [(f"{n}.txt", b"x") for n in range(25)],
    "NUL in the name": [("a\x00.txt", b"x")],
    "path in the name": [("../../a.txt", b"x")],
    "emoji in the name": [("👩‍👧𠮷\u202e.txt", b"x")],
    "long name": [("长" * 300 + ".txt", b"x")],
    "empty": [("a.txt", b"")],
    "no picture": [("a.jpg", b"GIF89a<script>")],
    "no book": [("a.xlsx", b"PK\x03\x04" + b"\x00" * 60)],
    "not UTF-8": [("a.csv", b"\xff\xfe\x00\xd8" * 40)],
    "no ending": [("x", b"<script>")],
}


def test_files(cast: Cast) -> None:
    """Files that are none, too many, or called what no file is called; where a person may send some."""
    row, task = cast.to_branch_a.pk, cast.to_office.task_id
    doors = [
        (reverse("tasks:update", args=[row]), cast.member, "files"),
        (reverse("tasks:upload", args=[row]), cast.member, "files"),
        (reverse("tasks:import"), cast.secretary, "file"),
        (reverse("tasks:task-files", args=[task]), cast.secretary, "file"),
    ]
    answers = {}
    for (url, who, field), (label, files) in itertools.product(doors, FILES.items()):
        client = Client(raise_request_exception=False)
        client.force_login(who)
        sent = [SimpleUploadedFile("x", content) for _name, content in files]
        for file, (name, _content) in zip(sent, files, strict=True):
            file.__dict__["_name"] = name  # as a careless client calls it; Django would shorten it here already
        values = {"op": str(uuid.uuid4()), "text": "x", "year": "2026", "issuer": cast.city.pk, "version": "1"}
        with undone():
            answers[url, label] = client.post(url, {field: sent, **values}).status_code

    assert {place: code for place, code in answers.items() if code not in FINE} == {}
    assert answers[doors[0][0], "25 files"] == 400


def test_a_text_of_a_million_characters_is_refused_with_words(cast: Cast) -> None:
    url = reverse("tasks:update", args=[cast.to_branch_a.pk])

    answer = Probe(cast.member).post(
        url, {"op": str(uuid.uuid4()), "text": "a" * 1_000_000, "version": "1"}, "long text"
    )

    assert answer.status_code == 400


def test_a_body_of_three_million_characters_is_too_large(cast: Cast) -> None:
    url = reverse("tasks:update", args=[cast.to_branch_a.pk])

    answer = Probe(cast.member).post(
        url, {"op": str(uuid.uuid4()), "text": "a" * 3_000_000, "version": "1"}, "long text"
    )

    assert answer.status_code == 413
