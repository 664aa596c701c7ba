"""Text from outside, shown as it is written: in tooltips, message boxes and link addresses.

Qt takes a tooltip or a label that looks like HTML for HTML, and then opens the files and network
shares that its pictures name: hovering would be enough. File names, answers of a model and titles
of conversations are therefore escaped, or shown in labels of the format PlainText.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl

from mmdesk.ui.i18n import TranslatedText
from mmdesk.ui.qt_enums import PLAIN_TEXT

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMessageBox

LONGEST_TOOLTIP = 500  # characters; the rest is cut
# Characters without a glyph that change the direction in which others are written.
_DIRECTION_MARKS = dict.fromkeys(
    (0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
)


def plain_tooltip(text: str) -> str:
    """Return a text in the form that makes Qt show it literally as a tooltip.

    A text that Qt cannot take for HTML stays as it is, because a screen reader reads the tooltip
    of a widget without a description, tags included.

    Args:
        text: any text; a TranslatedText follows the language afterwards as well.

    Returns:
        The text, cut after LONGEST_TOOLTIP characters, escaped where it holds "<" or "&".
    """
    if isinstance(text, TranslatedText):
        return TranslatedText(lambda: _escaped(text.again()))
    return _escaped(text)


def _escaped(text: str) -> str:
    if len(text) > LONGEST_TOOLTIP:
        text = text[:LONGEST_TOOLTIP].rstrip() + "…"
    if "<" not in text and "&" not in text:
        return text
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\n", "<br>")):
        text = text.replace(character, entity)
    return f"<qt>{text}</qt>"


def set_plain_text(box: QMessageBox, question: str, details: str) -> None:
    """Show two texts in a message box, neither of them as HTML.

    `QMessageBox.setTextFormat` says nothing about the informative text, whose label would take
    HTML and open its links.
    """
    from PySide6.QtWidgets import QLabel

    box.setProperty("textFormat", PLAIN_TEXT)
    box.setText(question)
    box.setInformativeText(" ")  # creates the label
    for label in box.findChildren(QLabel):
        label.setProperty("textFormat", PLAIN_TEXT)
        label.setOpenExternalLinks(False)
    box.setInformativeText(details)


def encoded_address(address: str) -> str:
    """Return a link's address as it will be opened: Punycode in the host, "%" for non-ASCII."""
    url = QUrl(address)
    if not url.isValid():
        return address.translate(_DIRECTION_MARKS)
    return url.toString(QUrl.ComponentFormattingOption.FullyEncoded)


def shown_address(address: str) -> str:
    """Return a link's address in a form that does not look like another one.

    Returns:
        The encoded address. A host that reads differently decoded follows on a second line,
        without direction marks.
    """
    url = QUrl(address)
    host = url.host(QUrl.ComponentFormattingOption.FullyEncoded)
    decoded = url.host(QUrl.ComponentFormattingOption.FullyDecoded).translate(_DIRECTION_MARKS)
    encoded = encoded_address(address)
    return f"{encoded}\n({decoded})" if decoded != host else encoded
