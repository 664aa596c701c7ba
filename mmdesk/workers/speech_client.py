"""Synthesis of a whole text through the child that speaks; the calling thread waits."""

from __future__ import annotations

import os
import queue
import subprocess
import threading
from collections.abc import Generator
from typing import BinaryIO, cast

from mmdesk.errors import Cancelled, MMDeskError
from mmdesk.values import CancelFlag, SpeechOptions, SpokenSentence
from mmdesk.workers import framing
from mmdesk.workers.child_environment import child_command, child_python_path

SPEECH_MODULE = "mmdesk.workers.speech_main"
_POLL_S = 0.1


def spoken(
    text: str, options: SpeechOptions, cancel: CancelFlag
) -> Generator[SpokenSentence, None, None]:
    """Yield the sound of each sentence of a text; the next one is synthesised meanwhile.

    Raises:
        MMDeskError: there is no voice, or it failed.
        Cancelled: `cancel` was set.
    """
    environment = dict(os.environ)
    path = child_python_path()
    if path is not None:
        environment["PYTHONPATH"] = path
    with subprocess.Popen(
        child_command(SPEECH_MODULE),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    ) as child:
        try:
            yield from _exchange(child, text, options, cancel)
        finally:
            child.kill()


def _exchange(
    child: subprocess.Popen[bytes], text: str, options: SpeechOptions, cancel: CancelFlag
) -> Generator[SpokenSentence, None, None]:
    answers: queue.SimpleQueue[tuple[object, ...]] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(child, answers), daemon=True).start()
    _send(child, ("begin", "text", options), ("text", "text", text), ("finish", "text"))
    while True:
        try:
            kind, *values = answers.get(timeout=_POLL_S)
        except queue.Empty:
            if cancel.is_set():
                raise Cancelled from None
            continue
        if kind == "done":
            return
        if kind == "failed":
            raise _error(values[-1])
        sentence = values[-1]
        assert isinstance(sentence, SpokenSentence)
        yield sentence
        _send(child, ("more", "text"))


def _error(value: object) -> MMDeskError:
    if isinstance(value, MMDeskError):
        return value
    return MMDeskError("The voice stopped unexpectedly.", "Try again.")


def _send(child: subprocess.Popen[bytes], *frames: tuple[object, ...]) -> None:
    assert child.stdin is not None
    try:
        for frame in frames:
            child.stdin.write(framing.pack(frame))
        child.stdin.flush()
    except BrokenPipeError:
        return  # the reader tells


def _read(child: subprocess.Popen[bytes], answers: queue.SimpleQueue[tuple[object, ...]]) -> None:
    assert child.stdout is not None
    try:
        while True:
            answers.put(framing.read(cast(BinaryIO, child.stdout)))
    except (EOFError, OSError, ValueError):
        answers.put(("failed", None))
