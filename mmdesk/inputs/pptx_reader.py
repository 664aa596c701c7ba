"""Text extraction from PowerPoint presentations (.pptx), slide by slide, with speaker notes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, BinaryIO

from mmdesk.inputs.embedded_pictures import EMU_PER_CM, unread_pictures
from mmdesk.translatable import TranslatableText
from mmdesk.values import join_pages, page_list

if TYPE_CHECKING:
    from mmdesk.inputs.office_archive import OfficeArchive

PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
_FEW_CHARACTERS = 40  # of a slide that is a picture
_DRAWING_TEXT = "{http://schemas.openxmlformats.org/drawingml/2006/main}t"


def pptx_text(
    stream: BinaryIO, archive: OfficeArchive
) -> tuple[str, tuple[int, ...], tuple[TranslatableText, ...]]:
    """Extract the slides: titles as headings, table cells separated by " | ", then the notes.

    Returns:
        The text, where each slide begins in it, and what was not read or is hidden.
    """
    import pptx

    stream.seek(0)
    slides = list(pptx.Presentation(stream).slides)
    texts = ["\n\n".join(_blocks(slide)) for slide in slides]
    text, starts = join_pages(texts)
    return text, starts, _notices(slides, texts, archive)


def _blocks(slide: Any) -> Iterator[str]:
    title = slide.shapes.title
    if title is not None and title.text_frame.text.strip():
        yield f"# {' '.join(title.text_frame.text.split())}"
    for shape in _shapes(slide.shapes):
        if title is None or shape.shape_id != title.shape_id:
            yield from _shape_blocks(shape)
    for relation in slide.part.rels.values():
        if relation.reltype.endswith("/diagramData"):
            yield from _diagram(relation.target_part.blob)
    if slide.has_notes_slide:
        frame = slide.notes_slide.notes_text_frame
        notes = frame.text.strip() if frame is not None else ""
        if notes:
            yield f"Speaker notes: {notes}"


def _shapes(shapes: Any) -> Iterator[Any]:
    """Yield all shapes, those of groups as well."""
    stack = [iter(shapes)]
    while stack:
        shape = next(stack[-1], None)
        if shape is None:
            stack.pop()
        elif hasattr(shape, "shapes"):
            stack.append(iter(shape.shapes))
        else:
            yield shape


def _shape_blocks(shape: Any) -> Iterator[str]:
    if getattr(shape, "has_table", False):
        rows = [[" ".join(cell.text.split()) for cell in row.cells] for row in shape.table.rows]
        yield "\n".join(" | ".join(cells) for cells in rows)
    elif shape.has_text_frame:
        lines = [
            ("  " * paragraph.level + "- " if paragraph.level else "") + paragraph.text.strip()
            for paragraph in shape.text_frame.paragraphs
            if paragraph.text.strip()
        ]
        if lines:
            yield "\n".join(lines).replace("\v", "\n")


def _diagram(data: bytes) -> Iterator[str]:
    """Yield the words of a diagram (SmartArt), of which PowerPoint keeps no text box."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    words = [e.text.strip() for e in etree.fromstring(data, parser).iter(_DRAWING_TEXT) if e.text]
    if words:
        yield "\n".join(f"- {word}" for word in words)


def _notices(
    slides: list[Any], texts: list[str], archive: OfficeArchive
) -> tuple[TranslatableText, ...]:
    notices = []
    hidden = [n for n, slide in enumerate(slides, 1) if slide._element.get("show") == "0"]
    pictures = [
        number
        for number, (slide, text) in enumerate(zip(slides, texts, strict=True), 1)
        if len(text) < _FEW_CHARACTERS and _has_picture(slide)
    ]
    if hidden:
        notices.append(
            TranslatableText("These slides are hidden: {pages}.", pages=page_list(hidden))
        )
    if pictures:
        notices.append(
            TranslatableText(
                "These slides are pictures whose text was not read: {pages}.",
                pages=page_list(pictures),
            )
        )
    if any(name.startswith("ppt/comments") for name in archive.names):
        notices.append(TranslatableText("Comments in it were not read."))
    if any(name.startswith("ppt/charts/") for name in archive.names):
        notices.append(TranslatableText("Charts in it were not read."))
    told = [slides[number - 1] for number in pictures]
    others = [slide for slide in slides if slide not in told]
    return (*notices, *unread_pictures(_picture_areas(others).values()))


def _picture_areas(slides: list[Any]) -> dict[str, float]:
    """Return the size of each picture in square centimetres; one on many slides counts once."""
    return {
        slide.part.related_part(shape._element.blip_rId).partname: (
            shape.width * shape.height / EMU_PER_CM**2
        )
        for slide in slides
        for shape in _shapes(slide.shapes)
        if hasattr(shape, "image") and shape._element.blip_rId
    }


def _has_picture(slide: Any) -> bool:
    return any(hasattr(shape, "image") for shape in _shapes(slide.shapes))
