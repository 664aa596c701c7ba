"""Speech becomes text: Whisper through faster-whisper, on the parts where somebody speaks.

Whisper invents sentences for silence, noise and music. Three guards stand against that: voice
activity detection cuts away what is no speech, segments that Whisper itself doubts are dropped,
and no segment is told what the last one said, so that an invention cannot feed on itself.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from mmdesk.errors import Cancelled, InputError, ModelUnavailable
from mmdesk.inputs import Samples, samples
from mmdesk.perception.speech_frames import SECONDS, speech_frames
from mmdesk.text import HAN, SPACELESS_LANGUAGES
from mmdesk.values import SAMPLE_RATE, AudioInput, CancelFlag, Segment, Transcript

FILES = ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt")
SHORTEST_S = 0.2  # less cannot hold a word
NO_SPEECH = 0.6  # Whisper's own doubt, from which on a segment that is also unlikely is dropped
LEAST_LOGPROB = -1.0  # mean log probability of a segment's tokens
MOST_COMPRESSION = 2.4  # text that zips better than this is a loop
PART_S = 300  # of speech decoded at a time; bounds memory in recordings of hours
# While somebody speaks, what ended in a pause is written down by itself once it is this long:
# Whisper knows a language and a sentence better the more of it there is.
SETTLED_S = 4.0
QUIET_S = 5.0  # after this long a pause, however short what was said before it
_VAD = {
    "threshold": 0.5,
    "min_speech_duration_ms": 250,
    "max_speech_duration_s": 120,
    "min_silence_duration_ms": 700,
    "speech_pad_ms": 300,
}
# Whisper follows the manner of a text that stands before: simplified characters, punctuation. It
# is short because Whisper may also repeat it as if it had been spoken; `_LEAK` shows that it did.
_MANNERS = {"zh": "简体中文。"}
_LEAK = {"zh": "简体"}
_FULL_WIDTH = str.maketrans(",?!:;", "，？！：；")

Span = dict[str, int]  # {"start", "end"} in samples, as silero's detector gives them


class Transcriber:
    """Writes down speech. The model is loaded at the first sound that holds any.

    Args:
        folder: CTranslate2's model.bin with its config, tokenizer and vocabulary.
        threads: of the runtime; 0 leaves one core to the window, and takes at most four.
    """

    def __init__(self, folder: Path, threads: int = 0) -> None:
        self._folder = folder
        self._threads = threads or min(4, max(1, (os.cpu_count() or 1) - 1))
        self._model: Any = None

    def transcribe(
        self, audio: AudioInput, language: str | None, cancel: CancelFlag
    ) -> Iterator[Segment | Transcript]:
        """Yields each Segment as it is recognised, then exactly one Transcript.

        Args:
            language: ISO 639-1 code; None to detect it.

        Raises:
            Cancelled: between two segments, after `cancel` was set.
            InputError: the language is not one that Whisper knows.
            ModelUnavailable: the speech part is missing or damaged.
        """
        _stop_if(cancel)
        parts = _speech_parts(samples(audio)) if audio.seconds >= SHORTEST_S else []
        if not parts:
            yield Transcript("")
            return
        _stop_if(cancel)
        model = self._loaded()
        spoken, probability = _language(model, _joined(audio, parts[0]), language)
        segments: list[Segment] = []
        for part in parts:
            for segment in _recognised(model, audio, part, spoken, cancel):
                segments.append(segment)
                yield segment
        yield _transcript(segments, spoken, probability)

    def settled_s(self, audio: AudioInput) -> float:
        """How much of an unfinished recording, in seconds, can be written down by itself: up to
        the last pause, where enough was said before it; 0 where not. The model is loaded as
        soon as anybody speaks, so that it is there when it is wanted.

        Raises:
            ModelUnavailable: the speech part is missing or damaged.
        """
        spans = _speech_spans(samples(audio))
        if spans:
            self._loaded()
        return settled(spans, len(samples(audio))) / SAMPLE_RATE

    def frames(self, audio: AudioInput, longest_s: float = SECONDS) -> np.ndarray | None:
        """What the fused model is given of a spoken question, float32 [FRAMES, WIDTH] (see
        `frames`); None where nobody speaks, or for longer than `longest_s` seconds.

        Raises:
            ModelUnavailable: the speech part is missing or damaged.
        """
        parts = _speech_parts(samples(audio)) if audio.seconds >= SHORTEST_S else []
        speech = _joined(audio, parts[0]) if parts else np.zeros(0, np.float32)
        if not parts or len(speech) > longest_s * SAMPLE_RATE:
            return None
        return speech_frames(self._loaded(), speech)

    def _loaded(self) -> Any:
        if self._model is None:
            self._model = _load(self._folder, self._threads)
        return self._model


# --- the model ------------------------------------------------------------------------------------


def _load(folder: Path, threads: int) -> Any:
    for name in FILES:  # a missing tokenizer would be fetched from the network
        if not (folder / name).is_file():
            raise _unavailable(folder, f"{name} is missing")
    import faster_whisper

    logging.getLogger("faster_whisper").setLevel(logging.ERROR)
    try:
        return faster_whisper.WhisperModel(
            str(folder),
            device="cpu",
            compute_type="int8",
            cpu_threads=threads,
            local_files_only=True,
        )
    except (RuntimeError, ValueError, OSError):
        raise _unavailable(folder, "its files are damaged") from None


def _unavailable(folder: Path, problem: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"The speech part {folder.name} cannot be loaded: {problem}.",
        f"Fetch it again: mmdesk models get {folder.name}",
    )


def _language(model: Any, speech: Samples, wanted: str | None) -> tuple[str, float]:
    if wanted is None:
        spoken, probability, _ = model.detect_language(speech)
        return spoken, float(probability)
    code = wanted.strip().lower()
    if code not in model.supported_languages:
        raise InputError(f"Speech in {wanted!r} is not known.", "Use a code such as en or zh.")
    return code, 1.0


# --- what is speech -------------------------------------------------------------------------------


def _speech_spans(sound: Samples) -> list[Span]:
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    return [
        {"start": int(span["start"]), "end": int(span["end"])}
        for span in get_speech_timestamps(sound, VadOptions(**_VAD))
    ]


def _speech_parts(sound: Samples) -> list[list[Span]]:
    """Spans of speech, gathered into parts of about PART_S seconds."""
    parts: list[list[Span]] = []
    length = 0
    for span in _speech_spans(sound):
        if not parts or length > PART_S * SAMPLE_RATE:
            parts.append([])
            length = 0
        parts[-1].append(span)
        length += span["end"] - span["start"]
    return parts


def settled(spans: list[Span], total: int) -> int:
    """See `Transcriber.settled_s`; in samples, as `total`, the length of the sound. A span that
    reaches the end may go on.
    """
    if not spans:
        quiet = round(2 * QUIET_S * SAMPLE_RATE)
        return total - quiet // 2 if total > quiet else 0
    ended = [span for span in spans if span["end"] < total - SAMPLE_RATE // 10]
    if not ended:
        return 0
    end = ended[-1]["end"]
    spoken = sum(span["end"] - span["start"] for span in ended)
    is_quiet = ended == spans and total - end > QUIET_S * SAMPLE_RATE
    return end if spoken >= SETTLED_S * SAMPLE_RATE or is_quiet else 0


def _joined(audio: AudioInput, part: list[Span]) -> Samples:
    sound = samples(audio)
    return np.concatenate([sound[span["start"] : span["end"]] for span in part])


# --- recognising ----------------------------------------------------------------------------------


def _recognised(
    model: Any, audio: AudioInput, part: list[Span], spoken: str, cancel: CancelFlag
) -> Iterator[Segment]:
    from faster_whisper.vad import SpeechTimestampsMap

    times = SpeechTimestampsMap(part, SAMPLE_RATE)
    speech = _joined(audio, part)
    for raw in _decoded(model, speech, spoken, _MANNERS.get(spoken)):
        _stop_if(cancel)
        text = _text(raw, spoken)
        if spoken in _LEAK and _LEAK[spoken] in text:
            span = speech[int(raw.start * SAMPLE_RATE) : int(raw.end * SAMPLE_RATE)]
            text = "".join(_text(again, spoken) for again in _decoded(model, span, spoken, None))
        if text:
            start = times.get_original_time(raw.start)
            end = max(start, times.get_original_time(raw.end, is_end=True))
            yield Segment(start, min(end, audio.seconds), text)
    _stop_if(cancel)


def _decoded(model: Any, speech: Samples, spoken: str, manner: str | None) -> Iterator[Any]:
    """Whisper's own segments; lazily, a window of 30 s at a time."""
    found, _ = model.transcribe(
        speech,
        language=spoken,
        beam_size=5,
        temperature=(0.0, 0.4),  # the second only where the first looped or was very unsure
        condition_on_previous_text=False,
        no_speech_threshold=NO_SPEECH,
        log_prob_threshold=LEAST_LOGPROB,
        compression_ratio_threshold=MOST_COMPRESSION,
        hotwords=manner,  # unlike an initial prompt, it stands before every window
    )
    yield from found


