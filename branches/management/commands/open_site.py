"""`manage.py open_site`: the first system admin's account of a new site, and the one link that opens it."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from branches import actions, clock, codes
from branches.writing import Refused, new_operation


class Command(BaseCommand):
    """Prints a link that works once, for 24 hours. There is no default password, and none is ever shown."""

    help = "Make the account of the first system admin and print the link with which he sets his password (once, 24 h)."

    def add_arguments(self, parser: CommandParser) -> None:
        """Who it is for."""
        parser.add_argument("--username", default="admin", help="the user name to sign in with (admin)")
        parser.add_argument("--name", default="系统管理员", help="the person's name")
        parser.add_argument("--quiet", action="store_true", help="print nothing when the site has been opened already")

    def handle(self, *args: Any, username: str, name: str, quiet: bool, **options: Any) -> None:
        """Make or renew the link."""
        try:
            made = actions.first_admin(username, name, op=new_operation(), now=clock.now())
        except Refused as problem:
            if quiet:
                return
            raise CommandError(f"{problem.message} (manage.py let_in makes a new link for somebody.)") from problem
        self.stdout.write(f"User name: {made.user.username}")
        self.stdout.write(f"Opens the account, once, within 24 hours: {codes.link_of(codes.code_of(made.seed))}")
