"""`manage.py load_tree jinhua`: the real structure of a city as units of the tree, without persons; safe to repeat."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from branches import actions, clock, tree_files
from branches.writing import Refused, new_operation


class Command(BaseCommand):
    """One transaction; a unit whose code is here already stays as it is."""

    help = (
        "Load the structure of a city from branches/trees/: bodies, their usual units, towns and streets. No persons."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Which one."""
        parser.add_argument("name", choices=tree_files.names())

    def handle(self, *args: Any, name: str, **options: Any) -> None:
        """Load it and say what is new."""
        tree = tree_files.read(name)
        self.stdout.write(f"{tree.title} ({tree.as_of})\n{tree.source}\n{tree.notes}")
        try:
            made = actions.load_tree(name, by=None, op=new_operation(), now=clock.now(), say=self.stdout.write)
        except Refused as problem:
            raise CommandError(f"Nothing was loaded: {problem.message}") from problem
        self.stdout.write(f"{made} new units of {len(tree.sprouts)}." if made else "Everything is there already.")
