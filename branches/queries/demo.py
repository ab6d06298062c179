"""What the demo's mailbox reads."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, QuerySet
from django.utils.translation import get_language

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


def _called(user: User | None) -> str:
    if user is None:
        return ""
    return user.name_en if user.name_en and (get_language() or "").startswith("en") else user.name


def receivers() -> list[Receiver]:
    """Everybody who got a mail, by name where the address belongs to an account."""
    counts = DemoMail.objects.order_by("to").values_list("to").annotate(n=Count("pk"))
    names = {user.email: user for user in User.objects.filter(email__in=[to for to, _n in counts])}
    return [Receiver(to, _called(names.get(to)), n) for to, n in counts]
