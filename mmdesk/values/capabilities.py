"""Inputs that a language model takes itself, and the attachments that it is given as they are.

One rule for models on this computer and on a server: what a model does not take reaches it in
words, from mmdesk's own perception.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mmdesk.values.media import AudioInput, ImageInput
from mmdesk.values.messages import Turn

ANY_NUMBER = 1_000_000


@dataclass(frozen=True, slots=True)
class Capabilities:
    """Kinds of input of a language model besides text.

    Attributes:
        pictures: how many pictures of a conversation it takes; 0 for none.
        sound_s: the longest recording that it takes, in seconds; 0 for none.
        missing: name of the Python package without which its pictures or sound cannot be read;
            "" where none is missing.
    """

    pictures: int = 0
    sound_s: float = 0.0
    missing: str = ""

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of input, text among them: "text", "picture", "sound"."""
        named = (("picture", self.pictures), ("sound", self.sound_s))
        return ("text", *(name for name, most in named if most))

    @property
    def attachments(self) -> frozenset[str]:
        """Kinds of attachments that it takes as they are: "picture", "sound"."""
        return frozenset(self.kinds[1:])

    @classmethod
    def of_kinds(cls, kinds: frozenset[str]) -> Capabilities:
        """Return the capabilities of a model of which only the kinds of attachments are known."""
        return cls(
            ANY_NUMBER if "picture" in kinds else 0, float(ANY_NUMBER) if "sound" in kinds else 0.0
        )


TEXT_ONLY = Capabilities()


@dataclass(frozen=True, slots=True)
class NativeAttachments:
    """Attachments that a model is given as they are.

    Attributes:
        pictures: digests of the pictures.
        sounds: digests of the recordings.
    """

    pictures: frozenset[str] = frozenset()
    sounds: frozenset[str] = frozenset()

    def images_of(self, turn: Turn) -> tuple[ImageInput, ...]:
        """Return a turn's pictures that the model gets as pixels."""
        return tuple(image for image in turn.images if _is_given(image, self.pictures))

    def audio_of(self, turn: Turn) -> tuple[AudioInput, ...]:
        """Return a turn's recordings that the model gets as a waveform."""
        return tuple(audio for audio in turn.audio if audio.sha256 in self.sounds)

    def needs_words(self, turn: Turn) -> Turn:
        """Return a turn with those of its attachments that have to be put into words."""
        images = tuple(image for image in turn.images if not _is_given(image, self.pictures))
        audio = tuple(audio for audio in turn.audio if audio.sha256 not in self.sounds)
        return replace(turn, images=images, audio=audio)

    def in_words(self, turn: Turn) -> Turn:
        """Return a turn with what is given of it as text, the user's corrections among it."""
        worded = self.needs_words(turn)
        corrected = tuple(
            image
            for image in turn.images
            if image in worded.images or (image.description and image.description.correction)
        )
        return replace(worded, images=corrected)


def native_attachments(turns: Sequence[Turn], takes: Capabilities) -> NativeAttachments:
    """Return which attachments of a conversation a model is given as they are.

    Those are the newest pictures, as many as it takes, and the recordings that are short enough.
    Stored pictures have no pixels before they are shown, so there are only words of them till then.
    """
    with_pixels = [image.sha256 for turn in turns for image in turn.images if image.rgb]
    newest = list(dict.fromkeys(reversed(with_pixels)))[: takes.pictures]
    sounds = {
        audio.sha256
        for turn in turns
        for audio in turn.audio
        if audio.pcm and 0 < audio.seconds <= takes.sound_s
    }
    return NativeAttachments(frozenset(newest), frozenset(sounds))


def _is_given(image: ImageInput, digests: frozenset[str]) -> bool:
    return bool(image.rgb) and image.sha256 in digests
