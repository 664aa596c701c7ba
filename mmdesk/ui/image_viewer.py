"""One picture over the whole window."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import (
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPixmap,
    QResizeEvent,
    QShortcut,
    QWheelEvent,
)
from PySide6.QtWidgets import QDialog, QFrame, QGraphicsScene, QGraphicsView, QVBoxLayout, QWidget

from mmdesk.ui import theme
from mmdesk.ui.i18n import tr
from mmdesk.ui.image_view import to_qimage
from mmdesk.ui.widgets import icon_button, named
from mmdesk.values import ImageInput

_ZOOM_STEP = 1.25
_MAX_ZOOM = 16.0
_EDGE = 12  # px between the button and the edge
_BACKGROUND = "#0d1016"  # around a picture, in both schemes


class _ZoomView(QGraphicsView):
    """A view that fits the picture until the user zooms.

    Signals:
        left(): a click beside the picture.
    """

    left = Signal()

    def __init__(self, picture: QPixmap) -> None:
        super().__init__()
        self._scene = QGraphicsScene(self)
        self._scene.addPixmap(picture).setTransformationMode(
            Qt.TransformationMode.SmoothTransformation
        )
        self._area = QRectF(picture.rect())
        self._fitted = True
        self.setScene(self._scene)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setRenderHints(QPainter.RenderHint.SmoothPixmapTransform)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setBackgroundBrush(theme.colour(_BACKGROUND))

    def zoom(self, factor: float) -> None:
        """Scale by a factor, between the fitted size and `_MAX_ZOOM`."""
        wanted = self.transform().m11() * factor
        if self._min_zoom() <= wanted <= _MAX_ZOOM:
            self._fitted = False
            self.scale(factor, factor)
        elif wanted < self._min_zoom():
            self.fit()

    def fit(self) -> None:
        """Show the whole picture; a small one at its own size."""
        self._fitted = True
        self.fitInView(self._area, Qt.AspectRatioMode.KeepAspectRatio)
        if self.transform().m11() > 1:
            self.resetTransform()

    def _min_zoom(self) -> float:
        horizontal = self.viewport().width() / max(1.0, self._area.width())
        vertical = self.viewport().height() / max(1.0, self._area.height())
        return min(1.0, horizontal, vertical)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tell of a click beside the picture."""
        super().mouseReleaseEvent(event)
        if not self._area.contains(self.mapToScene(event.position().toPoint())):
            self.left.emit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom."""
        self.zoom(_ZOOM_STEP if event.angleDelta().y() > 0 else 1 / _ZOOM_STEP)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit again, unless the user has zoomed."""
        super().resizeEvent(event)
        if self._fitted:
            self.fit()


class ImageViewer(QDialog):
    """A picture over the window: Esc or a click beside it closes, the wheel and + - 0 zoom."""

    def __init__(self, image: ImageInput, parent: QWidget) -> None:
        super().__init__(parent)
        named(self, "pictureDialog", tr("Picture {0}").format(image.name))
        self.setWindowTitle(f"{image.name} · {image.width} × {image.height}")
        self.setWindowFlag(Qt.WindowType.FramelessWindowHint)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.view = _ZoomView(QPixmap.fromImage(to_qimage(image)))
        named(self.view, "largePicture", image.name)
        self.view.left.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.view)
        self._close = icon_button("close", "closePictureButton", tr("Close"), kind="floating")
        self._close.setParent(self)
        self._close.clicked.connect(self.reject)
        for keys, factor in (("+", _ZOOM_STEP), ("=", _ZOOM_STEP), ("-", 1 / _ZOOM_STEP)):
            QShortcut(QKeySequence(keys), self, lambda by=factor: self.view.zoom(by))
        QShortcut(QKeySequence("0"), self, self.view.fit)
        window = parent.window()
        self.resize(window.size())
        self.move(window.mapToGlobal(QPoint(0, 0)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the button in its corner."""
        super().resizeEvent(event)
        self._close.move(self.width() - self._close.width() - _EDGE, _EDGE)
