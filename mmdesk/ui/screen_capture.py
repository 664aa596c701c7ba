"""Picture of a part of the screen: the windows go, the user marks it, the windows come back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCursor, QGuiApplication, QImage, QScreen
from PySide6.QtWidgets import QWidget

from mmdesk.desktop import Screenshot
from mmdesk.ui.i18n import tr
from mmdesk.ui.image_view import png_bytes
from mmdesk.ui.region_overlay import RegionOverlay

SETTLE_MS = 300  # until a desktop with effects has drawn the screen without the windows


class ScreenCapture(QObject):
    """One capture at a time, with an overlay over each screen.

    All overlays close together: when one of them ends, when another window gets the focus, and when
    a screen is added, removed or changed.

    Attributes:
        overlays: those on the screens now.

    Signals:
        shown(object): the overlay that is to have the keyboard.
        captured(str, bytes): name and PNG of the part that was marked.
        failed(object, object): message, hint.
        ended(): the windows are back, with or without a picture.
    """

    shown = Signal(object)
    captured = Signal(str, bytes)
    failed = Signal(object, object)
    ended = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.overlays: list[RegionOverlay] = []
        self._hidden: list[tuple[QWidget, Qt.WindowState]] = []
        self._is_running = self._had_focus = False
        self._count = 0
        self._screenshot = Screenshot(self)
        self._screenshot.taken.connect(self._on_taken)
        self._screenshot.failed.connect(self._on_failed)
        self._settle = QTimer(self)
        self._settle.setSingleShot(True)
        self._settle.setInterval(SETTLE_MS)
        self._settle.timeout.connect(self._screenshot.take)
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.focusWindowChanged.connect(self._on_focus)
            application.screenAdded.connect(self.cancel)
            application.screenRemoved.connect(self.cancel)

    @property
    def is_running(self) -> bool:
        """True from `start` until `ended`."""
        return self._is_running

    def start(self, windows: Sequence[QWidget]) -> None:
        """Let the user mark a part of a screen.

        Args:
            windows: hidden meanwhile, where the user is in one of them; those of a program in the
                background stay where they are.
        """
        if self._is_running:
            return
        self._is_running, self._had_focus = True, False
        is_active = QGuiApplication.focusWindow() is not None
        for window in windows:
            wanted_away = is_active or _is_on_top(window)
            if wanted_away and window.isVisible() and not window.isMinimized():
                self._hidden.append((window, window.windowState()))
                window.hide()
        self._settle.start()

    @Slot()
    def cancel(self) -> None:
        """Close all overlays without a picture."""
        if self.overlays:
            self._end(to_front=True)

    # --- the screens --------------------------------------------------------------------------

    @Slot(object)
    def _on_taken(self, pictures: Sequence[tuple[QScreen, QImage]]) -> None:
        if not self._is_running:
            return
        self.overlays = [RegionOverlay(screen, image) for screen, image in pictures]
        under_pointer = QGuiApplication.screenAt(QCursor.pos())
        first = self.overlays[0]
        for overlay in self.overlays:
            overlay.chosen.connect(self._on_chosen)
            overlay.cancelled.connect(self.cancel)
            overlay.open()
            if overlay.screen() is under_pointer:
                first = overlay
        first.activateWindow()
        first.setFocus(Qt.FocusReason.ActiveWindowFocusReason)
        self.shown.emit(first)

    @Slot(object, object)
    def _on_failed(self, message: str, hint: str) -> None:
        if self._is_running:
            self._end(to_front=True)
            self.failed.emit(message, hint)

    @Slot()
    def _on_focus(self) -> None:
        """Look who has the focus once it has settled: between two overlays, nobody has it."""
        if self.overlays:
            QTimer.singleShot(0, self, self._check_focus)

    @Slot()
    def _check_focus(self) -> None:
        focus = QGuiApplication.focusWindow()
        if any(overlay.windowHandle() is focus for overlay in self.overlays):
            self._had_focus = True
        elif self._had_focus:  # the user has gone to another window, and is left there
            self._end(to_front=False)

    # --- the end ------------------------------------------------------------------------------

    @Slot(object)
    def _on_chosen(self, part: QImage) -> None:
        self._count += 1
        name = str(tr("Part of the screen {0}.png").format(self._count))
        self._end(to_front=True)
        self.captured.emit(name, png_bytes(part))

    def _end(self, *, to_front: bool) -> None:
        self._is_running = False
        self._settle.stop()
        overlays, self.overlays = self.overlays, []
        for overlay in overlays:
            overlay.cancel()
            overlay.deleteLater()
        hidden, self._hidden = self._hidden, []
        for window, state in hidden:
            window.setWindowState(state)
            _bring_back(window, to_front)
        self.ended.emit()


def _is_on_top(window: QWidget) -> bool:
    return bool(window.windowFlags() & Qt.WindowType.WindowStaysOnTopHint)


def _bring_back(window: QWidget, to_front: bool) -> None:
    """Show a window, before all others with the focus, or behind them without it."""
    handle = window.windowHandle()
    if handle is not None:  # WA_ShowWithoutActivating sets it as well, but only at the creation
        handle.setProperty("_q_showWithoutActivating", not to_front)
    window.show()
    if to_front:
        window.raise_()
        window.activateWindow()
    else:
        window.lower()
