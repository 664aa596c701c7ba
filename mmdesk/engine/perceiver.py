"""Perception of pictures and recordings: descriptions, answers to questions, transcripts.

Each model is loaded at its first use. Results are cached by the digest of pixels or samples, so a
picture that stays in a conversation is not described again with every question about it.
"""

from __future__ import annotations

import contextlib
import logging
import queue
from collections import OrderedDict
from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from mmdesk.engine.background import POLL_S, BackgroundThread
from mmdesk.engine.default_parts import SPEECH, VISION, PartStore
from mmdesk.engine.hardware import thread_count
from mmdesk.errors import Cancelled, ModelUnavailable
from mmdesk.perception import as_known_question
from mmdesk.text import space_between
from mmdesk.values import (
    TEXT_ONLY,
    AudioInput,
    CancelFlag,
    Capabilities,
    Event,
    ImageAnswer,
    ImageDescribed,
    ImageDescription,
    ImageInput,
    NeverCancelled,
    Preparing,
    Segment,
    TextChunk,
    TextRead,
    Transcribed,
    Transcript,
    Turn,
    native_attachments,
)

if TYPE_CHECKING:
    from mmdesk.perception import ImageAnalyzer, Progress, TextReader, Transcriber

T = TypeVar("T")

log = logging.getLogger(__name__)

CACHED_RESULTS = 128  # of each kind; text only, so a few hundred kilobytes at most
BATCH = 8  # pictures described between two checks of the cancel flag


class ResultCache(Generic[T]):
    """The newest CACHED_RESULTS values by key."""

    def __init__(self) -> None:
        self._values: OrderedDict[object, T] = OrderedDict()

    def get(self, key: object) -> T | None:
        """Return the value of a key, None where there is none."""
        return self._values.get(key)

    def put(self, key: object, value: T) -> None:
        """Add a value, and drop the oldest where there are too many."""
        self._values[key] = value
        if len(self._values) > CACHED_RESULTS:
            self._values.popitem(last=False)


