"""`python -m tests.bench.compare FOLDER`: mmdesk beside llama.cpp, CTranslate2 and transformers.

The same weights, the same prompts, the same number of threads; every engine in a process of its
own with its own defaults, taking turns, so that a machine that grows slower meanwhile slows all of
them. While one is measured the others are stopped (SIGSTOP), and each is warmed up at the beginning
of its turn. Figures are medians over the rounds. FOLDER keeps the weights in the rivals' formats
(see weights.py). Needs the extra `bench`. MMDESK_BENCH_THREADS sets the threads of all. Prints one
JSON object; `--plot FILE` draws prefill time against length as SVG.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import signal
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench.plot import Curve, svg
from tests.bench.rivals import MAKERS, ROOT, THREADS
from tests.bench.weights import prepare

DECODE_PROMPT = 128  # tokens before the answer whose speed is measured
WARM_UP = 8  # tokens of the answer that is not counted, at the beginning of a turn


class Rival:
    """One engine's process."""

    def __init__(self, name: str, folder: Path) -> None:
        self.name = name
        environment = os.environ | {"HF_HUB_OFFLINE": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.bench.rivals", name, str(folder), str(time.time())],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self.loaded = self._read()
        self.prefill: dict[int, list[float]] = {}
        self.decode: list[float] = []
        self.peak: int | None = None

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} ended without an answer.")
        told: dict[str, Any] = json.loads(line)
        return told

    def run(self, prompt: int, answer: int) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(f"{prompt} {answer}\n")
        self._process.stdin.flush()
        return self._read()

    def turn(self, lengths: list[int], answer: int) -> None:
        """Measure everything once, alone on the machine."""
        self._process.send_signal(signal.SIGCONT)
        self.run(DECODE_PROMPT, WARM_UP)
        for length in lengths:
            self.prefill.setdefault(length, []).append(self.run(length, 1)["prefill_s"])
        told = self.run(DECODE_PROMPT, answer)
        self.decode.append((answer - 1) / told["decode_s"])
        self.peak = told["peak"]
        self.stop()

    def stop(self) -> None:
        """Keep its threads from running until its next turn."""
        self._process.send_signal(signal.SIGSTOP)

    def summary(self) -> dict[str, Any]:
        return {
            "load_s": round(self.loaded["load_s"], 2),
            "rest_rss_mb": round(self.loaded["rss"] / 1e6),
            "rest_uss_mb": round(self.loaded["uss"] / 1e6),
            "peak_rss_mb": None if self.peak is None else round(self.peak / 1e6),
            "prefill_s": {n: round(median(times), 3) for n, times in self.prefill.items()},
            "prefill_tokens_per_s": {
                n: round(n / median(times), 1) for n, times in self.prefill.items()
            },
            "decode_tokens_per_s": round(median(self.decode), 2),
        }

    def close(self) -> None:
        self._process.kill()
        self._process.wait()


def measure(options: argparse.Namespace) -> dict[str, Any]:
    rivals: list[Rival] = []
    try:
        for name in options.engines:
            rivals.append(Rival(name, options.folder))
            rivals[-1].stop()  # before the next one is loaded
        for _ in range(options.rounds):
            for rival in rivals:
                rival.turn(options.lengths, options.tokens)
        return {rival.name: rival.summary() for rival in rivals}
    finally:
        for rival in rivals:
            rival.close()


def ratios(engines: dict[str, Any], lengths: list[int]) -> dict[str, Any]:
    """Return how many times faster mmdesk is than each of the others."""
    own = engines.get("mmdesk")
    if own is None:
        return {}
    return {
        name: {
            "decode": round(own["decode_tokens_per_s"] / other["decode_tokens_per_s"], 2),
            "prefill": {n: round(other["prefill_s"][n] / own["prefill_s"][n], 2) for n in lengths},
        }
        for name, other in engines.items()
        if name != "mmdesk"
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tokens", type=int, default=100, help="of the answer")
    parser.add_argument("--lengths", type=int, nargs="+", default=[150, 600, 2000])
    parser.add_argument("--engines", nargs="+", choices=list(MAKERS), default=list(MAKERS))
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--tasks", action="store_true", help="summarising and pictures as well")
    options = parser.parse_args()
    prepare(options.folder)
    figures: dict[str, Any] = {
        "machine": {
            "system": platform.platform(),
            "threads": THREADS,
            "load_before": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        },
        "rounds": options.rounds,
        "engines": measure(options),
    }
    figures["mmdesk_is_faster_by"] = ratios(figures["engines"], options.lengths)
    if options.tasks:
        from tests.bench.long_work import long_work

        figures |= long_work()
    if options.plot:
        curves = [
            Curve(name, sorted(told["prefill_s"].items()))
            for name, told in figures["engines"].items()
        ]
        drawing = svg("Time to read a prompt", "tokens", "seconds", curves)
        options.plot.write_text(drawing, encoding="utf-8")
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
