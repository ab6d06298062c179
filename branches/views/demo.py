"""What only a demo has: a mailbox in place of a mail server, and a clock that goes on by a working day."""

from __future__ import annotations

import structlog
from celery import current_app
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from kombu.exceptions import KombuError
from kombu.exceptions import OperationalError as BrokerAway

from branches import clock
from branches.models import DemoMail, DemoState
from branches.queries.demo import mails, receivers
from branches.requests import Asked
from branches.views.accounts import demo_or_404
from branches.views.answering import safe_next

PAGE = 30
SWEEP = "tasks.reminders.jobs.sweep"  # by name: this room has never heard of tasks
log = structlog.get_logger(__name__)


@login_not_required
@require_safe
def mailbox(request: Asked) -> HttpResponse:
    """The mails that the demo has sent, of everybody or of one person; all of them are invented."""
    demo_or_404()
    to = request.GET.get("to", "")[:200]
    page = Paginator(mails(to), PAGE).get_page(request.GET.get("page"))
    return render(request, "branches/mailbox.html", {"page_obj": page, "to": to, "receivers": receivers()})


@login_not_required
@require_safe
def mail(request: Asked, pk: int) -> HttpResponse:
    """One mail, with its links."""
    demo_or_404()
    return render(request, "branches/mail.html", {"mail": get_object_or_404(DemoMail, pk=pk)})


@login_not_required
@require_POST
def next_day(request: Asked) -> HttpResponse:
    """Move the demo's clock to the next working day, and wake planner and worker."""
    demo_or_404()
    DemoState.go_on((clock.next_working_day(request.today) - request.today).days)
    if _wake():
        messages.success(
            request, _("The demonstration is one working day on. New mails arrive in the mailbox within a minute")
        )
    else:
        messages.warning(
            request, _("The demonstration is one working day on, but the worker cannot be reached; mails come later")
        )
    return redirect(safe_next(request))


def _wake() -> bool:
    """Ask the worker for a sweep; beat would do the same within half a minute."""
    try:
        current_app.send_task(SWEEP, retry=False, expires=60)
    except (BrokerAway, KombuError, OSError) as error:
        log.warning("broker_away", error=str(error))
        return False
    return True
