"""Line between messages: those before it were summarised, and a button that shows the summary."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mmdesk.ui.i18n import say, tr
from mmdesk.ui.widgets import frame, label, named, text_button


class SummaryLine(QWidget):
    """Line with the button "Earlier messages were summarised", which opens the summary.

    Attributes:
        button: opens and closes the summary.
        body: the summary and what it is for, while the line is open.
    """

    def __init__(self, text: str) -> None:
        super().__init__()
        named(self, "summaryLine", tr("Summary of the earlier messages"))
        self.button = text_button(tr("Earlier messages were summarised"), "summaryButton", "small")
        self.button.setCheckable(True)
        self.button.toggled.connect(self._on_toggled)
        say(self.button.setToolTip, tr("Show or hide what the model reads in their place"))
        line = QHBoxLayout()
        line.setSpacing(10)
        for side in range(2):
            rule = frame("line")
            rule.setFixedHeight(1)
            line.addWidget(rule, 1)
            if not side:
                line.addWidget(self.button)
        self.body = frame("card")
        self.body.setObjectName("summaryCard")
        about = tr(
            "The conversation is too long for the model to read at once. Instead of the messages "
            "above, which stay here for you, it reads this."
        )
        summary = label(text, wrap=True)
        summary.setObjectName("summaryText")
        say(summary.setAccessibleName, tr("Summary of the earlier messages"))
        summary.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        inside = QVBoxLayout(self.body)
        inside.setContentsMargins(16, 12, 16, 12)
        inside.setSpacing(8)
        inside.addWidget(summary)
        inside.addWidget(label(about, "muted", wrap=True))
        self.body.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 10)
        column.setSpacing(8)
        column.addLayout(line)
        column.addWidget(self.body)

    @Slot(bool)
    def _on_toggled(self, is_open: bool) -> None:
        self.body.setVisible(is_open)
