"""The product's timetable at a storm's pace, for `celery -A devtools.chaos.hasty beat`."""

from cppcc_party.celery import app

__all__ = ["app"]

SECONDS = 2.0

app.conf.beat_schedule = {name: {**entry, "schedule": SECONDS} for name, entry in app.conf.beat_schedule.items()}
