"""`manage.py clear_demo`: take the demo away, with everything that was done in it, and leave an empty system."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from branches.models import DemoState


class Command(BaseCommand):
    """Makes all tables anew. Refuses where no demo is loaded, so that it can never empty anything else."""

    help = "Takes the demo away, with everything that was done in it, and leaves an empty system."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO or settings.PRODUCTION:
            raise CommandError("Only a demo is cleared: a site keeps its own data.")
        if not DemoState.objects.exists():
            self.stdout.write("No demo is loaded; nothing was changed.")
            return
        with connection.cursor() as cursor:  # rows may not be deleted one by one: reports and history refuse it
            cursor.execute("DROP SCHEMA public CASCADE")
            cursor.execute("CREATE SCHEMA public")
        call_command("migrate", verbosity=0, interactive=False)
        for kept in Path(settings.MEDIA_ROOT).glob("*"):
            shutil.rmtree(kept) if kept.is_dir() else kept.unlink()
        self.stdout.write("The demo was cleared.")
