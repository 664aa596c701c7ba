"""Speech recognition with Whisper through faster-whisper, on the stretches where somebody speaks.

Whisper invents sentences for silence, noise and music. Three guards stand against that: voice
activity detection (VAD) cuts away what is no speech, segments that Whisper itself doubts are
dropped, and no segment is conditioned on the one before, so that an invention cannot feed on
itself.
"""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from mmdesk.errors import Cancelled, InputError, ModelUnavailable
from mmdesk.inputs import Samples, samples
from mmdesk.perception.speech_frames import SPEECH_SECONDS, speech_frames
from mmdesk.text import HAN, SPACELESS_LANGUAGES
from mmdesk.translatable import TranslatableText
from mmdesk.values import SAMPLE_RATE, AudioInput, CancelFlag, Segment, Transcript

WHISPER_FILES = ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt")
MIN_SECONDS = 0.2  # less cannot hold a word
# Whisper's own probability that nobody speaks, above which a segment that is also unlikely is
# dropped.
NO_SPEECH_THRESHOLD = 0.6
LOG_PROB_THRESHOLD = -1.0  # mean log probability of a segment's tokens
COMPRESSION_THRESHOLD = 2.4  # text that zips better than this is a loop
PART_SECONDS = 300  # of speech decoded at a time; bounds memory in recordings of hours
# While somebody speaks, what ended in a pause is transcribed by itself once it is this long:
# Whisper recognises a language and a sentence better the more of it there is.
SETTLED_SECONDS = 4.0
LONG_PAUSE = 5.0  # seconds; after it, what was said is transcribed however short it is
_VAD = {
    "threshold": 0.5,
    "min_speech_duration_ms": 250,
    "max_speech_duration_s": 120,
    "min_silence_duration_ms": 700,
    "speech_pad_ms": 300,
}
# Whisper follows the manner of a text that stands before: simplified characters, punctuation. It
# is short because Whisper may also repeat it as if it had been spoken; `_LEAK` shows that it did.
_HOTWORDS = {"zh": "简体中文。"}
_LEAK = {"zh": "简体"}
_FULL_WIDTH = str.maketrans(",?!:;", "，？！：；")

SpeechSpan = dict[str, int]  # {"start", "end"} in samples, as the VAD gives them


class Transcriber:
    """Speech recognition. The model is loaded for the first sound that holds any speech.

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
        """Yield each Segment as it is recognised, then exactly one Transcript.

        Args:
            audio: what is transcribed.
            language: ISO 639-1 code; None to detect it.
            cancel: stops the work between two segments.

        Raises:
            Cancelled: after `cancel` was set.
            InputError: the language is not one that Whisper knows.
            ModelUnavailable: the speech model is missing or damaged.
        """
        _raise_if_set(cancel)
        parts = _speech_parts(samples(audio)) if audio.seconds >= MIN_SECONDS else []
        if not parts:
            yield Transcript("")
            return
        _raise_if_set(cancel)
        model = self._loaded()
        spoken, probability = _language(model, _joined(audio, parts[0]), language)
        segments: list[Segment] = []
        for part in parts:
            for segment in _transcribe_part(model, audio, part, spoken, cancel):
                segments.append(segment)
                yield segment
        yield _transcript(segments, spoken, probability)

    def settled_s(self, audio: AudioInput) -> float:
        """Return the seconds of an unfinished recording that can be transcribed for good.

        That is up to the last pause, where enough was said before it; 0 where not. The model is
        loaded as soon as anybody speaks, so that it is there when it is needed, and for an empty
        recording, by which it can be loaded before.

        Raises:
            ModelUnavailable: the speech model is missing or damaged.
        """
        spans = _speech_spans(samples(audio)) if audio.pcm else []
        if spans or not audio.pcm:
            self._loaded()
        return settled_samples(spans, len(samples(audio))) / SAMPLE_RATE

    def speech_frames(
        self, audio: AudioInput, longest_s: float = SPEECH_SECONDS
    ) -> np.ndarray | None:
        """Return the fused model's input for a spoken question (see `speech_frames`).

        Args:
            audio: the question.
            longest_s: seconds of speech, above which it is no question.

        Returns:
            float32 [SPEECH_FRAMES, SPEECH_WIDTH]; None where nobody speaks, or for too long.

        Raises:
            ModelUnavailable: the speech model is missing or damaged.
        """
        parts = _speech_parts(samples(audio)) if audio.seconds >= MIN_SECONDS else []
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
    for name in WHISPER_FILES:  # a missing tokenizer would be downloaded
        if not (folder / name).is_file():
            raise _unavailable(folder, TranslatableText("{name} is missing", name=name))
    import faster_whisper

    logging.getLogger("faster_whisper").setLevel(logging.ERROR)
    try:
        model = faster_whisper.WhisperModel(
            str(folder),
            device="cpu",
            compute_type="int8",
            cpu_threads=threads,
            local_files_only=True,
        )
        model.encode = _encoded_once(model.encode)
        return model
    except (RuntimeError, ValueError, OSError):
        raise _unavailable(folder, TranslatableText("its files are damaged")) from None


def _encoded_once(encode: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return the encoder with a memory of its last window.

    The language is detected in the first window, which is decoded next. To encode it takes most of
    the time of a short recording.
    """
    last: list[Any] = [None, None]

    def encoded(features: Any) -> Any:
        if last[0] is None or not np.array_equal(features, last[0]):
            last[:] = features, encode(features)
        return last[1]

    return encoded


def _unavailable(folder: Path, problem: TranslatableText) -> ModelUnavailable:
    return ModelUnavailable(
        "The speech model {model} cannot be loaded: {problem}.",
        "Download it again: mmdesk models get {model}",
        model=folder.name,
        problem=problem,
    )


