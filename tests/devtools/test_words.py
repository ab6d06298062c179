"""The words that dev.py takes, and what it says when it cannot go on."""

import ast
import json
import subprocess
import sys

import pytest

from devtools import cli, manage, paths, session, testing


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A clone that nobody uses."""
    monkeypatch.setattr(session, "LOCK", tmp_path / "lock")
    monkeypatch.setattr(session, "NOTE", tmp_path / "running.json")
    return tmp_path


def test_dev_py_parses_on_old_pythons():
    source = (paths.ROOT / "dev.py").read_text(encoding="ascii")

    ast.parse(source, feature_version=(3, 4))


def test_nothing_outside_the_standard_library():
    program = "import sys; sys.path.insert(0, '.'); import devtools.cli"

    done = subprocess.run([sys.executable, "-I", "-S", "-c", program], cwd=paths.ROOT, check=False, capture_output=True)

    assert done.returncode == 0, done.stderr.decode()


@pytest.mark.parametrize("words", [["up", "--port", "0"], ["up", "--port", "x"], ["nonsense"], []])
def test_unknown_words_are_refused(words, capsys):
    with pytest.raises(SystemExit) as stopped:
        cli.main(words)

    assert stopped.value.code == 2
    assert "usage" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "parallel"),
    [
        ([], True),
        (["-q"], True),
        (["tests/devtools"], False),
        (["-n", "0"], False),
        (["--pdb"], False),
        (["-n3"], False),
    ],
)
def test_whole_runs_go_in_parallel_and_chosen_ones_do_not(words, parallel):
    assert bool(testing._in_parallel(words)) is parallel


def test_commands_that_need_no_data_exist_once():
    assert manage.NEEDS_NOTHING.isdisjoint(manage.NEEDS_NO_DATA)


def test_second_holder_is_told_so(clone):
    with session.hold("up") as first, session.hold("up") as second:
        assert (first, second) == (True, False)


def test_holder_announces_itself_only_when_ready(clone):
    with session.hold("up"):
        assert session.announced() is None
        session.announce("http://127.0.0.1:8000/", {"DEMO": "1"})

        found = session.announced()

    assert found["environment"] == {"DEMO": "1"}
    assert session.announced() is None


def test_note_of_a_killed_run_is_not_believed(clone):
    (clone / "running.json").write_text(json.dumps({"pid": 1, "address": "", "environment": {}}))

    assert session.wait_for_running() is None
