"""Screenshot through the desktop portal (org.freedesktop.portal.Screenshot), over QtDBus.

The desktop asks the user, writes a file and answers with a signal of a request object, whose path
follows from the caller's name on the bus and a token.
"""

from __future__ import annotations

import logging
import secrets
from pathlib import Path
from typing import Any

from PySide6.QtCore import SLOT, QObject, QTimer, QUrl, Signal, Slot
from PySide6.QtDBus import QDBusConnection, QDBusMessage, QDBusPendingCallWatcher
from PySide6.QtGui import QImage

from mmdesk.desktop.refusals import PASTE_INSTEAD, SCREEN_REFUSED
from mmdesk.translatable import TranslatableText

log = logging.getLogger(__name__)

_SERVICE = "org.freedesktop.portal.Desktop"
_PATH = "/org/freedesktop/portal/desktop"
_SCREENSHOT, _REQUEST = "org.freedesktop.portal.Screenshot", "org.freedesktop.portal.Request"
_PATIENCE_MS = 120_000  # in which the user may answer the desktop's question
_SUCCESS, _CANCELLED = 0, 1
_ON_RESPONSE: Any = SLOT("on_response(uint,QVariantMap)")  # the stub asks for bytes


class PortalScreenshot(QObject):
    """One request after another for a picture of everything that is on the screens.

    Signals:
        taken(object): a QImage.
        failed(object, object): message, hint.
    """

    taken = Signal(object)
    failed = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bus = QDBusConnection.sessionBus()
        self._request = ""
        self._call: QDBusPendingCallWatcher | None = None
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS)
        self._patience.timeout.connect(self._on_silence)

    def take(self) -> None:
        """Ask the desktop; exactly one of `taken` and `failed` follows."""
        self._forget()
        if not self._bus.isConnected():
            self._fail("no session bus")
            return
        token = f"mmdesk_{secrets.token_hex(8)}"
        sender = self._bus.baseService().lstrip(":").replace(".", "_")
        self._request = f"{_PATH}/request/{sender}/{token}"
        self._bus.connect(_SERVICE, self._request, _REQUEST, "Response", self, _ON_RESPONSE)
        call = QDBusMessage.createMethodCall(_SERVICE, _PATH, _SCREENSHOT, "Screenshot")
        call.setArguments(["", {"handle_token": token, "interactive": False}])
        self._call = QDBusPendingCallWatcher(self._bus.asyncCall(call), self)
        self._call.finished.connect(self._on_called)
        self._patience.start()

    @Slot(QDBusPendingCallWatcher)
    def _on_called(self, call: QDBusPendingCallWatcher) -> None:
        if call is self._call and call.isError():
            self._fail(call.error().message())

    @Slot("uint", "QVariantMap")
    def on_response(self, code: int, results: dict[str, Any]) -> None:
        """Read the picture that the desktop has written, and remove its file."""
        self._forget()
        if code != _SUCCESS:
            self._refuse(code)
            return
        path = Path(QUrl(str(results.get("uri", ""))).toLocalFile())
        image = QImage(str(path))
        if image.isNull():
            self._fail("the desktop has written no picture")
            return
        path.unlink(missing_ok=True)
        self.taken.emit(image)

    @Slot()
    def _on_silence(self) -> None:
        self._fail("no answer")

    def _refuse(self, code: int) -> None:
        if code == _CANCELLED:
            self.failed.emit(TranslatableText("The desktop was not allowed to take a picture."), "")
        else:
            self._fail(f"response {code}")

    def _fail(self, reason: str) -> None:
        self._forget()
        log.info("no screenshot: %s", reason)
        self.failed.emit(SCREEN_REFUSED, PASTE_INSTEAD)

    def _forget(self) -> None:
        """Listen to the present request no more."""
        self._patience.stop()
        self._call = None
        if self._request:
            self._bus.disconnect(_SERVICE, self._request, _REQUEST, "Response", self, _ON_RESPONSE)
        self._request = ""
