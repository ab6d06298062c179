"""The bench at a scale: visitors take the time of real answers, and tables tell it beside the bare list and the smaller scale."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from devtools.bench.scales import crowd, paper, processor
from devtools.bench.scales.crowd import Times


class Site(BaseHTTPRequestHandler):
    """A site that lets in whoever has the cookie."""

    protocol_version = "HTTP/1.1"
    asked = 0

    def do_GET(self) -> None:
        Site.asked += 1
        self.send_response(200 if self.headers["Cookie"] == "sessionid=known" else 403)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells of other processes this way")


@pytest.fixture
def port() -> Iterator[int]:
    """The port of a site that answers."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    threading.Thread(target=server.serve_forever).start()
    Site.asked = 0
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_one_visitor_asks_as_often_as_wanted_and_the_first_does_not_count(port: int) -> None:
    times = crowd.alone(port, "sessionid=known", "/", 5, budget=60)

    assert (len(times.each), Site.asked) == (5, 6)
    assert all(0 < each < 30 for each in times.each)


def test_a_slow_page_is_asked_less_often(port: int) -> None:
    assert len(crowd.alone(port, "sessionid=known", "/", 50, budget=0).each) == crowd.FEWEST


def test_sixteen_ask_at_once(port: int) -> None:
    times = crowd.together(port, "sessionid=known", "/", 2)

    assert (len(times.each), Site.asked) == (32, 32)
    assert times.told()["per_second"] > 0


def test_a_page_that_is_refused_is_no_measurement(port: int) -> None:
    with pytest.raises(ValueError, match="/lists/: 403"):
        crowd.together(port, "sessionid=other", "/lists/", 1)


def test_median_and_p95() -> None:
    times = Times([n / 1000 for n in range(1, 101)])

    assert (times.told()["median_ms"], times.told()["p95_ms"]) == (50.5, 95.0)


def result(home: float) -> paper.Result:
    """A measurement in which the bare list takes 10 ms, and home so many."""
    bare = {way: {"median_ms": 10.0, "p95_ms": 12.0} for way in ("one", "crowd")}
    times = {way: {"median_ms": home, "p95_ms": home * 2} for way in ("one", "crowd")}
    pages = [
        {"name": "Home", "who": "city desk", "queries": 9, **times},
        {"name": "Board", "who": "top leader", "queries": 10, "error": "over 120 s"},
    ]
    return {"bare": bare, "pages": pages}


@linux
def test_processor_time_is_that_of_a_process_and_of_all_below_it() -> None:
    busy = (
        "import subprocess, sys, time; subprocess.run([sys.executable, '-c', 'sum(range(4 * 10**7))']); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", busy]) as child:
        try:
            spent = (processor.seconds(child.pid) or 0.0 for _turn in range(600) if not time.sleep(0.1))
            assert any(each > 0.3 for each in spent)
        finally:
            child.kill()
    assert processor.seconds(None) is None


def test_a_page_is_told_as_a_multiple_of_the_bare_list_and_of_the_smaller_scale() -> None:
    lines = paper.table(result(60.0), ("city", result(40.0))).splitlines()

    assert lines[0].endswith("| × city |")
    assert lines[3] == "| Home | city desk | 9 | 60 ms | 120 ms | 6.0 |  |  | 60 ms | 120 ms | 6.0 | 1.5 |"
    assert lines[4] == "| Board | top leader | 10 | over 120 s |  |  |  |  | over 120 s |  |  |  |"
