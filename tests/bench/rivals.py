"""One engine in a process of its own, for `compare`: `python -m tests.bench.rivals KIND FILE …`.

Loads, prints one JSON line about that, then answers each line of standard input, "PROMPT ANSWER"
(numbers of tokens), with a JSON line {"prefill_s", "decode_s", "peak"}: the time until the first
token of the answer is chosen, and the time for the tokens after it. All choose greedily, none may
stop early, and nothing of an earlier prompt is reused. Each has its own defaults, threads included
(MMDESK_BENCH_THREADS sets them for all). node_llama.mjs does the same for llama.cpp from npm.
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
ASKED_THREADS = int(os.environ.get("MMDESK_BENCH_THREADS") or 0)
THREADS = ASKED_THREADS or psutil.cpu_count(logical=False) or os.cpu_count() or 1
CONTEXT = 4096

Run = Callable[[list[int], int], tuple[float, float]]
Facts = dict[str, Any]  # about the loaded model: precision, weight_bytes


def mmdesk(model: str, flash: str) -> tuple[Run, Facts]:
    from mmdesk.engine.hardware import set_environment

    set_environment(os.environ)
    from mmdesk.engine.local import LocalEngine
    from mmdesk.values import LoadRequest, NeverCancelled, Sampling

    never = NeverCancelled()
    engine = LocalEngine(threads=ASKED_THREADS)
    list(engine.generate(LoadRequest(model), never))
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

    facts = {"precision": loaded.precision, "weight_bytes": loaded.weight_bytes}
    return run, facts | {"threads": loaded.threads}


def llama_cpp(file: str, flash: str) -> tuple[Run, Facts]:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = file
    params.n_ctx = CONTEXT
    params.n_parallel = 1
    if ASKED_THREADS:
        params.cpuparams.n_threads = params.cpuparams_batch.n_threads = ASKED_THREADS
    kinds = xllamacpp.llama_flash_attn_type
    params.flash_attn_type = (
        kinds.LLAMA_FLASH_ATTN_TYPE_ENABLED
        if flash == "on"
        else kinds.LLAMA_FLASH_ATTN_TYPE_DISABLED
    )
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

    return run, {}


def ctranslate2(folder: str, flash: str) -> tuple[Run, Facts]:
    import ctranslate2 as library
    from tokenizers import Tokenizer

    words = Tokenizer.from_file(str(Path(folder).parent / "floats" / "tokenizer.json"))
    options = {"intra_threads": ASKED_THREADS} if ASKED_THREADS else {}
    generator = library.Generator(folder, device="cpu", compute_type="int8", **options)

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

    return run, {}


def transformers(folder: str, flash: str) -> tuple[Run, Facts]:
    import torch
    from transformers import AutoModelForCausalLM

    if ASKED_THREADS:
        torch.set_num_threads(ASKED_THREADS)
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

    return run, {}


MAKERS: dict[str, Callable[[str, str], tuple[Run, Facts]]] = {
    "mmdesk": mmdesk,
    "xllamacpp": llama_cpp,
    "ctranslate2": ctranslate2,
    "transformers": transformers,
}


def memory() -> dict[str, int]:
    """Bytes: all that is resident, and of that what no other process shares."""
    told = psutil.Process().memory_full_info()
    return {"rss": int(told.rss), "uss": int(told.uss)}


def peak() -> int | None:
    """Return the peak resident memory in bytes; None where the system does not tell."""
    status = Path("/proc/self/status")
    if not status.exists():
        return None
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def main(kind: str, file: str, flash: str, ids_file: str, began: str) -> None:
    # Native libraries print to standard output; the answers go where it pointed at first.
    told = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    run, facts = MAKERS[kind](file, flash)
    ids = json.loads(Path(ids_file).read_text(encoding="utf-8"))
    print(json.dumps({"load_s": time.time() - float(began), **memory(), **facts}), file=told)
    for line in sys.stdin:
        prompt, answer = map(int, line.split())
        prefill, decode = run(ids[:prompt], answer)
        said: dict[str, Any] = {"prefill_s": prefill, "decode_s": decode, "peak": peak()}
        print(json.dumps(said), file=told)


if __name__ == "__main__":
    main(*sys.argv[1:6])
