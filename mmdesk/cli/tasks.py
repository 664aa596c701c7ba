"""The verbs that use models: ask, describe, transcribe, summarize, translate."""

from __future__ import annotations

import argparse
import os
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from mmdesk.cli.output import Console, Outcome
from mmdesk.errors import InputError
from mmdesk.values import (
    SERVER_PREFIX,
    AudioInput,
    DescribeImagesRequest,
    DocumentInput,
    ImageDescribed,
    ImageDescription,
    ImageInput,
    Notice,
    Preparing,
    Sampling,
    ServerModel,
    TranscribeRequest,
    Turn,
)

if TYPE_CHECKING:
    from mmdesk.engine import Engine, RemoteEngine
    from mmdesk.workers import FileDecoder

LoadedFile = TypeVar("LoadedFile")
STDIN = "standard input"


def run(options: argparse.Namespace, console: Console, cancel: threading.Event) -> int:
    """Run the verb in `options`; return the exit status.

    Raises:
        MMDeskError: see each verb.
        Cancelled: `cancel` was set.
    """
    verb = _VERBS[options.verb]
    if getattr(options, "server", None) is None:
        check_model(getattr(options, "model", None))
        engine = make_engine(options.threads, options.precision, options.device)
    else:
        engine, options.model = make_remote_engine(options, cancel)
    try:
        return verb(options, console, cancel, engine)
    finally:
        engine.close()


def make_engine(threads: int, precision: str = "auto", device: str = "auto") -> Engine:
    """Make the engine that every verb uses; cheap, as models are loaded at first use."""
    from mmdesk.engine import LocalEngine, set_environment

    set_environment(os.environ)
    return LocalEngine(threads=threads, precision=precision, device=device)


def make_remote_engine(
    options: argparse.Namespace, cancel: threading.Event
) -> tuple[RemoteEngine, str]:
    """Make the engine that asks the server in `options`.

    Returns:
        The engine, and the id of the model: the one in `options`, else the server's first.

    Raises:
        InputError: the address is none, or the server does not say which models it has.
        MMDeskError: it cannot be reached.
        Cancelled: `cancel` was set.
    """
    from mmdesk import settings
    from mmdesk.engine import RemoteEngine, api_key
    from mmdesk.network import ServerAddress

    address = ServerAddress.parse(options.server)
    stored = settings.load()
    is_known = bool(stored.server) and ServerAddress.parse(stored.server) == address
    takes = stored.server_inputs if is_known else frozenset()
    local = make_engine(options.threads, options.precision, options.device)
    engine = RemoteEngine(local, address, lambda: api_key(address), takes)
    if options.model is not None:
        return engine, ServerModel(options.model.removeprefix(SERVER_PREFIX)).id
    models = engine.models(cancel)
    if not models:
        raise InputError(
            "{host} does not say which models it has.", "Name one with --model.", host=address.host
        )
    return engine, models[0].id


def check_model(part_id: str | None) -> None:
    """Refuse a model that cannot answer before anything is read or loaded for it.

    Raises:
        InputError: it is not known, or no language model.
        ModelUnavailable: it is not installed.
    """
    if part_id is None:
        return
    from mmdesk.models import ModelStore

    store = ModelStore()
    store.path(part_id)
    roles = {info.id: info.role for info in store.infos()}
    if roles[part_id] != "language":
        raise InputError(
            "{model} is not a language model.",
            "Choose one of: {models}.",
            model=part_id,
            models=", ".join(name for name, role in roles.items() if role == "language"),
        )


# --- verbs ------------------------------------------------------------------------------------


def _ask(
    options: argparse.Namespace, console: Console, cancel: threading.Event, engine: Engine
) -> int:
    from mmdesk import tasks
    from mmdesk.tasks import CHAT

    with _decoder(cancel) as files:
        turn = _turn(options, files, console)
        (turn,) = _read_pages(engine, (turn,), cancel, console, files)
    sampling = Sampling(
        temperature=options.temperature or 0.0,
        of_model=options.temperature is None,
        seed=options.seed,
        max_tokens=options.max_tokens,
        repetition_penalty=CHAT.repetition_penalty,
        thinking=not options.no_thinking,
    )
    outcome = console.follow(
        tasks.answer(engine, (turn,), cancel, sampling, options.model),
        (*turn.documents, *turn.images, *turn.audio),
    )
    if console.json:
        console.object(outcome.as_json() | {"seed": options.seed})
    return 0


