"""Answer to the last turn of a conversation, with its attachments.

A document that fits the context window is given whole. From a longer one, the passages that match
the question are chosen, and a notice says so. "Summarise this" with a long document is passed to
the summariser, which reads all of it. A question about a picture is put to the fused model first.
"""

from __future__ import annotations

import math
import re
from collections.abc import Generator, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from mmdesk.engine import Engine
from mmdesk.errors import InputError
from mmdesk.tasks import prompts
from mmdesk.tasks.answerability import (
    WORDS_COUNT_FOR,
    Bounds,
    answer_margin,
    asks_for_fact,
    bounds_for,
    refusal,
)
from mmdesk.tasks.describe import describe_steps
from mmdesk.tasks.picture_chat import without_prompt_phrases
from mmdesk.tasks.picture_questions import (
    answer_from_pictures,
    pictures_to_describe,
    with_descriptions,
)
from mmdesk.tasks.retrieval import Passages, choose_passages, has_number_for
from mmdesk.tasks.seam import continuation
from mmdesk.tasks.summarise import (
    DEFAULT_WORDS,
    SMALL_PART_TOKENS,
    summarise_steps,
    summary_language,
)
from mmdesk.tasks.task_run import TaskRun
from mmdesk.text import CHINESE, ENGLISH, detect
from mmdesk.translatable import TranslatableText
from mmdesk.values import (
    CancelFlag,
    DocumentInput,
    Event,
    Notice,
    PrefillRequest,
    Sampling,
    TextChunk,
    Transcribed,
    TranscribeRequest,
    Turn,
    name_on_server,
    split_pages,
)

if TYPE_CHECKING:
    from mmdesk.tasks.translation_request import TranslationRequest

