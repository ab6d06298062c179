"""Signing in, and the person of each request: read together with the number of his unread notices and with how the words in
English stand, so that the frame and an English page need no question of their own."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Count, IntegerField, Max, OuterRef, Subquery, TextField, Value
from django.db.models.functions import Cast, Coalesce, Concat

from branches import second_language
from branches.models import User, Wording
from tasks.models import Notice


class Backend(AuthenticationBackend):
    """allauth's backend, which reads the person with `unread`."""

    def get_user(self, user_id: Any) -> User | None:
        """The person of a session, while the account is open."""
        mine = Notice.objects.unread().filter(recipient=OuterRef("pk")).order_by().values("recipient")
        count = Subquery(mine.values(n=Count("pk")), output_field=IntegerField())
        people = User.objects.annotate(unread=Coalesce(count, 0), wordings_stand=Subquery(_wordings()))
        user: Any = people.filter(pk=user_id).first()
        if user is not None:
            second_language.stand_as(user.wordings_stand or "")
        return user if user is not None and self.user_can_authenticate(user) else None


def _wordings() -> Any:
    """The newest wording and how many there are: another text after every change."""
    words = Cast(Max("pk"), TextField()), Value("/", TextField()), Cast(Count("pk"), TextField())
    return (
        Wording.objects.order_by()
        .values(all=Value(1))
        .annotate(stand=Concat(*words, output_field=TextField()))
        .values("stand")
    )
