"""Filled-in form fields and comments of a PDF page, which are not in its text layer."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

_LONGEST_LABEL = 120  # characters of the printed text that names a field
_LABEL_REACH = 250.0  # points to the left or right of a field
_LABEL_WIDTH = 120.0  # points, of a label above a narrow field
_LINE_HEIGHT = 14.0  # points
_PASSWORD_FLAG = 1 << 13  # of a text field
_HIDDEN_FLAGS = 1 << 1 | 1 << 5  # of what is not shown


@dataclass(frozen=True, slots=True)
class _Field:
    """A field with its place in points; the origin is the page's lower left corner."""

    kind: int
    name: str
    tooltip: str
    value: str
    left: float
    bottom: float
    right: float
    top: float


def filled_fields(document: Any, page: Any, text_page: Any) -> list[str]:
    """Return a line "label: value" for every field of the page that is filled in.

    The label is the field's tooltip, or what is printed on the same line, or above it. A tick box
    is "yes" or "no"; of several round buttons, the text of the chosen one is read.
    """
    if document.formenv is None:
        return []
    fields = [
        field
        for annotation in _annotations(page)
        if (field := _field(document.formenv, annotation)) is not None
    ]
    return [_line(field, fields, text_page) for field in fields if field.value]


def comments(page: Any) -> list[str]:
    """Return the texts of notes, text boxes, stamps and marked passages on the page."""
    import pypdfium2.raw as pdfium

    ignored = (pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_POPUP, pdfium.FPDF_ANNOT_LINK)
    texts = [
        _text(pdfium.FPDFAnnot_GetStringValue, annotation, b"Contents")
        for annotation in _annotations(page)
        if pdfium.FPDFAnnot_GetSubtype(annotation) not in ignored
    ]
    return [text for text in texts if text]


def _annotations(page: Any) -> Iterator[Any]:
    import pypdfium2.raw as pdfium

    for index in range(pdfium.FPDFPage_GetAnnotCount(page)):
        with _closing(pdfium.FPDFPage_GetAnnot(page, index)) as annotation:
            if annotation and not pdfium.FPDFAnnot_GetFlags(annotation) & _HIDDEN_FLAGS:
                yield annotation


@contextmanager
def _closing(annotation: Any) -> Iterator[Any]:
    import pypdfium2.raw as pdfium

    try:
        yield annotation
    finally:
        if annotation:
            pdfium.FPDFPage_CloseAnnot(annotation)


def _text(getter: Callable[..., int], *arguments: Any) -> str:
    """Return a string that PDFium writes as UTF-16 into a buffer of the size it asks for."""
    import pypdfium2.raw as pdfium

    size = getter(*arguments, None, 0)
    buffer = ctypes.create_string_buffer(size)
    getter(*arguments, ctypes.cast(buffer, ctypes.POINTER(pdfium.FPDF_WCHAR)), size)
    text = buffer.raw[: max(0, size - 2)].decode("utf-16-le", errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "").strip()


def _field(environment: Any, annotation: Any) -> _Field | None:
    import pypdfium2.raw as pdfium

    if pdfium.FPDFAnnot_GetSubtype(annotation) != pdfium.FPDF_ANNOT_WIDGET:
        return None
    kind = pdfium.FPDFAnnot_GetFormFieldType(environment, annotation)
    rectangle = pdfium.FS_RECTF()
    pdfium.FPDFAnnot_GetRect(annotation, rectangle)
    across = sorted((rectangle.left, rectangle.right))
    upwards = sorted((rectangle.bottom, rectangle.top))
    return _Field(
        kind,
        _text(pdfium.FPDFAnnot_GetFormFieldName, environment, annotation),
        _text(pdfium.FPDFAnnot_GetFormFieldAlternateName, environment, annotation),
        _value(kind, environment, annotation),
        across[0], upwards[0], across[1], upwards[1],
    )  # fmt: skip


def _value(kind: int, environment: Any, annotation: Any) -> str:
    import pypdfium2.raw as pdfium

    checked = bool(pdfium.FPDFAnnot_IsChecked(environment, annotation))
    if kind == pdfium.FPDF_FORMFIELD_CHECKBOX:
        return "yes" if checked else "no"
    if kind == pdfium.FPDF_FORMFIELD_RADIOBUTTON:
        # Every button of the group has the group's value; only the chosen one is filled in.
        getter = pdfium.FPDFAnnot_GetFormFieldExportValue
        return _text(getter, environment, annotation) if checked else ""
    if kind not in (
        pdfium.FPDF_FORMFIELD_TEXTFIELD,
        pdfium.FPDF_FORMFIELD_COMBOBOX,
        pdfium.FPDF_FORMFIELD_LISTBOX,
    ):
        return ""
    if pdfium.FPDFAnnot_GetFormFieldFlags(environment, annotation) & _PASSWORD_FLAG:
        return ""
    return _text(pdfium.FPDFAnnot_GetFormFieldValue, environment, annotation)


def _line(field: _Field, fields: list[_Field], text_page: Any) -> str:
    import pypdfium2.raw as pdfium

    if field.kind == pdfium.FPDF_FORMFIELD_RADIOBUTTON:
        group = [other for other in fields if other.name == field.name]
        first = min(group, key=lambda button: (-round(button.top), button.left))
        label = field.tooltip or _printed_left(first, fields, text_page) or _above(first, text_page)
        value = _printed_right(field, fields, text_page) or field.value
        return f"{label or field.name}: {value}"
    label = field.tooltip or _printed_left(field, fields, text_page)
    if not label and field.kind == pdfium.FPDF_FORMFIELD_CHECKBOX:
        label = _printed_right(field, fields, text_page)
    return f"{label or _above(field, text_page) or field.name}: {field.value}"


def _above(field: _Field, text_page: Any) -> str:
    right = max(field.right, field.left + _LABEL_WIDTH)
    return _printed(text_page, field.left, field.top, right, field.top + _LINE_HEIGHT)


def _printed_left(field: _Field, fields: list[_Field], text_page: Any) -> str:
    """Return what is printed before the field, from the end of the field before it."""
    ends = [other.right for other in _same_row(field, fields) if other.right <= field.left]
    start = max([*ends, field.left - _LABEL_REACH, 0.0])
    return _printed(text_page, start, field.bottom, field.left, field.top)


def _printed_right(field: _Field, fields: list[_Field], text_page: Any) -> str:
    """Return what is printed after a tick box or a button, up to the next field."""
    starts = [other.left for other in _same_row(field, fields) if other.left >= field.right]
    end = min([*starts, field.right + _LABEL_REACH])
    return _printed(text_page, field.right, field.bottom, end, field.top)


def _same_row(field: _Field, fields: list[_Field]) -> list[_Field]:
    middle = (field.bottom + field.top) / 2
    return [other for other in fields if other is not field and other.bottom < middle < other.top]


def _printed(text_page: Any, left: float, bottom: float, right: float, top: float) -> str:
    if right <= left or top <= bottom:
        return ""
    text = text_page.get_text_bounded(left=left, bottom=bottom, right=right, top=top)
    return " ".join(text.split())[-_LONGEST_LABEL:].strip(" :.…_")
