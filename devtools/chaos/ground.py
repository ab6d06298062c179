"""The world of a storm: people with rows that fall due around the first day, each signed in. Prints what it made as JSON.

`python -m devtools.chaos.ground DAY ROWS`, under the environment of the site in the storm.
"""

import json
import os
import sys
from datetime import date, timedelta

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "cppcc_party.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.utils import timezone  # noqa: E402

from branches.models import DemoState, TellBy, User  # noqa: E402
from tests.factories import make_user  # noqa: E402
from tests.reminders.conftest import ISSUED, make_world  # noqa: E402

PEOPLE = 12


def main(first: date, rows: int) -> None:
    """Rows are due from two days before the first day to nine days after it."""
    DemoState.objects.create(loaded_at=timezone.now(), days_ahead=0)  # its clock can be moved, its nights are open
    world = make_world()
    people = [make_user(f"党员{number}", username=f"p{number}") for number in range(PEOPLE)]
    dingtalk, wecom = people[::3], people[1::3]  # the rest hear by mail
    for person in dingtalk:
        person.dingtalk_id = person.username
    for person in wecom:
        person.wecom_id = person.username
    for person in people:
        person.tell_by = TellBy.CHAT
        person.save()
    given = []
    for number in range(rows):
        person, due = people[number % PEOPLE], first + timedelta(days=number // PEOPLE % 12 - 2)
        row = world.give(world.office, due, person=person)
        given.append([row.pk, person.username, due.isoformat()])
    made = {
        "rows": given,
        "issued": ISSUED.isoformat(),
        "dingtalk": [person.username for person in dingtalk],
        "mail": {person.username: person.email for person in (*people, world.clerk)},
        "sessions": {person.username: _signed_in(person) for person in people},
    }
    print(json.dumps(made))


def _signed_in(person: User) -> str:
    session = SessionStore()
    session[SESSION_KEY], session[BACKEND_SESSION_KEY] = str(person.pk), settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = person.get_session_auth_hash()
    session.save()
    return str(session.session_key)


if __name__ == "__main__":
    main(date.fromisoformat(sys.argv[1]), int(sys.argv[2]))
