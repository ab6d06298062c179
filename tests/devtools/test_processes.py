"""Children are started, remembered and stopped; others are left alone."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from devtools import processes

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
DEAF = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)",
]


@pytest.fixture
def sleeper():
    """A process that is not ours to stop, in a group of its own."""
    process = subprocess.Popen(SLEEP, start_new_session=True)
    yield process
    process.kill()
    process.wait()


def child(tmp_path: Path, argv: list[str] = SLEEP) -> processes.Child:
    return processes.Child("part", argv, log=tmp_path / "part.log", env=dict(os.environ), pids=tmp_path / "pids")


def leave_pid_file(tmp_path: Path, identity: processes.Identity) -> Path:
    file = tmp_path / "pids" / "part.json"
    file.parent.mkdir()
    file.write_text(json.dumps({**asdict(identity), "stop_signal": int(signal.SIGTERM)}))
    return file


def test_identity_of_a_living_process(sleeper):
    identity = processes.identify(sleeper.pid)

    assert identity is not None
    assert identity.program == SLEEP[0]
    assert processes.is_alive(identity)


def test_no_identity_for_a_zombie(sleeper):
    identity = processes.identify(sleeper.pid)
    sleeper.send_signal(signal.SIGKILL)
    processes.wait_until(lambda: processes.identify(sleeper.pid) is None, 5)

    assert sleeper.returncode is None  # nobody has asked for its end yet, so the number is still taken
    assert not processes.is_alive(identity)


def test_child_stops_on_its_signal_and_forgets_its_pid_file(tmp_path):
    part = child(tmp_path)
    part.start()
    assert part.is_running()
    assert part.pid_file.exists()

    processes.stop_all([part], 5)

    assert not part.is_running()
    assert part.how_it_ended() == "signal SIGTERM"
    assert not part.pid_file.exists()


def test_child_that_ignores_its_signal_is_ended_in_time(tmp_path):
    part = child(tmp_path, DEAF)
    part.start()
    assert processes.wait_until(lambda: "deaf" in part.log.read_text(), 10)
    began = time.monotonic()

    processes.stop_all([part], 0.5)

    assert part.how_it_ended() == "signal SIGKILL"
    assert time.monotonic() - began < 3


def test_grandchildren_end_with_the_child(tmp_path):
    parent = (
        "import subprocess, sys, time; p = subprocess.Popen(sys.argv[1:]); print(p.pid, flush=True); time.sleep(60)"
    )
    part = child(tmp_path, [sys.executable, "-c", parent, *SLEEP])
    part.start()
    assert processes.wait_until(lambda: part.log.read_text().strip().isdigit(), 10)
    grandchild = processes.identify(int(part.log.read_text()))
    assert grandchild is not None

    processes.stop_all([part], 5)

    assert processes.wait_until(lambda: not processes.is_alive(grandchild), 5)


def test_leftover_is_stopped_and_named(tmp_path, sleeper):
    file = leave_pid_file(tmp_path, processes.identify(sleeper.pid))

    found = processes.stop_leftovers(tmp_path / "pids")

    assert found == ["part"]
    assert sleeper.wait(5) == -signal.SIGTERM
    assert not file.exists()


@pytest.mark.parametrize("changed", [{"started": "another boot 17"}, {"program": "/usr/bin/other"}])
def test_process_that_got_the_number_later_is_left_alone(tmp_path, sleeper, changed):
    file = leave_pid_file(tmp_path, replace(processes.identify(sleeper.pid), **changed))

    found = processes.stop_leftovers(tmp_path / "pids")

    assert found == []
    assert sleeper.poll() is None
    assert not file.exists()


def test_pid_file_cut_short_by_a_crash_is_no_obstacle(tmp_path):
    file = tmp_path / "pids" / "part.json"
    file.parent.mkdir()
    file.write_text('{"pid": 1, "sta')

    assert processes.stop_leftovers(tmp_path / "pids") == []
    assert not file.exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells children of their parent's death")
def test_child_ends_when_its_parent_is_killed(tmp_path):
    program = (
        "import os, sys, time; from pathlib import Path; from devtools import processes; here = Path(sys.argv[1]);"
        "part = processes.Child('part', sys.argv[2:], log=here / 'log', env={}, pids=here / 'pids'); part.start();"
        "time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", program, str(tmp_path), *SLEEP])
    pid_file = tmp_path / "pids" / "part.json"
    assert processes.wait_until(pid_file.exists, 10)
    pid = json.loads(pid_file.read_text())["pid"]
    assert processes.identify(pid) is not None

    parent.kill()
    parent.wait()

    assert processes.wait_until(lambda: processes.identify(pid) is None, 5)
