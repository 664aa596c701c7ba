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
from mmdesk.tasks.citing import cite_answer
from mmdesk.tasks.describe import describe_steps
from mmdesk.tasks.document_fit import (
    answer_tokens,
    count_document_tokens,
    fit_documents,
    with_page_marks,
    with_text,
)
from mmdesk.tasks.one_shot import one_shot_example
from mmdesk.tasks.picture_chat import without_prompt_phrases
from mmdesk.tasks.picture_questions import (
    answer_from_pictures,
    pictures_to_describe,
    with_descriptions,
)
from mmdesk.tasks.recall import with_recalled
from mmdesk.tasks.retrieval import has_number_for
from mmdesk.tasks.seam import continuation
from mmdesk.tasks.summarise import (
    DEFAULT_WORDS,
    SMALL_PART_TOKENS,
    summarise_steps,
    summary_language,
)
from mmdesk.tasks.task_run import CHAT, TaskRun
from mmdesk.text import CHINESE, ENGLISH, detect
from mmdesk.values import (
    CancelFlag,
    DocumentInput,
    Event,
    Notice,
    PrefillRequest,
    Sampling,
    TextChunk,
    Turn,
    name_on_server,
)

if TYPE_CHECKING:
    from mmdesk.tasks.translation_request import TranslationRequest

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
_SUMMARY_REQUEST_MAX_CHARACTERS = 160  # a longer question asks for more than a summary


def answer(
    engine: Engine,
    turns: tuple[Turn, ...],
    cancel: CancelFlag,
    sampling: Sampling = CHAT,
    model: str | None = None,
    context_tokens: int = 8192,
    system_prompt: str = "",
    system_additions: str = "",
    earlier: str = "",
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
        system_additions: text that follows the system prompt.
        earlier: summary of what was said before `turns`; what matches the question stands with it.

    Raises:
        InputError: there is no turn to answer, or the last one is empty.
    """
    if not turns or turns[-1].role != "user" or _is_empty(turns[-1]):
        raise InputError("There is no question to answer.")
    run = TaskRun(engine, cancel, model)
    turns = _with_system(turns, system_prompt, model, system_additions)
    return run.stream(_answer(run, turns, sampling, context_tokens, earlier))


def continue_answer(
    engine: Engine,
    turns: tuple[Turn, ...],
    text: str,
    cancel: CancelFlag,
    sampling: Sampling = CHAT,
    model: str | None = None,
    context_tokens: int = 8192,
    system_prompt: str = "",
    system_additions: str = "",
    earlier: str = "",
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
        system_additions: text that follows the system prompt.
        earlier: summary of what was said before `turns`; what matches the question stands with it.
    """
    run = TaskRun(engine, cancel, model)
    turns = _with_system(turns, system_prompt, model, system_additions)
    return run.stream(_continue(run, turns, text, sampling, context_tokens, earlier))


def _continue(
    run: TaskRun,
    turns: tuple[Turn, ...],
    text: str,
    sampling: Sampling,
    context_tokens: int,
    earlier: str,
) -> Iterator[Event]:
    read, last = turns, turns[-1]
    turns, sampling = yield from fit_documents(run, turns, sampling, context_tokens)
    turns = with_recalled(turns, earlier)
    # The space before a word is a part of its token: a prefill that ends with one misleads.
    prefill = text.rstrip(" ")
    events = continuation(run.chat(turns, _suited(sampling, last), prefill), text, prefill)
    yield from cite_answer(events, read, text)


def _answer(
    run: TaskRun,
    turns: tuple[Turn, ...],
    sampling: Sampling,
    context_tokens: int,
    earlier: str,
) -> Iterator[Event]:
    documents = yield from _documents_to_summarise(run, turns)
    if documents:
        from mmdesk.tasks.wishes import read_wish

        wish = read_wish(turns[-1].text)
        text = "\n\n".join(document.text for document in documents)
        target = wish.language or summary_language(text)
        words = wish.words or DEFAULT_WORDS
        yield from summarise_steps(run, text, words, detect(text), target, wish, documents)
        return
    request = _translation_request(turns)
    if request is not None:
        from mmdesk.tasks.translate import translate_steps

        yield from translate_steps(run, request.text, request.target)
        return
    calculation = _calculation(turns[-1])
    if calculation is not None:
        yield from run.chat(
            with_text(turns, prompts.with_calculation(turns[-1].text, calculation)), sampling
        )
        yield Notice("Calculated: {calculation}", calculation=calculation)
        return
    sees = any(turn.images for turn in turns) and run.takes("picture")
    if not sees:
        answered, turns = yield from _answer_about_pictures(run, turns)
        if answered:
            return
    read, whole = turns, with_page_marks(turns)
    turns, sampling = yield from fit_documents(run, turns, sampling, context_tokens)
    turns = with_recalled(turns, earlier)
    bounds, margin = yield from _answer_margin(run, whole, turns)
    if margin < bounds.refuse:
        yield TextChunk(_refusal(whole, turns))
        return
    if margin < bounds.sure:
        yield from cite_answer(_checked_answer(run, whole, turns, sampling), read)
        return
    text = ""
    events = run.chat(turns, _suited(sampling, whole[-1]))
    for event in cite_answer(events if sees else without_prompt_phrases(events, whole), read):
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


def _documents_to_summarise(
    run: TaskRun, turns: tuple[Turn, ...]
) -> Generator[Event, None, tuple[DocumentInput, ...]]:
    """Return the documents that "summarise this" refers to: the last turn's, or the latest.

    Only what is short enough to be read at a glance is left to the chat, where the small model
    repeated one sentence until the limit when it was asked for points.
    """
    last = turns[-1]
    if len(last.text) > _SUMMARY_REQUEST_MAX_CHARACTERS or last.images or last.audio:
        return ()
    documents = next((turn.documents for turn in reversed(turns) if turn.documents), ())
    if not documents or not (last.documents or (turns[-3:-2] and turns[-3].documents)):
        return ()
    # Its patterns take 0.1 s to compile: no question without a document waits for that.
    from mmdesk.tasks.wishes import is_summary_wish

    if not is_summary_wish(last.text):
        return ()
    counts = yield from run.count_tokens(tuple(document.text for document in documents))
    return documents if sum(counts) > SMALL_PART_TOKENS else ()


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
    turns: tuple[Turn, ...], system_prompt: str, model: str | None, additions: str = ""
) -> tuple[Turn, ...]:
    if turns[0].role == "system":
        return turns
    example: tuple[Turn, ...] = ()
    if not system_prompt and name_on_server(model) is not None:  # it needs no example
        system_prompt = prompts.ASSISTANT_ON_SERVER
    elif not system_prompt:
        system_prompt, example = prompts.ASSISTANT, one_shot_example(turns)
    system = f"{system_prompt}\n\n{additions}" if additions else system_prompt
    return (Turn("system", system), *example, *turns)


