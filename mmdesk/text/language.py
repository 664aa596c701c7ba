"""Language names and language detection.

CJK languages are recognised by their characters, everything else by py3langid (a light n-gram model
in pure numpy), restricted to the languages that mmdesk can name.
"""

from __future__ import annotations

import functools
import io
import re
import unicodedata
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from mmdesk.errors import InputError
from mmdesk.text.language_names import CODES, FORMS
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
        base_code: of the language that this one is written as another form of; "" for none.
    """

    code: str
    name: TranslatableText
    native: str
    chinese: str
    base_code: str = ""

    @property
    def base(self) -> Language:
        """Return the language that the models know: Chinese for Traditional Chinese."""
        return LANGUAGES[self.base_code] if self.base_code else self


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
        Language("id", TranslatableText("Indonesian"), "Bahasa Indonesia", "印尼文"),
        Language("ro", TranslatableText("Romanian"), "română", "罗马尼亚文"),
        Language("hu", TranslatableText("Hungarian"), "magyar", "匈牙利文"),
        Language("zh-TW", TranslatableText("Traditional Chinese"), "繁體中文", "繁体中文", "zh"),
    )
}
ENGLISH = LANGUAGES["en"]
CHINESE = LANGUAGES["zh"]
TRADITIONAL_CHINESE = LANGUAGES["zh-TW"]
_OTHER_NAMES = {
    "zh-cn": "zh", "zh-sg": "zh", "zh-hans": "zh", "zh-hans-cn": "zh", "cn": "zh",
    "mandarin": "zh", "simplified chinese": "zh", "chinese (simplified)": "zh", "汉语": "zh",
    "华语": "zh", "普通话": "zh", "简体中文": "zh", "中国语": "zh",
    "zh-tw": "zh-TW", "zh-hk": "zh-TW", "zh-mo": "zh-TW", "zh-hant": "zh-TW",
    "zh-hant-tw": "zh-TW", "zh-hant-hk": "zh-TW", "chinese (traditional)": "zh-TW",
    "漢語": "zh-TW", "繁體": "zh-TW", "繁体": "zh-TW", "正體中文": "zh-TW",
    "castellano": "es", "indonesia": "id",
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


def language_called(name: str) -> Language | None:
    """Return the language with this name, in any language that has names of them; else None."""
    try:
        return find_language(name)
    except InputError:
        return next((LANGUAGES[code] for code, form in _names() if form.fullmatch(name)), None)


@functools.cache
def _names() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (code, re.compile(name, re.IGNORECASE))
        for _, names, _ in FORMS
        for code, name in zip(CODES, re.split(r"\s+(?![^(]*\))", names.strip()), strict=True)
    )


def _plain(name: str) -> str:
    """Strip accents, blanks, hyphens and case."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c) and c not in " -")


# After a language that a wish names comes the end, a mark, or a word that cannot go on with its
# name: "in French, please", "in German with", but not "in French Guiana", "in Polish shops".
_AFTER_NAME = (
    r"(?=\s*(?:$|[^\w\s])|\s+(?:please|pls|and|or|with|without|for|as|using|in|to|at|from|than|not"
    r"|only|again|instead|then|so|because|if|since|while|language|but|by|about|on|this|these|that"
    r"|the|it|my|what|everything|thanks|thank|max|maximum|rather|\d+)\b)"
)
# "What the text that is written in German says": a property of the text.
_NOT_BEFORE_NAME = (
    r"(?<!written )(?<!published )(?<!printed )(?<!spoken )(?<!said )(?<!called )(?<!taught )"
    r"(?<!sung )(?<!recorded )(?<!\bis )(?<!\bare )(?<!\bwas )(?<!\bwere )"
)


def named_in(question: str) -> Language | None:
    """Return the language that a wish names: "in French", "auf Deutsch", "用中文".

    Places and things that bear the name of a language are none: "in French Guiana".
    """
    return next((LANGUAGES[code] for code, form in _wishes() if form.search(question)), None)


@functools.cache
def _wishes() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return patterns of wishes for a language, with its code."""
    found: list[tuple[str, str]] = [
        (
            "zh-TW",
            r"[用以成为為](?:繁[体體]|正體)|(?:繁[体體]|正體)中?[文字](?:总结|總結|概括|摘要)",
        ),
        ("zh", r"\b(?:in|into|to)\s+simplified\s+chinese\b"),
    ]
    for known in LANGUAGES.values():
        name, native = re.escape(known.name), re.escape(known.native)
        found += [
            (known.code, rf"{_NOT_BEFORE_NAME}\b(?:in|into|to)\s+{name}{_AFTER_NAME}"),
            (known.code, rf"\b(?:in|into|to)\s+(?:the\s+)?{name}\s+language\b"),
            (
                known.code,
                rf"\b(?:an?|one|me|short|brief|concise)\s+{name}\s+"
                r"(?:summary|abstract|overview|recap|tl;?dr)\b",
            ),
            (known.code, rf"\b(?:in|into|to|en|em|på|in het|po|auf)\s+{native}{_AFTER_NAME}"),
        ]
        if known.code not in CODES:
            found.append((known.code, f"[用以成为為]{known.chinese.removesuffix('文')}[文语語]"))
    for before, names, after in FORMS:
        for code, name in zip(CODES, names.split(), strict=True):
            found.append((code, f"{before}{name}{after}"))
    return tuple((code, re.compile(form, re.IGNORECASE)) for code, form in found)


def detect(text: str) -> Language:
    """Return the main language of a text; English where it cannot be recognised."""
    return _guess(text)[0]


def detect_surely(text: str, at_least: float = 0.9) -> Language | None:
    """Return the language of a text if its probability is `at_least`, else None."""
    guessed, probability = _guess(text)
    return guessed if probability >= at_least else None


def is_surely(text: str, other: Language, at_least: float = 0.9) -> bool:
    """Return whether a text is in `other` with a probability of `at_least`."""
    return detect_surely(text, at_least) == other


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
    identifier = _load_identifier(norm_probs=True)
    identifier.set_languages(sorted(code for code in LANGUAGES if not LANGUAGES[code].base_code))
    return identifier


def identify_any(text: str) -> str:
    """Return the ISO 639-1 code of a text's language, out of all that py3langid knows."""
    return str(_any_identifier().classify(text)[0])


@functools.cache
def _any_identifier() -> Any:
    return _load_identifier(norm_probs=False)


def _load_identifier(norm_probs: bool) -> Any:
    """Load py3langid's model.

    The library unpacks it into a temporary file. The child that decodes files may write none, so
    that it is unpacked in memory (12 MB).
    """
    from py3langid import modelio
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    usual = modelio.tempfile
    modelio.tempfile = SimpleNamespace(TemporaryFile=lambda **_: io.BytesIO())
    try:
        return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=norm_probs)
    finally:
        modelio.tempfile = usual
