"""Speaking instead of typing: the microphone's button, its level, and what it is doing."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mmdesk.ui.i18n import say, tr
from mmdesk.ui.icons import icon
from mmdesk.ui.level_meter import LevelMeter
from mmdesk.ui.progress_line import ThinBar
from mmdesk.ui.widgets import announce, icon_button, label, named, restyle

_TICK_MS = 250
_MOST_SHOWN = 120  # characters: three or four lines of the panel


class MicrophonePanel(QWidget):
    """The panel `microphonePanel`.

    Signals:
        listening_started(), listening_stopped(): what the person wants; the app answers through
            `set_listening`.
    """

    listening_started = Signal()
    listening_stopped = Signal()

    def __init__(self, *, hold: bool) -> None:
        super().__init__()
        named(self, "microphonePanel", tr("Microphone"))
        self._hold = hold
        self._listening = False
        self._hearing = False
        self._held = False
        self.button = icon_button(
            "mic", "micButton", tr("Microphone"), kind="primary", token="on_accent",
            side=52, glyph=24,
        )  # fmt: skip
        self.button.setCheckable(False)
        self.button.installEventFilter(self)
        self.status = label("", "muted", wrap=True)
        self.status.setObjectName("microphoneStatus")
        self.elapsed = label("", "muted")
        self.elapsed.setObjectName("microphoneSeconds")
        self.meter = LevelMeter()
        self.bar = ThinBar()
        self._clock = QElapsedTimer()
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._show_elapsed)
        self._lay_out()
        self.button.clicked.connect(self._on_clicked)
        self._show_state(self._idle_words())

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(label(tr("Speak"), "heading"), 1)
        head.addWidget(self.elapsed)
        state = QVBoxLayout()
        state.setSpacing(4)
        state.addStretch()
        for widget in (self.meter, self.bar, self.status):
            state.addWidget(widget)
        state.addStretch()
        row = QHBoxLayout()
        row.setSpacing(14)
        row.addWidget(self.button)
        row.addLayout(state, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(row)
        column.addStretch()

    # --- what the app says --------------------------------------------------------------------

    def set_listening(self, on: bool) -> None:
        """The microphone records, or does not any more."""
        if on == self._listening:
            return
        self._listening = on
        if on:
            self._clock.start()
            self._tick.start()
        else:
            self._tick.stop()
        self.meter.clear()
        self._show_state(tr("Listening…") if on else self._idle_words())

    def set_level(self, level: float) -> None:
        """0..1."""
        if self._listening:
            self.meter.set_level(level)

    def set_spoken_so_far(self, text: str) -> None:
        """What was said, as far as it has been written down while it goes on."""
        if self._listening:
            tail = text if len(text) <= _MOST_SHOWN else "…" + text[-_MOST_SHOWN:]
            self.status.setText(tail)

    def set_hearing(self, on: bool) -> None:
        """What was recorded is being written down."""
        self._hearing = on
        self._show_state(tr("Writing down what you said…") if on else self._idle_words())

    def say_nothing_heard(self) -> None:
        """There was no speech."""
        self._show_state(tr("Nothing heard. Try again, closer to the microphone."))

    def set_hold(self, hold: bool) -> None:
        """Listen while the button is held instead of toggling."""
        self._hold = hold
        self._show_state(self._idle_words())

    # --- what the person does -----------------------------------------------------------------

    @Slot()
    def toggle(self) -> None:
        """Start listening, or stop."""
        if self._hearing or not self.button.isEnabled():
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
        if pressed and not self._held and not self._hearing:
            self._held = True
            self.listening_started.emit()
        elif released and self._held:
            self._held = False
            self.listening_stopped.emit()

    # --- showing ------------------------------------------------------------------------------

    def _idle_words(self) -> str:
        if self._hold:
            return tr("Hold the button while you speak")
        return tr("Press to speak (Ctrl+M)")

    def _show_state(self, words: str) -> None:
        say(self.status.setText, words)
        self.elapsed.setVisible(self._listening)
        self.meter.setVisible(not self._hearing)
        self.bar.setVisible(self._hearing)
        self.button.setEnabled(not self._hearing)
        self.button.setIcon(
            icon("stop" if self._listening and not self._hold else "mic", "on_accent")
        )
        self.button.setIconSize(QSize(24, 24))
        name = tr("Stop listening") if self._listening else tr("Start listening")
        say(self.button.setAccessibleName, name)
        stop = tr("Stop listening (Ctrl+M)")
        say(self.button.setToolTip, stop if self._listening else self._idle_words())
        self.button.setProperty("listening", self._listening)
        restyle(self.button)
        announce(self, words)
        self._show_elapsed()

    @Slot()
    def _show_elapsed(self) -> None:
        seconds = self._clock.elapsed() // 1000 if self._clock.isValid() else 0
        self.elapsed.setText(f"{seconds // 60}:{seconds % 60:02d}")
