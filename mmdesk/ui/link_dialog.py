"""Links in answers: shown in full and asked about before anything opens."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from mmdesk.ui.i18n import tr
from mmdesk.ui.widgets import named

_OPENED = ("http", "https", "mailto")


def ask_to_open(address: str, parent: QWidget) -> QMessageBox:
    """Show where a link leads, and open it in the browser only if the person says so. Returns at
    once; the question stands in its own window.
    """
    url = QUrl(address)
    box = QMessageBox(parent)
    named(box, "linkQuestion", tr("Open this address?"))
    box.setWindowTitle(tr("Link"))
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(tr("Open this address in your browser?"))
    box.setInformativeText(address)
    copy = box.addButton(tr("Copy address"), QMessageBox.ButtonRole.ActionRole)
    cancel = box.addButton(tr("Cancel"), QMessageBox.ButtonRole.RejectRole)
    copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(address))
    if url.scheme() in _OPENED:
        opener = box.addButton(tr("Open"), QMessageBox.ButtonRole.AcceptRole)
        named(opener, "linkOpenButton", opener.text())
        opener.clicked.connect(lambda: QDesktopServices.openUrl(url))
    named(copy, "linkCopyButton", copy.text())
    named(cancel, "linkCancelButton", cancel.text())
    box.setDefaultButton(cancel)
    box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    box.open()
    return box
