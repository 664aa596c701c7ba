"""Conversion between Simplified and Traditional Chinese, by the tables of OpenCC."""

from __future__ import annotations

import functools
from typing import Any


def to_traditional(text: str) -> str:
    """Return a text in Traditional characters, with the words of Taiwan (軟體, not 軟件)."""
    return str(_converter("s2twp").convert(text))


def to_simplified(text: str) -> str:
    """Return a text in Simplified characters, with the words of the mainland."""
    return str(_converter("tw2sp").convert(text))


@functools.cache
def _converter(configuration: str) -> Any:
    from opencc import OpenCC

    return OpenCC(configuration)
