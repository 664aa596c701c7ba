"""Frozen values about reading aloud."""

from __future__ import annotations

from dataclasses import dataclass, field

SPEED_PERCENT = (50, 200)  # of a voice's own speed, slowest and fastest
USUAL_SPEED = 100
SYSTEM_VOICE = "system"  # setting that takes the voices of the operating system for every language


@dataclass(frozen=True, slots=True)
class SpeechOptions:
    """Choice of how a text is read aloud.

    Attributes:
        voice: id of a voice's model part, SYSTEM_VOICE, or "" for the best one of each language.
        speed: in per cent of the voice's own.
    """

    voice: str = ""
    speed: int = USUAL_SPEED


@dataclass(frozen=True, slots=True)
class SpokenSentence:
    """Sentence as it is heard.

    Attributes:
        text: what is said.
        rate: samples per second.
        pcm: int16 little-endian mono samples; empty where `command` speaks by itself.
        command: program of the system that speaks the sentence on its own sound output.
    """

    text: str
    rate: int = 0
    pcm: bytes = field(default=b"", repr=False)
    command: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """Return the duration; 0 where a command speaks."""
        return len(self.pcm) / 2 / self.rate if self.rate else 0.0
