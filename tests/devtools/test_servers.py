"""The launcher's servers for real: started, killed, started again with their data, stopped."""

import signal
import time

import psycopg2
import pytest
import redis

from devtools import console, processes, rootless
from devtools.broker import Broker
from devtools.postgres import DATABASE, Binaries
from tests.devtools.conftest import make_cluster, query

pytestmark = pytest.mark.integration


@pytest.fixture
def broker(folder):
    made = Broker(folder / "valkey", log=folder / "valkey.log", pids=folder / "pids")
    yield made
    made.stop()


def test_cluster_is_as_a_site_has_it(cluster):
    cluster.start()

    rows = query(
        cluster.url, "SELECT current_database(), current_setting('server_encoding'), '李' < '王' COLLATE \"default\""
    )

    assert rows == [(DATABASE, "UTF8", "李" < "王")]  # sorted by code point on every system


def test_cluster_wants_its_password(cluster):
    cluster.start()
    stranger = cluster.url.replace(":" + cluster.url.split(":")[2].split("@")[0] + "@", ":wrong@")

    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(stranger)


def test_data_outlives_kill_9_of_the_server(cluster, folder):
    cluster.start()
    query(cluster.url, "CREATE TABLE kept AS SELECT 1 AS one")
    cluster.child.process.send_signal(signal.SIGKILL)
    assert processes.wait_until(lambda: not cluster.is_running(), 5)

    again = make_cluster(folder)
    again.start()
    rows = query(again.url, "SELECT one FROM kept")
    again.stop()

    assert rows == [(1,)]
    assert again.port == cluster.port
    assert not again.is_running()
    assert not (again.data / "postmaster.pid").exists()  # stopped in good order


def test_lock_file_with_a_number_of_somebody_else_is_no_obstacle(cluster, folder):
    cluster.start()
    cluster.stop()
    lock = cluster.data / "postmaster.pid"
    lock.write_text(f"1\n{cluster.data}\n0\n1\n\n127.0.0.1\n\nready   \n")
    rootless.hand_over(lock)

    cluster.start()

    assert query(cluster.url, "SELECT 1") == [(1,)]


def test_setup_that_was_killed_half_way_is_done_again(cluster, folder):
    half = folder / "postgres" / "data.half"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")

    cluster.start()

    assert query(cluster.url, "SELECT 1") == [(1,)]
    assert not half.exists()


def test_data_of_another_version_is_refused_in_words(cluster, folder):
    cluster.start()
    cluster.stop()
    cluster.binaries = Binaries(cluster.binaries.folder, cluster.binaries.major + 1)

    with pytest.raises(console.Refusal, match="belongs to PostgreSQL"):
        cluster.start()


def test_broker_keeps_what_it_holds_over_kill_9(broker, folder):
    broker.start()
    redis.Redis.from_url(broker.url).set("kept", "yes")
    time.sleep(1.2)  # it writes to disk each second; a job lost before that is found again by the next sweep
    broker.child.process.send_signal(signal.SIGKILL)
    assert processes.wait_until(lambda: not broker.is_running(), 5)

    again = Broker(folder / "valkey", log=folder / "valkey.log", pids=folder / "pids")
    again.start()
    kept = redis.Redis.from_url(again.url).get("kept")
    again.stop()

    assert kept == b"yes"
    assert again.port == broker.port


def test_broker_wants_its_password(broker):
    broker.start()

    with pytest.raises(redis.AuthenticationError):
        redis.Redis(port=broker.port).ping()
