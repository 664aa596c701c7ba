"""Bar of the hands-free conversation: what happens now, Mute and End."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from mmdesk.ui.i18n import say, tr
from mmdesk.ui.widgets import announce, label, named, text_button


def state_text(state: str) -> str:
    """Return what a state of the conversation is called; "" where there is none."""
    if not state:
        return ""
    return {
        "starting": tr("Opening the microphone…"),
        "listening": tr("Listening"),
        "hearing": tr("You are speaking"),
        "thinking": tr("Thinking"),
        "speaking": tr("Speaking"),
        "muted": tr("Muted"),
        "lost": tr("The microphone was disconnected"),
    }[state]


class TalkBar(QWidget):
    """State of a hands-free conversation, with its buttons.

    Signals:
        muted(bool): the user switches the microphone off or on.
        ended(): the user ends the conversation.
    """

    muted = Signal(bool)
    ended = Signal()

    def __init__(self) -> None:
        super().__init__()
        named(self, "talkBar", tr("Hands-free conversation"))
        self.state = label("", "heading")
        self.state.setObjectName("talkState")
        self.hint = label(tr("Speak, pause, and listen. Esc or your voice interrupts."), "muted",
                          wrap=True)  # fmt: skip
        self.mute = text_button(tr("Mute"), "muteButton", "small")
        self.mute.setCheckable(True)
        self.mute.toggled.connect(self._on_muted)
        self.end = text_button(tr("End"), "endTalkButton", "small", tr("End the conversation"))
        self.end.clicked.connect(self.ended)
        buttons = QHBoxLayout()
        buttons.addWidget(self.mute)
        buttons.addWidget(self.end)
        buttons.addStretch()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.state)
        column.addWidget(self.hint)
        column.addLayout(buttons)
        self.hide()

    def show_state(self, state: str) -> None:
        """Show a state; "" hides the bar."""
        say(self.state.setText, state_text(state))
        if not state:
            self.mute.setChecked(False)
        self.setVisible(bool(state))
        announce(self, state_text(state))

    @Slot(bool)
    def _on_muted(self, on: bool) -> None:
        say(self.mute.setText, tr("Unmute") if on else tr("Mute"))
        self.muted.emit(on)
