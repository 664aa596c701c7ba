"""Text from outside, made safe for a terminal and for a line of a list."""

from __future__ import annotations

# Overrides and isolates of the direction of writing, which show a text in another order.
_DIRECTIONS = (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
_SAFE: dict[int, str | None] = {
    **{code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\t\n"},
    ord("\r"): None,  # alone it would overwrite the line
    0x7F: "\N{SYMBOL FOR DELETE}",
    **dict.fromkeys(range(0x80, 0xA0), "\N{REPLACEMENT CHARACTER}"),
    **dict.fromkeys(_DIRECTIONS),
    **dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}"),
}
_CLEAN: dict[int, str | None] = {
    **dict.fromkeys((*range(0x20), *range(0x7F, 0xA0), *_DIRECTIONS, 0x2028, 0x2029)),
    **{ord(space): " " for space in "\t\n\r"},
    **dict.fromkeys(range(0xD800, 0xE000), "\N{REPLACEMENT CHARACTER}"),
}


def printable(text: str) -> str:
    """Return a text for a terminal: control characters are shown as signs and have no effect."""
    return text if text.isprintable() else text.translate(_SAFE)


def clean_line(text: str) -> str:
    """Return a title or a name without control characters and line breaks."""
    return text if text.isprintable() else text.translate(_CLEAN).strip()
