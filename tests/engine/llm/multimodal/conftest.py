"""Tiny multimodal models, each loaded once, and answers of mmdesk and of transformers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pytest

from mmdesk.engine.llm.cache_pool import CachePool
from mmdesk.engine.llm.generate import decode, fit_turns, prefill
from mmdesk.engine.llm.loading import LoadedModel, load_language
from mmdesk.engine.llm.multimodal.picture_size import picture_options
from mmdesk.engine.llm.sampling import Sampler
from mmdesk.values import (
    AudioInput,
    Event,
    ImageInput,
    NeverCancelled,
    Sampling,
    Turn,
)
from tests.fakes.tiny_hybrid_multimodal import HYBRID_FAMILIES, TORCHVISION_FAMILIES
from tests.fakes.tiny_multimodal import PICTURE_FAMILIES
from tests.fakes.tiny_sound import SOUND_FAMILIES

BUILDERS = PICTURE_FAMILIES | HYBRID_FAMILIES | TORCHVISION_FAMILIES | SOUND_FAMILIES
T = TypeVar("T")
TOKENS = 16  # of an answer
SIZE = (60, 44)  # px of every picture
Load = Callable[[str], LoadedModel]


@pytest.fixture(scope="session")
def folder_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    folders: dict[str, Path] = {}

    def folder(family: str) -> Path:
        if family not in folders:
            folders[family] = BUILDERS[family](tmp_path_factory.mktemp("models") / f"tiny-{family}")
        return folders[family]

    return folder


@pytest.fixture(scope="session")
def load(folder_of: Callable[[str], Path]) -> Load:
    loaded: dict[str, LoadedModel] = {}

    def model(family: str) -> LoadedModel:
        if family not in loaded:
            loaded[family] = load_language(
                family, folder_of(family), lambda: None, threads=1, precision="fp32"
            )
        return loaded[family]

    return model


def picture(seed: int, size: tuple[int, int] = SIZE) -> ImageInput:
    """Return a picture of coloured noise."""
    width, height = size
    small = np.random.default_rng(seed).integers(0, 255, (height, width, 3), np.uint8)
    rgb = small.tobytes()
    return ImageInput(f"picture{seed}.png", width, height, rgb, hashlib.sha256(rgb).hexdigest())


def recording(seed: int, seconds: float = 1.0) -> AudioInput:
    """Return a recording of noise."""
    samples = np.random.default_rng(seed).normal(0, 0.1, round(16_000 * seconds)).astype("<f4")
    pcm = samples.tobytes()
    return AudioInput(f"sound{seed}.wav", pcm, hashlib.sha256(pcm).hexdigest())


def result(work: Generator[Event, None, T]) -> T:
    """Run a generator to its end and return its result."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            value: T = end.value
            return value


def answer(loaded: LoadedModel, turns: list[Turn], pool: CachePool) -> list[int]:
    """Return the tokens of mmdesk's greedy answer."""
    fitted = fit_turns(loaded, turns, 4096, TOKENS)
    with pool.borrow(fitted.ids) as cache:
        result(cache.open(fitted, NeverCancelled()))
        logits = result(prefill(fitted.ids, cache, NeverCancelled()))
        sampler = Sampler(Sampling(max_tokens=TOKENS), fitted.token_ids)
        stops = loaded.stop_ids
        return list(decode(logits, cache, sampler, stops, TOKENS, NeverCancelled()))


def reference(loaded: LoadedModel, turns: list[Turn]) -> list[int]:
    """Return the tokens of the answer that transformers' own generate gives."""
    import torch
    from PIL import Image

    model, processor = loaded.model, loaded.model.processor
    messages = []
    for turn in turns:
        parts: list[dict[str, Any]] = [{"type": "image"} for _ in turn.images]
        parts += [{"type": "audio"} for _ in turn.audio]
        parts.append({"type": "text", "text": turn.text})
        messages.append({"role": turn.role, "content": parts})
    text = loaded.tokenizer.apply_chat_template(messages, add_generation_prompt=True)
    images = [
        Image.frombytes("RGB", (image.width, image.height), image.rgb)
        for turn in turns
        for image in turn.images
    ]
    sounds = [np.frombuffer(audio.pcm, "<f4") for turn in turns for audio in turn.audio]
    given: dict[str, Any] = {"return_tensors": "pt"}
    if images:
        options = picture_options(processor, *SIZE)
        given |= {"images": [images], "images_kwargs": options}
    if sounds:
        given |= {"audio": sounds, "sampling_rate": 16_000}
    begin = processor.tokenizer.bos_token
    inputs = processor(text=[text], add_special_tokens=not text.startswith(begin), **given)
    with torch.inference_mode():
        output = model.network.generate(**inputs, do_sample=False, max_new_tokens=TOKENS)
    new = output[0, inputs["input_ids"].shape[1] :].tolist()
    return [token for token in new if token not in loaded.stop_ids]
