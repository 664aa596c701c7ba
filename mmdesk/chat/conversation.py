"""Model of one conversation: the path of its messages, and the turns derived from it.

Plain data: no Qt, no engine.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from mmdesk.values import (
    USUAL_TASK,
    ChatSettings,
    ConversationInfo,
    DocumentInput,
    ImageDescriptions,
    ImageInput,
    MessageState,
    StoredMessage,
    Summary,
    Task,
    Turn,
    new_id,
)

NEW = ConversationInfo("", "")


class Conversation:
    """Messages from the first one to the last one that is shown.

    Attributes:
        info: id, title and settings; the id is "" before anything was said.
        path: the messages, oldest first; the end of a long conversation until the rest was read.
        is_temporary: nothing of it is stored.
        summaries: texts that stand in the place of the messages up to one, by its id.
    """

    def __init__(
        self,
        descriptions: ImageDescriptions,
        info: ConversationInfo = NEW,
        path: Iterable[StoredMessage] = (),
    ) -> None:
        """Show `path`; descriptions that were stored with its pictures are taken over."""
        self.info = info
        self.path: list[StoredMessage] = []
        self.is_temporary = False
        self.summaries: dict[str, str] = {}
        self._descriptions = descriptions
        self.put_earlier(path)

    @property
    def id(self) -> str:
        """The id under which it is stored; "" for a new one."""
        return self.info.id

    @property
    def settings(self) -> ChatSettings:
        """Settings of this conversation that differ from the application's."""
        return self.info.settings

    def add(
        self,
        turn: Turn,
        siblings: tuple[str, ...] = (),
        state: MessageState = "whole",
        task: Task = USUAL_TASK,
    ) -> StoredMessage:
        """Add a message at the end, as another version of `siblings`; return it."""
        made = new_id()
        parent = self.path[-1].id if self.path else ""
        versions = (*siblings, made)
        self.path.append(
            StoredMessage(made, parent, turn, state, time.time(), task, versions=versions)
        )
        return self.path[-1]

    def put_earlier(self, messages: Iterable[StoredMessage]) -> None:
        """Put messages before those that are known; one that is known stays as it is."""
        known = {message.id for message in self.path}
        earlier = [message for message in messages if message.id not in known]
        for message in earlier:
            for image in message.turn.images:
                if image.description and self._descriptions.get(image.sha256) is None:
                    self._descriptions.remember(image.sha256, image.description)
        self.path[:0] = earlier

    def take_summaries(self, summaries: Iterable[Summary]) -> None:
        """Use stored summaries in the place of the messages that they cover."""
        self.summaries.update({summary.last: summary.text for summary in summaries})

    def cut(self, message: str) -> None:
        """Remove a message and everything after it."""
        del self.path[self._place(message) :]

    def get(self, message: str) -> StoredMessage | None:
        """Return the message with this id; None when it is not on the path."""
        return next((known for known in self.path if known.id == message), None)

    def after(self, message: str) -> StoredMessage | None:
        """Return the message that follows; None after the last one."""
        return next((known for known in self.path if known.parent == message), None)

    def extend(self, message: str, text: str) -> None:
        """Add text to an answer in progress."""
        place = self._place(message)
        turn = self.path[place].turn
        self.path[place] = replace(self.path[place], turn=replace(turn, text=turn.text + text))

    def change(self, message: str, **changes: Any) -> StoredMessage:
        """Replace fields of a message, e.g. its state; return it."""
        place = self._place(message)
        self.path[place] = replace(self.path[place], **changes)
        return self.path[place]

    def set_pixels(self, image: ImageInput) -> None:
        """Put a stored picture's pixels into the messages that it belongs to."""
        for place, message in enumerate(self.path):
            if any(known.sha256 == image.sha256 for known in message.turn.images):
                images = tuple(
                    replace(known, rgb=image.rgb) if known.sha256 == image.sha256 else known
                    for known in message.turn.images
                )
                self.path[place] = replace(message, turn=replace(message.turn, images=images))

    def set_document(self, before: DocumentInput, after: DocumentInput) -> list[str]:
        """Replace a document whose pages were read; return the ids of the messages it is in."""
        changed = []
        for place, message in enumerate(self.path):
            if before in message.turn.documents:
                known = message.turn.documents
                documents = tuple(after if entry == before else entry for entry in known)
                self.path[place] = replace(message, turn=replace(message.turn, documents=documents))
                changed.append(message.id)
        return changed

    def turns(self, before: str = "") -> tuple[Turn, ...]:
        """Return what the model reads, oldest first; `before` a message, or all of it.

        What a summary covers is left out. So is a question without any answer (stopped or failed at
        once), unless something was attached to it: the user will ask it again, and should be
        answered once.
        """
        turns: list[Turn] = []
        for message in self.unsummarised(before):
            if message.turn.role != "assistant":
                turns.append(self.described(message.turn))
            elif message.turn.text.strip():
                turns.append(message.turn)
            elif message.state != "streaming" and turns and not _has_attachments(turns[-1]):
                turns.pop()
        return tuple(turns)

    def unsummarised(self, before: str = "") -> list[StoredMessage]:
        """Return the messages that no summary covers, oldest first, up to `before`."""
        end = next((at for at, known in enumerate(self.path) if known.id == before), len(self.path))
        return self.path[self._summarised(end) : end]

    def summary(self, before: str = "") -> str:
        """Return the summary of what stands before those messages; "" where all are read."""
        end = next((at for at, known in enumerate(self.path) if known.id == before), len(self.path))
        start = self._summarised(end)
        return self.summaries[self.path[start - 1].id] if start else ""

    def _summarised(self, end: int) -> int:
        """Return how many messages the longest summary covers that ends before `end`."""
        return next((at for at in range(end, 0, -1) if self.path[at - 1].id in self.summaries), 0)

    def described(self, turn: Turn) -> Turn:
        """Return a turn with what is known about its pictures."""
        if not turn.images:
            return turn
        return replace(turn, images=tuple(map(self._described, turn.images)))

    def _described(self, image: ImageInput) -> ImageInput:
        description = self._descriptions.get(image.sha256)
        return image if description is None else replace(image, description=description)

    def _place(self, message: str) -> int:
        return next(place for place, known in enumerate(self.path) if known.id == message)


def _has_attachments(turn: Turn) -> bool:
    return bool(turn.images or turn.audio or turn.documents)
