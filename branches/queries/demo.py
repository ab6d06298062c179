"""What the demo's mailbox reads."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet

from branches.models import DemoMail, User


@dataclass(frozen=True)
class Receiver:
    """Somebody to whom the demo has sent mails."""

    address: str
    name: str
    count: int


def mails(to: str = "") -> QuerySet[DemoMail]:
    """The mails, newest first, perhaps those to one address."""
    rows = DemoMail.objects.defer("html")
    return rows.filter(to=to) if to else rows


def receivers() -> list[Receiver]:
    """Everybody who got a mail, by name where the address belongs to an account."""
    counts = DemoMail.objects.order_by("to").values_list("to").annotate(n=Count("pk"))
    names = dict(User.objects.filter(email__in=[to for to, _n in counts]).values_list("email", "name"))
    return [Receiver(to, names.get(to, ""), n) for to, n in counts]
