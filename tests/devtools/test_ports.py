"""Ports: free or not, and the same again next time."""

import socket

import pytest

from devtools import ports


@pytest.fixture
def taken():
    """A port on which somebody listens."""
    with socket.socket() as listener:
        listener.bind((ports.LOOPBACK, 0))
        listener.listen(1)
        yield listener.getsockname()[1]


def test_taken_port_is_not_free(taken):
    assert not ports.is_free(taken)


def test_chosen_port_is_free():
    assert ports.is_free(ports.choose())


def test_port_is_remembered(tmp_path):
    first = ports.remembered(tmp_path / "port")

    assert ports.remembered(tmp_path / "port") == first


@pytest.mark.parametrize("content", ["", "no number", "22", "null", "[1]"])
def test_spoilt_memory_gives_another_port(tmp_path, content):
    (tmp_path / "port").write_text(content)

    port = ports.remembered(tmp_path / "port")

    assert 1024 <= port <= 65535
    assert (tmp_path / "port").read_text() == str(port)


def test_port_taken_meanwhile_is_given_up(tmp_path, taken):
    (tmp_path / "port").write_text(str(taken))

    assert ports.remembered(tmp_path / "port") != taken
