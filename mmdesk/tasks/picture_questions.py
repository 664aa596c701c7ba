"""Questions about pictures, answered by the fused model.

The fused model answers in a few words with a probability. Where it is sure, the language model puts
them into a sentence, which must say the same; otherwise the answer is 'not sure' (to an open
question that is neither of yes or no nor of a number, the description may say it). Questions that
the fused model was not trained on, and those about screenshots and pages, are left to the language
model, which has the description and the text of the picture in its prompt. Of what it says, the
phrases of that prompt are left out (`picture_chat`).
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from mmdesk.perception import (
    OPEN_OTHER,
    as_known_question,
    as_open_question,
    as_sentence,
    asks_for_caption,
    picture_index,
    presence_question,
    question_kind,
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

MAX_LATER_QUESTIONS = 3  # after a picture, that may still be about it
MAX_PICTURES = 4
MAX_QUESTION_CHARACTERS = 160  # a longer question asks for more than the fused model can say
_PHRASE_TOKENS = 40
_DIGITS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6"}
_STOP_WORDS = frozenset(["the", "and", "with", "its", "his", "her", "their", "some"])
ABSENT_PROBABILITY = 0.85  # of "no", from which the thing asked about is said to be missing
_PRESENCE_QUESTIONS = {
    "en": {
        f"is there a {thing} in the picture?": f"Is there a {thing} in the picture?"
        for thing in ("dog", "car", "bicycle")
    },
    "zh": {
        f"is there a {thing} in the picture?": f"图片里有{chinese}吗？"
        for thing, chinese in (("dog", "狗"), ("car", "车"), ("bicycle", "自行车"))
    },
}
_UNSURE = "I am not sure: I cannot see it clearly in the picture."
_UNSURE_ZH = "我不确定，从图片中看不清楚。"


def with_descriptions(
    run: TaskRun, images: Sequence[ImageInput]
) -> Generator[Event, None, tuple[ImageInput, ...]]:
    """Return the pictures with their descriptions; the missing ones are made in one request."""
    new = tuple(image for image in images if image.description is None)
    found = {}
    if new:
        for event in run.ask(DescribeImagesRequest(new)):
            if isinstance(event, ImageDescribed):
                found[event.sha256] = event.description
            yield event
    return tuple(
        image if image.description else replace(image, description=found.get(image.sha256))
        for image in images
    )


def ask_fused_model(
    run: TaskRun, image: ImageInput, question: str = ""
) -> Generator[Event, None, ImageAnswer | None]:
    """Return the fused model's answer about a picture; None where there is no fused model."""
    found = None
    for event in run.ask(AskImageRequest(image, question)):
        if isinstance(event, ImageAnswer):
            found = event
        yield event
    return found


def answer_from_pictures(
    run: TaskRun, turns: Sequence[Turn]
) -> Generator[Event, None, tuple[bool, tuple[Turn, ...]]]:
    """Answer the last turn with the fused model, if it is a question about pictures.

    Returns:
        True if it was answered, and the turns with the descriptions and the transcript that were
        made meanwhile.
    """
    turns = tuple(turns)
    index = _turn_with_pictures(turns)
    if index is None:
        return False, turns
    turns, text = yield from _question_text(run, turns)
    question = _picture_question(text, own=index == len(turns) - 1)
    if question is None:
        return False, turns
    named = picture_index(text, len(turns[index].images))
    images = yield from with_descriptions(run, turns[index].images)
    turns = (*turns[:index], replace(turns[index], images=images), *turns[index + 1 :])
    chosen = images if named is None else (images[named],)
    if len(chosen) > MAX_PICTURES or not all(map(shows_scene, chosen)):
        return False, turns
    answers: list[PictureAnswer] = []
    for image in chosen:
        answer = yield from _answer_question(run, image, question)
        if answer is None:
            return False, turns
        answers.append(answer)
        yield _notice(answer.answer, image)
        if not answer.answer.sure and question_kind(question) == OPEN_OTHER:
            return False, turns  # the description may say it
    yield from _stream_answers(run, text, answers, chosen)
    return True, turns


def _picture_question(text: str, own: bool) -> str | None:
    """Return a question in the form that the fused model learned; None for any other.

    Args:
        text: of the user.
        own: the pictures came with it. Later, only known questions are surely about them.
    """
    if len(text) > MAX_QUESTION_CHARACTERS:
        return None
    return as_known_question(text) or (as_open_question(text) if own else None)


class PictureAnswer(NamedTuple):
    """Answer of the fused model about one picture.

    Attributes:
        answer: to the question; where `absent`, to the question if the thing is there at all.
        absent: the thing asked about is not in the picture.
    """

    answer: ImageAnswer
    absent: bool = False


def _answer_question(
    run: TaskRun, image: ImageInput, question: str
) -> Generator[Event, None, PictureAnswer | None]:
    """Ask the fused model, first about the presence of the thing that the question presupposes.

    Asked what the dog is doing, the fused model makes up an answer even where there is no dog.
    """
    first = presence_question(question)
    caption = image.description.caption if image.description else ""
    if first is not None and first.split()[3] not in caption.lower():
        presence = yield from ask_fused_model(run, image, first)
        if (
            presence is not None
            and presence.text == "no"
            and presence.probability >= ABSENT_PROBABILITY
        ):
            return PictureAnswer(presence, absent=True)
    answer = yield from ask_fused_model(run, image, question)
    return PictureAnswer(answer) if answer is not None else None


