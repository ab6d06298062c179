"""A mail backend for the demo: mails land in a table that the mailbox page shows."""

from collections.abc import Sequence

from django.core.mail import EmailMessage, EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend

from branches import clock
from branches.models import DemoMail


class MailboxBackend(BaseEmailBackend):
    """Keeps what it is given; a Message-ID that is here already is kept once, as a careful receiver would."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        at = clock.now()
        for message in email_messages:
            html = ""
            if isinstance(message, EmailMultiAlternatives):
                html = next((str(content) for content, kind in message.alternatives if kind == "text/html"), "")
            message_id = message.extra_headers.get("Message-ID", "")
            if message_id and DemoMail.objects.filter(message_id=message_id).exists():
                continue
            for to in message.to:
                DemoMail.objects.create(
                    message_id=message_id, to=to, subject=str(message.subject), text=str(message.body), html=html, at=at
                )
        return len(email_messages)
