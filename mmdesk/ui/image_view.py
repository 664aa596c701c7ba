"""Thumbnails: the pixels of an ImageInput as small, sharp, rounded views."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QIODevice, QRectF, QSize, Qt, Slot
from PySide6.QtGui import (
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from mmdesk.ui import theme
from mmdesk.ui.pending_attachments import PendingAttachments
from mmdesk.ui.plain_text import plain_tooltip
from mmdesk.values import ImageInput

_CACHED_SIDE = 640  # px of the longer side of a cached picture
_CACHE_SIZE = 48
_cache: dict[str, QImage] = {}  # by digest; a picture is shown in several places


def to_qimage(image: ImageInput) -> QImage:
    """Return the pixels as a QImage of its own memory."""
    return _view_of(image).copy()


def _view_of(image: ImageInput) -> QImage:
    """Return a QImage over the pixels of the ImageInput, which must outlive it."""
    row_bytes = image.width * 3
    return QImage(image.rgb, image.width, image.height, row_bytes, QImage.Format.Format_RGB888)


def _reduced(image: ImageInput) -> QImage:
    """Return the picture at the size of the cache; null while its pixels are in the history.

    The first reduction is coarse, to a half as often as need be: smoothing twelve megapixels would
    be felt.
    """
    known = _cache.get(image.sha256)
    if known is not None:
        return known
    if not image.rgb:
        return QImage()
    width, height = image.width, image.height
    while max(width, height) > 2 * _CACHED_SIDE:
        width, height = max(1, width // 2), max(1, height // 2)
    whole = _view_of(image)
    reduced = whole.scaled(width, height) if width < image.width else whole.copy()
    if max(width, height) > _CACHED_SIDE:
        keep = Qt.AspectRatioMode.KeepAspectRatio
        smooth = Qt.TransformationMode.SmoothTransformation
        reduced = reduced.scaled(_CACHED_SIDE, _CACHED_SIDE, keep, smooth)
    while len(_cache) >= _CACHE_SIZE:
        _cache.pop(next(iter(_cache)))
    _cache[image.sha256] = reduced
    return reduced


def _cover(picture: QImage, width: int, height: int) -> QPixmap:
    """Return the picture scaled and cut to fill width x height device px."""
    expand = Qt.AspectRatioMode.KeepAspectRatioByExpanding
    smooth = Qt.TransformationMode.SmoothTransformation
    scaled = picture.scaled(max(1, width), max(1, height), expand, smooth)
    left, top = (scaled.width() - width) // 2, (scaled.height() - height) // 2
    return QPixmap.fromImage(scaled.copy(left, top, width, height))


def _contain(picture: QImage, width: int, height: int) -> QPixmap:
    """Return the whole picture, scaled to fit into width x height device px."""
    keep = Qt.AspectRatioMode.KeepAspectRatio
    smooth = Qt.TransformationMode.SmoothTransformation
    scaled = picture.scaled(max(1, width), max(1, height), keep, smooth)
    area = QPixmap(width, height)
    area.fill(theme.colour(theme.current().raised))
    painter = QPainter(area)
    painter.drawImage((width - scaled.width()) // 2, (height - scaled.height()) // 2, scaled)
    painter.end()
    return area


def png_bytes(image: QImage) -> bytes:
    """Return a picture as PNG, without compression: it stays on this machine, and is faster."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG", 100)  # type: ignore[call-overload]
    return bytes(buffer.data().data())


class ImageView(QWidget):
    """A picture with round corners that fills its area, cropped rather than distorted.

    Args:
        image: the picture; one from the history may come without its pixels.
        size: px.
        stretch: take more width where there is more.
        whole: show the whole picture, in its own proportions, instead of filling the area; with
            `stretch` it is as high as its width asks for, up to the height of `size`.
        attachments: with them a click or Enter shows the picture whole, and missing pixels are
            asked for and drawn once they are here.
    """

    def __init__(
        self,
        image: ImageInput,
        size: QSize,
        *,
        stretch: bool = False,
        whole: bool = False,
        attachments: PendingAttachments | None = None,
    ) -> None:
        super().__init__()
        self._image = image
        self._whole = whole
        self._attachments = attachments
        self._picture = _reduced(image)
        self._painted = QPixmap()
        self.set_size(size, stretch=stretch)
        self.setAccessibleName(image.name)
        self.setObjectName("pictureView")
        self.setToolTip(plain_tooltip(f"{image.name} · {image.width} × {image.height}"))
        if attachments is not None:
            self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self.setCursor(Qt.CursorShape.PointingHandCursor)
            if self._picture.isNull():
                attachments.picture_arrived.connect(self._on_arrived)
                attachments.want_picture(image)

    @Slot(object)
    def _on_arrived(self, image: ImageInput) -> None:
        if image.sha256 == self._image.sha256 and self._picture.isNull():
            self._picture = _reduced(image)
            self._painted = QPixmap()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Show the picture whole after a click."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(
            event.position().toPoint()
        ):
            self.enlarge()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Show the picture whole at Enter or Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.enlarge()
        else:
            super().keyPressEvent(event)

    def enlarge(self) -> None:
        """Ask for the picture to be shown whole."""
        if self._attachments is not None:
            self._attachments.enlarge(self._image)

    def set_size(self, size: QSize, *, stretch: bool) -> None:
        """Set the size in px; with `stretch` it takes more width where there is more."""
        self._size = size
        horizontal = QSizePolicy.Policy.Expanding if stretch else QSizePolicy.Policy.Fixed
        policy = QSizePolicy(horizontal, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(self._whole and stretch)
        self.setSizePolicy(policy)
        self.updateGeometry()

    def set_whole(self, whole: bool) -> None:
        """Show the whole picture, or fill the area with it."""
        if whole != self._whole:
            self._whole = whole
            self._painted = QPixmap()
            self.update()

    def hasHeightForWidth(self) -> bool:
        """Return whether the height follows the picture's proportions."""
        return self.sizePolicy().hasHeightForWidth()

    def heightForWidth(self, width: int) -> int:
        """Return the height of the whole picture at a width, up to the one that was set."""
        return min(self._size.height(), round(width * self._image.height / self._image.width))

    def sizeHint(self) -> QSize:
        """Return the size that was set."""
        return self._size

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture, or an empty area while its pixels are missing, and the border."""
        ratio = self.devicePixelRatioF()
        width, height = round(self.width() * ratio), round(self.height() * ratio)
        if self._painted.size() != QSize(width, height) and not self._picture.isNull():
            fill = _contain if self._whole else _cover
            self._painted = fill(self._picture, width, height)
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()), 10, 10)
        painter.setClipPath(shape)
        if self._picture.isNull():
            painter.fillRect(self.rect(), theme.colour(theme.current().raised))
        else:
            painter.drawPixmap(self.rect(), self._painted)
        painter.setClipping(False)
        edge = theme.current().accent if self.hasFocus() else theme.current().border
        painter.setPen(QPen(theme.colour(edge), 2 if self.hasFocus() else 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 10, 10)
        painter.end()
