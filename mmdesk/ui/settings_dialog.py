"""Settings dialog."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent, QShowEvent
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

from mmdesk.ready_prompts import ReadyPrompt
from mmdesk.settings import COLOUR_SCHEMES, DEVICES, LANGUAGES, TEXT_SIZES, Settings
from mmdesk.ui import theme
from mmdesk.ui.encryption_fields import EncryptionFields
from mmdesk.ui.form_search import filter_form
from mmdesk.ui.global_key_fields import GlobalKeyFields
from mmdesk.ui.i18n import tr
from mmdesk.ui.memory_fields import MemoryFields
from mmdesk.ui.search_field import search_field
from mmdesk.ui.server_fields import ServerFields
from mmdesk.ui.voice_fields import VoiceFields
from mmdesk.ui.wheel_guard import guard_wheel
from mmdesk.ui.widgets import announce, label, named, text_button

_TYPING_MS = 600  # after which a text that is being typed is applied
_INDENT = 5  # px, where the text of a check box begins
OF_MODEL = -0.1  # temperature in the field for what the model's makers advise


class SettingsDialog(QDialog):
    """Form for a Settings that tells every change at once; it writes nothing.

    Attributes:
        told: the settings that were told last.
        before: those that "Undo changes" goes back to.

    Signals:
        changed(object): the Settings as the form shows them now.
        outdated(): the form is in another language than the window now, or the changes were
            undone; it is to be opened anew.
        shortcuts_wanted(), introduction_wanted(): the user asks for the list of shortcuts or for
            the introduction of the first start; this dialog is closed.
        connections_wanted(): the user asks for the list of connections; this dialog stays open.
        voices_wanted(): the user asks for the models page, where voices are; this dialog is closed.
    """

    changed = Signal(object)
    outdated = Signal()
    shortcuts_wanted = Signal()
    introduction_wanted = Signal()
    connections_wanted = Signal()
    voices_wanted = Signal()

    def __init__(
        self,
        settings: Settings,
        microphones: list[str],
        parent: QWidget,
        before: Settings | None = None,
    ) -> None:
        """Make the form.

        Args:
            settings: those in force.
            microphones: names of the devices.
            parent: the window.
            before: those that "Undo changes" goes back to; `settings` where None.
        """
        super().__init__(parent)
        self.before = before or settings
        self.told = settings
        self._is_outdated = False
        named(self, "settingsDialog", tr("Settings"))
        self.setWindowTitle(tr("Settings"))
        self._make_appearance(settings)
        self._make_speech(settings, microphones)
        self._make_engine(settings)
        self._make_answers(settings)
        self._make_network(settings)
        self.encryption = EncryptionFields(self)
        self.server = ServerFields(settings)
        self.voice = VoiceFields(settings)
        self.voice.manage.clicked.connect(self._on_voices)
        self.keys = GlobalKeyFields(settings)
        self.memory = MemoryFields(settings)
        self.memory.changed.connect(self.apply)
        self._lay_out()
        self._follow_fields()
        guard_wheel(self)
        theme.fit_to_text(self, 500, 680)

    def _make_appearance(self, settings: Settings) -> None:
        self.language = QComboBox()
        named(self.language, "languageChoice", tr("Window language"))
        # Each language has its own name, for those who cannot read the others.
        names = (tr("Match system"), "English", "简体中文")
        for value, name in zip(LANGUAGES, names, strict=True):
            self.language.addItem(name, value)
        self.language.setCurrentIndex(self.language.findData(settings.language))
        self.scheme = QComboBox()
        named(self.scheme, "schemeChoice", tr("Colour scheme"))
        names = (tr("Match system"), tr("Light"), tr("Dark"))
        for value, name in zip(COLOUR_SCHEMES, names, strict=True):
            self.scheme.addItem(name, value)
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
        self.tray = QCheckBox(tr("Keep running in the tray when the window is closed"))
        named(self.tray, "trayChoice", self.tray.text())
        self.tray.setChecked(settings.tray)
        self.tray.setEnabled(QSystemTrayIcon.isSystemTrayAvailable() or settings.tray)

    def _make_speech(self, settings: Settings, microphones: list[str]) -> None:
        self.microphone = QComboBox()
        named(self.microphone, "microphoneChoice", tr("Microphone"))
        self.microphone.addItem(tr("System default"), "")
        for name in dict.fromkeys([*microphones, settings.microphone]):
            if name:
                self.microphone.addItem(name, name)
        self.microphone.setCurrentIndex(self.microphone.findData(settings.microphone))
        self.microphone.setMinimumContentsLength(16)
        adjust = QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        self.microphone.setSizeAdjustPolicy(adjust)
        self.send_spoken = QCheckBox(tr("Send voice messages right away"))
        named(self.send_spoken, "sendSpokenChoice", self.send_spoken.text())
        self.send_spoken.setChecked(settings.send_spoken)
        self.hold = QCheckBox(tr("Push to talk"))
        named(self.hold, "holdChoice", self.hold.text())
        self.hold.setChecked(settings.hold_to_talk)

    def _make_engine(self, settings: Settings) -> None:
        self.unload_after = QSpinBox()
        named(self.unload_after, "unloadChoice", tr("Free memory after, in minutes"))
        self.unload_after.setRange(0, 24 * 60)
        self.unload_after.setSingleStep(5)
        self.unload_after.setSuffix(tr(" minutes"))
        self.unload_after.setSpecialValueText(tr("Never"))
        self.unload_after.setValue(settings.unload_after)
        self.device = QComboBox()
        named(self.device, "deviceChoice", tr("Device that computes"))
        names = (
            *(tr("Graphics card where the model fits"), tr("CPU")),
            *(tr("GPU (NVIDIA or AMD)"), tr("GPU (Apple)"), tr("GPU (Intel)")),
        )
        for value, name in zip(DEVICES, names, strict=True):
            self.device.addItem(name, value)
        self.device.setCurrentIndex(self.device.findData(settings.device))
        self.in_process = QCheckBox(tr("Run the model in the window's process"))
        named(self.in_process, "inProcessChoice", self.in_process.text())
        self.in_process.setChecked(settings.in_process)

    def _make_answers(self, settings: Settings) -> None:
        self.thinking = QCheckBox(tr("Let models think before they answer, where they can"))
        named(self.thinking, "thinkingChoice", self.thinking.text())
        self.thinking.setChecked(settings.thinking)
        self.length = QSpinBox()
        named(self.length, "lengthChoice", tr("Maximum answer length, in tokens"))
        self.length.setRange(16, 32_768)
        self.length.setSingleStep(64)
        self.length.setSuffix(tr(" tokens"))
        self.length.setValue(settings.max_tokens)
        self.length_in_words = self._note("")
        self.length.valueChanged.connect(self._show_length_in_words)
        self._show_length_in_words(self.length.value())
        self.temperature = QDoubleSpinBox()
        named(self.temperature, "temperatureChoice", tr("Temperature"))
        self.temperature.setRange(OF_MODEL, 2)
        self.temperature.setSingleStep(0.1)
        of_model = settings.model_sampling and settings.temperature == 0
        self.temperature.setValue(OF_MODEL if of_model else settings.temperature)
        self.temperature.setSpecialValueText(tr("As the model advises"))
        for field in (self.length, self.temperature, self.text_size, self.unload_after):
            field.lineEdit().setTextMargins(8, 0, 0, 0)
        self.prompt = QPlainTextEdit(settings.system_prompt)
        named(self.prompt, "promptChoice", tr("Instructions for the assistant"))
        self.prompt.setPlaceholderText(tr("For example: Answer briefly. I live in Spain."))
        self.prompt.setTabChangesFocus(True)
        self.prompt.setFixedHeight(100)
        self._prompts = settings.prompts
        self.prompts_button = text_button(tr("Ready prompts…"), "readyPromptsButton", "quiet")
        self.prompts_button.setToolTip(tr("Buttons for what you often ask"))
        self.prompts_button.clicked.connect(self._on_prompts)

    def _make_network(self, settings: Settings) -> None:
        self.work_offline = QCheckBox(tr("Work offline"))
        named(self.work_offline, "offlineChoice", self.work_offline.text())
        self.work_offline.setChecked(settings.work_offline)
        self.connections = text_button(tr("Show connections"), "connectionsButton", "quiet")
        self.connections.setToolTip(tr("Everything that mmdesk has connected to"))
        self.connections.clicked.connect(self.connections_wanted)

    def _lay_out(self) -> None:
        inside = QWidget()
        inside.setObjectName("column")
        self._form = form = QFormLayout(inside)
        form.setContentsMargins(22, 18, 22, 8)
        form.setVerticalSpacing(6)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.addRow(self._heading(tr("Appearance")))
        form.addRow(tr("Language"), self.language)
        form.addRow(tr("Colours"), self.scheme)
        form.addRow(tr("Text size"), self.text_size)
        form.addRow(self.reduce_motion)
        form.addRow(self._note(tr("No animations, no blinking cursor.")))
        form.addRow(self.tray)
        form.addRow(self._note(self._tray_text()))
        form.addRow(self._heading(tr("Keys that work everywhere")))
        form.addRow(self._note(self.keys.note()))
        self.keys.add_rows(form)
        form.addRow(self._heading(tr("Voice")))
        form.addRow(tr("Microphone"), self.microphone)
        form.addRow(self.send_spoken)
        form.addRow(self.hold)
        self.voice.add_rows(form)
        form.addRow(self._heading(tr("Answers")))
        form.addRow(tr("Maximum answer length"), self.length)
        form.addRow(self.length_in_words)
        form.addRow(tr("Temperature"), self.temperature)
        form.addRow(
            self._note(
                tr(
                    "Higher values make answers more varied and less reliable. "
                    "0 gives the same answer every time."
                )
            )
        )
        form.addRow(tr("Instructions"), self.prompt)
        form.addRow(self._note(tr("Applies to every conversation.")))
        form.addRow(self.prompts_button)
        form.addRow(self.thinking)
        form.addRow(self._heading(tr("Memory")))
        self.memory.add_rows(form)
        form.addRow(self._heading(tr("Privacy")))
        self.encryption.add_rows(form)
        form.addRow(self._heading(tr("Network")))
        form.addRow(self.work_offline)
        note = tr(
            "mmdesk then connects only for downloads that you start and to a server that you enter "
            "below. The models on this computer never need the internet."
        )
        form.addRow(self._note(note))
        form.addRow(self.connections)
        form.addRow(self._heading(tr("Another computer")))
        note = tr(
            "A larger model on a server of your own or of somebody you trust. What you send goes "
            "there, but only while you have chosen its model at the top of the window."
        )
        form.addRow(self._note(note))
        self.server.add_rows(form)
        form.addRow(self._heading(tr("Advanced")))
        form.addRow(tr("Free memory after"), self.unload_after)
        note = tr("Removes the idle model from memory. It loads with your next question.")
        form.addRow(self._note(note))
        form.addRow(tr("Compute on"), self.device)
        form.addRow(self.in_process)
        form.addRow(self._note(tr("For debugging. Takes effect when mmdesk is restarted.")))
        self._area = area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(self._search_row())
        column.addWidget(area)
        column.addLayout(self._buttons())

    @staticmethod
    def _heading(text: str) -> QLabel:
        heading = label(text, "heading")
        heading.setContentsMargins(_INDENT, 12, 0, 2)
        return heading

    @staticmethod
    def _note(text: str) -> QLabel:
        """Return a line of explanation below a field."""
        note = label(text, "muted", wrap=True)
        note.setContentsMargins(_INDENT, 0, 0, 5)
        return note

    def _tray_text(self) -> str:
        if self.tray.isEnabled():
            return tr("You can ask a question from the tray at any time.")
        return tr("This desktop has no system tray.")

    def _buttons(self) -> QHBoxLayout:
        close = text_button(tr("Close"), "saveSettingsButton", "primary")
        close.clicked.connect(self.accept)
        self.undo = text_button(tr("Undo changes"), "cancelSettingsButton", "quiet")
        self.undo.setToolTip(tr("Back to the settings as they were when this was opened"))
        self.undo.setEnabled(self.told != self.before)
        self.undo.clicked.connect(self._on_undo)
        keys = text_button(tr("Keyboard shortcuts"), "shortcutsButton", "quiet")
        keys.setToolTip(tr("All keyboard shortcuts (F1)"))
        introduction = text_button(tr("Show welcome"), "showIntroductionButton", "quiet")
        keys.clicked.connect(self._on_keys)
        introduction.clicked.connect(self._on_introduction)
        row = QHBoxLayout()
        row.setContentsMargins(22, 8, 22, 16)
        row.addWidget(keys)
        row.addWidget(introduction)
        row.addStretch()
        row.addWidget(self.undo)
        row.addWidget(close)
        return row

    def scrolled(self) -> int:
        """Return how far the form is scrolled, in px."""
        return self._area.verticalScrollBar().value()

    def scroll_to(self, position: int) -> None:
        """Scroll the form, once it is laid out."""
        QTimer.singleShot(0, self, lambda: self._area.verticalScrollBar().setValue(position))

    # --- searching ----------------------------------------------------------------------------

    def _search_row(self) -> QHBoxLayout:
        self.search = search_field("settingsSearch", tr("Search settings"))
        self.search.textChanged.connect(self._on_searched)
        self.nothing_found = label(tr("Nothing found"), "muted")
        self.nothing_found.hide()
        row = QHBoxLayout()
        row.setContentsMargins(22, 16, 22, 0)
        row.addWidget(self.search)
        row.addWidget(self.nothing_found)
        return row

    @Slot(str)
    def _on_searched(self, query: str) -> None:
        found = filter_form(self._form, query)
        self.nothing_found.setVisible(not found)
        if not found:
            announce(self, self.nothing_found.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Clear the search at Escape before the next one closes; Enter closes nothing."""
        if event.key() == Qt.Key.Key_Escape and self.search.text():
            self.search.clear()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    # --- applying -----------------------------------------------------------------------------

    def _follow_fields(self) -> None:
        """Tell a change of any field; texts and numbers when they are typed whole."""
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_MS)
        self._typing.timeout.connect(self.apply)
        for box in self.findChildren(QCheckBox):
            box.toggled.connect(self.apply)
        for choice in self.findChildren(QComboBox):
            choice.currentIndexChanged.connect(self.apply)
        for whole in self.findChildren(QSpinBox):
            whole.setKeyboardTracking(False)
            whole.valueChanged.connect(self.apply)
        for number in self.findChildren(QDoubleSpinBox):
            number.setKeyboardTracking(False)
            number.valueChanged.connect(self.apply)
        for text in self.findChildren(QPlainTextEdit):
            text.textChanged.connect(self._typing.start)
        self.keys.changed.connect(self._typing.start)
        for line in (self.server.address, self.server.model.lineEdit()):
            if line is not None:
                line.editingFinished.connect(self.apply)
        self.told = self.settings()  # with the numbers as the fields round them

    @Slot()
    def apply(self) -> None:
        """Tell the settings as they are shown now, unless they were told."""
        self._typing.stop()
        settings, told = self.settings(), self.told
        if settings == told:
            return
        self.told = settings
        self.undo.setEnabled(settings != self.before)
        self.changed.emit(settings)
        if settings.text_size != told.text_size:
            self._align()
        if settings.language != told.language:
            self.outdated.emit()

    @Slot()
    def _on_prompts(self) -> None:
        from mmdesk.ui.prompts_dialog import PromptsDialog

        dialog = PromptsDialog(self._prompts, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.changed.connect(self._take_prompts)
        dialog.open()

    @Slot(object)
    def _take_prompts(self, prompts: tuple[ReadyPrompt, ...]) -> None:
        self._prompts = prompts
        self.apply()

    @Slot()
    def _on_undo(self) -> None:
        self._typing.stop()
        self.told = self.before
        self._is_outdated = True
        self.changed.emit(self.before)
        self.outdated.emit()

    def done(self, result: int) -> None:
        """Apply what is still being typed, and close."""
        if not self._is_outdated:
            for number in (*self.findChildren(QSpinBox), *self.findChildren(QDoubleSpinBox)):
                number.interpretText()
            self.apply()
        super().done(result)

    def showEvent(self, event: QShowEvent) -> None:
        """Align the labels, whose sizes are known now."""
        super().showEvent(event)
        self._align()

    def _align(self) -> None:
        """Put each label at the middle of its field, and its text above that of the boxes."""
        roles = QFormLayout.ItemRole
        for row in range(self._form.rowCount()):
            name, field = (self._form.itemAt(row, r) for r in (roles.LabelRole, roles.FieldRole))
            if name is None or field is None:
                continue
            text, widget = name.widget(), field.widget()
            if isinstance(text, QLabel) and widget is not None:
                text.setContentsMargins(_INDENT, 0, 0, 0)
                one_line = not isinstance(widget, QPlainTextEdit)
                text.setMinimumHeight(widget.sizeHint().height() if one_line else 0)

    @Slot(int)
    def _show_length_in_words(self, tokens: int) -> None:
        words = 0.75 * tokens  # in English
        step = 25 if words >= 100 else 1
        text = tr("About {0:,} words").format(round(words / step) * step)
        self.length_in_words.setText(text)

    @Slot()
    def _on_keys(self) -> None:
        self.reject()
        self.shortcuts_wanted.emit()

    @Slot()
    def _on_introduction(self) -> None:
        self.reject()
        self.introduction_wanted.emit()

    @Slot()
    def _on_voices(self) -> None:
        self.reject()
        self.voices_wanted.emit()

    def settings(self) -> Settings:
        """Return the settings as the dialog shows them."""
        return replace(
            self.told,
            language=self.language.currentData(),
            colour_scheme=self.scheme.currentData(),
            microphone=self.microphone.currentData() or "",
            send_spoken=self.send_spoken.isChecked(),
            hold_to_talk=self.hold.isChecked(),
            max_tokens=self.length.value(),
            temperature=max(0.0, round(self.temperature.value(), 2)),
            model_sampling=self.temperature.value() < 0,
            system_prompt=self.prompt.toPlainText().strip(),
            in_process=self.in_process.isChecked(),
            device=self.device.currentData(),
            text_size=self.text_size.value(),
            reduce_motion=self.reduce_motion.isChecked(),
            tray=self.tray.isChecked(),
            unload_after=self.unload_after.value(),
            work_offline=self.work_offline.isChecked(),
            thinking=self.thinking.isChecked(),
            prompts=self._prompts,
            **self.server.values(),
            **self.voice.values(),
            **self.keys.values(),
            **self.memory.values(),
        )
