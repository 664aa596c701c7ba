"""Layout of the main window that adapts to its size.

The panels are closed until the user opens them or they are in use: while pictures are collected and
while speech is recorded they open by themselves, where there is space beside the conversation. The
list of conversations stands beside it in a wide window and lies over it in a narrow one. Used
before the first paint: qt_enums.py says what that means.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QApplication, QBoxLayout, QFrame, QSplitter, QVBoxLayout, QWidget

from mmdesk.ui.qt_enums import HORIZONTAL, VERTICAL
from mmdesk.ui.theme import SCROLL_BAR, colour, current, scaled
from mmdesk.ui.welcome import EDGE
from mmdesk.ui.widgets import restyle

if TYPE_CHECKING:
    from PySide6.QtGui import QMouseEvent, QPaintEvent

    from mmdesk.ui.main_window import MainWindow

WIDE = 880  # px from which the panels stand beside the conversation
_SIDE = 300  # px of the panels' side at first; of its height when it stands below
_SIDE_BELOW = 210
_HISTORY = 250  # px of the conversations' side at first
_HISTORY_FROM = 1100  # px from which they are shown unasked
_NARROW = 720  # px below which they lie over the conversation
_OVERLAY = 320  # px of the list that lies over the conversation at most
_FREE = 56  # px beside it that stay free
_FRAME = 2  # px, of the border that ui/style.py gives the transcript
_NO_LIMIT = 16_777_215  # px, QWIDGETSIZE_MAX


class _Scrim(QWidget):
    """The veil over the conversation while the list lies over it; a click closes the list.

    Signals:
        clicked(): the veil was clicked.
    """

    clicked = Signal()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the veil."""
        from PySide6.QtGui import QPainter

        painter = QPainter(self)
        painter.fillRect(self.rect(), colour(current().window, 0.7))
        painter.end()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ask for the list to be closed."""
        self.clicked.emit()


class WindowLayout(QObject):
    """Areas of the main window: top bar, history, conversation with composer, side panels.

    It is made before the first paint, with an empty frame in the place of each part that comes
    later; `put_conversation` and `put_panels` fill them.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._wide = True
        self._panels_wanted = self._panels_closed = False  # by the user; closed while in use
        self._panels_uses: set[str] = set()
        self._history_wanted: bool | None = None  # None: as the size allows
        self._overlay_wanted = False  # the list, in a narrow window
        self._scrim: _Scrim | None = None
        self._init_chat()
        self._init_side()
        self._init_outer()

    def _init_chat(self) -> None:
        self._chat = QWidget()
        self._chat_column = column = QVBoxLayout(self._chat)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._conversation_frame = QFrame()
        inside = QVBoxLayout(self._conversation_frame)
        edge = EDGE + _FRAME
        inside.setContentsMargins(edge + SCROLL_BAR, edge, edge + SCROLL_BAR, edge)
        inside.addWidget(self._window.welcome)
        column.addWidget(self._conversation_frame, 1)
        column.addWidget(self._window.composer)

    def _init_side(self) -> None:
        """Make the frame of the side panels, and the splitter beside the conversation."""
        self._side = QFrame()
        self._side.setObjectName("side")
        self._side_box = QBoxLayout(QBoxLayout.Direction.TopToBottom, self._side)
        self._side_box.setContentsMargins(16, 16, 16, 14)
        self._side_box.setSpacing(18)
        self._splitter = splitter = QSplitter()
        splitter.setObjectName("splitter")
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(6)
        splitter.addWidget(self._chat)
        splitter.addWidget(self._side)
        splitter.setStretchFactor(0, 1)
        splitter.setStretchFactor(1, 0)
        splitter.setSizes([self._window.width() - _SIDE, _SIDE])

    def _init_outer(self) -> None:
        """Make the splitter between the history and the rest, under the top bar."""
        window = self._window
        self._history: QWidget = QFrame()  # an empty frame until the panel is there
        self._history.setObjectName("historyPanel")
        self._outer = outer = QSplitter()
        outer.setObjectName("outerSplitter")
        outer.setChildrenCollapsible(False)
        outer.setHandleWidth(1)
        outer.addWidget(self._history)
        outer.addWidget(self._splitter)
        outer.setStretchFactor(0, 0)
        outer.setStretchFactor(1, 1)
        outer.setSizes([_HISTORY, window.width() - _HISTORY])
        self._whole = whole = QWidget()
        rows = QVBoxLayout(whole)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(window.top_bar)
        rows.addWidget(outer, 1)
        window.setCentralWidget(whole)
        window.setStatusBar(window.status_bar)

    def put_conversation(
        self, above: tuple[QWidget, ...], conversation: QWidget, server_sign: QWidget
    ) -> None:
        """Put the conversation into its frame's place.

        What is said about models and the chat comes above it, the sign between it and the composer.
        """
        for row, widget in enumerate(above):
            self._chat_column.insertWidget(row, widget)
        self._chat_column.replaceWidget(self._conversation_frame, conversation)
        self._conversation_frame.deleteLater()
        self._chat_column.insertWidget(self._chat_column.count() - 1, server_sign)

    def put_panels(self, history: QWidget, images: QWidget, microphone: QWidget) -> None:
        """Put the history into its frame's place, and the other panels into the side."""
        self._outer.replaceWidget(0, history)
        self._history.deleteLater()
        self._history = history
        self._outer.setStretchFactor(0, 0)
        self._side_box.addWidget(images, 1)
        self._side_box.addWidget(microphone)
        self._window.attachments.images_changed.connect(self._on_pictures_changed)

    @Slot()
    def _on_pictures_changed(self) -> None:
        self.open_panels_for("pictures", bool(self._window.attachments.images))

    def panels_are_visible(self) -> bool:
        """Return whether the side panels are on the screen."""
        return self._side.isVisible()

    @Slot()
    def arrange(self) -> None:
        """Put the panels beside the conversation where they fit, else below it."""
        window = self._window
        beside = self._arrange_history()
        window.top_bar.new_chat.setVisible(not beside)  # the list has the same button on top
        across = window.width() - (max(200, self._history.width()) if beside else 0)
        wide = across >= (WIDE - 60 if beside else WIDE)
        if self._wide != wide:
            self._wide = wide
            self._turn(across)
        side = self._side
        in_use = bool(self._panels_uses) and not self._panels_closed
        side.setVisible(self._panels_wanted or (in_use and wide))
        least = min(scaled(240), max(240, across // 3))
        side.setMinimumWidth(least if wide else 0)
        side.setMaximumWidth(max(least, scaled(460)) if wide else _NO_LIMIT)
        side.setMinimumHeight(0 if wide else 150)

    def _arrange_history(self) -> bool:
        """Show or hide the history; return whether it stands beside the rest."""
        window, history = self._window, self._history
        narrow = window.width() < _NARROW
        self._lay_over(narrow and self._overlay_wanted)
        if narrow:
            history.setVisible(self._overlay_wanted)
            return False
        self._overlay_wanted = False
        wanted = self._history_wanted
        shown = window.width() >= _HISTORY_FROM if wanted is None else wanted
        history.setVisible(shown)
        least = min(scaled(200), max(200, window.width() // 3))
        history.setMinimumWidth(least)
        history.setMaximumWidth(max(least, scaled(380)))
        return shown

    def _lay_over(self, over: bool) -> None:
        """Let the list lie over the conversation, or give it back to the splitter."""
        history, is_over = self._history, self._scrim is not None and self._scrim.isVisible()
        if not over:
            if is_over and self._scrim is not None:
                self._scrim.hide()
                self._outer.insertWidget(0, history)
                self._outer.setStretchFactor(0, 0)
            return
        if self._scrim is None:
            self._scrim = _Scrim(self._whole)
            self._scrim.clicked.connect(self.leave_history)
        if not is_over:
            history.setParent(self._whole)
        area = self._outer.geometry()
        width = min(_OVERLAY, area.width() - _FREE)
        history.setMinimumWidth(0)
        history.setMaximumWidth(_NO_LIMIT)
        self._scrim.setGeometry(area)
        history.setGeometry(area.x(), area.y(), width, area.height())
        for layer in (self._scrim, history):
            layer.show()
            layer.raise_()

    def _turn(self, across: int) -> None:
        """Move the panels beside the conversation or below it; `across`: px for both."""
        window, wide = self._window, self._wide
        self._splitter.setProperty("orientation", HORIZONTAL if wide else VERTICAL)
        flow = QBoxLayout.Direction
        self._side_box.setDirection(flow.TopToBottom if wide else flow.LeftToRight)
        self._side_box.setContentsMargins(16, 16 if wide else 10, 16, 14 if wide else 10)
        self._side.setProperty("below", not wide)
        if window.painted:  # before it, the sheet has not looked at anything yet
            restyle(self._side)
        if window.is_complete:
            window.image_panel.set_horizontal(not wide)
        room = across if wide else window.height()
        side = _SIDE if wide else _SIDE_BELOW
        self._splitter.setSizes([room - side, side])

    # --- what the user shows, hides and focuses -----------------------------------------------

    @Slot()
    def toggle_panels(self) -> None:
        """Show or hide the panels of pictures and microphone."""
        self._panels_wanted = self._side.isHidden()
        self._panels_closed = not self._panels_wanted
        self.arrange()

    def open_panels_for(self, use: str, on: bool) -> None:
        """Open the panels while they are in use, unless the user closes them meanwhile."""
        if on and not self._panels_uses:
            self._panels_closed = False
        (self._panels_uses.add if on else self._panels_uses.discard)(use)
        self.arrange()

    @Slot()
    def toggle_history(self) -> None:
        """Show or hide the list of conversations."""
        if self._window.width() < _NARROW:
            self._overlay_wanted = not self._overlay_wanted
        else:
            self._history_wanted = self._history.isHidden()
        self.arrange()

    @Slot()
    def leave_history(self) -> None:
        """Show the conversation alone again in a narrow window, over which the list lies."""
        if self._overlay_wanted:
            self.toggle_history()

    @Slot()
    def go_to_next_area(self) -> None:
        """Move the focus to the next area: composer, conversation, history, top bar, panels."""
        from PySide6.QtCore import Qt

        window = self._window
        areas = (
            *((window.composer, window.composer.input), (window.conversation, window.conversation)),
            *((window.history, window.history.field), (window.top_bar, window.top_bar.models)),
            (self._side, window.image_panel.choose_button),
        )
        shown = [(area, into) for area, into in areas if area.isVisible() and into.isEnabled()]
        focus = QApplication.focusWidget()
        inside = [area is focus or area.isAncestorOf(focus) for area, _ in shown] if focus else []
        at = inside.index(True) + 1 if True in inside else 0
        shown[at % len(shown)][1].setFocus(Qt.FocusReason.TabFocusReason)
