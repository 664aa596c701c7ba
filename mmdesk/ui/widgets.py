"""Small pieces that every panel uses: named controls, labels that shorten, spoken messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from mmdesk.ui.i18n import say
from mmdesk.ui.icons import icon
from mmdesk.ui.qt_enums import PLAIN_TEXT, STRONG_FOCUS

if TYPE_CHECKING:
    from PySide6.QtCore import Qt
    from PySide6.QtGui import QEnterEvent, QPaintEvent


class _ToolButton(QToolButton):
    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        _show_hand(self)


class _PushButton(QPushButton):
    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        _show_hand(self)


def _show_hand(button: QWidget) -> None:
    """At the first hover, since nobody sees it earlier, and naming a cursor costs (ui/lean.py)."""
    from PySide6.QtCore import Qt

    button.setCursor(Qt.CursorShape.PointingHandCursor)


def named(widget: QWidget, object_name: str, accessible: str, tip: str = "") -> None:
    """Give a control the names that programs and screen readers know it by."""
    widget.setObjectName(object_name)
    say(widget.setAccessibleName, accessible)
    if tip:
        say(widget.setToolTip, tip)


def icon_button(
    drawing: str,
    object_name: str,
    label: str,
    tip: str = "",
    *,
    kind: str = "quiet",
    token: str = "text",
    side: int = 36,
    glyph: int = 18,
) -> QToolButton:
    """A square button with a drawing on it; `side` and `glyph` in device-independent px."""
    made = _ToolButton()
    named(made, object_name, label, tip or label)
    made.setIcon(icon(drawing, token))
    made.setIconSize(QSize(glyph, glyph))
    made.setFixedSize(side, side)
    made.setProperty("kind", kind)
    made.setProperty("focusPolicy", STRONG_FOCUS)
    return made


class _Glyph(QWidget):
    """A drawing that is not a control, in the colours in force."""

    def __init__(self, drawing: str, token: str, side: int) -> None:
        super().__init__()
        self._icon = icon(drawing, token)
        self.setFixedSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        from PySide6.QtGui import QPainter

        painter = QPainter(self)
        self._icon.paint(painter, self.rect())
        painter.end()


def glyph(drawing: str, token: str, side: int = 16) -> QWidget:
    """A drawing that is not a control; `side` in px."""
    return _Glyph(drawing, token, side)


def text_button(text: str, object_name: str, kind: str = "", accessible: str = "") -> QPushButton:
    """A button with words on it; `kind` is a style of the sheet ("primary", "small", ...)."""
    made = _PushButton()
    say(made.setText, text)
    named(made, object_name, accessible or text)
    if kind:
        made.setProperty("kind", kind)
    made.setAutoDefault(False)
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return made


def label(text: str = "", kind: str = "", *, wrap: bool = False) -> QLabel:
    """Plain words: never taken for HTML, whatever they hold."""
    made = QLabel()
    made.setProperty("textFormat", PLAIN_TEXT)
    say(made.setText, text)
    made.setWordWrap(wrap)
    if kind:
        made.setProperty("kind", kind)
    return made


def frame(kind: str) -> QFrame:
    """A frame in one of the sheet's styles."""
    made = QFrame()
    made.setProperty("kind", kind)
    return made


def restyle(widget: QWidget) -> None:
    """Have the style sheet look again at a widget whose dynamic property changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def announce(widget: QWidget, text: str) -> None:
    """Have a screen reader say this, wherever the focus is."""
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

    if QAccessible.isActive() and text:
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


class ElidedLabel(QLabel):
    """A line that ends in … where there is no room, and says all of itself in its tooltip."""

    def __init__(
        self, text: str = "", kind: str = "", mode: Qt.TextElideMode | None = None
    ) -> None:
        super().__init__(text)
        self._explained = False
        self._mode = mode
        self.setProperty("textFormat", PLAIN_TEXT)
        if kind:
            self.setProperty("kind", kind)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(12)

    def setText(self, text: str) -> None:
        super().setText(text)
        if not self._explained:
            self.setToolTip(text)

    def explain(self, words: str) -> None:
        """Have the tooltip say what the line is about, whatever stands in it."""
        self._explained = True
        say(self.setToolTip, words)

    def minimumSizeHint(self) -> QSize:
        return QSize(12, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        if self.fontMetrics().horizontalAdvance(self.text()) <= self.contentsRect().width():
            super().paintEvent(event)
            return
        from PySide6.QtCore import Qt
        from PySide6.QtGui import QPainter

        painter = QPainter(self)
        area = self.contentsRect()
        mode = Qt.TextElideMode.ElideRight if self._mode is None else self._mode
        words = self.fontMetrics().elidedText(self.text(), mode, area.width())
        painter.setPen(self.palette().windowText().color())
        painter.drawText(area, self.alignment() | Qt.AlignmentFlag.AlignVCenter, words)
        painter.end()
