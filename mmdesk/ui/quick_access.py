"""Quick question and picture of the screen: from the window, the tray, and keys of the desktop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mmdesk.ui.quick_ask import QuickAsk
    from mmdesk.ui.screen_capture import ScreenCapture
    from mmdesk.ui.tray import Tray


class QuickAccess(QObject):
    """Owner of the quick question's window and of the capture, each made when it is first used.

    Attributes:
        quick_ask: the window, once it was opened.

    Signals:
        opened(object): the QuickAsk, when it was made; connect to it here.
        shown(object): a window that is to have the keyboard now.
        captured(str, bytes): name and PNG of a part of the screen.
        failed(object, object): message, hint.
        prompts_wanted(): the ready prompts are to be edited.
        link_activated(str): a link in a quick answer was clicked.
    """

    opened = Signal(object)
    shown = Signal(object)
    captured = Signal(str, bytes)
    failed = Signal(object, object)
    prompts_wanted = Signal()
    link_activated = Signal(str)

    def __init__(self, window: QWidget, tray: Tray) -> None:
        super().__init__(window)
        self._window, self._tray = window, tray
        self.quick_ask: QuickAsk | None = None
        self._capture: ScreenCapture | None = None
        tray.quick_wanted.connect(self.open_quick_ask)
        tray.capture_wanted.connect(self.capture)

    @Slot()
    def open_quick_ask(self) -> None:
        """Show the window of the quick question."""
        ask = self._made_quick_ask()
        ask.show_up()
        self.shown.emit(ask)

    def _made_quick_ask(self) -> QuickAsk:
        if self.quick_ask is None:
            from mmdesk.ui.quick_ask import QuickAsk

            self.quick_ask = made = QuickAsk(self._window)
            made.capture_wanted.connect(self.capture)
            made.prompts_wanted.connect(self._on_prompts_wanted)
            made.link_activated.connect(self.link_activated)
            self.opened.emit(made)
        return self.quick_ask

    @Slot()
    def capture(self) -> None:
        """Let the user mark a part of the screen; `captured` follows, unless it is cancelled."""
        if self._capture is None:
            from mmdesk.ui.screen_capture import ScreenCapture

            self._capture = ScreenCapture(self)
            self._capture.shown.connect(self.shown)
            self._capture.captured.connect(self._on_captured)
            self._capture.failed.connect(self._on_failed)
        quick = (self.quick_ask,) if self.quick_ask is not None else ()
        self._capture.start((self._window, *quick))

    @Slot(str, bytes)
    def _on_captured(self, name: str, png: bytes) -> None:
        if self.quick_ask is not None and self.quick_ask.isVisible():
            self.quick_ask.reject()
        self._tray.open_window()
        self.captured.emit(name, png)

    @Slot(object, object)
    def _on_failed(self, message: str, hint: str) -> None:
        self._tray.open_window()
        self.failed.emit(message, hint)

    @Slot()
    def _on_prompts_wanted(self) -> None:
        self._tray.open_window()
        self.prompts_wanted.emit()
