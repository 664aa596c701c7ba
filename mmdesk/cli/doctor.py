"""`mmdesk doctor`: report on this computer and the installation.

Every probe is run, and one that fails is reported with the reason: a report is needed most where
something does not work.
"""

from __future__ import annotations

import argparse
import importlib.metadata
import os
import platform
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from mmdesk import __version__, settings
from mmdesk.cli.output import Console
from mmdesk.errors import MMDeskError
from mmdesk.text import clean_line
from mmdesk.values import Connection, NeverCancelled

PACKAGES = (
    "PySide6-Essentials", "torch", "transformers", "safetensors", "pillow", "sounddevice",
    "librosa", "faster-whisper", "ctranslate2", "rapidocr", "onnxruntime", "numpy",
)  # fmt: skip
_CPU_FEATURES = re.compile(
    r"avx\w*|amx\w*|f16c|fma|sha_ni|neon|asimd\w*|sve\w*|bf16|i8mm", re.ASCII
)
_TIMEOUT_S = 30
_LATEST = 5  # connections
_DISPLAY_PROBE = """
from PySide6.QtGui import QGuiApplication
application = QGuiApplication([])
screen = application.primaryScreen()
size = screen.size()
print(application.platformName(), f"{size.width()}x{size.height()}", screen.devicePixelRatio())
"""
_AUDIO_PROBE = """
from mmdesk.inputs import input_devices
print("\\n".join(input_devices()))
"""


def run(options: argparse.Namespace, console: Console, cancel: threading.Event) -> int:
    """Print the report; return the exit status."""
    report = examine()
    if console.json:
        console.object(report)
    else:
        for name, finding in report.items():
            console.print(f"{name}: {_as_text(finding)}")
    return 0


def examine() -> dict[str, Any]:
    """Run all probes; return their results by name, {"problem": reason} for one that failed."""
    return {name: _result(probe) for name, probe in _PROBES.items()}


def _result(probe: Callable[[], Any]) -> Any:
    try:
        return probe()
    except MMDeskError as problem:
        return {"problem": str(problem)}
    except (
        OSError, ValueError, LookupError, AttributeError, RuntimeError, ImportError, TypeError,
        subprocess.SubprocessError,
    ) as problem:  # fmt: skip
        return {"problem": f"{type(problem).__name__}: {problem}"}


def _python() -> dict[str, str]:
    return {
        "version": platform.python_version(),
        "implementation": platform.python_implementation(),
        "executable": sys.executable,
        "mmdesk": __version__,
    }


def _cpu() -> dict[str, Any]:
    import psutil

    from mmdesk.engine import thread_count

    information = _proc_cpuinfo()
    name = re.search(r"^model name\s*:\s*(.+)$", information, re.MULTILINE)
    flags = re.search(r"^(?:flags|Features)\s*:\s*(.+)$", information, re.MULTILINE)
    features = [
        flag for flag in (flags[1].split() if flags else []) if _CPU_FEATURES.fullmatch(flag)
    ]
    return {
        "name": name[1] if name else platform.processor() or platform.machine(),
        "cores": psutil.cpu_count(logical=False),
        "logical": psutil.cpu_count(),
        "threads_used": thread_count(),
        "features": features,
    }


def _matmul_speed() -> Any:
    from mmdesk.engine import measured_speeds

    return measured_speeds() or "not measured yet: no model in int4 was loaded"


def _proc_cpuinfo() -> str:
    path = Path("/proc/cpuinfo")
    return path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""


def _memory() -> dict[str, float]:
    import psutil

    memory = psutil.virtual_memory()
    return {
        "total_gb": round(memory.total / 1e9, 1),
        "available_gb": round(memory.available / 1e9, 1),
    }


def _packages() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in PACKAGES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "missing"
    return found


def _run_isolated(code: str) -> str:
    """Run a probe in a process of its own, so that a native crash does not end the report."""
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        check=False,
    )
    if done.returncode != 0:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise RuntimeError(lines[-1].strip() if lines else f"ended with {done.returncode}")
    return done.stdout.strip()


def _display() -> dict[str, Any]:
    displays = [os.environ.get(name, "") for name in ("DISPLAY", "WAYLAND_DISPLAY")]
    unset = not any(displays) and not os.environ.get("QT_QPA_PLATFORM")
    if sys.platform.startswith("linux") and unset:
        return {"problem": "no display (neither DISPLAY nor WAYLAND_DISPLAY is set)"}
    name, size, scale = _run_isolated(_DISPLAY_PROBE).split()
    return {"platform": name, "screen": size, "scale": float(scale)}


def _devices() -> Any:
    from mmdesk.workers import find_cards

    cards = find_cards()
    chosen = settings.load().device
    if not cards:
        return {"asked_for": chosen, "graphics_cards": "none that PyTorch can use"}
    names = [
        f"{one.id} {one.name} ({one.kind}) {one.memory_free / 1e9:.1f} of {one.memory / 1e9:.1f} GB"
        for one in cards
    ]
    return {"asked_for": chosen, "graphics_cards": names}


def _audio() -> dict[str, Any]:
    devices = _run_isolated(_AUDIO_PROBE).splitlines()
    return {"inputs": devices} if devices else {"problem": "no microphone found"}


def _models() -> dict[str, Any]:
    from mmdesk.models import ModelStore

    store = ModelStore()
    found: dict[str, Any] = {}
    for info in store.infos():
        if not info.installed:
            found[info.id] = "missing" if info.id in store.missing_defaults() else "not installed"
            continue
        try:
            store.verify(info.id, NeverCancelled())
            found[info.id] = "verified"
        except MMDeskError as problem:
            found[info.id] = {"problem": str(problem)}
    return found


def _fused() -> str:
    from mmdesk.perception import check_fused_weights, shipped_folder

    folder = shipped_folder()
    if folder is None:
        return "not in this build: photos get labels but no captions"
    check_fused_weights(folder)
    return "verified"


def _storage() -> dict[str, Any]:
    home = settings.home()
    existing = next(path for path in (home, *home.parents) if path.exists())
    return {"home": str(home), "free_gb": round(shutil.disk_usage(existing).free / 1e9, 1)}


def _network() -> dict[str, Any]:
    from mmdesk.network import ConnectionLog

    offline = settings.load().work_offline
    use = "downloads that you start" if offline else "downloads and servers"
    return {
        "work_offline": offline,
        "used_for": f"only {use} and the first start",
        "log": str(ConnectionLog().path),
        "latest": [_connection_line(one) for one in ConnectionLog().read(_LATEST)],
    }


def _connection_line(one: Connection) -> str:
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(one.time))
    counts = f"{one.sent} bytes sent, {one.received} received"
    counts = "" if one.sent is None else f", {counts}"
    return clean_line(f"{when} {one.address}: {one.reason}, {one.result}{counts}")


_PROBES: dict[str, Callable[[], Any]] = {
    "python": _python,
    "platform": platform.platform,
    "cpu": _cpu,
    "matmul_speed": _matmul_speed,
    "memory": _memory,
    "devices": _devices,
    "packages": _packages,
    "display": _display,
    "audio": _audio,
    "models": _models,
    "fused_model": _fused,
    "storage": _storage,
    "network": _network,
}


def _as_text(finding: Any) -> str:
    if isinstance(finding, dict):
        if set(finding) == {"problem"}:
            return f"PROBLEM: {finding['problem']}"
        return ", ".join(f"{name} {_as_text(value)}" for name, value in finding.items())
    if isinstance(finding, list):
        between = "; " if any(" " in str(entry) for entry in finding) else " "
        return between.join(map(str, finding)) or "none"
    return str(finding)
