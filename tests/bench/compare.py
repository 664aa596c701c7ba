"""`python -m tests.bench.compare FOLDER`: mmdesk beside llama.cpp, CTranslate2 and transformers.

The same weights and prompts; every engine with its own defaults and in a process of its own, which
is started for its turn and ended before the next one starts, so that it is alone on the machine.
It is warmed up at the beginning of a turn. Turns go round and round, so that a machine that grows
slower meanwhile slows all of them; figures are medians over the rounds. llama.cpp runs in the forms
people get, from the wheel of xllamacpp and (where npm is) node-llama-cpp's prebuilt binaries, with
three files each and with flash attention on and off; each figure is compared with the best of them.
FOLDER keeps the weights in the rivals' formats (weights.py) and npm's packages. Needs the extra
`bench`. MMDESK_BENCH_THREADS sets the threads of all.

Prints a Markdown table for each model; `--json FILE` writes all figures, `--plot FILE` draws
prefill time against length as SVG. `--quick` is one short round, to see that everything runs.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from mmdesk.models.model_store import ModelStore
from tests.bench.plot import Curve, svg
from tests.bench.rivals import ASKED_THREADS, ROOT, TEXT
from tests.bench.weights import GGUF_FILES, prepare

MODELS = ("qwen2.5-coder-0.5b", "qwen2.5-coder-1.5b")
KINDS = ("mmdesk", "xllamacpp", "node-llama-cpp", "ctranslate2", "transformers")
LLAMA_CPP = ("xllamacpp", "node-llama-cpp")
DECODE_PROMPT = 128  # tokens before the answer whose speed is measured
WARM_UP = 8  # tokens of the answer that is not counted, at the beginning of a turn
NODE_PACKAGES = {"Linux": "linux-x64", "Windows": "win-x64", "Darwin": "mac-x64"}


@dataclass
class Rival:
    """One engine with one file and its figures.

    Attributes:
        kind: one of KINDS.
        label: its precision or format.
        file: what it loads.
        flash: "on" or "off"; "" where there is no choice.
        problem: why it was left out; "" while it runs.
    """

    kind: str
    label: str
    file: str
    flash: str = ""
    loaded: list[dict[str, Any]] = field(default_factory=list)
    prefill: dict[int, list[float]] = field(default_factory=dict)
    decode: list[float] = field(default_factory=list)
    peak: int | None = None
    problem: str = ""

    @property
    def name(self) -> str:
        flash = f", flash attention {self.flash}" if self.flash else ""
        return f"{self.kind}, {self.label}{flash}" if self.label else self.kind

    def turn(self, ids: Path, modules: Path, lengths: list[int], answer: int) -> None:
        """Start it, measure everything once, and end it."""
        process = subprocess.Popen(
            self._command(ids, modules),
            cwd=ROOT,
            env=own_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            self.loaded.append(_read(process))
            _ask(process, DECODE_PROMPT, WARM_UP)
            for length in lengths:
                seconds = _ask(process, length, 1)["prefill_s"]
                self.prefill.setdefault(length, []).append(seconds)
            told = _ask(process, DECODE_PROMPT, answer)
            self.decode.append((answer - 1) / told["decode_s"])
            self.peak = told["peak"]
        except (ValueError, OSError) as problem:
            self.problem = str(problem)
        finally:
            process.kill()
            process.wait()

    def _command(self, ids: Path, modules: Path) -> list[str]:
        began = str(time.time())
        if self.kind == "node-llama-cpp":
            script = str(Path(__file__).with_name("node_llama.mjs"))
            threads = [str(ASKED_THREADS)] if ASKED_THREADS else []
            return ["node", script, str(modules), self.file, self.flash, str(ids), began, *threads]
        arguments = [self.kind, self.file, self.flash, str(ids), began]
        return [sys.executable, "-m", "tests.bench.rivals", *arguments]

    def summary(self) -> dict[str, Any]:
        first = self.loaded[0]
        return {
            "load_s": round(median(loaded["load_s"] for loaded in self.loaded), 2),
            "rest_rss_mb": round(first["rss"] / 1e6),
            "peak_rss_mb": None if self.peak is None else round(self.peak / 1e6),
            "threads": first.get("threads"),
            "precision": first.get("precision"),
            "weight_bytes": first.get("weight_bytes"),
            "prefill_s": {n: round(median(times), 3) for n, times in self.prefill.items()},
            "prefill_tokens_per_s": {
                n: round(n / median(times), 1) for n, times in self.prefill.items()
            },
            "decode_tokens_per_s": round(median(self.decode), 2),
        }


def own_environment() -> dict[str, str]:
    """Return the environment without settings of OpenMP: every engine has its own defaults."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("OMP_", "KMP_", "GOMP_"))}
    return kept | {"HF_HUB_OFFLINE": "1", "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def _read(process: subprocess.Popen[str]) -> dict[str, Any]:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise ValueError("It ended without an answer.")
    told: dict[str, Any] = json.loads(line)
    return told


def _ask(process: subprocess.Popen[str], prompt: int, answer: int) -> dict[str, Any]:
    assert process.stdin is not None
    process.stdin.write(f"{prompt} {answer}\n")
    process.stdin.flush()
    return _read(process)


def rivals_of(model: str, folder: Path, kinds: list[str]) -> list[Rival]:
    """Return the engines that run this model."""
    rivals = [Rival("mmdesk", "", model)] if "mmdesk" in kinds else []
    for kind in LLAMA_CPP:
        if kind in kinds:
            rivals += [
                Rival(kind, label, str(folder / file), flash)
                for label, file in GGUF_FILES.items()
                for flash in ("on", "off")
            ]
    if "ctranslate2" in kinds:
        rivals.append(Rival("ctranslate2", "int8", str(folder / "ctranslate2")))
    if "transformers" in kinds:
        rivals.append(Rival("transformers", "bf16", str(folder / "floats")))
    return rivals


def install_node_llama(folder: Path) -> str:
    """Install node-llama-cpp's prebuilt binaries into `folder`; return why it failed, or ""."""
    npm, package = shutil.which("npm"), NODE_PACKAGES.get(platform.system())
    if npm is None or shutil.which("node") is None or package is None:
        return "There is no npm or node here."
    if (folder / "node_modules" / "@node-llama-cpp" / package).exists():
        return ""
    folder.mkdir(parents=True, exist_ok=True)
    options = ["--ignore-scripts", "--omit=optional", "--no-audit", "--no-fund"]
    packages = ["node-llama-cpp@3", f"@node-llama-cpp/{package}@3"]
    command = [npm, "install", "--prefix", str(folder), *options, *packages]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    return "" if done.returncode == 0 else f"npm failed: {done.stderr[-300:]}"


def prompt_file(model: str, folder: Path) -> Path:
    """Write the token ids of the prompts' text."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(ModelStore().path(model) / "tokenizer.json"))
    file = folder / "prompt.json"
    ids = tokenizer.encode(TEXT.read_text(encoding="utf-8")).ids
    file.write_text(json.dumps(ids), encoding="utf-8")
    return file


def read_speed(model: str) -> float | None:
    """Return how fast the model's own weights are read, in gigabytes a second."""
    file = ModelStore().path(model) / "model.safetensors"
    command = [sys.executable, "-m", "tests.bench.read_speed", str(file)]
    done = subprocess.run(
        command, check=False, cwd=ROOT, env=own_environment(), capture_output=True, text=True
    )
    return float(done.stdout) if done.returncode == 0 else None


def measure(model: str, options: argparse.Namespace) -> dict[str, Any]:
    """Run all engines on one model."""
    folder, modules = options.folder / model, options.folder / "npm"
    kinds = list(options.engines)
    prepare(folder, model, {"ctranslate2", "floats"} & set(_formats(kinds)))
    ids = prompt_file(model, folder)
    problem = install_node_llama(modules) if "node-llama-cpp" in kinds else ""
    rivals = rivals_of(model, folder, kinds)
    for rival in rivals:
        if rival.kind == "node-llama-cpp":
            rival.problem = problem
    speeds = []
    for number in range(options.rounds):
        speeds.append(read_speed(model))
        for rival in rivals:
            if not rival.problem:
                rival.turn(ids, modules, options.lengths, options.tokens)
                state = rival.problem or f"{rival.decode[-1]:.1f} tokens/s"
                print(f"{model}, round {number + 1}, {rival.name}: {state}", file=sys.stderr)
    known = [speed for speed in speeds if speed is not None]
    return {
        "read_gigabytes_per_s": round(median(known), 1) if known else None,
        "engines": {r.name: r.summary() for r in rivals if not r.problem},
        "left_out": {r.name: r.problem for r in rivals if r.problem},
    }


def _formats(kinds: list[str]) -> list[str]:
    return {
        (False, False): [],
        (True, False): ["floats", "ctranslate2"],
        (False, True): ["floats"],
        (True, True): ["floats", "ctranslate2"],
    }["ctranslate2" in kinds, "transformers" in kinds]


def fastest(engines: dict[str, Any], lengths: list[int]) -> dict[str, Any]:
    """Return the best of llama.cpp's forms for each figure, and how mmdesk compares."""
    theirs = {n: e for n, e in engines.items() if n.startswith(LLAMA_CPP)}
    own = engines.get("mmdesk")
    if not theirs:
        return {}
    best: dict[str, Any] = {}
    figures = {"decode": lambda e: e["decode_tokens_per_s"]} | {
        f"prefill {n}": lambda e, n=n: e["prefill_tokens_per_s"][n] for n in lengths
    }
    for figure, value in figures.items():
        name = max(theirs, key=lambda n: value(theirs[n]))
        best[figure] = {"engine": name, "tokens_per_s": value(theirs[name])}
        if own is not None:
            best[figure]["mmdesk_is_faster_by"] = round(value(own) / value(theirs[name]), 2)
    return best


def markdown(model: str, told: dict[str, Any], lengths: list[int]) -> str:
    """Return one model's table, and lines about llama.cpp and the speed of memory."""
    prefills = " | ".join(f"prefill, {n} tokens" for n in lengths)
    lines = [
        f"### {model}",
        "",
        f"| | {prefills} | decode | usable after | resident at rest |",
        "|---" * (len(lengths) + 4) + "|",
    ]
    for name, engine in told["engines"].items():
        shown = f"mmdesk, {engine['precision']}" if name == "mmdesk" else name
        speeds = " | ".join(f"{engine['prefill_tokens_per_s'][n]:g}" for n in lengths)
        lines.append(
            f"| {shown} | {speeds} | {engine['decode_tokens_per_s']:g} | "
            f"{engine['load_s']:g} s | {engine['rest_rss_mb']:,} MB |"
        )
    lines.append("")
    for figure, best in told["fastest_llama_cpp"].items():
        lead = best.get("mmdesk_is_faster_by")
        lines.append(
            f"- {figure}: the fastest llama.cpp is {best['engine']} "
            f"({best['tokens_per_s']:g} tokens/s); mmdesk reaches {lead} times that"
        )
    own, speed = told["engines"].get("mmdesk"), told["read_gigabytes_per_s"]
    if own and speed:
        used = own["weight_bytes"] * own["decode_tokens_per_s"] / 1e9
        lines.append(
            f"- {own['weight_bytes'] / 1e9:.3f} GB of weights a token: {used:.1f} GB/s, "
            f"{100 * used / speed:.0f} % of the {speed:g} GB/s that a plain read reaches"
        )
    lines += [f"- left out: {name} ({why})" for name, why in told["left_out"].items()]
    return "\n".join(lines)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--models", nargs="+", default=list(MODELS))
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--tokens", type=int, default=100, help="of the answer")
    parser.add_argument("--lengths", type=int, nargs="+", default=[128, 600, 2000])
    parser.add_argument("--engines", nargs="+", choices=KINDS, default=list(KINDS[:3]))
    parser.add_argument("--quick", action="store_true", help="one short round")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--plot", type=Path)
    parser.add_argument("--tasks", action="store_true", help="summarising and pictures as well")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.tokens, options.lengths = 1, 16, [128]
    return options


def main() -> None:
    options = arguments()
    figures: dict[str, Any] = {
        "machine": {
            "system": platform.platform(),
            "load_before": os.getloadavg()[0] if hasattr(os, "getloadavg") else None,
        },
        "rounds": options.rounds,
        "models": {},
    }
    for model in options.models:
        told = measure(model, options)
        told["fastest_llama_cpp"] = fastest(told["engines"], options.lengths)
        figures["models"][model] = told
        print(markdown(model, told, options.lengths), end="\n\n", flush=True)
    if options.tasks:
        from tests.bench.long_work import long_work

        figures |= long_work()
    if options.plot:
        engines = figures["models"][options.models[0]]["engines"]
        curves = [Curve(name, sorted(told["prefill_s"].items())) for name, told in engines.items()]
        drawing = svg("Time to read a prompt", "tokens", "seconds", curves)
        options.plot.write_text(drawing, encoding="utf-8")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main()
