"""The layer over the window while something is dragged across it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from mmdesk.ui import theme
from mmdesk.ui.i18n import tr
from mmdesk.ui.icons import icon
from mmdesk.ui.widgets import named

_GLYPH = 44  # px


class DropOverlay(QWidget):
    """A dashed frame that shows that the whole window takes the drop."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        named(self, "dropOverlay", tr("Drop to attach"))
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def cover(self) -> None:
        """Cover the whole parent."""
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
        painter.drawText(line, wrap, tr("Pictures, documents and sound"))
        painter.end()

    def sizeHint(self) -> QSize:
        """Return a size that does not matter: `cover` sets it."""
        return QSize(200, 200)
