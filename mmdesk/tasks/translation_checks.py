"""Checks of a translated sentence: that it is one, and that nothing is lost.

The small model sometimes refuses, answers, repeats itself until it is stopped, or gives the
original back. Such output must never pass for a translation.
"""

from __future__ import annotations

import re
from collections import Counter

from mmdesk.text import CJK, SYLLABIC, Language, cjk_share, is_surely, words

CJK_CODES = ("zh", "ja", "ko")
_OTHER_SCRIPTS = {
    "ru": "\u0400-\u04ff", "uk": "\u0400-\u04ff", "el": "\u0370-\u03ff\u1f00-\u1fff",
    "he": "\u0590-\u05ff", "ar": "\u0600-\u06ff\u0750-\u077f", "hi": "\u0900-\u097f",
    "th": "\u0e00-\u0e7f",
}  # fmt: skip
# Links, addresses, code, placeholders and tags, which must be the same in the translation.
_PROTECTED = re.compile(
    r"`[^`\n]+`|\]\([^()\s]+\)|https?://[^\s)>\]\"'，。]+|\bwww\.[^\s)>\]\"']+|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|\$?\{\{?[^{}\n]{0,60}\}?\}|%\(\w+\)[sdf]|%\d*\$?[sdf]\b|</?[a-zA-Z][^<>\n]{0,120}>"
)
_REFUSAL = re.compile(
    r"(?:can(?:['’]t|not| not)|unable to|won['’]t be able to|not able to)\s+(?:\w+\s+)?(?:assist"
    r"|help\s+(?:you\s+)?with\s+(?:that|this)|fulfil|comply|translate|provide|process|answer\s+(?:that"
    r"|this))|\bas an ai\b|\b(?:ai|large)\s+language model\b|\bai assistant\b"
    r"|\bi (?:do not|don['’]t) (?:understand|have enough (?:context|information))"
    r"|(?:kann|können)\s+(?:ich\s+|wir\s+)?(?:\w+\s+){0,3}nicht\s+(?:helfen|übersetzen|weiterhelfen"
    r"|beantworten|erfüllen)|\bals ki\b|\bsprachmodell\b"
    r"|ne (?:peux|puis|pouvons) pas\s+(?:vous\s+)?(?:aider|traduire|répondre|fournir)"
    r"|en tant qu['’](?:ia|assistant)|modèle de langage"
    r"|no puedo\s+(?:ayudar|traducir|asistir|proporcionar|responder)|modelo de lenguaje"
    r"|non posso\s+(?:aiutar|tradurre|assister|fornire|rispondere)|modello linguistico"
    r"|não posso\s+(?:ajudar|traduzir|responder|fornecer)|modelo de linguagem"
    r"|kan (?:je|u|ik)?\s*(?:daar|hier)?\s*(?:niet|geen)\s+(?:bij\s+)?(?:helpen|vertalen)|taalmodel"
    r"|nie mogę\s+(?:pomóc|przetłumaczyć|w tym pomóc)|model(?:em)? językowy"
    r"|не могу\s+(?:помочь|перевести|ответить|выполнить)|языковая модель"
    r"|(?:无法|不能|無法)(?:协助|協助|帮助|帮您|提供|翻译|翻譯|满足|回答|完成)|作为(?:一个|一名)?(?:AI|人工智能)|语言模型"
    r"|(?:お手伝い|翻訳|対応|お答え)(?:する(?:こと)?が?)?(?:は)?でき(?:ません|かねます)|言語モデル"
    r"|(?:도와|번역해?|답변).{0,8}(?:수 없|드릴 수 없)|언어 모델",
    re.IGNORECASE,
)
# A name after a title stays as it is, where both languages are written in Latin letters.
_TITLED_NAME = re.compile(
    r"\b(?:Mr|Mrs|Ms|Miss|Dr|Prof|Herrn?|Frau|Monsieur|Madame|Mademoiselle|Mme|M|Señora?|Sra?|Signora?"
    r"|Senhora?|Pani?|meneer|mevrouw)\.?\s+((?:(?:van|von|de|da|del|di)\s+)*[A-ZÀ-Ý][\w'’-]+)"
)
_MIN_RATIO, _MAX_RATIO = 0.25, 3.5  # letters of the translation to those of the original
_SPARE_LETTERS = 40  # that a translation of any length may have more
_MIN_LETTERS_FOR_RATIO = 20
_REPEATS = 4  # of the same words, from which it is a loop
_MIN_LEFT, _LEFT_SHARE = 3, 0.3  # untranslated words of a half translated sentence
_LOOP = re.compile(r"(.{2,60}?)\1{3,}", re.DOTALL)


def is_no_translation(text: str, original: str) -> bool:
    """Return whether a text cannot be a translation: empty, a refusal, a loop, of wrong length."""
    return (
        not any(character.isalnum() for character in text)
        or is_refusal(text, original)
        or has_wrong_length(text, original)
        or is_loop(text, original)
        or is_copy(text, original)
    )


def is_refusal(text: str, original: str) -> bool:
    """Return whether a text refuses to translate, and does not translate a refusal."""
    return _REFUSAL.search(text) is not None and _REFUSAL.search(original) is None


