"""Widgets of the main window that are imported after its first paint.

One module for all of them, so that they can be imported in one step while the bare window already
takes what is typed.
"""

from mmdesk.ui.conversation_view import ConversationView
from mmdesk.ui.deleted_bar import UndoKey
from mmdesk.ui.download_panel import DownloadPanel
from mmdesk.ui.drop_overlay import DropOverlay
from mmdesk.ui.example_runner import ExampleRunner
from mmdesk.ui.history_panel import HistoryPanel
from mmdesk.ui.icons import icon, window_icon
from mmdesk.ui.image_panel import ImagePanel
from mmdesk.ui.microphone_panel import MicrophonePanel
from mmdesk.ui.model_banner import ModelBanner
from mmdesk.ui.model_line import ModelLine
from mmdesk.ui.page_windows import PageWindows
from mmdesk.ui.preload import warm_up, warm_up_soon
from mmdesk.ui.project_line import ProjectLine
from mmdesk.ui.prompt_runner import PromptRunner
from mmdesk.ui.quick_access import QuickAccess
from mmdesk.ui.server_sign import ServerSign
from mmdesk.ui.shortcuts import install as install_shortcuts
from mmdesk.ui.tab_order import MessageTabOrder, set_tab_order, window_tab_order
from mmdesk.ui.temporary_banner import TemporaryBanner
from mmdesk.ui.window_actions import window_actions
from mmdesk.values import ChatSettings

__all__ = [
    "ChatSettings",
    "ConversationView",
    "DownloadPanel",
    "DropOverlay",
    "ExampleRunner",
    "HistoryPanel",
    "ImagePanel",
    "MessageTabOrder",
    "MicrophonePanel",
    "ModelBanner",
    "ModelLine",
    "PageWindows",
    "ProjectLine",
    "PromptRunner",
    "QuickAccess",
    "ServerSign",
    "TemporaryBanner",
    "UndoKey",
    "icon",
    "install_shortcuts",
    "set_tab_order",
    "warm_up",
    "warm_up_soon",
    "window_actions",
    "window_icon",
    "window_tab_order",
]
