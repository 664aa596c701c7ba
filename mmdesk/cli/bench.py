"""`mmdesk bench`: speed of loading the model and answering, measured in this process."""

from __future__ import annotations

import argparse
import threading
from typing import Any

from mmdesk.cli import tasks
from mmdesk.cli.output import Console
from mmdesk.values import (
    ChatRequest,
    Finished,
    LoadRequest,
    Sampling,
    SpeedMeasured,
    SpeedRequest,
    Turn,
)

TOKENS = 64
TEXT = (
    "The lighthouse stands on a rock two miles from the shore. Its keeper climbs the stairs each "
    "evening, trims the lamp and writes the weather into a book. "
) * 12
QUESTION = "Tell the story of the keeper's first winter on the rock."


def run(options: argparse.Namespace, console: Console, cancel: threading.Event) -> int:
    """Load the model, answer one question, measure and print the figures; return the exit status.

    Raises:
        InputError: there is no such language model.
        ModelUnavailable: the model is missing or damaged.
        Cancelled: `cancel` was set.
    """
    model = options.model
    tasks.check_model(model)
    engine = tasks.make_engine(options.threads, options.precision, options.device)
    try:
        loaded = console.follow(engine.generate(LoadRequest(model), cancel)).stats
        events = engine.generate(SpeedRequest(model=model), cancel)
        measured = next(event for event in events if isinstance(event, SpeedMeasured))
        turns = (Turn("user", f"{TEXT}\n\n{QUESTION}"),)
        request = ChatRequest(turns, Sampling(max_tokens=TOKENS), model)
        stats = next(
            event.stats for event in engine.generate(request, cancel) if isinstance(event, Finished)
        )
        memory = _memory_in_use()
    finally:
        engine.close()
    result = {
        "model": stats.model,
        "device": stats.device,
        "precision": measured.precision,
        "weight_bytes_per_token": measured.weight_bytes,
        "load_s": round(loaded.load_s, 3),
        "prompt_tokens": stats.prompt_tokens,
        "ttft_s": round(stats.ttft_s, 3),
        "prefill_tokens_per_s": round(stats.prompt_tokens / stats.ttft_s, 1) if stats.ttft_s else 0,
        "generated_tokens": stats.generated_tokens,
        "decode_tokens_per_s": round(stats.decode_tokens_per_s, 2),
        "memory_mb": round(memory / 1e6),
        "first_prompt": {
            "prompt_tokens": measured.first.prompt_tokens,
            "prefill_tokens_per_s": round(measured.first.prefill_tokens_per_s, 1),
        },
        "speeds": [
            {
                "prompt_tokens": speed.prompt_tokens,
                "prefill_tokens_per_s": round(speed.prefill_tokens_per_s, 1),
                "decode_tokens_per_s": round(speed.decode_tokens_per_s, 2),
            }
            for speed in measured.speeds
        ],
    }
    if console.json:
        console.object(result)
    else:
        _print(result, console)
    return 0


def _print(result: dict[str, Any], console: Console) -> None:
    for name, value in result.items():
        if name not in ("first_prompt", "speeds"):
            console.print(f"{name}: {value}")
    first = result["first_prompt"]
    console.print(
        f"first prompt after loading, {first['prompt_tokens']} tokens: prefill "
        f"{first['prefill_tokens_per_s']} tokens per second"
    )
    for speed in result["speeds"]:
        console.print(
            f"{speed['prompt_tokens']} tokens: prefill {speed['prefill_tokens_per_s']}, "
            f"decode {speed['decode_tokens_per_s']} tokens per second"
        )


def _memory_in_use() -> int:
    """Return this process's resident memory in bytes."""
    import psutil

    return int(psutil.Process().memory_info().rss)
