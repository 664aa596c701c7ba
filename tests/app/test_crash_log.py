"""What nobody caught is written down and told in one sentence."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading

import pytest

from mmdesk.app import crash_log


@pytest.fixture
def log(tmp_path, monkeypatch):
    root = logging.getLogger()
    before = list(root.handlers)
    monkeypatch.setattr(crash_log.faulthandler, "enable", lambda _file: None)
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    monkeypatch.setattr(threading, "excepthook", threading.excepthook)
    yield crash_log.begin(tmp_path / "logs")
    for handler in [handler for handler in root.handlers if handler not in before]:
        root.removeHandler(handler)
        handler.close()


def test_an_uncaught_error_is_logged_and_told(log) -> None:
    messages: list[str] = []
    crash_log.catch_all(messages.append)
    error = ValueError("a defect")
    sys.excepthook(ValueError, error, None)
    assert "ValueError: a defect" in log.read_text(encoding="utf-8")
    assert messages == ["Something went wrong. Nothing of the conversation is lost."]


def test_so_is_one_in_a_thread(log) -> None:
    messages: list[str] = []
    crash_log.catch_all(messages.append)
    worker = threading.Thread(target=lambda: 1 / 0)
    worker.start()
    worker.join()
    assert "ZeroDivisionError" in log.read_text(encoding="utf-8")
    assert messages == ["Something went wrong. Nothing of the conversation is lost."]


def test_a_crash_in_native_code_leaves_a_trace(tmp_path) -> None:
    code = (
        "import faulthandler, pathlib, sys; from mmdesk.app import crash_log;"
        "crash_log.begin(pathlib.Path(sys.argv[1])); faulthandler._sigsegv()"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False, timeout=60)
    assert "Segmentation fault" in (tmp_path / "crash.log").read_text(encoding="utf-8")
