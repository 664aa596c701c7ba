"""Pictures of stored messages: their pixels, and descriptions that are stored with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from mmdesk.chat.image_describer import ImageDescriber
from mmdesk.values import ImageDescription, ImageInput, StoredMessage
from mmdesk.workers import HistoryWorker

if TYPE_CHECKING:
    from mmdesk.history import Archive


class StoredPictures(QObject):
    """Pictures between the history and the describer.

    Signals:
        loaded: ImageInput with its pixels, after `load`.
    """

    loaded = Signal(object)

    def __init__(
        self,
        history: HistoryWorker[Archive],
        describer: ImageDescriber,
        parent: QObject | None = None,
    ) -> None:
        """Store what `describer` finds out."""
        super().__init__(parent)
        self._history, self._describer = history, describer
        describer.described.connect(self._store_description)

    @Slot(str, str)
    def load(self, sha256: str, name: str) -> None:
        """Read a stored picture's pixels; `loaded` follows, unless it is gone."""
        self._history.call(lambda store: store.picture(sha256, name), self._on_loaded)

    @Slot(str, str)
    def correct_description(self, sha256: str, text: str) -> None:
        """Keep the user's own description of a picture; "" takes it back."""
        self._describer.correct(sha256, text)
        if self._describer.descriptions.get(sha256) is None:  # `described` does not come
            self._store_description(sha256, None)

    @Slot(str, object)
    def _store_description(self, sha256: str, description: ImageDescription | None) -> None:
        self._history.change(lambda store: store.set_description(sha256, description), soon=False)

    def show(self, messages: tuple[StoredMessage, ...]) -> None:
        """Emit what is known of the pictures of messages, and load those of which nothing is."""
        for image in (image for message in messages for image in message.turn.images):
            if not self._describer.tell_known(image) and not image.rgb:
                self.load(image.sha256, image.name)

    def _on_loaded(self, image: ImageInput) -> None:
        if self._describer.descriptions.get(image.sha256) is None:
            self._describer.describe(image)
        self.loaded.emit(image)
