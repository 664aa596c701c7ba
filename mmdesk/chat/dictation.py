"""Dictation: a recording that is transcribed pause by pause. Plain data: no Qt, no engine.

All times are seconds since the recording began.
"""

from __future__ import annotations

from dataclasses import replace

from mmdesk.text import space_between
from mmdesk.values import AudioInput, Transcribed, TranscribeRequest, Transcript

CERTAIN = 0.8  # probability from which the language of one piece is taken for that of the next


class Dictation:
    """Transcript of one recording, in pieces.

    Attributes:
        transcribed_until_s: up to here the transcript is final.
        is_over: the recording has ended; no more pieces are wanted.
    """

    def __init__(self) -> None:
        """Begin with an empty transcript."""
        self.transcribed_until_s = 0.0
        self.is_over = False
        self._pieces: list[Transcript] = []

    @property
    def text(self) -> str:
        """The transcript so far."""
        return _joined(self._pieces).text

    def piece_request(self, audio: AudioInput, start_s: float) -> TranscribeRequest:
        """Return the request for what ended in a pause; `audio` starts at `start_s`."""
        rest = self._untranscribed(audio, start_s)
        return TranscribeRequest(rest, self._language(), unfinished=True)

    def add(self, piece: Transcribed) -> None:
        """Add the answer to the last `piece_request`."""
        self._pieces.append(_shifted(piece.transcript, self.transcribed_until_s))
        self.transcribed_until_s += piece.settled_s or 0.0

    def rest_request(
        self, audio: AudioInput, start_s: float, about_picture: bool = False
    ) -> TranscribeRequest:
        """Return the request for all that is not transcribed; `audio` starts at `start_s`.

        Only what was said without a longer pause can be a question `about_picture`.
        """
        rest = self._untranscribed(audio, start_s)
        alone = about_picture and not self.text
        return TranscribeRequest(rest, self._language(), about_picture=alone)

    def whole(self, rest: Transcript) -> Transcript:
        """Return the whole transcript, with the answer to `rest_request`."""
        return _joined([*self._pieces, _shifted(rest, self.transcribed_until_s)])

    def _untranscribed(self, audio: AudioInput, start_s: float) -> AudioInput:
        return audio.between(self.transcribed_until_s - start_s)

    def _language(self) -> str | None:
        spoken = [piece for piece in self._pieces if piece.language]
        certain = bool(spoken) and spoken[-1].language_probability >= CERTAIN
        return spoken[-1].language if certain else None


def _shifted(piece: Transcript, by_s: float) -> Transcript:
    segments = (replace(s, start=s.start + by_s, end=s.end + by_s) for s in piece.segments)
    return replace(piece, segments=tuple(segments))


def _joined(pieces: list[Transcript]) -> Transcript:
    """Join transcripts; the language is that of the longest piece."""
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
