"""System tray icon with its menu; nothing where the desktop has no tray."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import QMenu, QSystemTrayIcon, QWidget

from mmdesk.ui.i18n import say, tr
from mmdesk.ui.icons import window_icon


class Tray(QObject):
    """Tray icon and its menu, while it is switched on; closing the window then only hides it.

    Signals:
        quick_wanted(): a quick question is to be asked.
        capture_wanted(): a part of the screen is to be asked about.
    """

    quick_wanted = Signal()
    capture_wanted = Signal()

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._icon: QSystemTrayIcon | None = None
        self._quitting = False
        window.installEventFilter(self)

    @property
    def is_on(self) -> bool:
        """True while the icon is shown: it is switched on, and the desktop has a tray."""
        return self._icon is not None

    def set_on(self, on: bool) -> None:
        """Show or remove the icon."""
        if on and self._icon is None and QSystemTrayIcon.isSystemTrayAvailable():
            self._icon = self._make_icon()
            self._icon.show()
        elif not on and self._icon is not None:
            self._icon.hide()
            self._icon.deleteLater()
            self._icon = None

    def _make_icon(self) -> QSystemTrayIcon:
        icon = QSystemTrayIcon(window_icon(), self)
        icon.setToolTip("mmdesk")
        menu = QMenu(self._window)
        say(menu.addAction("", self.quick_wanted.emit).setText, tr("Quick question…"))
        capture = menu.addAction("", self.capture_wanted.emit)
        say(capture.setText, tr("Ask about a part of the screen…"))
        say(menu.addAction("", self.open_window).setText, tr("Open mmdesk"))
        menu.addSeparator()
        say(menu.addAction("", self.quit).setText, tr("Quit"))
        icon.setContextMenu(menu)
        icon.activated.connect(self._on_activated)
        return icon

    @Slot()
    def open_window(self) -> None:
        """Show, restore and raise the window."""
        window = self._window
        if not window.isVisible():
            window.show()
        window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
        window.raise_()
        window.activateWindow()

    @Slot()
    def quit(self) -> None:
        """Close the window for good, with or without a tray."""
        self._quitting = True
        self.open_window()  # a hidden window is not closed
        self._window.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Hide the window instead of closing it."""
        if event.type() != QEvent.Type.Close or not self.is_on or self._quitting:
            return False
        event.ignore()
        self._window.hide()
        return True

    @Slot(QSystemTrayIcon.ActivationReason)
    def _on_activated(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason == QSystemTrayIcon.ActivationReason.Trigger:
            self.quick_wanted.emit()
