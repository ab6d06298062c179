"""The files for a site agree with each other, with the settings and with the schema; no engine is needed for that."""

import ast
import importlib.util
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from devtools import paths

COMPOSE = (paths.ROOT / "docker-compose.yml").read_text(encoding="utf-8")
DOCKERFILE = (paths.ROOT / "Dockerfile").read_text(encoding="utf-8")
EXAMPLE = (paths.ROOT / ".env.example").read_text(encoding="utf-8")
VARIABLE = re.compile(r"(?<!\$)\$\{(?P<name>[A-Z_]+)(?P<how>:-|:\?)?(?P<rest>[^}]*)\}")
APPS = ("migrate", "web", "worker", "beat")
SECRET = re.compile(r"SECRET|PASSWORD|KEY|TOKEN|EMAIL_URL")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return yaml.safe_load(COMPOSE)["services"]


def settings_names() -> set[str]:
    """The environment variables that settings.py reads: the first word of each env.…("NAME")."""
    tree = ast.parse((paths.ROOT / "cppcc_party" / "settings.py").read_text(encoding="utf-8"))
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)]
    return {
        call.args[0].value
        for call in calls
        if isinstance(call.func.value, ast.Name) and call.func.value.id == "env" and call.args
        if isinstance(call.args[0], ast.Constant)
    }


def health() -> Any:
    """docker/health.py as a module."""
    spec = importlib.util.spec_from_file_location("health", paths.ROOT / "docker" / "health.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_compose_file_fits_the_schema():
    argv = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", "docker-compose.yml"]

    done = subprocess.run(argv, cwd=paths.ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_every_part_of_a_site_is_there(services):
    assert set(services) == {"postgres", "valkey", *APPS}


@pytest.mark.parametrize("name", APPS)
def test_environment_is_what_the_settings_read(services, name):
    assert set(services[name]["environment"]) == settings_names()


def test_site_runs_without_demo_and_debug(services):
    assert {services[name]["environment"][flag] for name in APPS for flag in ("DEMO", "DEBUG")} == {"0"}


def test_no_secret_has_a_default():
    found = {match["name"]: match["how"] for match in VARIABLE.finditer(COMPOSE) if SECRET.search(match["name"])}

    assert found == dict.fromkeys(["SECRET_KEY", "DATABASE_PASSWORD", "REDIS_PASSWORD", "EMAIL_URL"], ":?")


def test_every_refusal_says_what_is_missing():
    assert all(match["rest"].strip() for match in VARIABLE.finditer(COMPOSE) if match["how"] == ":?")


def test_env_example_names_what_compose_asks_for():
    asked = {match["name"]: match["how"] for match in VARIABLE.finditer(COMPOSE)}
    must = re.findall(r"^([A-Z_]+)=", EXAMPLE, re.MULTILINE)
    may = re.findall(r"^#([A-Z_]+)=", EXAMPLE, re.MULTILINE)

    assert sorted(must) == sorted(name for name, how in asked.items() if how == ":?")
    assert sorted(may) == sorted(name for name, how in asked.items() if how == ":-")


def test_env_example_gives_nothing_away():
    assert not re.findall(r"^[A-Z_]+=.+", EXAMPLE, re.MULTILINE)


def test_addresses_name_the_services(services):
    environment = services["web"]["environment"]

    assert "@postgres:5432/" + services["postgres"]["environment"]["POSTGRES_DB"] in environment["DATABASE_URL"]
    assert environment["DATABASE_URL"].startswith(f"postgres://{services['postgres']['environment']['POSTGRES_USER']}:")
    assert "@valkey:6379/" in environment["REDIS_URL"]


def test_one_port_from_gunicorn_to_the_outside(services):
    port = re.search(r"^EXPOSE (\d+)$", DOCKERFILE, re.MULTILINE)[1]

    assert f'"--bind=0.0.0.0:{port}"' in DOCKERFILE
    assert str(health().PORT) == port
    assert [mapping.rpartition(":")[2] for mapping in services["web"]["ports"]] == [port]


def test_only_the_web_is_published_and_only_to_this_machine(services):
    assert [name for name, service in services.items() if "ports" in service] == ["web"]
    assert "${LISTEN:-127.0.0.1:8000}" in services["web"]["ports"][0]


@pytest.mark.parametrize("name", ["postgres", "valkey", *APPS])
def test_service_is_watched_and_comes_back(services, name):
    service = services[name]
    watched = "healthcheck" in service or (name == "web" and "HEALTHCHECK" in DOCKERFILE)

    assert watched
    assert service["restart"] == ("on-failure:5" if name == "migrate" else "unless-stopped")


def test_health_checks_ask_what_the_script_knows(services):
    asked = {services[name]["healthcheck"]["test"][-1] for name in ("worker", "beat")}
    asked |= set(re.findall(r'"docker/health.py", "(\w+)"', DOCKERFILE))

    assert asked == {"web", "worker", "beat"}
    assert all(callable(getattr(health(), name)) for name in asked)
    assert f"--schedule={health().TIMETABLE}" in services["beat"]["command"]


def test_data_lives_in_named_volumes(services):
    mounts = {
        mount.split(":")[0]: mount.split(":")[1]
        for service in services.values()
        for mount in service.get("volumes", [])
    }

    assert mounts == {"postgres": "/var/lib/postgresql", "valkey": "/data", "media": "/data/media"}
    assert set(yaml.safe_load(COMPOSE)["volumes"]) == set(mounts)
    assert services["web"]["environment"]["MEDIA_ROOT"] == mounts["media"]


def test_only_one_beat_and_it_does_nothing_else(services):
    commands = [" ".join(services[name].get("command", [])) for name in APPS]

    assert sum(" beat" in command for command in commands) == 1
    assert not any(" -B" in command for command in commands)


def test_database_sorts_as_on_a_developers_machine(services):
    launcher = (paths.ROOT / "devtools" / "postgres.py").read_text(encoding="utf-8")
    words = services["postgres"]["environment"]["POSTGRES_INITDB_ARGS"].split()

    assert words == ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    assert all(f'"{word}"' in launcher for word in words[1:])


@pytest.mark.parametrize("name", APPS)
def test_app_may_not_write_outside_its_volume(services, name):
    service = services[name]

    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert re.search(r"^USER 10001", DOCKERFILE, re.MULTILINE)


def test_images_are_pinned(services):
    foreign = [service["image"] for name, service in services.items() if name not in APPS]
    foreign += re.findall(r"^FROM (\S+)", DOCKERFILE, re.MULTILINE)

    assert all(re.search(r":\d", image) for image in foreign)


def test_image_holds_what_a_site_runs_and_nothing_else():
    kept = re.findall(r"^!(\S+)", (paths.ROOT / ".dockerignore").read_text(encoding="utf-8"), re.MULTILINE)
    packages = {path.parent.name for path in paths.ROOT.glob("*/apps.py")}

    assert all((paths.ROOT / name).exists() for name in kept)
    assert packages <= set(kept)
    assert not {"tests", "devtools", ".local", ".git", ".env"} & set(kept)


def test_beat_is_well_while_its_timetable_is_fresh(tmp_path: Path, monkeypatch):
    module = health()
    monkeypatch.setattr(module, "TIMETABLE", str(tmp_path / "timetable"))
    assert not module.beat()

    (tmp_path / "timetable.db").touch()

    assert module.beat()
