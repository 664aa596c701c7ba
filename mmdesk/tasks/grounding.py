"""Grounding of a summary in its source text.

A model of half a billion parameters finds what matters better than it words it: it joins halves of
two sentences into one that nobody wrote. So every sentence that it writes is looked up in the
source text. One that the source supports stays as it is; any other is replaced by the nearest
sentence of the source.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from mmdesk.text import CJK, SYLLABIC, cjk_share, ends_sentence, length, sentences, words

SUPPORT = 0.75  # share of a sentence's stems that a sentence of the source must have
SUPPORT_CJK = 0.65  # pairs of characters change with every particle
PAIR_SUPPORT_EXTRA = 0.1  # more than that, where it takes two sentences of the source
REPEATED = 0.6  # share of stems from which two sentences say the same
REPEATED_EXACTLY = 0.95
STEM_LENGTH = 6  # characters of a Latin word that count: "pollinates", "pollination"

_ANAPHORA = re.compile(
    r"(?:it|its|they|their|them|this|these|that|those|he|she|his|her|him|but|yet|however|so|then|"
    r"thus|also|therefore|such|both|another|others?|some|here|there|meanwhile|instead|besides|"
    r"and|or|nor|for|(?:in|for|at|from|on|to|with|of|by|after|before|among|as|like) "
    r"(?:this|that|these|those|them|it|his|her|its|their|such)|"
    r"if (?:they|it)|by then|il|elle|ils|elles|cela|mais|"
    r"ce|cette|ces|er|sie|es|diese[rsmn]?|dies|aber|doch|este|esta|estos|estas|ella|ellos|pero)\b"
    r"|它|他|她|这|那|其|但|不过|因此|所以|而|并|也|后来|此后|于是|例如|另|如果|为了这",
    re.IGNORECASE,
)
# "The meaning of this dance", "to fill it she may visit": only a sentence before says what or who.
_BACK_REFERENCE = re.compile(
    r"^(?:[a-z]+ ){1,2}(?:he|she|it|they|him|them)\b|\b(?:everything|everyone|nothing) else\b|"
    r"\b(?:this|these) (?!year|week|month|century|time|day|way|morning|evening)[a-z]{3,}"
    r"|这[种些个位只]|这样的|该[种类]",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[;；:：]|[,，]\s*(?:(?:but|and|while|whereas|although|yet|so)\b|但|而|却|不过)?"
)
_MIN_CLAUSE_WORDS = 4  # a shorter one is no statement
_META_REMARK = re.compile(
    r"(?:the|this) (?:text|article|passage|author|document|summary|paragraph)\b"
    r"|here (?:is|are)\b|(?:in )?summary\b|sure\b"
    r"|(?:这|该|本)(?:篇|段)?(?:文章|文字|文|段|篇)|文章|摘要|总之|以下",
    re.IGNORECASE,
)


_NEGATION = re.compile(
    r"\b(?:not?|never|none|nobody|nothing|nor|neither|cannot|without|hardly|ne|pas|jamais|sans|sin"
    r"|nunca|nadie|nicht|kein\w*|nie|ohne)\b|n['’]t\b|不(?![过仅同断少])|没|无|未|非",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"\d[\d.,]*\d|\d|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen"
    r"|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|billion"
    r"|half|third|quarter|twice)\b|[一二三四五六七八九十百千万亿〇两]{2,}",
    re.IGNORECASE,
)
_NAME = re.compile(r"(?<=[^\s.!?:][ -])[A-ZÀ-Ý][\w'’-]{2,}")


def is_negated(text: str) -> bool:
    """Return whether a sentence has a negation, in one of the languages of mmdesk's prompts."""
    return _NEGATION.search(text) is not None


def _same_negations(sentence: str, source: str) -> bool:
    """Return whether every clause is negated exactly if the nearest clause of the source is."""
    if is_negated(sentence) != is_negated(source):
        return False
    candidates = [(content_stems(clause), is_negated(clause)) for clause in _clauses(source)]
    for clause in _clauses(sentence):
        stems = content_stems(clause)
        near = max(candidates, key=lambda candidate: overlap(stems, candidate[0]), default=None)
        if near is not None and overlap(stems, near[0]) > 0 and is_negated(clause) != near[1]:
            return False
    return True


def _clauses(text: str) -> list[str]:
    """Split a sentence into clauses that may be statements; all of it where none is."""
    parts = [part for part in _CLAUSE.split(text) if length(part) >= _MIN_CLAUSE_WORDS]
    return parts or [text]


def names_and_numbers(text: str) -> frozenset[str]:
    """Return numbers, in digits and in words, and names: details that must not change."""
    found = {number.lower() for number in _NUMBER.findall(text)}
    return frozenset(found | {name.lower()[:STEM_LENGTH] for name in _NAME.findall(text)})


def content_stems(text: str) -> frozenset[str]:
    """Return the stems of longer words, the numbers, and pairs of spaceless characters."""
    found = {
        word[:STEM_LENGTH]
        for word in (word.lower() for word in words(text))
        if (len(word) >= 4 or word.isdigit()) and not re.match(f"[{SYLLABIC}]", word)
    }
    for run in re.findall(f"[{CJK}]+|[{SYLLABIC}]+", text):
        found.update(run[i : i + 2] for i in range(len(run) - 1))
    return frozenset(found)


