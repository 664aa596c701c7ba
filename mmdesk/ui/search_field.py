"""Line edit with a magnifying glass."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QToolButton

from mmdesk.ui.i18n import say, tr
from mmdesk.ui.icons import icon
from mmdesk.ui.widgets import named


def search_field(object_name: str, text: str) -> QLineEdit:
    """Return a field to search in; `text` is its placeholder and its name for screen readers."""
    field = QLineEdit()
    named(field, object_name, text)
    say(field.setPlaceholderText, text)
    field.addAction(icon("search", "muted"), QLineEdit.ActionPosition.LeadingPosition)
    for button in field.findChildren(QToolButton):
        named(button, f"{object_name}Glyph", tr("Search"))
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    return field
