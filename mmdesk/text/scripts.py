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
# Punctuation, Bopomofo, enclosed and full-width forms: no space stands beside them either.
CJK_SYMBOLS = "\u3000-\u303f\u3100-\u33ff\uff00-\uff65"

# The languages of SPACELESS scripts, as codes of ISO 639 that Whisper knows.
SPACELESS_LANGUAGES = ("zh", "yue", "ja", "th", "lo", "my", "km")
