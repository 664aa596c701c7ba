"""Recording happens off the window's thread, from a file in the microphone's place."""

from __future__ import annotations

import wave

import pytest
from PySide6.QtCore import QThread

from mmdesk.errors import InputError
from mmdesk.values import AudioInput
from mmdesk.workers.recorder import LEVELS_PER_S, Recorder

SLOW = 20_000  # the sound libraries have to be imported


@pytest.fixture
def listening(qtbot):
    listening = Recorder()
    yield listening
    assert listening.close()


@pytest.fixture
def tone(tmp_path) -> str:
    path = tmp_path / "tone.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes(b"\x00\x40\x00\xc0" * 8_000)
    return f"file:{path}"


def test_what_was_said_is_recorded_between_start_and_stop(qtbot, listening, tone) -> None:
    levels: list[float] = []
    listening.level_measured.connect(levels.append)
    with qtbot.waitSignals([listening.started, listening.level_measured], timeout=SLOW):
        listening.start(tone)
    with qtbot.waitSignal(listening.recorded, timeout=SLOW) as recorded:
        listening.stop()
    assert isinstance(recorded.args[0], AudioInput)
    assert recorded.args[0].seconds > 0
    assert max(levels) > 0.5


def test_levels_are_thinned_out(qtbot, listening) -> None:
    levels: list[float] = []
    listening.level_measured.connect(levels.append)
    for _ in range(1000):
        listening._recorder._on_level(0.5)
    assert 1 <= len(levels) <= LEVELS_PER_S


def test_a_device_that_is_not_there_is_an_error_with_its_name(qtbot, listening) -> None:
    with qtbot.waitSignal(listening.failed, timeout=SLOW) as failed:
        listening.start("file:/nowhere/at-all.wav")
    assert "at-all.wav" in failed.args[0]


def test_a_recording_left_running_is_ended(qtbot, tone) -> None:
    listening = Recorder()
    with qtbot.waitSignal(listening.started, timeout=SLOW):
        listening.start(tone)
    assert listening.close()
    assert listening._recorder._microphone is None


def test_the_device_is_opened_in_the_microphones_own_thread(qtbot, listening, monkeypatch) -> None:
    from mmdesk.inputs import microphone

    threads: list[object] = []
    monkeypatch.setattr(
        microphone.Microphone, "start", lambda *_: threads.append(QThread.currentThread())
    )
    monkeypatch.setattr(microphone.Microphone, "stop", lambda _self: None)
    with qtbot.waitSignal(listening.started, timeout=SLOW):
        listening.start("")
    assert threads == [listening._thread]


def test_microphones_are_listed_by_a_child(qtbot, listening) -> None:
    listening.list_devices()
    with qtbot.waitSignal(listening._lister.ended, timeout=SLOW) as ended:
        pass
    assert ended.args == [True]


def test_the_names_reach_the_window_and_a_missing_library_does_not(qtbot, listening) -> None:
    names: list = []
    listening.devices_listed.connect(names.append)
    listening._on_listed(["Built-in"])
    listening._on_listed(InputError("The sound library is missing."))
    assert names == [["Built-in"]]


def test_what_grows_is_looked_at_and_goes_on_where_it_was_written_down(
    qtbot, listening, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr("mmdesk.workers.recorder.LOOK_EVERY_S", 0.2)
    path = tmp_path / "long.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes(b"\x00\x20" * 16_000 * 20)
    looks: list[tuple[AudioInput, float]] = []
    listening.grown.connect(lambda audio, begin: looks.append((audio, begin)))
    with qtbot.waitSignal(listening.grown, timeout=SLOW):
        listening.start(f"file:{path}")
    measured: list[float] = []
    listening.level_measured.connect(measured.append)
    qtbot.waitUntil(lambda: len(measured) > 20, timeout=SLOW)
    assert len(looks) == 1  # nothing more before it is dealt with
    with qtbot.waitSignal(listening.grown, timeout=SLOW):
        listening.go_on(0.1)
    assert looks[1][1] == pytest.approx(0.1)
    with qtbot.waitSignal(listening.recorded, timeout=SLOW) as recorded:
        listening.go_on(0.3)
        listening.stop()
    audio, begin = recorded.args
    assert begin == pytest.approx(0.3)
    assert audio.seconds >= looks[1][0].seconds - 0.2 - 0.05
    assert len(looks) == 2
