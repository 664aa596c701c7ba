"""Choice of the sentences of a summary: which ones fit into the words that it may have."""

from __future__ import annotations

from dataclasses import dataclass, field

from mmdesk.tasks.grounding import (
    REPEATED,
    REPEATED_EXACTLY,
    SourceText,
    content_stems,
    needs_context,
    repeats,
)
from mmdesk.text import length, shorten

TOLERANCE = 0.3  # of the length that was asked for
_UNFILLED = 0.4  # share of a part's words from which similar sentences are taken as well


@dataclass
class WordBudget:
    """Words of a summary, shared among the parts; what one part leaves goes to the next.

    Attributes:
        words: length of the summary.
        parts: how many share it.
        subject: stem that the first sentence should have; may be empty.
        fills: take similar sentences where a part has no others, as a length was asked for.
        taken: the sentences so far.
    """

    words: int
    parts: int
    subject: str
    fills: bool = False
    taken: list[str] = field(default_factory=list)

    @property
    def used(self) -> int:
        """Return the words of the sentences so far."""
        return sum(length(sentence) for sentence in self.taken)

    def share(self, index: int) -> int:
        """Return the words that are due by the end of part `index`."""
        due = self.words * (index + 1) / self.parts
        return max(8, round(due - self.used))

    def take(self, index: int, output: list[str], source: SourceText) -> list[str]:
        """Take sentences of one part until its share is used, as nearly as possible.

        Args:
            index: of the part.
            output: grounded sentences of the model, the first choice.
            source: the part, whose central sentences come next.

        Returns:
            The sentences in the order of the source, after the opening one.
        """
        opening = self._opening(output, source)
        chosen = self._choose(index, output, source, opening)
        if not opening and not chosen and not self.taken and index == self.parts - 1:
            chosen = self._shortest(source)
        self.taken += [*opening, *chosen]
        return [*opening, *sorted(chosen, key=source.position)]

    def _choose(
        self, index: int, output: list[str], source: SourceText, opening: list[str]
    ) -> list[str]:
        share = self.share(index)
        chosen = list(opening)
        # A text that says the same of every year fills its share only with such sentences.
        for similarity in (REPEATED, REPEATED_EXACTLY) if self.fills else (REPEATED,):
            for sentence in [*output, *source.by_centrality()]:
                left = share - sum(map(length, chosen))
                if left <= share * (0.15 if similarity == REPEATED else _UNFILLED):
                    break
                if (
                    (not needs_context(sentence) or _has_context(sentence, chosen, source))
                    and self._fits(sentence, left, chosen)
                    and not repeats(sentence, [*self.taken, *chosen], similarity)
                ):
                    chosen.append(sentence)
        return chosen[len(opening) :]

    def _opening(self, output: list[str], source: SourceText) -> list[str]:
        """Return a first sentence that names the subject, near its beginning if possible."""
        if self.taken or not self.subject:
            return []
        candidates = [*output[:2], *source.sentences[:3], *source.by_centrality()]
        suitable = [
            sentence
            for sentence in candidates
            if self.subject in content_stems(sentence)
            and not needs_context(sentence)
            and self._fits(sentence, round(self.words / self.parts), [])
        ]
        early = [
            sentence for sentence in suitable if self.subject in content_stems(shorten(sentence, 6))
        ]
        return (early or suitable)[:1]

    def _fits(self, sentence: str, left: int, chosen: list[str]) -> bool:
        size = length(sentence)
        limit = max(left * 1.5, self.words * (1 + TOLERANCE) / self.parts)
        used = self.used + sum(map(length, chosen))
        return size <= limit and used + size <= self.words * (1 + TOLERANCE * 0.8)

    def _shortest(self, source: SourceText) -> list[str]:
        """Return the shortest sentence, cut, where all are longer than the whole summary."""
        shortest = min(source.sentences, key=length, default="")
        return [shorten(shortest, self.words)] if shortest else []


def _has_context(sentence: str, taken: list[str], source: SourceText) -> bool:
    """Return whether the sentence before it in the source is taken as well."""
    before = source.position(sentence) - 1
    return any(source.position(other) == before for other in taken)
