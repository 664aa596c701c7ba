"""Controller of the quick question and of what opens it: keys of the desktop and commands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from mmdesk.chat import QuickChat
from mmdesk.desktop import CommandServer, GlobalHotkeys
from mmdesk.settings import Settings
from mmdesk.values import ImageInput, Turn

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mmdesk.chat import ChatController
    from mmdesk.ui import MainWindow, QuickAsk, SettingsDialog
    from mmdesk.workers import FileLoader


class QuickAccessController(QObject):
    """Connection of the quick question's window with its chat, and of keys with the windows.

    Attributes:
        quick: the chat of the quick question.
        hotkeys: the keys that work everywhere.
        commands: the socket that `mmdesk quick` and `mmdesk capture` talk to.
    """

    def __init__(
        self, window: MainWindow, chat: ChatController, quick: QuickChat, loader: FileLoader
    ) -> None:
        """Connect everything; keys and commands are taken from `begin` on."""
        super().__init__()
        self._window, self._chat, self._loader = window, chat, loader
        self.quick = quick
        self.hotkeys = GlobalHotkeys(self)
        self.commands = CommandServer(self)
        self._ready = (True, "")
        self._waiting: Turn | None = None  # until its picture is decoded
        self._dialog: SettingsDialog | None = None
        self._has_begun = False
        window.quick_access.opened.connect(self._on_opened)
        window.quick_access.shown.connect(self._on_shown)
        window.pages.settings_opened.connect(self._on_settings_opened)
        self.hotkeys.pressed.connect(self.run)
        self.commands.commanded.connect(self.run)
        loader.loaded.connect(self._on_picture)
        loader.failed.connect(self._on_picture_failed)

    def begin(self, settings: Settings) -> None:
        """Take keys and commands from now on."""
        self._has_begun = True
        self.commands.begin()
        self.apply_settings(settings)

    def close(self) -> bool:
        """Take no more keys and commands; return whether the decoder has ended."""
        self._has_begun = False
        self.hotkeys.close()
        self.commands.close()
        self.quick.discard()
        return self._loader.close()

    def apply_settings(self, settings: Settings) -> None:
        """Register the keys that were chosen, and offer the ready prompts."""
        if not self._has_begun:
            return
        self.hotkeys.set_keys({"quick": settings.quick_key, "capture": settings.capture_key})
        self._tell_problems()
        ask = self._window.quick_access.quick_ask
        if ask is not None:
            ask.set_prompts(settings.prompts)

    @Slot(bool, object)
    def set_ready(self, ready: bool, reason: str = "") -> None:
        """Take whether something can be asked; `reason` says why not."""
        self._ready = (ready, reason)
        ask = self._window.quick_access.quick_ask
        if ask is not None:
            ask.set_ready(ready, reason)

    @Slot(str)
    def run(self, command: str) -> None:
        """Open the quick question, or let the user mark a part of the screen."""
        if command == "quick":
            self._window.quick_access.open_quick_ask()
        elif command == "capture":
            self._window.quick_access.capture()

    @Slot(object)
    def _on_shown(self, window: QWidget) -> None:
        """Have the desktop give a window the keyboard, wherever the user was."""
        if self._has_begun:
            self.hotkeys.activate(int(window.winId()))

    # --- the quick question -------------------------------------------------------------------

    @Slot(object)
    def _on_opened(self, ask: QuickAsk) -> None:
        quick = self.quick
        ask.set_prompts(self._window.settings.prompts)
        ask.set_ready(*self._ready)
        ask.asked.connect(self._on_asked)
        ask.stop_wanted.connect(self._on_stop)
        ask.keep_wanted.connect(self._on_kept)
        ask.discarded.connect(self._on_discarded)
        quick.preparing.connect(ask.answer.set_preparing)
        quick.text_arrived.connect(ask.answer.append)
        quick.reasoning_arrived.connect(ask.answer.append_reasoning)
        quick.notice_arrived.connect(ask.answer.add_notice)
        quick.answer_finished.connect(ask.finish)
        quick.answer_stopped.connect(ask.stop)
        quick.answer_failed.connect(ask.fail)

    @Slot(object, bytes)
    def _on_asked(self, turn: Turn, png: bytes) -> None:
        if png:
            self._waiting = turn
            self._loader.load_image("clipboard.png", png)
        else:
            self.quick.ask(turn, self._chat)

    @Slot(object)
    def _on_picture(self, image: ImageInput) -> None:
        turn, self._waiting = self._waiting, None
        if turn is not None:
            self.quick.ask(replace(turn, images=(image,)), self._chat)

    @Slot(object, object)
    def _on_picture_failed(self, message: str, hint: str) -> None:
        ask = self._window.quick_access.quick_ask
        if self._waiting is not None and ask is not None:
            self._waiting = None
            ask.fail(message, hint)

    @Slot()
    def _on_stop(self) -> None:
        ask = self._window.quick_access.quick_ask
        if self._waiting is not None and ask is not None:
            self._waiting = None
            ask.stop()
        self.quick.stop()

    @Slot()
    def _on_kept(self) -> None:
        self._waiting = None
        self.quick.keep(self._chat)
        self._window.pages.tray.open_window()

    @Slot()
    def _on_discarded(self) -> None:
        self._waiting = None
        self.quick.discard()

    # --- the settings -------------------------------------------------------------------------

    @Slot(object)
    def _on_settings_opened(self, dialog: SettingsDialog) -> None:
        self._dialog = dialog
        dialog.finished.connect(self._on_settings_closed)
        self._tell_problems()

    @Slot()
    def _on_settings_closed(self) -> None:
        if self.sender() is self._dialog:
            self._dialog = None

    def _tell_problems(self) -> None:
        if self._dialog is not None:
            self._dialog.keys.set_problems(self.hotkeys.problems)
