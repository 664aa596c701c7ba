"""Small widgets that every panel uses: buttons, labels, frames, and announcements."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from mmdesk.ui import theme
from mmdesk.ui.i18n import joined, say, sentences, translated
from mmdesk.ui.icons import icon
from mmdesk.ui.plain_text import plain_tooltip
from mmdesk.ui.qt_enums import PLAIN_TEXT, STRONG_FOCUS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtCore import Qt
    from PySide6.QtGui import QEnterEvent, QFocusEvent, QPaintEvent


_COLUMN_MARGIN = 20  # px on each side of the conversation's text

# Widget -> what sets its sizes for the text size in force.
_sized: WeakKeyDictionary[QWidget, Callable[[QWidget], object]] = WeakKeyDictionary()


def size_with_text(widget: QWidget, fit: Callable[[QWidget], object]) -> None:
    """Call `fit` with a widget now and whenever the text size changes."""
    _sized[widget] = fit  # `fit` must not hold the widget, or both would live for ever
    fit(widget)


def fit_all_to_text() -> None:
    """Set the sizes of all icons and buttons for the text size in force."""
    from shiboken6 import isValid

    for widget, fit in list(_sized.items()):
        if isValid(widget):
            fit(widget)


class _ToolButton(QToolButton):
    """Tool button with the hand as its cursor."""

    def enterEvent(self, event: QEnterEvent) -> None:
        """Set the cursor."""
        super().enterEvent(event)
        _show_hand(self)


class _PushButton(QPushButton):
    """Push button with the hand as its cursor."""

    def enterEvent(self, event: QEnterEvent) -> None:
        """Set the cursor."""
        super().enterEvent(event)
        _show_hand(self)


def _show_hand(button: QWidget) -> None:
    """Set the cursor at the first hover: earlier it would cost time (ui/qt_enums.py)."""
    from PySide6.QtCore import Qt

    button.setCursor(Qt.CursorShape.PointingHandCursor)


def named(widget: QWidget, object_name: str, accessible: str, tip: str = "") -> None:
    """Set a widget's object name, its name for screen readers and its tooltip (plain text)."""
    widget.setObjectName(object_name)
    say(widget.setAccessibleName, accessible)
    if tip:
        say(widget.setToolTip, plain_tooltip(tip))


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
    """Return a square button with an icon; `side` and `glyph` in px at a text size of 100 %."""
    button = _ToolButton()
    named(button, object_name, label, tip or label)
    button.setIcon(icon(drawing, token))
    size_with_text(button, partial(_fit_icon_button, side=side, glyph=glyph))
    button.setProperty("kind", kind)
    button.setProperty("focusPolicy", STRONG_FOCUS)
    return button


def _fit_icon_button(button: QWidget, *, side: int, glyph: int) -> None:
    if isinstance(button, QToolButton):
        button.setIconSize(QSize(theme.scaled(glyph), theme.scaled(glyph)))
        button.setFixedSize(theme.scaled(side), theme.scaled(side))


def _fit_text_button(button: QWidget, *, glyph: int) -> None:
    if isinstance(button, QPushButton):
        button.setIconSize(QSize(theme.scaled(glyph), theme.scaled(glyph)))


