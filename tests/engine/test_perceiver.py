"""Pictures are described and recordings transcribed once, and the results enter the prompt."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mmdesk.engine.local import LocalEngine
from mmdesk.engine.perceiver import BATCH
from mmdesk.errors import Cancelled, ModelUnavailable
from mmdesk.values import (
    AskImageRequest,
    AudioInput,
    ChatRequest,
    DescribeImagesRequest,
    Finished,
    ImageAnswer,
    ImageDescribed,
    ImageDescription,
    ImageInput,
    Preparing,
    ReadTextRequest,
    Sampling,
    Segment,
    TextRead,
    Transcribed,
    TranscribeRequest,
    Transcript,
    Turn,
)
from tests.engine.conftest import nth_chunk, run, text_of, until_cancelled
from tests.fakes.folder_store import FolderStore

DOG = ImageInput("dog.png", 1, 1, b"\0\0\0", "d1")
CAT = ImageInput("cat.png", 1, 1, b"\1\1\1", "c1")
TALK = AudioInput("talk.wav", b"\0\0\0\0" * 16_000, "t1")


class Perception:
    """Fake of mmdesk.perception that records the calls."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.heard: list[str | None] = []
        self.lengths: list[float] = []
        self.settled_s = 0.0
        self.prompted: list[str] = []
        self.asked: list[str] = []
        self.fused = True
        self.said = "Where is Paris?"
        self.frames: str | None = "frames"
        self.question: str | Exception = ""
        self.listened: list[str] = []
        self.gate = threading.Event()
        self.gate.set()

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        perception = self

        def description_text(image: ImageInput) -> str:
            assert image.description is not None
            perception.prompted.append(image.description.correction or image.description.caption)
            return perception.prompted[-1]

        monkeypatch.setattr("mmdesk.perception.ImageAnalyzer", analyzer_of(self))
        monkeypatch.setattr("mmdesk.perception.Transcriber", transcriber_of(self))
        monkeypatch.setattr("mmdesk.perception.description_text", description_text)


def analyzer_of(perception: Perception) -> type:
    class ImageAnalyzer:
        def __init__(self, folder: Path, reader: Any = None, fused: Any = None) -> None:
            assert folder == Path("/vision")

        def analyze_all(
            self, images: list[ImageInput], progress: Callable[[float], None]
        ) -> list[ImageDescription]:
            progress(0.5)
            assert perception.gate.wait(60)
            perception.seen += [image.name for image in images]
            return [ImageDescription(caption=f"a view of {image.name}") for image in images]

        def recognize_question(self, frames: str) -> str:
            perception.listened.append(frames)
            if isinstance(perception.question, Exception):
                raise perception.question
            return perception.question

        def answer(self, image: ImageInput, question: str) -> Any:
            perception.asked.append(question)
            if not perception.fused:
                return None
            return SimpleNamespace(text=f"{question} {image.name}", probability=0.7), True

    return ImageAnalyzer


def transcriber_of(perception: Perception) -> type:
    class Transcriber:
        def __init__(self, folder: Path, threads: int = 0) -> None:
            assert folder == Path("/speech")

        def transcribe(
            self, audio: AudioInput, language: str | None, cancel: Any, words: bool = False
        ) -> Iterator[Segment | Transcript]:
            perception.heard.append(language)
            perception.lengths.append(audio.seconds)
            first, _, rest = perception.said.rpartition(" ")
            parts = (Segment(0, 0.5, first), Segment(0.5, 1, rest))
            yield from parts
            yield Transcript(perception.said, "en", 0.9, parts)

        def speech_frames(self, audio: AudioInput) -> str | None:
            return perception.frames

        def settled_s(self, audio: AudioInput) -> float:
            return perception.settled_s

    return Transcriber


@pytest.fixture
def perception(monkeypatch: pytest.MonkeyPatch) -> Perception:
    made = Perception()
    made.install(monkeypatch)
    return made


@pytest.fixture
def store(tiny_folder: Path) -> FolderStore:
    return FolderStore(
        {
            "tiny": tiny_folder,
            "efficientnet-lite2": Path("/vision"),
            "whisper-base": Path("/speech"),
        }
    )


@pytest.fixture
def engine(new_engine: Callable[..., LocalEngine], store: FolderStore) -> LocalEngine:
    return new_engine(store=store)


def chat(*turns: Turn) -> ChatRequest:
    return ChatRequest(turns, Sampling(max_tokens=3), model="tiny")


def test_pictures_are_described_in_order(
    engine: LocalEngine, perception: Perception, store: FolderStore
) -> None:
    events = run(engine, DescribeImagesRequest((DOG, CAT)))
    assert [event.sha256 for event in events if isinstance(event, ImageDescribed)] == ["d1", "c1"]
    assert events[0] == Preparing("looking at the picture")
    assert isinstance(events[-1], Finished)
    assert store.verified == ["efficientnet-lite2"]


