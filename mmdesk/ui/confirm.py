"""Confirmation before something that cannot be undone, in a message box."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from mmdesk.ui.i18n import tr
from mmdesk.ui.plain_text import set_plain_text
from mmdesk.ui.widgets import named


def ask(
    parent: QWidget,
    name: str,
    question: str,
    about: str,
    yes: str,
    on_yes: Callable[[], object],
) -> QMessageBox:
    """Open a question and return at once; Cancel is the default.

    Args:
        parent: the widget that asks.
        name: object name of the box; its buttons are called name + "Yes" and name + "No".
        question: the question.
        about: what will happen, in one or two sentences.
        yes: text of the button that goes on.
        on_yes: called when that button was pressed.
    """
    box = QMessageBox(parent)
    named(box, name, question)
    box.setWindowTitle("mmdesk")
    set_plain_text(box, question, about)
    no = box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
    accept = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    named(no, f"{name}No", no.text())
    named(accept, f"{name}Yes", yes)
    accept.clicked.connect(lambda: on_yes())
    box.setDefaultButton(no)
    box.setEscapeButton(no)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
    return box