def _language(model: Any, speech: Samples, wanted: str | None) -> tuple[str, float]:
    """Return the language code and its probability, 0..1."""
    if wanted is None:
        features = model.feature_extractor(speech)[..., :-1]  # as the window to be decoded
        spoken, probability, _ = model.detect_language(features=features)
        return spoken, float(probability)
    code = wanted.strip().lower()
    if code == "yue" and model.hf_tokenizer.token_to_id("<|yue|>") is None:
        code = "zh"  # before large-v3, Whisper counted Cantonese as Chinese
    if code not in model.supported_languages:
        raise InputError(
            'Speech in "{language}" cannot be transcribed.',
            "Use a language code such as en or zh.",
            language=wanted,
        )
    return code, 1.0


# --- voice activity detection ---------------------------------------------------------------------


def _speech_spans(sound: Samples) -> list[SpeechSpan]:
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    return [
        {"start": int(span["start"]), "end": int(span["end"])}
        for span in get_speech_timestamps(sound, VadOptions(**_VAD))
    ]


def _speech_parts(sound: Samples) -> list[list[SpeechSpan]]:
    """Gather spans of speech into parts of about PART_SECONDS."""
    parts: list[list[SpeechSpan]] = []
    length = 0
    for span in _speech_spans(sound):
        if not parts or length > PART_SECONDS * SAMPLE_RATE:
            parts.append([])
            length = 0
        parts[-1].append(span)
        length += span["end"] - span["start"]
    return parts


def settled_samples(spans: list[SpeechSpan], total: int) -> int:
    """Return how much of an unfinished recording can be transcribed for good, in samples.

    Args:
        spans: of speech. One that reaches the end may go on.
        total: samples of the recording.
    """
    if not spans:
        quiet = round(2 * LONG_PAUSE * SAMPLE_RATE)
        return total - quiet // 2 if total > quiet else 0
    ended = [span for span in spans if span["end"] < total - SAMPLE_RATE // 10]
    if not ended:
        return 0
    end = ended[-1]["end"]
    spoken = sum(span["end"] - span["start"] for span in ended)
    is_quiet = ended == spans and total - end > LONG_PAUSE * SAMPLE_RATE
    return end if spoken >= SETTLED_SECONDS * SAMPLE_RATE or is_quiet else 0


def _joined(audio: AudioInput, part: list[SpeechSpan]) -> Samples:
    sound = samples(audio)
    return np.concatenate([sound[span["start"] : span["end"]] for span in part])


# --- decoding -------------------------------------------------------------------------------------


def _transcribe_part(
    model: Any, audio: AudioInput, part: list[SpeechSpan], spoken: str, cancel: CancelFlag
) -> Iterator[Segment]:
    from faster_whisper.vad import SpeechTimestampsMap

    times = SpeechTimestampsMap(part, SAMPLE_RATE)
    speech = _joined(audio, part)
    for raw in _decode(model, speech, spoken, _HOTWORDS.get(spoken)):
        _raise_if_set(cancel)
        text = _text(raw, spoken)
        if spoken in _LEAK and _LEAK[spoken] in text:
            span = speech[int(raw.start * SAMPLE_RATE) : int(raw.end * SAMPLE_RATE)]
            text = "".join(_text(again, spoken) for again in _decode(model, span, spoken, None))
        if text:
            start = times.get_original_time(raw.start)
            end = max(start, times.get_original_time(raw.end, is_end=True))
            yield Segment(start, min(end, audio.seconds), text)
    _raise_if_set(cancel)


def _decode(model: Any, speech: Samples, spoken: str, hotwords: str | None) -> Iterator[Any]:
    """Yield Whisper's own segments; lazily, a window of 30 s at a time."""
    found, _ = model.transcribe(
        speech,
        language=spoken,
        beam_size=5,
        temperature=(0.0, 0.4),  # the second only where the first looped or was very unsure
        condition_on_previous_text=False,
        no_speech_threshold=NO_SPEECH_THRESHOLD,
        log_prob_threshold=LOG_PROB_THRESHOLD,
        compression_ratio_threshold=COMPRESSION_THRESHOLD,
        hotwords=hotwords,  # unlike an initial prompt, they stand before every window
    )
    yield from found


def _text(raw: Any, spoken: str) -> str:
    """Return the text of one of Whisper's segments, "" where it is doubtful."""
    return "" if _is_doubtful(raw) else _punctuated(raw.text.strip(), spoken)


def _punctuated(text: str, spoken: str) -> str:
    """Put Chinese marks where Whisper puts ASCII ones between Chinese characters."""
    if spoken != "zh":
        return text
    text = re.sub(rf"(?<=[{HAN}])([,?!:;])\s*", lambda m: m[1].translate(_FULL_WIDTH), text)
    text = re.sub(rf"(?<=[{HAN}])\.(?=\s|$)", "。", text)
    return re.sub(rf"(?<=[{HAN}])\s+(?=[{HAN}])", "，", text)  # a pause


def _is_doubtful(raw: Any) -> bool:
    if raw.avg_logprob < LOG_PROB_THRESHOLD or raw.compression_ratio > COMPRESSION_THRESHOLD:
        return True
    # Half as unlikely counts when Whisper also thinks that nobody speaks.
    return bool(
        raw.no_speech_prob > NO_SPEECH_THRESHOLD and raw.avg_logprob < LOG_PROB_THRESHOLD / 2
    )


def _transcript(segments: list[Segment], spoken: str, probability: float) -> Transcript:
    if not segments:
        return Transcript("")
    text = ("" if spoken in SPACELESS_LANGUAGES else " ").join(segment.text for segment in segments)
    return Transcript(text, spoken, probability, tuple(segments))


def _raise_if_set(cancel: CancelFlag) -> None:
    if cancel.is_set():
        raise Cancelled
