"""Invitations by mail: the table says which wait (design 8), the code is made again from its seed, the slip stays on paper.

One sender at a time; a mail goes again under the same Message-ID should we die between the mail and the mark. What the
server refuses is not tried again: the slip can be handed over.
"""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from branches import codes
from branches.models import Invitation
from tasks.reminders.send import hand_over

LOCK = 0x494E_5649_54  # any number that no other lock of ours has
ROUND = 50
log = structlog.get_logger(__name__)


def mail_invitations(now: datetime) -> int:
    """Send what waits; how many went out."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            return 0
        try:
            return _round(now)
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


def _round(now: datetime) -> int:
    waiting = Invitation.objects.valid(now).filter(by_mail=True, mailed_at=None, user__is_active=True)
    sent = 0
    for row in list(waiting.exclude(user__email="").select_related("user").order_by("pk")[:ROUND]):
        trouble = hand_over(_letter(row))
        if trouble is None:
            Invitation.objects.filter(pk=row.pk).update(mailed_at=now)
            sent += 1
            continue
        log.warning("invitation_not_mailed", invitation=row.pk, away=trouble.away, error=trouble.words)
        if trouble.away:
            break
        Invitation.objects.filter(pk=row.pk).update(by_mail=False)
    return sent


def _letter(row: Invitation) -> EmailMultiAlternatives:
    host = urlsplit(settings.SITE_URL).hostname or "localhost"
    context = {"row": row, "url": codes.link_of(codes.code_of(row.seed))}
    with override(row.user.language):
        return EmailMultiAlternatives(
            subject=_("Open the account of the CPPCC party-building tasks"),
            body=render_to_string("mail/invitation.txt", context),
            to=[row.user.email],
            headers={"Message-ID": f"<invitation-{row.pk}@{host}>", "Auto-Submitted": "auto-generated"},
        )
