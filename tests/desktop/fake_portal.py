"""Desktop portal on a session bus, and one request to it: `fake_portal CODE FOLDER`.

CODE is what the portal answers: 0 with a picture in FOLDER, 1 as where the user says no. What came
of the request is printed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import ClassInfo, QCoreApplication, QObject, QTimer, QUrl, Signal, Slot
from PySide6.QtDBus import (
    QDBusAbstractAdaptor,
    QDBusConnection,
    QDBusObjectPath,
)
from PySide6.QtGui import QImage

PATH = "/org/freedesktop/portal/desktop"


@ClassInfo({"D-Bus Interface": "org.freedesktop.portal.Request"})
class Request(QDBusAbstractAdaptor):
    Response = Signal("uint", "QVariantMap")


@ClassInfo({"D-Bus Interface": "org.freedesktop.portal.Screenshot"})
class Screenshot(QDBusAbstractAdaptor):
    def __init__(self, parent: QObject, code: int, folder: Path, client: str) -> None:
        super().__init__(parent)
        self._code, self._folder, self._client = code, folder, client
        self._kept: list[QObject] = []

    @Slot(str, "QVariantMap", result=QDBusObjectPath)
    def Screenshot(self, _parent: str, options: dict[str, Any]) -> QDBusObjectPath:
        owner = QObject()
        request = Request(owner)
        self._kept += [owner, request]
        path = f"{PATH}/request/{self._client}/{options['handle_token']}"
        QDBusConnection.sessionBus().registerObject(path, owner)
        QTimer.singleShot(0, lambda: request.Response.emit(self._code, self._results()))
        return QDBusObjectPath(path)

    def _results(self) -> dict[str, str]:
        if self._code:
            return {}
        image = QImage(300, 200, QImage.Format.Format_RGB32)
        image.fill(0xFF8800)
        picture = self._folder / "screenshot.png"
        image.save(str(picture))
        return {"uri": QUrl.fromLocalFile(str(picture)).toString()}


def main(code: int, folder: Path) -> None:
    from mmdesk.desktop.portal_screenshot import PortalScreenshot

    application = QCoreApplication([])
    bus = QDBusConnection.sessionBus()
    client = bus.baseService().lstrip(":").replace(".", "_")
    owner = QObject()
    Screenshot(owner, code, folder, client)
    assert bus.registerObject(PATH, owner)
    assert bus.registerService("org.freedesktop.portal.Desktop")
    portal = PortalScreenshot()
    portal.taken.connect(lambda image: print("taken", image.width(), image.height()))
    portal.failed.connect(lambda message, hint: print("failed", message))
    for signal in (portal.taken, portal.failed):
        signal.connect(application.quit)
    QTimer.singleShot(0, portal.take)
    application.exec()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
