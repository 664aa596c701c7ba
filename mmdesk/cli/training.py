"""The verbs `train` and `eval`: training and evaluation of the fused model.

What is evaluated is what ships: pictures are analysed, described and asked about by the same tasks
that every other verb uses.
"""

from __future__ import annotations

import argparse
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from mmdesk.cli.output import Console
from mmdesk.cli.tasks import check_model
from mmdesk.cli.tasks import make_engine as make_text_engine
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
    """Run a command of `mmdesk train` or `mmdesk eval`; return the exit status."""
    if options.verb == "eval" and options.what == "documents":
        return _run_documents(options, console, cancel)
    if options.verb == "train" or options.what in ("text", "card", "spoken"):
        return int(options.run(options))
    if options.what == "everyday":
        return _run_everyday(options, console, cancel)
    check_model(getattr(options, "language_model", None))
    engine = make_engine(options.threads, options.model)
    try:
        options.answerer = ProductAnswerer(engine, cancel, getattr(options, "language_model", None))
        options.on_progress = lambda done, of: console.stage(Preparing("evaluating", done / of))
        return int(options.run(options))
    finally:
        console.end_line()
        engine.close()


def _run_language(
    options: argparse.Namespace,
    console: Console,
    make_answerer: Callable[[Engine], object],
) -> int:
    """Evaluate a language model with the prompts and checks of the other verbs.

    Args:
        options: of the command line.
        console: shows the progress.
        make_answerer: returns what answers, over an engine.
    """
    from mmdesk.cli.cached_engine import CachedEngine

    check_model(options.model)
    engine = make_text_engine(options.threads, options.precision)
    try:
        used = CachedEngine(engine, options.cache) if options.cache else engine
        options.answerer = make_answerer(used)
        options.on_progress = lambda done, of: console.stage(Preparing("evaluating", done / of))
        return int(options.run(options))
    finally:
        console.end_line()
        engine.close()


def _run_everyday(options: argparse.Namespace, console: Console, cancel: threading.Event) -> int:
    """Evaluate everyday prompts with the chat's own prompts and sampling."""
    from mmdesk.cli.eval_everyday import EverydayAnswerer, everyday_sampling

    sampling = everyday_sampling(options.greedy, options.seed, options.max_tokens)
    return _run_language(
        options, console, lambda used: EverydayAnswerer(used, cancel, sampling, options.model)
    )


def _run_documents(options: argparse.Namespace, console: Console, cancel: threading.Event) -> int:
    """Evaluate questions about documents with the prompts and checks of `mmdesk ask --file`."""
    from mmdesk.cli.eval_documents import DocumentAnswerer

    return _run_language(
        options,
        console,
        lambda used: DocumentAnswerer(used, cancel, options.model, options.margins),
    )


def make_engine(threads: int, fused: Path | None) -> Engine:
    """Make the engine of every other verb, with other fused weights where they are given."""
    import os

    from mmdesk.engine import LocalEngine, set_environment

    set_environment(os.environ)
    return LocalEngine(threads=threads, fused=fused)


class ProductAnswerer:
    """`ImageQuestionAnswerer` of `training.eval.product`, over an engine and the tasks."""

    def __init__(self, engine: Engine, cancel: CancelFlag, model: str | None = None) -> None:
        self._engine = engine
        self._cancel = cancel
        self._model = model

    def captions(self, images: Sequence[ImageInput]) -> list[str]:
        """Return the captions of `describe --style caption`."""
        from mmdesk import tasks

        described = self._described(images)
        return [
            _text(tasks.describe(self._engine, (image,), self._cancel, "caption"))
            for image in described
        ]

    def describe(self, image: ImageInput) -> ImageDescription:
        """Describe a picture."""
        return self._described((image,))[0].description or ImageDescription()

    def answer_question(self, image: ImageInput, question: str) -> ImageAnswer | None:
        """Answer a known question with the fused model; None without one."""
        events = self._engine.generate(AskImageRequest(image, question), self._cancel)
        return next((event for event in list(events) if isinstance(event, ImageAnswer)), None)

    def ask_chat_model(self, image: ImageInput | None, question: str, words: Sequence[str]) -> str:
        """Answer with the chat model, given only those kinds of text about the picture."""
        from mmdesk import tasks
        from mmdesk.tasks import CHAT

        images = () if image is None else tuple(_with_only(self._described((image,)), words))
        engine = self._engine if "answer" in words else WithoutAnswers(self._engine)
        sampling = Sampling(max_tokens=ANSWER_TOKENS, repetition_penalty=CHAT.repetition_penalty)
        turn = Turn("user", question, images)
        return _text(tasks.answer(engine, (turn,), self._cancel, sampling, self._model))

    def _described(self, images: Sequence[ImageInput]) -> list[ImageInput]:
        descriptions = {
            event.sha256: event.description
            for event in self._engine.generate(DescribeImagesRequest(tuple(images)), self._cancel)
            if isinstance(event, ImageDescribed)
        }
        return [replace(image, description=descriptions[image.sha256]) for image in images]


class WithoutAnswers:
    """Engine whose fused model is never asked a question."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def generate(self, request: Request, cancel: CancelFlag) -> Iterator[Event]:
        """Pass a request on; see `Engine.generate`."""
        if isinstance(request, AskImageRequest):
            yield Finished()
            return
        yield from self._engine.generate(request, cancel)

    def close(self) -> None:
        """Do nothing: the engine belongs to its maker."""


def _with_only(images: Sequence[ImageInput], words: Sequence[str]) -> Iterator[ImageInput]:
    """Yield the pictures with only those kinds of text in their descriptions."""
    for image in images:
        description = image.description or ImageDescription()
        kept = replace(
            description,
            labels=description.labels if "labels" in words else (),
            caption=description.caption if "caption" in words else "",
            text=description.text if "text" in words else "",
        )
        yield replace(image, description=kept)


def _text(events: Iterator[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextChunk))
