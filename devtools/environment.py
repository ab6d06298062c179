"""The environment that Django's processes get; the names are read in cppcc_party/settings.py."""

import os
import secrets

from devtools import paths

MISLEADING = (
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONSTARTUP",
    "VIRTUAL_ENV",
    "DJANGO_SETTINGS_MODULE",
    "DATABASE_REPLICA_URL",
)


def clean(**changes: str) -> dict[str, str]:
    """The caller's environment without what would lead Python astray; .venv/bin comes first on the path."""
    kept = {name: value for name, value in os.environ.items() if name not in MISLEADING}
    path = f"{paths.VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return {**kept, "PATH": path, "PYTHONUNBUFFERED": "1", **changes}


def for_up(port: int, urls: dict[str, str]) -> dict[str, str]:
    """The demo on one's own machine: loopback only, mail into the mailbox page unless EMAIL_URL says otherwise."""
    return clean(
        **urls,
        DEBUG="0",
        DEMO="1",
        SECRET_KEY=secret_key(),
        ALLOWED_HOSTS="localhost,127.0.0.1,[::1]",
        SITE_URL=f"http://127.0.0.1:{port}",
        EMAIL_URL=os.environ.get("EMAIL_URL") or "mailbox://",
        MEDIA_ROOT=str(paths.LOCAL / "media"),
        LOG_FORMAT=os.environ.get("LOG_FORMAT") or "plain",
    )


def for_tests(urls: dict[str, str], media: str) -> dict[str, str]:
    """Tests speak plain HTTP to a demo on this machine; the protections of a site are tested in processes of their own."""
    return clean(
        **urls,
        DEBUG="0",
        DEMO="1",
        SECRET_KEY="only-for-tests-" + "t" * 64,
        ALLOWED_HOSTS="localhost,127.0.0.1,[::1],testserver",
        SITE_URL="http://testserver",
        EMAIL_URL="smtp://127.0.0.1:25",
        DEFAULT_FROM_EMAIL="noreply@example.org",
        MEDIA_ROOT=media,
        LOG_FORMAT="plain",
        DJANGO_SETTINGS_MODULE="cppcc_party.settings",
    )


def for_deployment_check() -> dict[str, str]:
    """A site as it should be, for `check --deploy`; nothing is connected to."""
    return clean(
        DEBUG="0",
        DEMO="0",
        SECRET_KEY=secrets.token_urlsafe(64),
        ALLOWED_HOSTS="tasks.example.org",
        SITE_URL="https://tasks.example.org",
        DATABASE_URL="postgres://nobody@127.0.0.1:1/nothing",
        REDIS_URL="redis://127.0.0.1:1/0",
        EMAIL_URL="smtp+tls://user:password@mail.example.org:587",
        DEFAULT_FROM_EMAIL="noreply@example.org",
        MEDIA_ROOT="/nonexistent",
        LOG_FORMAT="json",
    )


def secret_key() -> str:
    """Made once for this clone, so that a restart signs nobody out."""
    file = paths.LOCAL / "secret-key"
    if not file.exists():
        paths.write_private(file, secrets.token_urlsafe(64))
    return file.read_text(encoding="utf-8")
