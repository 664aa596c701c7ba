"""Describing pictures from what was seen and read in them, and nothing else.

The small chat model, asked to describe a picture from three labels, invents a garden around the
dog. So the sentences here are built from the facts; the model is used for what it can do with
facts alone: saying in a line what a longer text in the picture is about, and putting the
sentences into another language.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import Literal

from mmdesk.engine import Engine
from mmdesk.errors import InputError
from mmdesk.tasks import picture_sentences, prompts
from mmdesk.tasks.grounding import SourceText, borne_out, says_again
from mmdesk.tasks.picture_questions import look_again, looked_at, shows_things
from mmdesk.tasks.summarise import summary
from mmdesk.tasks.task_run import TaskRun
from mmdesk.tasks.translate import translated_sentences
from mmdesk.text import CHINESE, ENGLISH, Language, detect, find_language, join, length, sentences
from mmdesk.values import (
    CancelFlag,
    Event,
    ImageDescription,
    ImageInput,
    Sampling,
    TextChunk,
)

Style = Literal["caption", "detailed"]

CAPTION_QUOTE = 30  # words of the picture's text in a caption
DETAILED_QUOTE = 90
ABOUT_FROM = 120  # words of text above which a few sentences say what it is about
ABOUT_WORDS = 30
RETELLING = Sampling(max_tokens=90)
SECOND_LOOKS = {  # what is looked for again, and what is noted where the answer is sure
    "is this indoors or outdoors?": "It was taken {}.",
}


def describe(
    engine: Engine,
    images: tuple[ImageInput, ...],
    cancel: CancelFlag,
    style: Style = "detailed",
    language: str = "English",
    model: str | None = None,
) -> Iterator[Event]:
    """Describe pictures one after the other: "caption" gives each one line, "detailed" a
    paragraph or two. Pictures that were not looked at yet are looked at (`ImageDescribed` events).

    Raises:
        InputError: there is no picture, or the language is not known.
    """
    if not images:
        raise InputError("There is no picture to describe.")
    wanted = find_language(language)
    job = TaskRun(engine, cancel, model)
    return job.run(descriptions(job, images, style, wanted))


def descriptions(
    job: TaskRun, images: tuple[ImageInput, ...], style: Style, wanted: Language
) -> Iterator[Event]:
    """The steps of `describe`, for another task to take."""
    images = yield from looked_at(job, images)
    for index, image in enumerate(images):
        if index:
            yield TextChunk("\n" if style == "caption" else "\n\n")
        if len(images) > 1 and style == "detailed":
            yield TextChunk(f"{image.name}: ")
        description = yield from _in_language(job, image.description or ImageDescription(), wanted)
        if style == "caption":
            yield from _caption(job, description, wanted)
        else:
            yield from _detailed(job, image, description, wanted)


def _in_language(
    job: TaskRun, description: ImageDescription, wanted: Language
) -> Generator[Event, None, ImageDescription]:
    """The description with its caption in Chinese, where Chinese sentences are made around it."""
    if wanted != CHINESE or not description.caption or description.correction is not None:
        return description
    return replace(
        description, caption=(yield from _translated(job, description.caption, ENGLISH, CHINESE))
    )


def _translated(
    job: TaskRun, text: str, source: Language, target: Language
) -> Generator[Event, None, str]:
    spoken: list[str] = []
    for item in translated_sentences(job, text, source, target):
        if isinstance(item, str):
            spoken.append(item)
        else:
            yield item
    return join(spoken)


def _caption(job: TaskRun, description: ImageDescription, wanted: Language) -> Iterator[Event]:
    """One sentence on one line."""
    names = yield from _names(job, description, wanted)
    said = picture_sentences.caption(description, names, wanted == CHINESE, CAPTION_QUOTE)
    yield from _put(job, said, wanted)


def _detailed(
    job: TaskRun, image: ImageInput, description: ImageDescription, wanted: Language
) -> Iterator[Event]:
    """The text first where there is much of it, then what was recognised, how surely; a longer
    text is summed up, and what a second look at a photo adds to the caption is said.
    """
    names = yield from _names(job, description, wanted)
    said = picture_sentences.paragraph(description, names, wanted == CHINESE, DETAILED_QUOTE)
    yield from _put(job, said, wanted)
    if description.correction is None and length(description.text) >= ABOUT_FROM:
        yield TextChunk("\n\n")
        yield from summary(job, description.text, ABOUT_WORDS, detect(description.text), wanted)
    if description.caption and shows_things(image):
        yield from _more(job, image, wanted)


def _more(job: TaskRun, image: ImageInput, wanted: Language) -> Iterator[Event]:
    """What a longer look says beyond the caption: told by the chat model from notes, and every
    sentence held against them.
    """
    notes = yield from _notes(job, image)
    if len(notes) < 2:
        return
    source = SourceText("\n".join(notes))
    written = yield from job.written(prompts.describe_from("\n".join(notes)), RETELLING)
    caption = image.description.caption if image.description else ""
    told = [said for said in borne_out(written, source) if not says_again(said, (caption,))]
    if told:
        yield TextChunk("\n\n")
        yield from _put(job, join(told), wanted)


def _notes(job: TaskRun, image: ImageInput) -> Generator[Event, None, list[str]]:
    """Sentences of what was seen, the caption first; empty where there is no fused model."""
    found = yield from look_again(job, image)
    if found is None or image.description is None:
        return []
    notes = [image.description.caption]
    if found.sure:
        notes += [part.strip() for part in sentences(found.text)]
    for question, form in SECOND_LOOKS.items():
        answer = yield from look_again(job, image, question)
        if answer is not None and answer.sure:
            notes.append(form.format(answer.text))
    return list(dict.fromkeys(notes))


def _names(
    job: TaskRun, description: ImageDescription, wanted: Language
) -> Generator[Event, None, tuple[str, ...]]:
    """What the labels are called; in Chinese they stand in Chinese sentences, so are translated."""
    labels = picture_sentences.worth_saying(description)
    if wanted != CHINESE:
        return tuple(label.full_name for label in labels)
    names: list[str] = []
    for label in labels:
        spoken: list[str] = []
        for item in translated_sentences(job, label.full_name, ENGLISH, CHINESE):
            if isinstance(item, str):
                spoken.append(item.rstrip("。"))
            else:
                yield item
        names.append("".join(spoken) or label.full_name)
    return tuple(names)


def _put(job: TaskRun, said: str, wanted: Language) -> Iterator[Event]:
    """The words as they are in English and Chinese; translated otherwise, quotes left alone."""
    own = detect(re.sub("“[^”]*”", "", said))
    if wanted in (ENGLISH, CHINESE, own):
        yield TextChunk(said)
        return
    for piece in re.split(r"(\s*“[^”]*”[.,]?\s*|\n+)", said):
        if piece.lstrip().startswith("“") or not any(map(str.isalpha, piece)):
            yield TextChunk(piece)
            continue
        spoken: list[str] = []
        for item in translated_sentences(job, piece, own, wanted):
            if isinstance(item, str):
                spoken.append(item)
            else:
                yield item
        yield TextChunk(join(spoken))
