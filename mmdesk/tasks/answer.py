"""Answering the last turn of a conversation, with whatever was attached to it.

A document that fits the model's context goes in whole. From one that does not, the passages that
the question is about are chosen, and the person is told so. "Summarise this" over a long
document is handed to the summariser, which reads all of it. A question about a picture is first
put to the model that sees.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import replace

from mmdesk.engine import Engine
from mmdesk.errors import InputError
from mmdesk.tasks import prompts
from mmdesk.tasks.describe import descriptions
from mmdesk.tasks.picture_questions import answer_from_pictures, looked_at, pictures_asked_about
from mmdesk.tasks.retrieval import choose
from mmdesk.tasks.summarise import PART_TOKENS, SHORTEST, summary
from mmdesk.tasks.task_run import TaskRun
from mmdesk.text import CHINESE, ENGLISH, detect, named_in
from mmdesk.values import (
    CancelFlag,
    DocumentInput,
    Event,
    Notice,
    PrefillRequest,
    Sampling,
    Transcribed,
    TranscribeRequest,
    Turn,
)

CHAT = Sampling(repetition_penalty=1.05)
# The built-in model finds a fact in three short places of a document and loses it in a page: with
# 900 or more tokens it answered with the document's heading instead.
PASSAGES_TOKENS = 360
_SPARE = 256  # tokens for the system prompt, the template and the headings of documents
_QUESTION = 128  # tokens that a question yet to be written may take
_SUMMARY_WORDS = 150
_SUMMARY_ASKED = re.compile(
    r"\b(?:summar(?:y|i[sz]e)|sum (?:it |this |that )?up|tl;?dr|gist|main points?|key points?|"
    r"résum|resum|zusammenfass|fass .{0,40} zusammen)|总结|概括|摘要|概述|归纳|主要内容|要点",
    re.IGNORECASE,
)
_WORDS_ASKED = re.compile(r"(\d{2,4})[ -]?(?:words?|mots|palabras|wörtern?|个?字)", re.IGNORECASE)
# "Write a bedtime story", not "write a function that plays songs".
_WRITING_ASKED = {
    kind: re.compile(
        r"\b(?:write|compose|make up|tell)(?: me| us)?(?: [\w-]+){0,3} "
        rf"(?:{words})\b(?!.*\b(?:class|code|function|html|javascript|program|python|script|sql)\b)",
        re.IGNORECASE | re.DOTALL,
    )
    for kind, words in (
        ("text", "articles?|dialogues?|essays?|history"),
        ("story", "fables?|stor(?:y|ies)|tales?"),
        ("poem", "limericks?|poems?|rhymes?"),
        ("song", "lyrics|songs?"),
    )
}
_LONGEST_WITH_EXAMPLE = 8_000  # characters, a quarter of the context
_LONGEST_SUMMARY_ASK = 160  # characters; a longer question wants more than a summary


def answer(
    engine: Engine,
    turns: tuple[Turn, ...],
    cancel: CancelFlag,
    sampling: Sampling = CHAT,
    model: str | None = None,
    context_tokens: int = 8192,
    system_prompt: str = "",
) -> Iterator[Event]:
    """Answer the last turn, which is the user's.

    Raises:
        InputError: there is no turn to answer, or the last one is empty.
    """
    if not turns or turns[-1].role != "user" or _is_empty(turns[-1]):
        raise InputError("There is no question to answer.")
    job = TaskRun(engine, cancel, model)
    return job.run(_answer(job, _with_system(turns, system_prompt), sampling, context_tokens))


def _answer(
    job: TaskRun, turns: tuple[Turn, ...], sampling: Sampling, context_tokens: int
) -> Iterator[Event]:
    long_one = yield from _document_to_summarise(job, turns)
    if long_one is not None:
        spoken = detect(long_one.text)
        question = turns[-1].text
        wanted = named_in(question) or spoken
        yield from summary(job, long_one.text, _words_asked(question), spoken, wanted)
        return
    whole = yield from looked_at(job, pictures_asked_about(turns))
    if whole and all(image.description and image.description.caption for image in whole):
        language = CHINESE if detect(turns[-1].text) == CHINESE else ENGLISH
        yield from descriptions(job, whole, "detailed", language)
        return
    answered, turns = yield from answer_from_pictures(job, turns)
    if answered:
        return
    turns = yield from _fitted(job, turns, sampling, context_tokens)
    yield from job.chat(turns, sampling)


def _document_to_summarise(
    job: TaskRun, turns: tuple[Turn, ...]
) -> Generator[Event, None, DocumentInput | None]:
    """The long document that a "summarise this" is about: the last turn's, or the latest."""
    last = turns[-1]
    asked = _SUMMARY_ASKED.search(last.text) and len(last.text) <= _LONGEST_SUMMARY_ASK
    if not asked or last.images or last.audio:
        return None
    documents = next((turn.documents for turn in reversed(turns) if turn.documents), ())
    if not documents or not (last.documents or (turns[-3:-2] and turns[-3].documents)):
        return None
    text = "\n\n".join(document.text for document in documents)
    (tokens,) = yield from job.counted((text,))
    return replace(documents[0], text=text) if tokens > PART_TOKENS else None


def _words_asked(question: str) -> int:
    match = _WORDS_ASKED.search(question)
    return max(SHORTEST, int(match[1])) if match else _SUMMARY_WORDS


def _is_empty(turn: Turn) -> bool:
    return not (turn.text.strip() or turn.images or turn.audio or turn.documents)


def _with_system(turns: tuple[Turn, ...], system_prompt: str) -> tuple[Turn, ...]:
    if turns[0].role == "system":
        return turns
    if system_prompt:
        return (Turn("system", system_prompt), *turns)
    return (Turn("system", prompts.ASSISTANT), *_granted(turns), *turns)


