"""The storm: a whole site in real processes, killed at random while people report and mails go out, day after day.

`python -m devtools.chaos.storm --days N --seed S`. Each day has a stormy part and a calm one in which what was killed is up
again; the clock moves on only then. The exit code is 1 if anything was missed or doubled.
"""

import argparse
import http.client
import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import chinese_calendar
import psycopg2

from devtools import console, environment, paths, ports, processes, rootless
from devtools.broker import Broker
from devtools.chaos.verdict import Ledger, Told, judge
from devtools.postgres import Cluster
from tests.reminders.oracle import ONE, Known, Oracle

UNWILLING = "451 at RCPT"
BAD_WEATHER = ["take", "take", "421 at MAIL", UNWILLING, "break off at DATA", "store and break off"]
TRIED = "SELECT 1 FROM tasks_digest WHERE day = %s AND (attempts > 0 OR state = 'sent') LIMIT 1"
# Entries of to-do lists that wait, and rows told in DingTalk for which the next sweep makes one
UNWRITTEN = """SELECT 1 FROM tasks_todo WHERE state = 'ready' UNION ALL
               SELECT 1 FROM tasks_reminder r WHERE r.channel = 'dingtalk' AND r.subject_type = 'assignment' AND r.state = 'sent'
               AND NOT EXISTS (SELECT 1 FROM tasks_todo t WHERE t.user_id = r.recipient_id AND t.assignment_id = r.subject_id)
               LIMIT 1"""
STORM, CALM = 14.0, 120.0  # seconds of a day in which things are killed; patience for the quiet after it
SICK_PATIENCE = 20.0
GRACE = 2.0  # seconds for the mails that are on their way to meet the same refusal
PYTHON = str(paths.PYTHON)
QUEUES = ("tasks_digest", "tasks_todo")
# An hour goes by for what waits: pauses end, and claims of the dead lapse
AN_HOUR = """UPDATE {queue} SET not_before = not_before - interval '1 hour', claimed_at = claimed_at - interval '1 hour'
             WHERE state = 'ready'"""


def works(day: date) -> bool:
    """The notice of the State Council where there is one."""
    try:
        return bool(chinese_calendar.is_workday(day))
    except NotImplementedError:
        return day.weekday() < 5


