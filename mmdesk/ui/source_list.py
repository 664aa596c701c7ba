"""List of the sources below an answer: each opens its document at the passage."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import pairwise

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QSizePolicy, QVBoxLayout, QWidget

from mmdesk.ui.i18n import TranslatedText, say, tr, translated
from mmdesk.ui.plain_text import plain_tooltip
from mmdesk.ui.source_marks import source_tip
from mmdesk.ui.widgets import label, named, text_button
from mmdesk.values import Citation, cited_sources, source_name

SHOWN_AT_FIRST = 5
_LONGEST = 60  # characters of a document's name and page; the middle of longer ones is left out
_NARROWEST = 60  # px
_QUOTE = 48  # characters of the passage on its button


class SourceList(QWidget):
    """Numbered passages that an answer rests on.

    Attributes:
        buttons: one for each passage, in the order of their numbers.
        more_button: shows those that a long list leaves out at first.

    Signals:
        chosen(object): the Citation of the passage that is to be shown.
    """

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        named(self, "sourceList", tr("Sources"))
        self.buttons: list[QPushButton] = []
        self._sources: tuple[Citation, ...] = ()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(1)
        self._heading = label(tr("Sources"), "muted")
        self._column.addWidget(self._heading)
        self.more_button = text_button("", "moreSourcesButton", "link")
        self.more_button.clicked.connect(self._show_all)
        self._missing = label("", "muted", wrap=True)
        self._missing.setObjectName("sourcesMissing")
        self._column.addWidget(self.more_button)
        self._column.addWidget(self._missing)

    def show_sources(self, citations: Sequence[Citation]) -> None:
        """Show the passages of an answer, and how many sentences were not found."""
        for button in self.buttons:
            button.hide()
            button.deleteLater()
        self._sources = cited_sources(citations)
        self.buttons = [self._button(number) for number in range(1, len(self._sources) + 1)]
        for place, button in enumerate(self.buttons, 1):
            self._column.insertWidget(place, button)
            button.setVisible(place <= SHOWN_AT_FIRST)
        self.more_button.raise_()  # behind them in the order of screen readers
        self._heading.setVisible(bool(self.buttons))
        self.more_button.setVisible(len(self.buttons) > SHOWN_AT_FIRST)
        text = tr("Show all {0} sources").format(len(self.buttons))
        say(self.more_button.setText, text)
        say(self.more_button.setAccessibleName, text)
        missing = sum(not citation.is_found for citation in citations)
        self._missing.setVisible(missing > 0)
        if missing == 1:
            say(self._missing.setText, tr("[?] One sentence was not found in the document."))
        else:
            text = tr("[?] {0} sentences were not found in the document.").format(missing)
            say(self._missing.setText, text)

    def follow(self, widget: QWidget) -> None:
        """Let Tab reach the buttons after a widget."""
        for first, second in pairwise((widget, *self.buttons, self.more_button)):
            QWidget.setTabOrder(first, second)

    @property
    def missing_text(self) -> str:
        """Sentence about the sentences that were not found; "" without any."""
        return self._missing.text() if not self._missing.isHidden() else ""

    def open_source(self, number: int) -> None:
        """Ask for the passage with a number to be shown."""
        if 0 < number <= len(self._sources):
            self.chosen.emit(self._sources[number - 1])

    def _button(self, number: int) -> QPushButton:
        source = self._sources[number - 1]
        place = translated(source_name(source))
        short_place = TranslatedText(lambda: _shortened(place.again(), _LONGEST, _LONGEST // 2))
        quote = _shortened(" ".join(source.quote.split()), _QUOTE)
        shown = tr("{number} · {place}: “{quote}”").format(
            number=number, place=short_place, quote=quote
        )
        text = TranslatedText(lambda: shown.again().replace("&", "&&"))  # "&" underlines a letter
        name = tr("Source {number}: {place}").format(number=number, place=place)
        button = text_button(text, "sourceButton", "link", name)
        tip = source_tip(source)
        button.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        button.setMinimumWidth(_NARROWEST)  # in a narrow window its end is cut off
        say(button.setToolTip, plain_tooltip(tip))
        say(button.setAccessibleDescription, tip)
        button.clicked.connect(partial(self._on_clicked, number))
        return button

    def _on_clicked(self, number: int, checked: bool = False) -> None:
        self.open_source(number)

    @Slot()
    def _show_all(self) -> None:
        for button in self.buttons:
            button.show()
        self.more_button.hide()
        self.buttons[SHOWN_AT_FIRST].setFocus()


def _shortened(text: str, longest: int, kept_end: int = 0) -> str:
    """Return a text of at most `longest` characters, `kept_end` of them from its end."""
    if len(text) <= longest:
        return text
    end = text[len(text) - kept_end :]
    return f"{text[: longest - kept_end - 1].rstrip()}…{end}"
