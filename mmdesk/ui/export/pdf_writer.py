"""Export as PDF, and printing: the pages of an export on a QPagedPaintDevice."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QMarginsF, QRectF, Qt
from PySide6.QtGui import QImage, QPagedPaintDevice, QPageLayout, QPainter, QPdfWriter

from mmdesk.errors import MMDeskError
from mmdesk.ui import theme
from mmdesk.ui.export.content import ExportContent, ExportPicture, ExportSection
from mmdesk.ui.export.pages import (
    FlowItem,
    PictureItem,
    Slice,
    TextItem,
    page_size,
    paginate,
)
from mmdesk.ui.i18n import tr

PIXELS_PER_INCH = 96
_MARGIN_MM = 20.0
_FOOTER = 34.0  # px at the foot of a page, with its number
_RESOLUTION = 1200


def write_pdf(content: ExportContent) -> bytes:
    """Return the whole file."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_RESOLUTION)
    writer.setTitle(content.title)
    writer.setCreator("mmdesk")
    set_up_page(writer)
    paint_content(content, writer, writer.resolution())
    return bytes(buffer.data().data())


def set_up_page(device: QPagedPaintDevice) -> None:
    """Set the paper of the system's country, upright, with usual margins."""
    device.setPageSize(page_size())
    device.setPageOrientation(QPageLayout.Orientation.Portrait)
    margin = QMarginsF(_MARGIN_MM, _MARGIN_MM, _MARGIN_MM, _MARGIN_MM)
    device.setPageMargins(margin, QPageLayout.Unit.Millimeter)


def paint_content(content: ExportContent, device: QPagedPaintDevice, dots_per_inch: int) -> None:
    """Paint an export on a PDF file or a printer.

    Args:
        content: what is painted.
        device: its page size and margins are set.
        dots_per_inch: of the device.

    Raises:
        MMDeskError: the printer cannot be used.
    """
    body = device.pageLayout().paintRect(QPageLayout.Unit.Inch)
    width, height = body.width() * PIXELS_PER_INCH, body.height() * PIXELS_PER_INCH
    with theme.on_paper():
        pages = paginate(_items(content, width, height), height - _FOOTER)
        painter = QPainter()
        if not painter.begin(device):
            raise MMDeskError("The printer can’t be used.", "Choose another one.")
        try:
            for number, page in enumerate(pages, 1):
                if number > 1:
                    device.newPage()
                painter.resetTransform()
                painter.scale(*(2 * (dots_per_inch / PIXELS_PER_INCH,)))
                _paint_page(painter, page)
                _paint_number(painter, number, len(pages), width, height)
        finally:
            painter.end()


def _items(content: ExportContent, width: float, height: float) -> list[FlowItem]:
    items: list[FlowItem] = [
        TextItem(content.title, width, scale=1.6, bold=True, keeps_next=True),
        TextItem(content.date, width, scale=0.86, muted=True, gap=2, keeps_next=True),
    ]
    for section in content.sections:
        items += _section_items(section, width, height)
    return items


def _section_items(section: ExportSection, width: float, height: float) -> list[FlowItem]:
    items: list[FlowItem] = []
    if section.heading:
        items.append(
            TextItem(section.heading, width, scale=0.86, bold=True, muted=True, gap=22,
                     keeps_next=True)
        )  # fmt: skip
    for picture in section.pictures:
        items += _picture_items(picture, width, height)
    items += [TextItem(line, width, muted=True, gap=6) for line in section.files]
    if section.text:
        is_answer = section.is_answer
        items.append(TextItem(section.text, width, markdown=is_answer, shaded=not is_answer, gap=8))
    if section.ending:
        items.append(TextItem(f"({section.ending})", width, scale=0.86, muted=True, gap=4))
    return items


def _picture_items(picture: ExportPicture, width: float, height: float) -> list[FlowItem]:
    image = QImage.fromData(picture.png) if picture.png else QImage()
    if image.isNull():
        missing = tr("(The picture {name} is missing.)").format(name=picture.name)
        return [TextItem(str(missing), width, muted=True, gap=6)]
    caption = TextItem(picture.caption or picture.name, width, scale=0.86, muted=True, gap=3)
    return [PictureItem(image, width, height), caption]


def _paint_page(painter: QPainter, page: list[Slice]) -> None:
    for piece in page:
        painter.save()
        painter.translate(0, piece.y - piece.top)
        piece.item.paint(painter, piece.top, piece.bottom)
        painter.restore()


def _paint_number(painter: QPainter, number: int, pages: int, width: float, height: float) -> None:
    painter.save()
    painter.setFont(theme.text_font(0.8))
    painter.setPen(theme.colour(theme.current().muted))
    area = QRectF(0, height - _FOOTER, width, _FOOTER)
    text = tr("Page {page} of {pages}").format(page=number, pages=pages)
    painter.drawText(area, int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom), text)
    painter.restore()
