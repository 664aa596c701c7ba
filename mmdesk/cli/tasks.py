"""The verbs that use models: ask, describe, summarize, translate."""

from __future__ import annotations

import argparse
import os
import sys
import threading
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from mmdesk.cli.output import Console
from mmdesk.errors import InputError
from mmdesk.values import (
    SERVER_PREFIX,
    AudioInput,
    DescribeImagesRequest,
    DocumentInput,
    Event,
    ImageDescribed,
    ImageDescription,
    ImageInput,
    Notice,
    Preparing,
    Sampling,
    ServerModel,
    Turn,
)

if TYPE_CHECKING:
    from mmdesk.engine import Engine, RemoteEngine
    from mmdesk.workers import FileDecoder

    Verb = Callable[[argparse.Namespace, Console, threading.Event, Engine], int]

LoadedFile = TypeVar("LoadedFile")
Read = TypeVar("Read")
STDIN = "standard input"


def run(options: argparse.Namespace, console: Console, cancel: threading.Event) -> int:
    """Run the verb in `options`; return the exit status.

    Raises:
        MMDeskError: see each verb.
        Cancelled: `cancel` was set.
    """
    return run_verb(_VERBS[options.verb], options, console, cancel)


def run_verb(
    verb: Verb, options: argparse.Namespace, console: Console, cancel: threading.Event
) -> int:
    """Run a verb with the engine that its options name; return the exit status.

    Raises:
        MMDeskError: see each verb.
        Cancelled: `cancel` was set.
    """
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

    with decoder(cancel) as files:
        turn = _turn(options, files, console)
        (turn,) = _read_folders((turn,), options.folder, cancel, console, files)
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
        console.object(outcome.as_json() | outcome.citations_json() | {"seed": options.seed})
    return 0


def decoder(cancel: threading.Event) -> FileDecoder:
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
    with decoder(cancel) as files:
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

    return for_each(options.files, describe, console)


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


def _summarize(
    options: argparse.Namespace, console: Console, cancel: threading.Event, engine: Engine
) -> int:
    from mmdesk import tasks
    from mmdesk.text import length

    document = load_document(options.file, cancel, engine, console)
    outcome = console.follow(
        tasks.summarise(engine, document, cancel, options.words, options.language, options.model),
        (document,),
    )
    if console.json:
        console.object(
            {
                **outcome.as_json(),
                **outcome.citations_json(),
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
    document = load_document(options.file, cancel, engine, console)
    outcome = console.follow(
        tasks.translate(engine, document.text, target.code, cancel, options.model), (document,)
    )
    if console.json:
        source = detect(document.text).code
        console.object({**outcome.as_json(), "from": source, "to": target.code})
    return 0


def load_document(
    name: str, cancel: threading.Event, engine: Engine, console: Console
) -> DocumentInput:
    """Return a document, or standard input for "-", with the text of its scanned pages.

    Raises:
        InputError: it cannot be read.
    """
    with decoder(cancel) as files:
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

    return _follow(PageReader(lambda _cancel: files).read_turns(engine, turns, cancel), console)


def _read_folders(
    turns: tuple[Turn, ...],
    folders: list[str],
    cancel: threading.Event,
    console: Console,
    files: FileDecoder,
) -> tuple[Turn, ...]:
    """Return the turns with the documents of the folders that match the last question."""
    if not folders:
        return turns
    from contextlib import nullcontext

    from mmdesk.tasks.folders import FolderReader

    reader = FolderReader(lambda _cancel: nullcontext(files))
    documents = turns[-1].documents
    for folder in folders:
        document = _follow(reader.read(Path(folder).absolute(), cancel), console)
        for notice in document.notices:
            console.notice(f"{document.name}: {notice}")
        documents += (document,)
    asked = (*turns[:-1], replace(turns[-1], documents=documents))
    return _follow(reader.read_turns(asked, cancel), console)


def _follow(steps: Generator[Event, None, Read], console: Console) -> Read:
    """Show the progress and the notices of some reading; return what was read."""
    while True:
        try:
            event = next(steps)
        except StopIteration as end:
            read: Read = end.value
            return read
        if isinstance(event, Preparing):
            console.stage(event)
        elif isinstance(event, Notice):
            console.notice(event.text)


def for_each(names: list[str], work: Callable[[str], None], console: Console) -> int:
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
    "summarize": _summarize,
    "translate": _translate,
}
