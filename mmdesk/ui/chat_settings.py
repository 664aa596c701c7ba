"""Dialog with the settings of one conversation: instructions and sampling."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from mmdesk.ui.i18n import later, tr
from mmdesk.ui.wheel_guard import guard_wheel
from mmdesk.ui.widgets import label, named, text_button
from mmdesk.values import ChatSettings

# The instructions are not translated: the model works best in English, as with mmdesk's own prompt.
_PRESETS = (
    (
        later("Short answers"),
        "Answer in the user's language in one to three sentences. No introductions, no lists "
        "unless they are asked for.",
    ),
    (
        later("Patient teacher"),
        "You are a patient teacher. Explain step by step in the user's language, with one small "
        "example, and end with one question that checks the understanding.",
    ),
    (
        later("Programmer"),
        "You are an experienced programmer. Answer with working, commented code in one block, "
        "then explain in a few sentences what it does and where it can fail.",
    ),
    (
        later("Text editor"),
        "You are a careful editor. Give back the user's text in its own language with mistakes "
        "mended and clumsy sentences made clear. Change nothing of what it says.",
    ),
    (
        later("Translator"),
        "You are a professional translator. Translate what the user writes into English, or into "
        "Chinese when it is English. Give the translation alone.",
    ),
)


class ChatSettingsDialog(QDialog):
    """Form for a ChatSettings; it returns the changed one."""

    def __init__(self, settings: ChatSettings, parent: QWidget) -> None:
        super().__init__(parent)
        self._before = settings
        named(self, "chatSettingsDialog", tr("Chat settings"))
        self.setWindowTitle(tr("Chat settings"))
        self._make_prompt(settings)
        self._make_sampling(settings)
        self._lay_out()
        guard_wheel(self)
        self.resize(480, 460)

    def _make_prompt(self, settings: ChatSettings) -> None:
        self.preset = QComboBox()
        named(self.preset, "presetChoice", tr("Start from"))
        self.preset.addItem(tr("Default"), "")
        for name, instructions in _PRESETS:
            self.preset.addItem(tr(name), instructions)
        self.prompt = QPlainTextEdit(settings.system_prompt or "")
        named(self.prompt, "chatPrompt", tr("Instructions for the assistant"))
        self.prompt.setPlaceholderText(tr("Default"))
        self.prompt.setTabChangesFocus(True)
        self.prompt.setFixedHeight(120)
        known = self.preset.findData(settings.system_prompt or "")
        if known < 0:
            self.preset.addItem(tr("Custom"), settings.system_prompt)
            known = self.preset.count() - 1
        self.preset.setCurrentIndex(known)
        self.preset.activated.connect(self._on_preset)

    def _make_sampling(self, settings: ChatSettings) -> None:
        default = tr("Default")
        self.temperature = QDoubleSpinBox()
        named(self.temperature, "chatTemperature", tr("Temperature"))
        self.temperature.setRange(-0.1, 2)
        self.temperature.setSingleStep(0.1)
        self.temperature.setValue(-0.1 if settings.temperature is None else settings.temperature)
        self.top_p = QDoubleSpinBox()
        named(self.top_p, "chatTopP", tr("Share of likely words (top p)"))
        self.top_p.setRange(0, 1)
        self.top_p.setSingleStep(0.05)
        self.top_p.setValue(settings.top_p or 0)
        self.length = QSpinBox()
        named(self.length, "chatLength", tr("Maximum answer length, in tokens"))
        self.length.setRange(0, 32_768)
        self.length.setSingleStep(64)
        self.length.setValue(settings.max_tokens or 0)
        for field in (self.temperature, self.top_p, self.length):
            field.setSpecialValueText(default)
            field.lineEdit().setTextMargins(8, 0, 0, 0)

    def _lay_out(self) -> None:
        form = QFormLayout()
        form.setContentsMargins(22, 18, 22, 8)
        form.setVerticalSpacing(12)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(label(tr("Instructions for this chat"), "heading"))
        form.addRow(tr("Start from"), self.preset)
        form.addRow(tr("Instructions"), self.prompt)
        form.addRow(label(tr("Creativity and length"), "heading"))
        form.addRow(tr("Temperature"), self.temperature)
        form.addRow(tr("Top p"), self.top_p)
        form.addRow(tr("Maximum answer length"), self.length)
        note = tr("Applies to this chat only, from the next answer on.")
        form.addRow(label(note, "muted", wrap=True))
        save = text_button(tr("Save"), "saveChatSettingsButton", "primary")
        cancel = text_button(tr("Cancel"), "cancelChatSettingsButton", "quiet")
        save.setDefault(True)
        save.clicked.connect(self.accept)
        cancel.clicked.connect(self.reject)
        row = QHBoxLayout()
        row.setContentsMargins(22, 8, 22, 16)
        row.addStretch()
        row.addWidget(cancel)
        row.addWidget(save)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(form)
        column.addStretch()
        column.addLayout(row)

    @Slot(int)
    def _on_preset(self, index: int) -> None:
        self.prompt.setPlainText(self.preset.itemData(index) or "")

    def settings(self) -> ChatSettings:
        """Return the settings that the dialog shows now."""
        temperature = round(self.temperature.value(), 2)
        return replace(
            self._before,
            system_prompt=self.prompt.toPlainText().strip() or None,
            temperature=temperature if temperature >= 0 else None,
            top_p=round(self.top_p.value(), 2) or None,
            max_tokens=self.length.value() or None,
        )
