"""What will be forgotten and how long it will take, from what was measured."""

from __future__ import annotations

import pytest

from mmdesk.chat.forecast import Forecaster
from mmdesk.values import DocumentInput, ImageInput, Stats, Turn

QUESTION = Turn("user", "word " * 100)
LIMIT = 8192


def stats(prompt: int, seconds: float, context: int = 0) -> Stats:
    return Stats(
        prompt_tokens=prompt, ttft_s=seconds, context_tokens=context or prompt + 50,
        context_limit=LIMIT,
    )  # fmt: skip


def test_nothing_is_promised_before_anything_was_measured() -> None:
    made = Forecaster().forecast("c", (), QUESTION, 768, LIMIT)
    assert made.wait_s is None
    assert made.forgotten == 0
    assert 100 < made.tokens < 250


def test_the_wait_follows_the_measured_speed() -> None:
    forecaster = Forecaster()
    forecaster.learn("c", (QUESTION,), stats(200, 2.0))
    assert forecaster.prefill_tokens_per_s == 100
    short = forecaster.forecast("d", (), QUESTION, 768, LIMIT)
    long = forecaster.forecast("d", (), Turn("user", "word " * 1000), 768, LIMIT)
    assert short.wait_s == pytest.approx(2.0, rel=0.05)
    assert long.wait_s is not None
    assert long.wait_s > 7 * short.wait_s


def test_what_the_engine_has_read_is_not_waited_for_again() -> None:
    forecaster = Forecaster()
    turns = (QUESTION, Turn("assistant", "word " * 40))
    forecaster.learn("c", turns[:1], stats(200, 2.0, 250))
    here = forecaster.forecast("c", turns, Turn("user", "And?"), 768, LIMIT)
    elsewhere = forecaster.forecast("d", turns, Turn("user", "And?"), 768, LIMIT)
    assert here.wait_s is not None
    assert elsewhere.wait_s is not None
    assert here.wait_s < elsewhere.wait_s / 4


def test_the_time_for_loading_is_not_taken_for_reading() -> None:
    forecaster = Forecaster()
    forecaster.learn("c", (QUESTION,), Stats(prompt_tokens=200, ttft_s=12.0, load_s=10.0))
    assert forecaster.prefill_tokens_per_s == 100


def test_the_oldest_messages_are_forgotten_first_and_counted() -> None:
    turns = tuple(Turn("user", "word " * 1000) for _ in range(10))
    made = Forecaster().forecast("c", turns, Turn("user", "And?"), 768, LIMIT)
    assert 2 <= made.forgotten <= 6
    assert made.tokens <= made.limit
    small = Forecaster().forecast("c", turns[:2], Turn("user", "And?"), 768, LIMIT)
    assert small.forgotten == 0


def test_documents_and_chinese_count() -> None:
    forecaster = Forecaster()
    chinese = forecaster.forecast("c", (), Turn("user", "河" * 300), 768, LIMIT)
    latin = forecaster.forecast("c", (), Turn("user", "a" * 300), 768, LIMIT)
    assert chinese.tokens > 2 * latin.tokens
    document = Turn("user", "", documents=(DocumentInput("d", "word " * 500),))
    assert forecaster.forecast("c", (), document, 768, LIMIT).tokens > 500


def test_estimates_are_corrected_by_true_counts() -> None:
    forecaster = Forecaster()
    forecaster.learn("c", (QUESTION,), stats(400, 4.0))
    assert forecaster.forecast("d", (), QUESTION, 768, LIMIT).tokens == pytest.approx(400, rel=0.05)


def test_the_time_for_looking_is_not_taken_for_reading() -> None:
    forecaster = Forecaster()
    forecaster.learn("c", (QUESTION,), stats(200, 2.0))
    picture = ImageInput("dog.jpg", 1, 1, b"\0\0\0", "sha")
    forecaster.learn("d", (Turn("user", "What is this?", images=(picture,)),), stats(200, 20.0))
    assert forecaster.prefill_tokens_per_s == 100
