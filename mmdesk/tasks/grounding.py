"""Keeping a small model to its source.

A model of half a billion parameters points at what matters better than it words it: it joins
halves of two sentences into one that nobody wrote. So every sentence it writes is looked up in
the text it was made from. One that the source bears out stays as it is; any other gives way to
the sentence of the source that it comes nearest to.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from mmdesk.text import CJK, cjk_share, ends_sentence, length, sentences, words

SUPPORTED = 0.75  # share of a sentence's content that a stretch of the source must hold
SUPPORTED_CJK = 0.65  # pairs of characters change with every particle
STRETCHED = 0.1  # more than that, where it takes two sentences of the source to bear one out
SAME = 0.6  # share of content above which two sentences say the same
STEM = 6  # characters of a Latin word that count: "pollinates", "pollination"

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
# "The meaning of this dance", "to fill it she may visit": what or who, only a sentence before says.
_POINTS_BACK = re.compile(
    r"^(?:[a-z]+ ){1,2}(?:he|she|it|they|him|them)\b|\b(?:everything|everyone|nothing) else\b|"
    r"\b(?:this|these) (?!year|week|month|century|time|day|way|morning|evening)[a-z]{3,}"
    r"|这[种些个位只]|这样的|该[种类]",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[;；:：]|[,，]\s*(?:(?:but|and|while|whereas|although|yet|so)\b|但|而|却|不过)?"
)
_SHORTEST_CLAUSE = 4  # words; less is no statement
_ABOUT_ITSELF = re.compile(
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


def denies(text: str) -> bool:
    """Whether a sentence holds a "not", in one of the languages mmdesk writes prompts for."""
    return _NEGATION.search(text) is not None


def _denies_alike(sentence: str, said: str) -> bool:
    """Whether every clause denies, or does not, as the clause does that it is nearest to."""
    if denies(sentence) != denies(said):
        return False
    sources = [(content(clause), denies(clause)) for clause in _clauses(said)]
    for clause in _clauses(sentence):
        stems = content(clause)
        nearest = max(sources, key=lambda source: overlap(stems, source[0]), default=None)
        if nearest is not None and overlap(stems, nearest[0]) > 0 and denies(clause) != nearest[1]:
            return False
    return True


def _clauses(text: str) -> list[str]:
    """The parts of a sentence that may be statements of their own; all of it where none is."""
    parts = [part for part in _CLAUSE.split(text) if length(part) >= _SHORTEST_CLAUSE]
    return parts or [text]


def details(text: str) -> frozenset[str]:
    """Numbers, in digits and in words, and names inside a sentence: what must not be changed."""
    found = {number.lower() for number in _NUMBER.findall(text)}
    return frozenset(found | {name.lower()[:STEM] for name in _NAME.findall(text)})


def content(text: str) -> frozenset[str]:
    """What a text is about: stems of its longer words, its numbers, pairs of CJK characters."""
    found = {
        word[:STEM]
        for word in (word.lower() for word in words(text))
        if len(word) >= 4 or word.isdigit()
    }
    for run in re.findall(f"[{CJK}]+", text):
        found.update(run[i : i + 2] for i in range(len(run) - 1))
    return frozenset(found)


def overlap(some: frozenset[str], others: frozenset[str]) -> float:
    """The share of `some` that is in `others`; 1 for nothing at all."""
    return len(some & others) / len(some) if some else 1.0


def leans_back(sentence: str) -> bool:
    """Whether there is something in a sentence that only the one before it explains."""
    begins = _ANAPHORA.match(sentence.lstrip("\"'“‘「『(（ "))
    return begins is not None or _POINTS_BACK.search(sentence) is not None


class SourceText:
    """A stretch of text, ready to have sentences looked up in it.

    Attributes:
        sentences: its whole sentences, without headings and fragments.
    """

    def __init__(self, text: str) -> None:
        found = [
            sentence.strip() for line in text.split("\n") for sentence in sentences(line.strip())
        ]
        whole = [entry for entry in found if ends_sentence(entry) and length(entry) >= 4]
        self.sentences = tuple(whole or [entry for entry in found if entry])
        self._contents = [content(sentence) for sentence in self.sentences]
        self._frequency = Counter(stem for stems in self._contents for stem in stems)

    def supports(self, sentence: str) -> bool:
        """Whether one sentence, or two neighbouring ones, hold most of what this one says, and one
        of them all of its numbers and names (a model that takes a name from here and a number
        from there is mostly wrong); and whether it denies what they deny, clause by clause.
        """
        return any(self._bears_out(sentence, at) for at in range(len(self.sentences)))

    def _bears_out(self, sentence: str, at: int) -> bool:
        stems = content(sentence)
        needed = SUPPORTED_CJK if cjk_share(sentence) > 0.5 else SUPPORTED
        said = self.sentences[at : at + 1]
        if overlap(stems, self._contents[at]) < needed:
            pair = self._contents[at : at + 2]
            if overlap(stems, frozenset().union(*pair)) < needed + STRETCHED:
                return False
            said = self.sentences[at : at + 2]
        wanted = details(sentence)
        held = any(all(detail in one.lower() for detail in wanted) for one in said)
        return held and _denies_alike(sentence, " ".join(said))

    def nearest(self, sentence: str) -> str | None:
        """The sentence of the source that holds most of this one; None where none is near."""
        stems = content(sentence)
        best, score = None, 0.25
        for candidate, held in zip(self.sentences, self._contents, strict=True):
            shared = overlap(stems, held) - (0.2 if leans_back(candidate) else 0.0)
            if shared > score:
                best, score = candidate, shared
        return best

    def position(self, sentence: str) -> int:
        """Where in the source a sentence belongs: the index of the one it shares most with."""
        stems = content(sentence)
        shares = [overlap(stems, held) for held in self._contents]
        return max(range(len(shares)), key=shares.__getitem__, default=0)

    def central(self) -> list[str]:
        """The sentences in the order of how much of the text they touch, best first.

        Sentences that lean on their neighbours and very long ones come last.
        """

        def weight(index: int) -> float:
            stems = self._contents[index]
            sentence = self.sentences[index]
            touched = sum(self._frequency[stem] - 1 for stem in stems) / (len(stems) + 4)
            late = (leans_back(sentence) or sentence.endswith("?")) + (length(sentence) > 45)
            return touched - 10 * late

        return [
            self.sentences[i] for i in sorted(range(len(self.sentences)), key=lambda i: -weight(i))
        ]


def borne_out(written: str, source: SourceText) -> list[str]:
    """The sentences of a model's summary, each held against the source (see the module).

    Unfinished sentences, remarks about "the text" and repetitions are dropped.
    """
    kept: list[str] = []
    for sentence in sentences(re.sub(r"\s+", " ", _without_marks(written)).strip()):
        sentence = sentence.strip()
        if not ends_sentence(sentence) or length(sentence) < 3 or _ABOUT_ITSELF.match(sentence):
            continue
        chosen = sentence if source.supports(sentence) else source.nearest(sentence)
        if chosen and not says_again(chosen, kept):
            kept.append(chosen)
    return kept


def _without_marks(written: str) -> str:
    """Without Markdown's list marks, headings and emphasis."""
    return re.sub(r"(?m)^\s*(?:[-*•]|\d+[.)、])\s+|^#+\s.*$|\*\*", "", written)


def says_again(sentence: str, said: Iterable[str]) -> bool:
    """Whether a sentence adds little to one that was said."""
    stems = content(sentence)
    return any(overlap(stems, content(other)) >= SAME for other in said)


def subject_of(text: str, title: str = "") -> str:
    """The stem that a text is most about; one of the title's where the text speaks of it too."""
    weights: Counter[str] = Counter()
    for sentence in sentences(text):
        weights.update(content(sentence) - _COMMON)
    titled = Counter({stem: weights[stem] for stem in content(title) if weights[stem] > 2})
    return max(titled or weights, key=lambda stem: (weights[stem], stem), default="")


_COMMON = frozenset(
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
