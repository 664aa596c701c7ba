"""Banner above a temporary chat: that nothing of it is saved, and the button that keeps it."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mmdesk.ui.i18n import tr
from mmdesk.ui.widgets import (
    announce,
    frame,
    glyph,
    label,
    named,
    put_in_column,
    restyle,
    text_button,
)


class TemporaryBanner(QWidget):
    """Quiet line that stays as long as a temporary chat is shown; it tints the composer as well.

    Signals:
        kept(): the chat is to be stored after all.
    """

    kept = Signal()

    def __init__(self, composer: QWidget) -> None:
        """Make the banner.

        Args:
            composer: gets the property "temporary" with the banner.
        """
        super().__init__()
        named(self, "temporaryBanner", tr("Temporary chat"))
        self._composer = composer
        text = label(
            tr("Temporary chat. Nothing is saved: it is gone when you leave it or quit mmdesk."),
            wrap=True,
        )
        text.setObjectName("temporaryBannerText")
        self.keep_button = text_button(tr("Keep this chat"), "keepChatButton", "small")
        self.keep_button.clicked.connect(self.kept)
        card = frame("temporary")
        row = QHBoxLayout(card)
        row.setContentsMargins(14, 6, 8, 6)
        row.setSpacing(10)
        row.addWidget(glyph("temporary", "accent", 18))
        row.addWidget(text, 1)
        row.addWidget(self.keep_button)
        put_in_column(self, card, top=10, bottom=0)
        self.hide()

    @Slot(bool)
    def set_temporary(self, on: bool) -> None:
        """Show or hide the banner and the tint of the composer."""
        if on == (not self.isHidden()):
            return
        had_focus = self.keep_button.hasFocus()
        self.setVisible(on)
        self._composer.setProperty("temporary", on)
        for part in (self._composer, *self._composer.findChildren(QWidget)):
            if part.property("kind") == "composer":
                restyle(part)
        if on:
            announce(self, tr("Temporary chat. Nothing of it is saved."))
        elif had_focus:
            self._composer.setFocus()
