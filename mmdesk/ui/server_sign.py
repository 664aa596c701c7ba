"""Sign above the composer that what is sent goes to another computer."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from mmdesk.ui.i18n import say, sentences, tr
from mmdesk.ui.widgets import announce, frame, glyph, label, named, put_in_column


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
        put_in_column(self, card, top=4, bottom=0)
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
