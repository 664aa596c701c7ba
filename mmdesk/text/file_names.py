"""Names of files that are made from titles."""

from __future__ import annotations

import re

_BAD_IN_NAMES = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')
_RESERVED = re.compile(r"(?i)^(con|prn|aux|nul|com\d|lpt\d)$")


def file_name(title: str) -> str:
    """Return a file name that every system accepts, without suffix."""
    name = " ".join(_BAD_IN_NAMES.sub(" ", title).split())[:80].strip(" .")
    return f"{name} chat" if not name or _RESERVED.match(name) else name
