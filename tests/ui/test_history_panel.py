"""The list of conversations: its rows, search, menus and signals."""

from __future__ import annotations

import time
from datetime import date, datetime

import pytest
from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtWidgets import QMenu, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from mmdesk.ui import history_panel
from mmdesk.ui.history_delegate import HistoryDelegate
from mmdesk.ui.history_model import ROW, day_text
from mmdesk.ui.history_panel import HistoryPanel
from mmdesk.ui.main_window import MainWindow
from mmdesk.values import ConversationInfo, HitKind, SearchHit

NOW = time.time()
PINNED = ConversationInfo("p", "Pinned one", changed=NOW - 9e6, pinned=True)
NEW = ConversationInfo("n", "New one", changed=NOW)
OLD = ConversationInfo("o", "Old one", changed=NOW - 86_400 * 800)


@pytest.fixture
def panel(window: MainWindow) -> HistoryPanel:
    window.resize(1240, 800)
    window.history.set_conversations((PINNED, NEW, OLD))
    return window.history


def texts(panel: HistoryPanel) -> list[str]:
    return [panel.rows.index(at).data() for at in range(panel.rows.rowCount())]


def choose(panel: HistoryPanel, conversation: str) -> None:
    at = panel.rows.row_of(conversation)
    assert at is not None
    panel.list.setCurrentIndex(panel.rows.index(at))


def test_rows_stand_under_headings(panel: HistoryPanel) -> None:
    year = str(date.fromtimestamp(OLD.changed).year)
    assert texts(panel) == ["Pinned", "Pinned one", "Today", "New one", year, "Old one"]
    assert not panel.rows.index(0).flags() & Qt.ItemFlag.ItemIsSelectable


@pytest.mark.parametrize(
    ("day", "words"),
    [
        ((2026, 3, 10), "Today"),
        ((2026, 3, 11), "Today"),  # a clock that went back
        ((2026, 3, 9), "Yesterday"),
        ((2026, 3, 4), "Last 7 days"),
        ((2026, 2, 10), "Last 30 days"),
        ((2026, 1, 20), "January"),
        ((2025, 12, 31), "2025"),
    ],
)
def test_headings_say_when(day: tuple[int, int, int], words: str) -> None:
    assert day_text(datetime(*day, 12).timestamp(), date(2026, 3, 10)) == words


@pytest.mark.parametrize("seconds", [float("inf"), float("nan"), 1e308, -1e308])
def test_an_impossible_time_hides_no_conversation(panel: HistoryPanel, seconds: float) -> None:
    panel.set_conversations((NEW, ConversationInfo("x", "Odd one", changed=seconds)))
    assert texts(panel) == ["Today", "New one", "Unknown date", "Odd one"]


def test_a_click_and_enter_open(qtbot: QtBot, panel: HistoryPanel) -> None:
    at = panel.rows.row_of("n")
    place = panel.list.visualRect(panel.rows.index(at)).center()
    with qtbot.waitSignal(panel.open_wanted) as emitted:
        qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert emitted.args == ["n", "", ()]
    choose(panel, "o")
    with qtbot.waitSignal(panel.open_wanted) as emitted:
        qtbot.keyClick(panel.list, Qt.Key.Key_Return)
    assert emitted.args == ["o", "", ()]


def test_f2_renames(qtbot: QtBot, panel: HistoryPanel) -> None:
    choose(panel, "n")
    panel.list.setFocus()
    qtbot.keyClick(panel.list, Qt.Key.Key_F2)
    field = panel.list.findChild(history_panel.QLineEdit, "renameField")
    field.setText("  A better   name ")
    with qtbot.waitSignal(panel.renamed) as emitted:
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert emitted.args == ["n", "A better name"]


