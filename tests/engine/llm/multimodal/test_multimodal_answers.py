"""Answers about pictures and sound, token for token against transformers' own generate."""

from __future__ import annotations

import pytest

from mmdesk.engine.llm.cache_pool import CachePool
from mmdesk.values import Turn
from tests.engine.llm.multimodal.conftest import Load, answer, picture, recording, reference
from tests.fakes.tiny_hybrid_multimodal import HYBRID_FAMILIES
from tests.fakes.tiny_multimodal import PICTURE_FAMILIES
from tests.fakes.tiny_sound import SOUND_FAMILIES

WITH_PICTURES = [*PICTURE_FAMILIES, *HYBRID_FAMILIES, "qwen2_5_omni"]
WITH_SOUND = [*SOUND_FAMILIES, "gemma4"]
LONG = "Look at every detail, and say what you see in it. " * 6  # more than a chunk of the prefill


@pytest.mark.parametrize("family", WITH_PICTURES)
def test_a_text_question_has_the_answer_of_transformers(family: str, load: Load) -> None:
    loaded = load(family)
    turns = [Turn("user", "The capital of France?")]
    assert answer(loaded, turns, CachePool(loaded.model)) == reference(loaded, turns)


@pytest.mark.parametrize("family", WITH_PICTURES)
@pytest.mark.parametrize("count", [1, 2])
def test_pictures_have_the_answer_of_transformers(family: str, count: int, load: Load) -> None:
    loaded = load(family)
    images = tuple(picture(seed) for seed in range(count))
    turns = [Turn("user", "What is this?", images)]
    tokens = answer(loaded, turns, CachePool(loaded.model))
    assert tokens == reference(loaded, turns)
    assert tokens


@pytest.mark.parametrize("family", WITH_PICTURES)
def test_two_turns_with_a_picture_each_have_the_answers_of_transformers(
    family: str, load: Load
) -> None:
    loaded = load(family)
    pool = CachePool(loaded.model)
    turns = [Turn("user", LONG, (picture(1),))]
    first = answer(loaded, turns, pool)
    assert first == reference(loaded, turns)
    said = loaded.tokenizer.decode(first, skip_special_tokens=True).replace("\ufffd", "") or "no"
    encoded = loaded.model.encoder.encoded
    turns += [Turn("assistant", said), Turn("user", "And this?", (picture(2),))]
    assert answer(loaded, turns, pool) == reference(loaded, turns)
    assert loaded.model.encoder.encoded <= encoded + 1  # the first picture is not encoded again


@pytest.mark.parametrize("family", WITH_PICTURES)
def test_the_picture_matters(family: str, load: Load) -> None:
    loaded = load(family)
    pool = CachePool(loaded.model)
    answers = {
        tuple(answer(loaded, [Turn("user", "What?", (picture(seed),))], pool)) for seed in range(4)
    }
    assert len(answers) > 1


@pytest.mark.parametrize("family", ["smolvlm", "qwen3_vl", "internvl", "mistral3"])
def test_an_earlier_picture_is_not_read_again(family: str, load: Load) -> None:
    loaded = load(family)
    pool = CachePool(loaded.model)
    turns = [Turn("user", LONG, (picture(3),))]
    answer(loaded, turns, pool)
    before = pool.caches[-1].computed
    turns += [Turn("assistant", "a dog"), Turn("user", "Sure?")]
    answer(loaded, turns, pool)
    assert 0 < pool.caches[-1].computed - before < before


@pytest.mark.parametrize("family", WITH_SOUND)
@pytest.mark.parametrize("count", [1, 2])
def test_recordings_have_the_answer_of_transformers(family: str, count: int, load: Load) -> None:
    loaded = load(family)
    sounds = tuple(recording(seed) for seed in range(count))
    turns = [Turn("user", "What is said?", audio=sounds)]
    assert answer(loaded, turns, CachePool(loaded.model)) == reference(loaded, turns)


@pytest.mark.parametrize("family", WITH_SOUND)
def test_two_turns_with_a_recording_each_have_the_answers_of_transformers(
    family: str, load: Load
) -> None:
    loaded = load(family)
    pool = CachePool(loaded.model)
    turns = [Turn("user", LONG, audio=(recording(1),))]
    assert answer(loaded, turns, pool) == reference(loaded, turns)
    turns += [Turn("assistant", "a song"), Turn("user", "And?", audio=(recording(2, 0.5),))]
    assert answer(loaded, turns, pool) == reference(loaded, turns)


@pytest.mark.parametrize("family", ["qwen2_5_omni", "gemma4"])
def test_a_picture_and_a_recording_together_have_the_answer_of_transformers(
    family: str, load: Load
) -> None:
    loaded = load(family)
    turns = [Turn("user", "Do they fit?", (picture(1),), (recording(1),))]
    assert answer(loaded, turns, CachePool(loaded.model)) == reference(loaded, turns)


@pytest.mark.parametrize("count", [1, 2])
def test_a_model_that_needs_torchvision_has_the_answer_of_transformers_with_it(
    count: int, load: Load
) -> None:
    pytest.importorskip("torchvision")
    loaded = load("lfm2_vl")
    pool = CachePool(loaded.model)
    turns = [Turn("user", LONG, tuple(picture(seed) for seed in range(count)))]
    assert answer(loaded, turns, pool) == reference(loaded, turns)
    turns += [Turn("assistant", "a dog"), Turn("user", "And this?", (picture(7),))]
    assert answer(loaded, turns, pool) == reference(loaded, turns)
