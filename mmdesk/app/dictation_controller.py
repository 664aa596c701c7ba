"""Recordings of long dictations, which may be kept with their transcript."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from mmdesk.ui import tr
from mmdesk.values import AudioInput

if TYPE_CHECKING:
    from mmdesk.app.sound_controller import SoundController
    from mmdesk.ui import MainWindow
    from mmdesk.ui.dictation_offer import DictationOffer
    from mmdesk.workers import Recorder


class DictationController(QObject):
    """Controller of the bar that offers the recording of a long dictation.

    Attributes:
        bar: None before the first long dictation.
    """

    def __init__(self, window: MainWindow, recorder: Recorder, sounds: SoundController) -> None:
        super().__init__(window)
        self._window, self._sounds = window, sounds
        self.bar: DictationOffer | None = None
        recorder.started.connect(self._on_started)
        recorder.long_recorded.connect(self._on_long_recorded)

    def _on_started(self) -> None:
        if self.bar is not None:
            self.bar.drop()

    def _on_long_recorded(self, audio: AudioInput) -> None:
        from mmdesk.ui.dictation_offer import DictationOffer

        if self.bar is None:
            self.bar = DictationOffer()
            self.bar.transcript_wanted.connect(self._sounds.transcripts.open)
            self.bar.attach_wanted.connect(self._sounds.attach)
            self.bar.left.connect(self._window.composer.input.setFocus)
            self._window.composer.add_bar(self.bar)
        now = time.strftime("%Y-%m-%d %H.%M")
        name = tr("Dictation {time}").format(time=now)
        self.bar.offer(replace(audio, name=str(name)))
