"""`manage.py catalogue`: the door to the catalogue of words (see cppcc_party/catalogue.py)."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cppcc_party import catalogue


class Command(BaseCommand):
    """Extract, merge, list, check and compile; without an option: extract and compile."""

    help = "Find translatable strings, keep locale/zh_Hans up to date, check it, compile it."
    requires_system_checks: list[str] = []  # words need no database

    def add_arguments(self, parser: CommandParser) -> None:
        """The four doors; one at a time."""
        one: argparse._MutuallyExclusiveGroup = parser.add_mutually_exclusive_group()
        one.add_argument("--merge", type=Path, metavar="FILE.json", help="take Chinese words from a JSON file")
        one.add_argument("--missing", action="store_true", help="print the strings without Chinese as JSON")
        one.add_argument("--check", action="store_true", help="exit 1 naming every fault; writes nothing")
        one.add_argument("--compile", action="store_true", help="write the .mo file only")

    def handle(self, **options: Any) -> None:
        """Do what was asked for."""
        base, po_file = places()
        if options["check"]:
            self._check(base, po_file)
        elif options["compile"]:
            self.stdout.write(f"{catalogue.compile_(po_file).relative_to(base)} written")
        else:
            self._update(base, po_file, options["merge"], quiet=options["missing"])
            if options["missing"]:
                lacking = catalogue.missing(catalogue.load(po_file))
                self.stdout.write(json.dumps(lacking, ensure_ascii=False, indent=1))

    def _update(self, base: Path, po_file: Path, merge: Path | None, *, quiet: bool) -> None:
        try:
            words = catalogue.read_translations(merge) if merge else {}
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise CommandError(f"{merge}: {error}") from error
        with catalogue.locked(po_file.parent):
            old = catalogue.load(po_file)
            found = catalogue.harvest(base)
            fresh = catalogue.updated(old, found, words)
            catalogue.write(fresh, po_file)
            catalogue.compile_(po_file)
        for name, why in found.unreadable.items():
            sys.stderr.write(f"left as it was, cannot be read: {name}: {why}\n")
        before = catalogue.known(old)
        for key, word in words.items():
            if key not in catalogue.known(fresh):
                sys.stderr.write(f"not used by any source, dropped: {key[1]!r}\n")
            elif key in before and catalogue.chinese(before[key]) not in ("", word.zh):
                sys.stderr.write(f"changed: {key[1]!r}: {catalogue.chinese(before[key])!r} -> {word.zh!r}\n")
        if not quiet:
            self.stdout.write(f"{len(fresh)} strings, {len(catalogue.missing(fresh))} without Chinese")

    def _check(self, base: Path, po_file: Path) -> None:
        found = catalogue.harvest(base)
        lines = catalogue.faults(catalogue.load(po_file), found)
        if lines:
            raise CommandError("\n".join(lines))
        self.stdout.write(f"{len(found.messages)} strings, all with Chinese")


def places() -> tuple[Path, Path]:
    """The root of our sources and the catalogue file, as the settings say."""
    po_file = Path(settings.LOCALE_PATHS[0], "zh_Hans", "LC_MESSAGES", "django.po")
    return Path(settings.BASE_DIR), po_file
