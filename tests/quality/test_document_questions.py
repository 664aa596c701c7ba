"""Minimum scores of answers to questions about long documents, and the metric itself."""

from __future__ import annotations

import pytest

from mmdesk.engine.local import LocalEngine
from mmdesk.tasks.retrieval import ranking, units
from mmdesk.values import DocumentInput
from tests.quality.chrf import chrf
from tests.quality.document_questions import QUESTIONS, TEXTS, ask, is_right

MIN_RIGHT = 22  # of 31


@pytest.mark.model
def test_most_questions_about_long_documents_are_answered() -> None:
    engine = LocalEngine()
    answers = [(entry, ask(engine, entry)) for entry in QUESTIONS]
    engine.close()
    wrong = [(entry["question"], text) for entry, text in answers if not is_right(entry, text)]
    assert len(QUESTIONS) - len(wrong) >= MIN_RIGHT, wrong


def test_the_sentence_that_answers_is_nearly_always_ranked_first() -> None:
    first = 0
    for entry in QUESTIONS:
        text = DocumentInput("", (TEXTS / entry["document"]).read_text(encoding="utf-8")).text
        found = [unit.text for unit in units(text)]
        best = found[ranking(found, entry["question"])[0]]
        first += is_right(entry, best)
    assert first >= 28


def test_chrf_measures_common_ngrams() -> None:
    assert chrf("图书馆九点开门。", "图书馆九点开门。") == pytest.approx(100)
    assert chrf("abc", "xyz") == 0
    assert 0 < chrf("Die Bibliothek ist zu.", "Die Bibliothek ist offen.") < 100
