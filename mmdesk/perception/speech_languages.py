"""Languages of a long recording: where speakers change from one to another.

Whisper detects one language from the first 30 seconds and writes everything in it: German words in
an English recording come out as English ones. Here the language of each 30 seconds of speech is
detected. A window whose language is not clear is halved until it is, and a change of the language
is believed where the new one is much more likely than the old. A recording of up to 30 seconds has
one language.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from mmdesk.inputs import Samples
from mmdesk.values import SAMPLE_RATE

SpeechSpan = dict[str, int]  # {"start", "end"} in samples, as the VAD gives them
DetectLanguages = Callable[[Samples], Mapping[str, float]]  # probabilities by code

WINDOW_SECONDS = 30  # what Whisper's encoder takes at once
CLEAR = 0.8  # probability from which a window is not halved
LIKELY = 0.4  # probability of a new language at least
MORE_LIKELY = 3.0  # than the language so far, times
MIN_SECONDS = 2.0  # less speech does not tell a language
MIN_HALVED_SECONDS = 10.0


@dataclass(slots=True)
class LanguageRun:
    """Stretches of speech, one after another, in one language.

    Attributes:
        language: ISO 639-1 code.
        probability: 0..1, of the first piece in it.
        spans: of speech.
    """

    language: str
    probability: float
    spans: list[SpeechSpan] = field(default_factory=list)

    @property
    def samples(self) -> int:
        """Return how much is spoken."""
        return _length(self.spans)


def join_speech(sound: Samples, spans: list[SpeechSpan]) -> Samples:
    """Return the speech of a sound without what lies between."""
    return np.concatenate([sound[span["start"] : span["end"]] for span in spans])


def language_runs(
    detect: DetectLanguages, sound: Samples, spans: list[SpeechSpan]
) -> list[LanguageRun]:
    """Return the speech of a recording by language, in order.

    Args:
        detect: detects the languages of up to WINDOW_SECONDS of speech.
        sound: float32 samples at SAMPLE_RATE.
        spans: of speech in it, at least one.
    """
    runs: list[LanguageRun] = []
    for window in _windows(spans):
        for piece, found in _pieces(detect, sound, window):
            language = max(found, key=lambda code: found[code])
            if runs and not _is_changed(found, runs[-1].language):
                runs[-1].spans += piece
                continue
            run = LanguageRun(language, found[language], list(piece))
            if runs:
                _move_boundary(detect, sound, runs[-1], run)
            runs.append(run)
    return runs


def _move_boundary(
    detect: DetectLanguages, sound: Samples, before: LanguageRun, after: LanguageRun
) -> None:
    """Give each span around a change of the language to the run that it belongs to."""
    old, new = before.language, after.language
    kept = len(after.spans)
    while len(after.spans) > 1 and _is_spoken(detect, sound, after.spans[0], old, new):
        before.spans.append(after.spans.pop(0))
    if len(after.spans) < kept:
        return
    while len(before.spans) > 1 and _is_spoken(detect, sound, before.spans[-1], new, old):
        after.spans.insert(0, before.spans.pop())


def _length(spans: list[SpeechSpan]) -> int:
    return sum(span["end"] - span["start"] for span in spans)


def _windows(spans: list[SpeechSpan]) -> list[list[SpeechSpan]]:
    """Gather spans into windows of at most WINDOW_SECONDS; a longer span is one by itself."""
    windows: list[list[SpeechSpan]] = []
    for span in spans:
        if not windows or _length([*windows[-1], span]) > WINDOW_SECONDS * SAMPLE_RATE:
            windows.append([])
        windows[-1].append(span)
    return windows


def _pieces(
    detect: DetectLanguages, sound: Samples, window: list[SpeechSpan]
) -> Iterator[tuple[list[SpeechSpan], Mapping[str, float]]]:
    """Yield a window, or the parts of it, with the probabilities of their languages."""
    found = detect(join_speech(sound, window))
    length = _length(window)
    is_whole = max(found.values()) >= CLEAR or length < MIN_HALVED_SECONDS * SAMPLE_RATE
    if is_whole or len(window) == 1:
        yield window, found
        return
    middle = next(at for at in range(1, len(window) + 1) if 2 * _length(window[:at]) >= length)
    middle = min(middle, len(window) - 1)
    yield from _pieces(detect, sound, window[:middle])
    yield from _pieces(detect, sound, window[middle:])


def _is_changed(found: Mapping[str, float], before: str) -> bool:
    """Return whether other speech than `before` is much more likely."""
    likeliest = max(found, key=lambda code: found[code])
    likely = max(LIKELY, MORE_LIKELY * found.get(before, 0.0))
    return likeliest != before and found[likeliest] >= likely


def _is_spoken(
    detect: DetectLanguages, sound: Samples, span: SpeechSpan, language: str, before: str
) -> bool:
    """Return whether a span is in a language rather than in the one before."""
    if _length([span]) < MIN_SECONDS * SAMPLE_RATE:
        return False
    found = detect(join_speech(sound, [span]))
    return max(found, key=lambda code: found[code]) == language and _is_changed(found, before)
