"""CIDEr-D and BLEU against values computed by hand."""

from __future__ import annotations

import math

import pytest

from mmdesk.training.eval.bleu import bleu
from mmdesk.training.eval.cider import CiderD, cider_d, tokenize


def test_words_are_lower_case_without_punctuation() -> None:
    assert tokenize('A man\'s T-shirt , "red" .') == ["a", "man's", "t-shirt", "red"]


def test_the_only_reference_itself_scores_ten() -> None:
    references = [["a dog runs on grass"], ["two men sit down together"]]
    assert cider_d([texts[0] for texts in references], references) == pytest.approx(10.0)


def test_words_in_every_document_have_no_weight() -> None:
    """The IDF of a word in all pictures' references is log(2 / 2) = 0."""
    assert cider_d(["a", "a"], [["a"], ["a"]]) == 0.0


def test_by_hand() -> None:
    """Two pictures; candidate 'red dog', references 'red dog runs' and 'cat'.

    All n-grams occur in one of two pictures: idf = log 2, so weights are counts times log 2.
    Unigrams: 2 shared of norms sqrt 2 and sqrt 3; bigrams: 1 of norms 1 and sqrt 2; no trigram in
    the candidate. Lengths by bigrams: 1 and 2, penalty exp(-1 / 72).
    """
    scorer = CiderD([["red dog runs"], ["cat"]])
    cosines = 2 / math.sqrt(6) + 1 / math.sqrt(2)
    expected = 10 * cosines / 4 * math.exp(-1 / 72)
    assert scorer.score("red dog", ["red dog runs"]) == pytest.approx(expected)


def test_repeating_a_word_is_clipped() -> None:
    """'dog dog' against 'dog': clipped product 1, norms 2 and 1; lengths by bigrams 1 and 0."""
    scorer = CiderD([["dog"], ["cat"]])
    expected = 10 * (1 / 2) / 4 * math.exp(-1 / 72)
    assert scorer.score("dog dog", ["dog"]) == pytest.approx(expected)


def test_references_are_averaged() -> None:
    scorer = CiderD([["dog", "cat"], ["bird"]])
    assert scorer.score("dog", ["dog", "cat"]) == pytest.approx(10 / 4 / 2)


def test_prepared_references_score_the_same() -> None:
    references = ["a red dog runs", "the dog is red"]
    scorer = CiderD([references, ["a cat"]])
    prepared = scorer.prepare(references)
    assert scorer.score_prepared("a red dog", prepared) == scorer.score("a red dog", references)


def test_bleu_by_hand() -> None:
    """Papineni's example: 'the' seven times has a clipped unigram precision of 2/7."""
    candidate = "the the the the the the the"
    references = ["the cat is on the mat", "there is a cat on the mat"]
    assert bleu([candidate], [references], order=1) == pytest.approx(2 / 7)


def test_bleu_4_by_hand() -> None:
    """Precisions 4/5, 2/4, 1/3 and 0 of 1-grams to 4-grams give 0.

    Without the odd word all precisions are 1 and only the length counts.
    """
    reference = [["a b c d e f"]]
    assert bleu(["a b c x e"], reference) == 0.0
    assert bleu(["a b c d e"], reference) == pytest.approx(math.exp(1 - 6 / 5))
    assert bleu(["a b c d e f"], reference) == pytest.approx(1.0)


def test_the_closest_length_counts() -> None:
    assert bleu(["a b c d e"], [["a b c d e f g h", "a b c d e"]]) == pytest.approx(1.0)
