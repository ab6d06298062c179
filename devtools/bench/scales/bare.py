"""The yardstick: a Django site that does nothing but sign in by session and list 25 rows of one table.

Settings for a server of its own beside the product's, on the same database and with the same sessions (`bare_page` has its
one page). What a page of the product costs is told as a multiple of this.
"""

from cppcc_party.settings import *  # noqa: F403 (the same database, key and sessions)

ROOT_URLCONF = "devtools.bench.scales.bare_page"
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",  # its app refuses to start without
]
