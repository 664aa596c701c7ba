"""The attachments of the next message, in the one list that composer and image panel show.

It also holds the description of every picture, so that the description follows a picture from the
panel into the conversation and a correction reaches every place that shows it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

    from mmdesk.values import (
        AudioInput,
        DocumentInput,
        ImageDescription,
        ImageDescriptions,
        ImageInput,
    )


class PendingAttachments(QObject):
    """Pictures, documents and sounds that wait to be sent, and the descriptions of all pictures.

    Signals:
        images_changed(), documents_changed(), sounds_changed(): the lists differ from before.
        description_changed(str): the picture with this digest has another description.
        picture_wanted(str, str): digest and name of a stored picture whose pixels are to be drawn.
        picture_arrived(object): an ImageInput with its pixels.
        enlarged(object): an ImageInput to be shown whole, with its pixels.
        document_read(object, object): a DocumentInput, and the same with its scanned pages.
        correction_over(): the editor of a description was closed.
        corrected(str, str): the user described the picture with this digest; "" takes it back.
        model_changed(): another language model answers, which may see pictures itself.

    Attributes:
        seeing_model: name of the language model that answers, where it sees pictures itself.
    """

    images_changed = Signal()
    documents_changed = Signal()
    sounds_changed = Signal()
    correction_over = Signal()
    description_changed = Signal(str)
    picture_wanted = Signal(str, str)
    picture_arrived = Signal(object)
    enlarged = Signal(object)
    document_read = Signal(object, object)
    corrected = Signal(str, str)
    model_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.seeing_model = ""
        self._images: list[ImageInput] = []
        self._documents: list[DocumentInput] = []
        self._sounds: list[AudioInput] = []
        self._descriptions: ImageDescriptions | None = None
        self._waiting: list[tuple[str, Callable[[ImageInput], object]]] = []

    @property
    def images(self) -> tuple[ImageInput, ...]:
        """The pictures with their descriptions."""
        return tuple(self.with_description(image) for image in self._images)

    @property
    def documents(self) -> tuple[DocumentInput, ...]:
        """The documents."""
        return tuple(self._documents)

    @property
    def sounds(self) -> tuple[AudioInput, ...]:
        """The sounds."""
        return tuple(self._sounds)

    def set_seeing_model(self, name: str) -> None:
        """Set the name of the language model that sees pictures itself; "" where it sees none."""
        if name != self.seeing_model:
            self.seeing_model = name
            self.model_changed.emit()

    def is_empty(self) -> bool:
        """Return whether nothing waits to be sent."""
        return not (self._images or self._documents or self._sounds)

    def with_description(self, image: ImageInput) -> ImageInput:
        """Return a picture with the description that is known for it."""
        return replace(image, description=self.description(image.sha256) or image.description)

    def add_image(self, image: ImageInput) -> None:
        """Add a picture, unless the same pixels are there already."""
        if image.description is not None and self.description(image.sha256) is None:
            self._known().remember(image.sha256, image.description)
        if all(known.sha256 != image.sha256 for known in self._images):
            self._images.append(image)
            self.images_changed.emit()

    def remove_image(self, sha256: str) -> None:
        """Remove the picture with this digest."""
        kept = [image for image in self._images if image.sha256 != sha256]
        if len(kept) != len(self._images):
            self._images = kept
            self.images_changed.emit()

    def add_document(self, document: DocumentInput) -> None:
        """Add a document."""
        self._documents.append(document)
        self.documents_changed.emit()

    def remove_document(self, document: DocumentInput) -> None:
        """Remove a document."""
        kept = [known for known in self._documents if known is not document]
        if len(kept) != len(self._documents):
            self._documents = kept
            self.documents_changed.emit()

    def add_sound(self, audio: AudioInput) -> None:
        """Add a sound, unless it is there already."""
        if all(known.sha256 != audio.sha256 for known in self._sounds):
            self._sounds.append(audio)
            self.sounds_changed.emit()

    def remove_sound(self, sha256: str) -> None:
        """Remove the sound with this digest."""
        kept = [audio for audio in self._sounds if audio.sha256 != sha256]
        if len(kept) != len(self._sounds):
            self._sounds = kept
            self.sounds_changed.emit()

    def set_transcript(self, audio: AudioInput) -> None:
        """Take the transcript of a sound, so that it is sent with it; nothing looks different."""
        self._sounds = [audio if one.sha256 == audio.sha256 else one for one in self._sounds]

    def clear(self) -> None:
        """Remove everything after sending; the descriptions stay."""
        for waiting, changed in (
            (self._images, self.images_changed),
            (self._documents, self.documents_changed),
            (self._sounds, self.sounds_changed),
        ):
            if waiting:
                waiting.clear()
                changed.emit()

    # --- pixels -------------------------------------------------------------------------------

    def want_picture(self, image: ImageInput) -> None:
        """Ask for the pixels of a stored picture; `picture_arrived` follows."""
        self.picture_wanted.emit(image.sha256, image.name)

    def set_picture(self, image: ImageInput) -> None:
        """Take a stored picture with its pixels."""
        self.picture_arrived.emit(image)
        ready = [use for sha256, use in self._waiting if sha256 == image.sha256]
        self._waiting = [(known, use) for known, use in self._waiting if known != image.sha256]
        for use in ready:
            use(image)

    def with_pixels(self, image: ImageInput, use: Callable[[ImageInput], object]) -> None:
        """Call `use` with the picture, as soon as its pixels are here."""
        if image.rgb:
            use(image)
        else:
            self._waiting.append((image.sha256, use))
            self.want_picture(image)

    def enlarge(self, image: ImageInput) -> None:
        """Ask for a picture to be shown whole, as soon as its pixels are here."""
        self.with_pixels(image, self.enlarged.emit)

    # --- descriptions -------------------------------------------------------------------------

    def description(self, sha256: str) -> ImageDescription | None:
        """Return the description of a picture, sent or not; None before there is one."""
        return self._descriptions.get(sha256) if self._descriptions is not None else None

    def set_description(self, sha256: str, description: ImageDescription) -> None:
        """Set the description of a picture; a correction that the user already made stays."""
        self._known().remember(sha256, description)
        self.description_changed.emit(sha256)

    def correct(self, sha256: str, text: str) -> None:
        """Set the user's own description of a picture; "" takes it back."""
        self._known().correct(sha256, text)
        self.description_changed.emit(sha256)
        self.corrected.emit(sha256, text)

    def _known(self) -> ImageDescriptions:
        if self._descriptions is None:
            from mmdesk.values import ImageDescriptions  # late: this is made before the first paint

            self._descriptions = ImageDescriptions()
        return self._descriptions
