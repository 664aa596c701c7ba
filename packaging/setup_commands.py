"""Commands of the set-up: download the models, then run mmdesk or its checks."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import subprocess
import sys

from setup_environment import (
    PYTHON,
    ROOT,
    STANDARD_ERROR,
    VENV,
    WINDOWS,
    SetupFailed,
    prepare,
    read_json,
    write_atomically,
)
from setup_libraries import say

MODELS = VENV / "mmdesk-models.json"  # stamp: where the models are installed


def models_key() -> str:
    """Return a digest of all that decides which models are installed and where."""
    manifest = (ROOT / "resources" / "models.json").read_bytes()
    home = os.environ.get("MMDESK_HOME", "")
    return hashlib.sha256(manifest + os.path.abspath(home).encode() * bool(home)).hexdigest()


def models_are_installed() -> bool:
    """Return whether the default models are still where the last download put them."""
    stamp = read_json(MODELS)
    return stamp.get("key") == models_key() and all(
        os.path.exists(path) for path in stamp.get("records", ())
    )


def download_models(*options: str) -> None:
    """Download the default models that are missing.

    Without them mmdesk starts all the same and says what is missing.

    Args:
        options: for `python -m mmdesk.models get default`.
    """
    if models_are_installed() and "--small" not in options:
        return
    say("downloading the models")
    records = MODELS.with_name(MODELS.name + ".records")
    command = [str(PYTHON), "-P", "-m", "mmdesk.models", "get", "default", *options]
    status = subprocess.call([*command, "--record", str(records)], stdout=STANDARD_ERROR)
    if status == 130:
        raise KeyboardInterrupt
    if status:
        say("not all models could be downloaded. The next start tries again.")
        return
    found = json.loads(records.read_text(encoding="utf-8"))
    write_atomically(MODELS, json.dumps({"key": models_key(), "records": found}))


def has_display() -> bool:
    """Return whether a window can be shown."""
    if not sys.platform.startswith("linux"):
        return True
    names = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return any(os.environ.get(name) for name in names)


def download_larger_model() -> None:
    """Download the larger language model in the background, where the set-up decided for it.

    The window does this by itself, with progress; without one nothing else would.
    """
    command = [str(PYTHON), "-P", "-m", "mmdesk.models", "get", "larger"]
    with contextlib.suppress(OSError):
        subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )


def run(arguments: list[str], small: bool = False) -> int:
    """Set up, then replace this process with mmdesk.

    Args:
        arguments: mmdesk's.
        small: keep the small language model.
    """
    prepare(())
    if small or not models_are_installed():
        download_models("--small" if small else "--decide")
        if (arguments or not has_display()) and not small:
            download_larger_model()
    if not arguments and not has_display():
        say("everything is set up, but there is no display for the window. To ask without one:")
        command_line = 'python3 packaging/bootstrap.py run -- ask "What is the capital of France?"'
        print("    " + command_line, file=sys.stderr, flush=True)
        return 0
    command = [str(PYTHON), "-P", "-m", "mmdesk", *arguments]
    if WINDOWS:
        return subprocess.call(command)
    sys.stdout.flush()
    return os.execv(command[0], command)


def checks() -> list[tuple[str, list[str]]]:
    """Return the checks before the tests as (name, command)."""
    scripts = PYTHON.parent
    return [
        ("ruff check", [str(scripts / "ruff"), "check"]),
        ("ruff format", [str(scripts / "ruff"), "format", "--check"]),
        ("mypy", [str(scripts / "mypy")]),
        ("lint-imports", [str(scripts / "lint-imports")]),
    ]


def test(arguments: list[str]) -> int:
    """Set up and run every check; return the status of the first that failed."""
    prepare(("dev",))
    download_models()
    environment = dict(os.environ, QT_QPA_PLATFORM="offscreen")
    results = []
    for name, command in checks():
        say(name)
        results.append((name, subprocess.call(command, cwd=str(ROOT), env=environment)))
    say("; ".join(name + (" FAILED" if status else " ok") for name, status in results))
    say("pytest")
    pytest = [str(PYTHON), "-m", "pytest", *arguments]
    results.append(("pytest", subprocess.call(pytest, cwd=str(ROOT), env=environment)))
    return next((status for _, status in results if status), 0)


def main(arguments: list[str]) -> int:
    """Run a command and return the exit status."""
    small = arguments[:2] == ["run", "--small"]
    command, rest = arguments[:1], arguments[2 if small else 1 :]
    if command not in (["run"], ["test"]) or (rest and rest[0] != "--"):
        usage = "usage: python3 packaging/bootstrap.py run [--small] [-- ARGS] | test [-- ARGS]"
        print(usage, file=sys.stderr)
        return 2
    try:
        return run(rest[1:], small) if command == ["run"] else test(rest[1:])
    except SetupFailed as problem:
        print("mmdesk: " + str(problem), file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nmmdesk: stopped. The next call resumes from here.", file=sys.stderr)
        return 130
