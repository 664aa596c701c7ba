"""Text segmentation and language detection."""

from mmdesk.text.language import (
    CHINESE,
    ENGLISH,
    Language,
    detect,
    find_language,
    is_surely,
    named_in,
)
from mmdesk.text.segment import (
    CJK,
    TextBlock,
    blocks,
    cjk_share,
    ends_sentence,
    join,
    length,
    sentences,
    shorten,
    space_between,
    words,
)

__all__ = [
    "CHINESE",
    "CJK",
    "ENGLISH",
    "Language",
    "TextBlock",
    "blocks",
    "cjk_share",
    "detect",
    "ends_sentence",
    "find_language",
    "is_surely",
    "join",
    "length",
    "named_in",
    "sentences",
    "shorten",
    "space_between",
    "words",
]
