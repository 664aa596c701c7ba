"""Where the window's parts stand, and how they follow the room there is.

Wide, the panels stand beside the conversation, narrow, below it; the list of conversations comes
by itself into a wide window, and takes the conversation's place in a narrow one. What the person
shows or hides stays so at every size. Used before the first paint: see ui/lean.py.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QApplication, QBoxLayout, QFrame, QSplitter, QVBoxLayout, QWidget

from mmdesk.ui.qt_enums import HORIZONTAL, VERTICAL
from mmdesk.ui.theme import SCROLL_BAR
from mmdesk.ui.welcome import EDGE
from mmdesk.ui.widgets import restyle

if TYPE_CHECKING:
    from mmdesk.ui.showing import ShowingWindow

WIDE = 880  # px from which the panels stand beside the conversation
_SIDE = 300  # px of the panels' side at first; of its height when it stands below
_SIDE_BELOW = 210
_HISTORY = 250  # px of the conversations' side at first
_HISTORY_FROM = 1100  # px from which they are shown unasked
_NARROW = 720  # px below which they take the conversation's place
_FRAME = 2  # px, of the border that ui/style.py gives the transcript
_NO_LIMIT = 16_777_215  # px, Qt's own word for it


def lay_out(window: ShowingWindow) -> None:
    """Everything in its place; where a part comes later, its ground."""
    _make_chat(window)
    _make_side(window)
    window.left = QFrame()  # the ground of the conversations, later their panel
    window.left.setObjectName("historyPanel")
    window.outer = outer = QSplitter()
    outer.setObjectName("outerSplitter")
    outer.setChildrenCollapsible(False)
    outer.setHandleWidth(1)
    outer.addWidget(window.left)
    outer.addWidget(window.splitter)
    outer.setStretchFactor(0, 0)
    outer.setStretchFactor(1, 1)
    outer.setSizes([_HISTORY, window.width() - _HISTORY])
    whole = QWidget()
    rows = QVBoxLayout(whole)
    rows.setContentsMargins(0, 0, 0, 0)
    rows.setSpacing(0)
    rows.addWidget(window.top_bar)
    rows.addWidget(outer, 1)
    window.setCentralWidget(whole)
    window.setStatusBar(window.status_line)


def _make_chat(window: ShowingWindow) -> None:
    window.chat = QWidget()
    window.chat_column = column = QVBoxLayout(window.chat)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    window.chat_ground = QFrame()
    inside = QVBoxLayout(window.chat_ground)
    edge = EDGE + _FRAME
    inside.setContentsMargins(edge, edge, edge + SCROLL_BAR, edge)
    inside.addWidget(window.welcome)
    column.addWidget(window.chat_ground, 1)
    column.addWidget(window.composer)


def _make_side(window: ShowingWindow) -> None:
    """The panels' ground, and the splitter between it and the conversation."""
    window.side = QFrame()
    window.side.setObjectName("side")
    window.side_box = QBoxLayout(QBoxLayout.Direction.TopToBottom, window.side)
    window.side_box.setContentsMargins(16, 16, 16, 14)
    window.side_box.setSpacing(18)
    window.splitter = splitter = QSplitter()
    splitter.setObjectName("splitter")
    splitter.setChildrenCollapsible(False)
    splitter.setHandleWidth(6)
    splitter.addWidget(window.chat)
    splitter.addWidget(window.side)
    splitter.setStretchFactor(0, 1)
    splitter.setStretchFactor(1, 0)
    splitter.setSizes([window.width() - _SIDE, _SIDE])


class WindowLayout(QObject):
    """What of a window that is laid out is shown, and which way."""

    def __init__(self, window: ShowingWindow) -> None:
        super().__init__(window)
        self._window = window
        self._wide = True
        self._panels_wanted: bool | None = None  # None: as the room allows
        self._history_wanted: bool | None = None

    def arrange(self) -> None:
        """Panels beside the conversation where there is room, below it where there is not."""
        window = self._window
        beside = self._arrange_history()
        across = window.width() - (max(200, window.left.width()) if beside else 0)
        wide = across >= (WIDE - 60 if beside else WIDE)
        if self._wide != wide:
            self._wide = wide
            self._turn(across)
        side = window.side
        roomy = wide or window.height() >= 760
        side.setVisible(roomy if self._panels_wanted is None else self._panels_wanted)
        side.setMinimumWidth(240 if wide else 0)
        side.setMaximumWidth(460 if wide else _NO_LIMIT)
        side.setMinimumHeight(0 if wide else 150)

    def _arrange_history(self) -> bool:
        """Show the conversations or not; whether they are beside the rest."""
        window, history = self._window, self._window.left
        wanted, narrow = self._history_wanted, window.width() < _NARROW
        shown = window.width() >= _HISTORY_FROM if wanted is None else wanted
        history.setVisible(shown)
        window.splitter.setVisible(not (shown and narrow))
        history.setMinimumWidth(200)
        history.setMaximumWidth(_NO_LIMIT if narrow else 380)
        return shown and not narrow

    def _turn(self, across: int) -> None:
        """Panels from beside the conversation to below it, or back; `across`: px for both."""
        window, wide = self._window, self._wide
        window.splitter.setProperty("orientation", HORIZONTAL if wide else VERTICAL)
        flow = QBoxLayout.Direction
        window.side_box.setDirection(flow.TopToBottom if wide else flow.LeftToRight)
        window.side_box.setContentsMargins(16, 16 if wide else 10, 16, 14 if wide else 10)
        window.side.setProperty("below", not wide)
        if window.painted:  # before it, the sheet has not looked at anything yet
            restyle(window.side)
        if window.furnished:
            window.image_panel.set_horizontal(not wide)
        room = across if wide else window.height()
        side = _SIDE if wide else _SIDE_BELOW
        window.splitter.setSizes([room - side, side])

    # --- what the person shows, hides and goes to ---------------------------------------------

    @Slot()
    def toggle_panels(self) -> None:
        """Show or hide the panels of pictures and microphone."""
        self._panels_wanted = self._window.side.isHidden()
        self.arrange()

    @Slot()
    def toggle_history(self) -> None:
        """Show or hide the list of conversations."""
        self._history_wanted = self._window.left.isHidden()
        self.arrange()

    @Slot()
    def leave_history(self) -> None:
        """In a narrow window the conversation comes back into its place."""
        if self._window.width() < _NARROW and not self._window.left.isHidden():
            self.toggle_history()

    @Slot()
    def go_to_next_area(self) -> None:
        """The keyboard's focus into the next area of the window: message, conversation, list,
        bar, panels.
        """
        from PySide6.QtCore import Qt

        window = self._window
        areas = (
            *((window.composer, window.composer.input), (window.transcript, window.transcript)),
            *((window.history, window.history.field), (window.top_bar, window.top_bar.models)),
            (window.side, window.microphone_panel.button),
        )
        shown = [(area, into) for area, into in areas if area.isVisible() and into.isEnabled()]
        focus = QApplication.focusWidget()
        inside = [area is focus or area.isAncestorOf(focus) for area, _ in shown] if focus else []
        at = inside.index(True) + 1 if True in inside else 0
        shown[at % len(shown)][1].setFocus(Qt.FocusReason.TabFocusReason)
