"""Reading of a document's scanned pages by OCR, before a task needs their text.

    page of the file -> picture, drawn in the decoder child -> text, read by the engine

One page is drawn at a time, and is forgotten when it is read. What was read is kept by the file's
content: a file that is attached again, or whose reading was stopped, is not read from the start.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Protocol

from mmdesk.engine import Engine
from mmdesk.errors import Cancelled, InputError
from mmdesk.inputs import LINE_END_HYPHEN, join_split_words
from mmdesk.tasks.task_run import TaskRun
from mmdesk.translatable import TranslatableText
from mmdesk.values import (
    CancelFlag,
    DocumentInput,
    DocumentRead,
    Event,
    ImageInput,
    Notice,
    Preparing,
    ReadTextRequest,
    TextRead,
    Turn,
    join_pages,
    page_list,
    split_pages,
    unread_pages_notice,
)

KEPT_PAGES = 4000  # texts in the cache: about 12 MB
MAX_PAGES = 500  # of one document; they take most of an hour
MAX_FAILURES = 2  # pages in a row that cannot be drawn


class PageDecoder(Protocol):
    """Decoder that draws pages, as `workers.FileDecoder` does."""

    def load_page(self, document: DocumentInput, number: int) -> ImageInput:
        """Draw a scanned page, whose number is counted from 1.

        Raises:
            InputError: the file is gone or was changed, or the page cannot be drawn.
        """
        ...


OpenDecoder = Callable[[CancelFlag], AbstractContextManager[PageDecoder]]


class PageReader:
    """Reader of scanned pages, each once as long as it lives.

    Args:
        open_decoder: opens what draws pages; called when there is a page to be read.
    """

    def __init__(self, open_decoder: OpenDecoder) -> None:
        self._open_decoder = open_decoder
        self._texts: OrderedDict[tuple[str, int], TextRead] = OrderedDict()

    def read_turns(
        self, engine: Engine, turns: tuple[Turn, ...], cancel: CancelFlag
    ) -> Generator[Event, None, tuple[Turn, ...]]:
        """Return the turns with the text of all scanned pages; events as in `read_document`."""
        read: list[Turn] = []
        for turn in turns:
            documents: tuple[DocumentInput, ...] = ()
            for document in turn.documents:
                documents += ((yield from self.read_document(engine, document, cancel)),)
            read.append(replace(turn, documents=documents))
        return tuple(read)

    def read_document(
        self, engine: Engine, document: DocumentInput, cancel: CancelFlag
    ) -> Generator[Event, None, DocumentInput]:
        """Return a document with the text of its scanned pages, and what could not be read.

        Yields:
            Preparing for each page and within it; a Notice where the file cannot be read any
            more; DocumentRead at the end. Nothing where no page is scanned.

        Raises:
            Cancelled: `cancel` was set; the pages that were read by then are kept.
            MMDeskError: the engine cannot read.
        """
        if not document.scanned:
            return document
        wanted = document.scanned[:MAX_PAGES]
        missing = [page for page in wanted if (document.sha256, page) not in self._texts]
        if missing:
            problem = yield from self._read_pages(engine, document, missing, cancel)
            if problem is not None:
                yield Notice("{problem} {hint}", problem=problem.user_message, hint=problem.hint)
        found = {
            page: text for page in wanted if (text := self._texts.get((document.sha256, page)))
        }
        after = _with_page_texts(document, found)
        yield DocumentRead(document, after)
        return after

    def _read_pages(
        self, engine: Engine, document: DocumentInput, pages: Sequence[int], cancel: CancelFlag
    ) -> Generator[Event, None, InputError | None]:
        """Read pages into the cache; return the first reason why not all of them can be.

        A damaged page is left out. After MAX_FAILURES failures in a row the file is given up: it is
        gone, or each page would take the decoder's whole time limit.
        """
        run = TaskRun(engine, cancel)
        first_problem, failures = None, 0
        with self._open_decoder(cancel) as decoder:
            for done, page in enumerate(pages):
                if cancel.is_set():
                    raise Cancelled
                yield _reading(document, page, done / len(pages))
                try:
                    image = decoder.load_page(document, page)
                except InputError as problem:
                    first_problem, failures = first_problem or problem, failures + 1
                    if failures == MAX_FAILURES:
                        break
                    continue
                failures = 0
                for event in run.ask(ReadTextRequest(image)):
                    if isinstance(event, TextRead):
                        self._keep(document, page, event)
                    elif isinstance(event, Preparing):
                        share = done + (event.fraction or 0.0)
                        yield _reading(document, page, share / len(pages))
        return first_problem

    def _keep(self, document: DocumentInput, page: int, read: TextRead) -> None:
        self._texts[document.sha256, page] = read
        if len(self._texts) > KEPT_PAGES:
            self._texts.popitem(last=False)


def _reading(document: DocumentInput, page: int, fraction: float) -> Preparing:
    pages = document.pages or page
    return Preparing("reading page {page} of {pages}", fraction, page=page, pages=pages)


def _with_page_texts(document: DocumentInput, found: Mapping[int, TextRead]) -> DocumentInput:
    """Return a document with the texts of its scanned pages; those without one are told of."""
    pages = split_pages(document.text, document.page_starts)
    for page, read in found.items():
        pages[page - 1] = _merged(pages[page - 1], read.text)
    text, starts = join_pages(pages)
    told = unread_pages_notice(document.scanned)
    notices = (
        *(notice for notice in document.notices if notice != told),
        *_reading_notices(document.scanned, found),
    )
    return replace(
        document, text=text, notices=notices, page_starts=starts, scanned=(), path="", sha256=""
    )


def _merged(layer: str, read: str) -> str:
    """Return a page's text layer where OCR lacks it, followed by the OCR text."""
    letters = _letters(read)
    kept = [line for line in layer.splitlines() if (own := _letters(line)) and own not in letters]
    marked = re.sub(r"(?<=\w)-\n(?=\w)", LINE_END_HYPHEN, read)
    return "\n\n".join(part for part in ("\n".join(kept), join_split_words(marked)) if part)


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.lower())


def _reading_notices(
    scanned: Sequence[int], found: Mapping[int, TextRead]
) -> Iterator[TranslatableText]:
    unread = [page for page in scanned if page not in found]
    empty = [page for page, read in found.items() if not read.text]
    doubtful = [page for page, read in found.items() if read.text and read.is_doubtful]
    if unread:
        yield unread_pages_notice(unread)
    if len(empty) == 1:
        yield TranslatableText("No text could be read on page {page}.", page=empty[0])
    elif empty:
        yield TranslatableText("No text could be read on pages {pages}.", pages=page_list(empty))
    if len(doubtful) == 1:
        yield TranslatableText(
            "Page {page} is hard to read. Words of it may be wrong.", page=doubtful[0]
        )
    elif doubtful:
        yield TranslatableText(
            "Pages {pages} are hard to read. Words of them may be wrong.", pages=page_list(doubtful)
        )
