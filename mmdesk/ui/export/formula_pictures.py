"""Formulas as pictures in a Word document, with their LaTeX as the text for screen readers."""

from __future__ import annotations

from io import BytesIO
from math import ceil
from typing import Any

from PySide6.QtCore import QBuffer, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from mmdesk.ui.markdown.formula import DrawnFormula, draw_for_page

_SHARPNESS = 4  # pixels of the picture per px of the page
_PIXELS_PER_INCH = 96


def add_formula(paragraph: Any, tex: str, *, display: bool) -> None:
    """Add a formula to a Word paragraph; its LaTeX where it cannot be drawn."""
    from docx.shared import Inches

    from mmdesk.ui.export.docx_runs import CODE_FONT, xml_text

    source = xml_text(tex.strip())
    drawn = draw_for_page(tex, display=display)
    if drawn is None:
        paragraph.add_run(source).font.name = CODE_FONT
        return
    run = paragraph.add_run()
    width = min(6.0, drawn.width / _PIXELS_PER_INCH)
    picture = run.add_picture(BytesIO(formula_png(drawn)), width=Inches(width))
    picture._inline.docPr.set("descr", source)
    if not display:
        from docx.oxml import OxmlElement
        from docx.oxml.ns import qn

        lowered = OxmlElement("w:position")  # half points below the baseline
        lowered.set(qn("w:val"), str(-round(drawn.below * 72 / _PIXELS_PER_INCH * 2)))
        run._r.get_or_add_rPr().append(lowered)


def formula_png(drawn: DrawnFormula) -> bytes:
    """Return a formula as a PNG file, black on nothing."""
    image = QImage(
        max(1, ceil(drawn.width * _SHARPNESS)),
        max(1, ceil(drawn.height * _SHARPNESS)),
        QImage.Format.Format_ARGB32_Premultiplied,
    )
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    QSvgRenderer(drawn.svg).render(painter, QRectF(image.rect()))
    painter.end()
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]  # its stub wants bytes, which it refuses
    return bytes(buffer.data().data())
