"""Cost of work in tokens and forward passes: `python -m tests.bench.engine_counts [--words N ...]`.

Counts, not seconds, are the same on a busy computer as on an idle one:

- `turn_10`: a conversation of about 3,000 tokens. How many tokens are computed before the first
  word of the tenth answer, beside how many of the prompt are new, and whether the answer is the
  one of an engine with an empty KV cache.
- `copying`: a text given back with a small change, with prompt lookup and without: forwards,
  tokens, and whether the answers are the same.
- `summary`: tokens read and forwards made to summarise texts of growing length, and how much
  more than in proportion the longest costs.

Prints one JSON object. Needs the built-in language part; `--words` sets the lengths.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from mmdesk.engine.local import LocalEngine
from mmdesk.values import (
    ChatRequest,
    DocumentInput,
    Finished,
    NeverCancelled,
    Sampling,
    TextChunk,
    Turn,
)
from tests.bench.rivals import ROOT, THREADS

NEVER = NeverCancelled()
TEXTS = ROOT / "tests" / "fixtures" / "texts"
TURNS = 10
TURN_WORDS = 230  # words of each message: about 3,000 tokens in all
LAST = "In one sentence: what were these texts about?"
CHANGE = "Repeat this text word for word, but write 'Monday' instead of 'Sunday':\n\n"


@dataclass(slots=True)
class Work:
    """Tokens and forward passes of the model."""

    read: int = 0  # tokens
    forwards: int = 0


@contextmanager
def counted() -> Iterator[Work]:
    """Count all forward passes of the language model while this lasts."""
    from mmdesk.engine.llm.kv_cache import PrefixCache

    work, append = Work(), PrefixCache.append

    def counting(self: Any, ids: Any, logits_to_keep: int = 1) -> Any:
        work.read += len(ids)
        work.forwards += 1
        return append(self, ids, logits_to_keep)

    with mock.patch.object(PrefixCache, "append", counting):
        yield work


def words() -> list[str]:
    """Return more than 8,000 words, the later ones in part the earlier ones again."""
    texts = [(TEXTS / name).read_text(encoding="utf-8") for name in ("honeybee.txt", "harbour.txt")]
    return " ".join([*texts, *texts]).split(" ")


@dataclass(slots=True)
class Answer:
    text: str
    prompt: int  # tokens
    read_first: int  # tokens read before the first word


def ask(engine: LocalEngine, turns: tuple[Turn, ...], most: int) -> Answer:
    text, first, prompt = "", 0, 0
    with counted() as work:
        for event in engine.generate(ChatRequest(turns, Sampling(max_tokens=most)), NEVER):
            if isinstance(event, TextChunk):
                first = first or work.read
                text += event.text
            elif isinstance(event, Finished):
                prompt = event.stats.prompt_tokens
    return Answer(text, prompt, first)


def turn_10(engine: LocalEngine) -> dict[str, Any]:
    text, held = words(), 0
    turns: tuple[Turn, ...] = ()
    for number in range(TURNS):
        piece = " ".join(text[number * TURN_WORDS : (number + 1) * TURN_WORDS])
        said = LAST if number == TURNS - 1 else f"Note this text, and say OK.\n\n{piece}"
        turns = (*turns, Turn("user", said))
        pool = engine._cache_pool
        held = len(pool.caches[-1].ids) if pool and pool.caches else 0
        answer = ask(engine, turns, 24)
        turns = (*turns, Turn("assistant", answer.text))
    engine._cache_pool = None
    again = ask(engine, turns[:-1], 24)
    return {
        "prompt_tokens": answer.prompt,
        "held_before": held,
        "new_tokens": answer.prompt - held,
        "read_before_first_word": answer.read_first,
        "read_by_an_engine_that_held_nothing": again.read_first,
        "same_answer": again.text == answer.text,
    }


def copying(engine: LocalEngine) -> dict[str, Any]:
    from mmdesk.engine.llm.prompt_lookup import PromptLookup

    text = " ".join((TEXTS / "harbour.txt").read_text(encoding="utf-8").split()[:120])
    turns = (Turn("user", CHANGE + text),)
    results: dict[str, Any] = {}
    answers = []
    for name in ("with_lookup", "without"):
        engine._cache_pool = None
        with ExitStack() as stack:
            if name == "without":
                nothing = mock.patch.object(PromptLookup, "draft", return_value=[])
                stack.enter_context(nothing)
            work = stack.enter_context(counted())
            answers.append(ask(engine, turns, 160).text)
        results[name] = {"tokens_read": work.read, "forwards": work.forwards}
    return results | {"same_answer": answers[0] == answers[1]}


def summaries(engine: LocalEngine, lengths: list[int]) -> dict[str, Any]:
    from mmdesk.tasks.summarise import summarise

    text, results = words(), {}
    for length in lengths:
        engine._cache_pool = None
        document = DocumentInput("text.txt", " ".join(text[:length]))
        with counted() as work:
            last = list(summarise(engine, document, NEVER))[-1]
        assert isinstance(last, Finished)
        results[length] = {"tokens_read": work.read, "forwards": work.forwards}
    short, long = min(lengths), max(lengths)
    grown = {
        name: round(results[long][name] / results[short][name] / (long / short), 2)
        for name in ("tokens_read", "forwards")
    }
    return {"by_words": results, "longest_against_proportion": grown}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--words", type=int, nargs="+", default=[1000, 2000, 4000, 8000])
    options = parser.parse_args()
    engine = LocalEngine(threads=THREADS)
    try:
        results = {
            "turn_10": turn_10(engine),
            "copying": copying(engine),
            "summary": summaries(engine, options.words),
        }
    finally:
        engine.close()
    print(json.dumps(results, indent=2))


if __name__ == "__main__":
    main()
