"""Pictures of all screens, by the way that the desktop allows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, Signal, Slot
from PySide6.QtGui import QGuiApplication, QImage, QScreen

from mmdesk.desktop.refusals import PASTE_INSTEAD, SCREEN_REFUSED
from mmdesk.desktop.session import is_wayland

if TYPE_CHECKING:
    from mmdesk.desktop.portal_screenshot import PortalScreenshot


class Screenshot(QObject):
    """Taker of pictures of the screens.

    Signals:
        taken(object): list[tuple[QScreen, QImage]], each in the screen's own pixels.
        failed(object, object): message, hint.
    """

    taken = Signal(object)
    failed = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._portal: PortalScreenshot | None = None

    @Slot()
    def take(self) -> None:
        """Take a picture of each screen; exactly one of `taken` and `failed` follows."""
        if is_wayland():
            self._ask_portal()
            return
        pictures = [(screen, _grabbed(screen)) for screen in QGuiApplication.screens()]
        self._tell([(screen, image) for screen, image in pictures if not image.isNull()])

    def _ask_portal(self) -> None:
        if self._portal is None:
            from mmdesk.desktop.portal_screenshot import PortalScreenshot

            self._portal = PortalScreenshot(self)
            self._portal.taken.connect(self._on_whole)
            self._portal.failed.connect(self.failed)
        self._portal.take()

    @Slot(object)
    def _on_whole(self, whole: QImage) -> None:
        self._tell(split_by_screen(whole, QGuiApplication.screens()))

    def _tell(self, pictures: list[tuple[QScreen, QImage]]) -> None:
        if pictures:
            self.taken.emit(pictures)
        else:
            self.failed.emit(SCREEN_REFUSED, PASTE_INSTEAD)


def _grabbed(screen: QScreen) -> QImage:
    image = screen.grabWindow(0).toImage()
    image.setDevicePixelRatio(1)
    return image


def split_by_screen(whole: QImage, screens: list[QScreen]) -> list[tuple[QScreen, QImage]]:
    """Return the part of each screen in a picture of all of them, whatever its scale is."""
    desktop = QRect()
    for screen in screens:
        desktop = desktop.united(screen.geometry())
    if desktop.isEmpty():
        return []
    across, down = whole.width() / desktop.width(), whole.height() / desktop.height()
    parts = []
    for screen in screens:
        place = screen.geometry().translated(-desktop.topLeft())
        left, top = round(place.x() * across), round(place.y() * down)
        size = (round(place.width() * across), round(place.height() * down))
        part = whole.copy(QRect(left, top, *size))
        part.setDevicePixelRatio(1)
        parts.append((screen, part))
    return parts
