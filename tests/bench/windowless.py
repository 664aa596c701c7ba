"""The questions without a window. Prints one JSON object.

Arguments: "local" or "process"; tokens per answer.
"""

from __future__ import annotations

import json
import sys
import time

from mmdesk.app.engine_factory import engine_factory
from mmdesk.settings import Settings
from mmdesk.tasks.answer import answer
from mmdesk.values import Finished, LoadRequest, NeverCancelled, Sampling, TextChunk, Turn
from tests.bench.bench_questions import QUESTIONS


def main() -> None:
    settings = Settings(in_process=sys.argv[1] == "local")
    engine = engine_factory(settings)()
    list(engine.generate(LoadRequest(settings.model), NeverCancelled()))
    answers = []
    for question in QUESTIONS:
        begun, first = time.perf_counter(), 0.0
        turns = (Turn("user", question),)
        sampling = Sampling(repetition_penalty=1.05, max_tokens=int(sys.argv[2]))
        for event in answer(engine, turns, NeverCancelled(), sampling, settings.model):
            if isinstance(event, TextChunk) and not first:
                first = time.perf_counter() - begun
            if isinstance(event, Finished):
                stats = event.stats
        answers.append(
            {
                "first_text_s": first,
                "tokens": stats.generated_tokens,
                "tokens_per_s": stats.decode_tokens_per_s,
            }
        )
    engine.close()
    print(json.dumps({"answers": answers}))


if __name__ == "__main__":  # the process engine's child imports this module anew
    main()