def overlap(some: frozenset[str], others: frozenset[str]) -> float:
    """Return the share of `some` that is in `others`; 1 if `some` is empty."""
    return len(some & others) / len(some) if some else 1.0


def needs_context(sentence: str) -> bool:
    """Return whether a sentence refers to something that only the one before it explains."""
    begins = _ANAPHORA.match(sentence.lstrip("\"'“‘「『(（ "))
    return begins is not None or _BACK_REFERENCE.search(sentence) is not None


class SourceText:
    """Text in which sentences of a model are looked up.

    Attributes:
        sentences: whole ones, without headings and fragments.
    """

    def __init__(self, text: str) -> None:
        found = [
            sentence.strip() for line in text.split("\n") for sentence in sentences(line.strip())
        ]
        whole = [entry for entry in found if ends_sentence(entry) and length(entry) >= 4]
        self.sentences = tuple(whole or [entry for entry in found if entry])
        self._stems = [content_stems(sentence) for sentence in self.sentences]
        self._frequency = Counter(stem for stems in self._stems for stem in stems)

    def supports(self, sentence: str) -> bool:
        """Return whether the text supports a sentence.

        One sentence of the text, or two neighbouring ones, must have most of its stems, and one of
        them all of its numbers and names: a model that takes a name from here and a number from
        there is mostly wrong. Negations must agree, clause by clause.
        """
        return any(self._supported_at(sentence, at) for at in range(len(self.sentences)))

    def _supported_at(self, sentence: str, at: int) -> bool:
        stems = content_stems(sentence)
        needed = SUPPORT_CJK if cjk_share(sentence) > 0.5 else SUPPORT
        candidates = self.sentences[at : at + 1]
        if overlap(stems, self._stems[at]) < needed:
            pair = self._stems[at : at + 2]
            if overlap(stems, frozenset().union(*pair)) < needed + PAIR_SUPPORT_EXTRA:
                return False
            candidates = self.sentences[at : at + 2]
        details = names_and_numbers(sentence)
        has_details = any(
            all(detail in candidate.lower() for detail in details) for candidate in candidates
        )
        return has_details and _same_negations(sentence, " ".join(candidates))

    def nearest(self, sentence: str) -> str | None:
        """Return the sentence of the text that shares most with this one; None if none is near."""
        stems = content_stems(sentence)
        best, score = None, 0.25
        for candidate, known in zip(self.sentences, self._stems, strict=True):
            shared = overlap(stems, known) - (0.2 if needs_context(candidate) else 0.0)
            if shared > score:
                best, score = candidate, shared
        return best

    def position(self, sentence: str) -> int:
        """Return the index of the sentence of the text that a sentence shares most with."""
        stems = content_stems(sentence)
        shares = [overlap(stems, known) for known in self._stems]
        return max(range(len(shares)), key=shares.__getitem__, default=0)

    def by_centrality(self) -> list[str]:
        """Return the sentences in order of centrality: how much of the text shares their stems.

        Sentences that need their neighbours as context and very long ones come last.
        """

        def weight(index: int) -> float:
            stems = self._stems[index]
            sentence = self.sentences[index]
            shared = sum(self._frequency[stem] - 1 for stem in stems) / (len(stems) + 4)
            late = (needs_context(sentence) or sentence.endswith("?")) + (length(sentence) > 45)
            return shared - 10 * late

        return [
            self.sentences[i] for i in sorted(range(len(self.sentences)), key=lambda i: -weight(i))
        ]


def grounded_sentences(output: str, source: SourceText) -> list[str]:
    """Return the sentences of a model's output, each supported by the source or replaced.

    Unfinished sentences, remarks about "the text" and repetitions are dropped.
    """
    kept: list[str] = []
    for sentence in sentences(re.sub(r"\s+", " ", _strip_markdown(output)).strip()):
        sentence = sentence.strip()
        if not ends_sentence(sentence) or length(sentence) < 3 or _META_REMARK.match(sentence):
            continue
        chosen = sentence if source.supports(sentence) else source.nearest(sentence)
        if chosen and not repeats(chosen, kept):
            kept.append(chosen)
    return kept


def _strip_markdown(output: str) -> str:
    """Strip Markdown's list marks, headings and emphasis."""
    return re.sub(r"(?m)^\s*(?:[-*•]|\d+[.)、])\s+|^#+\s.*$|\*\*", "", output)


def repeats(sentence: str, others: Iterable[str], at_least: float = REPEATED) -> bool:
    """Return whether a sentence shares `at_least` of its stems with one of the others."""
    stems = content_stems(sentence)
    return any(overlap(stems, content_stems(other)) >= at_least for other in others)


def main_subject(text: str, title: str = "") -> str:
    """Return the most frequent stem of a text; one of the title where the text uses it too."""
    weights: Counter[str] = Counter()
    for sentence in sentences(text):
        weights.update(content_stems(sentence) - _STOP_WORDS)
    titled = Counter({stem: weights[stem] for stem in content_stems(title) if weights[stem] > 2})
    return max(titled or weights, key=lambda stem: (weights[stem], stem), default="")


_STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
        that this with from they have been were their which when there what more than some other
        into only also most about would could these those them then will your over very such many
        where dans pour avec plus sont cette nous vous elle mais leur tout comme aussi para como
        pero esta este sobre entre desde todo nicht eine einen einer auch sich sind wird oder dass
        nach noch werden wurde durch
        """,
    )
)
