"""The list of conversations: opened, searched, renamed, deleted, exported, brought back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from mmdesk.chat import HistoryActions
from mmdesk.ui import tr
from mmdesk.values import ConversationInfo

if TYPE_CHECKING:
    from mmdesk.app.export_controller import ExportController
    from mmdesk.chat import ChatController
    from mmdesk.history import Archive
    from mmdesk.ui import MainWindow
    from mmdesk.workers import HistoryWorker


class ConversationListController(QObject):
    """Controller between the history's panel, the history, and the conversation that is shown.

    Attributes:
        actions: what is done with stored conversations.
    """

    def __init__(
        self,
        window: MainWindow,
        chat: ChatController,
        history: HistoryWorker[Archive],
        exports: ExportController,
    ) -> None:
        """Follow the panel."""
        super().__init__(window)
        self._window, self._chat, self._history = window, chat, history
        self.actions = actions = HistoryActions(history)
        panel = window.history
        chat.current_changed.connect(panel.set_current)
        chat.current_changed.connect(self._on_current_changed)
        chat.answers.busy_changed.connect(panel.set_busy)
        panel.open_wanted.connect(chat.open)
        panel.renamed.connect(chat.rename)
        panel.deleted.connect(chat.delete)
        panel.pinned.connect(actions.pin)
        panel.restored.connect(self._on_restored)
        panel.deleted.connect(actions.list_deleted)  # after chat.delete
        panel.erased.connect(actions.erase)
        panel.all_erased.connect(actions.erase_all)
        actions.deleted_listed.connect(panel.set_deleted)
        history.ready.connect(actions.list_deleted)
        panel.search_wanted.connect(actions.search)
        panel.files.export_wanted.connect(actions.export)
        panel.files.export_all_wanted.connect(actions.export_all)
        panel.files.import_wanted.connect(actions.import_file)
        actions.found.connect(panel.set_hits)
        actions.exported.connect(self._on_exported)
        exports.exported.connect(self._on_exported)
        history.listed.connect(self._on_listed)
        history.resumed.connect(self._on_resumed)
        history.failed.connect(window.composer.show_error)

    def _on_listed(self, infos: tuple[ConversationInfo, ...]) -> None:
        self._window.history.set_conversations(infos)
        self._window.history.set_current(self._chat.current)

    def _on_current_changed(self, conversation: str) -> None:
        self._history.change(lambda store: store.set_shown(conversation), soon=False)

    def _on_resumed(self, conversation: str) -> None:
        if self._chat.is_untouched():  # the user may have been faster
            self._chat.open(conversation)

    def _on_restored(self, conversation: str) -> None:
        self.actions.restore(conversation)
        if self._chat.is_empty():
            self._chat.open(conversation)

    def _on_exported(self, path: str) -> None:
        self._window.status_bar.set_state(tr("Exported to {path}").format(path=path))
