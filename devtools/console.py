"""What the terminal shows: a line for each step, a bar or dots while it lasts, a sentence when it fails."""

import codecs
import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, Self, TextIO, cast

from devtools import parent, paths

WIDTH = 24  # of the titles, so that the outcomes stand below each other
PATIENCE = 2.0  # seconds after which a step shows that it is alive


class Refusal(Exception):
    """Why we cannot go on, in one sentence, with lines of evidence below it; `output` is all that a program said."""

    def __init__(self, sentence: str, evidence: str = "", output: str = "") -> None:
        super().__init__(sentence)
        self.evidence, self.output = evidence, output


class _Terminal:
    stream: TextIO = sys.stdout


def speak_aside() -> None:
    """Leave stdout to the output of a Django command, which somebody may be piping, and speak on stderr."""
    _Terminal.stream = sys.stderr


def say(text: str = "", end: str = "\n") -> None:
    """Print at once; a reader who has gone away is no reason to fall over."""
    with contextlib.suppress(OSError, ValueError):
        print(text, end=end, flush=True, file=_Terminal.stream)


def tail(log: Path | str, lines: int = 20) -> str:
    """The last lines of a log or of an output, indented, for showing under a sentence."""
    try:
        text = log if isinstance(log, str) else log.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
    return "\n".join(f"    {line}" for line in text.splitlines()[-lines:])


class Step:
    """One line of progress; used as `with Step("PostgreSQL") as step:`. Say more about the end in `step.outcome`."""

    def __init__(self, title: str, total: int = 0) -> None:
        self.title, self.total, self.done = title, total, 0
        self.outcome = ""
        self.tty = _Terminal.stream.isatty()
        self.started = self.shown = time.monotonic()
        self.drawn = False

    def __enter__(self) -> Self:
        say(f"  {self.title:<{WIDTH}}", end="")
        return self

    def tick(self, done: int = 0) -> None:
        """Call often while waiting: draws the bar on a terminal, else a dot every two seconds."""
        self.done = min(done, self.total)
        now = time.monotonic()
        if now - self.started < PATIENCE or now - self.shown < (0.2 if self.tty else PATIENCE):
            return
        self.shown, self.drawn = now, True
        if self.tty:
            say(f"\r  {self.title:<{WIDTH}}{self._bar(now)}", end="")
        else:
            say(".", end="")

    def _bar(self, now: float, width: int = 24) -> str:
        seconds = f"{now - self.started:4.0f} s"
        if self.total:
            full = width * self.done // self.total
            return f"[{'#' * full}{'.' * (width - full)}] {100 * self.done // self.total:3} % {seconds}"
        at = int(now * 5) % (width - 2)
        return f"[{'.' * at}###{'.' * (width - 3 - at)}] {seconds}"

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        seconds = time.monotonic() - self.started
        outcome = self.outcome or "done"
        if kind is not None:
            outcome = "stopped" if issubclass(kind, KeyboardInterrupt) else "failed"
        took = f"{outcome}, {seconds:.1f} s" if seconds >= 0.1 else outcome
        if self.tty and self.drawn:
            say(f"\r\033[K  {self.title:<{WIDTH}}{took}")
        else:
            say(f"{' ' if self.drawn else ''}{took}")


def run(
    step: Step,
    argv: Sequence[str | Path],
    *,
    env: Mapping[str, str],
    log: Path | None = None,
    progress: Callable[[str], int] | None = None,
    failing: str = "",
) -> str:
    """Run a program to its end under a step and return what it printed, which also goes to `log`.

    `progress` turns what was printed so far into a number between 0 and the step's total, and so moves the bar.
    If the program fails, `failing` is the sentence of the refusal.
    """
    child = subprocess.Popen(
        [str(part) for part in argv],
        env=dict(env),
        cwd=paths.ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,  # Ctrl-C reaches us alone, and we end the child
        preexec_fn=parent.tie(),  # noqa: PLW1509 (no threads)
    )
    output = ""
    try:
        for piece in _pieces(child):
            output += piece
            step.tick(progress(output) if progress else 0)
    except BaseException:
        _end_group(child)
        raise
    finally:
        if log:
            log.write_text(output, encoding="utf-8")
    if child.returncode != 0:
        raise Refusal(failing or f"{step.title} failed (exit code {child.returncode}).", tail(output), output)
    return output


def _pieces(child: "subprocess.Popen[bytes]") -> Iterator[str]:
    """What the child prints, as it comes, with empty pieces in between while it is silent, until it has ended."""
    pipe = cast(BinaryIO, child.stdout)
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    with pipe, selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        while True:
            if selector.select(timeout=0.2):
                piece = os.read(pipe.fileno(), 65536)
                if not piece:
                    break
                yield decoder.decode(piece)
            elif child.poll() is not None:
                break  # it ended, and something it left behind still holds the pipe
            yield ""
    while child.poll() is None:
        time.sleep(0.02)
        yield ""


def _end_group(child: "subprocess.Popen[bytes]") -> None:
    """End a child that started no services of its own, with all that it started."""
    for number, patience in ((signal.SIGTERM, 3.0), (signal.SIGKILL, 3.0)):
        try:
            os.killpg(child.pid, number)
            child.wait(patience)
            return
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue
