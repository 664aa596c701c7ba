"""Looks at pictures and listens to recordings for the engine: each once, each model on first use.

What was found is remembered by the digest of pixels or samples, so that a picture that stays in
a conversation is not looked at again with every question about it.
"""

from __future__ import annotations

import logging
import re
from collections import OrderedDict
from collections.abc import Generator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from mmdesk.engine.background import BackgroundThread
from mmdesk.engine.default_parts import SPEECH, VISION, PartStore
from mmdesk.engine.hardware import thread_count
from mmdesk.errors import Cancelled, ModelUnavailable
from mmdesk.perception import as_known_question
from mmdesk.text import CJK_SYMBOLS, SPACELESS
from mmdesk.values import (
    AudioInput,
    CancelFlag,
    Event,
    ImageAnswer,
    ImageDescribed,
    ImageDescription,
    ImageInput,
    NeverCancelled,
    Preparing,
    Segment,
    TextChunk,
    Transcribed,
    Transcript,
    Turn,
)

if TYPE_CHECKING:
    from mmdesk.perception import ImageAnalyzer, Transcriber

T = TypeVar("T")

log = logging.getLogger(__name__)

_NO_SPACE_BESIDE = re.compile(f"[{SPACELESS}{CJK_SYMBOLS}]")
REMEMBERED = 128  # words only, so a few hundred kilobytes at most
TOGETHER = 8  # pictures looked at between two chances to stop


class ResultCache(Generic[T]):
    """The newest REMEMBERED values by key."""

    def __init__(self) -> None:
        self._values: OrderedDict[object, T] = OrderedDict()

    def get(self, key: object) -> T | None:
        return self._values.get(key)

    def put(self, key: object, value: T) -> None:
        self._values[key] = value
        if len(self._values) > REMEMBERED:
            self._values.popitem(last=False)


