"""Engine whose language model runs on another computer; everything else stays on this one.

Pictures, sound and text in pictures are perceived here, by the local engine. What the model on the
server takes itself is sent to it as it is, the rest in words.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Generator, Iterator
from dataclasses import replace
from typing import Any, TypeVar

from mmdesk.engine.llm.request import RequestTimer, check_chat
from mmdesk.engine.llm.thinking import THINKING_TOKENS, ThinkingSplitter
from mmdesk.engine.protocol import Engine, native_inputs
from mmdesk.engine.remote.chat_messages import (
    chat_messages,
    fit_messages,
    text_tokens,
)
from mmdesk.engine.remote.connection import ServerConnection, Timeouts, broken_off
from mmdesk.engine.remote.event_stream import ChatDelta, ServerError, chat_deltas
from mmdesk.engine.remote.server_models import list_models
from mmdesk.errors import Cancelled, InputError, MMDeskError
from mmdesk.network import ServerAddress
from mmdesk.values import (
    CancelFlag,
    ChatRequest,
    Counted,
    CountRequest,
    DescribeImagesRequest,
    Event,
    Finished,
    ImageDescribed,
    LoadRequest,
    Notice,
    PrefillRequest,
    Preparing,
    ReasoningChunk,
    Request,
    Scored,
    ScoreRequest,
    ServerModel,
    SpeedRequest,
    Stats,
    TextChunk,
    Transcribed,
    TranscribeRequest,
    Turn,
    name_on_server,
    native_attachments,
)

T = TypeVar("T")
_POLL_S = 0.05
_HEALTH_S = 1.0  # between two questions whether the model is loaded
_LOADING = 503
_NO_LIST = (404, 405, 501)  # of a server that does not list its models


class RemoteEngine:
    """`Engine` that asks a server for answers and the local engine for everything else.

    A request for a model of this computer goes to the local engine as well. Drafts are never sent:
    a server gets what the user has sent, and nothing before.

    Args:
        local: perceives pictures and sound; it is closed with this one.
        address: of the server.
        key: returns the API key, "" for none.
        takes: kinds of attachments that the user says the models take, beside those that the
            server names.
        timeouts: of the requests.
    """

    def __init__(
        self,
        local: Engine,
        address: ServerAddress,
        key: Callable[[], str] = lambda: "",
        takes: frozenset[str] = frozenset(),
        timeouts: Timeouts | None = None,
    ) -> None:
        self._local = local
        self._address = address
        self._connection = ServerConnection(address, key, timeouts)
        self._takes = takes
        self._models: dict[str, ServerModel] = {}
        self._thinkers: set[str] = set()  # names of models that were seen to think
        self._has_told_unencrypted = False

    def generate(self, request: Request, cancel: CancelFlag) -> Iterator[Event]:
        """See `Engine.generate`.

        Raises:
            Cancelled: soon after `cancel` was set; the connection to the server is closed.
            InputError: nothing to answer, or the model does not take what is attached.
            MMDeskError: the server cannot be reached, refuses, or breaks off.
        """
        if cancel.is_set():
            raise Cancelled
        name = name_on_server(getattr(request, "model", None))
        if name is None:
            yield from self._local.generate(request, cancel)
        elif isinstance(request, ChatRequest):
            yield from self._chat(name, request, cancel)
        elif isinstance(request, CountRequest):
            yield Counted(tuple(text_tokens(text) for text in request.texts))
            yield Finished(self._stats(ServerModel(name)))
        elif isinstance(request, ScoreRequest):
            yield Scored(0.0, 0)  # the API scores no given text, which leaves all equally likely
            yield Finished(self._stats(ServerModel(name)))
        elif isinstance(request, SpeedRequest):
            raise InputError("The speed of a model on another computer cannot be measured.")
        elif isinstance(request, LoadRequest):
            model = yield from self._find(name, cancel)
            yield Finished(self._stats(model))
        else:
            assert isinstance(request, PrefillRequest)
            yield Finished(self._stats(ServerModel(name)))

    def native_inputs(self, model: str | None, cancel: CancelFlag) -> frozenset[str]:
        """Return the kinds of attachments that a model takes as they are.

        Raises:
            Cancelled: `cancel` was set.
            MMDeskError: the server cannot be reached.
        """
        name = name_on_server(model)
        if name is None:
            return native_inputs(self._local, model, cancel)
        return _result(self._find(name, cancel)).inputs

    def models(self, cancel: CancelFlag) -> tuple[ServerModel, ...]:
        """Return the models that the server offers, once it has loaded what it loads.

        Raises:
            Cancelled: `cancel` was set.
            MMDeskError: the server cannot be reached.
        """
        return _result(self._when_loaded(lambda: self._listed(cancel), cancel))

    def close(self) -> None:
        """Close the local engine; there is nothing to close on the server."""
        self._local.close()

    # --- the model ----------------------------------------------------------------------------

    def _find(self, name: str, cancel: CancelFlag) -> Generator[Event, None, ServerModel]:
        """Return what the server says about a model, which is asked once."""
        if name not in self._models:
            listed = yield from self._when_loaded(lambda: self._listed(cancel), cancel)
            model = next((one for one in listed if one.name == name), ServerModel(name))
            self._models[name] = replace(model, inputs=model.inputs | self._takes)
        return self._models[name]

    def _listed(self, cancel: CancelFlag) -> tuple[ServerModel, ...]:
        try:
            return list_models(self._connection, cancel)
        except ServerError as problem:
            if problem.status in _NO_LIST:
                return ()
            raise

    def _when_loaded(
        self, ask: Callable[[], tuple[ServerModel, ...]], cancel: CancelFlag
    ) -> Generator[Event, None, tuple[ServerModel, ...]]:
        """Return what `ask` returns, as soon as the server has loaded its model."""
        try:
            return ask()
        except ServerError as problem:
            if problem.status != _LOADING:
                raise
        yield from self._wait_until_loaded(cancel)
        return ask()

    def _wait_until_loaded(self, cancel: CancelFlag) -> Iterator[Event]:
        """Wait while /health says that the server loads its model."""
        until = time.monotonic() + self._connection.timeouts.loading
        while self._connection.health(cancel) == _LOADING:
            if time.monotonic() > until:
                raise MMDeskError(
                    "{host} is still loading its model.",
                    "Ask again later.",
                    host=self._address.host,
                )
            yield Preparing("waiting for {host} to load its model", host=self._address.host)
            again = time.monotonic() + _HEALTH_S
            while time.monotonic() < again:
                if cancel.is_set():
                    raise Cancelled
                time.sleep(_POLL_S)

    # --- attachments in words -----------------------------------------------------------------

    def _in_words(
        self, turns: tuple[Turn, ...], model: ServerModel, cancel: CancelFlag
    ) -> Generator[Event, None, tuple[Turn, ...]]:
        """Describe pictures and transcribe sound that the model does not take."""
        perceived = []
        native = native_attachments(turns, model.capabilities)
        for turn in turns:
            wanted = native.needs_words(turn)
            images, recordings = list(turn.images), list(turn.audio)
            for image in wanted.images:
                if image.description is None:
                    request = DescribeImagesRequest((image,))
                    for event in self._perceive(request, cancel):
                        if isinstance(event, ImageDescribed):
                            known = replace(image, description=event.description)
                            images[images.index(image)] = known
                        yield event
            for audio in wanted.audio:
                if audio.transcript is None:
                    for event in self._perceive(TranscribeRequest(audio), cancel):
                        if isinstance(event, Transcribed):
                            heard = replace(audio, transcript=event.transcript)
                            recordings[recordings.index(audio)] = heard
                        yield event
            perceived.append(replace(turn, images=tuple(images), audio=tuple(recordings)))
        return tuple(perceived)

    def _perceive(self, request: Request, cancel: CancelFlag) -> Iterator[Event]:
        """Ask the local engine; text of a transcript would be taken for the answer."""
        for event in self._local.generate(request, cancel):
            if not isinstance(event, TextChunk | Finished):
                yield event

    def _notices(self, turns: tuple[Turn, ...], model: ServerModel) -> Iterator[Event]:
        """Yield notices: no encryption, pictures or sound sent as text."""
        address, last = self._address, turns[-1]
        if not (address.is_encrypted or address.is_this_computer or self._has_told_unencrypted):
            self._has_told_unencrypted = True
            yield Notice("The connection to {host} is not encrypted.", host=address.host)
        if last.images and "picture" not in model.inputs:
            yield Notice(
                "{model} takes no pictures, so it was sent mmdesk's description.",
                model=model.short_name,
            )
        if last.audio and "sound" not in model.inputs:
            yield Notice(
                "{model} takes no sound, so it was sent mmdesk's transcript.",
                model=model.short_name,
            )

    # --- answers ------------------------------------------------------------------------------

    def _chat(self, name: str, request: ChatRequest, cancel: CancelFlag) -> Iterator[Event]:
        timer = RequestTimer()
        check_chat(request)
        model = yield from self._find(name, cancel)
        turns = yield from self._in_words(request.turns, model, cancel)
        yield from self._notices(turns, model)
        turns, notices = fit_messages(turns, model, request.sampling.max_tokens)
        yield from notices
        body = self._body(turns, request, model)
        answer = _Answer(self._connection, body, request.sampling.max_tokens, timer)
        try:
            yield from self._stream(answer, cancel)
        except ServerError as problem:
            raise self._explained(problem, turns, model) from problem
        if answer.has_thought and not answer.has_answered and answer.finish == "length":
            # Its thoughts took what the answer was allowed: once more, with space for both.
            self._thinkers.add(name)
            body = self._body(turns, request, model)
            answer = _Answer(self._connection, body, request.sampling.max_tokens, timer)
            yield Preparing("thinking")
            yield from self._stream(answer, cancel)
        if answer.has_thought:
            self._thinkers.add(name)
        yield from answer.notices(self._address.host)
        yield Finished(answer.stats(self._stats(model), request.sampling.seed))

    def _stream(self, answer: _Answer, cancel: CancelFlag) -> Iterator[Event]:
        try:
            yield from answer.stream(cancel)
            return
        except ServerError as problem:
            if problem.status != _LOADING:
                raise
        yield from self._wait_until_loaded(cancel)
        yield from answer.stream(cancel)

    def _body(
        self, turns: tuple[Turn, ...], request: ChatRequest, model: ServerModel
    ) -> dict[str, Any]:
        """Return the request's JSON: fields of the original API, which every server knows."""
        sampling = request.sampling
        budget = sampling.max_tokens
        if model.name in self._thinkers and sampling.thinking:
            budget += THINKING_TOKENS
        body: dict[str, Any] = {
            "model": model.name,
            "messages": chat_messages(turns, model),
            "stream": True,
            "stream_options": {"include_usage": True},
            "max_tokens": budget,
            "seed": sampling.seed,
        }
        if not sampling.of_model:  # otherwise as the server has it from the model's makers
            body |= {"temperature": sampling.temperature, "top_p": sampling.top_p}
        if not sampling.thinking:  # llama.cpp, vLLM and SGLang pass it on to the chat template
            body["chat_template_kwargs"] = {"enable_thinking": False}
        return body

    def _stats(self, model: ServerModel) -> Stats:
        return Stats(
            model=model.name, device=self._address.host, context_limit=model.context_tokens
        )

    def _explained(
        self, problem: ServerError, turns: tuple[Turn, ...], model: ServerModel
    ) -> MMDeskError:
        """Return a refusal in words for the user, where it is one of the known ones."""
        said, host = problem.reported.lower(), self._address.host
        kinds = model.inputs if problem.status in (400, 415, 422, 500, 501) else frozenset()
        if "picture" in kinds and any(word in said for word in ("image", "mmproj", "multimodal")):
            return InputError(
                "{model} on {host} does not take pictures.",
                "Choose another model, or let mmdesk describe pictures (Settings).",
                model=model.short_name,
                host=host,
            )
        if "sound" in kinds and "audio" in said:
            return InputError(
                "{model} on {host} does not take sound.",
                "Choose another model, or let mmdesk transcribe recordings (Settings).",
                model=model.short_name,
                host=host,
            )
        if problem.status in (400, 413) and "context" in said:
            return InputError(
                "The conversation is too long for {model} on {host}.",
                "Begin a new chat, or attach less.",
                model=model.short_name,
                host=host,
            )
        if problem.status == 404:
            return InputError(
                "{host} does not answer as {model}: {problem}",
                "Choose one of its models.",
                host=host,
                model=model.short_name,
                problem=problem.reported,
            )
        return problem


