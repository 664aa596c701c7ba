"""Introduction for a new user, in the empty conversation of the first start."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QVBoxLayout

from mmdesk.ui.i18n import tr
from mmdesk.ui.widgets import label, named, text_button


class Introduction(QFrame):
    """Card with three sentences and a button that removes it.

    Signals:
        understood(): the button was pressed.
    """

    understood = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        named(self, "introduction", tr("Welcome to mmdesk"))
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(8)
        for text in (
            tr(
                "Everything happens on this computer. Nothing you write, say or show leaves it, "
                "and you need no account."
            ),
            tr(
                "The model is small. It writes and explains well, but it can be wrong: "
                "double-check numbers and names."
            ),
            tr("F1 shows all keyboard shortcuts, Ctrl+, opens the settings."),
        ):
            column.addWidget(label(text, wrap=True))
        self.button = text_button(tr("Got it"), "introductionButton")
        self.button.clicked.connect(self.understood)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
