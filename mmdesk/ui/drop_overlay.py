"""Drag and drop into the window, with the layer that covers it while something is dragged."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from mmdesk.ui import theme
from mmdesk.ui.i18n import tr
from mmdesk.ui.icons import icon
from mmdesk.ui.widgets import named

_GLYPH = 44  # px


class DropOverlay(QWidget):
    """A dashed frame over a window that takes files, pictures and text wherever they are dropped.

    Signals:
        dropped(object): the QMimeData of what was dropped, valid during the signal only.
    """

    dropped = Signal(object)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        named(self, "dropOverlay", tr("Drop to attach"))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow what is dragged over the window, and the window's size."""
        kind = event.type()
        if isinstance(event, QDragEnterEvent):
            return self._enter(event)
        if kind == QEvent.Type.DragLeave:
            self.hide()
        elif isinstance(event, QDropEvent) and kind == QEvent.Type.Drop:
            self.hide()
            event.acceptProposedAction()
            self.dropped.emit(event.mimeData())
            return True
        elif kind == QEvent.Type.Resize and self.isVisible():
            self._cover()
        return False

    def _enter(self, event: QDragEnterEvent) -> bool:
        mime = event.mimeData()
        if not (mime.hasUrls() or mime.hasImage() or mime.hasText()):
            return False
        event.acceptProposedAction()
        self._cover()
        return True

    def _cover(self) -> None:
        parent = self.parentWidget()
        if parent is not None:
            self.setGeometry(parent.rect())
        self.raise_()
        self.show()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the frame, the drawing and the two lines of text."""
        tokens = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), theme.colour(tokens.window, 0.9))
        pen = QPen(theme.colour(tokens.accent), 2.5, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(theme.colour(tokens.accent_soft, 0.55))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(18, 18, -18, -18), 20, 20)
        middle = self.rect().center()
        drawing = icon("drop", "accent")
        drawing.paint(painter, middle.x() - _GLYPH // 2, middle.y() - 62, _GLYPH, _GLYPH)
        font = theme.text_font(1.25)
        font.setWeight(font.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(theme.colour(tokens.text))
        line = self.rect().adjusted(30, self.height() // 2 - 6, -30, 0)
        centre = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        painter.drawText(line, centre, tr("Drop to attach"))
        painter.setFont(theme.text_font())
        painter.setPen(theme.colour(tokens.muted))
        line.translate(0, 34)
        wrap = centre | Qt.TextFlag.TextWordWrap
        painter.drawText(line, wrap, tr("Pictures, documents, sound and folders"))
        painter.end()

    def sizeHint(self) -> QSize:
        """Return a size that does not matter: the window's is taken."""
        return QSize(200, 200)