class Perceiver:
    """Vision and speech models of the engine, with a cache of their results.

    Args:
        store: where the vision and speech parts are installed; each is verified before its first
            use.
        background: the thread for work that cannot be interrupted.
        threads: CPU threads; 0 leaves the choice to `hardware.thread_count`.
        fused: folder of the fused model; None for the one that came with mmdesk, if one did.
    """

    def __init__(
        self,
        store: PartStore,
        background: BackgroundThread,
        threads: int = 0,
        fused: Path | None = None,
    ) -> None:
        self._store = store
        self._background = background
        self._threads = threads
        self._fused = fused
        self._image_analyzer: ImageAnalyzer | None = None
        self._text_reader: TextReader | None = None
        self._transcriber: Transcriber | None = None
        self._descriptions: ResultCache[ImageDescription] = ResultCache()
        self._answers: ResultCache[ImageAnswer] = ResultCache()
        self._transcripts: ResultCache[Transcript] = ResultCache()
        self._texts: ResultCache[TextRead] = ResultCache()

    def perceive(
        self, turns: Sequence[Turn], cancel: CancelFlag, takes: Capabilities = TEXT_ONLY
    ) -> Generator[Event, None, tuple[Turn, ...]]:
        """Describe every picture and transcribe every recording in the turns.

        Those that a language model `takes` as they are are left out.

        Yields:
            Preparing before, ImageDescribed or Transcribed after each that had no result yet.

        Returns:
            The turns with descriptions and transcripts.
        """
        perceived = []
        native = native_attachments(turns, takes)
        for turn in turns:
            wanted = native.needs_words(turn)
            images, recordings = list(turn.images), list(turn.audio)
            for image in wanted.images:
                description = image.description or (yield from self.describe(image, cancel))
                images[images.index(image)] = replace(image, description=description)
            for audio in wanted.audio:
                transcript = audio.transcript or (
                    yield from self._transcribe_quietly(audio, cancel)
                )
                recordings[recordings.index(audio)] = replace(audio, transcript=transcript)
            perceived.append(replace(turn, images=tuple(images), audio=tuple(recordings)))
        return tuple(perceived)

    def describe(
        self, image: ImageInput, cancel: CancelFlag
    ) -> Generator[Event, None, ImageDescription]:
        """Describe one picture; yields Preparing and ImageDescribed."""
        (description,) = yield from self.describe_all((image,), cancel)
        return description

    def describe_all(
        self, images: Sequence[ImageInput], cancel: CancelFlag
    ) -> Generator[Event, None, list[ImageDescription]]:
        """Describe pictures, several at a time.

        Yields:
            Preparing before those that have no description yet, ImageDescribed for each, in order.
        """
        descriptions = []
        for start in range(0, len(images), BATCH):
            batch = images[start : start + BATCH]
            new = tuple(image for image in batch if self._descriptions.get(image.sha256) is None)
            if new:
                fraction = start / len(images) if start else None
                yield Preparing("looking at the picture", fraction)
                key = ("describe", *(image.sha256 for image in new))
                for share in self._watched(key, partial(self._describe, new), cancel):
                    done = (start + share * len(batch)) / len(images)
                    yield Preparing("reading the text in the picture", done)
            for image in batch:
                description = self._descriptions.get(image.sha256)
                if description is None:  # pragma: no cover  # _describe adds it or raises
                    raise Cancelled
                yield ImageDescribed(image.sha256, description)
                descriptions.append(description)
        return descriptions

    def answer_question(
        self, image: ImageInput, question: str, cancel: CancelFlag
    ) -> Generator[Event, None, None]:
        """Ask the fused model a question about a picture.

        Yields:
            Preparing and, where there is a fused model, an ImageAnswer.
        """
        key = (image.sha256, question)
        if self._answers.get(key) is None:
            yield Preparing("looking at the picture")
            work = partial(self._answer_question, image, question)
            self._background.run(("answer", *key), work, cancel)
        answer = self._answers.get(key)
        if answer is not None:
            yield answer

    def read_text(self, image: ImageInput, cancel: CancelFlag) -> Generator[Event, None, None]:
        """Read the text in a picture.

        Yields:
            Preparing with the share that is done, and a TextRead.
        """
        if self._texts.get(image.sha256) is None:
            yield Preparing("reading the text in the picture", 0.0)
            key = ("read", image.sha256)
            for share in self._watched(key, partial(self._read_text, image), cancel, True):
                yield Preparing("reading the text in the picture", share)
        text = self._texts.get(image.sha256)
        if text is not None:
            yield text

    def transcribe(
        self,
        audio: AudioInput,
        language: str | None,
        cancel: CancelFlag,
        about_picture: bool = False,
        words: bool = False,
    ) -> Generator[Event, None, Transcript]:
        """Transcribe one recording, with the times of its `words` where they are wanted.

        Where it may be a question `about_picture` and the transcript is none that the fused model
        was trained on, that model hears the recording as well.

        Yields:
            Preparing, TextChunks as speech is recognised, and Transcribed.
        """
        key = (audio.sha256, language, about_picture, words)
        transcript = self._transcripts.get(key)
        if transcript is not None:
            yield from _text_chunks(transcript.segments)
        else:
            yield Preparing("transcribing", 0.0)
            self._background.run("load transcriber", self._load_transcriber, cancel)
            transcript = yield from self._transcribe(audio, language, cancel, words)
            if about_picture and as_known_question(transcript.text) is None:
                question = self._spoken_question(audio, cancel)
                transcript = replace(transcript, question=question)
            self._transcripts.put(key, transcript)
        yield Transcribed(audio.sha256, transcript)
        return transcript

    def transcribe_unfinished(
        self, audio: AudioInput, language: str | None, cancel: CancelFlag
    ) -> Generator[Event, None, None]:
        """Transcribe a recording that goes on, up to its last pause; events as in `transcribe`."""
        self._background.run("load transcriber", self._load_transcriber, cancel)
        assert self._transcriber is not None
        settled_s = self._transcriber.settled_s(audio)
        transcript = Transcript("")
        if settled_s > 0:
            yield Preparing("transcribing", 0.0)
            piece = audio.between(0.0, settled_s)
            transcript = yield from self._transcribe(piece, language, cancel)
        yield Transcribed(audio.sha256, transcript, settled_s)

    def close(self) -> None:
        """Release the models; cached results stay."""
        self._text_reader = None
        self._image_analyzer = None
        self._transcriber = None

    def _transcribe_quietly(
        self, audio: AudioInput, cancel: CancelFlag
    ) -> Generator[Event, None, Transcript]:
        """Transcribe without TextChunks: they would be taken for the answer."""
        events = self.transcribe(audio, None, cancel)
        while True:
            try:
                event = next(events)
            except StopIteration as end:
                transcript: Transcript = end.value
                return transcript
            if not isinstance(event, TextChunk):
                yield event

    def _transcribe(
        self, audio: AudioInput, language: str | None, cancel: CancelFlag, words: bool = False
    ) -> Generator[Event, None, Transcript]:
        assert self._transcriber is not None
        before = ""
        for result in self._transcriber.transcribe(audio, language, cancel, words):
            if cancel.is_set():
                raise Cancelled
            if isinstance(result, Transcript):
                return result
            yield TextChunk(space_between(before, result.text) + result.text)
            before = result.text
            if audio.seconds:
                yield Preparing("transcribing", min(1.0, result.end / audio.seconds))
        return Transcript("")

    def _spoken_question(self, audio: AudioInput, cancel: CancelFlag) -> str:
        """Return the known question that the fused model hears in a recording; "" for none."""
        questions: list[str] = []

        def recognise() -> None:
            assert self._transcriber is not None
            frames = self._transcriber.speech_frames(audio)
            if frames is not None:
                questions.append(self._load_image_analyzer().recognize_question(frames))

        try:
            self._background.run(("question", audio.sha256), recognise, cancel)
        except ModelUnavailable as error:  # the transcript is there all the same
            log.warning("spoken question: %s", error.user_message)
        return questions[0] if questions else ""

    def _watched(
        self, key: object, work: Callable[[Progress], None], cancel: CancelFlag, stops: bool = False
    ) -> Generator[float, None, None]:
        """Do work that reports its progress; yield the share that is done, 0..1, as it grows.

        Args:
            key: of the work; what runs already is waited for.
            work: gets the function to report to.
            cancel: ends the waiting.
            stops: ends the work as well, when it reports again. Otherwise it goes on to its end,
                and its result serves the next request.

        Raises:
            Cancelled: `cancel` was set.
        """
        shares: queue.SimpleQueue[float] = queue.SimpleQueue()

        def report(share: float) -> None:
            if stops and cancel.is_set():
                raise Cancelled
            shares.put(share)

        while True:
            future = self._background.start(key, partial(work, report))
            while not (is_done := future.done()) or not shares.empty():
                if cancel.is_set():
                    raise Cancelled
                with contextlib.suppress(queue.Empty):
                    yield shares.get(timeout=0.0 if is_done else POLL_S)
            self._background.forget(key)
            try:
                future.result()
            except Cancelled:  # of an earlier request
                continue
            return

    def _read_text(self, image: ImageInput, report: Progress) -> None:
        read = self._load_text_reader().read(image, report)
        self._texts.put(image.sha256, TextRead(image.sha256, read.text, read.is_doubtful))

    def _load_text_reader(self) -> TextReader:
        """Return the OCR, which needs no installed part: its models come with its package."""
        if self._text_reader is None:
            from mmdesk.perception import TextReader

            self._text_reader = TextReader(self._threads)
        return self._text_reader

    def _describe(self, images: Sequence[ImageInput], report: Progress) -> None:
        new = [image for image in images if self._descriptions.get(image.sha256) is None]
        descriptions = self._load_image_analyzer().analyze_all(new, report)
        for image, description in zip(new, descriptions, strict=True):
            self._descriptions.put(image.sha256, description)

    def _answer_question(self, image: ImageInput, question: str) -> None:
        result = self._load_image_analyzer().answer(image, question)
        if result is not None:
            sentence, sure = result
            answer = ImageAnswer(image.sha256, question, sentence.text, sentence.probability, sure)
            self._answers.put((image.sha256, question), answer)

    def _load_image_analyzer(self) -> ImageAnalyzer:
        """Return the image analyser, verified and loaded at first use."""
        if self._image_analyzer is None:
            import torch

            from mmdesk.perception import FusedModel, ImageAnalyzer, shipped_folder

            torch.set_num_threads(thread_count(self._threads))
            folder = self._store.path(VISION)
            self._store.verify(VISION, NeverCancelled())
            fused = self._fused or shipped_folder()
            model = FusedModel(fused) if fused else None
            self._image_analyzer = ImageAnalyzer(folder, self._load_text_reader(), model)
        return self._image_analyzer

    def _load_transcriber(self) -> None:
        if self._transcriber is None:
            from mmdesk.perception import Transcriber

            folder = self._store.path(SPEECH)
            self._store.verify(SPEECH, NeverCancelled())
            self._transcriber = Transcriber(folder, threads=thread_count(self._threads))


def _text_chunks(segments: Sequence[Segment]) -> Generator[Event, None, None]:
    before = ""
    for segment in segments:
        yield TextChunk(space_between(before, segment.text) + segment.text)
        before = segment.text
