"""Actions of the main window, by the names that the table of shortcuts gives them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mmdesk.ui.main_window import MainWindow


def window_actions(window: MainWindow) -> dict[str, Callable[[], object]]:
    """Return what each shortcut, and its entry in the command palette, does."""
    return {
        "new_chat": window.start_new_chat,
        "temporary_chat": window.start_temporary_chat,
        "history": window.areas.toggle_history,
        "search": window.search_history,
        "undo": window.history.undo,
        "chat_settings": window.pages.open_chat_settings,
        "stop": window.composer.escape,
        "write": window.composer.input.setFocus,
        "attach": window.pages.choose_files,
        "capture": window.quick_access.capture,
        "quick": window.quick_access.open_quick_ask,
        "speak": window.microphone_panel.toggle,
        "read_aloud": window.conversation.read_last_aloud,
        "talk": window.composer.talk_button.click,
        "palette": window.open_palette,
        "panels": window.areas.toggle_panels,
        "models": window.pages.open_models,
        "settings": window.open_settings,
        "next_area": window.areas.go_to_next_area,
        "larger": window.appearance.enlarge_text,
        "smaller": window.appearance.shrink_text,
        "usual_size": window.appearance.reset_text,
        "shortcuts": window.pages.open_shortcuts,
        "quit": window.pages.tray.quit,
    }
