from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mmdesk.errors import Cancelled
from mmdesk.tasks import answer, continue_answer, summarise
from mmdesk.tasks.citing import cite_sentences, cited
from mmdesk.tasks.sentence_spans import answer_spans, document_spans
from mmdesk.values import (
    Citation,
    Cited,
    DocumentInput,
    Event,
    NeverCancelled,
    TextChunk,
    Turn,
    cited_sources,
    join_pages,
)
from tests.tasks.scripts import engine

TEXTS = Path(__file__).parents[1] / "fixtures" / "texts"
BEES = DocumentInput("honeybee.txt", (TEXTS / "honeybee.txt").read_text(encoding="utf-8"))
PAGES = (
    "The bridge over the Aller was opened on 3 May 1962.\nIt is 148 metres long.",
    "The painter Ida Lindqvist lived in Malmö from 1901 to 1914. She painted harbours.",
    "Repairs in 2019 cost 1,250,000 euros. The town paid half of it.",
)
TEXT, STARTS = join_pages(PAGES)
REPORT = DocumentInput("report.pdf", TEXT, "application/pdf", 3, page_starts=STARTS)
OTHER = DocumentInput(
    "museum.txt", "The museum is open from 10 to 18.\n\nTickets cost 9 euros for adults."
)


def citations(events: Iterator[Event]) -> tuple[Citation, ...]:
    found = [event.citations for event in events if isinstance(event, Cited)]
    assert len(found) <= 1
    return found[0] if found else ()


def quotes(found: tuple[Citation, ...]) -> list[str]:
    return [citation.quote for citation in found]


def test_every_sentence_is_cited_with_its_page_and_place() -> None:
    text = "The bridge was opened on 3 May 1962. The repairs in 2019 cost 1,250,000 euros."
    first, second = cite_sentences(text, (REPORT,))
    assert text[first.start : first.end] == "The bridge was opened on 3 May 1962."
    assert (first.document, first.page) == ("report.pdf", 1)
    assert first.quote == "The bridge over the Aller was opened on 3 May 1962."
    assert (second.page, second.quote) == (3, "Repairs in 2019 cost 1,250,000 euros.")
    for citation in (first, second):
        assert TEXT[citation.passage_start : citation.passage_end] == citation.quote


def test_a_sentence_with_another_number_is_not_found() -> None:
    text = "The bridge was opened on 3 May 1962. The repairs in 2019 cost 1,350,000 euros."
    first, second = cite_sentences(text, (REPORT,))
    assert first.is_found
    assert not second.is_found
    assert text[second.start : second.end].startswith("The repairs")


def test_numbers_are_the_same_however_they_are_grouped() -> None:
    (found,) = cite_sentences("The repairs in 2019 cost 1250000 euros.", (REPORT,))
    assert found.page == 3


def test_a_sentence_on_two_passages_cites_both() -> None:
    text = "Ida Lindqvist lived in Malmö until 1914, and repairs in 2019 cost 1,250,000 euros."
    found = cite_sentences(text, (REPORT,))
    assert {citation.page for citation in found} == {2, 3}
    assert len({(citation.start, citation.end) for citation in found}) == 1


def test_several_documents_are_cited_in_one_answer() -> None:
    text = "The bridge is 148 metres long. Tickets for the museum cost 9 euros for adults."
    found = cite_sentences(text, (OTHER, REPORT))
    assert [citation.document for citation in found] == ["report.pdf", "museum.txt"]
    assert found[1].page is None


def test_an_answer_about_something_else_is_not_marked() -> None:
    text = "Photosynthesis turns light into sugar. Plants need water and carbon dioxide for it."
    assert cite_sentences(text, (REPORT,)) == ()


@pytest.mark.parametrize(
    "text",
    [
        "According to the report you provided, the bridge would be 148 metres long.",
        "Based on the given documents, the bridge would be 148 metres long.",
    ],
)
def test_words_that_only_lead_in_do_not_count(text: str) -> None:
    (found,) = cite_sentences(text, (REPORT,))
    assert "148 metres" in found.quote


