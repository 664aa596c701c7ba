"""One engine in a process of its own, for `compare`: `python -m tests.bench.rivals NAME FOLDER`.

Loads, prints one JSON line about that, then answers each line of standard input, "PROMPT ANSWER"
(numbers of tokens), with a JSON line {"prefill_s", "decode_s"}: the time until the first token of
the answer is chosen, and the time for the tokens after it. All choose greedily, none may stop
early, and nothing of an earlier prompt is reused.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[2]
TEXT = ROOT / "tests" / "fixtures" / "texts" / "honeybee.txt"
THREADS = int(
    os.environ.get("MMDESK_BENCH_THREADS") or psutil.cpu_count(logical=False) or os.cpu_count() or 1
)
CONTEXT = 4096

Run = Callable[[list[int], int], tuple[float, float]]


def mmdesk(folder: Path) -> Run:
    from mmdesk.engine.hardware import set_environment

    set_environment(os.environ)
    from mmdesk.engine.local import LocalEngine
    from mmdesk.values import LoadRequest, NeverCancelled, Sampling

    never = NeverCancelled()
    engine = LocalEngine(threads=THREADS)
    list(engine.generate(LoadRequest(), never))
    from mmdesk.engine.llm.cache_pool import make_cache
    from mmdesk.engine.llm.generate import decode, prefill
    from mmdesk.engine.llm.sampling import Sampler

    loaded = engine._loaded
    assert loaded is not None

    def run(prompt: list[int], answer: int) -> tuple[float, float]:
        cache = make_cache(loaded.model)
        start = time.perf_counter()
        progress = prefill(prompt, cache, never)
        try:
            while True:
                next(progress)
        except StopIteration as end:
            logits = end.value
        tokens = decode(logits, cache, Sampler(Sampling(), prompt), set(), answer, never)
        next(tokens)
        first = time.perf_counter()
        list(tokens)
        return first - start, time.perf_counter() - first

    return run


def llama_cpp(file: Path) -> Run:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(file)
    params.n_ctx = CONTEXT
    params.n_parallel = 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = THREADS
    params.warmup = True
    params.endpoint_metrics = False
    server = xllamacpp.Server(params)

    def run(prompt: list[int], answer: int) -> tuple[float, float]:
        asked = {
            "prompt": prompt,
            "n_predict": answer,
            "temperature": 0,
            "ignore_eos": True,
            "cache_prompt": False,
        }
        told = server.handle_completions(asked)
        timings = (json.loads(told) if isinstance(told, str) else told)["timings"]
        assert timings["prompt_n"] == len(prompt)
        return timings["prompt_ms"] / 1000, timings["predicted_ms"] / 1000

    return run


def ctranslate2(folder: Path) -> Run:
    import ctranslate2 as library
    from tokenizers import Tokenizer

    words = Tokenizer.from_file(str(folder.parent / "floats" / "tokenizer.json"))
    generator = library.Generator(
        str(folder), device="cpu", compute_type="int8", intra_threads=THREADS
    )

    def generate(prompt: list[int], answer: int) -> float:
        start = time.perf_counter()
        generator.generate_batch(
            [[words.id_to_token(token) for token in prompt]],
            max_length=answer,
            min_length=answer,
            include_prompt_in_result=False,
            end_token=[],
        )
        return time.perf_counter() - start

    def run(prompt: list[int], answer: int) -> tuple[float, float]:
        first = generate(prompt, 1)
        return first, max(0.0, generate(prompt, answer) - first) if answer > 1 else 0.0

    return run


def transformers(folder: Path) -> Run:
    import torch
    from transformers import AutoModelForCausalLM

    torch.set_num_threads(THREADS)
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.bfloat16).eval()

    def generate(prompt: list[int], answer: int) -> float:
        start = time.perf_counter()
        with torch.inference_mode():
            model.generate(
                torch.tensor([prompt]),
                attention_mask=torch.ones(1, len(prompt), dtype=torch.long),
                do_sample=False,
                max_new_tokens=answer,
                min_new_tokens=answer,
                repetition_penalty=1.0,
            )
        return time.perf_counter() - start

    def run(prompt: list[int], answer: int) -> tuple[float, float]:
        first = generate(prompt, 1)
        return first, max(0.0, generate(prompt, answer) - first) if answer > 1 else 0.0

    return run


MAKERS: dict[str, tuple[Callable[[Path], Run], str]] = {
    "mmdesk": (mmdesk, ""),
    "llama.cpp Q4_K_M": (llama_cpp, "model.gguf"),
    "llama.cpp Q8_0": (llama_cpp, "q8_0.gguf"),
    "CTranslate2 int8": (ctranslate2, "ctranslate2"),
    "transformers bf16": (transformers, "floats"),
}


def prompt_ids(folder: Path) -> list[int]:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "floats" / "tokenizer.json"))
    ids: list[int] = tokenizer.encode(TEXT.read_text(encoding="utf-8")).ids
    return ids


def memory() -> dict[str, int]:
    """Bytes: all that is resident, and of that what no other process shares."""
    told = psutil.Process().memory_full_info()
    return {"rss": int(told.rss), "uss": int(told.uss)}


def peak() -> int | None:
    """The most that was ever resident, in bytes; Linux tells."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def main(name: str, folder: Path, began: float) -> None:
    # Native libraries print to standard output; the answers go where it pointed at first.
    told = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    make, place = MAKERS[name]
    run = make(folder / place)
    loaded = {"load_s": time.time() - began, **memory()}
    ids = prompt_ids(folder)
    print(json.dumps(loaded), file=told)
    for line in sys.stdin:
        prompt, answer = map(int, line.split())
        prefill, decode = run(ids[:prompt], answer)
        said: dict[str, Any] = {"prefill_s": prefill, "decode_s": decode, "peak": peak()}
        print(json.dumps(said), file=told)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), float(sys.argv[3]))
