"""Languages that Whisper transcribes, by code and by name."""

from __future__ import annotations

import re
import unicodedata

from mmdesk.errors import InputError
from mmdesk.text import find_language

# Whisper's code: its names in English, and the language's own name where it is not among those
# that mmdesk writes (mmdesk.text.find_language knows these in several languages).
LANGUAGE_NAMES = {
    "af": "Afrikaans", "am": "Amharic, አማርኛ", "ar": "Arabic", "as": "Assamese, অসমীয়া",
    "az": "Azerbaijani, Azeri, azərbaycan", "ba": "Bashkir, башҡорт",
    "be": "Belarusian, беларуская", "bg": "Bulgarian, български", "bn": "Bengali, Bangla, বাংলা",
    "bo": "Tibetan, བོད་སྐད", "br": "Breton, brezhoneg", "bs": "Bosnian, bosanski",
    "ca": "Catalan, Valencian, català", "cs": "Czech", "cy": "Welsh, Cymraeg", "da": "Danish",
    "de": "German", "el": "Greek", "en": "English", "es": "Spanish, Castilian",
    "et": "Estonian, eesti", "eu": "Basque, euskara", "fa": "Persian, Farsi, Dari, فارسی",
    "fi": "Finnish", "fo": "Faroese, føroyskt", "fr": "French", "gl": "Galician, galego",
    "gu": "Gujarati, ગુજરાતી", "ha": "Hausa", "haw": "Hawaiian, ʻŌlelo Hawaiʻi", "he": "Hebrew",
    "hi": "Hindi", "hr": "Croatian, hrvatski", "ht": "Haitian Creole, Haitian, kreyòl",
    "hu": "Hungarian", "hy": "Armenian, հայերեն", "id": "Indonesian", "is": "Icelandic, íslenska",
    "it": "Italian", "ja": "Japanese", "jw": "Javanese, basa Jawa", "ka": "Georgian, ქართული",
    "kk": "Kazakh, қазақ", "km": "Khmer, Cambodian, ខ្មែរ", "kn": "Kannada, ಕನ್ನಡ", "ko": "Korean",
    "la": "Latin, Latina", "lb": "Luxembourgish, Letzeburgesch, Lëtzebuergesch", "ln": "Lingala",
    "lo": "Lao, ລາວ", "lt": "Lithuanian, lietuvių", "lv": "Latvian, latviešu", "mg": "Malagasy",
    "mi": "Maori, te reo Māori", "mk": "Macedonian, македонски", "ml": "Malayalam, മലയാളം",
    "mn": "Mongolian, монгол", "mr": "Marathi, मराठी", "ms": "Malay, bahasa Melayu",
    "mt": "Maltese, Malti", "my": "Myanmar, Burmese, မြန်မာ", "ne": "Nepali, नेपाली",
    "nl": "Dutch, Flemish", "nn": "Nynorsk, Norwegian Nynorsk",
    "no": "Norwegian, Bokmål, Norwegian Bokmål", "oc": "Occitan", "pa": "Punjabi, Panjabi, ਪੰਜਾਬੀ",
    "pl": "Polish", "ps": "Pashto, Pushto, پښتو", "pt": "Portuguese",
    "ro": "Romanian, Moldavian, Moldovan", "ru": "Russian", "sa": "Sanskrit, संस्कृतम्",
    "sd": "Sindhi, سنڌي", "si": "Sinhala, Sinhalese, සිංහල", "sk": "Slovak, slovenčina",
    "sl": "Slovenian, Slovene, slovenščina", "sn": "Shona, chiShona", "so": "Somali, Soomaali",
    "sq": "Albanian, shqip", "sr": "Serbian, srpski, српски", "su": "Sundanese, basa Sunda",
    "sv": "Swedish", "sw": "Swahili, Kiswahili", "ta": "Tamil, தமிழ்", "te": "Telugu, తెలుగు",
    "tg": "Tajik, тоҷикӣ", "th": "Thai", "tk": "Turkmen, türkmen", "tl": "Tagalog, Filipino",
    "tr": "Turkish", "tt": "Tatar, татар", "uk": "Ukrainian", "ur": "Urdu, اردو",
    "uz": "Uzbek, oʻzbek", "vi": "Vietnamese", "yi": "Yiddish, ייִדיש", "yo": "Yoruba, Yorùbá",
    "yue": "Cantonese, 粤语, 粵語, 广东话", "zh": "Chinese, Mandarin",
}  # fmt: skip
# Codes of ISO 639 that Whisper writes otherwise.
_OTHER_CODES = {
    "jv": "jw", "iw": "he", "in": "id", "ji": "yi", "nb": "no", "fil": "tl", "cmn": "zh",
    "mo": "ro", "sh": "hr", "prs": "fa", "pes": "fa", "arb": "ar", "zsm": "ms", "lvs": "lv",
    "ekk": "et",
}  # fmt: skip


def find_spoken_language(name: str) -> str:
    """Return Whisper's code of a language, by its code or its name.

    Args:
        name: an ISO 639 code, with a region or without ("fa", "pt-BR"), or the name in English, in
            the language itself, or, for the common ones, in Chinese.

    Raises:
        InputError: Whisper does not know the language; the hint lists those it knows.
    """
    code = re.split(r"[-_]", name.strip().casefold())[0]
    code = _OTHER_CODES.get(code, code)
    if code in LANGUAGE_NAMES:
        return code
    wanted = _plain(name)
    for known, names in LANGUAGE_NAMES.items():
        if wanted in map(_plain, names.split(", ")):
            return known
    try:
        return find_language(name).code
    except InputError:
        raise InputError(
            "The language {name!r} is not supported.",
            "Supported: {languages}.",
            name=name,
            languages=", ".join(sorted(names.split(", ")[0] for names in LANGUAGE_NAMES.values())),
        ) from None


def _plain(name: str) -> str:
    """Return the letters of a name, without case, accents, blanks and punctuation."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(char for char in decomposed if unicodedata.category(char) in ("Ll", "Lo", "Mc"))
