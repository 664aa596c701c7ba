"""Formulas of Word documents as plain text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mmdesk.inputs.office_archive import attribute, local_name

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

# Element -> its parts in their order, as a pattern.
_PATTERNS = {
    "f": ("{num}/{den}", ("num", "den")),
    "sSup": ("{e}^{sup}", ("e", "sup")),
    "sSub": ("{e}_{sub}", ("e", "sub")),
    "sSubSup": ("{e}_{sub}^{sup}", ("e", "sub", "sup")),
    "rad": ("{deg}√{e}", ("deg", "e")),
    "func": ("{fName} {e}", ("fName", "e")),
    "limLow": ("{e}_{lim}", ("e", "lim")),
    "limUpp": ("{e}^{lim}", ("e", "lim")),
}


def formula_text(element: Element) -> str:
    """Return a formula on one line, e.g. "(a+b)/2" or "x^2"."""
    name = local_name(element)
    if name == "t":
        return element.text or ""
    if name in _PATTERNS:
        pattern, parts = _PATTERNS[name]
        return pattern.format(**{part: _grouped(_part(element, part)) for part in parts})
    if name == "nary":
        lower, upper = _part(element, "sub"), _part(element, "sup")
        limits = f"_{_grouped(lower)}" * bool(lower) + f"^{_grouped(upper)}" * bool(upper)
        return f"{_character(element, 'chr', '∫')}{limits} {_part(element, 'e')}"
    if name == "d":
        inside = ", ".join(formula_text(part) for part in element if local_name(part) == "e")
        return _character(element, "begChr", "(") + inside + _character(element, "endChr", ")")
    if name.endswith("Pr"):
        return ""
    return "".join(formula_text(part) for part in element)


def _part(element: Element, name: str) -> str:
    return "".join(formula_text(part) for part in element if local_name(part) == name)


def _grouped(text: str) -> str:
    return text if len(text) <= 1 or text.isalnum() else f"({text})"


def _character(element: Element, name: str, default: str) -> str:
    for part in element.iter():
        if local_name(part) == name:
            return attribute(part, "val")
    return default
