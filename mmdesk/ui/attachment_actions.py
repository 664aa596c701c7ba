"""Actions on pictures, documents and sounds, before and after they are sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from mmdesk.ui.i18n import TranslatedText, tr

if TYPE_CHECKING:
    from mmdesk.ui.pending_attachments import PendingAttachments
    from mmdesk.values import AudioInput, DocumentInput, ImageInput

SUMMARY_WORDS = 150  # of a summary whose length was not chosen


@dataclass(frozen=True, slots=True)
class Action:
    """One action, as a chip of a card or as an entry of a menu.

    Attributes:
        object_name: of the chip.
        text: what it says.
        run: does it.
        needs_model: it is an answer, and waits for the model.
        translate: does it into another language, for what can be translated.
    """

    object_name: str
    text: TranslatedText
    run: Callable[[], object]
    needs_model: bool = True
    translate: Callable[[str], object] | None = None


class AttachmentActions(QObject):
    """Actions on attachments; the widgets that offer them only call this.

    What waits in the composer leaves it when its action begins. Pictures of the history are used
    once their pixels are here.

    Attributes:
        possible: an answer can be started now.
        reason: why not.
        language: into which Translate translates, in English.

    Signals:
        changed(): an attribute changed.
        started(): an action began.
        description_requested(object): tuple[ImageInput, ...].
        asked(object): the Turn of a question.
        summary_requested(object, int): DocumentInput, words.
        translation_requested(object, str): DocumentInput or ImageInput, language in English.
        language_chosen(str): another one than before.
        transcript_requested(object), sound_summary_requested(object), minutes_requested(object),
            playback_requested(object): AudioInput.
        question_begun(object): an attachment that the user wants to ask about.
        opened(object): DocumentInput to be shown.
    """

    changed = Signal()
    started = Signal()
    description_requested = Signal(object)
    asked = Signal(object)
    summary_requested = Signal(object, int)
    translation_requested = Signal(object, str)
    language_chosen = Signal(str)
    transcript_requested = Signal(object)
    sound_summary_requested = Signal(object)
    minutes_requested = Signal(object)
    playback_requested = Signal(object)
    question_begun = Signal(object)
    opened = Signal(object)

    def __init__(
        self, attachments: PendingAttachments, language: str, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._attachments = attachments
        self.possible, self.reason, self.language = True, "", language

    def set_possible(self, possible: bool, reason: str) -> None:
        """Set whether an answer can be started now; `reason` says why not."""
        if (possible, reason) != (self.possible, self.reason):
            self.possible, self.reason = possible, reason
            self.changed.emit()

    # --- doing it -----------------------------------------------------------------------------

    def describe(self, images: tuple[ImageInput, ...]) -> None:
        """Describe pictures."""
        if len(images) == 1:
            self._attachments.with_pixels(images[0], lambda image: self._describe((image,)))
        elif images:
            self._describe(images)

    def _describe(self, images: tuple[ImageInput, ...]) -> None:
        for image in images:
            self._attachments.remove_image(image.sha256)
        self.started.emit()
        self.description_requested.emit(images)

    def read_text(self, image: ImageInput) -> None:
        """Ask for the text in a picture."""
        self._attachments.with_pixels(image, self._read_text)

    def _read_text(self, image: ImageInput) -> None:
        from mmdesk.values import Turn

        self._attachments.remove_image(image.sha256)
        self.started.emit()
        text = str(tr("What does the text in this picture say?"))
        image = self._attachments.with_description(image)
        self.asked.emit(Turn("user", text, images=(image,)))

    def summarise(self, document: DocumentInput, words: int = SUMMARY_WORDS) -> None:
        """Summarise a document in so many words."""
        self._attachments.remove_document(document)
        self.started.emit()
        self.summary_requested.emit(document, words)

    def _use_language(self, language: str) -> None:
        """Offer a language first from now on."""
        if language != self.language:
            self.language = language
            self.changed.emit()
            self.language_chosen.emit(language)

    def translate(self, document: DocumentInput, language: str) -> None:
        """Translate a document; the language is offered first from now on."""
        self._use_language(language)
        self._attachments.remove_document(document)
        self.started.emit()
        self.translation_requested.emit(document, language)

    def translate_picture(self, image: ImageInput, language: str) -> None:
        """Translate the text in a picture; the language is offered first from now on."""
        self._use_language(language)
        self._attachments.with_pixels(image, self._translate_picture)

    def _translate_picture(self, image: ImageInput) -> None:
        self._attachments.remove_image(image.sha256)
        self.started.emit()
        image = self._attachments.with_description(image)
        self.translation_requested.emit(image, self.language)

    def summarise_sound(self, audio: AudioInput) -> None:
        """Summarise what is said in a sound."""
        self._attachments.remove_sound(audio.sha256)
        self.started.emit()
        self.sound_summary_requested.emit(audio)

    def write_minutes(self, audio: AudioInput) -> None:
        """Summarise what is said in a sound as minutes."""
        self._attachments.remove_sound(audio.sha256)
        self.started.emit()
        self.minutes_requested.emit(audio)

    # --- what there is to do ------------------------------------------------------------------

    def of_picture(self, image: ImageInput) -> tuple[Action, ...]:
        """Return the actions of a picture."""
        into = tr("Translate to {0}").format(tr(self.language))
        translate = partial(self.translate_picture, image)
        as_before = partial(translate, self.language)
        return (
            Action("describeChip", tr("Describe"), partial(self.describe, (image,))),
            Action("readChip", tr("Read the text"), partial(self.read_text, image)),
            Action("translatePictureChip", into, as_before, translate=translate),
            self._ask(image),
        )

    def of_document(self, document: DocumentInput) -> tuple[Action, ...]:
        """Return the actions of a document."""
        translate = partial(self.translate, document, self.language)
        into = tr("Translate to {0}").format(tr(self.language))
        opening = Action("openDocument", tr("Open"), partial(self.opened.emit, document), False)
        if document.is_folder:
            return (opening, self._ask(document))
        return (
            opening,
            Action("summariseDocument", tr("Summarise"), partial(self.summarise, document)),
            Action("translateDocument", into, translate),
            self._ask(document),
        )

    def of_sound(self, audio: AudioInput) -> tuple[Action, ...]:
        """Return the actions of a sound."""
        summarise = partial(self.summarise_sound, audio)
        transcript = partial(self.transcript_requested.emit, audio)
        minutes = partial(self.write_minutes, audio)
        return (
            Action("playChip", tr("Play"), partial(self.playback_requested.emit, audio), False),
            Action("transcriptChip", tr("Transcript"), transcript, False),
            Action("summariseSoundChip", tr("Summarise"), summarise),
            Action("minutesChip", tr("Minutes"), minutes),
            self._ask(audio),
        )

    def _ask(self, attachment: object) -> Action:
        ask = partial(self.question_begun.emit, attachment)
        return Action("askChip", tr("Ask"), ask, False)
