"""`manage.py import_list FILE --unit CODE --year 2026 [--dry-run] --json`: a list of an office, read as the pages read it."""

from __future__ import annotations

import hashlib
import json
import uuid
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.management.base import BaseCommand, CommandError

from branches import clock
from branches.models import Post, Unit, User
from branches.writing import Refused
from tasks.actions.papers import keep_paper
from tasks.models import PaperDraft
from tasks.papers import SheetReading, Unreadable, read_file
from tasks.papers.drafts import Paper
from tasks.papers.dryrun import nothing_read, stored, told
from tasks.papers.sources import learnt, read_for
from tasks.states import DESK

TITLE_LIMIT = 60


class Command(BaseCommand):
    """Reads a file; without --dry-run it lies as a draft on a desk of the unit afterwards, and a person publishes it."""

    help = (
        "Read a list (.xlsx, .csv, .docx) for a unit and say what is in it: tasks, dated steps, problems in the file's own "
        "row and column, units. With --dry-run nothing is written. Without it the reading is kept as a draft on the desk of "
        "--by (else of the unit's only secretary or head), where it waits under Lists, New list from paste. "
        "Publishing is never done by this command: a person answers the problems, the past dates and the line "
        "against secrets. The same file twice makes one draft. Exit code 1: the file could not be read or kept."
    )

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, whose list it will be, its plan year, and how to answer."""
        parser.add_argument("file", help="the list: .xlsx, .csv or .docx")
        parser.add_argument("--unit", required=True, help="code of the unit in whose name the list will go out")
        parser.add_argument("--year", type=int, required=True, help="the plan year")
        parser.add_argument("--dry-run", action="store_true", help="write nothing at all")
        parser.add_argument("--json", action="store_true", help="answer with one JSON object")
        parser.add_argument("--by", help="user name of the person on whose desk the draft is put")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, tell, and keep unless it is a dry run."""
        now = clock.now()
        unit = Unit.objects.select_related("body", "kind").filter(code=options["unit"]).first()
        if unit is None:
            raise CommandError(f"no unit has the code {options['unit']}")
        if not 2000 <= options["year"] <= 2100:
            raise CommandError("--year is a year between 2000 and 2100")
        try:
            data = Path(options["file"]).read_bytes()
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        try:
            reading = read_for(read_file(options["file"], data), learnt(unit.body))
        except Unreadable as error:
            self._say(nothing_read(str(error), Path(options["file"]).name), options)
            raise CommandError(f"{options['file']}: {error}") from error
        draft = PaperDraft(issuer=unit, rows=stored(reading, TITLE_LIMIT), answers={"year": options["year"]})
        draft.created_at = now
        answer: dict[str, Any] = told(Paper(draft, clock.day_of(now)), reading)
        answer["draft"] = None if options["dry_run"] or not reading.rows else self._keep(draft, reading, data, options)
        self._say(answer, options)

    def _keep(self, draft: PaperDraft, reading: SheetReading, data: bytes, options: dict[str, Any]) -> int:
        """Put the reading on a desk; the same file for the same unit, year and desk is the same draft."""
        unit, by = draft.issuer, self._owner(draft.issuer, options["by"])
        mark = f"import-{unit.pk}-{options['year']}-{by.pk}-{hashlib.sha256(data).hexdigest()}"
        name = Path(options["file"]).name
        op = uuid.uuid5(uuid.NAMESPACE_URL, f"{mark}-{name}-{hashlib.sha256(repr(reading).encode()).hexdigest()}")
        try:
            kept = keep_paper(unit, draft.rows, name, options["year"], by=by, op=op, now=draft.created_at)
        except PermissionDenied as error:
            raise CommandError(f"{by.username} keeps no desk of {unit.code}") from error
        except Refused as error:
            raise CommandError(error.message) from error
        except PaperDraft.DoesNotExist as error:
            raise CommandError("this file came before and its draft was discarded; upload it in the pages") from error
        return kept.pk

    def _owner(self, unit: Unit, username: str | None) -> User:
        on = clock.day_of(clock.now())
        if username:
            found = User.objects.filter(username=username, is_active=True).first()
            if found is None:
                raise CommandError(f"no open account is called {username}")
            return found
        owners = {post.user for post in Post.objects.serving(unit, on, DESK).select_related("user")}
        if len(owners) != 1:
            names = ", ".join(sorted(owner.username for owner in owners)) or "nobody"
            raise CommandError(f"say with --by whose desk: {names} keeps the desk of {unit.code}")
        return owners.pop()

    def _say(self, answer: dict[str, Any], options: dict[str, Any]) -> None:
        if options["json"]:
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
            return
        self.stdout.write(f"tasks: {len(answer['tasks'])}, steps: {len(answer['steps'])}")
        for problem in answer["problems"]:
            place = problem["cell"] or problem["row"] or "-"
            self.stdout.write(f"{place} {problem['column']}: {problem['message']}")
        if answer.get("draft"):
            self.stdout.write(f"draft: {answer['draft']}")
