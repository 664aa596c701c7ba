"""A folder that is dropped into the window, asked, and cited."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from mmdesk.ui.answer_message import AnswerMessage
from mmdesk.ui.document_viewer import DocumentViewer
from mmdesk.values import Counted, CountRequest, Finished, Request, Scored, ScoreRequest
from tests.fakes.scripted_engine import ScriptedEngine, words
from tests.window_user import SLOW

RENT = "The rent of the shop is 940 euros a month."


@pytest.fixture
def papers(tmp_path: Path) -> Path:
    made = tmp_path / "papers"
    made.mkdir()
    (made / "lease.txt").write_text(f"Lease of a shop\n\n{RENT}\n")
    (made / "broken.pdf").write_bytes(b"%PDF-1.7 nothing else")
    return made


def script(request: Request):
    if isinstance(request, CountRequest):
        return [Counted(tuple(map(len, request.texts))), Finished()]
    if isinstance(request, ScoreRequest):
        return [Scored(0.0, 1), Finished()]
    return words(RENT)


def test_a_dropped_folder_is_asked_and_its_file_shown_at_the_passage(
    open_window, qtbot, papers: Path
) -> None:
    person = open_window(ScriptedEngine(script))
    with qtbot.waitSignal(person.app.folders.loader.loaded, timeout=SLOW):
        person.window.files_offered.emit([str(papers)])
    assert person.reads("1 document")
    assert person.reads("broken.pdf could not be read.")
    with qtbot.waitSignal(person.app.chat.answers.finished, timeout=SLOW):
        person.type("Tell me about the rent of the shop.")
        person.press("sendButton")
    assert person.reads("Searched one document in papers. Answered from lease.txt.")
    answer = person.window.conversation.messages[-1]
    assert isinstance(answer, AnswerMessage)
    assert answer.sources is not None
    (button,) = answer.sources.buttons
    with qtbot.waitSignal(person.app.folders.loader.cited_file_loaded, timeout=SLOW):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    (viewer,) = person.window.findChildren(DocumentViewer)
    assert viewer.highlighted == RENT
    viewer.close()


def test_a_folder_without_documents_is_one_sentence(open_window, qtbot, tmp_path: Path) -> None:
    (tmp_path / "nothing").mkdir()
    person = open_window(ScriptedEngine(script))
    with qtbot.waitSignal(person.app.folders.loader.failed, timeout=SLOW):
        person.window.files_offered.emit([str(tmp_path / "nothing")])
    assert person.reads("No document in nothing could be read.")
