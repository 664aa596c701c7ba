"""Measurement of a language model's speed, without sampling, prompt lookup or a prefix cache."""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter

from mmdesk.engine.decoder import Decoder
from mmdesk.engine.hardware import use_threads
from mmdesk.engine.llm.cache_pool import make_cache
from mmdesk.engine.llm.kv_cache import CHUNK, PrefixCache
from mmdesk.engine.llm.loading import MEASUREMENTS, LoadedModel
from mmdesk.errors import Cancelled
from mmdesk.models import MeasuredSpeed, remember_speed
from mmdesk.values import CancelFlag, Speed, SpeedMeasured

DECODED_TOKENS = 48
FEW_TOKENS = 3
# Token ids of the prompts. All vocabularies have them, and what they mean makes no difference.
PROMPT_IDS = 200


def measure_speed(
    loaded: LoadedModel, prompt_tokens: Sequence[int], cancel: CancelFlag
) -> SpeedMeasured:
    """Measure prefill and decode after prompts of these lengths.

    A first short prompt is told apart: it loads weights from the disk and touches buffers. The
    decode speed after the shortest prompt is remembered.

    Raises:
        Cancelled: `cancel` was set.
    """
    use_threads(loaded.threads)
    first = _measure(loaded, CHUNK, cancel)
    speeds = tuple(_measure(loaded, tokens, cancel) for tokens in prompt_tokens)
    if speeds and isinstance(loaded.model, Decoder):
        decode = round(min(speeds, key=lambda one: one.prompt_tokens).decode_tokens_per_s, 2)
        what = MeasuredSpeed(
            loaded.precision, loaded.weight_bytes, decode, loaded.threads, MEASUREMENTS
        )
        remember_speed(loaded.part, what)
    return SpeedMeasured(loaded.precision, loaded.weight_bytes, speeds, first)


def measure_decode(model: Decoder) -> float:
    """Return how many tokens a second a model decodes with an empty context.

    The best of FEW_TOKENS counts, so that a program that is in the way for a moment does not.
    """
    cache = model.new_cache()
    model.forward([0], cache)
    seconds = []
    for number in range(FEW_TOKENS):
        began = perf_counter()
        model.forward([number], cache)
        seconds.append(perf_counter() - began)
    return 1 / min(seconds)


def _measure(loaded: LoadedModel, tokens: int, cancel: CancelFlag) -> Speed:
    prompt = [number * number * 7 % PROMPT_IDS for number in range(tokens)]
    cache = make_cache(loaded.model)
    began = perf_counter()
    for start in range(0, tokens, CHUNK):
        _append(cache, prompt[start : start + CHUNK], cancel)
    prefilled = perf_counter()
    for number in range(DECODED_TOKENS):
        _append(cache, [number], cancel)
    decoded = perf_counter()
    return Speed(tokens, tokens / (prefilled - began), DECODED_TOKENS / (decoded - prefilled))


def _append(cache: PrefixCache, ids: Sequence[int], cancel: CancelFlag) -> None:
    if cancel.is_set():
        raise Cancelled
    cache.append(ids)
