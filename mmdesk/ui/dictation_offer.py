"""Bar that offers to keep the recording of a long dictation."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout

from mmdesk.ui.i18n import say, tr
from mmdesk.ui.widgets import ElidedLabel, announce, glyph, icon_button, named, text_button
from mmdesk.values import AudioInput, clock


class DictationOffer(QFrame):
    """Line that says how long was spoken, with buttons for the recording.

    Signals:
        transcript_wanted(object), attach_wanted(object): the AudioInput.
        left(): the bar is going away; the focus may be on it.
    """

    transcript_wanted = Signal(object)
    attach_wanted = Signal(object)
    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("kind", "chip")
        named(self, "dictationOffer", tr("Recording"))
        self._audio: AudioInput | None = None
        self._text = ElidedLabel()
        self.transcript_button = text_button(tr("Transcript"), "keepTranscriptButton", "small")
        self.transcript_button.clicked.connect(self._on_transcript)
        self.attach_button = text_button(tr("Attach the recording"), "keepRecordingButton", "small")
        self.attach_button.clicked.connect(self._on_attach)
        self.close_button = icon_button(
            "close", "dropRecordingButton", tr("Drop the recording"), side=28, glyph=14
        )
        self.close_button.clicked.connect(self.drop)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 6, 6)
        row.setSpacing(8)
        row.addWidget(glyph("mic", "muted"))
        row.addWidget(self._text, 1)
        for button in (self.transcript_button, self.attach_button, self.close_button):
            row.addWidget(button)
        self.hide()

    def offer(self, audio: AudioInput) -> None:
        """Offer a recording until it is dropped."""
        self._audio = audio
        text = tr("You spoke for {0}. Keep the recording?").format(clock(audio.seconds))
        say(self._text.setText, text)
        self.show()
        announce(self, text)

    @Slot()
    def drop(self) -> None:
        """Forget the recording."""
        self._audio = None
        if not self.isHidden():
            self.left.emit()
            self.hide()

    @Slot()
    def _on_transcript(self) -> None:
        if self._audio is not None:
            self.transcript_wanted.emit(self._audio)

    @Slot()
    def _on_attach(self) -> None:
        audio = self._audio
        self.drop()
        if audio is not None:
            self.attach_wanted.emit(audio)
