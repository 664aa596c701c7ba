"""Translation, sentence by sentence, so that nothing is lost and nothing is answered.

Given a page, the small model retells it; given a question, it answers. Given one sentence after
a few examples, it translates. The examples are the same for all sentences, so their KV cache is
reused. Every sentence is checked before it is shown: one that came back in the wrong language,
answered, refused, without one of its numbers or with untranslated words is requested once more in
quotation marks. Where that is no translation either, the original stays, and a notice says so.

The language of the original is looked at paragraph by paragraph and sentence by sentence: what is
in the target language already stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from dataclasses import dataclass

from mmdesk.engine import Engine
from mmdesk.errors import InputError
from mmdesk.tasks import prompts
from mmdesk.tasks.model_languages import weak_language_notices
from mmdesk.tasks.task_run import TaskRun
from mmdesk.tasks.translation_checks import (
    in_language,
    is_half_translated,
    is_no_translation,
    keeps_names,
    keeps_numbers,
    keeps_protected_parts,
    language_share,
    letters,
    untranslated_words,
)
from mmdesk.text import (
    CHINESE,
    TRADITIONAL_CHINESE,
    Language,
    TextBlock,
    blocks,
    cjk_share,
    cut_at_words,
    detect,
    detect_surely,
    ends_sentence,
    find_language,
    join,
    length,
    sentences,
    to_simplified,
    to_traditional,
)
from mmdesk.translatable import TranslatableText
from mmdesk.values import CancelFlag, Event, Notice, Preparing, Sampling, TextChunk

# Back translation: between these languages the model scores the original as a translation of the
# first translation. Below this mean log-probability of its tokens, the sentence is requested once
# more in the other form, and the more likely one is taken. Measured on 26 sentences, chrF: into
# German 42.8 -> 44.4, for 0.4 translations more a sentence; into French 51.0 -> 48.0, so not there.
BACK_TRANSLATION_LIMITS = {("en", "de"): -1.0}
_BACK_WEIGHT = 0.7  # of the back translation's log-probability, against the translation's own
MAX_SENTENCE_WORDS = 60  # longer ones are split at a semicolon, a colon or a comma
# What has no punctuation is split before a conjunction, else between two words: of a transcript of
# 235 words, translated whole, a third was missing.
MIN_PIECE_WORDS, MAX_PIECE_WORDS = 12, 28
_SURE = 0.5  # probability from which the language of a text is known
_SHORT_TEXT_WORDS = 12  # of a text whose language may be unknown
_MIN_LANGUAGE_WORDS = 4  # of a sentence whose own language is looked at
_TOKENS_PER_WORD = 3.2  # of a translation
_TOKENS_PER_WORD_OTHER_SCRIPTS = 8.0  # the tokenizer has few words of them
_OTHER_SCRIPTS = ("ru", "uk", "el", "he", "ar", "hi", "th", "ja", "ko")
# Told apart by whole texts only.
_CLOSE = tuple(
    frozenset(pair.split("-"))
    for pair in ("da-no", "da-sv", "no-sv", "es-pt", "es-it", "uk-ru", "zh-ja", "nl-de")
)
UNKNOWN = Language("und", TranslatableText("another language"), "", "")
_CONJUNCTION = re.compile(
    r"\s(?=(?:and|but|so|because|then|when|while|which|who|where|if|or|und|aber|denn|weil|dass|wenn"
    r"|als|oder|dann|et|mais|donc|parce|quand|puis|ou|y|pero|porque|cuando|entonces|que|o|e|ma"
    r"|perché|quando|poi|mas|então|en|maar|want|omdat|toen|i|ale|bo|kiedy|potem|и|но|а|потому|когда"
    r"|потом|och|men|för|att)\s)",
    re.IGNORECASE,
)
_PREAMBLE = re.compile(
    r"^(?:(?:sure|certainly|of course|okay|bien sûr|claro|natürlich|当然|好的)[!,.！，。:：]*\s*)?"
    r"(?:(?:here(?: is|['’]s)|the) .{0,30}?translat\w*[^:\n]{0,40}[:：]|translation[:：]"
    r"|traduction\s?[:：]|traducción[:：]|übersetzung[:：]|voici la traduction[^:\n]{0,40}[:：]"
    r"|(?:以下是|这是)?.{0,8}(?:翻译|译文)(?:如下)?[:：])\s*",
    re.IGNORECASE,
)
# "The Hindi sentence "…" translates to English as:"
_REMARK = re.compile(
    r"^the (?:\w+ )?(?:sentence|text|phrase|word)\b[^\n]{0,300}?"
    r"(?:translat\w*|means|in english|is)\b[^:\n]{0,40}:\s*",
    re.IGNORECASE,
)
_BLOCK_MARK = re.compile(r"^(?:#{1,6}\s+|[-*+•]\s+(?:\[[ xX]\]\s+)?|\d{1,3}[.)]\s+|>\s*)+")
_CUE = re.compile(r"WEBVTT\b.*|\d+|[\d:.,]+\s+-->\s+[\d:.,]+.*")  # of subtitles
_TABLE_ROW = re.compile(r"^\|.*\|$")
_CELL = re.compile(r"(?<!\\)(\|)")
_MEASURE = re.compile(r"[\d\s.,:/%+-]*(?:[a-zA-Z°€$£]{1,3})?[\d\s.,:/%+-]*")  # "20 GB"
_QUOTES = {'"': '"', "“": "”", "«": "»", "「": "」", "„": "“", "'": "'"}


def translate(
    engine: Engine, text: str, to: str, cancel: CancelFlag, model: str | None = None
) -> Iterator[Event]:
    """Translate a text of any length, streamed sentence by sentence.

    Paragraphs, headings and list items stay where they are.

    Args:
        engine: answers the requests.
        text: in any language.
        to: the target language, a code or a name.
        cancel: stops the task.
        model: id of the language model, None for the default.

    Raises:
        InputError: there is nothing to translate, or the language is not known.
    """
    target = find_language(to)
    if not text.strip():
        raise InputError("There is no text to translate.")
    run = TaskRun(engine, cancel, model)
    return run.stream(translate_steps(run, text, target))


def translate_steps(run: TaskRun, text: str, target: Language) -> Iterator[Event]:
    """Yield the events of a translation within another task."""
    return written_as(_translate_blocks(run, text, target), target)


def written_as(events: Iterator[Event], target: Language) -> Iterator[Event]:
    """Yield events with their text in the characters of a language: Traditional Chinese."""
    for event in events:
        if target == TRADITIONAL_CHINESE and isinstance(event, TextChunk):
            yield TextChunk(to_traditional(event.text))
        else:
            yield event


@dataclass
class TranslationProblems:
    """Problems of a translation, for the notices at its end.

    Attributes:
        doubtful: sentences that are not wholly in the target language.
        failed: sentences without a translation, which stay as they are.
        numbers_kept: False if a number is missing.
        parts_kept: False if a link, inline code or a placeholder is missing.
        names_kept: False if a name after a title is missing.
    """

    doubtful: int = 0
    failed: int = 0
    numbers_kept: bool = True
    parts_kept: bool = True
    names_kept: bool = True

    def notices(self, source: Language) -> Iterator[Event]:
        """Yield a notice for each kind of problem."""
        if self.failed == 1:
            yield Notice("One sentence could not be translated. It was left as it is.")
        elif self.failed:
            yield Notice(
                "{count} sentences could not be translated. They were left as they are.",
                count=self.failed,
            )
        if self.doubtful == 1:
            yield Notice("One sentence may still contain {language}.", language=source.name)
        elif self.doubtful:
            yield Notice(
                "{count} sentences may still contain {language}.",
                count=self.doubtful,
                language=source.name,
            )
        if not self.numbers_kept:
            yield Notice("Some numbers are missing from the translation. Please check them.")
        if not self.names_kept:
            yield Notice("Some names are missing from the translation. Please check them.")
        if not self.parts_kept:
            yield Notice(
                "Some links or placeholders are missing from the translation. Please check them."
            )


def _translate_blocks(run: TaskRun, text: str, wanted: Language) -> Iterator[Event]:
    target = wanted.base
    found = blocks(text)
    source = _document_language(text)
    if source == target and not _has_foreign_parts(found, target):
        yield from _give_back(text, wanted)
        return
    done, total = 0, sum(len(block.text) for block in found)
    problems = TranslationProblems()
    shown = ""
    for block in found:
        yield Preparing("translating", done / total)
        for event in _translate_block(run, block, source, target, problems):
            shown += event.text if isinstance(event, TextChunk) else ""
            yield event
        done += len(block.text)
    if source == UNKNOWN and _plain(shown) == _plain(text):
        yield Notice("The text may already be in {language}.", language=wanted.name)
    yield from problems.notices(source)
    yield from weak_language_notices(run.model or run.stats().model, source, target)


def _plain(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _give_back(text: str, target: Language) -> Iterator[Event]:
    """Yield a text that is in the target language, in the characters that are wanted."""
    if target.base == CHINESE:
        changed = to_traditional(text) if target == TRADITIONAL_CHINESE else to_simplified(text)
        if changed != text:
            yield Notice(
                "The text is already in Chinese. Only its characters were changed to {language}.",
                language=target.name
                if target != CHINESE
                else TranslatableText("Simplified Chinese"),
            )
            yield TextChunk(changed)
            return
    yield Notice("The text is already in {language}.", language=target.name)
    yield TextChunk(text)


def _document_language(text: str) -> Language:
    """Return the main language of a text; UNKNOWN for a few words that could be in many."""
    if length(text) < _SHORT_TEXT_WORDS and letters(text) < 90:
        return detect_surely(text, _SURE) or UNKNOWN
    return detect(text)


def _language_of(text: str, otherwise: Language) -> Language:
    """Return the language of a part of a text; `otherwise` where it is not sure."""
    if length(text) < _MIN_LANGUAGE_WORDS:
        return otherwise
    found = detect_surely(text)
    if found is None or frozenset((found.code, otherwise.code)) in _CLOSE:
        return otherwise
    return found


def _has_foreign_parts(found: list[TextBlock], target: Language) -> bool:
    """Return whether a paragraph or a sentence is surely in another language than `target`."""
    return any(
        _language_of(part, target) != target
        for block in found
        if not block.is_code
        for part in (block.text, *sentences(block.text))
    )


def _translate_block(
    run: TaskRun,
    block: TextBlock,
    document_source: Language,
    target: Language,
    problems: TranslationProblems,
) -> Iterator[Event]:
    """Stream the translation of one paragraph, its indentation and the gap after it."""
    if block.indent:
        yield TextChunk(block.indent)
    if block.is_code or _CUE.fullmatch(block.text):
        yield TextChunk(block.text)
    elif _TABLE_ROW.match(block.text):
        yield from _translate_row(run, block.text, document_source, target, problems)
    else:
        match = _BLOCK_MARK.match(block.text)
        mark = match[0] if match else ""
        if mark:
            yield TextChunk(mark)
        text = block.text[len(mark) :]
        yield from _translate_paragraph(run, text, document_source, target, problems)
    if block.gap:
        yield TextChunk(block.gap)


def _translate_row(
    run: TaskRun, row: str, source: Language, target: Language, problems: TranslationProblems
) -> Iterator[Event]:
    """Stream a row of a table, translated cell by cell, in its columns."""
    for cell in _CELL.split(row):
        words_in = cell.strip()
        if not words_in or _MEASURE.fullmatch(words_in) or cell == "|":
            yield TextChunk(cell)
            continue
        before, _, after = cell.partition(words_in)
        yield TextChunk(before)
        yield from _translate_paragraph(run, words_in, source, target, problems)
        yield TextChunk(after)


def _translate_paragraph(
    run: TaskRun,
    text: str,
    document_source: Language,
    target: Language,
    problems: TranslationProblems,
) -> Iterator[Event]:
    source = _language_of(text, document_source)
    translated = ""
    for item in translate_sentences(run, text, source, target, problems):
        if not isinstance(item, str):
            yield item
            continue
        joined = join([translated, item])
        yield TextChunk(joined[len(translated) :])
        translated = joined
    problems.numbers_kept = problems.numbers_kept and keeps_numbers(translated, text)
    problems.names_kept = problems.names_kept and (
        source == target or keeps_names(translated, text, target)
    )
    problems.parts_kept = problems.parts_kept and keeps_protected_parts(translated, text)


def translate_sentences(
    run: TaskRun,
    text: str,
    source: Language,
    target: Language,
    problems: TranslationProblems | None = None,
) -> Iterator[Event | str]:
    """Yield the translated sentences of one paragraph, and the events between them.

    Args:
        run: of the task.
        text: the paragraph.
        source: its language; a sentence may be in another one.
        target: language of the translation.
        problems: counts what went wrong.
    """
    problems = problems or TranslationProblems()
    for sentence in sentences(text):
        spoken = _language_of(sentence, source)
        if spoken == target:
            yield sentence.strip()
            continue
        for piece in split_long_sentence(sentence.strip()):
            if not any(character.isalpha() for character in piece):
                yield piece
                continue
            yield (yield from _translate_sentence(run, piece, spoken, target, problems))


def split_long_sentence(sentence: str) -> list[str]:
    """Split a very long sentence at its own punctuation; what has none, between words."""
    if length(sentence) <= MAX_SENTENCE_WORDS:
        return [sentence]
    pieces = [""]
    for clause in re.findall(r".+?(?:[;:；：，、،]|,\s|$)\s*", sentence, re.DOTALL):
        if pieces[-1] and length(pieces[-1] + clause) > MAX_SENTENCE_WORDS // 2:
            pieces.append("")
        pieces[-1] += clause
    short = [part for piece in pieces for part in _split_unpunctuated(piece)]
    return [piece.strip() for piece in short if piece.strip()]


def _split_unpunctuated(text: str) -> list[str]:
    """Split a text without punctuation before conjunctions, at the longest after some words."""
    if length(text) <= MAX_SENTENCE_WORDS:
        return [text]
    if cjk_share(text) > 0.5:
        return cut_at_words(text, MAX_SENTENCE_WORDS)
    pieces: list[str] = []
    start = 0
    for match in _CONJUNCTION.finditer(text):
        if length(text[start : match.start()]) >= MIN_PIECE_WORDS:
            pieces.append(text[start : match.end()])
            start = match.end()
    pieces.append(text[start:])
    return [part for piece in pieces for part in cut_at_words(piece, MAX_PIECE_WORDS)]


def _translate_sentence(
    run: TaskRun,
    sentence: str,
    source: Language,
    target: Language,
    problems: TranslationProblems,
) -> Generator[Event, None, str]:
    """Return the translation of a sentence; the sentence itself where none was found."""
    whole = _as_sentence(sentence)
    text = yield from _best_translation(run, whole, source, target)
    if is_no_translation(text, whole):
        problems.failed += 1
        return sentence
    close = frozenset((source.code, target.code)) in _CLOSE
    half_translated = not close and is_half_translated(text, whole)
    problems.doubtful += half_translated or not in_language(text, source, target)
    if not ends_sentence(sentence) and sentence[-1:] not in ".:;":
        text = re.sub(r"(?<=[^.。\s])[.。]$", "", text)  # of a heading, or of a piece of a sentence
    if whole != sentence and _CONJUNCTION.match(f" {text}"):
        text = text[0].lower() + text[1:]
    return text


def _as_sentence(piece: str) -> str:
    """Return a longer piece without punctuation as a sentence, which the model translates better.

    Of a transcript's pieces, several came back untranslated without a capital and a full stop.
    """
    is_piece = length(piece) >= MIN_PIECE_WORDS // 2 and piece[0].islower() and piece[-1].isalnum()
    return f"{piece[0].upper()}{piece[1:]}." if is_piece and cjk_share(piece) == 0 else piece


def _best_translation(
    run: TaskRun, sentence: str, source: Language, target: Language
) -> Generator[Event, None, str]:
    first = yield from _ask_for_translation(run, sentence, source, target, quoted=False)
    acceptable = _is_acceptable(first, sentence, source, target)
    if acceptable and (yield from _passes_back_translation(run, first, sentence, source, target)):
        return first
    second = yield from _ask_for_translation(run, sentence, source, target, quoted=True)
    if _is_acceptable(second, sentence, source, target):
        if acceptable:
            return (yield from _most_likely(run, (first, second), sentence, source, target))
        return second
    if acceptable:
        return first
    return max((first, second), key=lambda text: _quality(text, sentence, source, target))


def _passes_back_translation(
    run: TaskRun, text: str, original: str, source: Language, target: Language
) -> Generator[Event, None, bool]:
    """Return whether the original is likely as a back translation (BACK_TRANSLATION_LIMITS)."""
    limit = BACK_TRANSLATION_LIMITS.get((source.code, target.code))
    if limit is None:
        return True
    back = yield from run.score(prompts.translate_sentence(text, target, source), original)
    if not back.tokens:  # a model on another computer scores nothing
        return True
    return back.log_probability / back.tokens >= limit


def _most_likely(
    run: TaskRun, texts: tuple[str, ...], original: str, source: Language, target: Language
) -> Generator[Event, None, str]:
    """Return the translation with the best weighted log-probability, forth and back."""
    scores: list[float] = []
    for text in texts:
        forth = prompts.translate_sentence(original, source, target)
        own = yield from run.score(forth, text)
        back = yield from run.score(prompts.translate_sentence(text, target, source), original)
        scores.append(
            (1 - _BACK_WEIGHT) * own.log_probability + _BACK_WEIGHT * back.log_probability
        )
    return texts[scores.index(max(scores))]


def _quality(
    text: str, original: str, source: Language, target: Language
) -> tuple[bool, float, bool, bool, int]:
    """Return a sort key for unacceptable translations; the best one has the greatest."""
    return (
        not is_no_translation(text, original),
        language_share(text, source, target),
        keeps_names(text, original, target),
        keeps_numbers(text, original) and keeps_protected_parts(text, original),
        -len(untranslated_words(text, original)),
    )


def _is_acceptable(text: str, original: str, source: Language, target: Language) -> bool:
    """Return whether a translation passes the checks.

    It must be one, in the right language, with all numbers, names, links and placeholders, without
    untranslated words, and a question must still be a question: otherwise it was answered.
    """
    if is_no_translation(text, original):
        return False
    answered = original.endswith(("?", "？", "؟")) and not text.endswith(("?", "？", "؟", ";"))
    complete = keeps_numbers(text, original) and keeps_protected_parts(text, original)
    complete = complete and keeps_names(text, original, target)
    translated = not untranslated_words(text, original)
    return in_language(text, source, target) and complete and translated and not answered


def _ask_for_translation(
    run: TaskRun, sentence: str, source: Language, target: Language, quoted: bool
) -> Generator[Event, None, str]:
    turns = prompts.translate_sentence(sentence, source, target, quoted)
    # Bounded by the length of the original: a model that starts to tell stories is stopped.
    per_word = _TOKENS_PER_WORD_OTHER_SCRIPTS if target.code in _OTHER_SCRIPTS else _TOKENS_PER_WORD
    sampling = Sampling(max_tokens=24 + round(per_word * length(sentence)))

    def enough(text: str) -> bool:
        return "\n" in text.strip() and len(extract_translation(text, sentence)) > 0

    output = yield from run.generate_text(turns, sampling, enough=enough)
    return extract_translation(output, sentence)


def extract_translation(output: str, original: str) -> str:
    """Return the translation alone: one line, no "Here is the translation:", no added quotes."""
    text = _PREAMBLE.sub("", output.strip())
    if ":" not in original and "：" not in original:
        text = _REMARK.sub("", text)
    text = text.strip().split("\n", 1)[0].strip()
    opening = text[:1]
    if (
        opening in _QUOTES
        and len(text) > 2
        and text.endswith(_QUOTES[opening])
        and text.count(_QUOTES[opening]) == (2 if _QUOTES[opening] == opening else 1)
        and (original[:1] not in _QUOTES or text[1:2] in _QUOTES)
    ):
        text = text[1:-1].strip()
    return text
