"""Line over the conversation where another model answers in it than the one chosen last."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mmdesk.ui.i18n import say, tr
from mmdesk.ui.widgets import ElidedLabel, named, text_button


class ModelLine(QWidget):
    """Name of the model that answers here, and a button to switch to the one chosen last.

    Signals:
        switch_wanted(str): id of the model that is to answer here from now on.
    """

    switch_wanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        named(self, "modelLine", tr("Language model"))
        self._other = ""
        self._text = ElidedLabel(kind="muted")
        self.switch_button = text_button("", "switchModelButton", "link")
        say(self.switch_button.setAccessibleName, tr("Switch the model"))
        self.switch_button.clicked.connect(self._on_switch)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 6, 24, 0)
        row.addStretch(1)
        row.addWidget(self._text)
        row.addWidget(self.switch_button)
        row.addStretch(1)
        self.hide()

    def show_difference(self, used: str, other: str, other_title: str) -> None:
        """Say which model answers here, and offer the other one.

        Args:
            used: title of the model that answers in this conversation.
            other: id of the model that was chosen last.
            other_title: its title.
        """
        self._other = other
        say(self._text.setText, tr("This chat uses {model}").format(model=used))
        switch = tr("Switch to {model}").format(model=other_title)
        say(self.switch_button.setText, switch)
        say(self.switch_button.setAccessibleName, switch)
        self.show()

    @Slot()
    def _on_switch(self) -> None:
        self.hide()
        self.switch_wanted.emit(self._other)
