"""Health pages: `/healthz` says that the process answers, `/readyz` what it can do (design 11)."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import redis
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from branches import clock
from cppcc_party.celery import app
from tasks.reminders import ledger

LATE = timedelta(minutes=10)  # a message waiting longer than this means that nobody is sending


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """The process is alive; asks nothing else."""
    return JsonResponse({"status": "ok"})


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """503 only without database or with unapplied migrations; broker, worker and unsent mail are reported as degraded."""
    try:
        pending = _pending_migrations()
    except (DatabaseError, InterfaceError):
        return JsonResponse({"status": "unavailable", "database": "away"}, status=503)
    if pending:
        return JsonResponse({"status": "unavailable", "database": "ok", "migrations": pending}, status=503)
    found: dict[str, Any] = {"database": "ok", "migrations": 0, **_broker(), **_sending()}
    degraded = sorted(name for name, value in found.items() if value in ("away", "late"))
    return JsonResponse({"status": "degraded" if degraded else "ok", "degraded": degraded, **found})


def _pending_migrations() -> int:
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _broker() -> dict[str, str]:
    try:
        redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1).ping()
    except redis.RedisError:
        return {"broker": "away", "worker": "away"}
    try:
        answers = app.control.ping(timeout=0.5, limit=1)
    except (OSError, redis.RedisError):
        answers = []
    return {"broker": "ok", "worker": "ok" if answers else "away"}


def _sending() -> dict[str, Any]:
    now = clock.now()
    since = ledger.oldest_waiting(now)
    waits = int((now - since).total_seconds()) if since else 0
    counts = ledger.counts()
    return {
        "reminders": "late" if waits > LATE.total_seconds() else "ok", "oldest_unsent_seconds": waits,
        "unsent": counts["ready"], "failed": counts["dead"],
    }  # fmt: skip
