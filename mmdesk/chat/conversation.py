"""The turns of a conversation as the model reads them, and what is known about pictures."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from mmdesk.values import ImageDescriptions, ImageInput, StoredMessage, Turn


class Conversation:
    """What the model is given as context. Plain data: no Qt, no engine.

    Pictures are kept as they came; what is known about them is put in whenever the turns are
    read.

    Attributes:
        id: of the kept conversation; "" where none is kept.
        image_descriptions: what is known about pictures.
    """

    def __init__(self, id: str = "", image_descriptions: ImageDescriptions | None = None) -> None:
        self.id = id
        self.image_descriptions = (
            image_descriptions if image_descriptions is not None else ImageDescriptions()
        )
        self._turns: list[Turn] = []

    def ask(self, turn: Turn) -> tuple[Turn, ...]:
        """Add the person's turn; returns all turns, this one last, with what was seen."""
        self.add(turn)
        return self.turns()

    def add(self, turn: Turn) -> None:
        """The person's turn, without reading all of them."""
        self._turns.append(turn)

    def answered(self, text: str) -> None:
        """Add the answer to the last question, whole or as far as it came.

        A question without any answer (stopped or failed at once) is forgotten, unless something
        was attached to it: the person will ask it again, and should be answered once.
        """
        if text.strip():
            self._turns.append(Turn("assistant", text))
        elif self._turns and not _attached(self._turns[-1]):
            self._turns.pop()

    def turns(self) -> tuple[Turn, ...]:
        """All turns, oldest first, their pictures with what is known about them."""
        return tuple(
            replace(turn, images=tuple(map(self.with_description, turn.images)))
            if turn.images
            else turn
            for turn in self._turns
        )

    def put_before(self, earlier: Conversation) -> None:
        """What was said before the first turn has been read."""
        self._turns[:0] = earlier._turns

    def put_pixels(self, image: ImageInput) -> None:
        """A kept picture has been loaded."""
        for at, turn in enumerate(self._turns):
            if any(known.sha256 == image.sha256 for known in turn.images):
                images = tuple(
                    replace(known, rgb=image.rgb) if known.sha256 == image.sha256 else known
                    for known in turn.images
                )
                self._turns[at] = replace(turn, images=images)

    def with_description(self, image: ImageInput) -> ImageInput:
        """The picture with what is known about it."""
        description = self.image_descriptions.get(image.sha256)
        return image if description is None else replace(image, description=description)


def conversation_of(
    id: str, path: Iterable[StoredMessage], image_descriptions: ImageDescriptions
) -> Conversation:
    """A kept path as the model should read it."""
    made = Conversation(id, image_descriptions=image_descriptions)
    for message in path:
        if message.turn.role == "assistant":
            made.answered(message.turn.text)
            continue
        for image in message.turn.images:
            if image.description is not None and image_descriptions.get(image.sha256) is None:
                image_descriptions.remember(image.sha256, image.description)
        made.add(message.turn)
    return made


def _attached(turn: Turn) -> bool:
    return bool(turn.images or turn.audio or turn.documents)
