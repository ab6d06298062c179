"""Messages that failed for good: what stands on the page of whoever looks after the mail, and how one is tried again."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from branches.clock import day_of
from branches.writing import NotPossible
from tasks.models import Digest, Reminder
from tasks.models.reminders import State
from tasks.reminders.people import hours_of
from tasks.reminders.ways import reaches
from tasks.workdays import Workdays


def failed() -> QuerySet[Digest]:
    """The newest first, each with the person it was for."""
    return Digest.objects.filter(state=State.DEAD).select_related("recipient").order_by("-day", "-pk")


def again(pk: int, now: datetime, days: Workdays) -> int:
    """Let the sender try once more, as often as with a new message, in the hours of the person; how many lines it holds.

    It keeps its Message-ID, so whoever has it after all sees it once. Inside the caller's transaction. What is not true
    any more is left out when it goes. Raises NotPossible when it was tried again meanwhile, or nobody could be reached.
    """
    rows = Reminder.objects.select_for_update(no_key=True).filter(digest=pk, state=State.DEAD).order_by("pk")
    lines = list(rows.values_list("pk", flat=True))
    digest = Digest.objects.select_for_update(no_key=True, of=("self",)).select_related("recipient").get(pk=pk)
    if digest.state != State.DEAD:
        raise NotPossible(_("It is being sent again already"))
    if not reaches(digest.recipient, digest.channel) or not digest.recipient.is_active:
        raise NotPossible(_("This person has no address for messages, or the account is closed"))
    hours = hours_of({digest.recipient_id: digest.recipient}, day_of(now), days)[digest.recipient_id]
    digest.not_before = hours.next_open(now)
    digest.expires_at = hours.closing(day_of(digest.not_before))
    digest.state, digest.attempts, digest.error = State.READY, 0, ""
    digest.save()
    Reminder.objects.filter(pk__in=lines).update(state=State.READY, reason="", done_at=None)
    return len(lines)
