"""An answer's log-probability is the sum over its tokens."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from mmdesk.engine.local import LocalEngine
from mmdesk.errors import InputError
from mmdesk.values import Scored, ScoreRequest, Turn
from tests.engine.conftest import ask, run, text_of

Make = Callable[..., LocalEngine]
FRENCH = Turn("system", "You translate English into French, word for word. " * 12)


@pytest.mark.parametrize("precision", ["int8", "bf16", "fp32"])
def test_an_answers_probability_is_that_of_its_tokens(
    new_engine: Make, tiny_folder: Path, precision: str
) -> None:
    from transformers import AutoModelForCausalLM

    from mmdesk.engine.llm.chat_prompt import encode, prompt_message

    engine = new_engine(precision=precision)
    turns = (FRENCH, Turn("user", "Good day"))
    said = run(engine, ScoreRequest(turns, "Bonjour à tous", "tiny"))
    scored = next(event for event in said if isinstance(event, Scored))
    tokenizer = engine._loaded.tokenizer
    prompt = encode(tokenizer, [prompt_message(turn) for turn in turns])
    answer = tokenizer("Bonjour à tous", add_special_tokens=False)["input_ids"]
    model = AutoModelForCausalLM.from_pretrained(tiny_folder, dtype=torch.float32).eval()
    with torch.inference_mode():
        logits = model(torch.tensor([[*prompt, *answer]])).logits[0, len(prompt) - 1 : -1]
    wanted = logits.log_softmax(-1)[range(len(answer)), answer].sum()
    assert scored.tokens == len(answer)
    assert scored.log_probability == pytest.approx(float(wanted), rel=0.02)


def test_scoring_changes_no_answer(new_engine: Make) -> None:
    engine = new_engine(precision="int8")
    turns = (FRENCH, Turn("user", "Good day"))
    run(engine, ScoreRequest(turns, "Bonjour à tous", "tiny"))
    scored = text_of(run(engine, ask("Good day", FRENCH)))
    assert scored == text_of(run(new_engine(precision="int8"), ask("Good day", FRENCH)))


def test_nothing_cannot_be_scored(shared_engine: LocalEngine) -> None:
    with pytest.raises(InputError):
        run(shared_engine, ScoreRequest((Turn("user", "x"),), "", "tiny"))
