"""Summary of a whole document, of the requested length.

    document -> parts that fit the model -> a few sentences from each, grounded in the part that
    they were made from -> the summary, in the document's order

The small model neither keeps to a number of words nor merges notes without new mistakes (asked
to, it repeats them until it is stopped). So the length is kept here: every part has its share of
the words, and sentences are taken until the share is used. A document of so many parts that the
shares would be too small is first reduced to notes, which are then summarised as if they were the
document. Every part is read. A wished number of sentences or points is counted out here as well; a
table is described by its columns.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass

from mmdesk.engine import Engine
from mmdesk.errors import InputError
from mmdesk.tasks import prompts
from mmdesk.tasks.citing import cite_sentences, cite_tables, cited
from mmdesk.tasks.grounding import (
    REPEATED,
    REPEATED_EXACTLY,
    SourceText,
    grounded_sentences,
    main_subject,
    needs_context,
    repeats,
)
from mmdesk.tasks.split import split_into_parts
from mmdesk.tasks.table_summary import Table, describe_tables, read_tables
from mmdesk.tasks.task_run import TaskRun
from mmdesk.tasks.translate import translate_sentences, written_as
from mmdesk.tasks.word_budget import TOLERANCE, WordBudget
from mmdesk.text import (
    CHINESE,
    ENGLISH,
    Language,
    blocks,
    detect,
    ends_sentence,
    find_language,
    join,
    length,
)
from mmdesk.values import (
    CancelFlag,
    Citation,
    DocumentInput,
    Event,
    Notice,
    Preparing,
    Sampling,
    TextChunk,
)

PART_TOKENS = 1400  # the small model loses the thread of longer parts
SMALL_PART_TOKENS = 300
WORDS_PER_PART = 35  # of a summary, where the text is long enough
MIN_WORDS_PER_PART = 20  # a smaller share cannot say anything: take notes first
NOTE_WORDS = 45
DEFAULT_WORDS = 150
MIN_WORDS = 10
WORDS_PER_SENTENCE = 35  # of which a wished number of sentences is chosen
# A summary in one language is longer or shorter in another (words per word).
_CJK_WORDS_PER_WORD = 1.7
_TRANSLATION_MARGIN = 1.25
_REPETITION_PENALTY = 1.05


@dataclass(frozen=True, slots=True)
class TranslatedSentence:
    """Sentence of a summary in another language, and the one that it is a translation of."""

    text: str
    original: str


# Sentences, and the events of the work between them.
SentenceSteps = Iterator[Event | str | TranslatedSentence]


@dataclass(frozen=True, slots=True)
class SummaryWish:
    """Wish for a summary.

    Attributes:
        words: of the summary; None where none is said.
        sentences: how many; None for as many as the words allow.
        as_points: every sentence is an item of a list.
        language: of the summary; None for the document's own.
    """

    words: int | None = None
    sentences: int | None = None
    as_points: bool = False
    language: Language | None = None


def summarise(
    engine: Engine,
    document: DocumentInput,
    cancel: CancelFlag,
    words: int = DEFAULT_WORDS,
    language: str | None = None,
    model: str | None = None,
) -> Iterator[Event]:
    """Summarise the whole of a document in about `words` words.

    Args:
        engine: answers the requests.
        document: of any length.
        cancel: stops the task.
        words: of the summary; a Chinese, Japanese or Korean character counts as a word.
        language: of the summary, a code or a name; None for the document's own.
        model: id of the language model, None for the default.

    Raises:
        InputError: there is no text, `words` is below 10, or the language is not known.
    """
    if words < MIN_WORDS:
        raise InputError(
            "A summary needs at least {least} words, not {words}.", least=MIN_WORDS, words=words
        )
    if not document.text.strip():
        raise InputError("{name} has no text to summarise.", name=document.name)
    source = detect(document.text)
    target = find_language(language) if language else summary_language(document.text)
    run = TaskRun(engine, cancel, model)
    documents = (document,)
    steps = summarise_steps(run, document.text, words, source, target, documents=documents)
    return run.stream(steps)


def summary_language(text: str) -> Language:
    """Return the language of a summary where none is wished: the text's own.

    The few words of a table do not tell it; a table that is not Chinese is described in English.
    """
    found = detect(text)
    return ENGLISH if found != CHINESE and read_tables(text) else found


def summarise_steps(
    run: TaskRun,
    text: str,
    words: int,
    source: Language,
    target: Language,
    wish: SummaryWish | None = None,
    documents: Sequence[DocumentInput] = (),
) -> Iterator[Event]:
    """Yield the events of a summary within another task.

    Args:
        run: of the task.
        text: the whole text.
        words: of the summary.
        source: language of the text.
        target: language of the summary.
        wish: how many sentences, and whether they are points; its words and language are those
            above. None for a paragraph.
        documents: that the text is of, to be cited; none for a summary without citations.
    """
    fills = wish is None or wish.words is not None
    wish = wish or SummaryWish()
    tables = read_tables(text)
    if tables:
        steps = _describe_tables(run, tables, words, target)
    elif wish.sentences is not None:
        steps = _counted_sentences(run, text, words, source, target.base, wish)
    else:
        steps = _sentences_in_language(run, text, words, source, target.base, fills)
    originals: list[tuple[int, str]] = []
    events = written_as(_stream(steps, wish.as_points, originals), target)

    def cite(summary: str) -> tuple[Citation, ...]:
        if tables:
            return cite_tables(summary, documents)
        return cite_sentences(summary, documents, originals=originals)

    yield from cited(events, cite) if documents else events


def _sentences_in_language(
    run: TaskRun, text: str, words: int, source: Language, target: Language, fills: bool
) -> SentenceSteps:
    if target == source:
        yield from _summary_sentences(run, text, words, source, fills)
        return
    # More than needed, so that translations that turn out short leave something to choose from.
    longer = max(MIN_WORDS, round(_TRANSLATION_MARGIN * words / _length_factor(source, target)))
    found = yield from _collect(_summary_sentences(run, text, longer, source, fills))
    yield from _translate(run, found, words, source, target)


def _counted_sentences(
    run: TaskRun,
    text: str,
    words: int,
    source: Language,
    target: Language,
    wish: SummaryWish,
) -> SentenceSteps:
    """Yield exactly as many sentences as are wished, where the text has so many."""
    count = wish.sentences or 1
    enough = words if wish.words is not None else WORDS_PER_SENTENCE * (count + 1)
    enough = max(MIN_WORDS, min(enough, round(length(text) * 0.8)))
    found = yield from _collect(_summary_sentences(run, text, enough, source))
    chosen = _choose_count(found, count, text)
    if target == source:
        yield from chosen
        return
    for index, sentence in enumerate(chosen):
        yield Preparing("translating into {language}", index / count, language=target.name)
        text = join((yield from _collect(translate_sentences(run, sentence, source, target))))
        yield TranslatedSentence(text, sentence)


def _choose_count(found: list[str], count: int, text: str) -> list[str]:
    """Return `count` sentences from all over the text, the first one among them.

    Args:
        found: sentences of the summary, in the text's order.
        count: how many are wished.
        text: the whole text; gives more sentences where too few were found.
    """
    if len(found) < count:
        return _add_sentences(found, count, text)
    alone = [found[0], *(sentence for sentence in found[1:] if not needs_context(sentence))]
    if len(alone) < count:
        alone = found
    if count == 1:
        return alone[:1]
    return [alone[round(at * (len(alone) - 1) / (count - 1))] for at in range(count)]


def _add_sentences(found: list[str], count: int, text: str) -> list[str]:
    source = SourceText(text)
    added = list(found)
    for similarity in (REPEATED, REPEATED_EXACTLY):
        for sentence in source.by_centrality():
            if len(added) >= count:
                break
            if not needs_context(sentence) and not repeats(sentence, added, similarity):
                added.append(sentence)
    return [*found[:1], *sorted(added[len(found[:1]) :], key=source.position)]


def _describe_tables(
    run: TaskRun, tables: list[tuple[str, Table]], words: int, target: Language
) -> SentenceSteps:
    """Yield a sentence on each table's rows and columns, within the summary's length."""
    yield Notice("The document is a table. Its columns are described instead of a summary.")
    chinese = target.base == CHINESE
    used = 0
    for sentence in describe_tables(tables, chinese):
        if used and used + length(sentence) > words * (1 + TOLERANCE):
            break
        used += length(sentence)
        if chinese or target == ENGLISH:
            yield sentence
        else:
            yield join((yield from _collect(translate_sentences(run, sentence, ENGLISH, target))))


def _length_factor(source: Language, target: Language) -> float:
    """Return the words of a translation per word of the original."""
    codes = ("zh", "ja", "ko")
    return _CJK_WORDS_PER_WORD ** ((target.code in codes) - (source.code in codes))


def _stream(
    steps: SentenceSteps, as_points: bool, originals: list[tuple[int, str]]
) -> Iterator[Event]:
    """Yield sentences as chunks of text, joined as their script requires, or as a list.

    Places of translated sentences are added to `originals`, with what they are translations of.
    """
    text = ""
    for item in steps:
        if isinstance(item, TranslatedSentence):
            originals.append((len(text), item.original))
            item = item.text
        if not isinstance(item, str):
            yield item
            continue
        as_point = f"{text}\n- {item}" if text else f"- {item}"
        joined = as_point if as_points else join([text, item])
        yield TextChunk(joined[len(text) :])
        text = joined


def _collect(steps: SentenceSteps) -> Generator[Event, None, list[str]]:
    found: list[str] = []
    for item in steps:
        if isinstance(item, str):
            found.append(item)
        elif not isinstance(item, TranslatedSentence):
            yield item
    return found


def _translate(
    run: TaskRun, summary: list[str], words: int, source: Language, target: Language
) -> SentenceSteps:
    """Translate sentences; one that would exceed the length that is due is left out."""
    used = 0
    for index, sentence in enumerate(summary):
        yield Preparing("translating into {language}", index / len(summary), language=target.name)
        text = join((yield from _collect(translate_sentences(run, sentence, source, target))))
        due = words * (index + 1) / len(summary)
        if not used or used + length(text) / 2 <= due:
            used += length(text)
            yield TranslatedSentence(text, sentence)


def _summary_sentences(
    run: TaskRun, text: str, words: int, language: Language, fills: bool = True
) -> SentenceSteps:
    """Yield the sentences of a summary in the language of the text.

    Args:
        run: of the task.
        text: the whole text.
        words: of the summary.
        language: of the text.
        fills: reach the length also with sentences that say nearly the same.
    """
    size = length(text)
    if size <= words:
        yield Notice("The text is already as short as the summary you asked for.")
    subject = _subject(text)
    parts = yield from _split(run, text, words)
    while words / len(parts) < MIN_WORDS_PER_PART:
        text = yield from _take_notes(run, parts, language)
        fewer = yield from _split(run, text, words)
        if len(fewer) >= len(parts):
            parts = fewer[: max(1, words // MIN_WORDS_PER_PART)]
            break
        parts = fewer
    due = min(words, round(size * 0.8))
    budget = WordBudget(due, len(parts), subject, fills)
    for index, part in enumerate(parts):
        yield _reading(index, len(parts))
        output, source = yield from _candidates(run, part, language, budget.share(index))
        yield from budget.take(index, output, source)


def _reading(index: int, parts: int) -> Preparing:
    return Preparing("reading part {part} of {parts}", index / parts, part=index + 1, parts=parts)


def _split(run: TaskRun, text: str, words: int) -> Generator[Event, None, list[str]]:
    (tokens,) = yield from run.count_tokens((text,))
    at_least = min(-(-words // WORDS_PER_PART), -(-tokens // SMALL_PART_TOKENS))
    return (yield from split_into_parts(run, text, PART_TOKENS, at_least))


def _take_notes(run: TaskRun, parts: list[str], language: Language) -> Generator[Event, None, str]:
    """Reduce every part to a few sentences, together about a tenth as long as the text."""
    notes: list[str] = []
    for index, part in enumerate(parts):
        yield _reading(index, len(parts))
        output, source = yield from _candidates(run, part, language, NOTE_WORDS)
        notes.append(join(WordBudget(NOTE_WORDS, 1, "").take(0, output, source)))
    return "\n\n".join(note for note in notes if note)


def _candidates(
    run: TaskRun, part: str, language: Language, share: int
) -> Generator[Event, None, tuple[list[str], SourceText]]:
    """Return the model's grounded sentences about a part, and the part as their source."""
    source = SourceText(part)
    turns = prompts.summarise_part(part, language, min(6, max(2, round(share / 15))))
    limit = share + 25

    def enough(output: str) -> bool:
        return length(output) >= limit or (length(output) >= share and ends_sentence(output))

    sampling = Sampling(repetition_penalty=_REPETITION_PENALTY, max_tokens=24 + round(limit * 1.6))
    output = yield from run.generate_text(turns, sampling, enough=enough)
    return grounded_sentences(output, source), source


def _subject(text: str) -> str:
    first = blocks(text)[0].text
    return main_subject(text, "" if ends_sentence(first) else first)