def _decoder(cancel: threading.Event) -> FileDecoder:
    """Return the decoder of foreign files, which runs in a process with limits."""
    from mmdesk.workers import FileDecoder

    return FileDecoder(cancel)


def _turn(options: argparse.Namespace, files: FileDecoder, console: Console) -> Turn:
    from mmdesk import inputs

    question = options.question or ""
    if question == "-":
        question, notices = inputs.decode_with_notices(sys.stdin.buffer.read(), STDIN)
        for notice in notices:
            console.notice(notice)
    if not question.strip() and not options.audio:
        raise InputError(
            "There is no question.",
            'Write one (mmdesk ask "...") or give a recording of it (--audio FILE).',
        )
    images = [files.load_image(Path(name)) for name in options.image]
    audio = [files.load_audio(Path(name)) for name in options.audio]
    documents: list[DocumentInput] = []
    for name in options.file:
        loaded = files.load_any(Path(name))
        if isinstance(loaded, ImageInput):
            images.append(loaded)
        elif isinstance(loaded, AudioInput):
            audio.append(loaded)
        else:
            documents.append(loaded)
    return Turn("user", question.strip(), tuple(images), tuple(audio), tuple(documents))


def _describe(
    options: argparse.Namespace, console: Console, cancel: threading.Event, engine: Engine
) -> int:
    from mmdesk.text import find_language

    find_language(options.language)
    with _decoder(cancel) as files:
        pictures = _DescribedImages(options.files, console, cancel, engine, files)
        return _describe_all(options, console, cancel, engine, pictures)


def _describe_all(
    options: argparse.Namespace,
    console: Console,
    cancel: threading.Event,
    engine: Engine,
    pictures: _DescribedImages,
) -> int:
    from mmdesk import tasks

    def describe(name: str) -> None:
        image = pictures.next(name)
        if len(options.files) > 1 and options.style == "detailed":
            console.write(f"{name}:\n")
        events = tasks.describe(
            engine, (image,), cancel, options.style, options.language, options.model
        )
        outcome = console.follow(events, (image,))
        outcome.image_descriptions = outcome.image_descriptions or (
            [image.description] if image.description else []
        )
        if console.json:
            console.object({"file": name, "style": options.style, **outcome.as_json()})

    return _for_each(options.files, describe, console)


class _DescribedImages:
    """Pictures with their descriptions, in the order of their files.

    Several are described in one batch: that is faster, and no more than a few are in memory.
    """

    BATCH = 8

    def __init__(
        self,
        names: list[str],
        console: Console,
        cancel: threading.Event,
        engine: Engine,
        files: FileDecoder,
    ) -> None:
        self._files = files
        self._waiting = list(names)
        self._console = console
        self._cancel = cancel
        self._engine = engine
        self._ready: list[ImageInput | InputError] = []

    def next(self, name: str) -> ImageInput:
        """Return the next picture, which is that of `name`.

        Raises:
            InputError: it cannot be used.
        """
        if not self._ready:
            some, self._waiting = self._waiting[: self.BATCH], self._waiting[self.BATCH :]
            self._ready = self._described([self._load(entry) for entry in some])
        found = self._ready.pop(0)
        if isinstance(found, InputError):
            raise found
        return found

    def _load(self, name: str) -> ImageInput | InputError:
        try:
            return self._files.load_image(Path(name))
        except InputError as problem:
            return problem

    def _described(self, found: list[ImageInput | InputError]) -> list[ImageInput | InputError]:
        images = tuple(image for image in found if isinstance(image, ImageInput))
        if len(images) < 2:
            return found  # the task itself describes a single one
        descriptions: dict[str, ImageDescription] = {}
        for event in self._engine.generate(DescribeImagesRequest(images), self._cancel):
            if isinstance(event, Preparing):
                self._console.stage(event)
            elif isinstance(event, ImageDescribed):
                descriptions[event.sha256] = event.description
        return [
            replace(image, description=descriptions.get(image.sha256))
            if isinstance(image, ImageInput)
            else image
            for image in found
        ]


