"""What enters the prompt for one picture: everything that is believed about it, and no more.

The language model cannot see. It is told so in effect: facts as short English sentences, with how
sure each one is, and text from the picture in quotation marks. A person's correction stands in
place of all of them.
"""

from __future__ import annotations

from mmdesk.perception.labels import SURE
from mmdesk.values import ImageDescription, ImageInput, PictureKind

MOST_TEXT = 1500  # characters of quoted text; several pictures have to fit into one prompt

_KINDS = {
    PictureKind.PHOTO: "a photo",
    PictureKind.DRAWING: "a drawing",
    PictureKind.CHART: "a chart",
    PictureKind.SCREENSHOT: "a screenshot",
    PictureKind.PAGE: "a page of text",
}


def description_text(image: ImageInput) -> str:
    """The picture in words, for a prompt; empty when it has not been looked at."""
    description = image.description
    if description is None:
        return ""
    if description.correction is not None and description.correction.strip():
        return f"The picture is described by the person as: {description.correction.strip()}"
    parts = [
        f"The picture is {_KINDS[description.kind]}.",
        *_seen(description),
        *_read(description),
    ]
    return "\n".join(parts)


def _seen(description: ImageDescription) -> list[str]:
    said = [description.caption.strip()] if description.caption.strip() else []
    sure = [label.name for label in description.labels if label.probability >= SURE]
    unsure = [label.name for label in description.labels if label.probability < SURE]
    if sure:
        said.append(f"It shows: {', '.join(map(_plain, sure))}.")
    if unsure:
        said.append(f"It probably shows: {', '.join(map(_plain, unsure))}.")
    if description.kind is PictureKind.PHOTO and not said:
        said.append("What it shows was not recognised.")
    return said


def _plain(name: str) -> str:
    """ "golden retriever (dog)" -> "a dog (golden retriever)": the wider word comes first, because
    it is what a small model repeats.
    """
    narrow, _, wider = name.removesuffix(")").partition(" (")
    return f"{wider} ({narrow})" if wider else narrow


def _read(description: ImageDescription) -> list[str]:
    text = description.text.strip()
    if not text:
        # Said of a photo too: asked for its text, a small model otherwise quotes the label.
        photo = description.kind is PictureKind.PHOTO
        return ["There is no text in it." if photo else "No text could be read in it."]
    cut = text if len(text) <= MOST_TEXT else text[:MOST_TEXT].rsplit(None, 1)[0]
    note = "" if cut == text else f"\n(The text goes on: {len(text):,} characters in all.)"
    return [f'Text in the picture:\n"""\n{cut}\n"""{note}']
