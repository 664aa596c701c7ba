"""A summary of a whole document, as long as it was asked to be.

    document -> parts that the model can take -> a few sentences from each, held against the
    part they were made from -> the summary, in the document's order

The small model neither keeps to a number of words nor merges notes without new mistakes (asked
to, it repeats them until it is cut off). So the length is kept here: every part has its share of
the words, and sentences are taken until the share is used. A document of so many parts that
the shares would be crumbs is first boiled down to notes, which are then summarised as if they
were the document. Nothing is left out unread.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

from mmdesk.engine import Engine
from mmdesk.errors import InputError
from mmdesk.tasks import prompts
from mmdesk.tasks.grounding import (
    SourceText,
    borne_out,
    content,
    leans_back,
    says_again,
    subject_of,
)
from mmdesk.tasks.split import split_into_parts
from mmdesk.tasks.task_run import TaskRun
from mmdesk.tasks.translate import translated_sentences
from mmdesk.text import (
    Language,
    blocks,
    detect,
    ends_sentence,
    find_language,
    join,
    length,
    shorten,
)
from mmdesk.values import (
    CancelFlag,
    DocumentInput,
    Event,
    Notice,
    Preparing,
    Sampling,
    TextChunk,
)

PART_TOKENS = 1400  # the small model loses the thread of longer parts
SMALL_PART_TOKENS = 300
SHARE = 35  # words of a summary that one part should give, where the text has the length
CRUMB = 20  # below this share a part cannot say anything: take notes first
NOTE = 45  # words of a note
TOLERANCE = 0.3
SHORTEST = 10
# A summary written in one language is longer or shorter in another (words per word).
_INTO_CJK = 1.7
_SPARE = 1.25
_PENALTY = 1.05


def summarise(
    engine: Engine,
    document: DocumentInput,
    cancel: CancelFlag,
    words: int = 150,
    language: str | None = None,
    model: str | None = None,
) -> Iterator[Event]:
    """Summarise the whole of a document in about `words` words.

    A Chinese, Japanese or Korean character counts as a word. The summary is in the document's
    language unless `language` (a code or a name) says otherwise.

    Raises:
        InputError: there is no text, `words` is below 10, or the language is not known.
    """
    if words < SHORTEST:
        raise InputError(f"A summary needs at least {SHORTEST} words, not {words}.")
    if not document.text.strip():
        raise InputError(f"{document.name} has no text to summarise.")
    spoken = detect(document.text)
    wanted = find_language(language) if language else spoken
    job = TaskRun(engine, cancel, model)
    return job.run(summary(job, document.text, words, spoken, wanted))


def summary(
    job: TaskRun, text: str, words: int, spoken: Language, wanted: Language
) -> Iterator[Event]:
    """The events of a summary inside a job that is already running; `spoken` is the text's
    language, `wanted` the summary's.
    """
    if wanted == spoken:
        yield from _streamed(_sentences(job, text, words, spoken))
        return
    # More than needed, so that translations which come out short leave something to choose from.
    target = max(SHORTEST, round(_SPARE * words / _growth(spoken, wanted)))
    own = yield from _collected(_sentences(job, text, target, spoken))
    yield from _streamed(_translated(job, own, words, spoken, wanted))


def _growth(spoken: Language, wanted: Language) -> float:
    characters = ("zh", "ja", "ko")
    return _INTO_CJK ** ((wanted.code in characters) - (spoken.code in characters))


Sentences = Iterator[Event | str]


def _streamed(found: Sentences) -> Iterator[Event]:
    """Sentences as text, joined as their script wants it."""
    said = ""
    for item in found:
        if isinstance(item, str):
            grown = join([said, item])
            yield TextChunk(grown[len(said) :])
            said = grown
        else:
            yield item


def _collected(found: Sentences) -> Generator[Event, None, list[str]]:
    said: list[str] = []
    for item in found:
        if isinstance(item, str):
            said.append(item)
        else:
            yield item
    return said


def _translated(
    job: TaskRun, own: list[str], words: int, spoken: Language, wanted: Language
) -> Sentences:
    """The sentences in another language; one that would run ahead of the length is left out."""
    said = 0
    for index, sentence in enumerate(own):
        yield Preparing(f"translating into {wanted.name}", index / len(own))
        found = yield from _collected(translated_sentences(job, sentence, spoken, wanted))
        text = join(found)
        due = words * (index + 1) / len(own)
        if not said or said + length(text) / 2 <= due:
            said += length(text)
            yield text


def _sentences(job: TaskRun, text: str, words: int, spoken: Language) -> Sentences:
    """The summary's sentences, with the events of the work between them."""
    size = length(text)
    if size <= words:
        yield Notice("The text is no longer than the summary that was asked for.")
    subject = _subject(text)
    parts = yield from _parts(job, text, words)
    while words / len(parts) < CRUMB:
        text = yield from _notes(job, parts, spoken)
        fewer = yield from _parts(job, text, words)
        if len(fewer) >= len(parts):
            parts = fewer[: max(1, words // CRUMB)]
            break
        parts = fewer
    budget = _Budget(min(words, round(size * 0.8)), len(parts), subject)
    for index, part in enumerate(parts):
        yield Preparing(f"reading part {index + 1} of {len(parts)}", index / len(parts))
        found = yield from _candidates(job, part, spoken, budget.share(index))
        yield from budget.take(index, found)


def _parts(job: TaskRun, text: str, words: int) -> Generator[Event, None, list[str]]:
    (tokens,) = yield from job.counted((text,))
    at_least = min(-(-words // SHARE), -(-tokens // SMALL_PART_TOKENS))
    return (yield from split_into_parts(job, text, PART_TOKENS, at_least))


def _notes(job: TaskRun, parts: list[str], spoken: Language) -> Generator[Event, None, str]:
    """Boil every part down to a few sentences; a text about a tenth as long."""
    notes: list[str] = []
    for index, part in enumerate(parts):
        yield Preparing(f"reading part {index + 1} of {len(parts)}", index / len(parts))
        found = yield from _candidates(job, part, spoken, NOTE)
        notes.append(join(_Budget(NOTE, 1, "").take(0, found)))
    return "\n\n".join(note for note in notes if note)


def _candidates(
    job: TaskRun, part: str, spoken: Language, share: int
) -> Generator[Event, None, tuple[list[str], SourceText]]:
    """What the model says of a part, borne out by it, and the part to fill up from."""
    source = SourceText(part)
    turns = prompts.summarise_part(part, spoken, min(6, max(2, round(share / 15))))
    limit = share + 25

    def enough(written: str) -> bool:
        return length(written) >= limit or (length(written) >= share and ends_sentence(written))

    sampling = Sampling(repetition_penalty=_PENALTY, max_tokens=24 + round(limit * 1.6))
    written = yield from job.written(turns, sampling, enough=enough)
    return borne_out(written, source), source


def _subject(text: str) -> str:
    first = blocks(text)[0].text
    return subject_of(text, "" if ends_sentence(first) else first)


def _follows(sentence: str, kept: list[str], source: SourceText) -> bool:
    """Whether what explains a sentence, the one before it in the source, is kept as well."""
    before = source.position(sentence) - 1
    return any(source.position(other) == before for other in kept)


@dataclass
class _Budget:
    """The words of a summary, shared out among the parts; what a part leaves goes to the next.

    Attributes:
        words: the summary's length.
        parts: how many parts share it.
        subject: the stem that the first sentence should hold.
        said: the sentences taken so far.
    """

    words: int
    parts: int
    subject: str
    said: list[str] = field(default_factory=list)

    @property
    def used(self) -> int:
        return sum(length(sentence) for sentence in self.said)

    def share(self, index: int) -> int:
        """How many words are due by the end of part `index`."""
        due = self.words * (index + 1) / self.parts
        return max(8, round(due - self.used))

    def take(self, index: int, found: tuple[list[str], SourceText]) -> list[str]:
        """Choose sentences of one part until its share is used, as near to it as may be; in the
        order of the source, but for the opening one.
        """
        written, source = found
        opening = self._opening(written, source)
        chosen = [*opening, *self._chosen(index, written, source, opening)]
        if not chosen and not self.said and index == self.parts - 1:
            chosen = self._something(source)
        self.said += chosen
        return [
            *chosen[: len(opening)],
            *sorted(chosen[len(opening) :], key=source.position),
        ]

    def _chosen(
        self, index: int, written: list[str], source: SourceText, opening: list[str]
    ) -> list[str]:
        share = self.share(index)
        left = share - sum(map(length, opening))
        chosen: list[str] = []
        for sentence in [*written, *source.central()]:
            if left <= share * 0.15:
                break
            kept = [*opening, *chosen]
            if (
                (not leans_back(sentence) or _follows(sentence, kept, source))
                and self._fits(sentence, left, kept)
                and not says_again(sentence, [*self.said, *kept])
            ):
                chosen.append(sentence)
                left -= length(sentence)
        return chosen

    def _opening(self, written: list[str], source: SourceText) -> list[str]:
        """The first sentence of all names the subject, near its beginning if possible."""
        if self.said or not self.subject:
            return []
        candidates = [*written[:2], *source.sentences[:3], *source.central()]
        able = [
            sentence
            for sentence in candidates
            if self.subject in content(sentence)
            and not leans_back(sentence)
            and self._fits(sentence, round(self.words / self.parts), [])
        ]
        early = [entry for entry in able if self.subject in content(shorten(entry, 6))]
        return (early or able)[:1]

    def _fits(self, sentence: str, left: int, chosen: list[str]) -> bool:
        size = length(sentence)
        most = max(left * 1.5, self.words * (1 + TOLERANCE) / self.parts)
        used = self.used + sum(map(length, chosen))
        return size <= most and used + size <= self.words * (1 + TOLERANCE * 0.8)

    def _something(self, source: SourceText) -> list[str]:
        """Where every sentence is longer than the whole summary may be: a shortened one."""
        shortest = min(source.sentences, key=length, default="")
        return [shorten(shortest, self.words)] if shortest else []
