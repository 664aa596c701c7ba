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
import zlib
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import numpy as np

from mmdesk.errors import Cancelled, InputError, ModelUnavailable
from mmdesk.inputs import Samples, samples
from mmdesk.perception.speech_frames import SPEECH_SECONDS, speech_frames
from mmdesk.perception.speech_languages import (
    WINDOW_SECONDS,
    LanguageRun,
    SpeechSpan,
    join_speech,
    language_runs,
)
from mmdesk.text import HAN, SPACELESS_LANGUAGES
from mmdesk.translatable import TranslatableText
from mmdesk.values import SAMPLE_RATE, AudioInput, CancelFlag, Segment, Transcript, Word

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
}
PAUSE_MS = 700  # silence that ends a span of speech
SENTENCE_PAUSE_MS = 200  # the same, where the language is looked at sentence by sentence
SPEECH_PADDING_MS = 300  # kept around a span
# Whisper follows the manner of a text that stands before: simplified characters, punctuation. It
# is short because Whisper may also repeat it as if it had been spoken; `_LEAK` shows that it did.
_HOTWORDS = {"zh": "简体中文。"}
_LEAK = {"zh": "简体"}
_FULL_WIDTH = str.maketrans(",?!:;", "，？！：；")


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
        self, audio: AudioInput, language: str | None, cancel: CancelFlag, words: bool = False
    ) -> Iterator[Segment | Transcript]:
        """Yield each Segment as it is recognised, then exactly one Transcript.

        Args:
            audio: what is transcribed.
            language: ISO 639-1 code; None to detect it.
            cancel: stops the work between two segments.
            words: find out when each word is said.

        Raises:
            Cancelled: after `cancel` was set.
            InputError: the language is not one that Whisper knows.
            ModelUnavailable: the speech model is missing or damaged.
        """
        _raise_if_set(cancel)
        spans = _speech_spans(samples(audio)) if audio.seconds >= MIN_SECONDS else []
        if not spans:
            yield Transcript("")
            return
        _raise_if_set(cancel)
        model = self._loaded()
        runs = _language_runs(model, samples(audio), spans, language, cancel)
        texts: list[str] = []
        segments: list[Segment] = []
        for run in runs:
            first = len(segments)
            for part in _parts(run.spans):
                for segment in _transcribe_part(model, audio, part, run.language, cancel, words):
                    segments.append(segment)
                    yield segment
            texts.append(_text_of(segments[first:], run.language))
        longest = max(runs, key=lambda run: run.samples)
        yield _transcript(texts, segments, longest)

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
        spans = _speech_spans(samples(audio)) if audio.seconds >= MIN_SECONDS else []
        speech = join_speech(samples(audio), spans) if spans else np.zeros(0, np.float32)
        if not spans or len(speech) > longest_s * SAMPLE_RATE:
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


def _language_runs(
    model: Any, sound: Samples, spans: list[SpeechSpan], wanted: str | None, cancel: CancelFlag
) -> list[LanguageRun]:
    """Return the speech by language: one run where a language is wanted."""
    if wanted is not None:
        return [LanguageRun(_language_code(model, wanted), 1.0, spans)]

    def detect(speech: Samples) -> dict[str, float]:
        _raise_if_set(cancel)
        features = model.feature_extractor(speech)[..., :-1]  # as the window to be decoded
        *_, likely = model.detect_language(features=features)
        return {code: float(probability) for code, probability in likely}

    if sum(span["end"] - span["start"] for span in spans) <= WINDOW_SECONDS * SAMPLE_RATE:
        return language_runs(detect, sound, spans)
    runs = language_runs(detect, sound, _speech_spans(sound, SENTENCE_PAUSE_MS))
    if len(runs) == 1:
        return [LanguageRun(runs[0].language, runs[0].probability, spans)]
    for run in runs:
        run.spans = _without_short_pauses(run.spans)
    return runs


def _language_code(model: Any, wanted: str) -> str:
    """Return the model's own code of a language."""
    code = wanted.strip().lower()
    if code == "yue" and model.hf_tokenizer.token_to_id("<|yue|>") is None:
        code = "zh"  # before large-v3, Whisper counted Cantonese as Chinese
    if code not in model.supported_languages:
        raise InputError(
            'Speech in "{language}" cannot be transcribed.',
            "Use a language code such as en or zh.",
            language=wanted,
        )
    return code


# --- voice activity detection ---------------------------------------------------------------------


