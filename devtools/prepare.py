"""Before Django serves or tests: translations compiled, tables made, demo loaded. Each step is safe to repeat."""

from devtools import console, paths

MANAGE = [str(paths.PYTHON), str(paths.ROOT / "manage.py")]
CATALOGUE = paths.ROOT / "locale"
EMPTY = paths.LOCAL / "empty"  # there after `up --empty`


def remember(*, demo: bool) -> None:
    """Keep what `up` was told, so that a later `manage` does not load the demo into a system meant to be empty."""
    if demo:
        EMPTY.unlink(missing_ok=True)
    else:
        EMPTY.touch()


def wants_demo() -> bool:
    """What the last `up` was told; without any, yes."""
    return not EMPTY.exists()


def everything(environment: dict[str, str], *, demo: bool) -> None:
    """Bring translations, tables and demo up to date."""
    compile_catalogue(environment)
    with console.Step("Tables") as step:
        said = _manage(step, environment, "migrate", "--no-input", failing="The tables could not be made.")
        applied = said.count("  Applying ")
        step.outcome = f"{applied} migrations" if applied else "up to date"
    if demo:
        _demo(environment, "load_demo", failing="The demo could not be loaded.")


def without_demo(environment: dict[str, str]) -> None:
    """Take away a demo that is there, so that `up --empty` begins bare."""
    _demo(environment, "clear_demo", failing="The demo could not be cleared.")


def _demo(environment: dict[str, str], command: str, failing: str) -> None:
    with console.Step("Demo") as step:
        said = _manage(step, environment, command, failing=failing).strip()
        step.outcome = said.splitlines()[-1][:60].rstrip(".") if said else "done"


def first_way_in(environment: dict[str, str]) -> str:
    """What a system without the demo says about getting in: a one-time link until somebody has come in, then nothing."""
    with console.Step("First account") as step:
        said = _manage(
            step, environment, "open_site", "--quiet", failing="The first account could not be made."
        ).strip()
        step.outcome = "a link below" if said else "is there"
    return said


def compile_catalogue(environment: dict[str, str]) -> None:
    """Make the binary catalogues where the text has changed since."""
    stale = [
        source
        for source in CATALOGUE.glob("*/LC_MESSAGES/*.po")
        if not (made := source.with_suffix(".mo")).exists() or made.stat().st_mtime < source.stat().st_mtime
    ]
    if stale:
        with console.Step("Translations") as step:
            _manage(step, environment, "catalogue", "--compile", failing="The translations could not be compiled.")


def _manage(step: console.Step, environment: dict[str, str], *words: str, failing: str) -> str:
    return console.run(step, [*MANAGE, *words], env=environment, failing=failing)
