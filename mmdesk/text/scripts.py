"""Unicode ranges of scripts that are split, counted or joined differently from Latin.

Each constant is the inside of a character class: `re.compile(f"[{CJK}]")`. The full-text index of
the history (mmdesk/history/search_text.py) is built with SPACELESS: a database that was written
with other ranges would no longer match, so the ranges in it must not shrink or move.
"""

from __future__ import annotations

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"  # with all extensions
KANA = "\u3041-\u30ff"
HANGUL = "\uac00-\ud7a3"
THAI_LAO = "\u0e01-\u0eff"
BURMESE = "\u1000-\u109f"
KHMER = "\u1780-\u17ff"

# One character counts as one word.
CJK = f"{HAN}{KANA}{HANGUL}"
# Written without spaces between words; Korean has them.
SPACELESS = f"{THAI_LAO}{BURMESE}{KHMER}{KANA}{HAN}"
# Of these, the ones without spaces whose words have several characters.
SYLLABIC = f"{THAI_LAO}{BURMESE}{KHMER}"
# Vowel signs, accents and the like, which \\w does not match: Hebrew, Arabic, all scripts of India,
# Thai, Lao, Tibetan, Burmese, Khmer, and the joiners that stand within words. The letters and
# digits of Indian scripts lie between their signs and may be in the class as well.
COMBINING_MARKS = (
    "\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a"
    "\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a"
    "\u0900-\u0963\u0966-\u096f\u0971-\u0df3\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc"
    "\u0ec8-\u0ece\u0f71-\u0f84\u102b-\u103e\u1056-\u1059\u17b4-\u17d3\u200c\u200d"
)
# Punctuation, Bopomofo, enclosed and full-width forms: no space stands beside them either.
CJK_SYMBOLS = "\u3000-\u303f\u3100-\u33ff\uff00-\uff65"

# The languages of SPACELESS scripts, as codes of ISO 639 that Whisper knows.
SPACELESS_LANGUAGES = ("zh", "yue", "ja", "th", "lo", "my", "km")
