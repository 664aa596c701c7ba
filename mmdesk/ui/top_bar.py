"""Top bar: model selector, new chat, and the buttons for panels, pages and settings."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QSizePolicy

from mmdesk.ui.i18n import joined, say, sentences, tr, translated
from mmdesk.ui.icons import icon
from mmdesk.ui.plain_text import plain_tooltip
from mmdesk.ui.widgets import icon_button, named, text_button

if TYPE_CHECKING:
    from PySide6.QtGui import QWheelEvent
    from PySide6.QtWidgets import QStyleOptionComboBox

    from mmdesk.values import ChatSettings, ModelInfo

_AROUND_NAME = 48  # px of the selector that are not its text
_NARROW = 640  # px, below which the text of the button would squeeze the model's name


class _ModelSelector(QComboBox):
    """Combo box that elides a name that is too long, where the style would cut it off."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Change nothing: a wheel turned in passing would load another model."""
        event.ignore()

    def initStyleOption(self, option: QStyleOptionComboBox) -> None:
        """Elide the name."""
        super().initStyleOption(option)
        name, width = option.currentText, self.width() - _AROUND_NAME
        if option.fontMetrics.horizontalAdvance(name) > width:
            from PySide6.QtCore import Qt  # not before the first paint: see ui/qt_enums.py

            elide = Qt.TextElideMode.ElideRight
            option.currentText = option.fontMetrics.elidedText(name, elide, width)


class TopBar(QFrame):
    """Controls of the bar.

    Signals:
        model_selected(str): the id of the model part that the user has chosen.
    """

    model_selected = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("topBar")
        self.models = _ModelSelector()
        named(self.models, "modelSelector", tr("Model"), tr("Model in use"))
        self.models.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        # The parts are listed after the first show; the default policy would stay at that width.
        self.models.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.models.setMinimumWidth(110)
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
            "persona", "chatSettingsButton", tr("Chat settings"),
            tr("Chat settings (Ctrl+I)"),
        )  # fmt: skip
        self.manage_models = icon_button(
            "models", "modelsButton", tr("Models"),
            tr("Models: download, verify, remove (Ctrl+Shift+M)"),
        )  # fmt: skip
        self.panels = icon_button(
            "panel", "panelsButton", tr("Show or hide side panel"),
            tr("Show or hide side panel (Ctrl+B)"),
        )  # fmt: skip
        self.settings = icon_button(
            "settings", "settingsButton", tr("Settings"), tr("Settings (Ctrl+,)")
        )
        self._row = row = QHBoxLayout(self)
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
        """Show no text on the new-chat button, and fewer buttons, in a narrow window."""
        super().resizeEvent(event)
        text = tr("New chat") if self.width() >= _NARROW else ""
        if text != self.new_chat.text():
            say(self.new_chat.setText, text)
        self._fit_buttons()

    def _fit_buttons(self) -> None:
        """Hide the buttons that would cover the selector; their keys and the palette stay."""
        row = self._row
        edges = row.contentsMargins()
        room = self.width() - edges.left() - edges.right() - self.models.minimumWidth()
        kept = (self.history, self.settings, self.new_chat)
        spare = (self.chat_settings, self.manage_models, self.panels)
        for button in (*kept, *spare):
            room -= max(button.sizeHint().width(), button.minimumWidth()) + row.spacing()
            if button in spare:
                button.setVisible(room >= 0)

    def set_models(self, infos: tuple[ModelInfo, ...], current: str) -> None:
        """List the language models; those that are not installed cannot be chosen."""
        from PySide6.QtCore import Qt
        from PySide6.QtGui import QStandardItemModel

        self._current = current
        self.models.clear()
        for info in infos:
            if info.role != "language":
                continue
            at = self.models.count()
            self.models.addItem("", info.id)
            title = _title(info) if info.installed else _not_downloaded(info)
            say(partial(self.models.setItemText, at), title)
            self.models.setItemData(at, plain_tooltip(_details(info)), Qt.ItemDataRole.ToolTipRole)
            rows = self.models.model()
            if not info.installed and info.id != current and isinstance(rows, QStandardItemModel):
                rows.item(at).setEnabled(False)
        self.models.setCurrentIndex(self.models.findData(current))

    def mark_chat_settings(self, settings: ChatSettings) -> None:
        """Show whether the conversation has settings of its own, its model apart."""
        from dataclasses import replace

        from mmdesk.values import ChatSettings

        has_own = replace(settings, model=None) != ChatSettings()
        self.chat_settings.setIcon(icon("persona", "accent" if has_own else "text"))

    @Slot(int)
    def _on_activated(self, at: int) -> None:
        chosen = self.models.itemData(at)
        if chosen and chosen != self._current:
            self._current = chosen
            self.model_selected.emit(chosen)


def _title(info: ModelInfo) -> str:
    from mmdesk.ui.model_labels import takes_text  # after the first paint

    return joined(" · ", (translated(info.title), takes_text(info)))


def _not_downloaded(info: ModelInfo) -> str:
    size = f"{info.download_bytes / 1e6:,.0f} MB"
    return tr("{0} (not downloaded, {1})").format(info.title, size)


def _details(info: ModelInfo) -> str:
    if info.installed:
        return sentences(translated(info.note), info.licence)
    return tr("Download it on the Models page (Ctrl+Shift+M)")
