"""Description of pictures that were dropped or stored, as soon as the engine is free."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from mmdesk.chat.jobs import no_job, request_job
from mmdesk.values import (
    DescribeImagesRequest,
    Event,
    ImageDescribed,
    ImageDescriptions,
    ImageInput,
)
from mmdesk.workers import Job, JobKind, JobQueue, Ticket


class ImageDescriber(QObject):
    """Describer of pictures as soon as the engine is free, each of them once.

    Attributes:
        descriptions: what is known.

    Signals:
        described: digest, ImageDescription with the user's correction, if there is one: after it
            was described or corrected, and again when a picture that is known is shown again.
    """

    described = Signal(str, object)

    def __init__(self, queue: JobQueue, parent: QObject | None = None) -> None:
        """Describe pictures through `queue`."""
        super().__init__(parent)
        self.descriptions = ImageDescriptions()
        self._undescribed: dict[str, ImageInput] = {}
        self._queue = queue
        queue.event_arrived.connect(self._on_event)

    def describe(self, image: ImageInput) -> None:
        """Describe a picture; `described` follows."""
        if self.tell_known(image):
            return
        self._undescribed[image.sha256] = image
        make_job = partial(self._make_job, image)
        self._queue.submit(Ticket(JobKind.DESCRIBE, make_job, about=image.sha256))

    def correct(self, sha256: str, text: str) -> None:
        """Keep the user's own description; "" takes it back. `described` follows if any is left."""
        self.descriptions.correct(sha256, text)
        description = self.descriptions.get(sha256)
        if description is not None:
            self.described.emit(sha256, description)

    def tell_known(self, image: ImageInput) -> bool:
        """Emit `described` when the picture is known; return whether it is."""
        description = self.descriptions.get(image.sha256)
        if description is not None:
            self.described.emit(image.sha256, description)
        return description is not None

    @Slot()
    def describe_failed(self) -> None:
        """Describe the pictures that could not be described before."""
        waiting = {ticket.about for ticket in self._queue.waiting(JobKind.DESCRIBE)}
        for sha256, image in list(self._undescribed.items()):
            if sha256 not in waiting:
                self.describe(image)

    def _make_job(self, image: ImageInput) -> Job:
        if self.descriptions.get(image.sha256) is not None:
            return no_job  # an answer has described it meanwhile
        return request_job(DescribeImagesRequest((image,)))

    @Slot(object, object)
    def _on_event(self, ticket: Ticket, event: Event) -> None:
        if isinstance(event, ImageDescribed):
            self._undescribed.pop(event.sha256, None)
            description = self.descriptions.remember(event.sha256, event.description)
            self.described.emit(event.sha256, description)
