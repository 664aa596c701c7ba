"""What a person waits for: a summary of a long text, and the first word about a picture."""

from __future__ import annotations

import os
import time
from typing import Any

from mmdesk.values import (
    ChatRequest,
    DescribeImagesRequest,
    DocumentInput,
    Event,
    Finished,
    ImageInput,
    LoadRequest,
    NeverCancelled,
    Sampling,
    TextChunk,
    Turn,
)
from tests.bench.rivals import TEXT, THREADS

WORDS = (1250, 2500, 5000)
NEVER = NeverCancelled()
QUESTION = "What are the opening hours on Saturday?"


def long_work() -> dict[str, Any]:
    """Seconds, measured once each on an engine that is loaded."""
    from mmdesk.engine.hardware import set_environment
    from mmdesk.engine.local import LocalEngine

    set_environment(os.environ)
    engine = LocalEngine(threads=THREADS)
    try:
        list(engine.generate(LoadRequest(), NEVER))
        return {"summary": summaries(engine), "picture": pictures(engine)}
    finally:
        engine.close()


def summaries(engine: Any) -> dict[int, dict[str, float]]:
    """By the number of words of the text."""
    from mmdesk.tasks.summarise import summarise

    words = TEXT.read_text(encoding="utf-8").split(" ")
    told = {}
    for count in WORDS:
        text = " ".join(words[:count])
        engine._cache_pool = None
        start = time.perf_counter()
        last = list(summarise(engine, DocumentInput("bees.txt", text), NEVER))[-1]
        assert isinstance(last, Finished)
        took = time.perf_counter() - start
        told[count] = {"seconds": round(took, 1), "seconds_per_1000_words": took / count * 1000}
    return told


def pictures(engine: Any) -> dict[str, float]:
    """From asking about a picture to the first word of the answer: when it was asked about as it
    was dropped, and when it was looked at first, as the window does while the person types.
    """
    list(first_words(engine, picture("warm up")))  # the models for pictures are loaded here
    cold = next(first_words(engine, picture("Saturday: 10:00 to 16:00")))
    other = picture("Saturday: 11:00 to 17:00")
    start = time.perf_counter()
    list(engine.generate(DescribeImagesRequest((other,)), NEVER))
    looked = time.perf_counter() - start
    warm = next(first_words(engine, other))
    return {
        "looking_s": round(looked, 2),
        "asked_at_once_first_word_s": round(cold, 2),
        "asked_after_looking_first_word_s": round(warm, 2),
    }


def first_words(engine: Any, image: ImageInput) -> Any:
    """Yields the seconds to the first word, once."""
    turn = Turn("user", QUESTION, images=(image,))
    start = time.perf_counter()
    event: Event
    for event in engine.generate(ChatRequest((turn,), Sampling(max_tokens=8)), NEVER):
        if isinstance(event, TextChunk):
            yield time.perf_counter() - start
            return


def picture(text: str) -> ImageInput:
    """A page with a line of text."""
    from hashlib import sha256

    from PIL import Image, ImageDraw, ImageFont

    image = Image.new("RGB", (800, 300), "white")
    lines = f"City Library\n{text}\nSunday: closed"
    ImageDraw.Draw(image).text((40, 40), lines, "black", ImageFont.load_default(36))
    data = image.tobytes()
    return ImageInput("page.png", 800, 300, data, sha256(data).hexdigest())
