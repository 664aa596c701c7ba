"""`mmdesk bench`: speed of loading the model and answering, measured in this process."""

from __future__ import annotations

import argparse
import threading

from mmdesk.cli import tasks
from mmdesk.cli.output import Console
from mmdesk.values import ChatRequest, Finished, LoadRequest, Sampling, Turn

TOKENS = 64
TEXT = (
    "The lighthouse stands on a rock two miles from the shore. Its keeper climbs the stairs each "
    "evening, trims the lamp and writes the weather into a book. "
) * 12
QUESTION = "Tell the story of the keeper's first winter on the rock."


def run(options: argparse.Namespace, console: Console, cancel: threading.Event) -> int:
    """Load the model, answer one question and print the figures; return the exit status.

    Raises:
        ModelUnavailable: the model is missing or damaged.
        Cancelled: `cancel` was set.
    """
    engine = tasks.make_engine(options.threads, options.precision)
    try:
        loaded = console.follow(engine.generate(LoadRequest(), cancel)).stats
        request = ChatRequest((Turn("user", f"{TEXT}\n\n{QUESTION}"),), Sampling(max_tokens=TOKENS))
        stats = next(
            event.stats for event in engine.generate(request, cancel) if isinstance(event, Finished)
        )
    finally:
        engine.close()
    result = {
        "model": stats.model,
        "device": stats.device,
        "load_s": round(loaded.load_s, 3),
        "prompt_tokens": stats.prompt_tokens,
        "ttft_s": round(stats.ttft_s, 3),
        "prefill_tokens_per_s": round(stats.prompt_tokens / stats.ttft_s, 1) if stats.ttft_s else 0,
        "generated_tokens": stats.generated_tokens,
        "decode_tokens_per_s": round(stats.decode_tokens_per_s, 2),
        "memory_mb": round(_memory_in_use() / 1e6),
    }
    if console.json:
        console.object(result)
    else:
        for name, value in result.items():
            console.print(f"{name}: {value}")
    return 0


def _memory_in_use() -> int:
    """Return this process's resident memory in bytes."""
    import psutil

    return int(psutil.Process().memory_info().rss)
