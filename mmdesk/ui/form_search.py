"""Search in a form: rows that do not match are hidden, with their notes and headings."""

from __future__ import annotations

from dataclasses import dataclass, field

from PySide6.QtWidgets import QAbstractButton, QComboBox, QFormLayout, QLabel, QWidget


@dataclass(slots=True)
class _Block:
    """A field of the form with the notes below it.

    Attributes:
        heading: row of the group's heading; -1 without one.
        rows: those of the field and its notes.
        text: everything that is written there, and on the heading.
    """

    heading: int
    rows: list[int] = field(default_factory=list)
    text: str = ""


def filter_form(form: QFormLayout, query: str) -> int:
    """Show the rows that hold every word of the query; return how many fields are shown.

    A label of the kind "heading" that spans its row begins a group, and one of another kind
    belongs to the field above it.
    """
    words = query.casefold().split()
    headings: dict[int, bool] = {}
    shown = 0
    for block in _blocks(form):
        matches = all(word in block.text for word in words)
        shown += matches
        for row in block.rows:
            form.setRowVisible(row, matches)
            note = _widget(form, row, QFormLayout.ItemRole.SpanningRole)
            if isinstance(note, QLabel) and note.property("kind") == "problem":
                note.setVisible(matches and bool(note.text()))  # no room for none
        headings[block.heading] = headings.get(block.heading, False) or matches
    for row, visible in headings.items():
        if row >= 0:
            form.setRowVisible(row, visible)
    return shown


def _blocks(form: QFormLayout) -> list[_Block]:
    blocks: list[_Block] = []
    heading, heading_text = -1, ""
    for row in range(form.rowCount()):
        spanning = _widget(form, row, QFormLayout.ItemRole.SpanningRole)
        text = _row_text(form, row)
        if isinstance(spanning, QLabel) and spanning.property("kind") == "heading":
            heading, heading_text = row, text
        elif isinstance(spanning, QLabel) and blocks and blocks[-1].heading == heading:
            blocks[-1].rows.append(row)
            blocks[-1].text += " " + text
        else:
            blocks.append(_Block(heading, [row], f"{heading_text} {text}"))
    return blocks


def _row_text(form: QFormLayout, row: int) -> str:
    roles = QFormLayout.ItemRole
    widgets = [_widget(form, row, r) for r in (roles.LabelRole, roles.FieldRole)]
    widgets.append(_widget(form, row, roles.SpanningRole))
    return " ".join(_text(widget) for widget in widgets if widget is not None).casefold()


def _text(widget: QWidget) -> str:
    parts = [widget.accessibleName(), widget.toolTip()]
    if isinstance(widget, QLabel | QAbstractButton):
        parts.append(widget.text())
    if isinstance(widget, QComboBox):
        parts += [widget.itemText(at) for at in range(widget.count())]
    return " ".join(parts)


def _widget(form: QFormLayout, row: int, role: QFormLayout.ItemRole) -> QWidget | None:
    item = form.itemAt(row, role)
    return item.widget() if item is not None else None
