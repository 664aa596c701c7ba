"""Exports from the window: an answer and a whole conversation become files."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton, QWidget

from mmdesk.settings import Settings
from mmdesk.ui.export_actions import ExportWish
from mmdesk.ui.history_model import ROW
from mmdesk.ui.palette_commands import palette_commands
from tests.fakes.scripted_engine import words
from tests.window_user import SLOW, WindowUser, loaded_then

NO_KEYBOARD = pytest.mark.qt_log_level_fail("CRITICAL")  # a menu wants it, the platform has none


@pytest.fixture
def person(open_window) -> WindowUser:
    user: WindowUser = open_window(
        loaded_then(words("Bees are **small**.")), Settings(colour_scheme="dark")
    )
    user.ask("What are bees?")
    return user


def menu_of_shown(person: WindowUser) -> QMenu:
    panel = person.window.history
    person.qtbot.waitUntil(lambda: panel.rows.row_of(person.app.chat.current) is not None)
    index = panel.rows.index(panel.rows.row_of(person.app.chat.current))
    return panel.menu_of(index, index.data(ROW))


def entry(menu: QMenu, name: str):
    return next(e for e in menu.findChildren(QMenu, "exportMenu")[0].actions()
                if e.objectName() == name)  # fmt: skip


@pytest.mark.parametrize("kind", ["pdf", "html", "docx"])
def test_a_conversation_is_exported_from_its_menu(person, qtbot, tmp_path, kind) -> None:
    entry(menu_of_shown(person), f"export_{kind}").trigger()
    dialog = person.window.findChild(QFileDialog, "exportFileDialog")
    path = tmp_path / f"bees.{kind}"
    with qtbot.waitSignal(person.app.exports.exported, timeout=SLOW) as written:
        dialog.fileSelected.emit(str(path.with_suffix("")))
    dialog.reject()
    assert written.args == [str(path)]
    assert path.stat().st_size > 500
    assert person.reads("Exported to")


@NO_KEYBOARD
def test_an_answer_is_exported_alone_from_its_menu(person, qtbot, tmp_path) -> None:
    person.window.findChild(QToolButton, "answerMenuButton").click()
    menu = person.window.findChild(QMenu, "answerMenu")
    entry(menu, "export_html").trigger()
    dialog = person.window.findChild(QFileDialog, "exportFileDialog")
    path = tmp_path / "answer.html"
    with qtbot.waitSignal(person.app.exports.exported, timeout=SLOW):
        dialog.fileSelected.emit(str(path))
    dialog.reject()
    page = path.read_text()
    assert "Bees are <strong>small</strong>." in page
    assert '<div class="question">' not in page


@NO_KEYBOARD
def test_an_answer_is_copied_with_its_formatting(person, qapp) -> None:
    person.window.findChild(QToolButton, "answerMenuButton").click()
    menu = person.window.findChild(QMenu, "answerMenu")
    next(e for e in menu.actions() if e.text() == "Copy with formatting").trigger()
    mime = qapp.clipboard().mimeData()
    assert mime.text() == "Bees are small."
    assert "font-weight" in mime.html()
    qapp.clipboard().clear()


def test_the_palette_exports_what_is_shown(person) -> None:
    commands = {str(c.title): c for c in palette_commands(person.window, person.window._actions)}
    commands["Export this chat as PDF…"].run()
    dialog = person.window.findChild(QFileDialog, "exportFileDialog")
    assert dialog.defaultSuffix() == "pdf"
    dialog.reject()


def test_a_folder_that_cannot_be_written_is_one_sentence(person, qtbot, tmp_path) -> None:
    wish = ExportWish(person.app.chat.current, "", str(tmp_path / "gone" / "bees.pdf"))
    with qtbot.waitSignal(person.app.exports.failed, timeout=SLOW):
        person.window.history.exports.wanted.emit(wish)
    assert person.reads("bees.pdf cannot be written")
    assert person.reads("Choose another folder.")
    assert not list(tmp_path.glob("**/*.half"))


def test_a_conversation_is_printed(person, qtbot, tmp_path: Path) -> None:
    from PySide6.QtPrintSupport import QPrinter

    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "printed.pdf"))
    person.window.history.exports.print_wanted.emit(person.app.chat.current, "", printer)
    assert person.reads("Sent to the printer")
    assert (tmp_path / "printed.pdf").read_bytes().startswith(b"%PDF")


def test_every_answer_has_a_named_menu_button(person) -> None:
    button = person.window.findChild(QWidget, "answerMenuButton")
    assert button.isVisible()
    assert button.accessibleName() == "More for this answer"