def test_deleting_offers_undo(qtbot: QtBot, panel: HistoryPanel) -> None:
    choose(panel, "n")
    with qtbot.waitSignal(panel.deleted) as emitted:
        qtbot.keyClick(panel.list, Qt.Key.Key_Delete)
    assert emitted.args == ["n"]
    assert panel.undo_bar.isVisible()
    with qtbot.waitSignal(panel.restored) as emitted:
        panel.undo_button.click()
    assert emitted.args == ["n"]
    assert not panel.undo_bar.isVisible()


def test_each_deletion_can_be_undone_the_last_one_first(qtbot: QtBot, panel: HistoryPanel) -> None:
    panel.delete("n", "New one")
    panel.delete("o", "Old one")
    for conversation in ("o", "n"):
        assert panel.undo_bar.isVisible()
        with qtbot.waitSignal(panel.restored) as emitted:
            panel.undo_button.click()
        assert emitted.args == [conversation]
    assert not panel.undo_bar.isVisible()
    panel.delete("n", "New one")
    panel._undo_timer.timeout.emit()
    assert not panel.undo_bar.isVisible()
    with qtbot.assertNotEmitted(panel.restored):
        panel.undo()


def test_ctrl_z_brings_a_deleted_conversation_back_from_the_composer(
    qtbot: QtBot, window: MainWindow, panel: HistoryPanel
) -> None:
    field = window.composer.input
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    panel.delete("n", "New one")
    qtbot.keyClicks(field, "a")
    with qtbot.assertNotEmitted(panel.restored):
        qtbot.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert field.toPlainText() == ""  # what was typed goes first
    with qtbot.waitSignal(panel.restored) as emitted:
        qtbot.keyClick(field, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert emitted.args == ["n"]


def test_recently_deleted_ones_are_restored_or_erased(qtbot: QtBot, panel: HistoryPanel) -> None:
    assert not panel.deleted_button.isVisible()
    panel.set_deleted((NEW, OLD))
    panel.deleted_button.click()
    assert texts(panel)[1:] == ["New one", "Old one"]
    assert "30 days" in texts(panel)[0]
    index = panel.rows.index(1)
    menu: QMenu = panel.menu_of(index, index.data(ROW))
    assert [action.text() for action in menu.actions()] == ["Restore", "Delete for good…"]
    with qtbot.waitSignal(panel.restored) as emitted:
        menu.actions()[0].trigger()
    assert emitted.args == ["n"]
    menu.deleteLater()
    choose(panel, "o")
    qtbot.keyClick(panel.list, Qt.Key.Key_Delete)
    box = panel.findChild(QMessageBox, "eraseBox")
    with qtbot.waitSignal(panel.erased) as emitted:
        box.findChild(QPushButton, "eraseBoxYes").click()
    assert emitted.args == ["o"]
    panel.set_deleted(())  # nothing is left: the list comes back
    assert "Pinned one" in texts(panel)
    assert not panel.deleted_bar.isVisible()


def test_the_dots_of_a_row_open_its_menu_and_do_not_open_it(
    qtbot: QtBot, panel: HistoryPanel, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QModelIndex] = []
    monkeypatch.setattr(panel, "_open_menu", lambda index, _at: opened.append(index))
    index = panel.rows.index(panel.rows.row_of("n"))
    at = HistoryDelegate.more_area(panel.list.visualRect(index)).center()
    with qtbot.assertNotEmitted(panel.open_wanted):
        qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert opened == [index]
    qtbot.mouseClick(panel.list.viewport(), Qt.MouseButton.LeftButton, pos=at - QPoint(60, 0))
    assert opened == [index]  # beside them the conversation is opened


def test_an_empty_list_says_something(panel: HistoryPanel) -> None:
    panel.set_conversations(())
    assert texts(panel) == ["Your conversations will be listed here. They stay on this computer."]
    assert not panel.rows.index(0).flags() & Qt.ItemFlag.ItemIsSelectable


def test_new_chat_stands_on_top_of_the_list(qtbot: QtBot, window: MainWindow, panel) -> None:
    assert panel.new_button.y() < panel.field.mapTo(panel, panel.field.rect().topLeft()).y()
    with qtbot.waitSignal(window.new_conversation_requested):
        panel.new_button.click()


def test_hits_say_what_they_were_found_in(panel: HistoryPanel) -> None:
    panel.field.setText("river")
    panel._search_timer.stop()
    kinds: tuple[HitKind, ...] = ("title", "question", "answer", "document", "picture", "sound")
    panel.set_hits("river", tuple(SearchHit("n", "T", "m", "river", kind=kind) for kind in kinds))
    spoken = [
        panel.rows.index(at).data(Qt.ItemDataRole.AccessibleTextRole)
        for at in range(panel.rows.rowCount())
    ]
    words = ("Title", "Question", "Answer", "Document", "Picture", "Sound")
    assert spoken == [f"T, {word}, river" for word in words]
    image = panel.list.grab().toImage()
    assert not image.isNull()


def test_a_search_shows_hits_and_opens_at_them(qtbot: QtBot, panel: HistoryPanel) -> None:
    panel.field.setText("river")
    with qtbot.waitSignal(panel.search_wanted) as emitted:
        panel._search_timer.timeout.emit()
    assert emitted.args == ["river", ""]
    panel._search_timer.stop()
    hits = (SearchHit("n", "New one", "m7", "a river bank", ((2, 5),)),)
    panel.set_hits("old question", hits)
    assert "Pinned one" in texts(panel)
    panel.set_hits("river", hits)
    assert texts(panel) == ["New one"]
    with qtbot.waitSignal(panel.open_wanted) as emitted:
        qtbot.keyClick(panel.field, Qt.Key.Key_Return)
    assert emitted.args == ["n", "m7", ("river",)]
    panel.set_hits("river", ())
    assert texts(panel) == ["Nothing found"]
    qtbot.keyClick(panel.field, Qt.Key.Key_Escape)
    assert panel.field.text() == ""
    assert "Pinned one" in texts(panel)
    panel.field.clear()
    assert "Pinned one" in texts(panel)


def test_the_menu_pins_and_unpins(qtbot: QtBot, panel: HistoryPanel) -> None:
    for conversation, words, pinned in (("n", "Pin", True), ("p", "Unpin", False)):
        index = panel.rows.index(panel.rows.row_of(conversation))
        menu: QMenu = panel.menu_of(index, index.data(ROW))
        action = next(action for action in menu.actions() if action.text() == words)
        with qtbot.waitSignal(panel.pinned) as emitted:
            action.trigger()
        assert emitted.args == [conversation, pinned]
        menu.deleteLater()


def test_rows_say_to_a_screen_reader_what_the_eye_sees(panel: HistoryPanel) -> None:
    panel.set_busy(frozenset({"n"}))
    role = Qt.ItemDataRole.AccessibleTextRole
    spoken = [panel.rows.index(panel.rows.row_of(name)).data(role) for name in ("p", "n")]
    assert spoken == ["Pinned one, pinned", "New one, answer in progress"]


def test_a_narrow_window_lays_the_list_over_the_conversation(
    qtbot: QtBot, window: MainWindow, panel: HistoryPanel
) -> None:
    assert panel.isVisible()
    window.resize(520, 700)
    assert not panel.isVisible()
    window.areas.toggle_history()
    assert panel.isVisible()
    panel.open_wanted.emit("n", "", ())
    assert not panel.isVisible()
    window.search_history()
    assert panel.isVisible()


def test_rows_are_painted_in_both_schemes(qtbot: QtBot, window: MainWindow, panel) -> None:
    panel.set_busy(frozenset({"o"}))
    panel.set_current("n")
    light = panel.grab().toImage()
    window.appearance.theme.choose("dark")
    assert panel.grab().toImage() != light
    hits = (SearchHit("n", "New one", "m", "long " * 30 + "river", ((150, 5),)),)
    panel.rows.set_hits(hits)
    assert not panel.grab().toImage().isNull()