class _Glyph(QWidget):
    """Icon that is not a control, in the colours of the theme."""

    def __init__(self, drawing: str, token: str, side: int) -> None:
        super().__init__()
        self._icon = icon(drawing, token)
        size_with_text(self, partial(_fit_glyph, side=side))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the icon."""
        from PySide6.QtGui import QPainter

        painter = QPainter(self)
        self._icon.paint(painter, self.rect())
        painter.end()


def _fit_glyph(widget: QWidget, *, side: int) -> None:
    widget.setFixedSize(theme.scaled(side), theme.scaled(side))


def glyph(drawing: str, token: str, side: int = 16) -> QWidget:
    """Return an icon that is not a control; `side` in px at a text size of 100 %."""
    return _Glyph(drawing, token, side)


def text_button(
    text: str, object_name: str, kind: str = "", accessible: str = "", *, glyph: int = 16
) -> QPushButton:
    """Return a button with a text.

    Args:
        text: what stands on it.
        object_name: for tests and the style sheet.
        kind: a style of the sheet ("primary", "small", ...).
        accessible: name for screen readers; `text` where empty.
        glyph: side of its icon in px at a text size of 100 %.
    """
    button = _PushButton()
    say(button.setText, text)
    named(button, object_name, accessible or text)
    if kind:
        button.setProperty("kind", kind)
    button.setAutoDefault(False)
    size_with_text(button, partial(_fit_text_button, glyph=glyph))
    button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return button


def label(text: str = "", kind: str = "", *, wrap: bool = False) -> QLabel:
    """Return a label whose text is never taken for HTML; `kind` is a style of the sheet."""
    result = QLabel()
    result.setProperty("textFormat", PLAIN_TEXT)
    say(result.setText, text)
    result.setWordWrap(wrap)
    if kind:
        result.setProperty("kind", kind)
    return result


def notices_label(notices: Sequence[str]) -> ElidedLabel:
    """Return a quiet line with what of a file was not read; hidden where there is nothing.

    Its tooltip has all of it, a sentence a line.
    """
    result = ElidedLabel(kind="muted")
    text = sentences(*map(translated, notices))
    named(result, "fileNotices", text)
    say(result.setText, text)
    result.explain(joined("\n", map(translated, notices)))
    if not notices:
        result.hide()
    return result


def frame(kind: str) -> QFrame:
    """Return a frame in one of the styles of the sheet."""
    result = QFrame()
    result.setProperty("kind", kind)
    return result


def put_in_column(owner: QWidget, *parts: QWidget, top: int, bottom: int) -> None:
    """Lay out parts in the middle of a widget, in the column of the conversation's text.

    Args:
        owner: spans the conversation's whole width.
        parts: one below the other.
        top: margin in px.
        bottom: margin in px.
    """
    middle = QWidget()
    middle.setMaximumWidth(theme.MEASURE + 2 * _COLUMN_MARGIN)
    column = QVBoxLayout(middle)
    column.setContentsMargins(_COLUMN_MARGIN, top, _COLUMN_MARGIN, bottom)
    column.setSpacing(8)
    for part in parts:
        column.addWidget(part)
    across = QHBoxLayout(owner)
    across.setContentsMargins(theme.SCROLL_BAR, 0, theme.SCROLL_BAR, 0)
    across.addStretch(1)
    across.addWidget(middle, 1000)
    across.addStretch(1)


def restyle(widget: QWidget) -> None:
    """Apply the style sheet again to a widget whose dynamic property has changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def is_by_keyboard(event: QFocusEvent) -> bool:
    """Return whether the keyboard brought the focus, so that a ring is to show where it is."""
    from PySide6.QtCore import Qt

    reason = Qt.FocusReason
    return event.reason() in (
        reason.TabFocusReason, reason.BacktabFocusReason, reason.ShortcutFocusReason
    )  # fmt: skip


def announce(widget: QWidget, text: str) -> None:
    """Let a screen reader speak a text, wherever the focus is."""
    from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent

    if QAccessible.isActive() and text:
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


class ElidedLabel(QLabel):
    """One-line label that is elided where it is too long; its tooltip has the whole text."""

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
        """Show a text, in the tooltip as well."""
        super().setText(text)
        if not self._explained:
            self.setToolTip(plain_tooltip(text))

    def explain(self, tip: str) -> None:
        """Set a tooltip that explains the label and no longer repeats its text."""
        self._explained = True
        say(self.setToolTip, plain_tooltip(tip))

    def minimumSizeHint(self) -> QSize:
        """Return a small width: the text is elided."""
        return QSize(12, super().minimumSizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text, elided where it is too long."""
        if self.fontMetrics().horizontalAdvance(self.text()) <= self.contentsRect().width():
            super().paintEvent(event)
            return
        from PySide6.QtCore import Qt
        from PySide6.QtGui import QPainter

        painter = QPainter(self)
        area = self.contentsRect()
        mode = Qt.TextElideMode.ElideRight if self._mode is None else self._mode
        text = self.fontMetrics().elidedText(self.text(), mode, area.width())
        painter.setPen(self.palette().windowText().color())
        painter.drawText(area, self.alignment() | Qt.AlignmentFlag.AlignVCenter, text)
        painter.end()