class Perceiver:
    """The engine's eyes and ears.

    Args:
        store: where the vision and speech parts lie; each is verified before its first use.
        beside: the thread in which work runs that cannot be interrupted.
        fused: where the fused model lies; None for the one that came with mmdesk, if one did.
    """

    def __init__(
        self,
        store: PartStore,
        beside: BackgroundThread,
        threads: int = 0,
        fused: Path | None = None,
    ) -> None:
        self._store = store
        self._beside = beside
        self._threads = threads
        self._fused = fused
        self._seer: ImageAnalyzer | None = None
        self._transcriber: Transcriber | None = None
        self._image_descriptions: ResultCache[ImageDescription] = ResultCache()
        self._answers: ResultCache[ImageAnswer] = ResultCache()
        self._transcripts: ResultCache[Transcript] = ResultCache()

    def perceived(
        self, turns: Sequence[Turn], cancel: CancelFlag
    ) -> Generator[Event, None, tuple[Turn, ...]]:
        """The turns with every picture looked at and every recording heard.

        Yields:
            Preparing before, ImageDescribed or Transcribed after each that was not perceived before.
        """
        done = []
        for turn in turns:
            images, recordings = [], []
            for image in turn.images:
                description = image.description or (yield from self.see(image, cancel))
                images.append(replace(image, description=description))
            for audio in turn.audio:
                heard = audio.transcript or (yield from self._hear_quietly(audio, cancel))
                recordings.append(replace(audio, transcript=heard))
            done.append(replace(turn, images=tuple(images), audio=tuple(recordings)))
        return tuple(done)

    def see(
        self, image: ImageInput, cancel: CancelFlag
    ) -> Generator[Event, None, ImageDescription]:
        """Look at one picture; yields Preparing and ImageDescribed, returns what was seen."""
        (description,) = yield from self.see_all((image,), cancel)
        return description

    def see_all(
        self, images: Sequence[ImageInput], cancel: CancelFlag
    ) -> Generator[Event, None, list[ImageDescription]]:
        """Look at pictures, several at a time; yields Preparing before those that were not looked
        at yet and ImageDescribed for each, in order; returns what was seen.
        """
        image_descriptions = []
        for start in range(0, len(images), TOGETHER):
            some = images[start : start + TOGETHER]
            new = tuple(
                image for image in some if self._image_descriptions.get(image.sha256) is None
            )
            if new:
                fraction = start / len(images) if start else None
                yield Preparing("looking at the picture", fraction)
                key = ("see", *(image.sha256 for image in new))
                self._beside.run(key, partial(self._look, new), cancel)
            for image in some:
                description = self._image_descriptions.get(image.sha256)
                if description is None:  # pragma: no cover  # _look puts it there or raises
                    raise Cancelled
                yield ImageDescribed(image.sha256, description)
                image_descriptions.append(description)
        return image_descriptions

    def answer(
        self, image: ImageInput, question: str, cancel: CancelFlag
    ) -> Generator[Event, None, None]:
        """Put a question to the fused model; yields Preparing and, where there is a fused model,
        a ImageAnswer.
        """
        key = (image.sha256, question)
        if self._answers.get(key) is None:
            yield Preparing("looking at the picture")
            self._beside.run(("answer", *key), lambda: self._look_again(image, question), cancel)
        answer = self._answers.get(key)
        if answer is not None:
            yield answer

    def transcribe(
        self,
        audio: AudioInput,
        language: str | None,
        cancel: CancelFlag,
        about_picture: bool = False,
    ) -> Generator[Event, None, Transcript]:
        """Listen to one recording; yields Preparing, TextChunks as speech is recognised and
        Transcribed, returns what was heard. Where it may be a question `about_picture` and the words
        are none that the fused model was taught, that model listens as well.
        """
        key = (audio.sha256, language, about_picture)
        transcript = self._transcripts.get(key)
        if transcript is not None:
            yield from _chunks(transcript.segments)
        else:
            yield Preparing("listening", 0.0)
            self._beside.run("listener", self._make_transcriber, cancel)
            transcript = yield from self._listen(audio, language, cancel)
            if about_picture and as_known_question(transcript.text) is None:
                transcript = replace(transcript, question=self._question(audio, cancel))
            self._transcripts.put(key, transcript)
        yield Transcribed(audio.sha256, transcript)
        return transcript

    def transcribe_so_far(
        self, audio: AudioInput, language: str | None, cancel: CancelFlag
    ) -> Generator[Event, None, None]:
        """Listen to a recording that goes on; as `hear`, up to its last pause."""
        self._beside.run("listener", self._make_transcriber, cancel)
        assert self._transcriber is not None
        settled = self._transcriber.settled_s(audio)
        transcript = Transcript("")
        if settled > 0:
            yield Preparing("listening", 0.0)
            piece = audio.between(0.0, settled)
            transcript = yield from self._listen(piece, language, cancel)
        yield Transcribed(audio.sha256, transcript, settled)

    def close(self) -> None:
        """Forget the models; what was seen and heard stays."""
        self._seer = None
        self._transcriber = None

    def _hear_quietly(
        self, audio: AudioInput, cancel: CancelFlag
    ) -> Generator[Event, None, Transcript]:
        """As `hear`, without its words, which are not part of the answer."""
        run = self.transcribe(audio, None, cancel)
        while True:
            try:
                event = next(run)
            except StopIteration as end:
                transcript: Transcript = end.value
                return transcript
            if not isinstance(event, TextChunk):
                yield event

    def _listen(
        self, audio: AudioInput, language: str | None, cancel: CancelFlag
    ) -> Generator[Event, None, Transcript]:
        assert self._transcriber is not None
        said = ""
        for found in self._transcriber.transcribe(audio, language, cancel):
            if cancel.is_set():
                raise Cancelled
            if isinstance(found, Transcript):
                return found
            yield TextChunk(space_between(said, found.text) + found.text)
            said = found.text
            if audio.seconds:
                yield Preparing("listening", min(1.0, found.end / audio.seconds))
        return Transcript("")

    def _question(self, audio: AudioInput, cancel: CancelFlag) -> str:
        """The taught question that the fused model hears in a recording; "" for none."""
        found: list[str] = []

        def listen() -> None:
            assert self._transcriber is not None
            frames = self._transcriber.speech_frames(audio)
            if frames is not None:
                found.append(self._eyes().recognize_question(frames))

        try:
            self._beside.run(("question", audio.sha256), listen, cancel)
        except ModelUnavailable as error:  # the words are there all the same
            log.warning("spoken question: %s", error.user_message)
        return found[0] if found else ""

    def _look(self, images: Sequence[ImageInput]) -> None:
        new = [image for image in images if self._image_descriptions.get(image.sha256) is None]
        for image, description in zip(new, self._eyes().analyze_all(new), strict=True):
            self._image_descriptions.put(image.sha256, description)

    def _look_again(self, image: ImageInput, question: str) -> None:
        found = self._eyes().answer(image, question)
        if found is not None:
            said, sure = found
            answer = ImageAnswer(image.sha256, question, said.text, said.probability, sure)
            self._answers.put((image.sha256, question), answer)

    def _eyes(self) -> ImageAnalyzer:
        """The seer, made and verified at first use."""
        if self._seer is None:
            import torch

            from mmdesk.perception import FusedModel, ImageAnalyzer, shipped_folder

            torch.set_num_threads(thread_count(self._threads))
            folder = self._store.path(VISION)
            self._store.verify(VISION, NeverCancelled())
            fused = self._fused or shipped_folder()
            self._seer = ImageAnalyzer(folder, fused=FusedModel(fused) if fused else None)
        return self._seer

    def _make_transcriber(self) -> None:
        if self._transcriber is None:
            from mmdesk.perception import Transcriber

            folder = self._store.path(SPEECH)
            self._store.verify(SPEECH, NeverCancelled())
            self._transcriber = Transcriber(folder, threads=thread_count(self._threads))


def _chunks(segments: Sequence[Segment]) -> Generator[Event, None, None]:
    said = ""
    for segment in segments:
        yield TextChunk(space_between(said, segment.text) + segment.text)
        said = segment.text


def space_between(before: str, after: str) -> str:
    """What stands between two stretches of speech: a space, except at the beginning and in
    scripts that are written without spaces (Chinese, Japanese, Thai and its neighbours).
    """
    if not before or _NO_SPACE_BESIDE.match(before[-1]) or _NO_SPACE_BESIDE.match(after[:1]):
        return ""
    return " "
