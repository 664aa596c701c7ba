"""The line above everything: which model answers, a new chat, the panels, the settings."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QSizePolicy

from mmdesk.ui.from_below import below
from mmdesk.ui.i18n import say, sentences, tr
from mmdesk.ui.icons import icon
from mmdesk.ui.widgets import icon_button, named, text_button

if TYPE_CHECKING:
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QStyleOptionComboBox

    from mmdesk.values import ModelInfo

_AROUND_NAME = 48  # px of the selector that are not its text
_NARROW = 640  # px below which the model's name needs the room of the words


class _ModelSelector(QComboBox):
    """Combo box that elides a name that is too long, where the style would cut it off."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Change nothing: a wheel turned in passing would load another model."""
        event.ignore()

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        super().initStyleOption(option)
        name, room = option.currentText, self.width() - _AROUND_NAME
        if option.fontMetrics.horizontalAdvance(name) > room:
            from PySide6.QtCore import Qt  # not before the first paint: see ui/lean.py

            elide = Qt.TextElideMode.ElideRight
            option.currentText = option.fontMetrics.elidedText(name, elide, room)


class TopBar(QFrame):
    """The bar's controls.

    Signals:
        model_selected(str): a part's id, when the person chose another one.
    """

    model_selected = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("topBar")
        self.models = _ModelSelector()
        named(self.models, "modelSelector", tr("Model"), tr("The model that answers"))
        self.models.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        # The parts are listed after the first show; the default policy would stay at that width.
        self.models.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.models.setMinimumWidth(120)
        self.models.setMaximumWidth(340)
        self.models.activated.connect(self._on_activated)
        self._current = ""
        self.new_chat = text_button(tr("New chat"), "newChatButton", "quiet")
        self.new_chat.setIcon(icon("new-chat"))
        say(self.new_chat.setToolTip, tr("New chat (Ctrl+N)"))
        self.history = icon_button(
            "sidebar", "historyButton", tr("Show or hide the conversations"),
            tr("Conversations (Ctrl+H)"),
        )  # fmt: skip
        self.chat_settings = icon_button(
            "persona", "chatSettingsButton", tr("This conversation's settings"),
            tr("This conversation: instructions, sampling (Ctrl+I)"),
        )  # fmt: skip
        self.manage_models = icon_button(
            "models", "modelsButton", tr("Models"),
            tr("Models: fetch, check, remove (Ctrl+Shift+M)"),
        )  # fmt: skip
        self.panels = icon_button(
            "panel", "panelsButton", tr("Show or hide the panels"),
            tr("Pictures and microphone (Ctrl+B)"),
        )  # fmt: skip
        self.settings = icon_button(
            "settings", "settingsButton", tr("Settings"), tr("Settings (Ctrl+,)")
        )
        row = QHBoxLayout(self)
        row.setContentsMargins(14, 8, 10, 8)
        row.setSpacing(6)
        row.addWidget(self.history)
        row.addWidget(self.models)
        row.addWidget(self.manage_models)
        row.addWidget(self.chat_settings)
        row.addStretch()
        for widget in (self.new_chat, self.panels, self.settings):
            row.addWidget(widget)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        words = tr("New chat") if self.width() >= _NARROW else ""
        if words != self.new_chat.text():
            say(self.new_chat.setText, words)

    def set_models(self, infos: tuple[ModelInfo, ...], current: str) -> None:
        """The language parts; those that are not on this machine can be seen but not chosen."""
        from PySide6.QtCore import Qt
        from PySide6.QtGui import QStandardItemModel

        self._current = current
        self.models.clear()
        for info in infos:
            if info.role != "language":
                continue
            at = self.models.count()
            self.models.addItem("", info.id)
            words = info.title if info.installed else self._absent_words(info)
            say(partial(self.models.setItemText, at), words)
            self.models.setItemData(at, self._tip(info), Qt.ItemDataRole.ToolTipRole)
            rows = self.models.model()
            if not info.installed and info.id != current and isinstance(rows, QStandardItemModel):
                rows.item(at).setEnabled(False)
        self.models.setCurrentIndex(self.models.findData(current))

    def _absent_words(self, info: ModelInfo) -> str:
        size = f"{info.download_bytes / 1e6:,.0f} MB"
        return tr("{0} (not fetched, {1})").format(info.title, size)

    def _tip(self, info: ModelInfo) -> str:
        if info.installed:
            return sentences(below(info.note), info.licence)
        return tr("It can be fetched on the page of the models (Ctrl+Shift+M)")

    @Slot(int)
    def _on_activated(self, at: int) -> None:
        chosen = self.models.itemData(at)
        if chosen and chosen != self._current:
            self._current = chosen
            self.model_selected.emit(chosen)
