"""The microphone: its button in the composer, and the side panel with level and spectrogram."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from mmdesk.ui.i18n import say, tr
from mmdesk.ui.icons import icon
from mmdesk.ui.level_meter import LevelMeter
from mmdesk.ui.plain_text import plain_tooltip
from mmdesk.ui.progress_line import ThinBar
from mmdesk.ui.spectrogram import Spectrogram
from mmdesk.ui.talk_bar import TalkBar, state_text
from mmdesk.ui.widgets import announce, label, named, restyle
from mmdesk.values import clock

_TICK_MS = 250
_MAX_SHOWN = 120  # characters: three or four lines of the panel


class MicrophonePanel(QWidget):
    """The panel `microphonePanel`.

    Args:
        button: the one that starts and stops a recording.
        talk: state and buttons of a hands-free conversation.
        hold: record while the button is held (push to talk), instead of toggling.

    Signals:
        listening_started(), listening_stopped(): what the user wants; the application answers
            through `set_listening`.
        state_changed(str): what the microphone does; "" while it does nothing.
    """

    listening_started = Signal()
    listening_stopped = Signal()
    state_changed = Signal(object)

    def __init__(self, button: QToolButton, *, hold: bool) -> None:
        super().__init__()
        named(self, "microphonePanel", tr("Microphone"))
        self._hold = hold
        self._listening = False
        self._transcribing = False
        self._held = False
        self.button = button
        self.button.installEventFilter(self)
        self.status = label("", "muted", wrap=True)
        self.status.setObjectName("microphoneStatus")
        self.elapsed = label("", "muted")
        self.elapsed.setObjectName("microphoneSeconds")
        self.meter = LevelMeter()
        self.spectrogram = Spectrogram()
        self.talk = TalkBar()
        self._talking = False
        self.bar = ThinBar()
        self._clock = QElapsedTimer()
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._show_elapsed)
        self._lay_out()
        self.button.clicked.connect(self._on_clicked)
        self._show_state(self._idle_text())

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(label(tr("Microphone"), "heading"), 1)
        head.addWidget(self.elapsed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        for widget in (self.talk, self.spectrogram, self.meter, self.bar, self.status):
            column.addWidget(widget)

    # --- state --------------------------------------------------------------------------------

    def set_listening(self, on: bool) -> None:
        """Show whether the microphone records."""
        if on == self._listening:
            return
        self._listening = on
        if on:
            self._clock.start()
            self._tick.start()
        else:
            self._tick.stop()
        self.meter.clear()
        if on:
            self.spectrogram.clear()
        self._show_state(tr("Listening…") if on else self._idle_text())

    def show_talk(self, state: str) -> None:
        """Show a state of the hands-free conversation; "" where there is none."""
        if bool(state) != self._talking:
            self._talking = bool(state)
            self.meter.clear()
            self.spectrogram.clear()
            self._show_state("" if state else self._idle_text())
        self.talk.show_state(state)
        if state:
            self.state_changed.emit(state_text(state))

    def set_level(self, level: float) -> None:
        """Show a level in 0..1."""
        if self._listening or self._talking:
            self.meter.set_level(level)

    def add_spectrum(self, bands: object) -> None:
        """Show the next column of the spectrogram: the levels of its bands, 0..1 each."""
        if self._listening or self._talking:
            self.spectrogram.add(bands)  # type: ignore[arg-type]

    def set_spoken_so_far(self, text: str) -> None:
        """Show the transcript so far, while recording goes on."""
        if self._listening or self._talking:
            tail = text if len(text) <= _MAX_SHOWN else "…" + text[-_MAX_SHOWN:]
            self.status.setText(tail)

    def set_hearing(self, on: bool) -> None:
        """Show whether the recording is being transcribed."""
        self._transcribing = on
        self._show_state(tr("Transcribing…") if on else self._idle_text())

    def say_nothing_heard(self) -> None:
        """Show that there was no speech."""
        self._show_state(tr("Nothing heard. Try again, closer to the microphone."))

    def set_hold(self, hold: bool) -> None:
        """Set whether to record while the button is held (push to talk), instead of toggling."""
        self._hold = hold
        self._show_state(self._idle_text())

    # --- the button ---------------------------------------------------------------------------

    @Slot()
    def toggle(self) -> None:
        """Start recording, or stop."""
        if self._transcribing or not self.button.isEnabled():
            return
        if self._listening:
            self.listening_stopped.emit()
        else:
            self.listening_started.emit()

    @Slot()
    def _on_clicked(self) -> None:
        if not self._hold:
            self.toggle()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Watch the button being held."""
        if self._hold and watched is self.button:
            self._on_hold(event)
        return super().eventFilter(watched, event)

    def _on_hold(self, event: QEvent) -> None:
        kind = event.type()
        if isinstance(event, QKeyEvent):
            if event.key() not in (Qt.Key.Key_Space, Qt.Key.Key_Return) or event.isAutoRepeat():
                return
            pressed, released = kind == QEvent.Type.KeyPress, kind == QEvent.Type.KeyRelease
        else:
            pressed = kind == QEvent.Type.MouseButtonPress
            released = kind in (QEvent.Type.MouseButtonRelease, QEvent.Type.FocusOut)
        if pressed and not self._held and not self._transcribing:
            self._held = True
            self.listening_started.emit()
        elif released and self._held:
            self._held = False
            self.listening_stopped.emit()

    # --- showing ------------------------------------------------------------------------------

    def _idle_text(self) -> str:
        if self._hold:
            return tr("Hold the button while you speak")
        return tr("Press to speak (Ctrl+M)")

    def _show_state(self, text: str) -> None:
        say(self.status.setText, text)
        self.elapsed.setVisible(self._listening)
        for widget in (self.meter, self.spectrogram):
            widget.setVisible(self._listening or self._talking)
        self.bar.setVisible(self._transcribing)
        self.button.setEnabled(not self._transcribing)
        self.button.setIcon(
            icon(
                "stop" if self._listening and not self._hold else "mic",
                "on_accent" if self._listening else "text",
            )
        )
        name = tr("Stop listening") if self._listening else tr("Start listening")
        say(self.button.setAccessibleName, name)
        stop = tr("Stop listening (Ctrl+M)")
        say(self.button.setToolTip, plain_tooltip(stop if self._listening else self._idle_text()))
        self.button.setProperty("listening", self._listening)
        restyle(self.button)
        announce(self, text)
        self._show_elapsed()
        says = self._listening or self._transcribing or text != self._idle_text()
        self.state_changed.emit(text if says else "")

    @Slot()
    def _show_elapsed(self) -> None:
        seconds = self._clock.elapsed() // 1000 if self._clock.isValid() else 0
        self.elapsed.setText(clock(seconds))
