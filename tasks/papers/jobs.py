"""The door for Celery: read a long paper that waits. A lost message costs seconds, since the page and the sweep read as well."""

from __future__ import annotations

from celery import shared_task

from branches import clock
from tasks.papers.sources import read_waiting


@shared_task(name="tasks.papers.jobs.read_paper")
def read_paper(pk: int) -> None:
    """Read the paper with this key, unless somebody has."""
    read_waiting(pk, clock.now())