def prepare(
    engine: Engine,
    turns: tuple[Turn, ...],
    cancel: CancelFlag,
    max_tokens: int = CHAT.max_tokens,
    model: str | None = None,
    context_tokens: int = 8192,
    system_prompt: str = "",
    system_additions: str = "",
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
        system_additions: text that follows the system prompt.
    """
    run = TaskRun(engine, cancel, model)
    turns = _with_system(turns, system_prompt, model, system_additions)
    return run.stream(_prefill(run, turns, max_tokens, context_tokens))


def _prefill(
    run: TaskRun, turns: tuple[Turn, ...], max_tokens: int, context_tokens: int
) -> Iterator[Event]:
    first = next((index for index, turn in enumerate(turns) if turn.documents), None)
    documents = [document for turn in turns for document in turn.documents]
    scanned = any(document.scanned or document.is_folder for document in documents)
    if first is not None:
        turns = with_page_marks(turns)
        sizes, room = yield from count_document_tokens(run, turns, context_tokens)
        if scanned or sum(sizes) > room - min(max_tokens, CHAT.max_tokens):
            # Pages will be read, or passages chosen, for the question.
            turns = (*turns[:first], replace(turns[first], documents=(), images=(), audio=()))
        else:
            max_tokens = answer_tokens(Sampling(max_tokens=max_tokens), room - sum(sizes))
    yield from run.ask(PrefillRequest(turns, max_tokens, run.model))
