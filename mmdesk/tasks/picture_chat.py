"""Chat answers about pictures without the phrases of the prompt that describes them.

The language model cannot see: its prompt says what is believed about a picture, in sentences of a
fixed form (`perception.prompt_text`). A small model repeats them ("It is showing: dog. There is no
text in it."), though nobody asked. Such sentences are left out of its answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from mmdesk.tasks.picture_sentences import caption as picture_caption
from mmdesk.text import ends_sentence, sentences
from mmdesk.values import Event, ImageDescribed, ImageDescription, TextChunk, Turn

_THING = r"(?:it|this|(?:the|this|that|your) (?:picture|image|photo(?:graph)?))"
_ABOUT_TEXT = re.compile(
    r"\b(?:text|read|says?|written|writing|words?|letters?|sign|title)\b|字|写"
)
_ABOUT_KIND = re.compile(r"\b(?:kind|sort|type|photo(?:graph)?|drawing|screenshot|real)\b|照片|类")
_TEXT_PHRASES = re.compile(
    rf"(?:and )?(?:there (?:is|was|appears to be|seems to be) no (?:visible |readable )?text"
    rf"(?: (?:in|on|within) {_THING})?|no text could be read(?: (?:in|on) {_THING})?"
    rf"|{_THING} (?:has|contains|includes) no text)",
    re.IGNORECASE,
)
_KIND_PHRASES = re.compile(
    rf"{_THING} (?:is|appears to be|seems to be|looks like) (?:just )?an? "
    r"(?:photo|photograph|picture|image)",
    re.IGNORECASE,
)
_PROMPT_PHRASES = re.compile(
    rf"(?:{_THING}|which|and) (?:also |probably |likely |is |may be |seems to be )*"
    r"show(?:s|ing)? ?:.*"
    rf"|what {_THING} shows? (?:was|is) not recogni[sz]ed"
    rf"|(?:the )?text in {_THING} ?:?"
    rf"|{_THING} is empty|\(?the text goes on:.*|not sure what this shows",
    re.IGNORECASE | re.DOTALL,
)
_PERSONS_WORDS = re.compile(rf"{_THING} is described by the (?:person|user) as:? ?", re.IGNORECASE)
QUOTED_WORDS = 30  # of the picture's text, with its caption
_UNKNOWN = "I do not know that from the picture."


def is_prompt_phrase(sentence: str, question: str) -> bool:
    """Return whether a sentence only repeats the prompt, and does not answer the question."""
    bare = re.sub(r"[*_`]", "", sentence).strip().rstrip(".!。 ")
    if _TEXT_PHRASES.fullmatch(bare):
        return _ABOUT_TEXT.search(question.lower()) is None
    if _KIND_PHRASES.fullmatch(bare):
        return _ABOUT_KIND.search(question.lower()) is None
    return _PROMPT_PHRASES.fullmatch(bare) is not None


def without_prompt_phrases(events: Iterator[Event], turns: tuple[Turn, ...]) -> Iterator[Event]:
    """Yield the events of an answer about pictures, text in whole sentences.

    Sentences that repeat the prompt are left out. An answer of nothing else becomes the picture's
    caption.

    Args:
        events: of the language model.
        turns: the conversation; unchanged events where none of them has a picture.
    """
    images = [image for turn in turns for image in turn.images]
    if not images:
        yield from events
        return
    shown = images[-1].description
    question, pending, gap, said = turns[-1].text, "", "", False
    for event in events:
        if not isinstance(event, TextChunk):
            if isinstance(event, ImageDescribed):  # on the way to the answer
                shown = event.description
            yield event
            continue
        *whole, pending = _pieces(pending + event.text)
        text = gap + "".join(_kept(sentence, question) for sentence in whole)
        shown_text = text.rstrip()
        gap = text[len(shown_text) :]  # shown before the next sentence, if one comes
        if shown_text:
            said = True
            yield TextChunk(shown_text)
    last = _kept(pending, question)
    if last.strip():
        yield TextChunk(gap + last)
    elif not said:
        yield TextChunk(_fallback(shown or ImageDescription()))


def _pieces(text: str) -> list[str]:
    """Split a text into whole sentences and lines, and the rest ("" where there is none)."""
    *lines, rest = text.splitlines(keepends=True) or [""]
    if rest.endswith("\n"):
        lines, rest = [*lines, rest], ""
    begun = sentences(rest)
    if begun and ends_sentence(begun[-1]) and begun[-1][-1:].isspace():
        begun.append("")
    whole = [sentence for line in lines for sentence in sentences(line)]
    return [*whole, *(begun or [""])]


def _kept(sentence: str, question: str) -> str:
    """Return a sentence as it is shown: "" where it only repeats the prompt."""
    bare = re.sub(r"^\s*(?:[-*•] )?", "", sentence)
    lead = _PERSONS_WORDS.match(bare)
    if lead:
        rest = bare[lead.end() :]
        return rest[:1].upper() + rest[1:]
    return "" if is_prompt_phrase(bare, question) else sentence


def _fallback(description: ImageDescription) -> str:
    """Return what is said where nothing of an answer is left: the caption."""
    known = description.correction or description.caption
    return picture_caption(description, (), False, QUOTED_WORDS) if known else _UNKNOWN
