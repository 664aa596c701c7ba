"""The window's contract: what it tells the application, and what it shows of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QPoint, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QDialog,
    QPlainTextEdit,
    QProgressBar,
    QScrollBar,
    QSplitter,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from mmdesk.settings import Settings
from mmdesk.ui import first_paint
from mmdesk.ui.main_window import MainWindow
from mmdesk.values import (
    ConversationInfo,
    DocumentInput,
    FetchProgress,
    ImageDescription,
    ImageInput,
    ModelInfo,
    Stats,
    StoredMessage,
    Turn,
)

Picture = Callable[[str], ImageInput]
DOCUMENT = DocumentInput("report.pdf", "words " * 500, pages=3)


# --- first start, models, settings ------------------------------------------------------------


def test_the_first_start_is_told_in_sizes(qtbot: QtBot, window: MainWindow) -> None:
    window.download_panel.set_progress(
        FetchProgress("a", "Language", "downloading", 10**8, 4 * 10**8)
    )
    start = window.download_panel
    assert start.isVisible()
    assert start.parts["a"].progress.text() == "100 of 400 MB"
    assert start.parts["a"].bar.value() == 250
    with qtbot.waitSignal(window.download_panel.cancelled):
        start.cancel_button.click()
    window.download_panel.set_failed("Language could not be fetched.", "Check the network.")
    assert not start.cancel_button.isVisible()
    with qtbot.waitSignal(window.download_panel.retried):
        start.retry_button.click()
    window.download_panel.set_done()
    assert not start.isVisible()


def _info(part: str, *, installed: bool, role: str = "language") -> ModelInfo:
    return ModelInfo(part, part.title(), role, ("text",), "MIT", 10**8, 10**9, installed, False)  # type: ignore[arg-type]


def test_only_language_parts_that_are_here_can_be_chosen(qtbot: QtBot, window: MainWindow) -> None:
    infos = (
        _info("one", installed=True),
        _info("two", installed=True),
        _info("three", installed=False),
        _info("ears", installed=True, role="speech"),
    )
    window.top_bar.set_models(infos, "two")
    box = window.top_bar.models
    assert [box.itemData(n) for n in range(box.count())] == ["one", "two", "three"]
    assert box.currentData() == "two"
    assert [bool(box.model().item(n).isEnabled()) for n in range(3)] == [True, True, False]
    with qtbot.waitSignal(window.top_bar.model_selected) as told:
        box.activated.emit(0)
    assert told.args == ["one"]


def test_the_selector_says_what_a_model_takes(window: MainWindow) -> None:
    infos = (
        _info("words", installed=True),
        replace(_info("eyes", installed=True), takes=("text", "picture")),
        replace(_info("omni", installed=True), takes=("text", "picture", "sound")),
    )
    window.top_bar.set_models(infos, "words")
    box = window.top_bar.models
    assert [box.itemText(n) for n in range(box.count())] == [
        "Words",
        "Eyes · takes pictures",
        "Omni · takes pictures and audio",
    ]


def test_settings_are_told_when_they_change(qtbot: QtBot, window: MainWindow) -> None:
    window.pages.set_microphones(["Desk microphone"])
    window.open_settings()
    dialog = window.findChild(QWidget, "settingsDialog")
    dialog.microphone.setCurrentIndex(dialog.microphone.findData("Desk microphone"))
    dialog.temperature.setValue(0.7)
    with qtbot.waitSignal(window.settings_changed) as told:
        dialog.send_spoken.setChecked(True)
    dialog.accept()
    assert told.args[0].microphone == "Desk microphone"
    assert told.args[0].temperature == 0.7
    assert told.args[0].send_spoken


def test_closing_is_told(qtbot: QtBot, window: MainWindow) -> None:
    window.set_listening(True)
    with qtbot.waitSignal(window.closed):
        window.close()


def test_new_chat_is_told(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.new_conversation_requested):
        window.top_bar.new_chat.click()


# --- shape and names --------------------------------------------------------------------------


def test_finding_12_the_panels_are_closed_until_they_are_used(
    window: MainWindow, picture: Picture
) -> None:
    window.resize(1200, 800)
    side = window.findChild(QWidget, "side")
    assert not side.isVisible()
    window.attachments.add_image(picture("a.png"))
    assert window.image_panel.isVisible()
    window.attachments.clear()
    assert not side.isVisible()
    window.set_listening(True)
    assert window.microphone_panel.isVisible()
    window.set_listening(False)
    assert not side.isVisible()


def test_finding_12_the_user_has_the_last_word_about_the_panels(
    window: MainWindow, picture: Picture
) -> None:
    window.resize(1200, 800)
    side = window.findChild(QWidget, "side")
    window.attachments.add_image(picture("a.png"))
    window.areas.toggle_panels()
    window.attachments.add_image(picture("b.png"))
    assert not side.isVisible()
    window.areas.toggle_panels()
    window.attachments.clear()
    assert side.isVisible()


def test_the_panels_go_below_in_a_narrow_window(window: MainWindow) -> None:
    window.resize(1200, 800)
    assert window.findChild(QSplitter, "splitter").orientation() == Qt.Orientation.Horizontal
    window.resize(480, 520)
    assert window.findChild(QSplitter, "splitter").orientation() == Qt.Orientation.Vertical
    window.areas.toggle_panels()
    assert window.findChild(QWidget, "side").isVisible()


def test_finding_16_a_window_of_420_px_shows_everything_but_panels(
    qtbot: QtBot, window: MainWindow, picture: Picture
) -> None:
    window.resize(420, 600)
    window.attachments.add_image(picture("a.png"))
    window.set_listening(True)
    assert window.width() == 420
    assert not window.findChild(QWidget, "side").isVisible()
    assert window.composer.speech.text() == "Listening…"
    qtbot.waitUntil(lambda: window.minimumSizeHint().width() <= 420)
    for name in ("chatInput", "sendButton", "micButton", "attachButton", "pendingPicture"):
        control = window.findChild(QWidget, name)
        left = control.mapTo(window, QPoint(0, 0)).x()
        assert left >= 0, name
        assert left + control.width() <= 420, name
    window.set_listening(False)


def test_finding_16_the_list_lies_over_a_narrow_conversation_and_comes_back(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.resize(1200, 800)
    assert window.history.isVisible()
    window.resize(420, 600)
    assert not window.history.isVisible()
    window.areas.toggle_history()
    assert window.history.isVisible()
    assert window.history.width() < 420
    assert window.conversation.isVisible()
    window.areas.leave_history()
    assert not window.history.isVisible()
    window.resize(1200, 800)
    assert window.history.isVisible()
    assert window.history.mapTo(window, QPoint(0, 0)).x() == 0
    beside = window.history.width
    qtbot.waitUntil(lambda: window.conversation.mapTo(window, QPoint(0, 0)).x() >= beside() >= 200)


def test_finding_11_what_is_typed_outside_of_a_field_goes_to_the_composer(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.begin_answer("m1")
    window.conversation.append_answer("Some words.")
    window.finish_answer(Stats())
    for place in (window.top_bar.panels, window.conversation, window.conversation.messages[0].text):
        window.composer.input.clear()
        place.setFocus()
        qtbot.keyClicks(place, "hi")
        assert window.composer.input.toPlainText() == "hi"
        assert window.composer.input.hasFocus()
        window.composer.input.clearFocus()


def test_finding_11_a_dialog_gives_the_focus_back_to_the_composer(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    window.top_bar.settings.setFocus()
    window.open_settings()
    dialog = window.findChild(QDialog, "settingsDialog")
    dialog.reject()
    qtbot.waitUntil(window.composer.input.hasFocus)


def test_finding_19_errors_close_by_themselves(qtbot: QtBot, window: MainWindow) -> None:
    bar = window.composer.error_bar
    for way in (
        window.composer.escape,
        window.clear_conversation,
        lambda: window.files_offered.emit(["b.txt"]),
    ):
        window.composer.show_error("mmdesk can't open a.zip.", "")
        assert bar.isVisible()
        way()
        assert not bar.isVisible()
    assert window.composer.input.hasFocus()


def test_finding_19_escape_closes_the_error_before_it_stops_the_answer(
    qtbot: QtBot, window: MainWindow
) -> None:
    window.begin_answer()
    window.composer.show_error("No microphone was found.", "")
    with qtbot.assertNotEmitted(window.stop_requested):
        window.composer.escape()
    with qtbot.waitSignal(window.stop_requested):
        window.composer.escape()


def test_finding_31_the_composer_is_in_the_middle_of_the_conversation(window: MainWindow) -> None:
    window.resize(1200, 800)
    area, card = window.conversation, window.composer.input.parentWidget()
    left = card.mapTo(window, QPoint(0, 0)).x() - area.mapTo(window, QPoint(0, 0)).x()
    assert abs(left - (area.width() - left - card.width())) <= 1


def test_finding_7_an_example_is_sent_at_once(qtbot: QtBot, window: MainWindow) -> None:
    with qtbot.waitSignal(window.submitted) as sent:
        window.findChild(QAbstractButton, "example3Button").click()
    assert "Python" in sent.args[0].text


def test_finding_7_a_sample_picture_and_a_sample_page_are_tried_in_one_step(
    qtbot: QtBot, window: MainWindow, picture: Picture
) -> None:
    with qtbot.waitSignal(window.files_offered) as offered:
        window.findChild(QAbstractButton, "example1Button").click()
    (path,) = offered.args[0]
    assert Path(path).exists()
    with qtbot.waitSignal(window.submitted) as sent:
        window.attachments.add_image(picture(Path(path).name))
    assert sent.args[0].text == "What is the Wi-Fi password?"
    with qtbot.waitSignal(window.files_offered) as offered:
        window.findChild(QAbstractButton, "example2Button").click()
    (path,) = offered.args[0]
    document = DocumentInput(Path(path).name, Path(path).read_text("utf-8"))
    with qtbot.waitSignal(window.attachment_actions.summary_requested) as summary:
        window.attachments.add_document(document)
    assert summary.args[0] is document


def test_finding_13_no_examples_beside_what_waits_to_be_sent(
    window: MainWindow, picture: Picture
) -> None:
    card = window.findChild(QAbstractButton, "example1Button")
    assert card.isVisible()
    window.attachments.add_image(picture("a.png"))
    assert not card.isVisible()
    window.attachments.clear()
    assert card.isVisible()


CONTROLS = (QAbstractButton, QAbstractSpinBox, QComboBox, QPlainTextEdit, QTextEdit, QProgressBar)


def test_every_control_has_its_names(window: MainWindow, picture: Picture) -> None:
    window.attachments.add_image(picture("a.png"))
    window.attachments.set_description(
        picture("a.png").sha256, ImageDescription(text="word " * 100)
    )
    window.attachments.add_document(DOCUMENT)
    window.conversation.add_message(
        StoredMessage("", "", Turn("user", "hello", (picture("b.png"),), documents=(DOCUMENT,)))
    )
    window.begin_answer()
    window.conversation.append_answer("```py\nx\n```\n")
    window.fail_answer("It broke.", "Try again.")
    window.composer.show_error("Bad.", "Hint.")
    window.download_panel.set_progress(FetchProgress("a", "Language", "waiting"))
    window.open_settings()
    window.pages.open_chat_settings()
    window.history.set_conversations((ConversationInfo("c", "A talk"),))
    window.history.delete("c", "A talk")
    window.attachments.enlarge(picture("a.png"))
    question = StoredMessage("q", "", Turn("user", "why?"), versions=("p", "q"))
    window.conversation.add_message(question)
    window.conversation.messages[-1].begin_edit()
    window.conversation.link_activated.emit("https://example.org")
    nameless = [
        (type(w).__name__, w.objectName(), w.accessibleName())
        for w in window.findChildren(QWidget)
        if isinstance(w, CONTROLS)
        and not isinstance(w, QScrollBar)
        and not (w.objectName() and w.accessibleName())
    ]
    assert nameless == []
    for name in ("settingsDialog", "linkQuestion"):
        window.findChild(QWidget, name).close()


@pytest.mark.parametrize(
    "name",
    [
        *("transcript", "chatInput", "sendButton", "stopButton", "imagePanel"),
        *("microphonePanel", "micButton", "modelSelector", "statusBar"),
    ],
)
def test_the_names_other_programs_rely_on(window: MainWindow, name: str) -> None:
    assert window.objectName() == "mainWindow"
    found = window.findChildren(QWidget, name)
    assert len(found) == 1
    assert found[0].accessibleName()


def test_tab_leaves_the_composer_and_goes_round(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    window.composer.input.setFocus()
    seen = []
    widget = window.composer.input
    for _ in range(200):
        widget = widget.nextInFocusChain()
        if widget is window.composer.input:
            break
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.isVisible():
            seen.append(widget.objectName())
    order = [seen.index(n) for n in ("attachButton", "micButton", "modelSelector", "transcript")]
    assert order == sorted(order)


def test_importing_the_window_loads_nothing_heavy() -> None:
    import subprocess
    import sys

    code = (
        "import sys, mmdesk.ui.main_window as m;"
        "heavy = {'torch','transformers','markdown_it','pygments','numpy'} & set(sys.modules);"
        "print(sorted(heavy))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout.strip() == "[]"


def test_the_first_paint_is_announced_once_and_after_the_window_is_shown(qtbot) -> None:
    window, shown = MainWindow(Settings(), bare=True), []
    qtbot.addWidget(window)
    window.first_painted.connect(lambda: shown.append(window.isVisible()))
    with qtbot.waitSignal(window.first_painted):
        window.show()
    window.repaint()
    assert window.painted
    assert shown == [True]


def test_a_window_that_is_never_painted_starts_its_work_all_the_same(qtbot, monkeypatch) -> None:
    monkeypatch.setattr(first_paint, "_NEVER_PAINTED_MS", 0)
    window = MainWindow(Settings(), bare=True)
    qtbot.addWidget(window)
    with qtbot.waitSignal(window.first_painted):
        QCoreApplication.sendEvent(window, QShowEvent())  # and no paint follows
