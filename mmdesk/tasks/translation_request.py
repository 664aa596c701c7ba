"""Request for a translation in a chat: which text, into which language.

"Translate into French: …", "How do you say “…” in German?", "What does “…” mean?". Answered by the
translator, with its examples and checks, a short text comes back right far more often than from the
chat, which explains, answers it, or writes code.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mmdesk.text import CJK, ENGLISH, Language, detect, language_called

MAX_CHARACTERS = 2_000
_OPEN, _CLOSE = "\"“„«「『‘'", "\"”“»」』’'"
_QUOTED = rf"[{_OPEN}]\s?(?P<text>[^\n]+?)\s?[{_CLOSE}]"
_NAME = r"(?P<name>(?:simplified |traditional )?[^\W\d_]+)"
_POLITE = r"(?:please |can you |could you |would you |now )*"
_THIS = (
    r"(?:(?:this|that|the following|the|my)?\s*(?:sentence|text|phrase|word|line|it|this|that)?)"
)
_END = r"\s*[.?!。？！]*"
_FLAGS = re.IGNORECASE | re.DOTALL
_REQUESTS = tuple(
    re.compile(rf"\s*{pattern}\s*\Z", _FLAGS)
    for pattern in (
        # The language, then the text.
        rf"{_POLITE}translate\s+{_THIS}\s*(?:from {_NAME.replace('name', 'source')} )?"
        rf"(?:in)?to\s+{_NAME}\s*(?:please)?\s*(?:[:：]|\n)\s*(?P<text>.+)",
        rf"{_POLITE}(?:translation|translate) {_NAME}\s*[:：]\s*(?P<text>.+)",
        r"(?:bitte\s+)?übersetz(?:e|en sie)?\s+(?:bitte\s+)?"
        rf"(?:(?:den|das|dies(?:en|e|es)?)?\s*(?:satz|text)?\s*)(?:ins|auf|in)\s+{_NAME}\s*[:：]\s*(?P<text>.+)",
        rf"tradui(?:s|sez|re)\s+(?:(?:cette phrase|ce texte|ceci|cela)\s+)?en\s+{_NAME}\s*[:：]\s*"
        r"(?P<text>.+)",
        r"(?:por favor,?\s+)?traduc(?:e|ir|ca)\s+(?:(?:esta frase|este texto|esto)\s+)?"
        rf"al\s+{_NAME}\s*[:：]\s*(?P<text>.+)",
        r"(?:请|請)?(?:帮我|幫我)?(?:把|将|將)?"
        r"(?:这句话|這句話|这段话|下面的?(?:话|句子|文字)|以下(?:内容|文字|句子))?"
        rf"(?:翻译|翻譯|译|譯)(?:成|为|為|到){_NAME}\s*[:：]\s*(?P<text>.+)",
        # The text in quotation marks, then the language.
        rf"{_POLITE}translate\s+{_THIS}\s*{_QUOTED}\s+(?:in)?to\s+{_NAME}(?: please)?{_END}",
        rf"how (?:do|would|can|could|should) (?:you|i|we|one) (?:say|write)\s+{_QUOTED}\s+"
        rf"in\s+{_NAME}{_END}",
        rf"(?:what is|what's|what does)\s+{_QUOTED}\s+(?:mean\s+)?in\s+{_NAME}{_END}",
        rf"what does\s+(?P<text>[^\n]*[{CJK}][^\n]*?)\s+mean\s+in\s+{_NAME}{_END}",
        rf"wie sagt man\s+{_QUOTED}\s+auf\s+{_NAME}{_END}",
        rf"comment (?:dit-on|dire)\s+{_QUOTED}\s+en\s+{_NAME}{_END}",
        rf"¿?cómo se dice\s+{_QUOTED}\s+en\s+{_NAME}{_END}",
        rf"(?:请|請)?(?:把|将|將)\s*{_QUOTED}\s*(?:翻译|翻譯|译|譯)(?:成|为|為|到){_NAME}{_END}",
        rf"{_QUOTED}\s*用{_NAME}怎么说{_END}",
        # The meaning of a foreign text; the language is that of the question.
        rf"what does\s+{_QUOTED}\s+mean{_END}",
    )
)
_MIN_FOREIGN_WORDS = 2  # "What does “saudade” mean?" wants an explanation


@dataclass(frozen=True, slots=True)
class TranslationRequest:
    """Text to translate and the language of the translation."""

    text: str
    target: Language


def translation_request(question: str) -> TranslationRequest | None:
    """Return what a question asks to translate; None where it asks for something else."""
    if len(question) > MAX_CHARACTERS:
        return None
    for pattern in _REQUESTS:
        found = pattern.match(question)
        if found is None:
            continue
        text = _without_quotes(found["text"].strip())
        if "name" in found.groupdict():
            name = found["name"]  # "ins Englische"
            target = language_called(name) or language_called(name.removesuffix("e"))
        else:
            target = ENGLISH if _is_foreign(text) else None
        if text and target is not None:
            return TranslationRequest(text, target)
    return None


def _without_quotes(text: str) -> str:
    inside = text[1:-1]
    quoted = len(text) > 2 and text[0] in _OPEN and text[-1] in _CLOSE
    return inside.strip() if quoted and not set(inside) & set('"“”„«»') else text


def _is_foreign(text: str) -> bool:
    words = text.split()
    return (len(words) >= _MIN_FOREIGN_WORDS or not text.isascii()) and detect(text) != ENGLISH