def has_wrong_length(text: str, original: str) -> bool:
    """Return whether a text is far too short or too long for a translation."""
    size, due = letters(text), letters(original)
    if size > _MAX_RATIO * due + _SPARE_LETTERS:
        return True
    return due >= _MIN_LETTERS_FOR_RATIO and size < _MIN_RATIO * due


def letters(text: str) -> int:
    """Return the number of letters; a CJK character counts as three, as it says as much."""
    plain = sum(character.isalnum() for character in text)
    return plain + 2 * len(re.findall(f"[{CJK}]", text))


def is_loop(text: str, original: str) -> bool:
    """Return whether a text repeats words more often than its original."""
    looped = _LOOP.search(text)
    if looped and any(map(str.isalpha, looped[1])) and not _LOOP.search(original):
        return True
    return _most_repeated(text) >= max(_REPEATS, _most_repeated(original) + 2)


def _most_repeated(text: str) -> int:
    """Return how often the most frequent three words in a row occur."""
    found = [word.casefold() for word in words(text)]
    size = 6 if cjk_share(text) > 0.5 else 3
    runs = Counter(tuple(found[at : at + size]) for at in range(len(found) - size + 1))
    return max(runs.values(), default=0)


def is_copy(text: str, original: str) -> bool:
    """Return whether a text has the whole original in it, alone or with remarks around it.

    A name or two may stay as they are.
    """
    known = [word.casefold() for word in words(original)]
    found = [word.casefold() for word in words(text)]
    return len(known) >= 5 and f" {' '.join(known)} " in f" {' '.join(found)} "


def protected_parts(text: str) -> Counter[str]:
    """Return links, addresses, inline code, placeholders and tags, which no translation changes."""
    return Counter(part.rstrip(".,;:!?") for part in _PROTECTED.findall(text))


def keeps_protected_parts(text: str, original: str) -> bool:
    """Return whether all links, inline code and placeholders are still there."""
    return not protected_parts(original) - protected_parts(text)


def keeps_names(text: str, original: str, target: Language) -> bool:
    """Return whether the names after titles are still there ("Mr. Holloway", "Frau Lorenz").

    Other names may be translated (Munich, United States). In another script, all are.
    """
    if target.code in CJK_CODES or target.code in _OTHER_SCRIPTS:
        return True
    names = _TITLED_NAME.findall(original)
    known = text.casefold()
    # An ending may be gone: "Petersens" in German, "Holloway's" in English.
    return all(name.casefold().removesuffix("'s").removesuffix("s") in known for name in names)


def keeps_numbers(text: str, original: str) -> bool:
    """Return whether every number in digits is still there, however its digits are grouped."""
    return not Counter(_numbers(original)) - Counter(_numbers(text))


def _numbers(text: str) -> list[str]:
    plain = re.sub(r"(?<=\d)[.,'’](?=\d)|(?<=\d)[ \u00a0\u202f](?=\d{3}(?!\d))", "", text)
    return [number for number in re.findall(r"[0-9]+", plain) if number.strip("0")]


def untranslated_words(text: str, original: str) -> frozenset[str]:
    """Return lower-case words that are the same in both texts: "cold und rainy tomorrow".

    Two languages may share a word, so this only decides between translations. Links, code and
    placeholders are left out.
    """
    plain = re.compile(r"\b[a-zß-ÿ]{5,}\b")
    found, known = _PROTECTED.sub(" ", text), _PROTECTED.sub(" ", original)
    return frozenset(plain.findall(found)) & frozenset(plain.findall(known))


def is_half_translated(text: str, original: str) -> bool:
    """Return whether many of the longer words are still those of the original."""
    left = len(untranslated_words(text, original))
    longer = len(untranslated_words(original, original))
    return left >= _MIN_LEFT and left >= _LEFT_SHARE * longer


def in_language(text: str, source: Language, target: Language) -> bool:
    """Return whether a sentence is in the target language, as far as one sentence can tell."""
    return language_share(text, source, target) == 1.0


def language_share(text: str, source: Language, target: Language) -> float:
    """Return 1 for an acceptable text, less the more of it is in the wrong script or language."""
    text = _PROTECTED.sub(" ", text)
    share = cjk_share(text)
    if target.code in CJK_CODES:
        # Names and numbers may stay in Latin letters.
        latin = len(re.findall(rf"\b[a-zß-ÿ][^\W\d_{CJK}]{{2,}}", text))
        return 1.0 if share >= 0.6 and latin == 0 else share / (1 + latin)
    if share > 0:
        return 0.9 - share
    written = _script_share(text, target)
    if written < (0.5 if target.code in _OTHER_SCRIPTS else 0.95):  # Latin names may stay
        return 0.9 * written
    if len(words(text)) >= 5 and is_surely(text, source):
        return 0.0
    return 1.0


def _script_share(text: str, target: Language) -> float:
    """Return the share of letters in the script of a language, which is not CJK.

    Two words may be names, and stay in Latin letters.
    """
    found = re.findall(r"[^\W\d_]", text)
    script = _OTHER_SCRIPTS.get(target.code)
    if not found or (script and len(words(text)) < 3):
        return 1.0
    if script:
        return sum(re.match(f"[{script}]", letter) is not None for letter in found) / len(found)
    others = f"[{''.join(_OTHER_SCRIPTS.values())}{SYLLABIC}]"
    return sum(re.match(others, letter) is None for letter in found) / len(found)
