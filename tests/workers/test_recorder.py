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
def recorder(qtbot):
    recorder = Recorder()
    yield recorder
    assert recorder.close()


@pytest.fixture
def tone(tmp_path) -> str:
    path = tmp_path / "tone.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes(b"\x00\x40\x00\xc0" * 8_000)
    return f"file:{path}"


def test_what_was_said_is_recorded_between_start_and_stop(qtbot, recorder, tone) -> None:
    levels: list[float] = []
    recorder.level_measured.connect(levels.append)
    with qtbot.waitSignals([recorder.started, recorder.level_measured], timeout=SLOW):
        recorder.start(tone)
    with qtbot.waitSignal(recorder.recorded, timeout=SLOW) as recorded:
        recorder.stop()
    assert isinstance(recorded.args[0], AudioInput)
    assert recorded.args[0].seconds > 0
    assert max(levels) > 0.5


def test_levels_are_thinned_out(qtbot, recorder) -> None:
    levels: list[float] = []
    recorder.level_measured.connect(levels.append)
    for _ in range(1000):
        recorder._on_level(0.5)
    qtbot.waitUntil(lambda: bool(levels))
    assert 1 <= len(levels) <= LEVELS_PER_S


def test_a_device_that_is_not_there_is_an_error_with_its_name(qtbot, recorder) -> None:
    with qtbot.waitSignal(recorder.failed, timeout=SLOW) as failed:
        recorder.start("file:/nowhere/at-all.wav")
    assert "at-all.wav" in failed.args[0]


def test_a_recording_left_running_is_ended(qtbot, tone) -> None:
    recorder = Recorder()
    with qtbot.waitSignal(recorder.started, timeout=SLOW):
        recorder.start(tone)
    assert recorder.close()
    assert recorder._microphone is None


def test_the_device_is_opened_in_the_microphones_own_thread(qtbot, recorder, monkeypatch) -> None:
    from mmdesk.inputs import microphone

    threads: list[object] = []
    monkeypatch.setattr(
        microphone.Microphone, "start", lambda *_: threads.append(QThread.currentThread())
    )
    monkeypatch.setattr(microphone.Microphone, "stop", lambda _self: None)
    with qtbot.waitSignal(recorder.started, timeout=SLOW):
        recorder.start("")
    assert threads == [recorder._thread]


def test_microphones_are_listed_by_a_child(qtbot, recorder) -> None:
    recorder.list_devices()
    with qtbot.waitSignal(recorder._device_child.ended, timeout=SLOW) as ended:
        pass
    assert ended.args == [True]


def test_the_names_reach_the_window_and_a_missing_library_does_not(qtbot, recorder) -> None:
    names: list = []
    recorder.devices_listed.connect(names.append)
    recorder._on_listed(["Built-in"])
    recorder._on_listed(InputError("The sound library is missing."))
    assert names == [["Built-in"]]


def test_a_recording_is_snapshot_while_it_goes_on_from_where_it_is_not_transcribed(
    qtbot, recorder, tmp_path, monkeypatch
) -> None:
    monkeypatch.setattr("mmdesk.workers.recorder.SNAPSHOT_EVERY_S", 0.2)
    path = tmp_path / "long.wav"
    with wave.open(str(path), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(16_000)
        out.writeframes(b"\x00\x20" * 16_000 * 20)
    snapshots: list[tuple[AudioInput, float]] = []
    recorder.grown.connect(lambda audio, begin: snapshots.append((audio, begin)))
    with qtbot.waitSignal(recorder.grown, timeout=SLOW):
        recorder.start(f"file:{path}")
    measured: list[float] = []
    recorder.level_measured.connect(measured.append)
    qtbot.waitUntil(lambda: len(measured) > 20, timeout=SLOW)
    assert len(snapshots) == 1  # nothing more before it is dealt with
    with qtbot.waitSignal(recorder.grown, timeout=SLOW):
        recorder.keep_from(0.1)
    assert snapshots[1][1] == pytest.approx(0.1)
    with qtbot.waitSignal(recorder.recorded, timeout=SLOW) as recorded:
        recorder.keep_from(0.3)
        recorder.stop()
    audio, begin = recorded.args
    assert begin == pytest.approx(0.3)
    assert audio.seconds >= snapshots[1][0].seconds - 0.2 - 0.05
    assert len(snapshots) == 2
