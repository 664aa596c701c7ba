"""Complaint 6: microphone faults: the wrong device, the first second lost, noise interrupts."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from mmdesk.inputs.audio import samples
from mmdesk.settings import Settings
from mmdesk.values import AudioInput
from tests.inputs.test_microphone import Library
from tests.peers.sounds import RATE, tone
from tests.window_user import SLOW, loaded_then
from tests.workers.waiting import GatedEngine


@pytest.fixture
def install(monkeypatch: pytest.MonkeyPatch) -> Callable[[Library], Library]:
    def put(library: Library) -> Library:
        monkeypatch.setitem(sys.modules, "sounddevice", library)
        return library

    return put


def test_complaint_6_the_chosen_device_records(open_window, qtbot, install) -> None:
    library = install(Library(("Monitor of speakers", 2), ("Headset", 1), ("Built-in", 2)))
    person = open_window(loaded_then(), Settings(microphone="Headset"))
    with qtbot.waitSignal(person.app.recorder.started, timeout=SLOW):
        person.press("micButton")
    assert [stream.options["device"] for stream in library.streams] == [1]
    with qtbot.waitSignal(person.app.recorder.recorded, timeout=SLOW):
        person.press("micButton")


def test_complaint_6_a_missing_device_is_reported_and_no_other_one_records(
    open_window, qtbot, install
) -> None:
    library = install(Library(("Monitor of speakers", 2), ("Built-in", 2)))
    person = open_window(loaded_then(), Settings(microphone="Headset"))
    with qtbot.waitSignal(person.app.recorder.failed, timeout=SLOW):
        person.press("micButton")
    assert person.reads('There is no microphone "Headset"')
    assert person.reads("Built-in")
    assert library.streams == []


def test_complaint_6_the_first_second_is_recorded(open_window, qtbot, tmp_path: Path) -> None:
    """The recording begins with the device's very first sample, whatever the window does."""
    said = 0.05 * np.sin(np.arange(3 * RATE) * 2 * np.pi * 200 / RATE)
    said[:160] = 0.9  # the first hundredth of a second, as nothing after it
    person = open_window(loaded_then(), Settings(microphone=tone(tmp_path / "said.wav", said)))
    with qtbot.waitSignal(person.app.recorder.started, timeout=SLOW):
        person.press("micButton")
    with qtbot.waitSignal(person.app.recorder.recorded, timeout=SLOW) as recorded:
        person.press("micButton")
    audio: AudioInput = recorded.args[0]
    assert float(np.abs(samples(audio)[:160]).min()) > 0.8


def test_complaint_6_noise_interrupts_neither_the_answer_nor_the_recording(
    open_window, qtbot, tmp_path: Path
) -> None:
    noise = np.random.default_rng(0).uniform(-0.9, 0.9, 20 * RATE)
    engine = GatedEngine()
    engine.gate.set()
    person = open_window(engine, Settings(microphone=tone(tmp_path / "noise.wav", noise)))
    engine.gate.clear()
    with qtbot.waitSignal(person.app.chat.answers.text_arrived):
        person.type("count")
        person.press("sendButton")
    with qtbot.waitSignals([person.app.recorder.started, person.app.recorder.level_measured]):
        person.press("micButton")
    with qtbot.waitSignal(person.app.recorder.level_measured):
        pass
    with qtbot.waitSignal(person.app.chat.answers.finished):
        engine.gate.set()
    assert person.reads("one two")
    with qtbot.waitSignal(person.app.recorder.recorded, timeout=SLOW):
        person.press("micButton")  # it records until the user stops it
