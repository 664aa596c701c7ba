"""Installation of the program that a model part is used with, into the part's own folder.

Such a program has a licence of its own (Piper: GPL), so it is no dependency of mmdesk: it is
downloaded together with the part when the user asks for it, and removed with it. pip compares its
wheel with the digests of the manifest, in a child whose connections are logged.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import mmdesk
from mmdesk.errors import Cancelled, ModelUnavailable
from mmdesk.models.manifest import ModelPart, Package
from mmdesk.translatable import TranslatableText
from mmdesk.values import CancelFlag

FOLDER = "package"  # within the part's
_POLL_S = 0.2


def install_package(part: ModelPart, target: Path, cancel: CancelFlag) -> None:
    """Install a part's program below its folder `target`, where it has one.

    Raises:
        ModelUnavailable: no index delivers it, or no wheel of it fits this computer.
        Cancelled: `cancel` was set.
    """
    package = part.package
    if package is None:
        return
    status, errors = _run_pip(package, target / FOLDER, cancel)
    if status == 0:
        return
    lines = [line for line in errors.splitlines() if line.startswith("ERROR")]
    reason = lines[-1].removeprefix("ERROR: ") if lines else TranslatableText("pip failed")
    raise ModelUnavailable(
        "{title} needs the program {package}, which could not be installed: {reason}.",
        "Check your internet connection, then run: mmdesk models get {part}",
        title=part.title,
        package=package.name,
        part=part.id,
        reason=str(reason).rstrip("."),
    )


def _run_pip(package: Package, folder: Path, cancel: CancelFlag) -> tuple[int, str]:
    """Run `pip install`, polled so that it can be cancelled; return its status and errors."""
    command = [sys.executable, "-P", "-m", "mmdesk.network.pip_main", "install"]
    command += ["--target", str(folder), "--no-deps", "--no-compile", "--no-cache-dir", "--quiet"]
    command += ["--only-binary", ":all:", "--require-hashes", "--retries", "1"]
    environment = {**os.environ, "PIP_NO_INPUT": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    root = str(Path(mmdesk.__file__).resolve().parent.parent)
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
    with tempfile.TemporaryDirectory() as scratch:
        wanted = Path(scratch) / "requirements.txt"
        wanted.write_text(f"{package.requirement}\n", encoding="utf-8")
        with subprocess.Popen(
            [*command, "--requirement", str(wanted)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        ) as process:
            while True:
                try:
                    errors = process.communicate(timeout=_POLL_S)[1]
                    return process.returncode, errors
                except subprocess.TimeoutExpired:
                    if cancel.is_set():
                        process.kill()
                        raise Cancelled from None
