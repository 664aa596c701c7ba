"""Native code against transformers for every family: `python -m tests.bench.families`.

Each family is built with random weights, tiny and with about a billion, saved as a model hub saves
it, and loaded twice: by the native code in int8, and by transformers in the precision in which this
CPU is fastest. Both prefill the same prompt and decode the same tokens, in turn, each with a KV
cache of its own, and the best of several rounds counts. Prints one JSON object.

`--sizes tiny` leaves out the large ones, which take 2 GB of disk in $TMPDIR and 6 GB of memory.
`--families NAME …` chooses some of them.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.bench.rivals import THREADS
from tests.fakes.tiny_families import FAMILIES, WITHOUT_HEAD_DIM, build_family

PROMPT, ANSWER, ROUNDS = 128, 32, 3  # tokens, tokens, and how often
# About a billion weights: 16 layers of 4 * 2048**2 and 3 * 2048 * 8192, and two small vocabularies.
LARGE = {
    "hidden_size": 2048,
    "intermediate_size": 8192,
    "num_hidden_layers": 16,
    "num_attention_heads": 16,
    "num_key_value_heads": 8,
    "max_position_embeddings": 8192,
    "initializer_range": 0.02,
    "vocabulary": 32_000,
    "dtype": "bfloat16",
}
LARGE_HEAD_DIM = 128
LONG_FACTORS = ("short_factor", "long_factor")
Forward = Callable[[list[int]], None]


def large_options(name: str) -> dict[str, Any]:
    """Return the sizes of a family's large model, its tables for each layer and dimension grown."""
    options = dict(LARGE)
    model_type, own = FAMILIES[name]
    if model_type not in WITHOUT_HEAD_DIM:
        options["head_dim"] = LARGE_HEAD_DIM
    if "layer_types" in own:
        options["layer_types"] = (own["layer_types"] * 6)[: LARGE["num_hidden_layers"]]
    rope = own.get("rope_parameters", {})
    if "short_factor" in rope:
        pairs = int(LARGE_HEAD_DIM * rope["partial_rotary_factor"]) // 2
        factors = {key: [1.0 + n / pairs for n in range(pairs)] for key in LONG_FACTORS}
        options |= {"rope_parameters": rope | factors, "original_max_position_embeddings": 4096}
    return options


def native(folder: Path) -> Callable[[], Forward]:
    """Return what begins a text with the native code."""
    from mmdesk.engine.model_config import read_config
    from mmdesk.engine.torch_cpu.float_weights import load_native_from_floats

    model = load_native_from_floats(folder, read_config(folder), THREADS)
    assert model is not None

    def begin() -> Forward:
        cache = model.new_cache()

        def forward(ids: list[int]) -> None:
            model.forward(ids, cache)

        return forward

    return begin


def transformers(folder: Path) -> tuple[Callable[[], Forward], str]:
    """Return what begins a text with transformers, and the precision."""
    import torch
    from transformers import AutoModelForCausalLM, DynamicCache

    from mmdesk.engine.hardware import best_dtype

    torch.set_num_threads(THREADS)
    dtype = best_dtype("cpu")
    model = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype).eval()

    def begin() -> Forward:
        cache = DynamicCache(config=model.config)

        def forward(ids: list[int]) -> None:
            with torch.inference_mode():
                model(input_ids=torch.tensor([ids]), past_key_values=cache, logits_to_keep=1)

        return forward

    return begin, str(dtype).removeprefix("torch.")


def speeds(begin: Callable[[], Forward]) -> tuple[float, float]:
    """Return tokens per second of one prefill and of the decode after it."""
    forward = begin()
    start = time.perf_counter()
    forward([n * n * 7 % 250 for n in range(PROMPT)])
    prefilled = time.perf_counter()
    for n in range(ANSWER):
        forward([n])
    return PROMPT / (prefilled - start), ANSWER / (time.perf_counter() - prefilled)


def compare(name: str, size: str) -> dict[str, Any]:
    """Return both engines' speeds with one random model."""
    options = large_options(name) if size == "1b" else {}
    with tempfile.TemporaryDirectory() as folder:
        built = build_family(Path(folder), name, **options)
        ours = native(built)
        theirs, precision = transformers(built)
        rounds = [(speeds(ours), speeds(theirs)) for _ in range(ROUNDS)]
        bytes_ = sum(file.stat().st_size for file in built.glob("*.safetensors"))
    best = [[round(max(r[who][what] for r in rounds), 1) for what in (0, 1)] for who in (0, 1)]
    return {
        "family": name,
        "size": size,
        "file_bytes": bytes_,
        "native": {"precision": "int8", "prefill": best[0][0], "decode": best[0][1]},
        "transformers": {"precision": precision, "prefill": best[1][0], "decode": best[1][1]},
        "decode_ratio": round(best[0][1] / best[1][1], 2),
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.families")
    parser.add_argument("--sizes", nargs="+", choices=("tiny", "1b"), default=["tiny", "1b"])
    parser.add_argument("--families", nargs="+", choices=list(FAMILIES), default=list(FAMILIES))
    asked = parser.parse_args()
    results = [compare(name, size) for size in asked.sizes for name in asked.families]
    facts = {"threads": THREADS, "load_average": os.getloadavg()[0]}
    print(json.dumps({**facts, "unit": "tokens/s", "results": results}, indent=1))


if __name__ == "__main__":
    main()
