"""The virtual environment in .venv: made, filled with packages, and stamped when it is whole."""

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

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
MADE = VENV / "mmdesk-made"  # the environment itself is whole
READY = VENV / "mmdesk-ready.json"  # everything is installed into it
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")

# Nothing may compile on a person's machine. The one exception has no wheel and is pure Python.
BINARY_ONLY = ("--only-binary", ":all:", "--no-binary", "antlr4-python3-runtime")


class SetupFailed(Exception):  # noqa: N818  what the person is told
    """The set-up cannot go on; the text says why in one sentence."""


def environment_key() -> str:
    """What the installed packages depend on."""
    digest = hashlib.sha256()
    for path in (ROOT / "pyproject.toml", CONSTRAINTS):
        digest.update(path.read_bytes())
    digest.update(repr((sys.version, sys.base_prefix, str(ROOT))).encode())
    return digest.hexdigest()


def python_key() -> str:
    """What the bare environment depends on: another Python or a moved checkout needs a new one."""
    return repr((sys.version, sys.base_prefix, str(ROOT)))


def read_json(path: Path) -> dict:
    """A stamp's content; empty where there is none."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return content if isinstance(content, dict) else {}


def write_whole(path: Path, text: str) -> None:
    """Write a stamp whole or not at all."""
    temporary = path.with_name(path.name + ".new")
    temporary.write_text(text, encoding="utf-8")
    os.replace(str(temporary), str(path))


def is_ready(extras: tuple[str, ...]) -> bool:
    """Whether everything that is asked for stands in .venv."""
    stamp = read_json(READY)
    fits = stamp.get("key") == environment_key() and set(extras) <= set(stamp.get("extras", ()))
    return fits and PYTHON.exists()


class Lock:
    """Keeps two set-ups apart. The children inherit it: when a set-up is killed while pip is at
    work, the next one waits for that pip instead of working against it.
    """

    def __init__(self) -> None:
        self.fd = os.open(str(ROOT / "pyproject.toml"), os.O_RDONLY)

    def take(self) -> None:
        if WINDOWS:
            return
        import fcntl

        try:
            fcntl.flock(self.fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            say("waiting for another set-up of this checkout to end")
            fcntl.flock(self.fd, fcntl.LOCK_EX)

    def release(self) -> None:
        os.close(self.fd)

    def run(self, command: list[str], env: Mapping[str, str] | None = None) -> int:
        """Run a child that shares the lock; returns its exit status."""
        inherited = () if WINDOWS else (self.fd,)
        return subprocess.call(command, pass_fds=inherited, env=env)


def make_environment(lock: Lock) -> None:
    """Make .venv anew unless it is whole and belongs to this Python."""
    if MADE.exists() and MADE.read_text(encoding="utf-8") == python_key() and PYTHON.exists():
        return
    say("making .venv with Python " + sys.version.split()[0])
    if VENV.exists():
        shutil.rmtree(str(VENV))
    if lock.run([sys.executable, "-m", "venv", str(VENV)]):
        package = "python{}.{}-venv".format(*sys.version_info[:2])
        raise SetupFailed(
            "the virtual environment cannot be made; on Debian: apt-get install " + package
        )
    write_whole(MADE, python_key())


def drop_half_installed() -> None:
    """Take out packages that a killed pip left without their RECORD, which pip writes last: it
    would believe them installed.
    """
    for metadata in VENV.glob("[Ll]ib/**/site-packages/*.dist-info"):
        if not (metadata / "RECORD").exists():
            shutil.rmtree(str(metadata))


def install_packages(lock: Lock, extras: tuple[str, ...]) -> None:
    """Install mmdesk in place, and all it needs, as binary wheels."""
    say("installing packages (the first time takes a few minutes)")
    drop_half_installed()
    wanted = str(ROOT) + ("[{}]".format(",".join(extras)) if extras else "")
    command = [str(PYTHON), "-m", "pip", "install", "--disable-pip-version-check", "-qq"]
    command += ["--constraint", str(CONSTRAINTS), *BINARY_ONLY, "--editable", wanted]
    if lock.run(command):
        raise SetupFailed("pip could not install the packages; its own message stands above.")
    # pip compiles what it copies, but not what it leaves in place; without that the first window
    # would be late, and every window where PYTHONDONTWRITEBYTECODE is set.
    lock.run([str(PYTHON), "-m", "compileall", "-q", str(ROOT / "mmdesk")])


def prepare(extras: tuple[str, ...]) -> None:
    """Everything but the models."""
    if is_ready(extras):
        return
    lock = Lock()
    lock.take()
    try:
        if is_ready(extras):  # another set-up has just done it
            return
        install_libraries(lock.run)
        make_environment(lock)
        have = tuple(read_json(READY).get("extras", ()))  # what was asked for before stays
        both = tuple(sorted(set(have) | set(extras)))
        install_packages(lock, both)
        write_whole(READY, json.dumps({"key": environment_key(), "extras": both}))
    finally:
        lock.release()