def _granted(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """An exchange to stand before a conversation of words alone in which a text is wished for: a
    wish of that kind, granted. None where the beginning may have to be left out later, which would
    be told as the person's own words.
    """
    if any(turn.documents or turn.images or turn.audio for turn in turns):
        return ()
    if sum(len(turn.text) for turn in turns) > _LONGEST_WITH_EXAMPLE:
        return ()
    wishes = (turn.text for turn in turns if turn.role == "user")
    kinds = (
        kind for wish in wishes for kind, asked in _WRITING_ASKED.items() if asked.search(wish)
    )
    kind = next(kinds, None)  # the first one's, so that later turns find the beginning as it was
    return prompts.GRANTED[kind] if kind else ()


def _fitted(
    job: TaskRun, turns: tuple[Turn, ...], sampling: Sampling, context_tokens: int
) -> Generator[Event, None, tuple[Turn, ...]]:
    """The turns with documents cut down to the passages that matter, if they must be."""
    documents = [document for turn in turns for document in turn.documents]
    if not documents:
        return turns
    sizes, room = yield from _sizes_and_room(job, turns, sampling.max_tokens, context_tokens)
    if sum(sizes) <= room:
        return turns
    question = yield from _question(job, turns)
    budgets = _budgets(sizes, max(64, min(room, PASSAGES_TOKENS)))
    cut: list[DocumentInput] = []
    best = ""
    for document, size, budget in zip(documents, sizes, budgets, strict=True):
        if size <= budget:
            cut.append(document)
            continue
        choice = yield from choose(job, document.text, question, budget)
        best = best or choice.best
        places = "one passage" if choice.chosen == 1 else f"{choice.chosen} passages"
        yield Notice(
            f"{document.name} is longer than the model can take: {places} "
            f"({max(1, round(choice.share * 100))} % of it) were used, chosen for this question."
        )
        cut.append(replace(document, text=choice.text))
    return _told_where(_with_documents(turns, cut), best)


def _sizes_and_room(
    job: TaskRun, turns: tuple[Turn, ...], max_tokens: int, context_tokens: int
) -> Generator[Event, None, tuple[tuple[int, ...], int]]:
    """The tokens of each document, and how many all of them may take."""
    documents = [document for turn in turns for document in turn.documents]
    texts = tuple(turn.text for turn in turns)
    counts = yield from job.counted((*(entry.text for entry in documents), *texts))
    sizes, said = counts[: len(documents)], counts[len(documents) :]
    earlier = min(sum(said[:-1]), context_tokens // 4)
    return sizes, context_tokens - max_tokens - _SPARE - said[-1] - earlier


def prepare(
    engine: Engine,
    turns: tuple[Turn, ...],
    cancel: CancelFlag,
    max_tokens: int = CHAT.max_tokens,
    model: str | None = None,
    context_tokens: int = 8192,
    system_prompt: str = "",
) -> Iterator[Event]:
    """Do of `answer` what does not depend on the last turn's words, which are still being
    written: look at pictures, read the conversation and what is attached.
    """
    job = TaskRun(engine, cancel, model)
    return job.run(_prepared(job, _with_system(turns, system_prompt), max_tokens, context_tokens))


def _prepared(
    job: TaskRun, turns: tuple[Turn, ...], max_tokens: int, context_tokens: int
) -> Iterator[Event]:
    with_documents = [place for place, turn in enumerate(turns) if turn.documents]
    if with_documents:
        sizes, room = yield from _sizes_and_room(job, turns, max_tokens, context_tokens)
        if sum(sizes) > room - _QUESTION:  # passages will be chosen for the question
            first = turns[with_documents[0]]
            turns = (*turns[: with_documents[0]], replace(first, documents=(), images=(), audio=()))
    yield from job.ask(PrefillRequest(turns, max_tokens, job.model))


def _budgets(sizes: tuple[int, ...], room: int) -> list[int]:
    """Share `room` among documents: small ones get what they need, large ones the rest."""
    budgets = [0] * len(sizes)
    left, waiting = room, sorted(range(len(sizes)), key=lambda index: sizes[index])
    for place, index in enumerate(waiting):
        budgets[index] = min(sizes[index], left // (len(waiting) - place))
        left -= budgets[index]
    return budgets


def _with_documents(turns: tuple[Turn, ...], documents: list[DocumentInput]) -> tuple[Turn, ...]:
    supply = iter(documents)
    return tuple(
        replace(turn, documents=tuple(next(supply) for _ in turn.documents)) for turn in turns
    )


def _told_where(turns: tuple[Turn, ...], best: str) -> tuple[Turn, ...]:
    """The question with the sentence that fits it best beside it."""
    last = turns[-1]
    if not last.text.strip():
        return turns
    return (*turns[:-1], replace(last, text=prompts.answer_from_passages(last.text, best)))


def _question(job: TaskRun, turns: tuple[Turn, ...]) -> Generator[Event, None, str]:
    """What is asked, in words, whether it was written or spoken; a short follow-up question is
    searched for together with the question before it.
    """
    spoken: list[str] = []
    for audio in turns[-1].audio:
        if audio.transcript is not None:
            spoken.append(audio.transcript.text)
            continue
        for event in job.ask(TranscribeRequest(audio)):
            if isinstance(event, Transcribed):
                spoken.append(event.transcript.text)
                yield event
    asked = [turn.text for turn in turns if turn.role == "user"]
    question = " ".join([asked[-1], *spoken]).strip()
    if len(question) < 30 and len(asked) > 1:
        question = f"{asked[-2]} {question}"
    return question
