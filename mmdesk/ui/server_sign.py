"""Sign above the composer that what is sent goes to another computer."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mmdesk.ui.i18n import say, sentences, tr
from mmdesk.ui.theme import MEASURE, SCROLL_BAR
from mmdesk.ui.widgets import announce, frame, glyph, label, named


class ServerSign(QWidget):
    """One line that stays as long as a model on another computer answers; it cannot be closed."""

    def __init__(self) -> None:
        super().__init__()
        named(self, "serverSign", tr("Where your questions go"))
        self._host = ""
        self.text = label("", wrap=True)
        self.text.setObjectName("serverSignText")
        card = frame("card")
        row = QHBoxLayout(card)
        row.setContentsMargins(14, 6, 14, 6)
        row.setSpacing(10)
        row.addWidget(glyph("warning", "accent", 18))
        row.addWidget(self.text, 1)
        middle = QWidget()
        middle.setMaximumWidth(MEASURE + 40)
        column = QVBoxLayout(middle)
        column.setContentsMargins(20, 4, 20, 0)
        column.addWidget(card)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, SCROLL_BAR, 0)
        across.addStretch(1)
        across.addWidget(middle, 1000)
        across.addStretch(1)
        self.hide()

    def show_host(self, host: str, is_readable: bool) -> None:
        """Show where everything goes, and whether others on the way can read it."""
        text = tr("Questions, pictures and files go to {host}.").format(host=host)
        if is_readable:
            text = sentences(text, tr("The connection is not encrypted."))
        say(self.text.setText, text)
        self.show()
        if host != self._host:
            announce(self, text)
        self._host = host
