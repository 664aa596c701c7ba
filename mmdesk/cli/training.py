"""The verbs `train` and `eval`: the fused model made and judged.

What is judged is what ships: pictures are looked at, described and asked about by the very tasks
that every other verb uses.
"""

from __future__ import annotations

import argparse
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from mmdesk.cli.output import Console
from mmdesk.cli.tasks import check_model
from mmdesk.engine import Engine
from mmdesk.values import (
    AskImageRequest,
    CancelFlag,
    DescribeImagesRequest,
    Event,
    Finished,
    ImageAnswer,
    ImageDescribed,
    ImageDescription,
    ImageInput,
    Preparing,
    Request,
    Sampling,
    TextChunk,
    Turn,
)

ANSWER_TOKENS = 60


def run(options: argparse.Namespace, console: Console, cancel: threading.Event) -> int:
    """Run a part of `mmdesk train` or `mmdesk eval`; returns the exit status."""
    if options.verb == "train" or options.what in ("text", "card", "spoken"):
        return int(options.run(options))
    check_model(getattr(options, "language_model", None))
    engine = make_engine(options.threads, options.model)
    try:
        options.answerer = ProductAnswerer(engine, cancel, getattr(options, "language_model", None))
        options.on_progress = lambda done, of: console.stage(Preparing("judging", done / of))
        return int(options.run(options))
    finally:
        console.end_line()
        engine.close()


def make_engine(threads: int, fused: Path | None) -> Engine:
    """The engine of every other verb, with other fused weights where they are asked for."""
    import os

    from mmdesk.engine import LocalEngine, set_environment

    set_environment(os.environ)
    return LocalEngine(threads=threads, fused=fused)


class ProductAnswerer:
    """Implementation of training's ImageQuestionAnswerer over an engine and the tasks."""

    def __init__(self, engine: Engine, cancel: CancelFlag, model: str | None = None) -> None:
        self._engine = engine
        self._cancel = cancel
        self._model = model

    def captions(self, images: Sequence[ImageInput]) -> list[str]:
        from mmdesk import tasks

        seen = self._seen(images)
        return [
            _text(tasks.describe(self._engine, (image,), self._cancel, "caption")) for image in seen
        ]

    def describe(self, image: ImageInput) -> ImageDescription:
        return self._seen((image,))[0].description or ImageDescription()

    def answer_question(self, image: ImageInput, question: str) -> ImageAnswer | None:
        events = self._engine.generate(AskImageRequest(image, question), self._cancel)
        return next((event for event in list(events) if isinstance(event, ImageAnswer)), None)

    def ask_chat_model(self, image: ImageInput | None, question: str, words: Sequence[str]) -> str:
        from mmdesk import tasks
        from mmdesk.tasks import CHAT

        images = () if image is None else tuple(self._told(self._seen((image,)), words))
        engine = self._engine if "answer" in words else WithoutAnswers(self._engine)
        sampling = Sampling(max_tokens=ANSWER_TOKENS, repetition_penalty=CHAT.repetition_penalty)
        turn = Turn("user", question, images)
        return _text(tasks.answer(engine, (turn,), self._cancel, sampling, self._model))

    def _seen(self, images: Sequence[ImageInput]) -> list[ImageInput]:
        image_descriptions = {
            event.sha256: event.description
            for event in self._engine.generate(DescribeImagesRequest(tuple(images)), self._cancel)
            if isinstance(event, ImageDescribed)
        }
        return [replace(image, description=image_descriptions[image.sha256]) for image in images]

    @staticmethod
    def _told(images: Sequence[ImageInput], words: Sequence[str]) -> Iterator[ImageInput]:
        """The pictures with only those kinds of words about them."""
        for image in images:
            description = image.description or ImageDescription()
            yield replace(
                image,
                description=replace(
                    description,
                    labels=description.labels if "labels" in words else (),
                    caption=description.caption if "caption" in words else "",
                    text=description.text if "text" in words else "",
                ),
            )


class WithoutAnswers:
    """An engine whose fused model is never asked a question."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def generate(self, request: Request, cancel: CancelFlag) -> Iterator[Event]:
        """See `Engine.generate`."""
        if isinstance(request, AskImageRequest):
            yield Finished()
            return
        yield from self._engine.generate(request, cancel)

    def close(self) -> None:
        """The engine belongs to whoever made it."""


def _text(events: Iterator[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextChunk))
