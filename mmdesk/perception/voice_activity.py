"""Voice activity detection on a stream: where somebody begins and ends to speak.

Silero VAD judges windows of 32 ms. `UtteranceDetector` makes utterances of them, with what was
heard just before, so that no syllable is lost, and `EchoGate` tells the user's voice from the
assistant's own.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

import numpy as np

from mmdesk.inputs import Samples
from mmdesk.values import SAMPLE_RATE

WINDOW = 512  # samples that are judged at a time
CONTEXT = 64  # samples before them that the model sees as well
WINDOW_S = WINDOW / SAMPLE_RATE

EventKind = Literal["began", "paused", "resumed", "ended", "dropped"]


class VoiceActivity:
    """Silero VAD with its state, for one stream."""

    def __init__(self) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.inter_op_num_threads = options.intra_op_num_threads = 1
        options.log_severity_level = 4
        self._session: Any = onnxruntime.InferenceSession(
            str(_model_file()), sess_options=options, providers=["CPUExecutionProvider"]
        )
        self.reset()

    def reset(self) -> None:
        """Forget what was heard."""
        self._h = np.zeros((1, 1, 128), np.float32)
        self._c = np.zeros((1, 1, 128), np.float32)
        self._context = np.zeros(CONTEXT, np.float32)

    def probability(self, window: Samples) -> float:
        """Return the probability of speech in float32 [WINDOW] at 16 kHz."""
        heard = np.concatenate([self._context, window])[np.newaxis].astype(np.float32)
        output, self._h, self._c = self._session.run(
            None, {"input": heard, "h": self._h, "c": self._c}
        )
        self._context = window[-CONTEXT:]
        return float(np.ravel(output)[-1])


def _model_file() -> Path:
    """Return the model that comes with faster_whisper, whose import would take a second."""
    package = find_spec("faster_whisper")
    assert package is not None
    assert package.origin is not None
    return max((Path(package.origin).parent / "assets").glob("silero_vad*.onnx"))


@dataclass(frozen=True, slots=True)
class UtteranceTimes:
    """Times in seconds by which utterances are told apart.

    Attributes:
        begin: of speech until somebody is taken to speak; a cough is shorter.
        pre_roll: before the first speech that belongs to the utterance.
        pause: of silence after which what was said so far is transcribed.
        end: of silence after which the utterance is over.
        shortest: of speech in an utterance that is not dropped.
        longest: of an utterance; it is then ended.
    """

    begin: float = 0.16
    pre_roll: float = 0.5
    pause: float = 0.25
    end: float = 0.7
    shortest: float = 0.25
    longest: float = 60.0


class UtteranceDetector:
    """Detector of utterances from the probabilities of their windows.

    Attributes:
        utterance: float32 [n], what was heard of the present utterance, with its pre-roll.
    """

    SPEECH, SILENCE = 0.5, 0.35  # probabilities from and below which a window is taken for it

    def __init__(self, times: UtteranceTimes | None = None) -> None:
        self.times = times or UtteranceTimes()
        before = self.times.pre_roll + self.times.begin
        self._before: deque[Samples] = deque(maxlen=max(1, round(before / WINDOW_S)))
        self.reset()

    def reset(self) -> None:
        """Forget the present utterance and what was heard before it."""
        self._before.clear()
        self._windows: list[Samples] = []
        self._run = self._speech = self._silence = 0.0
        self._paused = False

    @property
    def utterance(self) -> Samples:
        """Samples of the present utterance so far."""
        return np.concatenate(self._windows) if self._windows else np.zeros(0, np.float32)

    def add(self, window: Samples, probability: float) -> EventKind | None:
        """Take a window; return what it tells, if anything."""
        if not self._windows:
            return self._wait(window, probability)
        self._windows.append(window)
        if probability >= self.SPEECH:
            self._speech += WINDOW_S
            self._silence = 0.0
            if self._paused and not self._is_too_long():
                self._paused = False
                return "resumed"
        elif probability < self.SILENCE or self._silence:
            self._silence += WINDOW_S
        return self._judge()

    def _wait(self, window: Samples, probability: float) -> EventKind | None:
        self._before.append(window)
        spoken = probability >= self.SPEECH
        # A window in doubt neither ends a run nor lengthens it.
        self._run = self._run + WINDOW_S if spoken else self._run * (probability >= self.SILENCE)
        if self._run < self.times.begin:
            return None
        self._windows, self._speech, self._silence = list(self._before), self._run, 0.0
        self._run = 0.0
        self._before.clear()
        return "began"

    def _is_too_long(self) -> bool:
        return len(self._windows) * WINDOW_S >= self.times.longest

    def _judge(self) -> EventKind | None:
        too_long = self._is_too_long()
        if self._paused and (self._silence >= self.times.end or too_long):
            self.reset()
            return "ended"
        if not self._paused and (self._silence >= self.times.pause or too_long):
            if self._speech < self.times.shortest:
                self.reset()
                return "dropped"
            self._paused = True
            return "paused"
        return None


class EchoGate:
    """Judge of what is clearly louder than the assistant's own voice in the microphone.

    While the assistant speaks, the microphone hears it from the loudspeaker. The loudest of the
    first half second is taken for the echo; only what is MARGIN_DB louder passes, with the gaps
    between its syllables. With headphones there is no echo, and a usual voice passes.
    """

    MARGIN_DB = 9.0
    QUIET_DB = -50.0  # echo that is assumed at least
    CALIBRATION_S = 0.5
    GAP_S = 0.12  # of something quieter within what passes
    FADE_DB_PER_S = 1.0
    BURST_DB = 1.0  # by which the echo is raised at the end of what passed and was no speech

    def __init__(self) -> None:
        self._heard_s = 0.0
        self._echo_db = self.QUIET_DB
        self._since_louder_s = math.inf

    def passes(self, window: Samples) -> bool:
        """Return whether a window is louder than the echo, or follows such a one closely."""
        level = _decibels(window)
        self._heard_s += WINDOW_S
        if self._heard_s <= self.CALIBRATION_S:
            self._echo_db = max(self._echo_db, level)
            return False
        if level > self._echo_db + self.MARGIN_DB:
            self._since_louder_s = 0.0
            return True
        self._since_louder_s += WINDOW_S
        if self._since_louder_s <= self.GAP_S:
            return True
        if self._since_louder_s <= self.GAP_S + WINDOW_S:
            self._echo_db += self.BURST_DB
        faded = self._echo_db - self.FADE_DB_PER_S * WINDOW_S
        self._echo_db = max(level, faded, self.QUIET_DB)
        return False


def _decibels(window: Samples) -> float:
    power = float(np.mean(np.square(window, dtype=np.float64)))
    return 10 * math.log10(power + 1e-12)