def test_many_pictures_are_described_together(engine: LocalEngine, perception: Perception) -> None:
    many = tuple(replace(DOG, name=f"{n}.png", sha256=str(n)) for n in range(BATCH + 2))
    run(engine, DescribeImagesRequest((many[3],)))
    events = run(engine, DescribeImagesRequest(many))
    assert [event.sha256 for event in events if isinstance(event, ImageDescribed)] == [
        image.sha256 for image in many
    ]
    stages = [event.stage for event in events if isinstance(event, Preparing)]
    assert stages == ["looking at the picture", "reading the text in the picture"] * 2
    assert sorted(perception.seen) == sorted(image.name for image in many)


def test_a_question_about_a_picture_is_answered_once(
    engine: LocalEngine, perception: Perception
) -> None:
    request = AskImageRequest(DOG, "what is it?")
    answer = ImageAnswer("d1", "what is it?", "what is it? dog.png", 0.7, True)
    assert [e for e in run(engine, request) if not isinstance(e, Preparing)][:-1] == [answer]
    first, last = run(engine, request)
    assert first == answer
    assert isinstance(last, Finished)
    run(engine, AskImageRequest(DOG, "where is it?"))
    assert perception.asked == ["what is it?", "where is it?"]


def test_without_a_fused_model_there_is_no_answer(
    engine: LocalEngine, perception: Perception
) -> None:
    perception.fused = False
    events = run(engine, AskImageRequest(DOG, "what is it?"))
    assert not any(isinstance(event, ImageAnswer) for event in events)
    assert isinstance(events[-1], Finished)


def test_a_picture_in_a_conversation_is_described_once(
    engine: LocalEngine, perception: Perception
) -> None:
    first = run(engine, chat(Turn("user", "What?", images=(DOG,))))
    assert ImageDescribed("d1", ImageDescription(caption="a view of dog.png")) in first
    run(
        engine,
        chat(Turn("user", "What?", images=(DOG,)), Turn("assistant", "X"), Turn("user", "Why?")),
    )
    assert perception.seen == ["dog.png"]
    assert set(perception.prompted) == {"a view of dog.png"}


def test_a_description_that_came_with_the_picture_is_used(
    engine: LocalEngine, perception: Perception
) -> None:
    image = ImageInput(
        "dog.png", 1, 1, b"\0\0\0", "d1", ImageDescription(correction="it is a wolf")
    )
    events = run(engine, chat(Turn("user", "What?", images=(image,))))
    assert perception.seen == []
    assert perception.prompted[0] == "it is a wolf"
    assert not any(isinstance(event, ImageDescribed) for event in events)


def test_cancelling_a_description_is_prompt_and_its_result_is_kept(
    engine: LocalEngine, perception: Perception
) -> None:
    perception.gate.clear()
    flag = threading.Event()
    events = engine.generate(DescribeImagesRequest((DOG,)), flag)
    next(events)
    flag.set()
    with pytest.raises(Cancelled):
        next(events)
    perception.gate.set()
    assert any(
        isinstance(event, ImageDescribed) for event in run(engine, DescribeImagesRequest((DOG,)))
    )
    assert perception.seen == ["dog.png"]


class PageOCR:
    """Fake OCR that reports half, waits for the gate and reports the whole."""

    seen: list[str] = []  # noqa: RUF012
    gate = threading.Event()

    def __init__(self, threads: int = 0) -> None:
        pass

    def read(self, image: ImageInput, progress: Callable[[float], None]) -> Any:
        progress(0.5)
        assert self.gate.wait(60)
        progress(1.0)
        self.seen.append(image.name)
        return SimpleNamespace(text=f"words of {image.name}", is_doubtful=True)


@pytest.fixture
def ocr(monkeypatch: pytest.MonkeyPatch) -> type[PageOCR]:
    PageOCR.seen.clear()
    PageOCR.gate.set()
    monkeypatch.setattr("mmdesk.perception.TextReader", PageOCR)
    return PageOCR


def test_the_text_of_a_picture_is_read_once_with_progress(
    engine: LocalEngine, ocr: type[PageOCR]
) -> None:
    events = run(engine, ReadTextRequest(DOG))
    shares = [event.fraction for event in events if isinstance(event, Preparing)]
    assert shares == [0.0, 0.5, 1.0]
    assert TextRead("d1", "words of dog.png", True) in events
    assert run(engine, ReadTextRequest(DOG))[:-1] == [TextRead("d1", "words of dog.png", True)]
    assert ocr.seen == ["dog.png"]


def test_cancelling_stops_the_reading_of_a_picture(engine: LocalEngine, ocr: type[PageOCR]) -> None:
    ocr.gate.clear()
    cancel = threading.Event()
    events = engine.generate(ReadTextRequest(DOG), cancel)
    assert next(event for event in events if getattr(event, "fraction", 0))  # half is read
    cancel.set()
    with pytest.raises(Cancelled):
        list(events)
    ocr.gate.set()
    assert TextRead("d1", "words of dog.png", True) in run(engine, ReadTextRequest(DOG))
    assert ocr.seen == ["dog.png"]  # the first reading did not go on to its end


