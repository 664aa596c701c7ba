"""Copying of an answer with its formatting, for word processors and mail programs."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractButton, QTextEdit

from mmdesk.ui import theme
from mmdesk.ui.clipboard import show_tick
from mmdesk.ui.export.html_writer import IN_PLACE, html_parser
from mmdesk.ui.markdown.tolerant import repaired

_BORDERED = 'border="1" cellspacing="0" cellpadding="6" style="border-collapse:collapse"'


def copy_formatted(text: str, button: QAbstractButton) -> None:
    """Copy Markdown as text/html and text/plain, and show a tick on the button for a moment."""
    # Through an editor, which makes the clipboard's data in C++: a QMimeData of Python's that is
    # still on the clipboard when the interpreter ends brings the process down.
    editor = QTextEdit()
    editor.setHtml(formatted_html(text))
    editor.selectAll()
    editor.copy()
    show_tick(button)


def formatted_html(text: str) -> str:
    """Return an answer as the HTML that other programs paste."""
    with theme.on_paper():
        html = html_parser(IN_PLACE).render(repaired(text)).rstrip()
    return html.replace("<table>", f"<table {_BORDERED}>")
