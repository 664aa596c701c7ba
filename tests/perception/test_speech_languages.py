"""A recording in which the language changes is cut where it changes."""

from __future__ import annotations

import numpy as np
import pytest

from mmdesk.perception.speech_languages import language_runs
from mmdesk.values import SAMPLE_RATE

CODES = {1.0: "en", 2.0: "de", 3.0: "zh"}
VALUES = {code: value for value, code in CODES.items()}


def recording(*spoken: tuple[str, float]) -> tuple[np.ndarray, list[dict[str, int]]]:
    """Return a sound whose samples are their language's number, with a second between spans."""
    pieces, spans, at = [], [], 0
    for language, seconds in spoken:
        count = round(seconds * SAMPLE_RATE)
        pieces += [np.full(count, VALUES[language], np.float32), np.zeros(SAMPLE_RATE, np.float32)]
        spans.append({"start": at, "end": at + count})
        at += count + SAMPLE_RATE
    return np.concatenate(pieces), spans


def detect(speech: np.ndarray) -> dict[str, float]:
    """Return the share of each language's samples."""
    values, counts = np.unique(speech, return_counts=True)
    shares = counts / len(speech)
    return {CODES[float(value)]: share for value, share in zip(values, shares, strict=True)}


def found(*spoken: tuple[str, float]) -> list[tuple[str, int]]:
    runs = language_runs(detect, *recording(*spoken))
    return [(run.language, len(run.spans)) for run in runs]


@pytest.mark.parametrize(
    ("spoken", "expected"),
    [
        ([("en", 5.0)], [("en", 1)]),
        ([("en", 20.0)] * 6, [("en", 6)]),
        ([("en", 25.0), ("de", 25.0)], [("en", 1), ("de", 1)]),
        # The change lies within a window: in the first, or in the second.
        ([("en", 18.0), ("de", 5.0), ("de", 6.0), ("de", 25.0)], [("en", 1), ("de", 3)]),
        ([("en", 25.0), ("en", 4.0), ("en", 4.0), ("de", 24.0)], [("en", 3), ("de", 1)]),
        ([("en", 25.0), ("de", 25.0), ("en", 25.0)], [("en", 1), ("de", 1), ("en", 1)]),
    ],
)
def test_each_stretch_of_speech_is_in_its_own_language(spoken, expected) -> None:
    assert found(*spoken) == expected


def test_a_change_that_is_not_likely_is_none() -> None:
    def unsure(speech: np.ndarray) -> dict[str, float]:
        return {"en": 0.9, "de": 0.1} if 1.0 in speech else {"de": 0.35, "nl": 0.3, "en": 0.3}

    sound, spans = recording(("en", 29.0), ("de", 20.0))
    assert [run.language for run in language_runs(unsure, sound, spans)] == ["en"]
