"""Translation, sentence by sentence, so that nothing is lost and nothing is answered.

Given a page, the small model retells it; given a question, it answers. Given one sentence after
a few examples, it translates. The examples stay the same for all sentences, so the engine keeps
what it made of them. Every sentence is checked before it is shown: one that came back in the
wrong language, answered, without one of its numbers or with words left as they were is asked for
once more in quotation marks.
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

# Between these languages the first translation is held against the original: where the model finds
# it less likely than this as a translation back (mean log-probability of its tokens), it is asked
# once more in the other form, and the likelier one is taken. Measured on 26 sentences, chrF: into
# German 42.8 -> 44.4, for 0.4 translations more a sentence; into French 51.0 -> 48.0, so not there.
DOUBTED = {("en", "de"): -1.0}
_BACK = 0.7  # weight of the original, translated back, beside the translation's own likelihood
LONGEST_SENTENCE = 60  # words; longer ones are taken apart at a semicolon, a colon or a comma
_CJK_CODES = ("zh", "ja", "ko")
_CHATTER = re.compile(
    r"^(?:(?:sure|certainly|of course|okay|bien sûr|claro|natürlich|当然|好的)[!,.！，。:：]*\s*)?"
    r"(?:(?:here(?: is|['’]s)|the) .{0,30}?translat\w*[^:\n]{0,40}[:：]|translation[:：]"
    r"|traduction\s?[:：]|traducción[:：]|übersetzung[:：]|voici la traduction[^:\n]{0,40}[:：]"
    r"|(?:以下是|这是)?.{0,8}(?:翻译|译文)(?:如下)?[:：])\s*",
    re.IGNORECASE,
)
_MARK = re.compile(r"^(?:#{1,6}\s+|[-*•]\s+|\d{1,3}[.)]\s+|>\s+)+")
_QUOTES = {'"': '"', "“": "”", "«": "»", "「": "」", "„": "“", "'": "'"}


def translate(
    engine: Engine, text: str, to: str, cancel: CancelFlag, model: str | None = None
) -> Iterator[Event]:
    """Translate a text of any length into the language `to` (a code or a name).

    Paragraphs, headings and list items stay where they are. Sentences stream as they are done.

    Raises:
        InputError: there is nothing to translate, or the language is not known.
    """
    target = find_language(to)
    if not text.strip():
        raise InputError("There is no text to translate.")
    job = TaskRun(engine, cancel, model)
    return job.run(_translation(job, text, target))


def _translation(job: TaskRun, text: str, target: Language) -> Iterator[Event]:
    source = detect(text)
    if source == target:
        yield Notice(f"The text is already in {target.name}.")
        yield TextChunk(text)
        return
    found = blocks(text)
    done, whole, doubtful, counts_off = 0, sum(len(block.text) for block in found), 0, False
    for block in found:
        yield Preparing("translating", done / whole)
        doubts, kept = yield from _translated_block(job, block, source, target)
        doubtful += doubts
        counts_off = counts_off or not kept
        done += len(block.text)
    if doubtful:
        what = "One sentence" if doubtful == 1 else f"{doubtful} sentences"
        yield Notice(f"{what} may not be wholly in {target.name}: the model did not manage.")
    if counts_off:
        yield Notice("Not every number of the original is in the translation: please check them.")


def _translated_block(
    job: TaskRun, block: TextBlock, source: Language, target: Language
) -> Generator[Event, None, tuple[int, bool]]:
    """One paragraph and the gap after it; returns how many sentences stayed doubtful, and whether
    all numbers are there.
    """
    mark = _MARK.match(block.text)
    head = mark[0] if mark else ""
    if head:
        yield TextChunk(head)
    said, doubtful = "", 0
    for item in translated_sentences(job, block.text[len(head) :], source, target):
        if not isinstance(item, str):
            yield item
            continue
        doubtful += not in_language(item, source, target)
        grown = join([said, item])
        yield TextChunk(grown[len(said) :])
        said = grown
    if block.gap:
        yield TextChunk(block.gap)
    return doubtful, keeps_numbers(head + said, block.text)


def translated_sentences(
    job: TaskRun, text: str, source: Language, target: Language
) -> Iterator[Event | str]:
    """The sentences of one paragraph in the target language, and the events between them."""
    for sentence in sentences(text):
        for piece in _manageable(sentence.strip()):
            if any(character.isalpha() for character in piece):
                yield (yield from _translated(job, piece, source, target))
            else:
                yield piece


def _manageable(sentence: str) -> list[str]:
    """A very long sentence in pieces that end at its own marks."""
    if length(sentence) <= LONGEST_SENTENCE:
        return [sentence]
    pieces = [""]
    for clause in re.findall(r".+?(?:[;:；：，]|,\s|$)\s*", sentence, re.DOTALL):
        if pieces[-1] and length(pieces[-1] + clause) > LONGEST_SENTENCE // 2:
            pieces.append("")
        pieces[-1] += clause
    return [piece.strip() for piece in pieces if piece.strip()]


def _translated(
    job: TaskRun, sentence: str, source: Language, target: Language
) -> Generator[Event, None, str]:
    first = yield from _attempt(job, sentence, source, target, quoted=False)
    sound = _is_sound(first, sentence, source, target)
    if sound and not (yield from _is_doubted(job, first, sentence, source, target)):
        return first
    second = yield from _attempt(job, sentence, source, target, quoted=True)
    if _is_sound(second, sentence, source, target):
        if sound:
            return (yield from _likelier(job, (first, second), sentence, source, target))
        return second
    if sound:
        return first
    return max((first, second), key=lambda text: _quality(text, sentence, source, target))


def _is_doubted(
    job: TaskRun, text: str, original: str, source: Language, target: Language
) -> Generator[Event, None, bool]:
    """Whether the original can hardly be told from a translation (see DOUBTED)."""
    least = DOUBTED.get((source.code, target.code))
    if least is None:
        return False
    back = yield from job.scored(prompts.translate_sentence(text, target, source), original)
    return back.log_probability / back.tokens < least


def _likelier(
    job: TaskRun, texts: tuple[str, ...], original: str, source: Language, target: Language
) -> Generator[Event, None, str]:
    """The translation that is the likeliest, and from which the original is the likeliest."""
    values: list[float] = []
    for text in texts:
        forth = prompts.translate_sentence(original, source, target)
        said = yield from job.scored(forth, text)
        back = yield from job.scored(prompts.translate_sentence(text, target, source), original)
        values.append((1 - _BACK) * said.log_probability + _BACK * back.log_probability)
    return texts[values.index(max(values))]


def _quality(
    text: str, original: str, source: Language, target: Language
) -> tuple[float, bool, int]:
    """The better of two unsound translations is the greater; the first of two alike is taken."""
    kept = keeps_numbers(text, original)
    return _fitness(text, source, target), kept, -len(left_over(text, original))


def _is_sound(text: str, original: str, source: Language, target: Language) -> bool:
    """In the right language, with its numbers and without untranslated words, and a question
    where there was one: else it was answered.
    """
    answered = original.endswith(("?", "？")) and not text.endswith(("?", "？", ";"))
    whole = keeps_numbers(text, original) and not left_over(text, original)
    return in_language(text, source, target) and whole and not answered


def keeps_numbers(text: str, original: str) -> bool:
    """Whether every number in digits is still there, however its digits are grouped."""
    return not Counter(_numbers(original)) - Counter(_numbers(text))


def _numbers(text: str) -> list[str]:
    plain = re.sub(r"(?<=\d)[.,'’](?=\d)|(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))", "", text)
    return [number for number in re.findall(r"[0-9]+", plain) if number.strip("0")]


def left_over(text: str, original: str) -> frozenset[str]:
    """Lower-case words that came back as they were: "cold und rainy tomorrow". Two languages may
    share a word, so this only decides between translations.
    """
    plain = re.compile(r"\b[a-zß-ÿ]{5,}\b")
    return frozenset(plain.findall(text)) & frozenset(plain.findall(original))


def _attempt(
    job: TaskRun, sentence: str, source: Language, target: Language, quoted: bool
) -> Generator[Event, None, str]:
    turns = prompts.translate_sentence(sentence, source, target, quoted)
    # Bounded by the original's size: a model that starts to tell stories is cut short.
    most = 24 + round(3.2 * length(sentence))
    sampling = Sampling(max_tokens=most)
    written = yield from job.written(
        turns, sampling, enough=lambda text: "\n" in text.strip() and len(clean(text, sentence)) > 0
    )
    return clean(written, sentence) or sentence


def clean(written: str, original: str) -> str:
    """The translation alone: one line, no "Here is the translation:", no quotes of its own."""
    text = _CHATTER.sub("", written.strip())
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
    """Whether a sentence is in the target language as far as a sentence can tell."""
    return _fitness(text, source, target) == 1.0


def _fitness(text: str, source: Language, target: Language) -> float:
    """1 for what may pass, less the more of it is in the wrong script or language."""
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
