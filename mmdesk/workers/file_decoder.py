"""Decoding of files in a child process; the calling thread waits for the answer."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import subprocess
import threading
import time
from pathlib import Path

from mmdesk.errors import Cancelled, InputError, MMDeskError
from mmdesk.values import AudioInput, CancelFlag, DocumentInput, ImageInput
from mmdesk.workers import decoded_values, framing
from mmdesk.workers.child_environment import child_command, child_python_path

log = logging.getLogger(__name__)

LIMIT_S = 180.0  # no file that mmdesk accepts takes so long; a decoder that hangs is ended
PARSE_MODULE = "mmdesk.workers.parse_main"
_POLL_S = 0.1  # seconds between two looks at the cancel flag


def took_too_long(name: str) -> InputError:
    """Return the error about a file whose decoder was ended."""
    return InputError("{name} took too long to read.", "Try a part of it.", name=name)


def decoder_crashed(name: str) -> InputError:
    """Return the error about a file at which the decoder died.

    Decoders in C end the process when they are refused more memory.
    """
    return InputError(
        "{name} could not be read: the decoder crashed.",
        "The file may be damaged, or need more memory than a file may take.",
        name=name,
    )


class FileDecoder:
    """Decoder of one file after another; its child starts with the first.

    Args:
        cancel: stops the decoding when set.
    """

    def __init__(self, cancel: CancelFlag) -> None:
        self._cancel = cancel
        self._process: subprocess.Popen[bytes] | None = None
        self._answers: queue.SimpleQueue[object] = queue.SimpleQueue()
        self._contents: dict[str, bytes] = {}  # of files with scanned pages that have no path

    def __enter__(self) -> FileDecoder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the child."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    with contextlib.suppress(BrokenPipeError):  # of a request not read any more
                        pipe.close()
            self._process = None

    def load_any(self, path: Path) -> ImageInput | AudioInput | DocumentInput:
        """Decode a file by its content; see `inputs.load_any`."""
        value = self._load("any", str(path), None)
        assert isinstance(value, ImageInput | AudioInput | DocumentInput)
        return value

    def load_image(self, path: Path) -> ImageInput:
        """Decode a picture; see `inputs.load_image`."""
        value = self._load("image", str(path), None)
        assert isinstance(value, ImageInput)
        return value

    def load_pasted(self, name: str, data: bytes) -> ImageInput:
        """Decode the bytes of a picture."""
        value = self._load("image", name, data)
        assert isinstance(value, ImageInput)
        return value

    def load_audio(self, path: Path) -> AudioInput:
        """Decode a sound; see `inputs.load_audio`."""
        value = self._load("audio", str(path), None)
        assert isinstance(value, AudioInput)
        return value

    def load_document(self, source: Path | bytes, name: str = "") -> DocumentInput:
        """Decode a document; see `inputs.load_document`. `name` is that of bytes."""
        if isinstance(source, bytes):
            value = self._load("document", name, source)
        else:
            value = self._load("document", str(source), None)
        assert isinstance(value, DocumentInput)
        if value.scanned and isinstance(source, bytes):
            self._contents[value.sha256] = source
        return value

    def load_page(self, document: DocumentInput, number: int) -> ImageInput:
        """Draw a scanned page of a document; see `inputs.load_page`."""
        data, more = self._contents.get(document.sha256), (number, document.sha256, document.name)
        value = self._load("page", document.path or document.name, data, *more)
        assert isinstance(value, ImageInput)
        return value

    def _load(self, loader: str, name: str, data: bytes | None, *more: object) -> object:
        """Return the decoded value.

        Raises:
            InputError: there is none.
            Cancelled: the flag was set.
        """
        if self._process is None:
            self._process = self._start()
        request = framing.pack((loader, name, data, *more))
        threading.Thread(
            target=_exchange, args=(self._process, request, self._answers), daemon=True
        ).start()
        answer = self._wait(Path(name).name)
        if isinstance(answer, MMDeskError):
            raise answer
        return answer

    def _start(self) -> subprocess.Popen[bytes]:
        environment = dict(os.environ)
        path = child_python_path()
        if path is not None:
            environment["PYTHONPATH"] = path
        self._answers = queue.SimpleQueue()
        return subprocess.Popen(
            child_command(PARSE_MODULE),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )

    def _wait(self, name: str) -> object:
        deadline = time.monotonic() + LIMIT_S
        while True:
            try:
                answer = self._answers.get(timeout=_POLL_S)
            except queue.Empty:
                if self._cancel.is_set():
                    self.close()
                    raise Cancelled from None
                if time.monotonic() > deadline:
                    self.close()
                    raise took_too_long(name) from None
                continue
            if answer is None:
                status = self._process.poll() if self._process is not None else None
                log.error("the decoder of %s ended with status %s", name, status)
                self.close()
                raise decoder_crashed(name)
            return answer


def _exchange(
    process: subprocess.Popen[bytes], request: bytes, answers: queue.SimpleQueue[object]
) -> None:
    """Send a request and put its answer into the queue; None where the child has died."""
    try:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(request)
        process.stdin.flush()
        answers.put(decoded_values.read(process.stdout))
    except (OSError, EOFError, ValueError):
        answers.put(None)
