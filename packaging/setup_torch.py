"""PyTorch without CUDA on Linux machines without an NVIDIA card.

The package registry has one build of torch for Linux, which brings several GB of CUDA libraries.
PyTorch's own index has a build for the CPU. Where that index can be reached, torch comes from it,
before all other packages; it has the version that the constraints name, so they keep it.
"""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
import urllib.request
from collections.abc import Callable
from pathlib import Path

from setup_libraries import say

CPU_INDEX = "https://download.pytorch.org/whl/cpu"
TIMEOUT_S = 5
# Files of NVIDIA's driver; the last one is there in WSL.
NVIDIA_FILES = ("/proc/driver/nvidia/version", "/dev/nvidiactl", "/dev/dxg")

Run = Callable[[list[str]], int]  # runs a command and returns its exit status


def has_nvidia() -> bool:
    """Return whether there is an NVIDIA card that a CUDA build of torch can use."""
    return any(os.path.exists(name) for name in NVIDIA_FILES) or bool(shutil.which("nvidia-smi"))


def wants_cpu_build() -> bool:
    """Return whether the registry's build of torch would be the wrong one here.

    On macOS and Windows it has no CUDA. A user who has turned pip's indexes off has torch at hand.
    """
    linux = sys.platform.startswith("linux") and platform.machine() in ("x86_64", "aarch64")
    return linux and not has_nvidia() and not os.environ.get("PIP_NO_INDEX")


def pinned_version(constraints: str) -> str:
    """Return the version of torch that the constraints name; "" where they name none."""
    match = re.search(r"^torch==([\d.]+)", constraints, re.MULTILINE)
    return match.group(1) if match else ""


def index_answers() -> bool:
    """Return whether PyTorch's index of CPU builds can be reached."""
    request = urllib.request.Request(CPU_INDEX + "/torch/", method="HEAD")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as response:
            return bool(response.status == 200)
    except (OSError, ValueError):
        return False


def has_torch(venv: Path) -> bool:
    """Return whether some torch is installed in a virtual environment."""
    return any(venv.glob("[Ll]ib/**/site-packages/torch-*.dist-info/RECORD"))


def install_cpu_torch(run: Run, python: Path, venv: Path, constraints: Path) -> None:
    """Install the CPU build of torch where it is wanted, missing and can be reached.

    A failure is no reason to stop: the registry's build works as well, and is only larger.

    Args:
        run: runs pip.
        python: of the virtual environment.
        venv: the virtual environment.
        constraints: the file with pip's constraints.
    """
    version = pinned_version(constraints.read_text(encoding="utf-8"))
    if not version or not wants_cpu_build() or has_torch(venv) or not index_answers():
        return
    say("installing PyTorch without CUDA, as there is no NVIDIA card")
    command = [str(python), "-m", "pip", "install", "--disable-pip-version-check", "-qq"]
    command += ["--no-deps", "--only-binary", ":all:", "--index-url", CPU_INDEX]
    if run([*command, "torch==" + version]):
        say("that build could not be installed; the usual one follows")
