"""Complaint 4: out of memory, or an opaque crash.

A model that does not fit is marked before it is chosen: see tests/ui/test_models_page.py.
"""

from __future__ import annotations

import os
import signal

import pytest
from PySide6.QtWidgets import QPlainTextEdit

from mmdesk.engine.process import ProcessEngine
from tests.fakes.child_engines import make_obedient
from tests.window_user import SLOW

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="POSIX signals")


def test_complaint_4_an_engine_killed_for_its_memory_is_reported_and_restarts(
    open_window, qtbot, tmp_path
) -> None:
    engine = ProcessEngine(tmp_path, make_engine=make_obedient)
    person = open_window(engine)
    with qtbot.waitSignal(person.app.chat.answers.text_arrived, timeout=SLOW):
        person.type("forever")
        person.press("sendButton")
    with qtbot.waitSignal(person.app.chat.answers.failed, timeout=SLOW):
        os.kill(engine.pid, signal.SIGKILL)  # what the kernel does when memory runs out
    assert person.reads("perhaps out of memory")
    assert person.reads("smaller model")
    assert "Traceback" not in person.shown()
    person.press("askAgainButton")
    assert person.window.findChild(QPlainTextEdit, "chatInput").toPlainText() == "forever"
    person.window.composer.set_text("hello")
    with qtbot.waitSignal(person.app.chat.answers.finished, timeout=SLOW):
        person.press("sendButton")
    assert person.reads("hello")
