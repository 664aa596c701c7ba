"""Questions about pictures, answered from the pixels.

The fused model is asked first. Its few words are certain or they are not: where they are, the chat
model puts them into a sentence, which is held against them; where they are not, the answer is 'not
sure'. Questions the fused model was not taught, and those about screenshots and pages, are left to
the chat model and the words that were read.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from dataclasses import replace
from typing import NamedTuple

from mmdesk.perception import (
    as_known_question,
    as_sentence,
    asks_for_caption,
    picture_index,
    presence_question,
)
from mmdesk.tasks import prompts
from mmdesk.tasks.task_run import TaskRun
from mmdesk.text import CHINESE, ENGLISH, Language, cjk_share
from mmdesk.values import (
    AskImageRequest,
    DescribeImagesRequest,
    Event,
    ImageAnswer,
    ImageDescribed,
    ImageInput,
    Notice,
    Sampling,
    TextChunk,
    Transcribed,
    TranscribeRequest,
    Turn,
)

REACH = 3  # questions after a picture within which one may still be about it
MOST_PICTURES = 4
LONGEST = 160  # characters; a longer question wants more than a look
_PHRASE_TOKENS = 40
_NUMBERS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6"}
_SMALL = frozenset(["the", "and", "with", "its", "his", "her", "their", "some"])
ABSENT_FROM = 0.85  # the probability of "no" from which what is asked about is said to be missing
_PRESENCE = {
    "en": {
        f"is there a {thing} in the picture?": f"Is there a {thing} in the picture?"
        for thing in ("dog", "car", "bicycle")
    },
    "zh": {
        f"is there a {thing} in the picture?": f"图片里有{chinese}吗？"
        for thing, chinese in (("dog", "狗"), ("car", "车"), ("bicycle", "自行车"))
    },
}
_UNSURE = "I am not sure: it cannot be made out in the picture."
_UNSURE_ZH = "我不确定，从图片中看不清楚。"


def looked_at(
    job: TaskRun, images: Sequence[ImageInput]
) -> Generator[Event, None, tuple[ImageInput, ...]]:
    """The pictures with what is seen in them; those that were not looked at yet, together."""
    new = tuple(image for image in images if image.description is None)
    image_descriptions = {}
    if new:
        for event in job.ask(DescribeImagesRequest(new)):
            if isinstance(event, ImageDescribed):
                image_descriptions[event.sha256] = event.description
            yield event
    return tuple(
        image
        if image.description
        else replace(image, description=image_descriptions.get(image.sha256))
        for image in images
    )


def look_again(
    job: TaskRun, image: ImageInput, question: str = ""
) -> Generator[Event, None, ImageAnswer | None]:
    """What the fused model says about a picture; None where there is no fused model."""
    found = None
    for event in job.ask(AskImageRequest(image, question)):
        if isinstance(event, ImageAnswer):
            found = event
        yield event
    return found


def answer_from_pictures(
    job: TaskRun, turns: Sequence[Turn]
) -> Generator[Event, None, tuple[bool, tuple[Turn, ...]]]:
    """Answer the last turn by looking, if that is what it asks for.

    Returns:
        whether it was answered, and the turns with what was seen and heard meanwhile.
    """
    turns = tuple(turns)
    place = _place_of_pictures(turns)
    if place is None:
        return False, turns
    turns, asked = yield from _heard(job, turns)
    question = as_known_question(asked) if len(asked) <= LONGEST else None
    if question is None:
        return False, turns
    named = picture_index(asked, len(turns[place].images))
    images = yield from looked_at(job, turns[place].images)
    turns = (*turns[:place], replace(turns[place], images=images), *turns[place + 1 :])
    chosen = images if named is None else (images[named],)
    if len(chosen) > MOST_PICTURES or not all(map(shows_things, chosen)):
        return False, turns
    found: list[PictureAnswers] = []
    for image in chosen:
        answer = yield from _look(job, image, question)
        if answer is None:
            return False, turns
        found.append(answer)
        yield Notice(_told(answer.answer, image))
    yield from _said(job, asked, found, chosen)
    return True, turns


class PictureAnswers(NamedTuple):
    """An answer, or (`absent`) that what was asked about is not in the picture."""

    answer: ImageAnswer
    absent: bool = False


def _look(
    job: TaskRun, image: ImageInput, question: str
) -> Generator[Event, None, PictureAnswers | None]:
    """Asked what the dog does, the fused model makes a dog do something: so it is first asked
    whether there is one.
    """
    first = presence_question(question)
    caption = image.description.caption if image.description else ""
    if first is not None and first.split()[3] not in caption.lower():
        there = yield from look_again(job, image, first)
        if there is not None and there.text == "no" and there.probability >= ABSENT_FROM:
            return PictureAnswers(there, absent=True)
    answer = yield from look_again(job, image, question)
    return PictureAnswers(answer) if answer is not None else None


def pictures_asked_about(turns: Sequence[Turn]) -> tuple[ImageInput, ...]:
    """The pictures a question like "What is in the picture?" means; none where it means none."""
    place = _place_of_pictures(turns)
    asked = turns[-1].text
    if place is None or turns[-1].audio or not asks_for_caption(asked):
        return ()
    images = turns[place].images
    named = picture_index(asked, len(images))
    return images if named is None else (images[named],)


def may_be_about_pictures(turns: Sequence[Turn]) -> bool:
    """Whether the last turn, whose words are still to come, may be a question about pictures: its
    own, or ones shown shortly before.
    """
    return not turns[-1].text.strip() and _place_of_pictures(turns) is not None


def shows_things(image: ImageInput) -> bool:
    """Whether looking is the way to learn about a picture: neither words to read, nor words that
    the person put in their place.
    """
    description = image.description
    if description is None or (description.correction or "").strip():
        return False
    return not description.kind.is_read


def _place_of_pictures(turns: Sequence[Turn]) -> int | None:
    """The turn whose pictures the last turn may be about: itself, or one shortly before it."""
    if turns[-1].documents or len(turns[-1].audio) > 1:
        return None
    asked = [place for place, turn in enumerate(turns) if turn.role == "user"]
    for place in reversed(asked[-1 - REACH :]):
        if turns[place].images:
            return place
    return None


def _heard(
    job: TaskRun, turns: tuple[Turn, ...]
) -> Generator[Event, None, tuple[tuple[Turn, ...], str]]:
    """The last turn's question in words, written or spoken."""
    last = turns[-1]
    if last.text.strip() or not last.audio:
        return turns, last.text.strip()
    audio = last.audio[0]
    if audio.transcript is None:
        for event in job.ask(TranscribeRequest(audio, about_picture=True)):
            if isinstance(event, Transcribed):
                audio = replace(audio, transcript=event.transcript)
                yield event
    text = audio.transcript.meant.strip() if audio.transcript else ""
    return (*turns[:-1], replace(last, audio=(audio,))), text


