"""The product with its clock set: what the showroom's web server serves, and Django commands under the same clock.

`gunicorn devtools.morning:application`, `python -m devtools.morning COMMAND …`. CLOCK_AHEAD says by how many seconds the
clock stands before the real one (behind it, below zero). Only a demo can be run this way.
"""

import os
import sys
from datetime import datetime, timedelta

import django
from django.conf import settings
from django.core.management import execute_from_command_line
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cppcc_party.settings")
django.setup()

from branches import clock  # noqa: E402 (models need the settings)

if not settings.DEMO:
    raise SystemExit("Only a demo has a clock that can be set.")

AHEAD = timedelta(seconds=float(os.environ.get("CLOCK_AHEAD", "0")))
_real_now = clock.now


def _now() -> datetime:
    return _real_now() + AHEAD


clock.now = _now
application = get_wsgi_application()

if __name__ == "__main__":
    execute_from_command_line(["manage.py", *sys.argv[1:]])
