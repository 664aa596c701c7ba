"""Fields of the settings for answers that are read aloud."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QSpinBox

from mmdesk.settings import Settings
from mmdesk.ui.i18n import tr
from mmdesk.ui.widgets import named, text_button
from mmdesk.values import SPEED_PERCENT, SYSTEM_VOICE


class VoiceFields(QObject):
    """Fields for reading aloud: on or off, the voice, the speed.

    Attributes:
        manage: the button that opens the models page, where voices are downloaded and removed.
    """

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.aloud = QCheckBox(tr("Read answers aloud"))
        named(self.aloud, "readAloudChoice", self.aloud.text())
        self.aloud.setChecked(settings.read_aloud)
        self.voice = QComboBox()
        named(self.voice, "voiceChoice", tr("Voice"))
        self.voice.addItem(tr("Best voice for the language"), "")
        self.voice.addItem(tr("Voices of the system"), SYSTEM_VOICE)
        if self.voice.findData(settings.voice) < 0:
            self.voice.addItem(settings.voice, settings.voice)
        self.voice.setCurrentIndex(self.voice.findData(settings.voice))
        self.speed = QSpinBox()
        named(self.speed, "voiceSpeedChoice", tr("Speed of the voice, in per cent"))
        self.speed.setRange(*SPEED_PERCENT)
        self.speed.setSingleStep(10)
        self.speed.setSuffix(tr(" %"))
        self.speed.setValue(settings.voice_speed)
        self.speed.lineEdit().setTextMargins(8, 0, 0, 0)
        self.manage = text_button(tr("Download or remove voices"), "manageVoicesButton", "quiet")

    def add_rows(self, form: QFormLayout) -> None:
        """Add the fields to a form."""
        form.addRow(self.aloud)
        form.addRow(tr("Voice"), self.voice)
        form.addRow(tr("Speed"), self.speed)
        form.addRow(self.manage)

    def values(self) -> dict[str, Any]:
        """Return the fields of Settings."""
        return {
            "read_aloud": self.aloud.isChecked(),
            "voice": self.voice.currentData() or "",
            "voice_speed": self.speed.value(),
        }