def _told(answer: ImageAnswer, image: ImageInput) -> str:
    """What the person should know about where the answer comes from."""
    odds = f"{answer.text} ({round(answer.probability * 100)} %)"
    verdict = odds if answer.sure else f"perhaps {odds}, too unsure to be said"
    return f"Looked at {image.name} again: {answer.question} {verdict}"


def _said(
    job: TaskRun, asked: str, found: Sequence[PictureAnswers], images: Sequence[ImageInput]
) -> Generator[Event, None, None]:
    language = CHINESE if cjk_share(asked) > 0.3 else ENGLISH
    for number, ((answer, absent), image) in enumerate(zip(found, images, strict=True)):
        asked_of = _PRESENCE[language.code].get(answer.question, asked) if absent else asked
        if number:
            yield TextChunk("\n")
        if len(found) > 1:
            yield TextChunk(f"{image.name}: ")
        if answer.sure:
            yield TextChunk((yield from phrased(job, asked_of, answer.text, language)))
        else:
            yield TextChunk(_UNSURE_ZH if language == CHINESE else _UNSURE)


def phrased(
    job: TaskRun, asked: str, answer: str, language: Language
) -> Generator[Event, None, str]:
    """The few words as a sentence by the chat model, where it says the same; else as they are."""
    turns = prompts.phrase_answer(asked, answer, language)
    written = yield from job.written(
        turns, Sampling(max_tokens=_PHRASE_TOKENS), enough=lambda text: "\n" in text.strip()
    )
    said = written.strip().split("\n")[0].strip()
    if language == CHINESE:
        return said if _is_chinese(said) else f"看到的是：{answer}。"
    return said if says(said, answer) else as_sentence(answer)


def says(said: str, answer: str) -> bool:
    """Whether a sentence holds the answer's words, and is no other answer."""
    spoken = set(re.findall(r"[a-z0-9]+", said.lower()))
    wanted = re.findall(r"[a-z0-9]+", answer.lower())
    if wanted[:1] in (["yes"], ["no"]):
        return bool(re.match(rf"{wanted[0]}\b", said.lower()))
    needed = {word for word in wanted if len(word) > 2 and word not in _SMALL}
    return bool(said) and all(
        word in spoken or _NUMBERS.get(word, word) in spoken for word in needed
    )


def _is_chinese(said: str) -> bool:
    return cjk_share(said) > 0.5 and not re.search(r"[A-Za-z]{2,}", said)
