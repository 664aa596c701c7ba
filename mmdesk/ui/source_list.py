"""List of the sources below an answer: each opens its document at the passage."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from mmdesk.ui.i18n import TranslatedText, say, tr, translated
from mmdesk.ui.plain_text import plain_tooltip
from mmdesk.ui.source_marks import source_tip
from mmdesk.ui.widgets import label, named, text_button
from mmdesk.values import Citation, cited_sources, source_name

SHOWN_AT_FIRST = 5
_LONGEST = 80  # characters of a button; the middle of a longer name is left out


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

    @property
    def missing_text(self) -> str:
        """What is said of sentences that were not found; "" without any."""
        return self._missing.text() if not self._missing.isHidden() else ""

    def open_source(self, number: int) -> None:
        """Ask for the passage with a number to be shown."""
        if 0 < number <= len(self._sources):
            self.chosen.emit(self._sources[number - 1])

    def _button(self, number: int) -> QPushButton:
        source = self._sources[number - 1]
        place = translated(source_name(source))
        shown = tr("{number} · {place}").format(number=number, place=place)
        text = TranslatedText(lambda: _button_text(shown.again()))
        name = tr("Source {number}: {place}").format(number=number, place=place)
        button = text_button(text, "sourceButton", "link", name)
        tip = source_tip(source)
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


def _button_text(text: str) -> str:
    """Return a text of bounded length, in which "&" underlines no letter."""
    if len(text) > _LONGEST:
        text = f"{text[: _LONGEST // 2]}…{text[-_LONGEST // 2 :]}"
    return text.replace("&", "&&")
