"""The question before a link of an answer is opened."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from mmdesk.ui.i18n import tr
from mmdesk.ui.plain_text import encoded_address, set_plain_text, shown_address
from mmdesk.ui.widgets import named

_SCHEMES = ("http", "https", "mailto")


def ask_to_open(address: str, parent: QWidget) -> QMessageBox:
    """Show the address of a link and open it in the browser if the user agrees.

    The address is shown in the form in which it will be opened. Only web pages and mail addresses
    can be opened; any other address can be copied.

    Returns:
        The open dialog, at once.
    """
    url = QUrl(address)
    box = QMessageBox(parent)
    named(box, "linkQuestion", tr("Open this address?"))
    box.setWindowTitle(tr("Link"))
    set_plain_text(box, tr("Open this address in your browser?"), shown_address(address))
    copy = box.addButton(tr("Copy address"), QMessageBox.ButtonRole.ActionRole)
    cancel = box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(encoded_address(address)))
    if url.scheme() in _SCHEMES:
        opener = box.addButton(tr("Open"), QMessageBox.ButtonRole.AcceptRole)
        named(opener, "linkOpenButton", opener.text())
        opener.clicked.connect(lambda: QDesktopServices.openUrl(url))
    named(copy, "linkCopyButton", copy.text())
    named(cancel, "linkCancelButton", cancel.text())
    box.setDefaultButton(cancel)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
    return box
