"""`dev.py check`: what can be said about the code without running it. All are run, then one bad one fails them all."""

from collections.abc import Mapping
from typing import NamedTuple

from devtools import console, environment, paths

PYTHON = str(paths.PYTHON)
MANAGE = [PYTHON, "manage.py"]


class Check(NamedTuple):
    """One line of the report."""

    title: str
    argv: list[str]
    as_site: bool = False  # under the environment of a site rather than that of the tests


CHECKS = (
    Check("Lint", [PYTHON, "-m", "ruff", "check", "."]),
    Check("Format", [PYTHON, "-m", "ruff", "format", "--check", "."]),
    Check("Types", [PYTHON, "-m", "mypy"]),
    Check("Templates", [PYTHON, "-m", "djlint", "templates", "--lint", "--quiet"]),
    Check("Browser floor", [PYTHON, "-m", "devtools.floor"]),
    Check("Arrows between rooms", [str(paths.VENV / "bin" / "lint-imports"), "--no-logo"]),
    Check("Missing migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"]),
    Check("Translations", [*MANAGE, "catalogue", "--check"]),
    Check("Settings of a site", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], as_site=True),
    Check(
        "Compose file",
        [PYTHON, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"],
    ),
    Check("Dockerfile", [str(paths.VENV / "bin" / "hadolint"), "Dockerfile"]),
)


def run_all(variables: Mapping[str, str]) -> list[str]:
    """Run every check with the variables of the tests; returns the titles of those that failed."""
    failed = []
    for check in CHECKS:
        try:
            with console.Step(check.title) as step:
                step.outcome = "ok"
                console.run(step, check.argv, env=environment.for_deployment_check() if check.as_site else variables)
        except console.Refusal as refusal:
            failed.append(check.title)
            console.say(refusal.output)
    return failed
