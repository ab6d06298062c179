"""Signing in, and the person of each request: read together with the number of his unread notices, so that the frame of
every page can say it without a question of its own."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce

from branches.models import User
from tasks.models import Notice


class Backend(AuthenticationBackend):
    """allauth's backend, which reads the person with `unread`."""

    def get_user(self, user_id: Any) -> User | None:
        """The person of a session, while the account is open."""
        mine = Notice.objects.unread().filter(recipient=OuterRef("pk")).order_by().values("recipient")
        count = Subquery(mine.values(n=Count("pk")), output_field=IntegerField())
        user = User.objects.annotate(unread=Coalesce(count, 0)).filter(pk=user_id).first()
        return user if user is not None and self.user_can_authenticate(user) else None
