"""Text that stands for a picture in the prompt: everything that is believed about it, and no more.

The language model cannot see. It gets facts as short English sentences, with how sure each one is,
and the text of the picture in quotation marks. A user's correction stands in place
of all of them.
"""

from __future__ import annotations

from mmdesk.perception.labels import SURE
from mmdesk.perception.picture_kind import is_empty_caption
from mmdesk.values import ImageDescription, ImageInput, Label, PictureKind

MAX_TEXT = 6000  # characters of quoted text, as in a long chat or three pages of a letter


def description_text(image: ImageInput) -> str:
    """Return the picture's description for a prompt; empty when it was not analysed."""
    description = image.description
    if description is None:
        return ""
    if description.correction is not None and description.correction.strip():
        return f"The picture is described by the person as: {description.correction.strip()}"
    empty = is_empty_caption(description.caption)
    parts = [
        "The picture is empty." if empty else f"The picture is {description.kind.noun_phrase}.",
        *_scene_sentences(description),
        *_text_sentences(description),
    ]
    return "\n".join(parts)


def _scene_sentences(description: ImageDescription) -> list[str]:
    sentences = [description.caption.strip()] if description.caption.strip() else []
    sure = [_wider_first(label) for label in description.labels if label.probability >= SURE]
    unsure = [_wider_first(label) for label in description.labels if label.probability < SURE]
    if sure:
        sentences.append(f"It shows: {', '.join(sure)}.")
    if unsure:
        sentences.append(f"It probably shows: {', '.join(unsure)}.")
    if description.kind is PictureKind.PHOTO and not sentences:
        sentences.append("What it shows was not recognised.")
    return sentences


def _wider_first(label: Label) -> str:
    """Return "dog (golden retriever)": a small model repeats the word that comes first."""
    return f"{label.wider} ({label.name})" if label.wider else label.name


def _text_sentences(description: ImageDescription) -> list[str]:
    text = description.text.strip()
    if not text:
        # Said of a photo too: asked for its text, a small model otherwise quotes the label.
        photo = description.kind is PictureKind.PHOTO
        return ["There is no text in it." if photo else "No text could be read in it."]
    cut = text if len(text) <= MAX_TEXT else text[:MAX_TEXT].rsplit(None, 1)[0]
    note = "" if cut == text else f"\n(The text goes on: {len(text):,} characters in all.)"
    return [f'Text in the picture:\n"""\n{cut}\n"""{note}']