def _result(work: Generator[Event, None, T]) -> T:
    """Run a generator to its end and return its result; its events are of no use here."""
    while True:
        try:
            next(work)
        except StopIteration as end:
            result: T = end.value
            return result


class _Answer:
    """One streamed answer.

    Attributes:
        finish: why it ended, as the server says it.
        has_thought, has_answered: something of the kind has come.
    """

    def __init__(
        self,
        connection: ServerConnection,
        body: dict[str, Any],
        max_tokens: int,
        timer: RequestTimer,
    ) -> None:
        self._connection, self._body, self._timer = connection, body, timer
        self._max_tokens = max_tokens
        self._usage: dict[str, int] = {}
        self._thinking_from: float | None = None
        self._thinking_s = 0.0
        self._pieces = 0  # of the answer; mostly one token each
        self.finish: str | None = None
        self.has_thought = self.has_answered = False

    def stream(self, cancel: CancelFlag) -> Iterator[Event]:
        """Yield the answer's text and what was thought before it.

        Raises:
            Cancelled: `cancel` was set.
            ServerError: the server refuses, or reports an error in the middle.
            MMDeskError: the stream ended without the answer's end.
        """
        host, splitter = self._connection.address.host, ThinkingSplitter()
        chunks = self._connection.post("/chat/completions", self._body, cancel)
        with contextlib.closing(chunks):
            try:
                for delta in chat_deltas(chunks, host):
                    for event in self._events(delta, splitter):
                        yield self._noted(event)
                    if self._is_long_enough():
                        self.finish = "length"
                        break
            except MMDeskError:  # after the end of the answer nothing that matters is lost
                if self.finish is None:
                    yield from map(self._noted, splitter.flush())
                    raise
        yield from map(self._noted, splitter.flush())
        self._end_thinking()
        if self.finish is None:
            raise broken_off(host)

    def notices(self, host: str) -> Iterator[Notice]:
        """Yield what the user should know about how the answer ended."""
        if self.finish == "content_filter":
            yield Notice("A filter of {host} ended the answer.", host=host)
        elif self.has_thought and not self.has_answered:
            yield Notice(
                "The model thought until the maximum length of the answer was reached. Allow "
                "longer answers in the settings."
            )

    def stats(self, known: Stats, seed: int) -> Stats:
        """Return the answer's measurements; token counts are the server's, where it sent them."""
        timer = self._timer
        prompt = self._usage.get("prompt_tokens", 0)
        generated = self._usage.get("completion_tokens", timer.tokens)
        spent = timer.last_token_s - timer.first_token_s
        return replace(
            known,
            seed=seed,
            prompt_tokens=prompt,
            generated_tokens=generated,
            ttft_s=timer.first_token_s,
            decode_tokens_per_s=(generated - 1) / spent if generated > 1 and spent > 0 else 0.0,
            total_s=timer.now(),
            read_tokens=prompt,
            context_tokens=prompt + generated if prompt else 0,
            stop="length" if self.finish == "length" else "end",
            thinking_s=self._thinking_s,
        )

    def _events(
        self, delta: ChatDelta, splitter: ThinkingSplitter
    ) -> Iterator[TextChunk | ReasoningChunk]:
        self.finish = delta.finish_reason or self.finish
        self._usage = delta.usage or self._usage
        if delta.content or delta.reasoning:
            self._timer.note_token()
        if delta.reasoning:
            yield ReasoningChunk(delta.reasoning)
        if delta.content:
            yield from splitter.feed(delta.content)

    def _noted(self, event: TextChunk | ReasoningChunk) -> TextChunk | ReasoningChunk:
        if isinstance(event, ReasoningChunk):
            self.has_thought = True
            if self._thinking_from is None:
                self._thinking_from = self._timer.now()
        else:
            self._pieces += 1
            self._end_thinking()
            self.has_answered = self.has_answered or bool(event.text.strip())
        return event

    def _end_thinking(self) -> None:
        if self._thinking_from is not None and not self._thinking_s:
            self._thinking_s = self._timer.now() - self._thinking_from

    def _is_long_enough(self) -> bool:
        """Return whether the answer, without its reasoning, has reached its length limit.

        Only a model that thinks was allowed more tokens than the user asked for.
        """
        return self._body["max_tokens"] > self._max_tokens and self._pieces > self._max_tokens
