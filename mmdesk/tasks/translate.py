"""Translation, sentence by sentence, so that nothing is lost and nothing is answered.

Given a page, the small model retells it; given a question, it answers. Given one sentence after
a few examples, it translates. The examples are the same for all sentences, so their KV cache is
reused. Every sentence is checked before it is shown: one that came back in the wrong language,
answered, without one of its numbers or with untranslated words is requested once more in quotation
marks.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Generator, Iterator

from mmdesk.engine import Engine
from mmdesk.errors import InputError
from mmdesk.tasks import prompts
from mmdesk.tasks.task_run import TaskRun
from mmdesk.text import (
    CJK,
    Language,
    TextBlock,
    blocks,
    cjk_share,
    detect,
    find_language,
    is_surely,
    join,
    length,
    sentences,
    words,
)
from mmdesk.values import CancelFlag, Event, Notice, Preparing, Sampling, TextChunk

# Back translation: between these languages the model scores the original as a translation of the
# first translation. Below this mean log-probability of its tokens, the sentence is requested once
# more in the other form, and the more likely one is taken. Measured on 26 sentences, chrF: into
# German 42.8 -> 44.4, for 0.4 translations more a sentence; into French 51.0 -> 48.0, so not there.
BACK_TRANSLATION_LIMITS = {("en", "de"): -1.0}
_BACK_WEIGHT = 0.7  # of the back translation's log-probability, against the translation's own
MAX_SENTENCE_WORDS = 60  # longer ones are split at a semicolon, a colon or a comma
_CJK_CODES = ("zh", "ja", "ko")
_PREAMBLE = re.compile(
    r"^(?:(?:sure|certainly|of course|okay|bien sûr|claro|natürlich|当然|好的)[!,.！，。:：]*\s*)?"
    r"(?:(?:here(?: is|['’]s)|the) .{0,30}?translat\w*[^:\n]{0,40}[:：]|translation[:：]"
    r"|traduction\s?[:：]|traducción[:：]|übersetzung[:：]|voici la traduction[^:\n]{0,40}[:：]"
    r"|(?:以下是|这是)?.{0,8}(?:翻译|译文)(?:如下)?[:：])\s*",
    re.IGNORECASE,
)
_BLOCK_MARK = re.compile(r"^(?:#{1,6}\s+|[-*•]\s+|\d{1,3}[.)]\s+|>\s+)+")
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
    return run.stream(_translate_blocks(run, text, target))


def _translate_blocks(run: TaskRun, text: str, target: Language) -> Iterator[Event]:
    source = detect(text)
    if source == target:
        yield Notice("The text is already in {language}.", language=target.name)
        yield TextChunk(text)
        return
    found = blocks(text)
    done, total, doubtful, numbers_kept = 0, sum(len(block.text) for block in found), 0, True
    for block in found:
        yield Preparing("translating", done / total)
        doubtful_here, kept = yield from _translate_block(run, block, source, target)
        doubtful += doubtful_here
        numbers_kept = numbers_kept and kept
        done += len(block.text)
    if doubtful == 1:
        yield Notice("One sentence may still contain {language}.", language=source.name)
    elif doubtful:
        yield Notice(
            "{count} sentences may still contain {language}.", count=doubtful, language=source.name
        )
    if not numbers_kept:
        yield Notice("Some numbers are missing from the translation. Please check them.")


def _translate_block(
    run: TaskRun, block: TextBlock, source: Language, target: Language
) -> Generator[Event, None, tuple[int, bool]]:
    """Stream the translation of one paragraph and the gap after it.

    Returns:
        How many sentences are not in the target language, and True if all numbers are there.
    """
    match = _BLOCK_MARK.match(block.text)
    mark = match[0] if match else ""
    if mark:
        yield TextChunk(mark)
    translated, doubtful = "", 0
    for item in translate_sentences(run, block.text[len(mark) :], source, target):
        if not isinstance(item, str):
            yield item
            continue
        doubtful += not in_language(item, source, target)
        joined = join([translated, item])
        yield TextChunk(joined[len(translated) :])
        translated = joined
    if block.gap:
        yield TextChunk(block.gap)
    return doubtful, keeps_numbers(mark + translated, block.text)


def translate_sentences(
    run: TaskRun, text: str, source: Language, target: Language
) -> Iterator[Event | str]:
    """Yield the translated sentences of one paragraph, and the events between them."""
    for sentence in sentences(text):
        for piece in _split_long_sentence(sentence.strip()):
            if any(character.isalpha() for character in piece):
                yield (yield from _translate_sentence(run, piece, source, target))
            else:
                yield piece


def _split_long_sentence(sentence: str) -> list[str]:
    """Split a very long sentence at its own punctuation."""
    if length(sentence) <= MAX_SENTENCE_WORDS:
        return [sentence]
    pieces = [""]
    for clause in re.findall(r".+?(?:[;:；：，]|,\s|$)\s*", sentence, re.DOTALL):
        if pieces[-1] and length(pieces[-1] + clause) > MAX_SENTENCE_WORDS // 2:
            pieces.append("")
        pieces[-1] += clause
    return [piece.strip() for piece in pieces if piece.strip()]


def _translate_sentence(
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
) -> tuple[float, bool, int]:
    """Return a sort key for unacceptable translations; the best one has the greatest."""
    kept = keeps_numbers(text, original)
    return _language_share(text, source, target), kept, -len(untranslated_words(text, original))


def _is_acceptable(text: str, original: str, source: Language, target: Language) -> bool:
    """Return whether a translation passes the checks.

    It must be in the right language, with all numbers and without untranslated words, and a
    question must still be a question: otherwise it was answered.
    """
    answered = original.endswith(("?", "？")) and not text.endswith(("?", "？", ";"))
    complete = keeps_numbers(text, original) and not untranslated_words(text, original)
    return in_language(text, source, target) and complete and not answered


def keeps_numbers(text: str, original: str) -> bool:
    """Return whether every number in digits is still there, however its digits are grouped."""
    return not Counter(_numbers(original)) - Counter(_numbers(text))


def _numbers(text: str) -> list[str]:
    plain = re.sub(r"(?<=\d)[.,'’](?=\d)|(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))", "", text)
    return [number for number in re.findall(r"[0-9]+", plain) if number.strip("0")]


def untranslated_words(text: str, original: str) -> frozenset[str]:
    """Return lower-case words that are the same in both texts: "cold und rainy tomorrow".

    Two languages may share a word, so this only decides between translations.
    """
    plain = re.compile(r"\b[a-zß-ÿ]{5,}\b")
    return frozenset(plain.findall(text)) & frozenset(plain.findall(original))


def _ask_for_translation(
    run: TaskRun, sentence: str, source: Language, target: Language, quoted: bool
) -> Generator[Event, None, str]:
    turns = prompts.translate_sentence(sentence, source, target, quoted)
    # Bounded by the length of the original: a model that starts to tell stories is stopped.
    sampling = Sampling(max_tokens=24 + round(3.2 * length(sentence)))

    def enough(text: str) -> bool:
        return "\n" in text.strip() and len(extract_translation(text, sentence)) > 0

    output = yield from run.generate_text(turns, sampling, enough=enough)
    return extract_translation(output, sentence) or sentence


def extract_translation(output: str, original: str) -> str:
    """Return the translation alone: one line, no "Here is the translation:", no added quotes."""
    text = _PREAMBLE.sub("", output.strip())
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


def in_language(text: str, source: Language, target: Language) -> bool:
    """Return whether a sentence is in the target language, as far as one sentence can tell."""
    return _language_share(text, source, target) == 1.0


def _language_share(text: str, source: Language, target: Language) -> float:
    """Return 1 for an acceptable text, less the more of it is in the wrong script or language."""
    share = cjk_share(text)
    if target.code in _CJK_CODES:
        # Names and numbers may stay in Latin letters.
        latin = len(re.findall(rf"\b[a-zß-ÿ][^\W\d_{CJK}]{{2,}}", text))
        return 1.0 if share >= 0.6 and latin == 0 else share / (1 + latin)
    if share > 0:
        return 0.9 - share
    if len(words(text)) >= 5 and is_surely(text, source):
        return 0.0
    return 1.0
