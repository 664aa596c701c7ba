"""Language names and language detection.

CJK languages are recognised by their characters, everything else by py3langid (a light n-gram model
in pure numpy), restricted to the languages that mmdesk can name.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from mmdesk.errors import InputError
from mmdesk.text.scripts import HAN, HANGUL, KANA
from mmdesk.translatable import TranslatableText

SAMPLE_CHARACTERS = 6000
MIN_PROBABILITY = 0.35  # below it a short text is taken for English


@dataclass(frozen=True, slots=True)
class Language:
    """Language with its names.

    Attributes:
        code: ISO 639-1.
        name: in English; the window translates it.
        native: in the language itself.
        chinese: in Chinese, ending in 文.
    """

    code: str
    name: TranslatableText
    native: str
    chinese: str


LANGUAGES = {
    language.code: language
    for language in (
        Language("en", TranslatableText("English"), "English", "英文"),
        Language("zh", TranslatableText("Chinese"), "中文", "中文"),
        Language("fr", TranslatableText("French"), "français", "法文"),
        Language("es", TranslatableText("Spanish"), "español", "西班牙文"),
        Language("de", TranslatableText("German"), "Deutsch", "德文"),
        Language("it", TranslatableText("Italian"), "italiano", "意大利文"),
        Language("pt", TranslatableText("Portuguese"), "português", "葡萄牙文"),
        Language("nl", TranslatableText("Dutch"), "Nederlands", "荷兰文"),
        Language("ru", TranslatableText("Russian"), "русский", "俄文"),
        Language("ja", TranslatableText("Japanese"), "日本語", "日文"),
        Language("ko", TranslatableText("Korean"), "한국어", "韩文"),
        Language("ar", TranslatableText("Arabic"), "العربية", "阿拉伯文"),
        Language("pl", TranslatableText("Polish"), "polski", "波兰文"),
        Language("sv", TranslatableText("Swedish"), "svenska", "瑞典文"),
        Language("tr", TranslatableText("Turkish"), "Türkçe", "土耳其文"),
        Language("uk", TranslatableText("Ukrainian"), "українська", "乌克兰文"),
        Language("cs", TranslatableText("Czech"), "čeština", "捷克文"),
        Language("da", TranslatableText("Danish"), "dansk", "丹麦文"),
        Language("fi", TranslatableText("Finnish"), "suomi", "芬兰文"),
        Language("no", TranslatableText("Norwegian"), "norsk", "挪威文"),
        Language("el", TranslatableText("Greek"), "ελληνικά", "希腊文"),
        Language("he", TranslatableText("Hebrew"), "עברית", "希伯来文"),
        Language("hi", TranslatableText("Hindi"), "हिन्दी", "印地文"),
        Language("vi", TranslatableText("Vietnamese"), "Tiếng Việt", "越南文"),
        Language("th", TranslatableText("Thai"), "ไทย", "泰文"),
        Language("id", TranslatableText("Indonesian"), "Indonesia", "印尼文"),
        Language("ro", TranslatableText("Romanian"), "română", "罗马尼亚文"),
        Language("hu", TranslatableText("Hungarian"), "magyar", "匈牙利文"),
    )
}
ENGLISH = LANGUAGES["en"]
CHINESE = LANGUAGES["zh"]
_OTHER_NAMES = {
    "zh-cn": "zh", "zh-hans": "zh", "zh-tw": "zh", "zh-hant": "zh", "cn": "zh", "mandarin": "zh",
    "simplified chinese": "zh", "汉语": "zh", "漢語": "zh", "华语": "zh", "普通话": "zh",
    "简体中文": "zh", "中国语": "zh", "castellano": "es",
    "en-us": "en", "en-gb": "en", "pt-br": "pt", "jp": "ja",
}  # fmt: skip


def find_language(name: str) -> Language:
    """Find a language by its code, or its name in English, in itself or in Chinese.

    Raises:
        InputError: the name is unknown; the hint lists the known ones.
    """
    wanted = name.strip().casefold().replace("_", "-")
    if wanted in LANGUAGES:
        return LANGUAGES[wanted]
    if wanted in _OTHER_NAMES:
        return LANGUAGES[_OTHER_NAMES[wanted]]
    plain = _plain(wanted)
    for known in LANGUAGES.values():
        names = (known.name, known.native, known.chinese, known.chinese.replace("文", "语"))
        if plain in {_plain(other) for other in names}:
            return known
    raise InputError(
        "The language {name!r} is not supported.",
        "Supported: {languages}.",
        name=name,
        languages=", ".join(entry.name for entry in LANGUAGES.values()),
    )


def _plain(name: str) -> str:
    """Strip accents, blanks, hyphens and case."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c) and c not in " -")


def named_in(question: str) -> Language | None:
    """Return the language that an instruction names: "in French", "auf Deutsch", "用中文"."""
    for known in LANGUAGES.values():
        names = "|".join(re.escape(name) for name in (known.name, known.native))
        chinese = known.chinese.removesuffix("文")
        if re.search(rf"\b(?:in|into|en|auf|to)\s+(?:{names})\b", question, re.IGNORECASE):
            return known
        if re.search(rf"(?:用|成|为){chinese}[文语]", question):
            return known
    return None


def detect(text: str) -> Language:
    """Return the main language of a text; English where it cannot be recognised."""
    return _guess(text)[0]


def is_surely(text: str, other: Language, at_least: float = 0.9) -> bool:
    """Return whether a text is in `other` with a probability of `at_least`."""
    guessed, probability = _guess(text)
    return guessed == other and probability >= at_least


def _guess(text: str) -> tuple[Language, float]:
    sample = text[:SAMPLE_CHARACTERS]
    letters = sum(character.isalpha() for character in sample) or 1
    kana = len(re.findall(f"[{KANA}]", sample))
    hangul = len(re.findall(f"[{HANGUL}]", sample))
    han = len(re.findall(f"[{HAN}]", sample))
    # A CJK character stands for about three Latin letters, hence the low bound.
    if (kana + hangul + han) / letters > 0.25:
        if kana > (han + kana) * 0.1:
            return LANGUAGES["ja"], 1.0
        return (LANGUAGES["ko"], 1.0) if hangul > han else (CHINESE, 1.0)
    label, probability = _identifier().classify(sample)
    if probability < MIN_PROBABILITY or label not in LANGUAGES:
        return ENGLISH, 0.0
    return LANGUAGES[label], float(probability)


@functools.cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(sorted(LANGUAGES))
    return identifier
