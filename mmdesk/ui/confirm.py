"""Small yes-or-no questions that stand in a window of their own; nothing waits for the answer."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from mmdesk.ui.i18n import tr
from mmdesk.ui.widgets import named


def ask(
    parent: QWidget,
    name: str,
    question: str,
    about: str,
    yes: str,
    on_yes: Callable[[], object],
) -> QMessageBox:
    """Ask before something that cannot be undone. Returns at once; No is the default.

    Args:
        name: object name of the question; its buttons are called name + "Yes" and "No".
        yes: what is done, as the button's words.
    """
    box = QMessageBox(parent)
    named(box, name, question)
    box.setWindowTitle("mmdesk")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(question)
    box.setInformativeText(about)
    no = box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
    does = box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
    named(no, f"{name}No", no.text())
    named(does, f"{name}Yes", yes)
    does.clicked.connect(lambda: on_yes())
    box.setDefaultButton(no)
    box.setEscapeButton(no)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
    return box
