"""Estimate of a text's tokens, where there is no tokenizer."""

from __future__ import annotations

import re

from mmdesk.text.scripts import SPACELESS

_SPACELESS = re.compile(f"[{SPACELESS}]")
_CHARACTERS = 4.2  # of a token in scripts with spaces
_SPACELESS_CHARACTERS = 1.5


def estimate_tokens(text: str) -> float:
    """Return the tokens of a text, roughly."""
    spaceless = len(_SPACELESS.findall(text))
    return spaceless / _SPACELESS_CHARACTERS + (len(text) - spaceless) / _CHARACTERS
