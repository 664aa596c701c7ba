"""What goes along with the next message: the one list that the composer and the image panel show.

It also remembers, per picture, what was seen in it, so that the words follow a picture from the
panel into the conversation and a correction reaches every place that shows it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from mmdesk.values import DocumentInput, ImageDescription, ImageInput


class PendingAttachments(QObject):
    """Pictures and documents that wait to be sent.

    Signals:
        images_changed(), documents_changed(): the lists differ from before.
        description_changed(str): other words for the picture with this digest.
        picture_wanted(str, str): digest and name of a kept picture whose pixels are to be drawn.
        picture_arrived(object): an ImageInput with its pixels.
        enlarged(object): an ImageInput to be shown whole, with its pixels.
        corrected(str, str): the person put words of their own for a picture; "" takes them back.
    """

    images_changed = Signal()
    documents_changed = Signal()
    description_changed = Signal(str)
    picture_wanted = Signal(str, str)
    picture_arrived = Signal(object)
    enlarged = Signal(object)
    corrected = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._images: list[ImageInput] = []
        self._documents: list[DocumentInput] = []
        self._image_descriptions: dict[str, ImageDescription] = {}
        self._to_enlarge = ""

    @property
    def images(self) -> tuple[ImageInput, ...]:
        """The pictures, with what was seen in them."""
        return tuple(self.with_description(image) for image in self._images)

    @property
    def documents(self) -> tuple[DocumentInput, ...]:
        return tuple(self._documents)

    def with_description(self, image: ImageInput) -> ImageInput:
        """The picture with the words that are known for it."""
        return replace(image, description=self.description(image.sha256) or image.description)

    def add_image(self, image: ImageInput) -> None:
        """One more picture; the same pixels are not taken twice."""
        if image.description is not None:
            self._image_descriptions.setdefault(image.sha256, image.description)
        if all(known.sha256 != image.sha256 for known in self._images):
            self._images.append(image)
            self.images_changed.emit()

    def remove_image(self, sha256: str) -> None:
        kept = [image for image in self._images if image.sha256 != sha256]
        if len(kept) != len(self._images):
            self._images = kept
            self.images_changed.emit()

    def add_document(self, document: DocumentInput) -> None:
        self._documents.append(document)
        self.documents_changed.emit()

    def remove_document(self, document: DocumentInput) -> None:
        kept = [known for known in self._documents if known is not document]
        if len(kept) != len(self._documents):
            self._documents = kept
            self.documents_changed.emit()

    def clear(self) -> None:
        """Everything was sent."""
        had_images, had_documents = bool(self._images), bool(self._documents)
        self._images, self._documents = [], []
        if had_images:
            self.images_changed.emit()
        if had_documents:
            self.documents_changed.emit()

    # --- pixels -------------------------------------------------------------------------------

    def want_picture(self, image: ImageInput) -> None:
        """Have a kept picture loaded; `picture_arrived` follows."""
        self.picture_wanted.emit(image.sha256, image.name)

    def set_picture(self, image: ImageInput) -> None:
        """A kept picture with its pixels."""
        self.picture_arrived.emit(image)
        if image.sha256 == self._to_enlarge:
            self._to_enlarge = ""
            self.enlarged.emit(image)

    def enlarge(self, image: ImageInput) -> None:
        """Have a picture shown whole, as soon as its pixels are here."""
        if image.rgb:
            self.enlarged.emit(image)
        else:
            self._to_enlarge = image.sha256
            self.want_picture(image)

    # --- what was seen ------------------------------------------------------------------------

    def description(self, sha256: str) -> ImageDescription | None:
        """What was seen in a picture, sent or not; None when it was not looked at."""
        return self._image_descriptions.get(sha256)

    def set_description(self, sha256: str, description: ImageDescription) -> None:
        """What was seen; a correction the person already made stays."""
        known = self._image_descriptions.get(sha256)
        if known is not None and known.correction and description.correction is None:
            description = replace(description, correction=known.correction)
        self._image_descriptions[sha256] = description
        self.description_changed.emit(sha256)

    def correct(self, sha256: str, words: str) -> None:
        """The person's own words for a picture; "" takes them back."""
        from mmdesk.values import ImageDescription

        known = self._image_descriptions.get(sha256, ImageDescription())
        self._image_descriptions[sha256] = replace(known, correction=words or None)
        self.description_changed.emit(sha256)
        self.corrected.emit(sha256, words)
