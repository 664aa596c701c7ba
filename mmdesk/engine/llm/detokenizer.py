"""Incremental detokenisation: from token ids to text, in whole characters.

A token of a byte-level vocabulary is a run of bytes, and one Chinese character or emoji may be
spread over several tokens. Decoding them one by one would show U+FFFD in their place; decoding
everything anew at every token would cost quadratic time. So a short window is decoded.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

REPLACEMENT = "\ufffd"  # what a decoder puts where bytes do not make a character


class Detokenizer:
    """Decoder that takes ids and returns text as soon as it is certain.

    All chunks together are exactly what decoding all ids at once gives. A trailing U+FFFD is
    held back, because the next token may complete the character. When the model really wrote one
    it comes with the character after it, or at the flush.

    Args:
        tokenizer: a transformers tokenizer.
        context: ids before the first one, when the text goes on from there (vocabularies with
            word-start marks decode the first word of a text differently).
    """

    def __init__(self, tokenizer: Any, context: Sequence[int] = ()) -> None:
        self._tokenizer = tokenizer
        self._window = list(context)  # ids still needed to decode the next one correctly
        self._clean_end = 0  # index in the window where the last clean piece ends
        self._shown = len(self._decode(self._window))  # characters of the window already returned

    def feed(self, token: int) -> str:
        """Return the text that became certain with this token; it may be empty."""
        self._window.append(token)
        text = self._decode(self._window)
        certain = text.rstrip(REPLACEMENT)
        fresh = certain[self._shown :]
        self._shown = max(self._shown, len(certain))
        if certain == text:
            self._shorten(text)
        return fresh

    def flush(self) -> str:
        """Return whatever was held back, incomplete characters as U+FFFD."""
        text = self._decode(self._window)
        fresh = text[self._shown :]
        self._shown = len(text)
        return fresh

    def _shorten(self, text: str) -> None:
        """Forget ids before the last clean piece: the next one is decoded after it alone."""
        if self._clean_end:
            del self._window[: self._clean_end]
            text = self._decode(self._window)
        self._clean_end = len(self._window)
        self._shown = len(text)

    def _decode(self, ids: list[int]) -> str:
        if not ids:
            return ""
        text: str = self._tokenizer.decode(
            ids, skip_special_tokens=True, clean_up_tokenization_spaces=False
        )
        return text
