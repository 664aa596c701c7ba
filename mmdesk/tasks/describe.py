"""Descriptions of pictures, built from recognised facts only.

The small language model, asked to describe a picture from three labels, invents a garden around the
dog. So the sentences here are built from the facts; the model is used for what it can do with facts
alone: to summarise a longer text in the picture, and to translate the sentences.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import replace
from typing import Literal

from mmdesk.engine import Engine
from mmdesk.errors import InputError
from mmdesk.perception import guess_in
from mmdesk.tasks import picture_sentences, prompts
from mmdesk.tasks.grounding import SourceText, grounded_sentences, repeats
from mmdesk.tasks.picture_questions import ask_fused_model, shows_scene, with_descriptions
from mmdesk.tasks.summarise import summarise_steps
from mmdesk.tasks.task_run import TaskRun
from mmdesk.tasks.translate import translate_sentences, written_as
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

CAPTION_QUOTE_WORDS = 30  # words of the picture's text in a caption
DETAILED_QUOTE_WORDS = 90
SUMMARY_FROM_WORDS = 120  # of text in a picture, from which it is summarised
SUMMARY_WORDS = 30
RETELLING_SAMPLING = Sampling(max_tokens=90)
SEEN_SAMPLING = Sampling(max_tokens=512)  # of a language model that sees pictures itself
# Questions for the fused model, and the notes that are made of sure answers.
FOLLOW_UP_QUESTIONS = {
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
    """Describe pictures one after the other.

    Pictures without a description get one first (`ImageDescribed` events).

    Args:
        engine: answers the requests.
        images: the pictures.
        cancel: stops the task.
        style: "caption" is one line, "detailed" a paragraph or two.
        language: of the text, a code or a name.
        model: id of the language model, None for the default.

    Raises:
        InputError: there is no picture, or the language is not known.
    """
    if not images:
        raise InputError("There is no picture to describe.")
    target = find_language(language)
    run = TaskRun(engine, cancel, model)
    return run.stream(_describe(run, images, style, target))


def _describe(
    run: TaskRun, images: tuple[ImageInput, ...], style: Style, target: Language
) -> Iterator[Event]:
    if run.takes("picture"):
        yield from run.chat((prompts.describe_pictures(images, style, target.name),), SEEN_SAMPLING)
        return
    yield from written_as(describe_steps(run, images, style, target.base), target)


def describe_steps(
    run: TaskRun, images: tuple[ImageInput, ...], style: Style, target: Language
) -> Iterator[Event]:
    """Yield the events of `describe` within another task."""
    images = yield from with_descriptions(run, images)
    for index, image in enumerate(images):
        if index:
            yield TextChunk("\n" if style == "caption" else "\n\n")
        if len(images) > 1 and style == "detailed":
            yield TextChunk(f"{image.name}: ")
        known = image.description or ImageDescription()
        description = yield from _with_chinese_caption(run, known, target)
        if style == "caption":
            yield from _caption(run, description, target)
        else:
            yield from _detailed(run, image, description, target)


def _with_chinese_caption(
    run: TaskRun, description: ImageDescription, target: Language
) -> Generator[Event, None, ImageDescription]:
    """Translate the caption if the target is Chinese, as Chinese sentences are built around it."""
    if target != CHINESE or not description.caption or description.correction is not None:
        return description
    guess = guess_in(description.caption)
    chinese = yield from _translate(run, guess or description.caption, ENGLISH, CHINESE)
    if guess:
        chinese = f"不确定图中是什么，可能是：{chinese}"
    return replace(description, caption=chinese)


def _translate(
    run: TaskRun, text: str, source: Language, target: Language
) -> Generator[Event, None, str]:
    translated: list[str] = []
    for item in translate_sentences(run, text, source, target):
        if isinstance(item, str):
            translated.append(item)
        else:
            yield item
    return join(translated)


def _caption(run: TaskRun, description: ImageDescription, target: Language) -> Iterator[Event]:
    """Stream one sentence on one line."""
    names = yield from _label_names(run, description, target)
    text = picture_sentences.caption(description, names, target == CHINESE, CAPTION_QUOTE_WORDS)
    yield from _stream_in_language(run, text, target)


def _detailed(
    run: TaskRun, image: ImageInput, description: ImageDescription, target: Language
) -> Iterator[Event]:
    """Stream the description, a summary of a longer text in the picture, and further details."""
    names = yield from _label_names(run, description, target)
    in_chinese = target == CHINESE
    text = picture_sentences.paragraph(description, names, in_chinese, DETAILED_QUOTE_WORDS)
    yield from _stream_in_language(run, text, target)
    if description.correction is None and length(description.text) >= SUMMARY_FROM_WORDS:
        yield TextChunk("\n\n")
        source = detect(description.text)
        yield from summarise_steps(run, description.text, SUMMARY_WORDS, source, target)
    if description.caption and shows_scene(image):
        yield from _additional_details(run, image, target)


def _additional_details(run: TaskRun, image: ImageInput, target: Language) -> Iterator[Event]:
    """Stream what the fused model says beyond the caption.

    The language model writes it from notes; only sentences that the notes support are shown.
    """
    notes = yield from _take_notes(run, image)
    if len(notes) < 2:
        return
    source = SourceText("\n".join(notes))
    turns = prompts.describe_from("\n".join(notes))
    output = yield from run.generate_text(turns, RETELLING_SAMPLING)
    caption = image.description.caption if image.description else ""
    details = [
        sentence
        for sentence in grounded_sentences(output, source)
        if not repeats(sentence, (caption,))
    ]
    if details:
        yield TextChunk("\n\n")
        yield from _stream_in_language(run, join(details), target)


def _take_notes(run: TaskRun, image: ImageInput) -> Generator[Event, None, list[str]]:
    """Return sentences about the picture, the caption first; empty without a fused model."""
    found = yield from ask_fused_model(run, image)
    if found is None or image.description is None:
        return []
    notes = [image.description.caption]
    if found.sure:
        notes += [part.strip() for part in sentences(found.text)]
    for question, template in FOLLOW_UP_QUESTIONS.items():
        answer = yield from ask_fused_model(run, image, question)
        if answer is not None and answer.sure:
            notes.append(template.format(answer.text))
    return list(dict.fromkeys(notes))


def _label_names(
    run: TaskRun, description: ImageDescription, target: Language
) -> Generator[Event, None, tuple[str, ...]]:
    """Return the names of the labels, in Chinese for Chinese sentences, else in English."""
    labels = picture_sentences.labels_to_mention(description)
    if target != CHINESE:
        return tuple(label.full_name for label in labels)
    names: list[str] = []
    for label in labels:
        translated: list[str] = []
        for item in translate_sentences(run, label.full_name, ENGLISH, CHINESE):
            if isinstance(item, str):
                translated.append(item.rstrip("。"))
            else:
                yield item
        names.append("".join(translated) or label.full_name)
    return tuple(names)


def _stream_in_language(run: TaskRun, text: str, target: Language) -> Iterator[Event]:
    """Stream a text, translated unless the target is English or Chinese, except for quotes."""
    source = detect(re.sub("“[^”]*”", "", text))
    if target in (ENGLISH, CHINESE, source):
        yield TextChunk(text)
        return
    for piece in re.split(r"(\s*“[^”]*”[.,]?\s*|\n+)", text):
        if piece.lstrip().startswith("“") or not any(map(str.isalpha, piece)):
            yield TextChunk(piece)
            continue
        yield TextChunk((yield from _translate(run, piece, source, target)))
