"""What people complain about in such applications, and that it cannot happen here.

The numbers are those of the list the window was built against; 2 and 12 have their tests where
their code is (tests/faults, tests/history), and a look from the window here.
"""

from __future__ import annotations

import threading

from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication, QImage

from mmdesk.engine.process import ProcessEngine
from mmdesk.values import TextChunk, Turn
from tests.bench.lateness import LateMeter
from tests.fakes.child_engines import make_obedient
from tests.fakes.scripted_engine import ScriptedEngine, words
from tests.window_user import SLOW, WindowUser, loaded_then
from tests.workers.waiting import GatedEngine

STREAM = (
    "## A heading\n\nSome *words* in a paragraph that is long enough to be laid out anew.\n\n"
    "- one\n- two\n\n```python\ndef answer():\n    return 42\n```\n\n"
)


def test_complaint_1_the_window_freezes_while_text_streams(open_window, qtbot) -> None:
    pause = threading.Event()
    engine = ScriptedEngine([], words(STREAM * 25), delay=lambda: pause.wait(0.001) and None)
    person = open_window(engine)
    person.ask("warm up: the first answer loads Markdown and the highlighter")
    for _ in range(3):  # one slow tick in three tries may be the machine's
        meter = LateMeter()
        meter.start()
        person.ask("now")
        meter.stop()
        summary = meter.summary()
        if summary["busy_max_ms"] < 50 and summary["late_p50_ms"] < 50:
            break
    # The clock on the wall also counts what other programs take; a thread's own time does not.
    assert summary["busy_max_ms"] < 50, summary
    assert summary["late_p50_ms"] < 50, summary
    assert summary["ticks"] > 50, summary


def test_complaint_2_history_hidden(open_window, qtbot) -> None:
    """A conversation is there again at the next start, though nobody saved anything."""
    person = open_window(loaded_then(words("Paris is the capital.")))
    person.ask("What is the capital of France?")
    assert person.app.shut_down()
    again = open_window(loaded_then())
    assert again.reads("Paris is the capital.")
    assert again.reads("What is the capital of France?")
    rows = again.window.history.rows
    assert "What is the capital of France?" in [row.title for row in rows.infos]


def test_complaint_10_stop_does_not_stop_the_engine(open_window, qtbot, tmp_path) -> None:
    """Even an engine that hears nothing is stopped: its process is ended."""
    engine = ProcessEngine(tmp_path, make_engine=make_obedient, patience_s=0.2)
    person = open_window(engine)
    with qtbot.waitSignal(person.app.chat.answers.text_arrived, timeout=SLOW) as arrived:
        person.type("deaf")
        person.press("sendButton")
    deaf = arrived.args[0]  # it says its process id first
    with qtbot.waitSignal(person.app.chat.answers.stopped, timeout=SLOW):
        person.press("stopButton")
    with qtbot.waitSignal(person.app.chat.answers.finished, timeout=SLOW):
        person.type("hello")
        person.press("sendButton")
    answer = person.app.chat.conversation.turns()[-1]
    assert answer.text.endswith("hello")
    assert not answer.text.startswith(deaf)  # another process answers


def test_complaint_10_stop_ends_the_work_and_not_only_the_showing(open_window, qtbot) -> None:
    def for_ever(request: object):
        while True:
            yield TextChunk("more ")

    pause = threading.Event()
    engine = ScriptedEngine([], for_ever, delay=lambda: pause.wait(0.001) and None)
    person = open_window(engine)
    with qtbot.waitSignal(person.app.chat.answers.text_arrived):
        person.type("go on")
        person.press("sendButton")
    with qtbot.waitSignal(person.app.chat.answers.stopped):
        person.press("stopButton")
    assert engine.open_generators == 0
    assert person.reads("Stopped")


def test_complaint_11_image_paste_is_missing_or_breaks_text_paste(open_window, qtbot) -> None:
    person = open_window(loaded_then())
    field = person.window.composer.input
    person.type("before  after")
    cursor = field.textCursor()
    cursor.setPosition(len("before "))
    field.setTextCursor(cursor)
    image = QImage(6, 5, QImage.Format.Format_RGB32)
    image.fill(0xFF336699)
    QGuiApplication.clipboard().setImage(image)
    with qtbot.waitSignal(person.app.loader.loaded, timeout=SLOW):
        field.paste()
    assert [known.width for known in person.window.attachments.images] == [6]
    assert field.toPlainText() == "before  after"
    QGuiApplication.clipboard().setText("pasted")
    field.paste()
    assert field.toPlainText() == "before pasted after"
    both = QMimeData()  # a spreadsheet's copy: a picture of the cells beside their text
    both.setText("|1|2|")
    both.setImageData(image)
    QGuiApplication.clipboard().setMimeData(both)
    field.paste()
    QGuiApplication.clipboard().clear()  # what a test leaves there outlives the interpreter
    assert field.toPlainText() == "before pasted|1|2| after"
    assert len(person.window.attachments.images) == 1


def test_complaint_12_no_readable_export(open_window, qtbot, tmp_path) -> None:
    person = open_window(loaded_then(words("It is **far** away.")))
    person.ask("How far is the moon?")
    panel = person.window.history
    with qtbot.waitSignal(person.app.conversations.actions.exported) as exported:
        panel.files.export_wanted.emit(person.app.chat.current, str(tmp_path))
    page = (tmp_path / "How far is the moon.md").read_text(encoding="utf-8")
    assert exported.args == [str(tmp_path / "How far is the moon.md")]
    assert "> How far is the moon?" in page
    assert "It is **far** away." in page


def test_nothing_that_was_said_is_lost_when_the_window_closes_on_an_answer(
    open_window, qtbot
) -> None:
    engine = GatedEngine()
    person = WindowUser.with_answer_in_progress(open_window, engine)
    person.window.close()
    assert person.app.shut_down()
    again = open_window(loaded_then())
    qtbot.waitUntil(lambda: bool(again.app.chat.conversation.path))
    answer = again.app.chat.conversation.path[-1]
    assert answer.turn == Turn("assistant", "one ")
    assert answer.state in ("stopped", "interrupted")
