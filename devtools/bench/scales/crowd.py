"""Asks pages as browsers do and takes the time: one visitor after the other, or many at once."""

from __future__ import annotations

import http.client
import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

from devtools.bench.scales import processor

AT_ONCE = 16
LIMIT = 120.0  # seconds after which a visitor gives up
FEWEST = 3  # requests, however slow a page is


@dataclass(frozen=True)
class Times:
    """What a number of requests took, in seconds."""

    each: Sequence[float]
    whole: float = 0.0  # from the first to the last, where many came at once
    spent: Sequence[float] = ()  # of the web server and of the database, for each request

    @property
    def median(self) -> float:
        """Half of them were faster."""
        return statistics.median(self.each)

    @property
    def p95(self) -> float:
        """Nineteen of twenty were faster."""
        return sorted(self.each)[max(0, round(len(self.each) * 0.95 + 0.49) - 1)]

    def told(self) -> dict[str, float]:
        """For the file."""
        told = {"median_ms": ms(self.median), "p95_ms": ms(self.p95), "n": len(self.each)}
        told |= {name: ms(each) for name, each in zip(("web_cpu_ms", "db_cpu_ms"), self.spent, strict=False)}
        return told | ({"per_second": round(len(self.each) / self.whole, 1)} if self.whole else {})


def ms(seconds: float) -> float:
    """Milliseconds, as exact as they are worth telling."""
    return round(seconds * 1000, 1)


class Visitor:
    """A browser that keeps its connection and its cookie."""

    def __init__(self, port: int, cookie: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=LIMIT)
        self.headers = {"Cookie": cookie, "Accept-Encoding": "gzip", "Accept-Language": "zh-hans"}

    def get(self, address: str) -> float:
        """Ask a page, read it to its end; how long that took."""
        began = time.perf_counter()
        self.connection.request("GET", address, headers=self.headers)
        answer = self.connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise ValueError(f"{address}: {answer.status}")
        return time.perf_counter() - began


def alone(port: int, cookie: str, address: str, times: int, budget: float, servers: Sequence[int | None] = ()) -> Times:
    """One visitor, one request after the other; fewer than `times` where the budget of seconds is used up. The first request,
    which may find nothing in memory, is not counted. `servers` are processes whose processor time is told."""
    visitor = Visitor(port, cookie)
    visitor.get(address)
    each: list[float] = []
    before = [processor.seconds(server) for server in servers]
    while len(each) < times and (len(each) < FEWEST or sum(each) < budget):
        each.append(visitor.get(address))
    after = [processor.seconds(server) for server in servers]
    spent = [(last - first) / len(each) for first, last in zip(before, after, strict=True) if None not in (first, last)]  # type: ignore[operator]
    return Times(each, spent=spent)


def together(port: int, cookie: str, address: str, rounds: int) -> Times:
    """Sixteen visitors who begin at the same moment and ask `rounds` times each."""
    each: list[float] = []
    faults: list[Exception] = []
    start = threading.Barrier(AT_ONCE + 1)

    def visit() -> None:
        visitor = Visitor(port, cookie)
        start.wait()
        try:
            each.extend([visitor.get(address) for _round in range(rounds)])
        except (OSError, http.client.HTTPException, ValueError) as error:
            faults.append(error)

    threads = [threading.Thread(target=visit) for _number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.perf_counter()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]
    return Times(each, time.perf_counter() - began)
