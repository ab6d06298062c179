"""The worker with a fault sown on purpose, so that it is known that a storm finds it (reliability.md P20).

`celery -A devtools.chaos.sick worker`; SICK names the fault.
"""

import os
from collections.abc import Callable
from datetime import datetime
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cppcc_party.settings")
django.setup()

from cppcc_party.celery import app  # noqa: E402
from tasks.models import Digest  # noqa: E402
from tasks.models.reminders import State  # noqa: E402
from tasks.reminders import send  # noqa: E402

__all__ = ["app"]


def mark_before_send() -> None:
    """The ledger says "sent" before the mail server has the mail: one that is lost on the way is never sent again.

    Every fifth is lost, for whether a kill falls just between the two is a matter of luck.
    """
    mail: Callable[..., Any] = send._mail

    def marked(digest: Digest, content: Any, now: datetime) -> Any:
        send._mark(digest, content, now)
        if digest.pk % 5 == 0:
            raise ConnectionError("lost between the mark and the server")
        return mail(digest, content, now)

    send._mail = marked


def no_claim() -> None:
    """Whoever sees a message sends it, whether or not another sender has it in his hands."""

    def all_of_them(self: Any, now: datetime) -> Any:
        return self.filter(state=State.READY, not_before__lte=now)

    def unclaimed(pk: int, now: datetime, workdays: Any = None) -> send.Outcome:
        digest = Digest.objects.select_related("recipient").get(pk=pk)
        content = send.content_of(digest, now, workdays or send.Workdays())
        if content.kept and send._mail(digest, content, now) is None:
            send._mark(digest, content, now)
        return send.Outcome.SENT

    queryset: Any = type(Digest.objects.all())
    queryset.waiting = all_of_them
    send.send = unclaimed


FAULTS = {"mark before send": mark_before_send, "no claim": no_claim}
if name := os.environ.get("SICK", ""):
    FAULTS[name]()
