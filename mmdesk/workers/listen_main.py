"""Main module of the child that listens in hands-free mode: `python -m mmdesk.workers.listen_main`.

Reads frames: ("start", device), then ("mute", bool) and ("speaking", bool) while the assistant
speaks; the end of its input ends it. Sends ("ready",), ("level", level, bands), ("began",),
("paused", AudioInput), ("resumed",), ("ended",), ("dropped",), ("lost",) while the
microphone is unplugged, and ("failed", MMDeskError). Voice activity detection needs the onnx
runtime, which does not belong in the window's process.
"""

from __future__ import annotations

import queue
import sys
import threading
import time
from typing import Any, BinaryIO

import numpy as np

from mmdesk.errors import MMDeskError
from mmdesk.inputs import InputDevice, Samples, from_samples, input_device, level, spectrum
from mmdesk.network import forbid_network
from mmdesk.perception import WINDOW, EchoGate, UtteranceDetector, VoiceActivity
from mmdesk.sandbox import forbid_internet
from mmdesk.values import SAMPLE_RATE
from mmdesk.workers import framing

REOPEN_S = 1.0  # between two tries to open a microphone that was unplugged
LEVEL_S = 1 / 30
BLOCK = 480  # samples of silence after the end of a file that is played in the microphone's place


class Listener:
    """Listener to one microphone, window by window.

    Args:
        activity: the probability of speech.
        out: stream of the frames that are sent.
    """

    def __init__(self, activity: VoiceActivity, out: BinaryIO) -> None:
        self._activity, self._out = activity, out
        self._detector = UtteranceDetector()
        self._gate: EchoGate | None = None
        self._muted = False
        self._rest = np.zeros(0, np.float32)
        self._next_level = 0.0

    def handle(self, frame: tuple[Any, ...]) -> None:
        """Obey a frame of the window."""
        kind, on = frame[0], bool(frame[1])
        if kind == "mute":
            self._muted = on
            self._forget()
        elif kind == "speaking":
            self._gate = EchoGate() if on else None

    def take(self, block: Samples) -> None:
        """Take float32 [n] at 16 kHz."""
        now = time.monotonic()
        if now >= self._next_level:
            self._next_level = now + LEVEL_S
            heard = np.zeros_like(block) if self._muted else block
            self.send("level", level(heard), spectrum(heard, SAMPLE_RATE))
        if self._muted:
            return
        self._rest = np.concatenate([self._rest, block])
        while len(self._rest) >= WINDOW:
            window, self._rest = self._rest[:WINDOW], self._rest[WINDOW:]
            self._judge(window)

    def send(self, *frame: object) -> None:
        """Send a frame to the window."""
        self._out.write(framing.pack(frame))
        self._out.flush()

    def _judge(self, window: Samples) -> None:
        probability = self._activity.probability(window)
        if self._gate is not None and not self._gate.passes(window):
            probability = 0.0
        kind = self._detector.add(window, probability)
        if kind == "began":
            self._gate = None  # the assistant stops speaking
        if kind == "paused":
            audio = from_samples(self._detector.utterance, SAMPLE_RATE, "microphone")
            self.send(kind, audio)
        elif kind is not None:
            self.send(kind)

    def _forget(self) -> None:
        self._detector.reset()
        self._activity.reset()
        self._rest = np.zeros(0, np.float32)


class _Stream:
    """Blocks of the microphone and frames of the window in the order in which they come."""

    def __init__(self, wanted: str) -> None:
        self._wanted = wanted
        self.items: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._device: InputDevice | None = None
        self._resampler: Any = None

    def open(self) -> None:
        """Open the microphone.

        Raises:
            MMDeskError: it cannot be opened.
        """
        import soxr

        device = input_device(self._wanted)
        same = device.rate == SAMPLE_RATE
        self._resampler = (
            None if same else soxr.ResampleStream(device.rate, SAMPLE_RATE, 1, dtype="float32")
        )
        device.open(
            lambda block: self.items.put(("block", block)), lambda: self.items.put(("over", None))
        )
        self._device = device

    def at_16_khz(self, block: Samples) -> Samples:
        """Return a block of the microphone at the rate of the detector."""
        return block if self._resampler is None else self._resampler.resample_chunk(block)

    def reopen(self) -> bool:
        """Try to open the microphone again; a file is not played twice."""
        if self._device is not None:
            self._device.close()
            self._device = None
        try:
            self.open()
        except MMDeskError:
            return False
        return True


def main() -> None:
    """Listen until the window closes the pipe."""
    forbid_network()
    forbid_internet()  # to native code, too, where the kernel can
    out = framing.claim_stdout()
    _, device = framing.read(sys.stdin.buffer)
    listener, stream = Listener(VoiceActivity(), out), _Stream(device)
    try:
        stream.open()
    except MMDeskError as error:
        listener.send("failed", error)
        return
    threading.Thread(target=_read, args=(stream,), daemon=True).start()
    listener.send("ready")
    _serve(listener, stream, is_file=device.startswith("file:"))


def _serve(listener: Listener, stream: _Stream, is_file: bool) -> None:
    lost = False
    while True:
        try:
            kind, value = stream.items.get(timeout=REOPEN_S if lost and not is_file else None)
        except queue.Empty:
            if stream.reopen():
                lost = False
                listener.send("ready")
            continue
        if kind == "block":
            listener.take(stream.at_16_khz(value))
        elif kind == "frame":
            listener.handle(value)
        elif kind == "over" and is_file:
            threading.Thread(target=_be_silent, args=(stream,), daemon=True).start()
        elif kind == "over":
            lost = True
            listener.send("lost")
        else:
            return


def _be_silent(stream: _Stream) -> None:
    """Go on with silence after the end of a file, as a microphone would."""
    while True:
        stream.items.put(("block", np.zeros(BLOCK, np.float32)))
        time.sleep(BLOCK / SAMPLE_RATE)


def _read(stream: _Stream) -> None:
    try:
        while True:
            stream.items.put(("frame", framing.read(sys.stdin.buffer)))
    except EOFError:
        stream.items.put(("end", None))


if __name__ == "__main__":
    main()