class Site:
    """The servers and the five processes of a site."""

    def __init__(self, folder: Path, chance: random.Random, sick: str = "") -> None:
        self.folder, self.chance, self.sick = folder, chance, sick
        pids = folder / "pids"
        self.cluster = Cluster(folder / "postgres", log=folder / "postgres.log", pids=pids)
        self.broker = Broker(folder / "valkey", log=folder / "valkey.log", pids=pids)
        self.port, self.mail_port, self.chat_port = ports.choose(), ports.choose(), ports.choose()
        self.apps: dict[str, processes.Child] = {}

    def start_servers(self) -> None:
        """Database and broker."""
        self.cluster.start()
        self.broker.start()

    def variables(self) -> dict[str, str]:
        """The environment of every process of the site."""
        urls = {"DATABASE_URL": self.cluster.url, "REDIS_URL": self.broker.url}
        base = environment.for_tests(urls, media=str(self.folder / "media"))
        address = f"http://127.0.0.1:{self.port}"
        return base | {
            "EMAIL_URL": f"smtp://127.0.0.1:{self.mail_port}",
            "SITE_URL": address,
            "DINGTALK_URL": f"http://key:secret@localhost:{self.chat_port}/1",
            "DINGTALK_TODO_URL": f"http://localhost:{self.chat_port}",
            "WECOM_URL": f"http://corp:secret@localhost:{self.chat_port}/1",
            "OUTWARD_PRIVATE": "localhost",
            "SICK": self.sick,
        }

    def start_apps(self) -> None:
        """Web, two workers and two clocks."""
        module = "devtools.chaos.sick" if self.sick else "cppcc_party"
        celery = [PYTHON, "-m", "celery", "-A"]
        worker = [*celery, module, "worker", *["-P", "threads", "-c", "2", "--without-mingle", "--without-gossip"]]
        web = [PYTHON, "-m", "gunicorn", "cppcc_party.wsgi", f"--bind=127.0.0.1:{self.port}", "--workers=2"]
        words = {"web": [*web, *["--worker-class=gthread", "--threads=4", "--no-control-socket"]]}
        for number in ("1", "2"):
            words[f"worker{number}"] = [*worker, "-n", f"w{number}@%h"]
            schedule = self.folder / f"timetable{number}"
            words[f"beat{number}"] = [*celery, "devtools.chaos.hasty", "beat", f"--schedule={schedule}", "--pidfile="]
        for name, argv in words.items():
            log = self.folder / f"{name}.log"
            self.apps[name] = processes.Child(name, argv, log=log, env=self.variables(), pids=self.folder / "pids")
            self.apps[name].start()
        self.wait()

    def strike(self) -> str:
        """Kill one of them without warning, and bring it back after a moment. Who it was."""
        name = self.chance.choice(["web", "worker1", "worker1", "worker2", "beat1", "beat2", "broker", "postgres"])
        pause = self.chance.uniform(0.1, 1.5)
        if name in self.apps:
            self.apps[name].kill()
            time.sleep(pause)
            self.apps[name].start()
            return name
        server = self.broker if name == "broker" else self.cluster
        if server.child:
            server.child.kill()
        time.sleep(pause)
        if isinstance(server, Broker) and self.chance.random() < 0.5:  # and it has forgotten everything
            shutil.rmtree(self.folder / "valkey" / "appendonlydir", ignore_errors=True)
            name = "broker, emptied"
        server.start()
        return name

    def fresh_workers(self) -> None:
        """So that nobody alive holds a claim, and time may go by for those of the dead."""
        for name in ("worker1", "worker2"):
            self.apps[name].kill()
            self.apps[name].start()

    def wait(self) -> None:
        """Until the pages answer."""
        if not processes.wait_until(self._answers, 90):
            raise console.Refusal("The web process does not answer.", console.tail(self.folder / "web.log"))

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/readyz")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def run(self, *words: str) -> str:
        """A program of ours under the site's environment; what it says."""
        argv = [PYTHON, *words]
        done = subprocess.run(argv, env=self.variables(), cwd=paths.ROOT, capture_output=True, text=True, check=False)
        if done.returncode:
            raise console.Refusal(f"{' '.join(words)} failed.", console.tail(done.stderr, 30))
        return done.stdout

    def sql(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Ask the database, past the product."""
        connection = psycopg2.connect(self.cluster.url)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(statement, values)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def hour_by(self, only: str = "") -> None:
        """Let an hour go by for what waits; `only` narrows it."""
        for queue in QUEUES:
            self.sql(AN_HOUR.format(queue=queue) + only)

    def stop(self) -> None:
        """Everything."""
        children = [*self.apps.values(), *(server.child for server in (self.cluster, self.broker) if server.child)]
        processes.stop_all(children, 5)


class Crowd:
    """The process of the people and the mail server."""

    def __init__(self, folder: Path, setting: dict[str, Any]) -> None:
        self.file = folder / "crowd.json"
        argv = [PYTHON, "-m", "devtools.chaos.crowd", str(self.file)]
        with (folder / "crowd.log").open("ab") as log:
            self.process = subprocess.Popen(
                argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, cwd=paths.ROOT
            )
        self.order(json.dumps(setting))

    def order(self, words: str) -> None:
        """Give an order and wait until it is carried out."""
        if self.process.stdin is None or self.process.stdout is None:
            raise console.Refusal("The crowd cannot be spoken to.")
        self.process.stdin.write(words + "\n")
        self.process.stdin.flush()
        if not self.process.stdout.readline():
            raise console.Refusal("The crowd has gone home.")

    def end(self) -> dict[str, Any]:
        """What it saw."""
        self.order("end")
        self.process.wait(30)
        return dict(json.loads(self.file.read_text(encoding="utf-8")))


def storm(folder: Path, days: int, seed: int, rows: int, sick: str) -> list[str]:
    """The whole of it; the faults."""
    chance = random.Random(seed)  # noqa: S311 (a storm that can be repeated)
    first = (datetime.now(UTC) + timedelta(hours=8)).date()
    site = Site(folder, chance, sick)
    crowd = None
    try:
        with console.Step("Servers, tables, world") as step:
            site.start_servers()
            site.run("manage.py", "migrate", "-v0", "--no-input")
            made = json.loads(site.run("-m", "devtools.chaos.ground", first.isoformat(), str(rows)).splitlines()[-1])
            step.outcome = f"{rows} rows"
        setting = {**made, "port": site.port, "mail_port": site.mail_port, "chat_port": site.chat_port, "seed": seed}
        crowd = Crowd(folder, setting)
        site.start_apps()
        oracle = Oracle(works)
        issued = date.fromisoformat(made["issued"])
        oracle.rows = {pk: Known(person, date.fromisoformat(due), issued) for pk, person, due in made["rows"]}
        struck: Counter[str] = Counter()
        for number in range(days):
            _day(site, crowd, oracle, first + number * ONE, number, struck)
        seen = crowd.end()
        ledger = _ledger(site)
    finally:
        if crowd:
            crowd.process.kill()
        site.stop()
    verdict = judge(oracle.expected, ledger, seen, made["mail"])
    console.say("  " + ", ".join(f"{name} {count}" for name, count in sorted(struck.items())) + " killed")
    console.say("  " + ", ".join(f"{count} {name}" for name, count in verdict.figures.items()))
    return verdict.faults


def _day(site: Site, crowd: Crowd, oracle: Oracle, day: date, number: int, struck: Counter[str]) -> None:
    """A day: the clock is moved, things are killed for a while, then all is brought up and everything has to go out."""
    with console.Step(f"{day}") as step:
        crowd.order(f"mode {UNWILLING}")  # until a mail of the day was tried: whoever marks first loses it
        crowd.order(f"day {day}")
        site.sql("UPDATE branches_demostate SET days_ahead = %s", number)
        if works(day):
            oracle.speak(day)
        crowd.order("go")
        if works(day):
            patience = SICK_PATIENCE if site.sick else CALM  # a sick sender may never count its tries
            processes.wait_until(lambda: bool(site.sql(TRIED, day)), patience, step)
            time.sleep(GRACE)
        over = time.monotonic() + STORM
        while time.monotonic() < over:
            crowd.order(f"mode {site.chance.choice(BAD_WEATHER)}")
            struck[site.strike()] += 1
            time.sleep(site.chance.uniform(0.2, 2.5))
            site.hour_by(" AND claimed_at IS NULL AND attempts < 5")  # the last tries are kept for the calm
            step.tick()
        crowd.order("mode take")
        site.wait()
        crowd.order("rest")
        site.fresh_workers()
        site.hour_by()
        processes.wait_until(lambda: _sent(site) >= oracle.expected and not site.sql(UNWRITTEN), CALM, step)
        step.outcome = f"{len(_sent(site))} told"


def _sent(site: Site) -> set[Told]:
    return {one[:4] for one in _told(site)}


def _told(site: Site) -> list[Any]:
    return site.sql(
        """SELECT (r.done_at AT TIME ZONE 'Asia/Shanghai')::date, u.username, r.kind, r.subject_id::int, d.message_id, d.attempts,
                  r.channel
           FROM tasks_reminder r JOIN branches_user u ON u.id = r.recipient_id LEFT JOIN tasks_digest d ON d.id = r.digest_id
           WHERE r.state = 'sent' AND r.subject_type IN ('assignment', 'overdue') ORDER BY 1, 2, 3, 4"""
    )


def _ledger(site: Site) -> Ledger:
    counts = dict(
        site.sql(
            "SELECT state, count(*) FROM tasks_reminder WHERE subject_type IN ('assignment', 'overdue') GROUP BY state"
        )
    )
    texts = Counter(text for (text,) in site.sql("SELECT text FROM tasks_report"))
    entries = site.sql(
        """SELECT t.source::text, u.username, t.assignment_id::int, t.is_done, t.state FROM tasks_todo t
           JOIN branches_user u ON u.id = t.user_id"""
    )
    failed = counts.get("dead", 0) + counts.get("expired", 0)
    return Ledger(_told(site), counts.get("ready", 0), failed, texts, entries)


def main() -> int:
    """The words of the command line."""
    parser = argparse.ArgumentParser(prog="devtools.chaos.storm")
    parser.add_argument("--days", type=int, default=4)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rows", type=int, default=240)
    parser.add_argument("--sick", default="", help="sow a fault that has to be found: see devtools/chaos/sick.py")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="cppcc-chaos-", dir=rootless.temporary_base()))
    folder.chmod(0o711)
    try:
        faults = storm(folder, given.days, given.seed, given.rows, given.sick)
    except console.Refusal as refusal:
        print(f"{refusal}\n{refusal.evidence}", file=sys.stderr)
        return 1
    for fault in faults[:40]:
        console.say(f"  {fault}")
    console.say(f"{len(faults)} faults; logs in {folder}" if faults else "Nothing missed, nothing doubled.")
    if not faults or given.sick:
        shutil.rmtree(folder, ignore_errors=True)
    return int(bool(faults))


if __name__ == "__main__":
    sys.exit(main())