def _transcribe(
    options: argparse.Namespace, console: Console, cancel: threading.Event, engine: Engine
) -> int:
    from mmdesk.perception import find_spoken_language

    code = find_spoken_language(options.language) if options.language else None

    def transcribe(name: str) -> None:
        audio = files.load_audio(Path(name))
        request = TranscribeRequest(audio, code)
        outcome = _ProgressConsole(console).follow(engine.generate(request, cancel), (audio,))
        _print_transcript(console, name, audio, outcome)

    with _decoder(cancel) as files:
        return _for_each(options.files, transcribe, console)


class _ProgressConsole(Console):
    """Console that shows progress only: a transcript is printed in one line when it is complete."""

    def __init__(self, console: Console) -> None:
        vars(self).update(vars(console))

    def write(self, text: str) -> None:
        """Show nothing."""


def _print_transcript(console: Console, name: str, audio: AudioInput, outcome: Outcome) -> None:
    transcript = outcome.transcripts[-1] if outcome.transcripts else None
    text = " ".join((transcript.text if transcript else outcome.text).split())
    if not text:
        outcome.notices.append(f"{name}: no speech found.")
        console.notice(outcome.notices[-1])
    if not console.json:
        console.print(text)
        return
    value = outcome.as_json() | {"text": text}
    del value["transcripts"], value["sights"], value["looks"]
    console.object(
        {
            "file": name,
            "seconds": round(audio.seconds, 3),
            "language": transcript.language if transcript else "",
            "language_probability": transcript.language_probability if transcript else 0.0,
            "segments": [
                {"start": segment.start, "end": segment.end, "text": segment.text}
                for segment in (transcript.segments if transcript else ())
            ],
            **value,
        }
    )


def _summarize(
    options: argparse.Namespace, console: Console, cancel: threading.Event, engine: Engine
) -> int:
    from mmdesk import tasks
    from mmdesk.text import length

    document = _load_document(options.file, cancel, engine, console)
    outcome = console.follow(
        tasks.summarise(engine, document, cancel, options.words, options.language, options.model),
        (document,),
    )
    if console.json:
        console.object(
            {
                **outcome.as_json(),
                "words": length(outcome.text),
                "words_asked": options.words,
                "document_words": length(document.text),
            }
        )
    return 0


def _translate(
    options: argparse.Namespace, console: Console, cancel: threading.Event, engine: Engine
) -> int:
    from mmdesk import tasks
    from mmdesk.text import detect, find_language

    target = find_language(options.to)
    document = _load_document(options.file, cancel, engine, console)
    outcome = console.follow(
        tasks.translate(engine, document.text, target.code, cancel, options.model), (document,)
    )
    if console.json:
        source = detect(document.text).code
        console.object({**outcome.as_json(), "from": source, "to": target.code})
    return 0


def _load_document(
    name: str, cancel: threading.Event, engine: Engine, console: Console
) -> DocumentInput:
    with _decoder(cancel) as files:
        if name == "-":
            document = files.load_document(sys.stdin.buffer.read(), STDIN)
        else:
            document = files.load_document(Path(name))
        turn = Turn("user", "", documents=(document,))
        (turn,) = _read_pages(engine, (turn,), cancel, console, files)
        return turn.documents[0]


def _read_pages(
    engine: Engine,
    turns: tuple[Turn, ...],
    cancel: threading.Event,
    console: Console,
    files: FileDecoder,
) -> tuple[Turn, ...]:
    """Return the turns with the text of the scanned pages in their documents."""
    if not any(document.scanned for turn in turns for document in turn.documents):
        return turns
    from mmdesk.tasks import PageReader

    reading = PageReader(lambda _cancel: files).read_turns(engine, turns, cancel)
    while True:
        try:
            event = next(reading)
        except StopIteration as end:
            read: tuple[Turn, ...] = end.value
            return read
        if isinstance(event, Preparing):
            console.stage(event)
        elif isinstance(event, Notice):
            console.notice(event.text)


def _for_each(names: list[str], work: Callable[[str], None], console: Console) -> int:
    """Process every file in order; report a bad one and go on with the others."""
    status = 0
    for name in names:
        try:
            work(name)
        except InputError as problem:
            console.end_line()
            console.error(problem)
            status = problem.exit_status
    return status


_VERBS = {
    "ask": _ask,
    "describe": _describe,
    "transcribe": _transcribe,
    "summarize": _summarize,
    "translate": _translate,
}
