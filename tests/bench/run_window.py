"""Costs of the window: `python -m tests.bench.run_window [--rounds N] [--tokens N]`.

Prints one JSON object about start-up, first token, memory and event-loop lateness.
Needs the built-in language part in MMDESK_HOME and a display, or QT_QPA_PLATFORM=offscreen. Every
measurement is a process of its own; the ways of asking take turns, so that a machine that grows
slower meanwhile slows all of them. Figures are medians over the rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from mmdesk.models.model_store import ModelStore

ROOT = Path(__file__).resolve().parents[2]
START_ROUNDS = 7


def call(module: str, *arguments: str) -> Any:
    """Run a measuring module and return the JSON value that it prints last.

    Its first run may compile what it imports, as an installation has done long before.
    """
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    command = [sys.executable, "-m", f"tests.bench.{module}", *arguments]
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, check=True, text=True, env=environment
    )
    return json.loads(done.stdout.splitlines()[-1])


def now() -> str:
    return repr(time.monotonic())


def start_up() -> dict[str, Any]:
    """Seconds from process start to the first paint, of mmdesk and of an empty window."""
    pairs = [(call("painted", now()), call("empty_window", now())) for _ in range(START_ROUNDS + 1)]
    pairs = pairs[1:]  # the first one fills the disk's cache
    ours = median(own["painted_s"] for own, _ in pairs)
    empty = median(peer for _, peer in pairs)
    return {
        "painted_s": round(ours, 3),
        "empty_window_s": round(empty, 3),
        "ratio": round(ours / empty, 2),
        "heavy_imports": sorted({name for own, _ in pairs for name in own["heavy_imports"]}),
    }


def middle(runs: list[dict[str, Any]], key: str) -> float:
    """Return the median of a figure over all answers of all rounds."""
    return median(answer[key] for run in runs for answer in run["answers"])


def speed(rounds: int, tokens: str) -> dict[str, Any]:
    """Measure the same answers in the window and without it, in turns."""
    with_window, process, local = [], [], []
    for _ in range(rounds):
        with_window.append(call("bench_window", now(), tokens))
        process.append(call("windowless", "process", tokens))
        local.append(call("windowless", "local", tokens))
    speeds = {
        "window": middle(with_window, "tokens_per_s"),
        "process_engine": middle(process, "tokens_per_s"),
        "local_engine": middle(local, "tokens_per_s"),
    }
    return {
        "engine_ready_s": round(median(run["engine_ready_s"] for run in with_window), 2),
        "first_question_first_text_s": round(
            median(run["answers"][0]["first_text_s"] for run in with_window), 3
        ),
        "tokens_per_s": {name: round(value, 2) for name, value in speeds.items()},
        "window_to_process_engine": round(speeds["window"] / speeds["process_engine"], 3),
        "window_to_local_engine": round(speeds["window"] / speeds["local_engine"], 3),
        "event_loop": [run["event_loop"] for run in with_window],
        "memory_bytes": with_window[-1]["memory"],
        "torch_in_window": any(run["torch_in_window"] for run in with_window),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3, help="of each way of asking")
    parser.add_argument("--tokens", type=int, default=128, help="of each answer")
    options = parser.parse_args()
    missing = ModelStore().missing_defaults()
    if missing:  # the window would begin to fetch them, and that would be measured
        parser.exit(3, f"The bench needs {', '.join(missing)}: mmdesk models get ID\n")
    machine = {
        "system": platform.platform(),
        "python": platform.python_version(),
        "cpus": os.cpu_count(),
        "load_before": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        "qt_platform": os.environ.get("QT_QPA_PLATFORM") or os.environ.get("DISPLAY", ""),
    }
    figures = {"machine": machine, "start": start_up()}
    figures |= speed(options.rounds, str(options.tokens))
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
