"""Scripts for the scripted engine that answer each kind of request as an engine would."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from mmdesk.text.segment import length
from mmdesk.values import (
    AskImageRequest,
    ChatRequest,
    Counted,
    CountRequest,
    DescribeImagesRequest,
    Event,
    Finished,
    ImageAnswer,
    ImageDescribed,
    ImageDescription,
    ImageInput,
    Notice,
    Preparing,
    Request,
    Scored,
    ScoreRequest,
    Stats,
    TextChunk,
    Transcribed,
    TranscribeRequest,
    Transcript,
)
from tests.fakes.scripted_engine import ScriptedEngine, Step, words

Reply = Callable[[ChatRequest], str]
Look = Callable[[AskImageRequest], tuple[str, float] | None]


def engine(
    reply: Reply = lambda request: "ok",
    description: ImageDescription | None = None,
    heard: str | Transcript = "",
    look: Look | None = None,
    score: Callable[[ScoreRequest], float] = lambda request: 0.0,
) -> ScriptedEngine:
    """Return an engine that counts a token per word.

    Args:
        reply: text of an answer.
        description: of every picture.
        heard: transcript of every sound.
        look: words and probability of the fused model's answer (sure from 0.5).
        score: log-probability of a text.
    """

    def script(request: Request) -> Iterable[Step]:
        if isinstance(request, CountRequest):
            return [Counted(tuple(length(text) for text in request.texts)), Finished()]
        if isinstance(request, ScoreRequest):
            return [Scored(score(request), 1), Finished()]
        if isinstance(request, DescribeImagesRequest):
            return [
                ImageDescribed(image.sha256, description or ImageDescription())
                for image in request.images
            ]
        if isinstance(request, AskImageRequest):
            found = look(request) if look else None
            if found is None:
                return [Finished()]
            answer = ImageAnswer(request.image.sha256, request.question, *found, found[1] >= 0.5)
            return [answer, Finished()]
        if isinstance(request, TranscribeRequest):
            transcript = heard if isinstance(heard, Transcript) else Transcript(heard)
            return [Transcribed(request.audio.sha256, transcript)]
        stats = Stats(model="scripted", prompt_tokens=10, generated_tokens=5)
        return [Preparing("thinking"), *words(reply(request), stats)]

    return ScriptedEngine(script)


def chats(used: ScriptedEngine) -> list[ChatRequest]:
    return [request for request in used.requests if isinstance(request, ChatRequest)]


def said(events: Iterator[Event]) -> str:
    return "".join(event.text for event in events if isinstance(event, TextChunk))


def notices(events: Iterable[Event]) -> list[str]:
    return [event.text for event in events if isinstance(event, Notice)]


def picture(
    description: ImageDescription | None = None, name: str = "a.png", digest: str = "d"
) -> ImageInput:
    return ImageInput(name, 1, 1, b"\0\0\0", digest, description)
