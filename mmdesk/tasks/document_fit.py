"""Documents of a question, whole where they fit the context window, else as matching passages."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace

from mmdesk.tasks import prompts
from mmdesk.tasks.retrieval import Passages, choose_passages
from mmdesk.tasks.task_run import CHAT, TaskRun
from mmdesk.translatable import TranslatableText
from mmdesk.values import (
    DocumentInput,
    Event,
    Notice,
    Sampling,
    Transcribed,
    TranscribeRequest,
    Turn,
    split_pages,
)

# The built-in model finds a fact in three short passages of a document and loses it in a page: with
# 900 or more tokens it answered with the document's heading instead.
PASSAGES_TOKENS = 360
_RESERVED_TOKENS = 256  # tokens for the system prompt, the template and the headings of documents
_QUESTION_TOKENS = 128  # tokens left free for a question, which may still be written


def fit_documents(
    run: TaskRun, turns: tuple[Turn, ...], sampling: Sampling, context_tokens: int
) -> Generator[Event, None, tuple[tuple[Turn, ...], Sampling]]:
    """Return the turns, with documents that do not fit cut down to the matching passages.

    A longer answer than usual does not make documents shorter: it gets what they leave.
    """
    documents = [document for turn in turns for document in turn.documents]
    if not documents:
        return turns, sampling
    marked = with_page_marks(turns)
    sizes, room = yield from count_document_tokens(run, marked, context_tokens)
    limit = room - min(sampling.max_tokens, CHAT.max_tokens)
    if sum(sizes) <= limit:
        return marked, replace(sampling, max_tokens=answer_tokens(sampling, room - sum(sizes)))
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
    sampling = replace(sampling, max_tokens=answer_tokens(sampling, left))
    return _with_best_sentence(_with_documents(turns, cut), best), sampling


def with_page_marks(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """Put the number of each page before its text, in documents of several pages."""
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


def answer_tokens(sampling: Sampling, room: int) -> int:
    """Return the length limit of an answer that shares `room` tokens with documents."""
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


def count_document_tokens(
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
    return with_text(turns, prompts.answer_from_passages(last.text, best))


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


def with_text(turns: tuple[Turn, ...], text: str) -> tuple[Turn, ...]:
    """Replace the text of the last turn."""
    return (*turns[:-1], replace(turns[-1], text=text))
