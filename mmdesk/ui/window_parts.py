"""What the window holds besides what stands in it at the first paint: its parts, the signals
between them (wiring.py), the keys, and the order of the Tab key.

Beside main_window.py, which imports this once the window has painted; used by it, once.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication, QWidget

from mmdesk.ui import reduced_motion, shortcuts
from mmdesk.ui.conversation_view import ConversationView
from mmdesk.ui.download_panel import DownloadPanel
from mmdesk.ui.drop_overlay import DropOverlay
from mmdesk.ui.history_panel import HistoryPanel
from mmdesk.ui.icons import window_icon
from mmdesk.ui.image_panel import ImagePanel
from mmdesk.ui.microphone_panel import MicrophonePanel
from mmdesk.ui.page_windows import PageWindows
from mmdesk.ui.tab_order import MessageTabOrder
from mmdesk.ui.window_connections import WindowConnections
from mmdesk.values import ChatSettings

if TYPE_CHECKING:
    from mmdesk.settings import Settings
    from mmdesk.ui.main_window import MainWindow


def furnish(window: MainWindow, settings: Settings) -> None:
    """Make the rest of a bare window."""
    if QApplication.style().name() != "fusion":  # create_application has chosen it
        QApplication.setStyle("Fusion")
    window.setWindowIcon(window_icon())
    window.setAcceptDrops(True)
    window.theme.settle()
    reduced_motion.set_reduced(settings.reduce_motion)
    window.chat_settings = ChatSettings()
    _make_chat(window)
    _make_sides(window, settings)
    window.pages = PageWindows(window)
    window.overlay = DropOverlay(window)
    window.wiring = WindowConnections(window)
    shortcuts.install(window, window.wiring.keys())
    _order_tabs(window)


def _make_chat(window: MainWindow) -> None:
    window.first_start = DownloadPanel()
    window.transcript = ConversationView(window.attachments, window.welcome)
    window.chat_column.insertWidget(0, window.first_start)
    window.chat_column.replaceWidget(window.chat_ground, window.transcript)
    window.chat_ground.deleteLater()
    window.composer.complete()


def _make_sides(window: MainWindow, settings: Settings) -> None:
    window.history = HistoryPanel()
    window.outer.replaceWidget(0, window.history)
    window.left.deleteLater()
    window.left = window.history
    window.outer.setStretchFactor(0, 0)
    window.image_panel = ImagePanel(window.attachments)
    window.microphone_panel = MicrophonePanel(hold=settings.hold_to_talk)
    window.microphone_panel.setMinimumWidth(190)
    window.side_box.addWidget(window.image_panel, 1)
    window.side_box.addWidget(window.microphone_panel)


def _order_tabs(window: MainWindow) -> None:
    composer, top_bar, history = window.composer, window.top_bar, window.history
    order: tuple[QWidget, ...] = (
        *(composer.input, composer.attach_button, composer.stop_button, composer.send_button),
        *(window.image_panel, window.microphone_panel.button),
        *(top_bar.history, top_bar.models, top_bar.manage_models, top_bar.chat_settings),
        *(top_bar.new_chat, top_bar.panels, top_bar.settings),
        *(history.field, history.more_button, history.list, history.undo_button),
        window.transcript,
    )
    for before, after in pairwise(order):
        QWidget.setTabOrder(before, after)
    window.reading_order = MessageTabOrder(window.transcript.column, window.transcript)
