"""Banner above the conversation: the offer of a better model, and that it answers from now on."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mmdesk.ui.download_panel import megabytes
from mmdesk.ui.i18n import TranslatedText, say, tr
from mmdesk.ui.widgets import announce, frame, glyph, label, named, put_in_column, text_button


class ModelBanner(QWidget):
    """One sentence about a language model, with a button to take it and one to close the banner.

    Signals:
        accepted(): the user takes the model that is offered.
    """

    accepted = Signal()

    def __init__(self) -> None:
        super().__init__()
        named(self, "modelBanner", tr("Language model"))
        self._text = label("", wrap=True)
        self.accept_button = text_button(tr("Download"), "acceptModelButton", "primary")
        self.close_button = text_button(tr("Close"), "closeModelBannerButton", "small")
        self.accept_button.clicked.connect(self._on_accept)
        self.close_button.clicked.connect(self.hide)
        self._lay_out()
        self.hide()

    def _lay_out(self) -> None:
        card = frame("card")
        row = QHBoxLayout(card)
        row.setContentsMargins(18, 10, 18, 10)
        row.setSpacing(10)
        row.addWidget(glyph("download", "accent", 20))
        row.addWidget(self._text, 1)
        row.addWidget(self.accept_button)
        row.addWidget(self.close_button)
        put_in_column(self, card, top=14, bottom=4)

    def offer(self, title: str, download_bytes: int) -> None:
        """Offer a model that would answer better on this computer."""
        text = tr("{model} answers better and suits this computer ({size} MB to download).")
        self._show(text.format(model=title, size=megabytes(download_bytes)), with_offer=True)

    def tell_used(self, title: str) -> None:
        """Say that a model has been downloaded and answers from now on."""
        text = tr("{model} has been downloaded and answers from now on.")
        self._show(text.format(model=title), with_offer=False)

    def _show(self, text: TranslatedText, *, with_offer: bool) -> None:
        say(self._text.setText, text)
        self.accept_button.setVisible(with_offer)
        self.show()
        announce(self, text)

    @Slot()
    def _on_accept(self) -> None:
        self.hide()
        self.accepted.emit()
