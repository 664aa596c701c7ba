"""System tray icon with a quick question; nothing where the desktop has no tray."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QSystemTrayIcon,
    QVBoxLayout,
    QWidget,
)

from mmdesk.ui import theme
from mmdesk.ui.i18n import say, tr
from mmdesk.ui.icons import window_icon
from mmdesk.ui.widgets import label, named, text_button


class QuickAsk(QDialog):
    """Dialog with one line for a question; the answer comes in the window.

    Signals:
        asked(str): a question that is not blank.
    """

    asked = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        named(self, "quickAsk", tr("Quick question"))
        say(self.setWindowTitle, tr("Quick question"))
        about = label(tr("Ask mmdesk"), "heading")
        self.field = QLineEdit()
        named(self.field, "quickAskField", tr("Your question"))
        say(self.field.setPlaceholderText, tr("Your question"))
        self.field.setMaxLength(8000)
        about.setBuddy(self.field)
        self.button = text_button(tr("Ask"), "quickAskButton", "primary")
        self.button.setDefault(True)
        self.button.clicked.connect(self._on_asked)
        row = QHBoxLayout()
        row.addWidget(self.field, 1)
        row.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 18)
        column.setSpacing(10)
        column.addWidget(about)
        column.addLayout(row)
        theme.fit_to_text(self, 560, 120)

    @Slot()
    def _on_asked(self) -> None:
        question = self.field.text().strip()
        if question:
            self.accept()
            self.field.clear()
            self.asked.emit(question)


class Tray(QObject):
    """Tray icon and its menu, while it is switched on; closing the window then only hides it.

    Signals:
        asked(str): a question from the dialog.
    """

    asked = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._icon: QSystemTrayIcon | None = None
        self.quick_ask: QuickAsk | None = None
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
        say(menu.addAction("", self.ask).setText, tr("Quick question…"))
        say(menu.addAction("", self.open_window).setText, tr("Open mmdesk"))
        menu.addSeparator()
        say(menu.addAction("", self.quit).setText, tr("Quit"))
        icon.setContextMenu(menu)
        icon.activated.connect(self._on_activated)
        return icon

    @Slot()
    def ask(self) -> None:
        """Show the dialog for a quick question."""
        if self.quick_ask is None:
            self.quick_ask = QuickAsk(self._window)
            self.quick_ask.asked.connect(self.asked)
        self.quick_ask.show()
        self.quick_ask.raise_()
        self.quick_ask.activateWindow()
        self.quick_ask.field.setFocus()

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
            self.ask()
