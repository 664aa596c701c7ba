"""Overlay over one screen on which the user marks a part of it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QScreen,
)
from PySide6.QtWidgets import QWidget

from mmdesk.ui import theme
from mmdesk.ui.i18n import sentences, tr
from mmdesk.ui.widgets import announce, named

IDLE_MS = 60_000  # without any key or movement, after which the overlay closes by itself
_SMALLEST = 4  # px; a smaller rectangle is a click
_STEP, _FINE_STEP = 16, 1  # px, of the arrow keys
_SHADE = QColor(0, 0, 0, 120)
_MOVES = {
    Qt.Key.Key_Left: QPoint(-1, 0),
    Qt.Key.Key_Right: QPoint(1, 0),
    Qt.Key.Key_Up: QPoint(0, -1),
    Qt.Key.Key_Down: QPoint(0, 1),
}


class RegionOverlay(QWidget):
    """Picture of a screen, in its place, on which a rectangle is dragged or moved with the keys.

    Nothing is decided before `chosen` or `cancelled`, of which each overlay emits exactly one.

    Attributes:
        image: the screen as it was, in its own pixels.
        region: the rectangle in the overlay's coordinates; empty before there is one.

    Signals:
        chosen(object): QImage of the marked part, in the screen's own pixels.
        cancelled(): nothing is wanted.
    """

    chosen = Signal(object)
    cancelled = Signal()

    def __init__(self, screen: QScreen, image: QImage) -> None:
        super().__init__(
            None,
            Qt.WindowType.Window
            | Qt.WindowType.FramelessWindowHint
            | Qt.WindowType.WindowStaysOnTopHint,
        )
        named(self, "regionOverlay", tr("Part of the screen"))
        self.setWindowTitle(tr("Part of the screen"))
        self.setAccessibleDescription(self._hint())
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.image = image
        self.region = QRect()
        self._start: QPoint | None = None
        self._is_over = False
        self._idle = QTimer(self)
        self._idle.setSingleShot(True)
        self._idle.setInterval(IDLE_MS)
        self._idle.timeout.connect(self.cancel)
        screen.geometryChanged.connect(self.cancel)
        self.setScreen(screen)
        self.setGeometry(screen.geometry())

    def open(self) -> None:
        """Cover the screen."""
        self.showFullScreen()
        self.raise_()
        self._idle.start()

    # --- ending -------------------------------------------------------------------------------

    @Slot()
    def cancel(self) -> None:
        """Close without a picture."""
        if not self._is_over:
            self._end()
            self.cancelled.emit()

    def accept(self) -> None:
        """Close with the marked part; without one, nothing happens."""
        if self._is_over or not self._is_marked():
            return
        part = self.image.copy(self.pixels())
        self._end()
        self.chosen.emit(part)

    def _end(self) -> None:
        self._is_over = True
        self._idle.stop()
        self.hide()

    def closeEvent(self, event: QEvent) -> None:
        """Take a closing by the window manager for Cancel."""
        self.cancel()
        event.accept()

    # --- the rectangle ------------------------------------------------------------------------

    def pixels(self) -> QRect:
        """Return the rectangle in pixels of the picture."""
        across = self.image.width() / max(1, self.width())
        down = self.image.height() / max(1, self.height())
        left, top = round(self.region.x() * across), round(self.region.y() * down)
        right = round((self.region.x() + self.region.width()) * across)
        bottom = round((self.region.y() + self.region.height()) * down)
        return QRect(left, top, right - left, bottom - top).intersected(self.image.rect())

    def _is_marked(self) -> bool:
        return self.region.width() >= _SMALLEST and self.region.height() >= _SMALLEST

    def _set_region(self, region: QRect) -> None:
        self.region = region.intersected(self.rect())
        self.update()

    # --- mouse --------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a rectangle; the right button cancels."""
        self._idle.start()
        if event.button() == Qt.MouseButton.RightButton:
            self.cancel()
        elif event.button() == Qt.MouseButton.LeftButton:
            self._start = event.position().toPoint()
            self._set_region(QRect())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the rectangle's other corner."""
        self._idle.start()
        if self._start is not None:
            self._set_region(_between(self._start, event.position().toPoint()))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Take the rectangle, unless it was only a click."""
        if event.button() != Qt.MouseButton.LeftButton or self._start is None:
            return
        self._set_region(_between(self._start, event.position().toPoint()))
        self._start = None
        self.accept()

    # --- keyboard -----------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Cancel, take, move or resize; every other key is ignored."""
        self._idle.start()
        key = Qt.Key(event.key())
        if key == Qt.Key.Key_Escape:
            self.cancel()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.accept()
        elif key in _MOVES:
            self._move(_MOVES[key], event.modifiers())

    def _move(self, direction: QPoint, modifiers: Qt.KeyboardModifier) -> None:
        """Move the rectangle, or its far corner with Shift; Ctrl makes the steps small."""
        if not self._is_marked():
            middle = QRect(QPoint(), self.size() / 2)
            middle.moveCenter(self.rect().center())
            self._set_region(middle)
        else:
            fine = modifiers & Qt.KeyboardModifier.ControlModifier
            step = direction * (_FINE_STEP if fine else _STEP)
            region = QRect(self.region)
            if modifiers & Qt.KeyboardModifier.ShiftModifier:
                region.setSize((region.size() + QSize(step.x(), step.y())).expandedTo(_least()))
            else:
                region.translate(step)
                region.moveLeft(min(max(0, region.x()), self.width() - region.width()))
                region.moveTop(min(max(0, region.y()), self.height() - region.height()))
            self._set_region(region)
        announce(self, self._size_text())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell a screen reader what to do."""
        super().focusInEvent(event)
        announce(self, self._hint())

    # --- painting -----------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the screen, dark outside of the rectangle."""
        painter = QPainter(self)
        painter.drawImage(self.rect(), self.image)
        painter.fillRect(self.rect(), _SHADE)
        if not self.region.isEmpty():
            painter.drawImage(self.region, self.image, self.pixels())
            painter.setPen(QPen(theme.colour(theme.current().accent), 2))
            painter.drawRect(self.region.adjusted(-1, -1, 0, 0))
            self._paint_label(painter, self._size_text(), self._size_place())
        if self._start is None:
            self._paint_label(painter, self._hint(), QPoint(self.width() // 2, 48))
        painter.end()

    def _paint_label(self, painter: QPainter, text: str, middle: QPoint) -> None:
        """Paint a text on a plate around a point, inside of the screen."""
        metrics = painter.fontMetrics()
        plate = metrics.boundingRect(text).adjusted(-12, -7, 12, 7)
        plate.moveCenter(middle)
        plate.moveLeft(min(max(6, plate.x()), self.width() - plate.width() - 6))
        plate.moveTop(min(max(6, plate.y()), self.height() - plate.height() - 6))
        tokens = theme.current()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(tokens.surface))
        painter.drawRoundedRect(QRectF(plate), 8, 8)
        painter.setPen(theme.colour(tokens.text))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, text)

    def _size_text(self) -> str:
        size = self.pixels().size()
        return str(tr("{width} × {height} pixels").format(width=size.width(), height=size.height()))

    def _size_place(self) -> QPoint:
        return QPoint(self.region.center().x(), self.region.bottom() + 24)

    def _hint(self) -> str:
        drag = tr("Drag a rectangle, or use the arrow keys, with Shift to resize.")
        return str(sentences(drag, tr("Enter takes it, Esc cancels.")))


def _between(corner: QPoint, other: QPoint) -> QRect:
    """Return the rectangle between two corners, each in any direction of the other."""
    left, top = min(corner.x(), other.x()), min(corner.y(), other.y())
    return QRect(left, top, abs(corner.x() - other.x()), abs(corner.y() - other.y()))


def _least() -> QSize:
    return QSize(_SMALLEST, _SMALLEST)
