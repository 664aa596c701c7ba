"""What enters the prompt for one picture: everything that is believed about it, and no more.

The language model cannot see. It is told so in effect: facts as short English sentences, with how
sure each one is, and text from the picture in quotation marks. A person's correction stands in
place of all of them.
"""

from __future__ import annotations

from mmdesk.messages import ImageInput, PictureKind, Sight
from mmdesk.perception.labels import SURE

MOST_TEXT = 1500  # characters of quoted text; several pictures have to fit into one prompt

_KINDS = {
    PictureKind.PHOTO: "a photo",
    PictureKind.DRAWING: "a drawing",
    PictureKind.CHART: "a chart",
    PictureKind.SCREENSHOT: "a screenshot",
    PictureKind.PAGE: "a page of text",
}


def sight_words(image: ImageInput) -> str:
    """The picture in words, for a prompt; empty when it has not been looked at."""
    sight = image.sight
    if sight is None:
        return ""
    if sight.correction is not None and sight.correction.strip():
        return f"The picture is described by the person as: {sight.correction.strip()}"
    parts = [f"The picture is {_KINDS[sight.kind]}.", *_seen(sight), *_read(sight)]
    return "\n".join(parts)


def _seen(sight: Sight) -> list[str]:
    said = [sight.caption.strip()] if sight.caption.strip() else []
    sure = [label.name for label in sight.labels if label.probability >= SURE]
    unsure = [label.name for label in sight.labels if label.probability < SURE]
    if sure:
        said.append(f"It shows: {', '.join(map(_plain, sure))}.")
    if unsure:
        said.append(f"It probably shows: {', '.join(map(_plain, unsure))}.")
    if sight.kind is PictureKind.PHOTO and not said:
        said.append("What it shows was not recognised.")
    return said


def _plain(name: str) -> str:
    """ "golden retriever (dog)" -> "a dog (golden retriever)": the wider word comes first, because
    it is what a small model repeats."""
    narrow, _, wider = name.removesuffix(")").partition(" (")
    return f"{wider} ({narrow})" if wider else narrow


def _read(sight: Sight) -> list[str]:
    text = sight.text.strip()
    if not text:
        # Said of a photo too: asked for its text, a small model otherwise quotes the label.
        photo = sight.kind is PictureKind.PHOTO
        return ["There is no text in it." if photo else "No text could be read in it."]
    cut = text if len(text) <= MOST_TEXT else text[:MOST_TEXT].rsplit(None, 1)[0]
    note = "" if cut == text else f"\n(The text goes on: {len(text):,} characters in all.)"
    return [f'Text in the picture:\n"""\n{cut}\n"""{note}']
