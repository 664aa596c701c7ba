"""Text extraction from RTF: striprtf, and what it leaves out by itself."""

from __future__ import annotations

import re

from mmdesk.inputs.embedded_pictures import unread_pictures
from mmdesk.inputs.encoding import damage_notices
from mmdesk.translatable import TranslatableText

MAX_BYTES = 64_000_000  # of the text; pictures are written in it, in hexadecimal
# striprtf leaves these groups out; the text in them is shown on the page.
_SHOWN = re.compile(r"\\(?:footnote|header[lrf]?|footer[lrf]?)(?![a-z])(?:-?\d+)? ?")
# Deleted text of tracked changes: its group is marked as one that readers may leave out.
_DELETED = re.compile(r"\{((?:\\[a-z]+(?:-?\d+)? ?){0,40}?\\deleted(?![a-z0-9]))")
# Not the second version of a picture, for old programs.
_PICTURE = re.compile(r"(?<!\\nonshppict)\{\\pict(?![a-z])([^{}]{0,400})")
_PICTURE_SIZE = re.compile(r"\\pic(w|h)goal(\d{1,6})")
_TWIPS_PER_CM = 567
_FEW_WORDS = 20  # of a text that is mostly in its pictures
_ROW = re.compile(r"^(.*)\|$", re.MULTILINE)


def rtf_text(data: bytes, name: str) -> tuple[str, tuple[TranslatableText, ...]]:
    """Extract the text; table cells are separated by " | ".

    Changes are read as accepted; footnotes, headers and footers are read where they stand.

    Returns:
        The text, and what was not read.
    """
    from striprtf.striprtf import rtf_to_text

    source = data.decode("cp1252", errors="replace")
    source = _DELETED.sub(r"{\\*\1", _SHOWN.sub(r"\\par ", source))
    text = rtf_to_text(source, errors="replace").replace("\r\n", "\n")
    text = _ROW.sub(lambda row: " | ".join(cell.strip() for cell in row[1].split("|")), text)
    text = re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip() for line in text.splitlines()))
    return _joined_surrogates(text).strip(), _notices(source, text, name)


def _joined_surrogates(text: str) -> str:
    r"""Join what RTF writes as two \u, as of emoji; half of one is damaged."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", errors="replace")


def _notices(source: str, text: str, name: str) -> tuple[TranslatableText, ...]:
    notices = damage_notices(text, name)
    areas = [_picture_area(match[1]) for match in _PICTURE.finditer(source)]
    told = unread_pictures(areas)
    if areas and not told and len(text.split()) < _FEW_WORDS:
        told = (TranslatableText("Pictures in it were not read."),)
    return notices + told


def _picture_area(properties: str) -> float:
    """Return the size of a picture in square centimetres; 0 where it is not said."""
    size = {side: int(twips) / _TWIPS_PER_CM for side, twips in _PICTURE_SIZE.findall(properties)}
    return size.get("w", 0.0) * size.get("h", 0.0)
