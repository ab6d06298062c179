"""`manage.py send_reminders`: plan and send once in the foreground, for cron and for sites that run no Celery."""

from typing import Any

from django.core.management.base import BaseCommand

from branches import clock
from tasks.reminders import jobs, ledger
from tasks.reminders.send import Outcome


class Command(BaseCommand):
    """One sweep and one drain. May run beside Celery, and as often as one likes: nothing is sent twice."""

    help = "Plan the reminders that are due and send what waits, once."

    def handle(self, **options: Any) -> None:
        """Do both, and say what came of it."""
        planned = jobs.plan_due()
        sent = jobs.send_due()
        self.stdout.write(
            f"{'another sweep is planning' if planned is None else f'{planned} planned'}, {sent.get(Outcome.SENT, 0)} sent"
        )
        if sent.get(Outcome.AWAY) or sent.get(Outcome.FAILED):
            since = ledger.oldest_waiting(clock.now())
            self.stderr.write(f"not everything could be sent; the oldest message waits since {since or 'now'}")
