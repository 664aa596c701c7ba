"""The few things a person can choose, in one small dialog."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QSpinBox,
    QSystemTrayIcon,
    QVBoxLayout,
    QWidget,
)

from mmdesk.settings import COLOUR_SCHEMES, LANGUAGES, TEXT_SIZES, Settings
from mmdesk.ui import theme
from mmdesk.ui.i18n import tr
from mmdesk.ui.wheel_guard import guard_wheel
from mmdesk.ui.widgets import label, named, text_button


class SettingsDialog(QDialog):
    """Shows a Settings and makes the changed one; nothing is written here.

    Signals:
        shortcuts_wanted(), steps_wanted(): the list of keys, the first steps; the dialog is
            closed without saving.
    """

    shortcuts_wanted = Signal()
    steps_wanted = Signal()

    def __init__(self, settings: Settings, microphones: list[str], parent: QWidget) -> None:
        super().__init__(parent)
        self._before = settings
        named(self, "settingsDialog", tr("Settings"))
        self.setWindowTitle(tr("Settings"))
        self._make_looks(settings)
        self._make_speech(settings, microphones)
        self._make_engine(settings)
        self._make_answers(settings)
        self._lay_out()
        guard_wheel(self)
        theme.fit_to_text(self, 500, 680)

    def _make_looks(self, settings: Settings) -> None:
        self.language = QComboBox()
        named(self.language, "languageChoice", tr("Language of the window"))
        # Each language under its own name: whoever cannot read the others finds it.
        names = (tr("As the system"), "English", "简体中文")
        for value, word in zip(LANGUAGES, names, strict=True):
            self.language.addItem(word, value)
        self.language.setCurrentIndex(self.language.findData(settings.language))
        self.scheme = QComboBox()
        named(self.scheme, "schemeChoice", tr("Colour scheme"))
        words = (tr("As the system"), tr("Light"), tr("Dark"))
        for value, word in zip(COLOUR_SCHEMES, words, strict=True):
            self.scheme.addItem(word, value)
        self.scheme.setCurrentIndex(self.scheme.findData(settings.colour_scheme))
        self.text_size = QSpinBox()
        named(self.text_size, "textSizeChoice", tr("Text size, in per cent"))
        self.text_size.setRange(*TEXT_SIZES)
        self.text_size.setSingleStep(10)
        self.text_size.setSuffix(tr(" %"))
        self.text_size.setValue(settings.text_size)
        self.reduce_motion = QCheckBox(tr("Reduce motion"))
        named(self.reduce_motion, "reduceMotionChoice", self.reduce_motion.text())
        self.reduce_motion.setChecked(settings.reduce_motion)
        self.tray = QCheckBox(tr("Stay in the tray when the window is closed"))
        named(self.tray, "trayChoice", self.tray.text())
        self.tray.setChecked(settings.tray)
        self.tray.setEnabled(QSystemTrayIcon.isSystemTrayAvailable() or settings.tray)

    def _make_speech(self, settings: Settings, microphones: list[str]) -> None:
        self.microphone = QComboBox()
        named(self.microphone, "microphoneChoice", tr("Microphone"))
        self.microphone.addItem(tr("The system's"), "")
        for name in dict.fromkeys([*microphones, settings.microphone]):
            if name:
                self.microphone.addItem(name, name)
        self.microphone.setCurrentIndex(self.microphone.findData(settings.microphone))
        self.microphone.setMinimumContentsLength(16)
        adjust = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self.microphone.setSizeAdjustPolicy(adjust)
        self.send_spoken = QCheckBox(tr("Send what was spoken at once"))
        named(self.send_spoken, "sendSpokenChoice", self.send_spoken.text())
        self.send_spoken.setChecked(settings.send_spoken)
        self.hold = QCheckBox(tr("Listen while the button is held"))
        named(self.hold, "holdChoice", self.hold.text())
        self.hold.setChecked(settings.hold_to_talk)

    def _make_engine(self, settings: Settings) -> None:
        self.unload_after = QSpinBox()
        named(self.unload_after, "unloadChoice", tr("Unload the model after, in minutes"))
        self.unload_after.setRange(0, 24 * 60)
        self.unload_after.setSingleStep(5)
        self.unload_after.setSuffix(tr(" minutes"))
        self.unload_after.setSpecialValueText(tr("Never"))
        self.unload_after.setValue(settings.unload_after)
        self.in_process = QCheckBox(tr("Run the model inside the window's process"))
        named(self.in_process, "inProcessChoice", self.in_process.text())
        self.in_process.setChecked(settings.in_process)

    def _make_answers(self, settings: Settings) -> None:
        self.length = QSpinBox()
        named(self.length, "lengthChoice", tr("Longest answer, in tokens"))
        self.length.setRange(16, 32_768)
        self.length.setSingleStep(64)
        self.length.setSuffix(tr(" tokens"))
        self.length.setValue(settings.max_tokens)
        self.temperature = QDoubleSpinBox()
        named(self.temperature, "temperatureChoice", tr("Temperature"))
        self.temperature.setRange(0, 2)
        self.temperature.setSingleStep(0.1)
        self.temperature.setValue(settings.temperature)
        self.temperature.setSpecialValueText(tr("0 (always the likeliest word)"))
        for field in (self.length, self.temperature, self.text_size, self.unload_after):
            field.lineEdit().setTextMargins(8, 0, 0, 0)
        self.prompt = QPlainTextEdit(settings.system_prompt)
        named(self.prompt, "promptChoice", tr("Instructions for the assistant"))
        self.prompt.setPlaceholderText(tr("mmdesk's own"))
        self.prompt.setTabChangesFocus(True)
        self.prompt.setFixedHeight(100)

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setObjectName("column")
        form = QFormLayout(inside)
        form.setContentsMargins(22, 18, 22, 8)
        form.setVerticalSpacing(6)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self._heading(tr("Appearance")))
        form.addRow(tr("Language"), self.language)
        form.addRow(tr("Colours"), self.scheme)
        form.addRow(tr("Text size"), self.text_size)
        form.addRow(self.reduce_motion)
        form.addRow(self._about(tr("Nothing moves by itself, not even the text cursor.")))
        form.addRow(self.tray)
        form.addRow(self._about(self._tray_words()))
        form.addRow(self._heading(tr("Speaking")))
        form.addRow(tr("Microphone"), self.microphone)
        form.addRow(self.send_spoken)
        form.addRow(self.hold)
        form.addRow(self._heading(tr("Answers")))
        form.addRow(tr("Longest answer"), self.length)
        form.addRow(self._about(tr("100 tokens are about 75 English words.")))
        form.addRow(tr("Temperature"), self.temperature)
        form.addRow(self._about(tr("Higher is more varied and less reliable.")))
        form.addRow(tr("Instructions"), self.prompt)
        form.addRow(self._about(tr("What the assistant is told before every conversation.")))
        form.addRow(self._heading(tr("Engine")))
        form.addRow(tr("Unload after"), self.unload_after)
        words = tr("Gives the model's memory back; the next question loads it again.")
        form.addRow(self._about(words))
        form.addRow(self.in_process)
        form.addRow(self._about(tr("For debugging; takes effect at the next start.")))
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(area)
        column.addLayout(self._buttons())

    @staticmethod
    def _heading(words: str) -> QLabel:
        made = label(words, "heading")
        made.setContentsMargins(0, 12, 0, 2)
        return made

    @staticmethod
    def _about(words: str) -> QLabel:
        made = label(words, "muted", wrap=True)
        made.setContentsMargins(0, 0, 0, 5)
        return made

    def _tray_words(self) -> str:
        if self.tray.isEnabled():
            return tr("A question can then be asked from the tray at any time.")
        return tr("This desktop has no tray.")

    def _buttons(self) -> QHBoxLayout:
        save = text_button(tr("Save"), "saveSettingsButton", "primary")
        cancel = text_button(tr("Cancel"), "cancelSettingsButton", "quiet")
        save.setDefault(True)
        save.clicked.connect(self.accept)
        cancel.clicked.connect(self.reject)
        keys = text_button(tr("Keys"), "shortcutsButton", "quiet")
        keys.setToolTip(tr("All keyboard shortcuts (F1)"))
        steps = text_button(tr("First steps"), "firstStepsButton", "quiet")
        keys.clicked.connect(self._on_keys)
        steps.clicked.connect(self._on_steps)
        row = QHBoxLayout()
        row.setContentsMargins(22, 8, 22, 16)
        row.addWidget(keys)
        row.addWidget(steps)
        row.addStretch()
        row.addWidget(cancel)
        row.addWidget(save)
        return row

    @Slot()
    def _on_keys(self) -> None:
        self.reject()
        self.shortcuts_wanted.emit()

    @Slot()
    def _on_steps(self) -> None:
        self.reject()
        self.steps_wanted.emit()

    def settings(self) -> Settings:
        """What the dialog shows now."""
        return replace(
            self._before,
            language=self.language.currentData(),
            colour_scheme=self.scheme.currentData(),
            microphone=self.microphone.currentData() or "",
            send_spoken=self.send_spoken.isChecked(),
            hold_to_talk=self.hold.isChecked(),
            max_tokens=self.length.value(),
            temperature=round(self.temperature.value(), 2),
            system_prompt=self.prompt.toPlainText().strip(),
            in_process=self.in_process.isChecked(),
            text_size=self.text_size.value(),
            reduce_motion=self.reduce_motion.isChecked(),
            tray=self.tray.isChecked(),
            unload_after=self.unload_after.value(),
        )
