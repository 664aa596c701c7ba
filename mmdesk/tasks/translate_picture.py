"""Translation of the text in pictures: read by OCR, then translated like any other text."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence

from mmdesk.engine import Engine
from mmdesk.errors import InputError
from mmdesk.inputs import LINE_END_HYPHEN, join_split_words
from mmdesk.tasks.task_run import TaskRun
from mmdesk.tasks.translate import translate_steps
from mmdesk.text import Language, find_language
from mmdesk.values import (
    CancelFlag,
    Event,
    ImageInput,
    Notice,
    Preparing,
    ReadTextRequest,
    TextChunk,
    TextRead,
)


def translate_picture(
    engine: Engine,
    images: Sequence[ImageInput],
    to: str,
    cancel: CancelFlag,
    model: str | None = None,
) -> Iterator[Event]:
    """Translate the text in pictures, one after the other, streamed sentence by sentence.

    Args:
        engine: reads and translates.
        images: the pictures.
        to: the target language, a code or a name.
        cancel: stops the task.
        model: id of the language model, None for the default.

    Raises:
        InputError: the language is not known, or there is no text in any picture.
    """
    target = find_language(to)
    run = TaskRun(engine, cancel, model)
    return run.stream(_translate_steps(run, images, target))


def _translate_steps(
    run: TaskRun, images: Sequence[ImageInput], target: Language
) -> Iterator[Event]:
    found = False
    for image in images:
        text = yield from _read(run, image)
        if not text.strip():
            continue
        if found:
            yield TextChunk("\n\n")
        found = True
        yield from translate_steps(run, text, target)
    if not found:
        raise InputError(
            "There is no text to translate in {name}.",
            "Choose a part in which the text is larger, or type the text.",
            name=images[0].name if images else "",
        )


def _read(run: TaskRun, image: ImageInput) -> Generator[Event, None, str]:
    """Return the text in a picture, with words that were split at the end of a line joined."""
    known = image.description
    if known is not None and known.correction is None and known.text:
        return _joined(known.text)
    read = TextRead(image.sha256, "")
    for event in run.ask(ReadTextRequest(image)):
        if isinstance(event, TextRead):
            read = event
        elif isinstance(event, Preparing):
            yield event
    if read.text and read.is_doubtful:
        yield Notice(
            "The text in {name} is hard to read. Words of it may be wrong.", name=image.name
        )
    return _joined(read.text)


def _joined(text: str) -> str:
    return join_split_words(re.sub(r"(?<=\w)-\n(?=\w)", LINE_END_HYPHEN, text))
