"""What is installed is known by stamps, and what goes wrong is said in one sentence."""

import json

import pytest

from devtools import console, paths, venv


@pytest.fixture
def clone(tmp_path, monkeypatch):
    """A clone with one lock file and an environment in which nothing is stamped."""
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(venv, "STAMP", tmp_path / ".venv" / "installed.json")
    (tmp_path / ".venv").mkdir()
    (tmp_path / "requirements.txt").write_text("django==5.2\n")
    return tmp_path


def stamp(clone, value):
    (clone / ".venv" / "installed.json").write_text(json.dumps(value))


def test_stamp_of_the_same_file_means_installed(clone):
    stamp(clone, {"requirements.txt": venv.digest(clone / "requirements.txt")})

    assert venv.installed(["requirements.txt"])


def test_changed_lock_is_not_installed(clone):
    stamp(clone, {"requirements.txt": venv.digest(clone / "requirements.txt")})
    (clone / "requirements.txt").write_text("django==5.2.1\n")

    assert not venv.installed(["requirements.txt"])


@pytest.mark.parametrize("content", ["", "[]", '{"requirements.txt"', "null"])
def test_spoilt_stamp_means_not_installed(clone, content):
    (clone / ".venv" / "installed.json").write_text(content)

    assert not venv.installed(["requirements.txt"])


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (
            "Retrying after connection broken by NewConnectionError('Failed to establish a new connection')",
            "No network",
        ),
        ("error: Request failed: dns error: failed to lookup address", "No network"),
        ("OSError: [Errno 28] No space left on device", "The disk is full"),
        ("THESE PACKAGES DO NOT MATCH THE HASHES", "could not be installed"),
    ],
)
def test_refusal_names_the_reason(said, sentence):
    refusal = venv._explained(console.Refusal("pip failed", output=said))

    assert sentence in str(refusal)
