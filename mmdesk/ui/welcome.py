"""Greeting and example questions in an empty conversation."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from mmdesk.ui.i18n import TranslatedText, follow, tr
from mmdesk.ui.icons import window_icon
from mmdesk.ui.qt_enums import CENTRE
from mmdesk.ui.widgets import label, named, text_button

EDGE = 24  # px between the edge of the conversation and the greeting
_AROUND = 52  # px of a button and its column that are not its text


def _elided(button: QPushButton, whole: str, width: int) -> str:
    """Return the text, elided where it is wider than `width` px."""
    metrics = button.fontMetrics()
    if metrics.horizontalAdvance(whole) <= width:
        return whole
    from PySide6.QtCore import Qt

    return metrics.elidedText(whole, Qt.TextElideMode.ElideRight, width)


class Welcome(QWidget):
    """Greeting with a few examples.

    Signals:
        example_chosen(str): text for the composer.
    """

    example_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        named(self, "welcome", tr("Empty conversation"))
        mark = QLabel()
        mark.setPixmap(window_icon().pixmap(44, 44))
        mark.setProperty("alignment", CENTRE)
        title = label(tr("What would you like to do?"), "title", wrap=True)
        title.setProperty("alignment", CENTRE)
        text = tr(
            "Ask, speak, or drop a picture or document anywhere. Everything stays on this computer."
        )
        about = label(text, "muted", wrap=True)
        about.setProperty("alignment", CENTRE)
        column = self._column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(2)
        for widget in (mark, title, about):
            column.addWidget(widget)
        self._about, self._mark = about, mark
        self._buttons: list[QPushButton] = []
        self._rows: list[QWidget] = []
        for at, example in enumerate(self._examples()):
            button = text_button(example, f"example{at + 1}Button", "")
            button.clicked.connect(partial(self._on_chosen, example))
            row = QWidget()
            across = QHBoxLayout(row)
            across.setContentsMargins(0, 0, 0, 0)
            across.addStretch()
            across.addWidget(button)
            across.addStretch()
            column.addWidget(row)
            self._rows.append(row)
            self._buttons.append(button)
        column.addStretch(3)
        follow(self._fit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the content to the new size."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        for button in self._buttons:  # Qt alone would cut off both ends
            whole, width = button.accessibleName(), self.width() - _AROUND
            button.setText(_elided(button, whole, width))
        self._hide_what_does_not_fit()

    def _hide_what_does_not_fit(self) -> None:
        """Hide parts in a low window: first the drawing, last the text below the greeting."""
        parts = (self._mark, *reversed(self._rows), self._about)
        for part in parts:
            part.show()
        for part in parts:
            self._column.invalidate()
            if self._column.totalMinimumHeightForWidth(self.width()) <= self.height():
                break
            part.hide()

    def _on_chosen(self, example: TranslatedText, checked: bool = False) -> None:
        self.example_chosen.emit(example.again())

    def _examples(self) -> tuple[TranslatedText, ...]:
        return (
            tr("Explain how a hash table works, with a short Python example"),
            tr("Write a polite reply that declines a meeting"),
            tr("Translate into Chinese: Where is the railway station?"),
        )
