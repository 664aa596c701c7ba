"""Recording, with a scripted sound library in place of PortAudio, and from a file."""

from __future__ import annotations

import builtins
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import soundfile

from mmdesk.errors import InputError, MMDeskError
from mmdesk.inputs import microphone as microphone_room
from mmdesk.inputs.audio import samples
from mmdesk.inputs.microphone import BLOCK_SECONDS, Microphone, input_devices, level

RATE = 48_000
PATIENCE_S = 10


class PortAudioError(Exception):
    pass


class Library:
    """sounddevice with scripted devices; `streams` are those that were opened."""

    PortAudioError = PortAudioError

    def __init__(self, *devices: tuple[str, int], fails: str = "") -> None:
        self.devices = list(devices)
        self.later: list[tuple[str, int]] = []  # plugged in, but not seen before a restart
        self.default = SimpleNamespace(device=(len(devices) - 1, -1))
        self.fails = fails
        self.streams: list[Stream] = []

    def query_devices(self) -> list[dict[str, object]]:
        return [
            {"name": n, "index": i, "max_input_channels": c, "default_samplerate": float(RATE)}
            for i, (n, c) in enumerate(self.devices)
        ]

    def InputStream(self, **options: object) -> Stream:
        if self.fails:
            raise PortAudioError(self.fails)
        self.streams.append(Stream(options))
        return self.streams[-1]

    def _terminate(self) -> None:
        pass

    def _initialize(self) -> None:
        self.devices += self.later


class Stream:
    def __init__(self, options: dict) -> None:
        self.options, self.closed = options, False

    def start(self) -> None:
        self.give(0.25)  # a device that delivers as soon as it is started

    def give(self, value: float, seconds: float = BLOCK_SECONDS) -> None:
        block = np.full((round(RATE * seconds), self.options["channels"]), value, np.float32)
        self.options["callback"](block, len(block), None, None)

    def unplug(self) -> None:
        self.options["finished_callback"]()

    def close(self, ignore_errors: bool = False) -> None:
        self.closed = True
        self.options["finished_callback"]()  # PortAudio calls it for a wished end, too


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[[Library], Library]:
    def put(library: Library) -> Library:
        monkeypatch.setitem(sys.modules, "sounddevice", library)
        return library

    return put


def test_records_from_the_start(install: Callable[[Library], Library]) -> None:
    library = install(Library(("Speakers", 0), ("Built-in", 2)))
    levels: list[float] = []
    microphone = Microphone()
    microphone.start(levels.append)
    stream = library.streams[0]
    assert (stream.options["device"], stream.options["samplerate"]) == (1, RATE)
    stream.give(0.5)
    assert microphone.snapshot().seconds == pytest.approx(2 * BLOCK_SECONDS, rel=0.05)
    stream.give(-0.5)
    audio = microphone.stop()
    assert stream.closed
    assert audio.seconds == pytest.approx(3 * BLOCK_SECONDS, rel=0.05)
    assert float(np.median(samples(audio)[:300])) == pytest.approx(0.25, abs=0.02)
    assert len(levels) == 3
    assert 0 < levels[0] < levels[1] < 1


def test_named_device_and_list(install: Callable[[Library], Library]) -> None:
    library = install(Library(("Headset", 1), ("Speakers", 0), ("Desk", 1), ("Desk", 1)))
    assert input_devices() == ["Headset", "Desk"]
    Microphone("Headset").start(lambda level: None)
    assert library.streams[0].options["device"] == 0
    with pytest.raises(InputError, match='There is no microphone "Gone"') as caught:
        Microphone("Gone").start(lambda level: None)
    assert "Headset, Desk" in caught.value.hint


def test_no_device_at_all(install: Callable[[Library], Library]) -> None:
    install(Library(("Speakers", 0)))
    assert input_devices() == []
    with pytest.raises(InputError, match="No microphone was found"):
        Microphone().start(lambda level: None)


def test_a_device_plugged_in_just_now_is_found(install: Callable[[Library], Library]) -> None:
    library = install(Library(("Speakers", 0)))
    library.later = [("New", 1)]
    Microphone().start(lambda level: None)
    assert library.streams[0].options["device"] == 1


def test_device_in_use(install: Callable[[Library], Library]) -> None:
    install(Library(("Busy", 1), fails="Device unavailable [PaErrorCode -9985]\nmore"))
    with pytest.raises(MMDeskError, match=r'"Busy" cannot be opened: Device unavailable') as caught:
        Microphone().start(lambda level: None)
    assert "Another program" in caught.value.hint


