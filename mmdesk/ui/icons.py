"""Icons: one-colour drawings from resources/icons, painted in the colours in force.

The engine paints at the moment of need, so an icon never has to be made again when the scheme
changes, and is sharp at every scale.
"""

from __future__ import annotations

from functools import cache

from PySide6.QtCore import QPointF, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QIcon, QIconEngine, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from mmdesk.settings import resource
from mmdesk.ui import theme

_DRAWN_IN = "#7a8496"  # the stroke colour inside the files


@cache
def _renderer(name: str, colour: str) -> QSvgRenderer:
    drawing = resource(f"icons/{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(drawing.replace(_DRAWN_IN, colour).encode())


class _TokenEngine(QIconEngine):
    """Paints one drawing in the colour a token has now."""

    def __init__(self, name: str, token: str) -> None:
        super().__init__()
        self._name = name
        self._token = token

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        token = "outline" if mode == QIcon.Mode.Disabled else self._token
        renderer = _renderer(self._name, getattr(theme.current(), token))
        side = float(min(rect.width(), rect.height()))
        area = QRectF(0, 0, side, side)
        area.moveCenter(QPointF(rect.x() + rect.width() / 2, rect.y() + rect.height() / 2))
        renderer.render(painter, area)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        made = QPixmap(size)
        made.fill(QColor(0, 0, 0, 0))
        painter = QPainter(made)
        self.paint(painter, QRect(0, 0, size.width(), size.height()), mode, state)
        painter.end()
        return made

    def clone(self) -> QIconEngine:
        return _TokenEngine(self._name, self._token)


def icon(name: str, token: str = "text") -> QIcon:
    """The drawing of this name in the colour of a theme token ("text", "accent", ...)."""
    return QIcon(_TokenEngine(name, token))


def window_icon() -> QIcon:
    """The application's own icon, in its own colours."""
    return QIcon(str(resource("icons/mmdesk.svg")))