def pictures_to_describe(turns: Sequence[Turn]) -> tuple[ImageInput, ...]:
    """Return the pictures that a question like "What is in the picture?" refers to, if any."""
    index = _turn_with_pictures(turns)
    question = turns[-1].text
    if index is None or turns[-1].audio or not asks_for_caption(question):
        return ()
    images = turns[index].images
    named = picture_index(question, len(images))
    return images if named is None else (images[named],)


def may_be_about_pictures(turns: Sequence[Turn]) -> bool:
    """Return whether the last turn, still without text, may become a question about pictures.

    They may be its own, or those of a turn shortly before.
    """
    return not turns[-1].text.strip() and _turn_with_pictures(turns) is not None


def shows_scene(image: ImageInput) -> bool:
    """Return whether the pixels answer questions about a picture better than text.

    They do not for screenshots and pages, and where the user corrected the description.
    """
    description = image.description
    if description is None or (description.correction or "").strip():
        return False
    return not description.kind.is_read


def _turn_with_pictures(turns: Sequence[Turn]) -> int | None:
    """Return the index of the turn whose pictures the last turn may refer to."""
    if turns[-1].documents or len(turns[-1].audio) > 1:
        return None
    questions = [index for index, turn in enumerate(turns) if turn.role == "user"]
    for index in reversed(questions[-1 - MAX_LATER_QUESTIONS :]):
        if turns[index].images:
            return index
    return None


def _question_text(
    run: TaskRun, turns: tuple[Turn, ...]
) -> Generator[Event, None, tuple[tuple[Turn, ...], str]]:
    """Return the turns with the last one transcribed, and its question as text."""
    last = turns[-1]
    if last.text.strip() or not last.audio:
        return turns, last.text.strip()
    audio = last.audio[0]
    if audio.transcript is None:
        for event in run.ask(TranscribeRequest(audio, about_picture=True)):
            if isinstance(event, Transcribed):
                audio = replace(audio, transcript=event.transcript)
                yield event
    text = audio.transcript.meant.strip() if audio.transcript else ""
    return (*turns[:-1], replace(last, audio=(audio,))), text


def _notice(answer: ImageAnswer, image: ImageInput) -> Notice:
    """Return the notice of the fused model's answer and its probability."""
    percent = round(answer.probability * 100)
    if answer.sure:
        return Notice(
            "Looked at {picture} again: {question} {answer} ({percent} %)",
            picture=image.name,
            question=answer.question,
            answer=answer.text,
            percent=percent,
        )
    return Notice(
        "Looked at {picture} again: {question} Perhaps {answer} ({percent} %), but not sure.",
        picture=image.name,
        question=answer.question,
        answer=answer.text,
        percent=percent,
    )


def _stream_answers(
    run: TaskRun, question: str, answers: Sequence[PictureAnswer], images: Sequence[ImageInput]
) -> Iterator[Event]:
    language = CHINESE if cjk_share(question) > 0.3 else ENGLISH
    for number, ((answer, absent), image) in enumerate(zip(answers, images, strict=True)):
        if number:
            yield TextChunk("\n")
        if len(answers) > 1:
            yield TextChunk(f"{image.name}: ")
        if not answer.sure:
            yield TextChunk(_UNSURE_ZH if language == CHINESE else _UNSURE)
            continue
        presence_questions = _PRESENCE_QUESTIONS[language.code] if absent else {}
        to_phrase = presence_questions.get(answer.question, question)
        yield TextChunk((yield from phrase_as_sentence(run, to_phrase, answer.text, language)))


def phrase_as_sentence(
    run: TaskRun, question: str, answer: str, language: Language
) -> Generator[Event, None, str]:
    """Return a short answer as a sentence of the language model, if that says the same."""
    turns = prompts.phrase_answer(question, answer, language)
    output = yield from run.generate_text(
        turns, Sampling(max_tokens=_PHRASE_TOKENS), enough=lambda text: "\n" in text.strip()
    )
    phrased = output.strip().split("\n")[0].strip()
    if language == CHINESE:
        return phrased if _is_chinese(phrased) else f"看到的是：{answer}。"
    return phrased if states_answer(phrased, answer) else as_sentence(answer)


def states_answer(phrased: str, answer: str) -> bool:
    """Return whether a sentence has the answer's words, and is no other answer."""
    found = set(re.findall(r"[a-z0-9]+", phrased.lower()))
    expected = re.findall(r"[a-z0-9]+", answer.lower())
    if expected[:1] in (["yes"], ["no"]):
        return bool(re.match(rf"{expected[0]}\b", phrased.lower()))
    needed = {word for word in expected if len(word) > 2 and word not in _STOP_WORDS}
    return bool(phrased) and all(
        word in found or _DIGITS.get(word, word) in found for word in needed
    )


def _is_chinese(text: str) -> bool:
    return cjk_share(text) > 0.5 and not re.search(r"[A-Za-z]{2,}", text)
