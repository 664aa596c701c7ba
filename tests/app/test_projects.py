"""Projects in the window: their instructions, files and model reach the questions."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QMenu

from mmdesk.ui.history_model import DRAGGED
from mmdesk.values import ChatRequest, DocumentInput, Project
from tests.fakes.echo_engine import EchoEngine
from tests.window_user import WindowUser

LETTER = DocumentInput("letter.txt", "Dear Ana, the meeting is on Friday at nine.")
GARDEN = Project("g", "Garden", "Answer as a gardener.", "", (LETTER,))


def with_project(open_window, project: Project = GARDEN) -> tuple[WindowUser, EchoEngine]:
    engine = EchoEngine()
    user: WindowUser = open_window(engine)
    with user.qtbot.waitSignal(user.app.projects.actions.listed):
        user.app.projects.actions.save(project)
    return user, engine


def last_chat(engine: EchoEngine) -> ChatRequest:
    return next(one for one in reversed(engine.requests) if isinstance(one, ChatRequest))


def rows(user: WindowUser) -> list[str]:
    model = user.window.history.rows
    return [model.index(at).data() for at in range(model.rowCount())]


def move(user: WindowUser, conversation: str, project: str) -> None:
    user.app.projects.actions.move(conversation, project)
    user.qtbot.waitUntil(lambda: user.app.chat.conversation.info.project == project)


def test_a_chat_in_a_project_has_its_instructions_and_files(open_window) -> None:
    user, engine = with_project(open_window)
    user.window.history.menus.new_chat_wanted.emit("g")
    user.ask("Hello there")
    request = last_chat(engine)
    assert request.turns[0].text.endswith("\n\nAnswer as a gardener.")
    (question,) = [turn for turn in request.turns if turn.text == "Hello there"]
    assert [document.name for document in question.documents] == ["letter.txt"]
    user.ask("And again")
    again = last_chat(engine)
    assert again.turns[0] == request.turns[0]
    assert [len(turn.documents) for turn in again.turns if turn.role == "user"] == [1, 0]
    assert user.reads("own instructions · 1 file")


def test_a_chat_outside_of_the_project_has_nothing_of_it(open_window) -> None:
    user, engine = with_project(open_window)
    user.ask("Hello there")
    assert "gardener" not in last_chat(engine).turns[0].text
    assert all(not turn.documents for turn in last_chat(engine).turns)
    assert not user.window.project_line.isVisible()


def test_a_new_chat_in_a_project_is_listed_under_it(open_window, qtbot) -> None:
    user, _engine = with_project(open_window)
    user.window.history.menus.new_chat_wanted.emit("g")
    user.ask("Hello there")
    qtbot.waitUntil(lambda: rows(user)[:2] == ["Garden", "Hello there"])


def test_a_conversation_is_moved_by_the_menu(open_window, qtbot) -> None:
    user, _engine = with_project(open_window)
    user.ask("Hello there")
    panel, current = user.window.history, user.app.chat.current
    qtbot.waitUntil(lambda: panel.rows.row_of(current) is not None)
    index = panel.rows.index(panel.rows.row_of(current))
    menu = panel.menu_of(index, index.data(Qt.ItemDataRole.UserRole))
    choices = menu.findChild(QMenu, "moveMenu").actions()
    next(action for action in choices if action.text() == "Garden").trigger()
    qtbot.waitUntil(lambda: rows(user)[:2] == ["Garden", "Hello there"])
    assert user.window.project_line.isVisible()
    extras, turns = user.app.chat.prompt_of(user.app.chat.conversation)
    assert extras.system == "Answer as a gardener."
    assert turns[0].documents == (LETTER,)


def test_a_conversation_is_dropped_on_a_project_and_out_of_it(open_window, qtbot) -> None:
    user, _engine = with_project(open_window)
    user.ask("Hello there")
    model, current = user.window.history.rows, user.app.chat.current
    qtbot.waitUntil(lambda: model.row_of(current) is not None)
    dragged = model.mimeData([model.index(model.row_of(current))])
    assert dragged.hasFormat(DRAGGED)
    model.dropMimeData(dragged, Qt.DropAction.MoveAction, -1, -1, model.index(0))
    qtbot.waitUntil(lambda: rows(user) == ["Garden", "Hello there"])
    model.dropMimeData(dragged, Qt.DropAction.MoveAction, 5, 0, QModelIndex())
    qtbot.waitUntil(lambda: rows(user) == ["Garden", "Today", "Hello there"])


def test_a_folded_project_hides_its_conversations(open_window, qtbot) -> None:
    user, _engine = with_project(open_window)
    user.ask("Hello there")
    move(user, user.app.chat.current, "g")
    panel = user.window.history
    qtbot.waitUntil(lambda: rows(user) == ["Garden", "Hello there"])
    panel.list.opened.emit(panel.rows.index(0))
    qtbot.waitUntil(lambda: rows(user) == ["Garden"])
    panel.list.opened.emit(panel.rows.index(0))
    qtbot.waitUntil(lambda: rows(user) == ["Garden", "Hello there"])


def test_a_deleted_project_comes_back_with_undo(open_window, qtbot) -> None:
    user, _engine = with_project(open_window)
    user.ask("Hello there")
    current = user.app.chat.current
    move(user, current, "g")
    panel = user.window.history
    qtbot.waitUntil(lambda: rows(user) == ["Garden", "Hello there"])
    panel.list.setCurrentIndex(panel.rows.index(panel.rows.project_row("g")))
    qtbot.keyClick(panel.list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: rows(user) == ["Today", "Hello there"])
    assert user.app.chat.conversation.info.project == ""
    user.press("undoDeleteButton")
    qtbot.waitUntil(lambda: rows(user) == ["Garden", "Hello there"])
    assert user.app.chat.conversation.info.project == "g"


def test_the_dialog_changes_a_project(open_window, qtbot, tmp_path: Path) -> None:
    user, _engine = with_project(open_window)
    file = tmp_path / "plan.txt"
    file.write_text("Plant the roses in March, the tulips in October.")
    controller = user.app.projects
    controller.edit("g")
    dialog = controller.dialog
    assert dialog is not None
    with qtbot.waitSignal(controller._loader.idle, timeout=30_000):
        dialog.choose([str(file)])
    dialog.instructions.setPlainText("Answer as a cook.")
    dialog.name.setText("Kitchen garden")
    dialog.files.setCurrentRow(0)
    dialog.remove_button.click()
    with qtbot.waitSignal(controller.actions.listed):
        dialog.save.click()
    (project,) = controller.actions.projects.values()
    assert (project.name, project.instructions) == ("Kitchen garden", "Answer as a cook.")
    assert [document.name for document in project.files] == ["plan.txt"]


def test_what_is_no_document_is_refused_in_one_sentence(open_window, qtbot, tmp_path: Path) -> None:
    from PIL import Image

    user = open_window(EchoEngine())
    picture = tmp_path / "cat.png"
    Image.new("RGB", (8, 8)).save(picture)
    controller = user.app.projects
    controller.create("")
    dialog = controller.dialog
    assert dialog is not None
    assert not dialog.save.isEnabled()  # it has no name yet
    with qtbot.waitSignal(controller._loader.idle, timeout=30_000):
        dialog.choose([str(picture)])
    assert user.reads("cat.png is not a document.")
    dialog.name.setText("Cats")
    with qtbot.waitSignal(controller.actions.listed):
        dialog.save.click()
    assert [project.name for project in controller.actions.projects.values()] == ["Cats"]
    assert user.app.chat.conversation.info.project in controller.actions.projects


def test_a_project_is_searched_alone(open_window, qtbot) -> None:
    user, _engine = with_project(open_window)
    user.ask("Roses inside")
    move(user, user.app.chat.current, "g")
    user.window.start_new_chat()
    user.ask("Roses outside")
    panel = user.window.history
    panel.menus.search_wanted.emit("g")
    with qtbot.waitSignal(user.app.conversations.actions.found):
        panel.field.setText("roses")
    assert set(rows(user)) == {"Roses inside"}
    with qtbot.waitSignal(user.app.conversations.actions.found):
        user.press("searchAllButton")
    assert set(rows(user)) == {"Roses inside", "Roses outside"}
    panel.search("g")
    panel.field.clear()
    assert panel.scope.isHidden()