def test_unplugged_while_recording_keeps_what_was_heard(
    install: Callable[[Library], Library],
) -> None:
    library = install(Library(("USB", 1)))
    levels: list[float] = []
    microphone = Microphone()
    microphone.start(levels.append)
    library.streams[0].unplug()
    assert levels[-1] == 0.0
    assert microphone.stop().seconds > 0


def test_unplugged_before_a_sound(
    install: Callable[[Library], Library], monkeypatch: pytest.MonkeyPatch
) -> None:
    install(Library(("USB", 1)))
    monkeypatch.setattr(Stream, "start", Stream.unplug)
    microphone = Microphone()
    microphone.start(lambda level: None)
    with pytest.raises(InputError, match="the microphone was disconnected"):
        microphone.stop()


def test_stop_without_start() -> None:
    with pytest.raises(InputError, match="Nothing was recorded"):
        Microphone().stop()


def test_a_forgotten_microphone_keeps_the_last_minutes(
    install: Callable[[Library], Library], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(microphone_room, "MAX_SECONDS", 1)
    library = install(Library(("USB", 1)))
    microphone = Microphone()
    microphone.start(lambda level: None)
    for _ in range(100):
        library.streams[0].give(0.1)
    assert microphone.stop().seconds == pytest.approx(1.0, abs=0.05)


def test_missing_system_library(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *arguments: object, **options: object) -> object:
        if name == "sounddevice":
            raise OSError("PortAudio library not found")
        return real(name, *arguments, **options)

    monkeypatch.delitem(sys.modules, "sounddevice", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(MMDeskError, match="libportaudio2 is missing") as caught:
        input_devices()
    assert "apt install libportaudio2" in caught.value.hint


def test_level_is_a_scale_of_loudness() -> None:
    assert level(np.zeros(100, np.float32)) == 0.0
    assert level(np.zeros(0, np.float32)) == 0.0
    assert level(np.full(100, np.nan, np.float32)) == 0.0
    assert level(np.ones(100, np.float32)) == 1.0
    assert level(np.full(100, 10 ** (-30 / 20), np.float32)) == pytest.approx(0.5, abs=0.01)


# --- a file in its place --------------------------------------------------------------------------


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "question.wav"
    soundfile.write(path, np.linspace(0.1, 0.9, 4800, dtype=np.float32), 16_000)
    return path


def test_a_file_that_has_ended_is_heard_whole(recording: Path) -> None:
    over = threading.Event()
    microphone = Microphone(f"file:{recording}")
    microphone.start(lambda level: over.set() if level == 0.0 else None)
    assert over.wait(PATIENCE_S)
    audio = microphone.stop()
    assert (audio.name, len(samples(audio))) == ("question.wav", 4800)


def test_a_file_is_heard_as_far_as_it_was_played(recording: Path) -> None:
    played: list[float] = []
    second = threading.Event()
    hold = threading.Event()

    def on_level(loudness: float) -> None:
        played.append(loudness)
        if len(played) == 2:
            second.set()
            hold.wait(PATIENCE_S)

    microphone = Microphone(f"file:{recording}")
    microphone.start(on_level)
    assert second.wait(PATIENCE_S)
    heard = samples(microphone.snapshot())
    hold.set()
    microphone.stop()
    assert len(heard) == 2 * round(16_000 * BLOCK_SECONDS)
    assert heard[0] == pytest.approx(0.1, abs=0.01)


def test_a_file_that_cannot_be_played(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.wav does not exist"):
        Microphone(f"file:{tmp_path / 'gone.wav'}").start(lambda level: None)


def test_what_was_dealt_with_is_left_out(install: Callable[[Library], Library]) -> None:
    library = install(Library(("Built-in", 1)))
    microphone = Microphone()
    microphone.start(lambda level: None)
    (stream,) = library.streams
    for value in (0.2, 0.4, 0.6):
        stream.give(value)
    late = microphone.snapshot(2.5 * BLOCK_SECONDS)
    whole = microphone.stop()
    assert whole.seconds - late.seconds == pytest.approx(2.5 * BLOCK_SECONDS, abs=0.001)
    assert microphone.snapshot(60.0).seconds > 0  # more than there is: the last of it
