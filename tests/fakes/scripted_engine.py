"""Engine that plays a script, for tests of the window, the chat and the tasks.

It knows nothing of models and never sleeps by itself. A test that wants time to pass hands in
`delay`, called before every event (a real `time.sleep`, a `threading.Event.wait`, a counter).

    engine = ScriptedEngine(words("Paris is the capital."))
    engine = ScriptedEngine([TextChunk("Par"), EngineDied("It stopped.")], words("Again."))
    engine = ScriptedEngine(lambda request: words(request.turns[-1].text.upper()))
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from mmdesk.errors import Cancelled
from mmdesk.tasks.title import TITLE_SAMPLING
from mmdesk.values import (
    CancelFlag,
    ChatRequest,
    Event,
    Finished,
    PrefillRequest,
    Request,
    Stats,
    TextChunk,
)

Step = Event | BaseException
Script = Iterable[Step] | Callable[[Request], Iterable[Step]]


def words(text: str, stats: Stats | None = None) -> list[Step]:
    """Return a script that streams `text` one word at a time and finishes."""
    chunks = re.findall(r"\S+\s*|\s+", text)
    stats = stats or Stats(model="scripted", device="none", generated_tokens=len(chunks))
    return [*(TextChunk(chunk) for chunk in chunks), Finished(stats)]


def is_title_request(request: Request) -> bool:
    """Return whether a request asks for the title of a conversation."""
    return isinstance(request, ChatRequest) and request.sampling == TITLE_SAMPLING


def _no_delay() -> None:
    return None


class ScriptedEngine:
    """Engine that answers the n-th request with the n-th script; the last one serves the rest.

    A step that is an exception is raised in its place. A script that ends with neither
    `Finished` nor an exception gets a `Finished` of its own, as the protocol promises one.

    A PrefillRequest plays no script: whether the user paused while typing must not decide which
    script an answer gets. Neither does the request for a conversation's title.

    Attributes:
        requests: every request so far, in order, but for PrefillRequests.
        prepared: every PrefillRequest so far, in order.
        title: what is said when a title is asked for.
        titled: every request for a title so far, in order.
        closed: how often `close` was called.
        open_generators: generators started and not yet ended; 0 when nothing was left running.
    """

    def __init__(self, *scripts: Script, delay: Callable[[], None] = _no_delay) -> None:
        self._scripts: tuple[Script, ...] = scripts or (words("ok"),)
        self._delay = delay
        self.requests: list[Request] = []
        self.prepared: list[PrefillRequest] = []
        self.title = ""
        self.titled: list[Request] = []
        self.closed = 0
        self.open_generators = 0

    def generate(self, request: Request, cancel: CancelFlag) -> Iterator[Event]:
        """Play the script; raises `Cancelled` before the next event once `cancel` is set."""
        if isinstance(request, PrefillRequest):
            self.prepared.append(request)
            yield Finished(Stats(model="scripted", device="none"))
            return
        if is_title_request(request):
            self.titled.append(request)
            yield from self._play(words(self.title), cancel)
            return
        script = self._scripts[min(len(self.requests), len(self._scripts) - 1)]
        self.requests.append(request)
        self.open_generators += 1
        try:
            yield from self._play(script(request) if callable(script) else script, cancel)
        finally:
            self.open_generators -= 1

    def _play(self, steps: Iterable[Step], cancel: CancelFlag) -> Iterator[Event]:
        for step in steps:
            self._delay()
            if cancel.is_set():
                raise Cancelled
            if isinstance(step, BaseException):
                raise step
            yield step
            if isinstance(step, Finished):
                return
        yield Finished(Stats(model="scripted", device="none"))

    def close(self) -> None:
        """Count the call: there is nothing to release."""
        self.closed += 1
