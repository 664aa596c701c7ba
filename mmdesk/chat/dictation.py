"""What is being spoken, written down pause by pause. Plain data: no Qt, no engine.

All times are seconds since the recording began.
"""

from __future__ import annotations

from dataclasses import replace

from mmdesk.text import space_between
from mmdesk.values import AudioInput, Transcribed, TranscribeRequest, Transcript

SURE = 0.8  # probability from which the language of one piece is taken for that of the next


class Dictation:
    """One recording.

    Attributes:
        written_s: up to here it has been written down for good.
        is_over: nothing more is spoken; pieces are not wanted any more.
    """

    def __init__(self) -> None:
        self.written_s = 0.0
        self.is_over = False
        self._pieces: list[Transcript] = []

    @property
    def text(self) -> str:
        """What was said so far."""
        return _joined(self._pieces).text

    def piece_request(self, audio: AudioInput, begin_s: float) -> TranscribeRequest:
        """Write down what ended in a pause; `audio` begins at `begin_s`."""
        return TranscribeRequest(self._unwritten(audio, begin_s), self._language(), unfinished=True)

    def take(self, heard: Transcribed) -> None:
        """The answer to the last `piece_request`."""
        self._pieces.append(_later(heard.transcript, self.written_s))
        self.written_s += heard.settled_s or 0.0

    def rest_request(
        self, audio: AudioInput, begin_s: float, about_picture: bool = False
    ) -> TranscribeRequest:
        """Write down all that has not been; `audio` begins at `begin_s`. Only what was said
        without a longer pause is a question `about_picture`.
        """
        alone = about_picture and not self.text
        return TranscribeRequest(
            self._unwritten(audio, begin_s), self._language(), about_picture=alone
        )

    def whole(self, rest: Transcript) -> Transcript:
        """Everything, with the answer to `rest_request`."""
        return _joined([*self._pieces, _later(rest, self.written_s)])

    def _unwritten(self, audio: AudioInput, begin_s: float) -> AudioInput:
        return audio.between(self.written_s - begin_s)

    def _language(self) -> str | None:
        spoken = [piece for piece in self._pieces if piece.language]
        sure = bool(spoken) and spoken[-1].language_probability >= SURE
        return spoken[-1].language if sure else None


def _later(piece: Transcript, by_s: float) -> Transcript:
    moved = (replace(s, start=s.start + by_s, end=s.end + by_s) for s in piece.segments)
    return replace(piece, segments=tuple(moved))


def _joined(pieces: list[Transcript]) -> Transcript:
    """One transcript; its language is that of the longest piece."""
    spoken = [piece for piece in pieces if piece.meant]
    if len(spoken) == 1:
        return spoken[0]
    if not spoken:
        return Transcript("")
    text = ""
    for piece in spoken:
        text += space_between(text, piece.text) + piece.text
    longest = max(spoken, key=lambda piece: len(piece.text))
    segments = tuple(segment for piece in spoken for segment in piece.segments)
    return replace(longest, text=text, segments=segments)
