"""Creation of the virtual environment in .venv, with a stamp when it is complete."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from setup_libraries import install_libraries, say
from setup_torch import install_cpu_torch

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
CREATED = VENV / "mmdesk-made"  # stamp: the environment itself is complete
READY = VENV / "mmdesk-ready.json"  # stamp: all packages are installed
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
WINDOWS = os.name == "nt"
STANDARD_ERROR = 2  # file descriptor
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")

# Nothing may compile on the user's machine. The one exception has no wheel and is pure Python.
BINARY_ONLY = ("--only-binary", ":all:", "--no-binary", "antlr4-python3-runtime")


class SetupFailed(Exception):  # noqa: N818  an event, shown to the user
    """Failure that ends the set-up; its text is one sentence for the user."""


def environment_key() -> str:
    """Return a digest of all that decides which packages are installed."""
    digest = hashlib.sha256()
    for path in (ROOT / "pyproject.toml", CONSTRAINTS):
        digest.update(path.read_bytes())
    digest.update(repr((sys.version, sys.base_prefix, str(ROOT))).encode())
    return digest.hexdigest()


def python_key() -> str:
    """Return the key of the bare environment, which another Python or a moved checkout changes."""
    return repr((sys.version, sys.base_prefix, str(ROOT)))


def read_json(path: Path) -> dict:
    """Read a stamp; empty where there is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def write_atomically(path: Path, text: str) -> None:
    """Write a stamp completely or not at all."""
    temporary = path.with_name(path.name + ".new")
    temporary.write_text(text, encoding="utf-8")
    os.replace(str(temporary), str(path))


def is_ready(extras: tuple[str, ...]) -> bool:
    """Return whether .venv has everything that these extras need."""
    stamp = read_json(READY)
    fits = stamp.get("key") == environment_key() and set(extras) <= set(stamp.get("extras", ()))
    return fits and PYTHON.exists()


class Lock:
    """Lock that keeps two set-ups of a checkout apart.

    Children inherit it: when a set-up is killed while pip runs, the next one waits for that pip
    instead of working against it.
    """

    def __init__(self) -> None:
        self.fd = os.open(str(ROOT / "pyproject.toml"), os.O_RDONLY)

    def take(self) -> None:
        """Wait for the lock."""
        if WINDOWS:
            return
        import fcntl

        try:
            fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("waiting for another set-up of this checkout to finish")
            fcntl.flock(self.fd, fcntl.LOCK_EX)

    def release(self) -> None:
        """Release the lock."""
        os.close(self.fd)

    def run(self, command: list[str], env: Mapping[str, str] | None = None) -> int:
        """Run a child that shares the lock and return its exit status.

        What it prints goes to standard error: standard output belongs to mmdesk.
        """
        inherited = () if WINDOWS else (self.fd,)
        return subprocess.call(command, pass_fds=inherited, env=env, stdout=STANDARD_ERROR)


def make_environment(lock: Lock) -> None:
    """Create .venv unless it is complete and belongs to this Python."""
    if CREATED.exists() and CREATED.read_text(encoding="utf-8") == python_key() and PYTHON.exists():
        return
    say("creating .venv with Python " + sys.version.split()[0])
    if VENV.exists():
        shutil.rmtree(str(VENV))
    if lock.run([sys.executable, "-m", "venv", str(VENV)]):
        package = "python{}.{}-venv".format(*sys.version_info[:2])
        raise SetupFailed(
            "the virtual environment cannot be created. On Debian: apt-get install " + package
        )
    write_atomically(CREATED, python_key())


def drop_half_installed() -> None:
    """Remove packages that a killed pip left without their RECORD.

    pip writes the RECORD last, and would take such packages for installed.
    """
    for metadata in VENV.glob("[Ll]ib/**/site-packages/*.dist-info"):
        if not (metadata / "RECORD").exists():
            shutil.rmtree(str(metadata))


def install_packages(lock: Lock, extras: tuple[str, ...]) -> None:
    """Install mmdesk in editable mode and its dependencies as binary wheels."""
    say("installing packages (the first time takes a few minutes)")
    drop_half_installed()
    install_cpu_torch(lock.run, PYTHON, VENV, CONSTRAINTS)
    wanted = str(ROOT) + ("[{}]".format(",".join(extras)) if extras else "")
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "-qq"]
    command += ["--constraint", str(CONSTRAINTS), *BINARY_ONLY, "--editable", wanted]
    if lock.run(command):
        raise SetupFailed("pip could not install the packages. See its message above.")
    # pip compiles what it copies, but not an editable package; without this the first window would
    # be late, and every window where PYTHONDONTWRITEBYTECODE is set.
    lock.run([str(PYTHON), "-m", "compileall", "-q", str(ROOT / "mmdesk")])


def prepare(extras: tuple[str, ...]) -> None:
    """Set up everything but the models."""
    if is_ready(extras):
        return
    lock = Lock()
    lock.take()
    try:
        if is_ready(extras):  # another set-up has just finished it
            return
        install_libraries(lock.run)
        make_environment(lock)
        have = tuple(read_json(READY).get("extras", ()))  # extras of earlier calls stay
        both = tuple(sorted(set(have) | set(extras)))
        install_packages(lock, both)
        write_atomically(READY, json.dumps({"key": environment_key(), "extras": both}))
    finally:
        lock.release()