CHAT = Sampling(repetition_penalty=1.05, of_model=True)
# The built-in model finds a fact in three short passages of a document and loses it in a page: with
# 900 or more tokens it answered with the document's heading instead.
PASSAGES_TOKENS = 360
_RESERVED_TOKENS = 256  # tokens for the system prompt, the template and the headings of documents
_QUESTION_TOKENS = 128  # tokens left free for a question, which may still be written
# "Write a bedtime story", not "write a function that plays songs".
_CREATIVE_REQUESTS = {
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
} | {
    "plan": re.compile(
        r"^\W*(?:please )?(?:plan|suggest|make|give me)(?: me| us)?(?: [\w-]+){0,4} "
        r"(?:days?|weekends?|weeks?|trips?|itinerary|holidays?|vacations?|tours?)\b",
        re.IGNORECASE,
    )
}
_NUMBER = r"(?:exactly |only |just |at most |no more than |up to )*(?:\d+|two|three|four|five)"
_FORM_REQUESTS = {
    "word": re.compile(
        r"\b(?:(?:one|a single|1) word\b|(?:a|the|as a) number only|yes or no only"
        r"|(?:only|just) (?:yes or no|a number|the (?:word|name|number|date|city|answer)))"
        r"|\b(?:the|a) (?:word|name|number|date|city) only\b|\bonly the (?!json)\w+\W*$"
        r"|\bwrite only it\b",
        re.IGNORECASE,
    ),
    "word_zh": re.compile(r"只(?:写|寫|回答|用|说|說|给出)|[用写]一个[词字]"),
    "words": re.compile(
        r"\b(?:at most|no more than|up to|under|fewer than|less than|exactly) "
        r"(?:\d{1,2}|[a-z]+(?:-[a-z]+)?) words\b",
        re.IGNORECASE,
    ),
    "sentence": re.compile(
        r"\b(?:in|with|write) (?:exactly |only |just )*(?:one|a single|1) sentence\b", re.IGNORECASE
    ),
    "sentence_zh": re.compile(r"[用写寫][一1]句"),
    "sentences": re.compile(rf"\b(?:in|with|write) {_NUMBER} sentences?\b", re.IGNORECASE),
    "sentences_zh": re.compile(r"[用写寫][二两兩三四五\d]句"),
}
OPEN_ENDED_TEMPERATURE = 0.7  # for models whose makers advise none
_OPEN_ENDED = re.compile(
    r"\b(?:write(?! (?:this|the|only|it|down|in)\b)|compose|make up|tell me a|invent|draft"
    r"|plan|brainstorm|ideas?|tips|itinerary|suggest|schreib|verfasse|plane|écris|rédige|planifie|escribe|redacta|planea|scrivi)\b"
    r"(?!.*\b(?:class|code|function|html|javascript|program|python|script|sql|word|number|json)\b)"
    r"|写一|寫一|编一|计划|建议|点子|攻略",
    re.IGNORECASE | re.DOTALL,
)
_TRANSLATION_WORD = re.compile(
    r"transl|traduc|tradui|übersetz|\bsay\b|sagt|\bdit-on|\bdire\b|se dice|mean|what(?: is|'s)"
    r"|[译譯]|怎么说",
    re.IGNORECASE,
)
_EXAMPLE_MAX_CHARACTERS = 8_000  # a quarter of the context window
_SUMMARY_REQUEST_MAX_CHARACTERS = 160  # a longer question asks for more than a summary


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

    Args:
        engine: answers the requests.
        turns: the conversation.
        cancel: stops the answer.
        sampling: of the answer.
        model: id of the language model, None for the default.
        context_tokens: size of the context window.
        system_prompt: "" for mmdesk's own.

    Raises:
        InputError: there is no turn to answer, or the last one is empty.
    """
    if not turns or turns[-1].role != "user" or _is_empty(turns[-1]):
        raise InputError("There is no question to answer.")
    run = TaskRun(engine, cancel, model)
    return run.stream(
        _answer(run, _with_system(turns, system_prompt, model), sampling, context_tokens)
    )


def continue_answer(
    engine: Engine,
    turns: tuple[Turn, ...],
    text: str,
    cancel: CancelFlag,
    sampling: Sampling = CHAT,
    model: str | None = None,
    context_tokens: int = 8192,
    system_prompt: str = "",
) -> Iterator[Event]:
    """Continue an answer to the last turn that was cut off; only what is new is yielded.

    Args:
        engine: answers the requests.
        turns: the conversation up to the question.
        text: the answer so far.
        cancel: stops the answer.
        sampling: of the rest.
        model: id of the language model, None for the default.
        context_tokens: size of the context window.
        system_prompt: "" for mmdesk's own.
    """
    run = TaskRun(engine, cancel, model)
    turns = _with_system(turns, system_prompt, model)
    return run.stream(_continue(run, turns, text, sampling, context_tokens))


def _continue(
    run: TaskRun, turns: tuple[Turn, ...], text: str, sampling: Sampling, context_tokens: int
) -> Iterator[Event]:
    last = turns[-1]
    turns, sampling = yield from _fit_documents(run, turns, sampling, context_tokens)
    # The space before a word is a part of its token: a prefill that ends with one misleads.
    prefill = text.rstrip(" ")
    yield from continuation(run.chat(turns, _suited(sampling, last), prefill), text, prefill)


def _answer(
    run: TaskRun, turns: tuple[Turn, ...], sampling: Sampling, context_tokens: int
) -> Iterator[Event]:
    document = yield from _document_to_summarise(run, turns)
    if document is not None:
        from mmdesk.tasks.wishes import read_wish

        wish = read_wish(turns[-1].text)
        source = detect(document.text)
        target = wish.language or summary_language(document.text)
        words = wish.words or DEFAULT_WORDS
        yield from summarise_steps(run, document.text, words, source, target, wish)
        return
    request = _translation_request(turns)
    if request is not None:
        from mmdesk.tasks.translate import translate_steps

        yield from translate_steps(run, request.text, request.target)
        return
    calculation = _calculation(turns[-1])
    if calculation is not None:
        yield from run.chat(
            _with_text(turns, prompts.with_calculation(turns[-1].text, calculation)), sampling
        )
        yield Notice("Calculated: {calculation}", calculation=calculation)
        return
    sees = any(turn.images for turn in turns) and run.takes("picture")
    if not sees:
        answered, turns = yield from _answer_about_pictures(run, turns)
        if answered:
            return
    whole = _with_page_marks(turns)
    turns, sampling = yield from _fit_documents(run, turns, sampling, context_tokens)
    bounds, margin = yield from _answer_margin(run, whole, turns)
    if margin < bounds.refuse:
        yield TextChunk(_refusal(whole, turns))
        return
    if margin < bounds.sure:
        yield from _checked_answer(run, whole, turns, sampling)
        return
    text = ""
    events = run.chat(turns, _suited(sampling, whole[-1]))
    for event in events if sees else without_prompt_phrases(events, whole):
        text += event.text if isinstance(event, TextChunk) else ""
        yield event
    yield from _unknown_details_notice(whole, text)


def _answer_about_pictures(
    run: TaskRun, turns: tuple[Turn, ...]
) -> Generator[Event, None, tuple[bool, tuple[Turn, ...]]]:
    """Answer what mmdesk's own picture model can answer.

    Returns:
        Whether that was all, and the turns with what was found out for the language model.
    """
    images = yield from with_descriptions(run, pictures_to_describe(turns))
    if images and all(image.description and image.description.caption for image in images):
        language = CHINESE if detect(turns[-1].text) == CHINESE else ENGLISH
        yield from describe_steps(run, images, "detailed", language)
        return True, turns
    return (yield from answer_from_pictures(run, turns))


def _answer_margin(
    run: TaskRun, whole: tuple[Turn, ...], turns: tuple[Turn, ...]
) -> Generator[Event, None, tuple[Bounds, float]]:
    """Return the margin of the answerability check for the last turn, and its bounds.

    It is infinite where the last turn is no question for a fact, or about something else as well.
    """
    question = whole[-1].text
    has_documents = any(turn.documents for turn in whole)
    if not has_documents or any(turn.images or turn.audio for turn in whole):
        return Bounds(0.0, 0.0), math.inf
    if not asks_for_fact(question):
        return Bounds(0.0, 0.0), math.inf
    if run.model is not None and bounds_for(run.model, question) is None:
        return Bounds(0.0, 0.0), math.inf
    margin = yield from answer_margin(run, turns, question)
    bounds = bounds_for(run.stats().model or run.model or "", question)
    if bounds is None:
        return Bounds(0.0, 0.0), math.inf
    if bounds.refuse - WORDS_COUNT_FOR <= margin < bounds.refuse:
        texts = (document.text for turn in turns for document in turn.documents)
        if any(has_number_for(text, question) for text in texts):
            margin = bounds.refuse
    return bounds, margin


def _refusal(whole: tuple[Turn, ...], turns: tuple[Turn, ...]) -> str:
    documents = [document for turn in whole for document in turn.documents]
    read = [document for turn in turns for document in turn.documents]
    partly = any(document.notices for document in documents) or read != documents
    return refusal(whole[-1].text, partly)


def _checked_answer(
    run: TaskRun, whole: tuple[Turn, ...], turns: tuple[Turn, ...], sampling: Sampling
) -> Iterator[Event]:
    """Write the whole answer before it is shown; one with unknown details is not shown at all."""
    text = ""
    for event in run.chat(turns, sampling):
        if isinstance(event, TextChunk):
            text += event.text
        else:
            yield event
    yield TextChunk(_refusal(whole, turns) if _unknown_details(whole, text) else text)


def _unknown_details(turns: tuple[Turn, ...], text: str) -> list[str]:
    """Return the names and numbers of an answer that its documents lack."""
    documents = [document for turn in turns for document in turn.documents]
    if not documents or any(turn.images or turn.audio for turn in turns):
        return []
    from mmdesk.tasks.answer_check import unknown_details

    earlier = (turn.text for turn in turns[:-1] if turn.role != "system")
    known = (*(document.text for document in documents), *earlier)
    return unknown_details(text, turns[-1].text, known)


def _unknown_details_notice(turns: tuple[Turn, ...], text: str) -> Iterator[Event]:
    """Yield a notice of what an answer about documents says and they do not."""
    details = _unknown_details(turns, text)
    if details:
        yield Notice(
            "The text does not say “{details}”. Please check the answer.",
            details="”, “".join(details),
        )


def _calculation(last: Turn) -> str | None:
    """Return the result of a question that is a computation and nothing else."""
    if last.images or last.audio or last.documents:
        return None
    from mmdesk.tasks.calculation import calculate

    return calculate(last.text, datetime.now())


def _with_text(turns: tuple[Turn, ...], text: str) -> tuple[Turn, ...]:
    """Replace the text of the last turn."""
    return (*turns[:-1], replace(turns[-1], text=text))


def _document_to_summarise(
    run: TaskRun, turns: tuple[Turn, ...]
) -> Generator[Event, None, DocumentInput | None]:
    """Return the document that "summarise this" refers to: the last turn's, or the latest.

    Only what is short enough to be read at a glance is left to the chat, where the small model
    repeated one sentence until the limit when it was asked for points.
    """
    last = turns[-1]
    if len(last.text) > _SUMMARY_REQUEST_MAX_CHARACTERS or last.images or last.audio:
        return None
    documents = next((turn.documents for turn in reversed(turns) if turn.documents), ())
    if not documents or not (last.documents or (turns[-3:-2] and turns[-3].documents)):
        return None
    # Its patterns take 0.1 s to compile: no question without a document waits for that.
    from mmdesk.tasks.wishes import is_summary_wish

    if not is_summary_wish(last.text):
        return None
    text = "\n\n".join(document.text for document in documents)
    (tokens,) = yield from run.count_tokens((text,))
    return replace(documents[0], text=text) if tokens > SMALL_PART_TOKENS else None


def _suited(sampling: Sampling, last: Turn) -> Sampling:
    """Return greedy decoding for facts and the model's own sampling for what is to be varied.

    Sampled at the temperature that its makers advise, a small model gives the second best year or
    name now and then; decoded greedily, it repeats itself in stories, plans and lists of ideas.
    """
    if not sampling.of_model or sampling.temperature:
        return sampling
    if last.documents or last.images or last.audio or not _OPEN_ENDED.search(last.text):
        return replace(sampling, of_model=False)
    return replace(sampling, temperature=OPEN_ENDED_TEMPERATURE)


def _translation_request(turns: tuple[Turn, ...]) -> TranslationRequest | None:
    """Return what the last turn asks to translate, where it has no attachments."""
    last = turns[-1]
    if last.documents or last.images or last.audio or not _TRANSLATION_WORD.search(last.text):
        return None
    # Its patterns take some time to compile: no other question waits for that.
    from mmdesk.tasks.translation_request import translation_request

    return translation_request(last.text)


def _is_empty(turn: Turn) -> bool:
    return not (turn.text.strip() or turn.images or turn.audio or turn.documents)


def _with_system(
    turns: tuple[Turn, ...], system_prompt: str, model: str | None
) -> tuple[Turn, ...]:
    if turns[0].role == "system":
        return turns
    if system_prompt:
        return (Turn("system", system_prompt), *turns)
    if name_on_server(model) is not None:  # large enough to need no example
        return (Turn("system", prompts.ASSISTANT_ON_SERVER), *turns)
    return (Turn("system", prompts.ASSISTANT), *_one_shot_example(turns), *turns)


def _one_shot_example(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """Return a one-shot example: for creative requests, which the model refuses, and for forms.

    It is a request of the same kind with its answer, before a conversation without attachments.
    There is none before a conversation so long that its beginning may have to be left out later:
    the notice of that would count the example as the user's own messages.
    """
    if any(turn.documents or turn.images or turn.audio for turn in turns):
        return ()
    if sum(len(turn.text) for turn in turns) > _EXAMPLE_MAX_CHARACTERS:
        return ()
    requests = (turn.text for turn in turns if turn.role == "user")
    kinds = (
        kind
        for request in requests
        for kind, pattern in (*_CREATIVE_REQUESTS.items(), *_FORM_REQUESTS.items())
        if pattern.search(request)
    )
    kind = next(kinds, "")  # of the first one, so that the KV cache of later turns fits
    return prompts.CREATIVE_EXAMPLES.get(kind) or prompts.FORM_EXAMPLES.get(kind) or ()


def _fit_documents(
    run: TaskRun, turns: tuple[Turn, ...], sampling: Sampling, context_tokens: int
) -> Generator[Event, None, tuple[tuple[Turn, ...], Sampling]]:
    """Return the turns, with documents that do not fit cut down to the matching passages.

    A longer answer than usual does not make documents shorter: it gets what they leave.
    """
    documents = [document for turn in turns for document in turn.documents]
    if not documents:
        return turns, sampling
    marked = _with_page_marks(turns)
    sizes, room = yield from _count_document_tokens(run, marked, context_tokens)
    limit = room - min(sampling.max_tokens, CHAT.max_tokens)
    if sum(sizes) <= limit:
        return marked, replace(sampling, max_tokens=_answer_tokens(sampling, room - sum(sizes)))
    question = yield from _question_text(run, turns)
    budgets = _share_budget(sizes, max(64, min(limit, PASSAGES_TOKENS)))
    cut: list[DocumentInput] = []
    best = ""
    for document, size, budget in zip(documents, sizes, budgets, strict=True):
        if size <= budget:
            cut.append(_page_marked(document))
            continue
        passages = yield from choose_passages(
            run, document.text, question, budget, document.page_starts
        )
        best = best or passages.best_sentence
        yield _passages_notice(document, passages)
        cut.append(replace(document, text=passages.text))
    left = room - max(64, min(limit, PASSAGES_TOKENS))
    sampling = replace(sampling, max_tokens=_answer_tokens(sampling, left))
    return _with_best_sentence(_with_documents(turns, cut), best), sampling


def _with_page_marks(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    return _with_documents(
        turns, [_page_marked(document) for turn in turns for document in turn.documents]
    )


def _page_marked(document: DocumentInput) -> DocumentInput:
    """Return a document of several pages with the number of each page before its text."""
    if len(document.page_starts) < 2:
        return document
    pages = enumerate(split_pages(document.text, document.page_starts), 1)
    text = "\n\n".join(prompts.page_of_document(number, page) for number, page in pages if page)
    return replace(document, text=text, page_starts=())


def _answer_tokens(sampling: Sampling, room: int) -> int:
    return min(sampling.max_tokens, max(CHAT.max_tokens, room))


def _passages_notice(document: DocumentInput, passages: Passages) -> Notice:
    return Notice(
        "{name} is too long to read at once. Answered from {passages} ({percent} %).",
        name=document.name,
        passages=(
            TranslatableText("one passage")
            if passages.count == 1
            else TranslatableText("{count} passages", count=passages.count)
        ),
        percent=max(1, round(passages.share * 100)),
    )


def _count_document_tokens(
    run: TaskRun, turns: tuple[Turn, ...], context_tokens: int
) -> Generator[Event, None, tuple[tuple[int, ...], int]]:
    """Return the tokens of each document, and how many they and the answer may take together."""
    documents = [document for turn in turns for document in turn.documents]
    texts = tuple(turn.text for turn in turns)
    counts = yield from run.count_tokens((*(entry.text for entry in documents), *texts))
    sizes, text_sizes = counts[: len(documents)], counts[len(documents) :]
    earlier = min(sum(text_sizes[:-1]), context_tokens // 4)
    question = max(text_sizes[-1], _QUESTION_TOKENS)
    return sizes, context_tokens - _RESERVED_TOKENS - question - earlier


def prepare(
    engine: Engine,
    turns: tuple[Turn, ...],
    cancel: CancelFlag,
    max_tokens: int = CHAT.max_tokens,
    model: str | None = None,
    context_tokens: int = 8192,
    system_prompt: str = "",
) -> Iterator[Event]:
    """Prefill a conversation while the last turn is still being written.

    That is everything of `answer` that does not depend on the last turn's text: pictures are
    described, the conversation and its attachments are read.

    Args:
        engine: answers the requests.
        turns: the last one is still being written.
        cancel: stops the work.
        max_tokens: of the coming answer.
        model: id of the language model, None for the default.
        context_tokens: size of the context window.
        system_prompt: "" for mmdesk's own.
    """
    run = TaskRun(engine, cancel, model)
    return run.stream(
        _prefill(run, _with_system(turns, system_prompt, model), max_tokens, context_tokens)
    )


def _prefill(
    run: TaskRun, turns: tuple[Turn, ...], max_tokens: int, context_tokens: int
) -> Iterator[Event]:
    first = next((index for index, turn in enumerate(turns) if turn.documents), None)
    scanned = any(document.scanned for turn in turns for document in turn.documents)
    if first is not None:
        turns = _with_page_marks(turns)
        sizes, room = yield from _count_document_tokens(run, turns, context_tokens)
        if scanned or sum(sizes) > room - min(max_tokens, CHAT.max_tokens):
            # Pages will be read, or passages chosen, for the question.
            turns = (*turns[:first], replace(turns[first], documents=(), images=(), audio=()))
        else:
            max_tokens = _answer_tokens(Sampling(max_tokens=max_tokens), room - sum(sizes))
    yield from run.ask(PrefillRequest(turns, max_tokens, run.model))


def _share_budget(sizes: tuple[int, ...], budget: int) -> list[int]:
    """Share tokens among documents: small ones get what they need, large ones the rest."""
    budgets = [0] * len(sizes)
    left, by_size = budget, sorted(range(len(sizes)), key=lambda index: sizes[index])
    for done, index in enumerate(by_size):
        budgets[index] = min(sizes[index], left // (len(by_size) - done))
        left -= budgets[index]
    return budgets


def _with_documents(turns: tuple[Turn, ...], documents: list[DocumentInput]) -> tuple[Turn, ...]:
    """Replace the documents of all turns, in order."""
    supply = iter(documents)
    return tuple(
        replace(turn, documents=tuple(next(supply) for _ in turn.documents)) for turn in turns
    )


def _with_best_sentence(turns: tuple[Turn, ...], best: str) -> tuple[Turn, ...]:
    """Put the sentence that matches the question best next to it."""
    last = turns[-1]
    if not last.text.strip():
        return turns
    return _with_text(turns, prompts.answer_from_passages(last.text, best))


def _question_text(run: TaskRun, turns: tuple[Turn, ...]) -> Generator[Event, None, str]:
    """Return the text of the last question, written or spoken, as a query for retrieval.

    A short follow-up question is joined to the question before it.
    """
    transcripts: list[str] = []
    for audio in turns[-1].audio:
        if audio.transcript is not None:
            transcripts.append(audio.transcript.text)
            continue
        for event in run.ask(TranscribeRequest(audio)):
            if isinstance(event, Transcribed):
                transcripts.append(event.transcript.text)
                yield event
    questions = [turn.text for turn in turns if turn.role == "user"]
    question = " ".join([questions[-1], *transcripts]).strip()
    if len(question) < 30 and len(questions) > 1:
        question = f"{questions[-2]} {question}"
    return question