def _speech_spans(sound: Samples, pause_ms: int = PAUSE_MS) -> list[SpeechSpan]:
    """Return the spans of speech between pauses of at least this length."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    padding = min(SPEECH_PADDING_MS, pause_ms // 2)
    options = VadOptions(**_VAD, min_silence_duration_ms=pause_ms, speech_pad_ms=padding)
    return [
        {"start": int(span["start"]), "end": int(span["end"])}
        for span in get_speech_timestamps(sound, options)
    ]


def _without_short_pauses(spans: list[SpeechSpan]) -> list[SpeechSpan]:
    """Join spans with less than PAUSE_MS between them."""
    joined = [dict(spans[0])]
    for span in spans[1:]:
        if span["start"] - joined[-1]["end"] < PAUSE_MS * SAMPLE_RATE // 1000:
            joined[-1]["end"] = span["end"]
        else:
            joined.append(dict(span))
    return joined


def _parts(spans: list[SpeechSpan]) -> list[list[SpeechSpan]]:
    """Gather spans of speech into parts of about PART_SECONDS."""
    parts: list[list[SpeechSpan]] = []
    length = 0
    for span in spans:
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


# --- decoding -------------------------------------------------------------------------------------


def _transcribe_part(
    model: Any,
    audio: AudioInput,
    part: list[SpeechSpan],
    spoken: str,
    cancel: CancelFlag,
    words: bool = False,
) -> Iterator[Segment]:
    from faster_whisper.vad import SpeechTimestampsMap

    times = SpeechTimestampsMap(part, SAMPLE_RATE)
    speech = join_speech(samples(audio), part)
    for raw in _trusted(_decode(model, speech, spoken, _HOTWORDS.get(spoken), words)):
        _raise_if_set(cancel)
        text = _punctuated(raw.text.strip(), spoken)
        if spoken in _LEAK and _LEAK[spoken] in text:
            span = speech[int(raw.start * SAMPLE_RATE) : int(raw.end * SAMPLE_RATE)]
            again = _trusted(_decode(model, span, spoken, None))
            text = "".join(_punctuated(part.text.strip(), spoken) for part in again)
        if text:
            start = times.get_original_time(raw.start)
            end = max(start, times.get_original_time(raw.end, is_end=True))
            yield Segment(
                start, min(end, audio.seconds), text, _words(raw, text, times, end) if words else ()
            )
    _raise_if_set(cancel)


def _words(raw: Any, text: str, times: Any, end: float) -> tuple[Word, ...]:
    """Return the words of one of Whisper's segments with their times in the recording.

    Only those that stand in `text`, in order: punctuation may have been changed since.
    """
    found, at = [], 0
    for word in raw.words or ():
        bare = word.word.strip()
        place = text.find(bare, at)
        if not bare or place < 0:
            continue
        at = place + len(bare)
        begin = times.get_original_time(word.start)
        found.append(Word(round(begin, 2), round(min(end, begin + word.end - word.start), 2), bare))
    return tuple(found)


def _decode(
    model: Any, speech: Samples, spoken: str, hotwords: str | None, words: bool = False
) -> Iterator[Any]:
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
        word_timestamps=words,
    )
    yield from found


def _trusted(found: Iterator[Any]) -> Iterator[Any]:
    """Yield Whisper's segments without those that are doubtful, a window of 30 s at a time."""
    for _, segments in groupby(found, key=lambda raw: raw.seek):
        window = list(segments)
        for at, raw in enumerate(window):
            around = (*window[max(0, at - 1) : at], *window[at + 1 : at + 2])
            if not _is_doubtful(raw, [other.text for other in around]):
                yield raw


def _punctuated(text: str, spoken: str) -> str:
    """Put Chinese marks where Whisper puts ASCII ones between Chinese characters."""
    if spoken != "zh":
        return text
    text = re.sub(rf"(?<=[{HAN}])([,?!:;])\s*", lambda m: m[1].translate(_FULL_WIDTH), text)
    text = re.sub(rf"(?<=[{HAN}])\.(?=\s|$)", "。", text)
    return re.sub(rf"(?<=[{HAN}])\s+(?=[{HAN}])", "，", text)  # a pause


def _is_doubtful(raw: Any, around: list[str]) -> bool:
    """Return whether a segment is not what was spoken; `around` are its neighbours' texts."""
    if raw.avg_logprob < LOG_PROB_THRESHOLD:
        return True
    # A window that zips well is a loop, or somebody repeats whole sentences: those are said again
    # after others, while a loop repeats itself at once.
    if raw.compression_ratio > COMPRESSION_THRESHOLD and (
        raw.text in around or _compression(raw.text) > COMPRESSION_THRESHOLD
    ):
        return True
    # Half as unlikely counts when Whisper also thinks that nobody speaks.
    return bool(
        raw.no_speech_prob > NO_SPEECH_THRESHOLD and raw.avg_logprob < LOG_PROB_THRESHOLD / 2
    )


def _compression(text: str) -> float:
    data = text.encode()
    return len(data) / len(zlib.compress(data))


def _text_of(segments: list[Segment], spoken: str) -> str:
    separator = "" if spoken in SPACELESS_LANGUAGES else " "
    return separator.join(segment.text for segment in segments)


def _transcript(texts: list[str], segments: list[Segment], longest: LanguageRun) -> Transcript:
    """Return the transcript; its language is the one that is spoken longest."""
    if not segments:
        return Transcript("")
    text = "\n".join(filter(None, texts))
    return Transcript(text, longest.language, longest.probability, tuple(segments))


def _raise_if_set(cancel: CancelFlag) -> None:
    if cancel.is_set():
        raise Cancelled
