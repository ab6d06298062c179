"""The words that dev.py understands."""

import argparse
import sys
from collections.abc import Sequence

from devtools import console, lock, manage, testing, up
from devtools.bench import command as benches
from devtools.bench.catalog import NAMES, SCALES
from devtools.chaos import command
from devtools.pictures import command as camera

ABOUT = "Start the product, test it, run its commands. State lives in .venv/ and .local/; delete both to start afresh."


def main(words: Sequence[str]) -> int:
    """Run one command; the exit code is 0 if all went well, and a refusal is one sentence and 1."""
    try:
        return _dispatch(list(words))
    except console.Refusal as refusal:
        print(f"\n{refusal}", file=sys.stderr)
        if refusal.evidence:
            print(refusal.evidence, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        console.say("Stopped.")
        return 130


def _dispatch(words: list[str]) -> int:
    # These two hand their words on, options included, which argparse does not do.
    if words[:1] == ["manage"] and words[1:2] not in (["-h"], ["--help"]):
        return manage.manage(words[1:])
    if words[:1] == ["test"] and words[1:2] not in (["-h"], ["--help"]):
        return testing.test([word for word in words[1:] if word != "--quick"], quick="--quick" in words)
    given = _parser().parse_args(words)
    if given.command == "up":
        return up.up(given.port, empty=given.empty)
    if given.command == "chaos":
        return command.chaos(given.days, given.seed, full=given.full)
    if given.command == "bench":
        return benches.bench(
            given.rows or [], given.json, quick=given.quick, write=given.write, scale=given.scale or ""
        )
    if given.command == "pictures":
        return camera.pictures()
    if given.command == "lock":
        return lock.lock(upgrade=given.upgrade)
    return testing.check()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python3 dev.py", description=ABOUT)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    starts = commands.add_parser("up", help="start everything and load the demo once", description=up.__doc__)
    starts.add_argument("--port", type=_port, default=8000, help="where the pages are served (8000)")
    starts.add_argument(
        "--empty",
        action="store_true",
        help="no demo, one that is there is cleared; print the link that opens the first account",
    )
    tests = commands.add_parser("test", help="static checks, then all tests", description=testing.__doc__)
    tests.add_argument("--quick", action="store_true", help="tests alone, without the static checks")
    tests.add_argument("arguments", nargs="*", help="anything pytest understands, such as -k words or a file")
    commands.add_parser("check", help="the static checks alone")
    runs = commands.add_parser("manage", help="run a Django command with the services up", description=manage.__doc__)
    runs.add_argument("words", nargs="*", help="the command and its arguments")
    storms = commands.add_parser(
        "chaos", help="kill everything at random, then count", description=command.chaos.__doc__
    )
    storms.add_argument("--days", type=int, default=0, help="days that the storm goes on (4; with --full 30)")
    storms.add_argument("--seed", type=int, help="repeat the storm of this number")
    storms.add_argument("--full", action="store_true", help="as long as a release asks for")
    benched = commands.add_parser(
        "bench", help="measure the big things: time, memory", description=benches.bench.__doc__
    )
    benched.add_argument("--rows", nargs="+", choices=NAMES, help="only these")
    benched.add_argument("--scale", choices=SCALES, help="every main page and write in a simulated world of this size")
    benched.add_argument("--quick", action="store_true", help="small sizes: whether it runs, not how fast")
    benched.add_argument("--json", help="write what was measured to this file")
    benched.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    commands.add_parser("pictures", help="take the pictures of README.md anew", description=camera.pictures.__doc__)
    locks = commands.add_parser("lock", help="renew the hash locks in requirements*.txt", description=lock.__doc__)
    locks.add_argument("--upgrade", action="store_true", help="move to the newest versions that the ranges allow")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is no port; choose a number from 1024 to 65535")
    return int(text)
