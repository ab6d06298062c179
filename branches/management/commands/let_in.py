"""`manage.py let_in USERNAME`: a new way in for somebody whom no admin can help, such as the only system admin."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from branches import actions, clock, codes
from branches.models import User
from branches.writing import new_operation


class Command(BaseCommand):
    """Ends the person's sessions, kills password and second factor, and prints a link that works once, for 24 hours."""

    help = "Reset one account from the server: password and second factor are dead, a new one-time link is printed."

    def add_arguments(self, parser: CommandParser) -> None:
        """Whom."""
        parser.add_argument("username")

    def handle(self, *args: Any, username: str, **options: Any) -> None:
        """Reset and print."""
        person = User.objects.filter(username__iexact=username).first()
        if person is None:
            raise CommandError(f"There is no account {username}.")
        made = actions.invite_from_server(person, op=new_operation(), now=clock.now())
        self.stdout.write(f"Opens the account, once, within 24 hours: {codes.link_of(codes.code_of(made.seed))}")
