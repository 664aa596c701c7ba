"""Greeting and examples in an empty conversation."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from mmdesk.ui.i18n import TranslatedText, follow, say, tr
from mmdesk.ui.icons import icon, window_icon
from mmdesk.ui.plain_text import plain_tooltip
from mmdesk.ui.qt_enums import CENTRE
from mmdesk.ui.widgets import label, named, text_button

if TYPE_CHECKING:
    from mmdesk.ui.introduction import Introduction

EDGE = 24  # px between the edge of the conversation and the greeting
_AROUND = 62  # px of a button that are not its text
_MEASURE = 620  # px of the examples at most
_TWO_COLUMNS = 520  # px from which they stand in two columns
_GLYPH = 20  # px, at a text size of 100 %


@dataclass(frozen=True, slots=True)
class Example:
    """Something that the built-in model does well.

    Attributes:
        drawing: icon of the card.
        title: text of the card.
        question: to be sent; "" where a file and its actions are offered alone.
        sample: name of a file of resources/samples to attach; "" for none.
    """

    drawing: str
    title: TranslatedText
    question: TranslatedText
    sample: str = ""


def _elided(button: QPushButton, whole: str, width: int) -> str:
    """Return the text, elided where it is wider than `width` px."""
    metrics = button.fontMetrics()
    if metrics.horizontalAdvance(whole) <= width:
        return whole
    from PySide6.QtCore import Qt

    return metrics.elidedText(whole, Qt.TextElideMode.ElideRight, width)


class Welcome(QWidget):
    """Greeting with a card for each example.

    Signals:
        example_chosen(str, str): the question to be sent, the sample to attach; "" for none.
        introduced(): the user has read the introduction.
    """

    example_chosen = Signal(str, str)
    introduced = Signal()

    def __init__(self) -> None:
        super().__init__()
        named(self, "welcome", tr("Empty conversation"))
        mark = QLabel()
        mark.setPixmap(window_icon().pixmap(44, 44))
        mark.setProperty("alignment", CENTRE)
        title = label(tr("What would you like to do?"), "title", wrap=True)
        title.setProperty("alignment", CENTRE)
        about = label(
            tr("Ask, speak, or drop files anywhere. Everything stays on this computer."),
            "muted",
            wrap=True,
        )
        about.setProperty("alignment", CENTRE)
        column = self._column = QVBoxLayout(self)
        column.setSpacing(12)
        column.addStretch(2)
        for widget in (mark, title, about):
            column.addWidget(widget)
        self._about, self._mark = about, mark
        self._buttons = [self._card(at, one) for at, one in enumerate(self._examples(), 1)]
        self._grid = QGridLayout()
        self._grid.setSpacing(10)
        self._columns = 0
        self._examples_wanted = True
        self._introduction: Introduction | None = None
        self._examples_box = self._make_box()
        column.addWidget(self._examples_box)
        column.addStretch(3)
        follow(self._fit)

    def _make_box(self) -> QWidget:
        """Return the examples, centred and of limited width."""
        inside = QWidget()
        inside.setMaximumWidth(_MEASURE)
        inside.setLayout(self._grid)
        self._grid.setContentsMargins(0, 6, 0, 0)
        box = QWidget()
        across = QHBoxLayout(box)
        across.setContentsMargins(0, 0, 0, 0)
        across.addStretch(1)
        across.addWidget(inside, 1000)
        across.addStretch(1)
        return box

    def _card(self, number: int, example: Example) -> QPushButton:
        card = text_button(example.title, f"example{number}Button", "example", glyph=_GLYPH)
        card.setIcon(icon(example.drawing, "accent"))
        card.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        say(card.setToolTip, plain_tooltip(example.question))
        card.clicked.connect(partial(self._on_chosen, example))
        return card

    def show_introduction(self) -> None:
        """Show what a new user should know, above the examples."""
        if self._introduction is not None:
            return
        from mmdesk.ui.introduction import Introduction

        self._introduction = Introduction()
        self._introduction.setMaximumWidth(_MEASURE)
        self._introduction.understood.connect(self.end_introduction)
        at = self._column.indexOf(self._examples_box)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(self._introduction, 1000)
        row.addStretch(1)
        self._column.insertLayout(at, row)
        self._fit()

    @Slot()
    def end_introduction(self) -> None:
        """Remove the introduction, if it is shown."""
        if self._introduction is None:
            return
        self._introduction.deleteLater()
        self._introduction = None
        self.introduced.emit()
        self._fit()

    def set_examples_shown(self, shown: bool) -> None:
        """Show the examples, or hide them while something else is being prepared."""
        self._examples_wanted = shown
        self._hide_what_does_not_fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the content to the new size."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        margins = self._column.contentsMargins()
        width = min(_MEASURE, self.width() - margins.left() - margins.right())
        columns = 2 if width >= _TWO_COLUMNS else 1
        if columns != self._columns:
            self._columns = columns
            for at, button in enumerate(self._buttons):
                self._grid.addWidget(button, at // columns, at % columns)
        room = (width - (columns - 1) * self._grid.spacing()) // columns - _AROUND
        for button in self._buttons:  # Qt alone would cut off both ends
            button.setText(_elided(button, button.accessibleName(), room))
        self._hide_what_does_not_fit()

    def _hide_what_does_not_fit(self) -> None:
        """Hide parts in a low window: first the drawing, last the text below the greeting."""
        parts = (self._mark, *reversed(self._buttons), self._examples_box, self._about)
        for part in parts:
            part.show()
        self._examples_box.setVisible(self._examples_wanted)
        self._about.setVisible(self._introduction is None)  # which says the same in more words
        for part in parts:
            self._column.invalidate()
            if self._column.totalMinimumHeightForWidth(self.width()) <= self.height():
                break
            part.hide()

    def _on_chosen(self, example: Example, checked: bool = False) -> None:
        self.example_chosen.emit(example.question.again(), example.sample)

    def _examples(self) -> tuple[Example, ...]:
        return (
            Example(
                "image",
                tr("Read a sample picture"),
                tr("What is the Wi-Fi password?"),
                "notice.png",
            ),
            Example(
                "document",
                tr("Summarise a sample page"),
                tr("Summarise a sample page"),
                "page.txt",
            ),
            Example(
                "spark",
                tr("Write a short program"),
                tr("Write a Python function that checks whether a word reads the same backwards"),
            ),
            Example(
                "edit",
                tr("Correct a sentence"),
                tr("Correct the mistakes: She go to school every days and she like it very much."),
            ),
        )