def _text(raw: Any, spoken: str) -> str:
    """What a segment says, "" where it is not believed."""
    return _punctuated(raw.text.strip(), spoken) if _is_believed(raw) else ""


def _punctuated(text: str, spoken: str) -> str:
    """Chinese has marks of its own; Whisper often puts the ASCII ones between its characters."""
    if spoken != "zh":
        return text
    text = re.sub(rf"(?<=[{HAN}])([,?!:;])\s*", lambda m: m[1].translate(_FULL_WIDTH), text)
    text = re.sub(rf"(?<=[{HAN}])\.(?=\s|$)", "。", text)
    return re.sub(rf"(?<=[{HAN}])\s+(?=[{HAN}])", "，", text)  # a pause


def _is_believed(raw: Any) -> bool:
    if raw.avg_logprob < LEAST_LOGPROB or raw.compression_ratio > MOST_COMPRESSION:
        return False
    # Half as unlikely counts when Whisper also thinks that nobody speaks.
    return not (raw.no_speech_prob > NO_SPEECH and raw.avg_logprob < LEAST_LOGPROB / 2)


def _transcript(segments: list[Segment], spoken: str, probability: float) -> Transcript:
    if not segments:
        return Transcript("")
    text = ("" if spoken in SPACELESS_LANGUAGES else " ").join(segment.text for segment in segments)
    return Transcript(text, spoken, probability, tuple(segments))


def _stop_if(cancel: CancelFlag) -> None:
    if cancel.is_set():
        raise Cancelled
