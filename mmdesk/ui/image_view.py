"""Pictures on the screen: pixels of an ImageInput as small, sharp, rounded views."""

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
from mmdesk.values import ImageInput

_KEPT_SIDE = 640  # px of the longer side that is kept for thumbnails
_MOST_KEPT = 48
_small: dict[str, QImage] = {}  # by digest; a picture is shown in several places


def to_qimage(image: ImageInput) -> QImage:
    """The pixels as a QImage of its own memory."""
    row = image.width * 3
    whole = QImage(image.rgb, image.width, image.height, row, QImage.Format.Format_RGB888)
    return whole.copy()


def _reduced(image: ImageInput) -> QImage:
    """The picture at thumbnail size. The first reduction is coarse, to a half as often as need
    be: smoothing twelve megapixels would be felt.
    """
    kept = _small.get(image.sha256)
    if kept is None and not image.rgb:
        return QImage()  # its pixels are still in the history
    if kept is None:
        row = image.width * 3
        form = QImage.Format.Format_RGB888
        kept = QImage(image.rgb, image.width, image.height, row, form)
        wide, high = image.width, image.height
        while max(wide, high) > 2 * _KEPT_SIDE:
            wide, high = max(1, wide // 2), max(1, high // 2)
        kept = kept.scaled(wide, high) if wide < image.width else kept.copy()
        if max(wide, high) > _KEPT_SIDE:
            keep = Qt.AspectRatioMode.KeepAspectRatio
            smooth = Qt.TransformationMode.SmoothTransformation
            kept = kept.scaled(_KEPT_SIDE, _KEPT_SIDE, keep, smooth)
        while len(_small) >= _MOST_KEPT:
            _small.pop(next(iter(_small)))
        _small[image.sha256] = kept
    return kept


def _cover(picture: QImage, width: int, height: int) -> QPixmap:
    """The picture, cut to fill width x height device px."""
    expand = Qt.AspectRatioMode.KeepAspectRatioByExpanding
    smooth = Qt.TransformationMode.SmoothTransformation
    scaled = picture.scaled(max(1, width), max(1, height), expand, smooth)
    left, top = (scaled.width() - width) // 2, (scaled.height() - height) // 2
    return QPixmap.fromImage(scaled.copy(left, top, width, height))


def png_bytes(image: QImage) -> bytes:
    """Encoded as PNG without compression: it never leaves the machine, and is felt less."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG", 100)  # type: ignore[call-overload]
    return bytes(buffer.data().data())


class ImageView(QWidget):
    """A picture with round corners that fills its place, cut rather than distorted.

    With `attachments` it can be clicked (or Enter pressed) to be seen whole, and a kept picture
    whose pixels are not here yet is asked for and drawn once it has come.
    """

    def __init__(
        self,
        image: ImageInput,
        size: QSize,
        *,
        stretch: bool = False,
        attachments: PendingAttachments | None = None,
    ) -> None:
        super().__init__()
        self._image = image
        self._attachments = attachments
        self._picture = _reduced(image)
        self._painted = QPixmap()
        self.set_size(size, stretch=stretch)
        self.setAccessibleName(image.name)
        self.setObjectName("pictureView")
        self.setToolTip(f"{image.name} · {image.width} × {image.height}")
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
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(
            event.position().toPoint()
        ):
            self.enlarge()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.enlarge()
        else:
            super().keyPressEvent(event)

    def enlarge(self) -> None:
        """Ask for the picture to be shown whole."""
        if self._attachments is not None:
            self._attachments.enlarge(self._image)

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
        if self._painted.size() != QSize(wide, high) and not self._picture.isNull():
            self._painted = _cover(self._picture, wide, high)
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
