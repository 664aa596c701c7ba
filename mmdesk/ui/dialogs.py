"""The dialogs that the window opens over itself. Each returns at once, and tells the window what
was chosen through the window's own signals and slots.

Imported when the first of them is wanted, and each dialog of our own with its opening, since the
window must paint soon. The pages of ui/pages.py stay; these are made anew each time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from mmdesk.ui.i18n import tr

if TYPE_CHECKING:
    from mmdesk.ui.main_window import MainWindow


def choose_files(window: MainWindow) -> None:
    """Let the person choose files; they are offered like dropped ones."""
    dialog = QFileDialog(window, tr("Attach files"))
    dialog.setObjectName("fileDialog")
    dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.filesSelected.connect(window.offer_files)
    dialog.open()


def open_settings(window: MainWindow) -> None:
    """The settings of everything; what is saved goes to `take_settings`."""
    from mmdesk.ui.settings_dialog import SettingsDialog

    dialog = SettingsDialog(window.settings, window.microphones, window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.accepted.connect(lambda: window.take_settings(dialog.settings()))
    dialog.shortcuts_wanted.connect(window.pages.open_shortcuts)
    dialog.steps_wanted.connect(window.pages.open_first_steps)
    dialog.open()


def open_chat_settings(window: MainWindow) -> None:
    """The shown conversation's settings; what is saved comes as `chat_settings_changed`."""
    from mmdesk.ui.chat_settings import ChatSettingsDialog

    dialog = ChatSettingsDialog(window.chat_settings, window)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.accepted.connect(lambda: window.chat_settings_changed.emit(dialog.settings()))
    dialog.open()
