"""Which language a text is in, and what languages are called.

CJK scripts are told by their characters, everything else by py3langid (a light n-gram model in
pure numpy), held to the languages that mmdesk can name.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

from mmdesk.errors import InputError

SAMPLE_CHARACTERS = 6000
UNSURE = 0.35  # below this probability a short text is taken for English


@dataclass(frozen=True, slots=True)
class Language:
    """A language: ISO 639-1 code, its name in English, in itself and in Chinese."""

    code: str
    name: str
    native: str
    chinese: str


_TABLE = """
en English English 英文|zh Chinese 中文 中文
fr French français 法文|es Spanish español 西班牙文
de German Deutsch 德文|it Italian italiano 意大利文
pt Portuguese português 葡萄牙文|nl Dutch Nederlands 荷兰文
ru Russian русский 俄文|ja Japanese 日本語 日文
ko Korean 한국어 韩文|ar Arabic العربية 阿拉伯文
pl Polish polski 波兰文|sv Swedish svenska 瑞典文
tr Turkish Türkçe 土耳其文|uk Ukrainian українська 乌克兰文
cs Czech čeština 捷克文|da Danish dansk 丹麦文
fi Finnish suomi 芬兰文|no Norwegian norsk 挪威文
el Greek ελληνικά 希腊文|he Hebrew עברית 希伯来文
hi Hindi हिन्दी 印地文|vi Vietnamese Tiếng-Việt 越南文
th Thai ไทย 泰文|id Indonesian Indonesia 印尼文
ro Romanian română 罗马尼亚文|hu Hungarian magyar 匈牙利文
"""
LANGUAGES = {
    entry.split()[0]: Language(*entry.split())
    for entry in re.split(r"[|\n]", _TABLE)
    if entry.strip()
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
    """Find a language by code or name: "zh", "Chinese", "中文", "chinois" is not known.

    Raises:
        InputError: nothing is called so; the known ones are named.
    """
    wanted = name.strip().casefold().replace("_", "-")
    if wanted in LANGUAGES:
        return LANGUAGES[wanted]
    if wanted in _OTHER_NAMES:
        return LANGUAGES[_OTHER_NAMES[wanted]]
    spelt = _plain(wanted)
    for known in LANGUAGES.values():
        names = (known.name, known.native, known.chinese, known.chinese.replace("文", "语"))
        if spelt in {_plain(other) for other in names}:
            return known
    raise InputError(
        f"The language {name!r} is not known.",
        "Known: " + ", ".join(entry.name for entry in LANGUAGES.values()) + ".",
    )


def _plain(name: str) -> str:
    """Without accents, blanks, hyphens and case."""
    spread = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in spread if not unicodedata.combining(c) and c not in " -")


def named_in(question: str) -> Language | None:
    """The language that an instruction asks for: "in French", "auf Deutsch", "用中文"."""
    for known in LANGUAGES.values():
        names = "|".join(re.escape(name) for name in (known.name, known.native))
        chinese = known.chinese.removesuffix("文")
        if re.search(rf"\b(?:in|into|en|auf|to)\s+(?:{names})\b", question, re.IGNORECASE):
            return known
        if re.search(rf"(?:用|成|为){chinese}[文语]", question):
            return known
    return None


def detect(text: str) -> Language:
    """The language a text is mostly written in; English where nothing can be told."""
    return _guess(text)[0]


def is_surely(text: str, other: Language, at_least: float = 0.9) -> bool:
    """Whether a text is in `other`, with hardly a doubt."""
    guessed, probability = _guess(text)
    return guessed == other and probability >= at_least


def _guess(text: str) -> tuple[Language, float]:
    sample = text[:SAMPLE_CHARACTERS]
    letters = sum(character.isalpha() for character in sample) or 1
    kana = len(re.findall(r"[\u3040-\u30ff]", sample))
    hangul = len(re.findall(r"[\uac00-\ud7a3]", sample))
    han = len(re.findall(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]", sample))
    # A CJK character stands for about three Latin letters, hence the low bound.
    if (kana + hangul + han) / letters > 0.25:
        if kana > (han + kana) * 0.1:
            return LANGUAGES["ja"], 1.0
        return (LANGUAGES["ko"], 1.0) if hangul > han else (CHINESE, 1.0)
    label, probability = _identifier().classify(sample)
    if probability < UNSURE or label not in LANGUAGES:
        return ENGLISH, 0.0
    return LANGUAGES[label], float(probability)


@functools.cache
def _identifier() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(sorted(LANGUAGES))
    return identifier
