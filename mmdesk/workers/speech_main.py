"""Main module of the child that synthesises speech: `python -m mmdesk.workers.speech_main`.

Reads frames: ("begin", id, SpeechOptions), ("text", id, piece), ("finish", id), ("more", id),
("stop",) and ("load",). Sends ("sound", id, SpokenSentence) in order, then ("done", id), or
("failed", id, MMDeskError). No more than LOOKAHEAD sentences are synthesised before a "more": the
language model needs the cores, too. Piper (GPL) and the onnx runtime are loaded here and nowhere
else.
"""

from __future__ import annotations

import logging
import queue
import sys
import threading
from collections import deque
from typing import Any, BinaryIO

from mmdesk.errors import MMDeskError
from mmdesk.network import forbid_network
from mmdesk.sandbox import forbid_internet
from mmdesk.values import SpeechOptions
from mmdesk.voice import Synthesiser
from mmdesk.workers import framing

log = logging.getLogger(__name__)

LOOKAHEAD = 2  # sentences that are synthesised before they are asked for


class SpeechService:
    """Synthesis of the newest text, steered by the frames of the window.

    Args:
        synthesiser: of the sentences.
        out: stream of the frames that are sent.
    """

    def __init__(self, synthesiser: Synthesiser, out: BinaryIO) -> None:
        self._synthesiser, self._out = synthesiser, out
        self._frames: queue.SimpleQueue[tuple[Any, ...] | None] = queue.SimpleQueue()
        self._id = ""
        self._sentences: deque[str] = deque()
        self._allowed = 0
        self._is_whole = False

    def take(self, frame: tuple[Any, ...] | None) -> None:
        """Take a frame; None ends `run`. May be called from any thread."""
        self._frames.put(frame)

    def run(self) -> None:
        """Work until the end of the frames; a newer frame is looked at before each sentence."""
        while True:
            busy = bool(self._id) and self._allowed > 0 and bool(self._sentences)
            try:
                frame = self._frames.get(block=not busy)
            except queue.Empty:
                self._speak(self._sentences.popleft())
                self._end_if_done()
                continue
            if frame is None:
                return
            self._handle(frame)

    def _handle(self, frame: tuple[Any, ...]) -> None:
        kind, *values = frame
        if kind == "begin":
            self._id, options = values
            assert isinstance(options, SpeechOptions)
            self._synthesiser.begin(options)
            self._sentences.clear()
            self._allowed, self._is_whole = LOOKAHEAD, False
        elif kind == "load":
            self._load()
        elif kind == "stop":
            self._id = ""
            self._sentences.clear()
        elif values[0] == self._id:
            self._go_on(kind, values)

    def _go_on(self, kind: str, values: list[Any]) -> None:
        if kind == "text":
            self._sentences += self._synthesiser.feed(values[1])
        elif kind == "finish":
            self._sentences += self._synthesiser.finish()
            self._is_whole = True
        elif kind == "more":
            self._allowed += 1
        self._end_if_done()

    def _end_if_done(self) -> None:
        if self._id and self._is_whole and not self._sentences:
            self._send(("done", self._id))
            self._id = ""

    def _load(self) -> None:
        try:
            self._synthesiser.load()
        except MMDeskError:
            log.info("no voice to load", exc_info=True)

    def _speak(self, sentence: str) -> None:
        self._allowed -= 1
        try:
            for spoken in self._synthesiser.speak(sentence):
                self._send(("sound", self._id, spoken))
        except MMDeskError as error:
            self._send(("failed", self._id, error))
            self._id = ""

    def _send(self, value: tuple[Any, ...]) -> None:
        self._out.write(framing.pack(value))
        self._out.flush()


def main() -> None:
    """Serve until the window closes the pipe."""
    forbid_network()
    forbid_internet()  # to native code, too, where the kernel can
    service = SpeechService(Synthesiser(), framing.claim_stdout())
    threading.Thread(target=_read, args=(service,), daemon=True).start()
    service.run()


def _read(service: SpeechService) -> None:
    try:
        while True:
            service.take(framing.read(sys.stdin.buffer))
    except EOFError:
        service.take(None)


if __name__ == "__main__":
    main()