def test_the_question_decides_between_like_passages() -> None:
    document = DocumentInput("hours.txt", "The pool closes at 20.\n\nThe library closes at 20.")
    (found,) = cite_sentences("It closes at 20.", (document,), "When does the library close?")
    assert "library" in found.quote


def test_the_sentences_of_an_answer_leave_out_headings_tables_and_code() -> None:
    text = (
        "# A heading here\n\n- **One point.** And more of it.\n2. Another point!\n\n"
        "| a | b |\n|---|---|\n\n```\ncode. more code.\n```\n\nThe end."
    )
    shown = [text[span.start : span.end] for span in answer_spans(text)]
    assert [sentence.strip("*") for sentence in shown] == [
        "One point.",
        "And more of it.",
        "Another point!",
        "The end.",
    ]


def test_a_sentence_over_two_lines_is_one_passage() -> None:
    text = (
        "A heading\nThe committee that met in the old town hall decided\nto plant lindens. Later."
    )
    found = [text[span.start : span.end] for span in document_spans(text)]
    assert found == [
        "A heading",
        "The committee that met in the old town hall decided\nto plant lindens.",
        "Later.",
    ]


def test_rows_of_a_table_are_passages_of_their_own() -> None:
    text = (
        "Item | Amount | Remark about the delivery\nLamp | 20 | brought on Friday by the carrier\n"
    )
    assert len(document_spans(text)) == 2


def test_a_summary_cites_the_sentences_it_took() -> None:
    def reply(_request: object) -> str:
        return "Nothing of this is in the text at all, whatever it may seem."

    found = citations(summarise(engine(reply), BEES, NeverCancelled(), words=150))
    assert found
    assert all(citation.is_found for citation in found)
    for citation in found:
        assert BEES.text[citation.passage_start :].startswith(citation.quote)


def test_a_translated_summary_cites_what_it_is_a_translation_of() -> None:
    def reply(request: object) -> str:
        return "蜜蜂在春天采集花蜜。"

    found = citations(
        summarise(engine(reply), BEES, NeverCancelled(), words=60, language="Chinese")
    )
    assert found
    assert all(citation.document == "honeybee.txt" for citation in found)


def test_an_answer_about_documents_is_cited() -> None:
    turn = Turn("user", "Describe the bridge in the report.", documents=(REPORT,))
    found = citations(
        answer(
            engine(lambda _request: "The bridge over the Aller is 148 metres long."),
            (turn,),
            NeverCancelled(),
        )
    )
    assert [citation.page for citation in found] == [1]


def test_an_answer_without_documents_has_no_citations() -> None:
    events = answer(engine(), (Turn("user", "Hello there"),), NeverCancelled())
    assert citations(events) == ()


def test_a_continued_answer_cites_what_is_new() -> None:
    turn = Turn("user", "Describe the bridge in the report.", documents=(REPORT,))
    begun = "The bridge over the Aller is 148 metres long. "
    rest = "The repairs in 2019 cost 1,250,000 euros."
    found = citations(
        continue_answer(engine(lambda _request: begun + rest), (turn,), begun, NeverCancelled())
    )
    assert all(citation.start >= len(begun.rstrip()) for citation in found)


def test_a_stopped_answer_is_cited_as_far_as_it_came() -> None:
    def events() -> Iterator[Event]:
        yield TextChunk("The bridge is 148 metres long. And")
        raise Cancelled

    steps = cited(events(), lambda text: cite_sentences(text, (REPORT,)))
    seen: list[Event] = []
    with pytest.raises(Cancelled):
        seen.extend(steps)
    assert isinstance(seen[-1], Cited)
    assert seen[-1].citations[0].page == 1


def test_the_same_passage_has_one_number() -> None:
    text = "The bridge is 148 metres long. At 148 metres, it is a long bridge."
    found = cite_sentences(text, (REPORT,))
    assert len(found) == 2
    assert len(cited_sources(found)) == 1


def test_a_long_document_without_words_is_no_trouble() -> None:
    assert cite_sentences("Some words here.", (DocumentInput("a.txt", "…\n" * 50),)) == ()
