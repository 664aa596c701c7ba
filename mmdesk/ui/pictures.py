"""Pictures on the screen: pixels of an ImageInput as small, sharp, rounded views."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QBuffer, QIODevice, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from mmdesk.messages import ImageInput
from mmdesk.ui import theme

_KEPT_SIDE = 640  # px of the longer side that is kept for thumbnails
_small: dict[str, QImage] = {}


def to_qimage(image: ImageInput) -> QImage:
    """The pixels as a QImage of its own memory."""
    row = image.width * 3
    whole = QImage(image.rgb, image.width, image.height, row, QImage.Format.Format_RGB888)
    return whole.copy()


def _reduced(image: ImageInput) -> QImage:
    """The picture at thumbnail size; made once per picture: the first reduction is coarse to a
    whole factor, as smoothing twelve megapixels would be felt."""
    kept = _small.get(image.sha256)
    if kept is None:
        whole = QImage(
            image.rgb, image.width, image.height, image.width * 3, QImage.Format.Format_RGB888
        )
        keep = Qt.AspectRatioMode.KeepAspectRatio
        rough = QSize(image.width, image.height)
        while max(rough.width(), rough.height()) > 2 * _KEPT_SIDE:
            rough = QSize(max(1, rough.width() // 2), max(1, rough.height() // 2))
        kept = whole.scaled(rough)
        if max(rough.width(), rough.height()) > _KEPT_SIDE:
            smooth = Qt.TransformationMode.SmoothTransformation
            kept = kept.scaled(_KEPT_SIDE, _KEPT_SIDE, keep, smooth)
        _small[image.sha256] = kept
    return kept


@lru_cache(maxsize=64)
def _cover(sha256: str, width: int, height: int) -> QPixmap:
    """The kept picture, cut to fill width x height device px."""
    expand = Qt.AspectRatioMode.KeepAspectRatioByExpanding
    smooth = Qt.TransformationMode.SmoothTransformation
    scaled = _small[sha256].scaled(max(1, width), max(1, height), expand, smooth)
    left, top = (scaled.width() - width) // 2, (scaled.height() - height) // 2
    return QPixmap.fromImage(scaled.copy(left, top, width, height))


def png_bytes(image: QImage) -> bytes:
    """Encoded as PNG without compression: it never leaves the machine, and is felt less."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG", 100)  # type: ignore[call-overload]
    return bytes(buffer.data().data())


class PictureView(QWidget):
    """A picture with round corners that fills its place, cut rather than distorted."""

    def __init__(self, image: ImageInput, size: QSize, *, stretch: bool = False) -> None:
        super().__init__()
        self._image = image
        _reduced(image)
        self.set_size(size, stretch=stretch)
        self.setAccessibleName(image.name)
        self.setObjectName("pictureView")
        self.setToolTip(f"{image.name} · {image.width} × {image.height}")

    def set_size(self, size: QSize, *, stretch: bool) -> None:
        """The size in px; with `stretch` it takes more width where there is more."""
        self._size = size
        across = QSizePolicy.Policy.Expanding if stretch else QSizePolicy.Policy.Fixed
        self.setSizePolicy(across, QSizePolicy.Policy.Fixed)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        return self._size

    def paintEvent(self, event: QPaintEvent) -> None:
        ratio = self.devicePixelRatioF()
        wide, high = round(self.width() * ratio), round(self.height() * ratio)
        picture = _cover(self._image.sha256, wide, high)
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()), 10, 10)
        painter.setClipPath(shape)
        painter.drawPixmap(self.rect(), picture)
        painter.setClipping(False)
        painter.setPen(theme.colour(theme.current().border))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        painter.end()