def test_transcription_streams_text_and_ends_with_the_transcript(
    engine: LocalEngine, perception: Perception
) -> None:
    events = run(engine, TranscribeRequest(TALK, "en"))
    assert text_of(events) == "Where is Paris?"
    assert isinstance(events[-2], Transcribed)
    assert events[-2].transcript.language == "en"
    fractions = [event.fraction for event in events if isinstance(event, Preparing)]
    assert fractions == [0, 0.5, 1]
    assert text_of(run(engine, TranscribeRequest(TALK, "en"))) == "Where is Paris?"
    assert perception.heard == ["en"]
    run(engine, TranscribeRequest(TALK, "zh"))
    assert perception.heard == ["en", "zh"]


def test_a_spoken_question_is_transcribed_but_not_part_of_the_answer(
    engine: LocalEngine, perception: Perception
) -> None:
    spoken = run(engine, chat(Turn("user", "", audio=(TALK,))))
    written = run(engine, chat(Turn("user", "Where is Paris?")))
    assert any(isinstance(event, Transcribed) for event in spoken)
    assert text_of(spoken) == text_of(written)


def question_in(engine: LocalEngine, audio: AudioInput = TALK) -> Transcript:
    events = run(engine, TranscribeRequest(audio, about_picture=True))
    return next(event.transcript for event in events if isinstance(event, Transcribed))


def test_a_question_about_a_picture_is_heard_by_the_fused_model_too(
    engine: LocalEngine, perception: Perception
) -> None:
    perception.said, perception.question = "What colours the dark?", "What color is the dog?"
    heard = question_in(engine)
    assert (heard.text, heard.question) == ("What colours the dark?", "What color is the dog?")
    assert heard.meant == "What color is the dog?"
    assert question_in(engine) == heard
    assert perception.listened == ["frames"]  # once
    alone = next(e for e in run(engine, TranscribeRequest(TALK)) if isinstance(e, Transcribed))
    assert alone.transcript.meant == "What colours the dark?"


def test_a_transcript_that_is_a_known_question_is_not_heard_twice(
    engine: LocalEngine, perception: Perception
) -> None:
    perception.said, perception.question = "What's the colour of the cat?", "What shape is this?"
    assert question_in(engine).meant == "What's the colour of the cat?"
    assert perception.listened == []


def test_a_long_recording_is_no_question(engine: LocalEngine, perception: Perception) -> None:
    perception.frames, perception.question = None, "What shape is this?"
    assert question_in(engine).meant == "Where is Paris?"
    assert perception.listened == []


def test_the_transcript_is_there_where_the_fused_model_is_not(
    engine: LocalEngine, perception: Perception
) -> None:
    perception.question = ModelUnavailable("The fused model is damaged.")
    assert question_in(engine) == Transcript(
        "Where is Paris?", "en", 0.9, question_in(engine).segments
    )


def test_transcription_stops_between_segments(engine: LocalEngine, perception: Perception) -> None:
    events = until_cancelled(engine, TranscribeRequest(TALK), nth_chunk(1))
    assert text_of(events) == "Where is"


def test_a_missing_part_is_an_error(
    new_engine: Callable[..., LocalEngine], perception: Perception
) -> None:
    store = FolderStore({}, known=("efficientnet-lite2", "whisper-base"))
    engine = new_engine(store=store)
    for request in (DescribeImagesRequest((DOG,)), TranscribeRequest(TALK)):
        with pytest.raises(ModelUnavailable, match="not installed"):
            run(engine, request)


def test_several_pictures_are_numbered(perception: Perception) -> None:
    from mmdesk.engine.llm.chat_prompt import prompt_message

    images = tuple(
        replace(image, description=ImageDescription(caption=image.name)) for image in (DOG, CAT)
    )
    text = prompt_message(Turn("user", "Which is bigger?", images=images)).content()
    assert text == (
        'Picture 1, "dog.png":\ndog.png\n\nPicture 2, "cat.png":\ncat.png\n\nWhich is bigger?'
    )


def test_an_unfinished_recording_is_transcribed_up_to_its_last_pause(
    engine: LocalEngine, perception: Perception
) -> None:
    events = run(engine, TranscribeRequest(TALK, unfinished=True))
    heard = next(event for event in events if isinstance(event, Transcribed))
    assert (heard.sha256, heard.settled_s) == ("t1", 0.0)
    assert heard.transcript == Transcript("")
    assert perception.heard == []
    perception.settled_s = 0.75
    events = run(engine, TranscribeRequest(TALK, "en", unfinished=True))
    heard = next(event for event in events if isinstance(event, Transcribed))
    assert heard.settled_s == 0.75
    assert heard.transcript.text == "Where is Paris?"
    assert perception.lengths == [0.75]
    run(engine, TranscribeRequest(TALK, "en"))
    assert perception.lengths == [0.75, 1.0]  # a piece is not taken for the whole
