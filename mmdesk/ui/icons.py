"""Icons: one-colour drawings from resources/icons, painted in the colours of the theme.

The icon engine paints when an icon is shown, so that no icon has to be made again when the scheme
changes, and each is sharp at every scale.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from mmdesk.settings import resource
from mmdesk.ui import theme

_FILE_COLOUR = "#7a8496"  # stroke colour in the files


@cache
def _renderer(name: str, colour: str) -> QSvgRenderer:
    drawing = resource(f"icons/{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(drawing.replace(_FILE_COLOUR, colour).encode())


class _TokenEngine(QIconEngine):
    """Icon engine that paints a drawing in the current colour of a theme token."""

    def __init__(self, name: str, token: str) -> None:
        super().__init__()
        self._name = name
        self._token = token

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        """Paint the icon centred in the rectangle, in the outline colour when it is disabled."""
        token = "outline" if mode == QIcon.Mode.Disabled else self._token
        renderer = _renderer(self._name, getattr(theme.current(), token))
        side = float(min(rect.width(), rect.height()))
        area = QRectF(0, 0, side, side)
        area.moveCenter(QPointF(rect.x() + rect.width() / 2, rect.y() + rect.height() / 2))
        renderer.render(painter, area)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return the drawing on a transparent pixmap."""
        pixmap = QPixmap(size)
        pixmap.fill(QColor(0, 0, 0, 0))
        painter = QPainter(pixmap)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return pixmap

    def clone(self) -> QIconEngine:
        """Return a copy."""
        return _TokenEngine(self._name, self._token)


def icon(name: str, token: str = "text") -> QIcon:
    """Return the drawing of this name in the colour of a theme token ("text", "accent", ...)."""
    return QIcon(_TokenEngine(name, token))


def window_icon() -> QIcon:
    """Return the application's icon, in its own colours."""
    return QIcon(str(resource("icons/mmdesk.svg")))
