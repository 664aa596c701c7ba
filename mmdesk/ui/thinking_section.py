"""Folded section with what a reasoning model thought before it answered."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from mmdesk.ui.i18n import say, tr
from mmdesk.ui.widgets import label, named, text_button


class ThinkingSection(QWidget):
    """Button that says how long the model thought, and the thoughts, which it folds away.

    Attributes:
        thoughts: the text so far.
        is_finished: the thinking is over.
        button: opens and closes the section.
        body: shows the thoughts while the section is open.
    """

    def __init__(self) -> None:
        super().__init__()
        named(self, "thinkingSection", tr("What the model thought"))
        self.thoughts = ""
        self.is_finished = False
        self.button = text_button(tr("Thinking…"), "thinkingButton", "small")
        self.button.setCheckable(True)
        self.button.toggled.connect(self._on_toggled)
        say(self.button.setToolTip, tr("Show or hide what the model thought"))
        self.body = label("", "muted", wrap=True)
        self.body.setObjectName("thinkingText")
        say(self.body.setAccessibleName, tr("What the model thought"))
        self.body.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.body.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.body)

    def append(self, text: str) -> None:
        """Add some more of the thoughts; a folded section costs nothing."""
        self.thoughts += text
        if self.button.isChecked():
            self.body.setText(self.thoughts)

    def finish(self, seconds: float) -> None:
        """Say that the thinking is over; `seconds` is 0 where its length is not known."""
        self.is_finished = True
        if seconds:
            text = tr("Thought for {seconds} s").format(seconds=max(1, round(seconds)))
        else:
            text = tr("Thoughts")
        say(self.button.setText, text)
        say(self.button.setAccessibleName, text)

    @Slot(bool)
    def _on_toggled(self, is_open: bool) -> None:
        if is_open:
            self.body.setText(self.thoughts)
        self.body.setVisible(is_open)
