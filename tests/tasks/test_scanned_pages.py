"""Scanned pages of documents are read once, page by page, before a task needs their text."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from mmdesk.errors import Cancelled, InputError
from mmdesk.tasks import PageReader, answer
from mmdesk.values import (
    CancelFlag,
    DocumentInput,
    DocumentRead,
    Event,
    Finished,
    ImageInput,
    NeverCancelled,
    Notice,
    Preparing,
    ReadTextRequest,
    TextRead,
    Turn,
    join_pages,
    split_pages,
    unread_pages_notice,
)
from tests.fakes.scripted_engine import ScriptedEngine
from tests.tasks.scripts import chats, engine

TEXT, STARTS = join_pages(["Contract of 3 May", "", "Faxed by Vogel"])
SCAN = DocumentInput(
    "contract.pdf", TEXT, "application/pdf", 3, (unread_pages_notice((2, 3)),), STARTS, (2, 3),
    "/home/someone/contract.pdf", "ab" * 32,
)  # fmt: skip


class Decoder:
    """Decoder whose pages are named by their number; `broken` ones cannot be drawn."""

    def __init__(self, broken: tuple[int, ...] = ()) -> None:
        self.drawn: list[int] = []
        self.broken = broken

    @contextmanager
    def __call__(self, cancel: CancelFlag) -> Iterator[Decoder]:
        yield self

    def load_page(self, document: DocumentInput, number: int) -> ImageInput:
        if number in self.broken:
            raise InputError("{name} does not exist.", name=document.name)
        self.drawn.append(number)
        return ImageInput(document.name, 1, 1, b"abc", f"{number}")


def reading_engine(*texts: str, doubtful: bool = False) -> ScriptedEngine:
    def script(request: ReadTextRequest) -> list:
        number = request.image.sha256
        text = texts[int(number) - 2]
        return [Preparing("x", 0.5), TextRead(number, text, doubtful), Finished()]

    return ScriptedEngine(script)


def read(
    reader: PageReader, used: ScriptedEngine, document: DocumentInput = SCAN
) -> tuple[DocumentInput, list[Event]]:
    steps = reader.read_document(used, document, NeverCancelled())
    events = []
    while True:
        try:
            events.append(next(steps))
        except StopIteration as end:
            return end.value, events


def test_pages_are_read_in_order_with_progress_and_keep_their_number() -> None:
    used = reading_engine("The fee is 310 euros.", "Signed by Vogel.\nFaxed by  VOGEL")
    document, events = read(PageReader(Decoder()), used)
    assert split_pages(document.text, document.page_starts) == [
        "Contract of 3 May",
        "The fee is 310 euros.",
        "Signed by Vogel.\nFaxed by  VOGEL",
    ]
    assert (document.scanned, document.notices, document.path) == ((), (), "")
    stages = [(event.stage, event.fraction) for event in events if isinstance(event, Preparing)]
    assert stages == [
        *(("reading page 2 of 3", 0.0), ("reading page 2 of 3", 0.25)),
        *(("reading page 3 of 3", 0.5), ("reading page 3 of 3", 0.75)),
    ]
    assert events[-1] == DocumentRead(SCAN, document)


def test_a_file_that_is_attached_again_is_not_read_again() -> None:
    decoder = Decoder()
    reader = PageReader(decoder)
    used = reading_engine("two", "three")
    first, _ = read(reader, used)
    second, events = read(reader, used, replace(SCAN, name="copy.pdf", path="/tmp/copy.pdf"))
    assert second.text == first.text
    assert [type(event) for event in events] == [DocumentRead]
    assert decoder.drawn == [2, 3]


def test_a_stopped_reading_goes_on_where_it_stopped() -> None:
    decoder, cancel = Decoder(), threading.Event()
    reader = PageReader(decoder)
    used = reading_engine("two", "three")
    steps = reader.read_document(used, SCAN, cancel)
    next(event for event in steps if event.stage == "reading page 3 of 3")
    cancel.set()
    with pytest.raises(Cancelled):
        list(steps)
    document, _ = read(reader, used)
    assert decoder.drawn.count(2) == 1
    assert "two" in document.text
    assert "three" in document.text


def test_what_cannot_be_read_is_told() -> None:
    document, _ = read(PageReader(Decoder()), reading_engine("", "blurred", doubtful=True))
    assert document.notices == (
        "No text could be read on page 2.",
        "Page 3 is hard to read. Words of it may be wrong.",
    )
    document, events = read(PageReader(Decoder(broken=(3,))), reading_engine("two", "three"))
    assert document.notices == ("Page 3 is a picture. The text in it was not read.",)
    assert [e.text.strip() for e in events if isinstance(e, Notice)] == [
        "contract.pdf does not exist."
    ]


def test_a_damaged_page_does_not_keep_the_others_from_being_read() -> None:
    document, events = read(PageReader(Decoder(broken=(2,))), reading_engine("two", "three"))
    assert "three" in document.text
    assert document.notices == ("Page 2 is a picture. The text in it was not read.",)
    assert len([e for e in events if isinstance(e, Notice)]) == 1


def test_a_file_of_which_no_page_can_be_drawn_is_given_up() -> None:
    decoder = Decoder(broken=(1, 2, 3, 4))
    scan = replace(SCAN, scanned=(1, 2, 3, 4, 5))
    read(PageReader(decoder), reading_engine("two", "three"), scan)
    assert decoder.drawn == []


def test_words_that_are_split_at_a_lines_end_are_joined() -> None:
    document, _ = read(PageReader(Decoder()), reading_engine("photosyn-\nthesis, AX-\n42", ""))
    assert "photosynthesis, AX-42" in document.text


def test_all_documents_of_a_conversation_are_read_and_others_cost_nothing() -> None:
    turns = (Turn("user", "What?", documents=(SCAN, DocumentInput("a.txt", "plain"))),)
    steps = PageReader(Decoder()).read_turns(reading_engine("two", "3"), turns, NeverCancelled())
    while True:
        try:
            next(steps)
        except StopIteration as end:
            (turn,) = end.value
            break
    assert "two" in turn.documents[0].text
    assert turn.documents[1] is turns[0].documents[1]


def test_the_model_reads_the_numbers_of_the_pages() -> None:
    text, starts = join_pages(["The fee is 310 euros.", "", "Signed by Vogel."])
    document = DocumentInput("a.pdf", text, pages=3, page_starts=starts)
    used = engine()
    list(answer(used, (Turn("user", "Who?", documents=(document,)),), NeverCancelled()))
    (asked,) = chats(used)[0].turns[-1].documents
    assert asked.text == "[Page 1]\nThe fee is 310 euros.\n\n[Page 3]\nSigned by Vogel."


def test_passages_of_a_long_document_say_their_page() -> None:
    pages = [
        f"The valley number {n} has ordinary weather and nothing else. " * 40 for n in range(40)
    ]
    pages[29] += "The treasure of Captain Flint lies under the old lighthouse."
    text, starts = join_pages([page.strip() for page in pages])
    document = DocumentInput("a.pdf", text, pages=40, page_starts=starts)
    used = engine()
    turn = Turn("user", "Where is the treasure of Captain Flint?", documents=(document,))
    list(answer(used, (turn,), NeverCancelled()))
    (asked,) = chats(used)[-1].turns[-1].documents
    page, _, rest = asked.text.partition("treasure of Captain Flint")
    assert page.rpartition("[Page ")[2].startswith("30]")
    assert rest
