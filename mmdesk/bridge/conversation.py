"""The turns of the running conversation, and what is known about its pictures."""

from __future__ import annotations

from dataclasses import replace

from mmdesk.messages import ImageInput, Sight, Turn


class Conversation:
    """What the model is given as context. Plain data: no Qt, no engine.

    Pictures are kept as they came; what was seen in them, and what the person said instead, is
    kept beside by their digest and put in whenever the turns are read.
    """

    def __init__(self) -> None:
        self._turns: list[Turn] = []
        self._sights: dict[str, Sight] = {}
        self._corrections: dict[str, str] = {}

    def ask(self, turn: Turn) -> tuple[Turn, ...]:
        """Add the person's turn; returns all turns, this one last, with what was seen."""
        self._turns.append(turn)
        return self.turns()

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
            replace(turn, images=tuple(map(self.with_sight, turn.images))) for turn in self._turns
        )

    def clear(self) -> None:
        """Begin anew. What is known about pictures stays: it is about them, not about the talk."""
        self._turns.clear()

    def remember(self, sha256: str, sight: Sight) -> Sight:
        """Keep what was seen in a picture; returns it with the person's correction, if any."""
        self._sights[sha256] = replace(sight, correction=None)
        known = self.sight(sha256)
        return known or sight

    def correct(self, sha256: str, words: str) -> None:
        """The person's own words about a picture; "" takes them back."""
        if words.strip():
            self._corrections[sha256] = words.strip()
        else:
            self._corrections.pop(sha256, None)

    def sight(self, sha256: str) -> Sight | None:
        """What is known about the picture; None before it was looked at or corrected."""
        seen, words = self._sights.get(sha256), self._corrections.get(sha256)
        if words is None:
            return seen
        return replace(seen or Sight(), correction=words)

    def with_sight(self, image: ImageInput) -> ImageInput:
        """The picture with what is known about it."""
        sight = self.sight(image.sha256)
        return image if sight is None else replace(image, sight=sight)


def _attached(turn: Turn) -> bool:
    return bool(turn.images or turn.audio or turn.documents)
