"""Ctrl+C becomes a signal, garbage is collected in one thread, the window opens where it was."""

from __future__ import annotations

import gc
import signal
import threading

import pytest
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QMainWindow

from mmdesk.app.lifecycle import Collector, Interrupt
from mmdesk.app.window_geometry import restore_geometry, save_geometry


@pytest.mark.skipif(not hasattr(signal, "raise_signal"), reason="no signals here")
def test_ctrl_c_is_a_signal_of_the_event_loop(qtbot) -> None:
    before = signal.getsignal(signal.SIGINT)
    interrupt = Interrupt()
    with qtbot.waitSignal(interrupt.interrupted):
        signal.raise_signal(signal.SIGINT)
    interrupt.close()
    assert signal.getsignal(signal.SIGINT) is before


def test_the_window_opens_where_it_stood(qtbot, tmp_path) -> None:
    path = tmp_path / "home" / "window.json"
    old, new = QMainWindow(), QMainWindow()
    qtbot.addWidget(old)
    qtbot.addWidget(new)
    old.setGeometry(QRect(40, 50, 420, 330))
    save_geometry(old, path)
    assert restore_geometry(new, path)
    assert new.size() == old.size()


@pytest.mark.parametrize("kept", ["", "{", "[]", '{"geometry": 3}', '{"geometry": "eA=="}'])
def test_a_damaged_file_is_no_obstacle(qtbot, tmp_path, kept: str) -> None:
    path = tmp_path / "window.json"
    path.write_text(kept)
    window = QMainWindow()
    qtbot.addWidget(window)
    assert not restore_geometry(window, path)


def test_garbage_is_collected_in_the_windows_thread_alone(qtbot) -> None:
    class Knot:
        def __init__(self) -> None:
            self.itself = self

        def __del__(self) -> None:
            threads.append(threading.current_thread())

    threads: list[threading.Thread] = []
    gc.enable()
    collector = Collector()
    try:
        assert not gc.isenabled()

        def work() -> None:
            for _ in range(5000):
                Knot()

        worker = threading.Thread(target=work)
        worker.start()
        worker.join()
        assert threads == []
        collector.collect()
        assert len(threads) == 5000
        assert set(threads) == {threading.current_thread()}
    finally:
        collector.close()
        assert gc.isenabled()
        gc.disable()
