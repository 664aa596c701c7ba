"""The window's contract: what it tells the application, and what it shows of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QMessageBox,
    QPlainTextEdit,
    QProgressBar,
    QScrollBar,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from mmdesk.conversations import ConversationInfo, KeptMessage
from mmdesk.messages import (
    DocumentInput,
    FetchProgress,
    ImageInput,
    Label,
    ModelInfo,
    Sight,
    Stats,
    Turn,
)
from mmdesk.ui import links
from mmdesk.ui.document_chip import DocumentChip
from mmdesk.ui.main_window import MainWindow
from mmdesk.ui.message import AnswerMessage
from mmdesk.ui.sight_strip import SightStrip
from mmdesk.ui.user_message import UserMessage

Picture = Callable[[str], ImageInput]
DOCUMENT = DocumentInput("report.pdf", "words " * 500, pages=3)


def _paste(window: MainWindow, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    window.composer.input.paste()


def _chips(window: MainWindow) -> list[DocumentChip]:
    return window.composer.document_chips


def _last_answer(window: MainWindow) -> AnswerMessage:
    last = window.transcript.messages[-1]
    assert isinstance(last, AnswerMessage)
    return last


# --- sending ----------------------------------------------------------------------------------


def test_enter_sends_what_the_composer_holds(
    qtbot: QtBot, window: MainWindow, picture: Picture
) -> None:
    image = picture("a.png")
    sight = Sight(labels=(Label("dog", 0.9),))
    window.add_image(image)
    window.set_sight(image.sha256, sight)
    window.add_document(DOCUMENT)
    qtbot.keyClicks(window.composer.input, "What is this?")
    with qtbot.waitSignal(window.submitted) as told:
        qtbot.keyClick(window.composer.input, Qt.Key.Key_Return)
    expected = Turn("user", "What is this?", (replace(image, sight=sight),), documents=(DOCUMENT,))
    assert told.args == [expected]
    assert window.composer.input.toPlainText() == ""
    assert window.composer.turn() == Turn("user", "")
    shown = window.transcript.messages[0]
    assert isinstance(shown, UserMessage)
    assert shown.text.toPlainText() == "What is this?"


def test_nothing_is_not_sent(qtbot: QtBot, window: MainWindow) -> None:
    window.composer.input.setPlainText("  \n ")
    with qtbot.assertNotEmitted(window.submitted):
        window.submit()
    assert not window.composer.send_button.isEnabled()


def test_nothing_is_sent_while_an_answer_comes(qtbot: QtBot, window: MainWindow) -> None:
    window.begin_answer()
    window.composer.input.setPlainText("next question")
    with qtbot.assertNotEmitted(window.submitted):
        qtbot.keyClick(window.composer.input, Qt.Key.Key_Return)
    assert window.composer.input.toPlainText() == "next question"
    window.finish_answer(Stats())
    with qtbot.waitSignal(window.submitted):
        window.submit()


def test_send_waits_for_the_language_part_and_says_so(qtbot: QtBot, window: MainWindow) -> None:
    window.set_chat_ready(False, "Still fetching.")
    qtbot.keyClicks(window.composer.input, "hello")
    assert window.composer.input.toPlainText() == "hello"
    assert not window.composer.send_button.isEnabled()
    assert window.composer.reason.text() == "Still fetching."
    with qtbot.assertNotEmitted(window.submitted):
        window.submit()
    window.set_chat_ready(True)
    assert window.composer.send_button.isEnabled()
    assert window.composer.reason.text() == ""


# --- an answer --------------------------------------------------------------------------------


def test_stop_is_there_only_while_an_answer_comes(qtbot: QtBot, window: MainWindow) -> None:
    stop = window.composer.stop_button
    assert not stop.isVisible()
    for end in (
        lambda: window.finish_answer(Stats()),
        window.stop_answer,
        lambda: window.fail_answer("It broke.", ""),
        window.clear_conversation,
    ):
        window.begin_answer()
        assert stop.isVisible()
        with qtbot.waitSignal(window.stop_requested):
            stop.click()
        end()
        assert not stop.isVisible()


def test_escape_stops(qtbot: QtBot, window: MainWindow) -> None:
    window.activateWindow()
    with qtbot.assertNotEmitted(window.stop_requested):
        qtbot.keyClick(window.composer.input, Qt.Key.Key_Escape)
    window.begin_answer()
    with qtbot.waitSignal(window.stop_requested):
        qtbot.keyClick(window.composer.input, Qt.Key.Key_Escape)


@pytest.mark.parametrize("end", ["finish", "stop", "fail"])
def test_what_was_said_stays_however_it_ends(qtbot: QtBot, window: MainWindow, end: str) -> None:
    window.begin_answer()
    window.set_preparing("reading part 2 of 7", 0.25)
    answer = _last_answer(window)
    qtbot.waitUntil(answer.preparing.isVisible)
    assert answer.preparing.bar.fraction == 0.25
    window.append_answer("Half an ")
    window.append_answer("answer")
    if end == "finish":
        window.finish_answer(Stats(decode_tokens_per_s=12.34, ttft_s=0.5))
    elif end == "stop":
        window.stop_answer()
    else:
        window.fail_answer("The engine stopped.", "Ask again.")
    answer.text.flush()
    assert answer.text.document().toPlainText().strip() == "Half an answer"
    assert not answer.preparing.isVisible()
    assert answer.stopped.isVisible() == (end == "stop")
    assert (answer.error is not None) == (end == "fail")
    assert ("12.3 tokens/s" in answer.stats.text()) == (end == "finish")


def test_the_question_of_a_failed_answer_comes_back(
    qtbot: QtBot, window: MainWindow, picture: Picture
) -> None:
    window.add_image(picture("a.png"))
    window.composer.input.setPlainText("a question")
    window.submit()
    window.begin_answer()
    window.composer.input.setPlainText("a draft")
    window.fail_answer("It broke.", "")
    assert window.composer.input.toPlainText() == "a draft"
    error = _last_answer(window).error
    assert error is not None
    button = error.findChild(QAbstractButton, "askAgainButton")
    button.click()
    assert window.composer.input.toPlainText() == "a question\na draft"
    assert [image.name for image in window.attachments.images] == ["a.png"]


def test_the_status_bar_says_what_an_answer_took(window: MainWindow) -> None:
    window.begin_answer()
    window.finish_answer(
        Stats(
            model="m",
            device="cpu",
            decode_tokens_per_s=20.04,
            context_tokens=1234,
            context_limit=8192,
        )
    )
    line = window.status_line
    assert line.model.text() == "m · CPU"
    assert line.speed.text() == "20.0 tokens/s"
    assert line.context.text() == "1,234 / 8,192 tokens"
    line.set_stats(Stats(context_limit=8192))  # a summary's: parts of a document, one by one
    assert line.context.text() == "1,234 / 8,192 tokens"


def test_a_narrow_status_bar_still_says_what_the_engine_does(
    qtbot: QtBot, window: MainWindow
) -> None:
    line = window.status_line
    line.set_state("Ready")
    line.set_stats(Stats(model="a-model-of-2b", device="cpu", decode_tokens_per_s=20.0))
    line.set_stats(Stats(context_tokens=1234, context_limit=8192))
    assert line.speed.isVisible()
    window.resize(480, 700)
    qtbot.waitUntil(lambda: not line.speed.isVisible())
    assert line.state.width() >= line.fontMetrics().horizontalAdvance("Ready")
    window.resize(1240, 700)
    qtbot.waitUntil(line.speed.isVisible)


def test_the_end_is_followed_only_from_the_end(qtbot: QtBot, window: MainWindow) -> None:
    window.begin_answer()
    answer = _last_answer(window)
    window.append_answer("A line.\n\n" * 200)
    answer.text.flush()
    bar = window.transcript.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 500 and bar.value() == bar.maximum())
    assert not window.transcript.jump_button.isVisible()
    bar.setValue(100)
    assert window.transcript.jump_button.isVisible()
    before = bar.maximum()
    window.append_answer("More lines.\n\n" * 50)
    answer.text.flush()
    qtbot.waitUntil(lambda: bar.maximum() > before)
    assert bar.value() == 100
    window.transcript.jump_button.click()
    assert bar.value() == bar.maximum()
    assert not window.transcript.jump_button.isVisible()
    window.stop_answer()


def test_a_new_conversation_is_empty(qtbot: QtBot, window: MainWindow) -> None:
    window.show_user_turn(Turn("user", "hello"))
    window.begin_answer()
    window.append_answer("hi")
    window.composer.input.setPlainText("draft")
    window.clear_conversation()
    assert window.transcript.messages == []
    assert window.transcript.welcome.isVisible()
    assert window.composer.input.toPlainText() == "draft"


# --- pasting and dropping ---------------------------------------------------------------------


def test_files_can_be_chosen_in_a_dialog(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    chosen = [str(tmp_path / "a.png"), str(tmp_path / "b.txt")]
    for path in chosen:
        Path(path).touch()
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    window.choose_files()
    dialog = window.findChild(QFileDialog, "fileDialog")
    dialog.setDirectory(str(tmp_path))
    field = dialog.findChild(QLineEdit, "fileNameEdit")
    field.setText('"a.png" "b.txt"')
    with qtbot.waitSignal(window.files_offered) as offered:
        dialog.accept()
    assert sorted(offered.args[0]) == chosen


def test_a_long_paste_becomes_a_document(window: MainWindow) -> None:
    _paste(window, "x" * 2000)
    assert len(window.composer.input.toPlainText()) == 2000
    assert _chips(window) == []
    window.composer.input.clear()
    _paste(window, "y" * 2001)
    assert window.composer.input.toPlainText() == ""
    assert window.attachments.documents == (DocumentInput("Pasted text", "y" * 2001),)
    (chip,) = _chips(window)
    chip.remove_button.click()
    assert window.attachments.documents == ()


def test_a_documents_jobs_are_told(qtbot: QtBot, window: MainWindow) -> None:
    window.add_document(DOCUMENT)
    _chips(window)[0].summarise_button.setFocus()
    with qtbot.waitSignal(window.summary_requested) as told:
        _chips(window)[0].summarise_button.click()
    assert told.args == [DOCUMENT, 150]
    assert window.focusWidget() is window.composer.input  # and not lost with the button
    window.add_document(DOCUMENT)
    french = next(
        action
        for action in _chips(window)[0].translate_button.menu().actions()
        if action.text() == "French"
    )
    with (
        qtbot.waitSignal(window.translation_requested) as told,
        qtbot.waitSignal(window.settings_changed) as kept,
    ):
        french.trigger()
    assert told.args == [DOCUMENT, "French"]
    assert kept.args[0].translate_to == "French"
    window.add_document(DOCUMENT)
    assert _chips(window)[0].translate_button.text() == "Translate to French"
    _chips(window)[0].ask_button.click()
    assert window.attachments.documents == (DOCUMENT,)


def test_jobs_wait_for_the_answer_that_comes(window: MainWindow, picture: Picture) -> None:
    window.add_document(DOCUMENT)
    window.add_image(picture("a.png"))
    window.begin_answer()
    assert not _chips(window)[0].summarise_button.isEnabled()
    assert not window.image_panel.cards[0].describe_button.isEnabled()
    window.stop_answer()
    assert _chips(window)[0].summarise_button.isEnabled()
    assert window.image_panel.cards[0].describe_button.isEnabled()


def test_a_pasted_picture_is_offered(qtbot: QtBot, window: MainWindow) -> None:
    image = QImage(5, 4, QImage.Format.Format_RGB32)
    image.fill(0)
    QGuiApplication.clipboard().setImage(image)
    with qtbot.waitSignal(window.image_bytes_offered) as told:
        window.composer.input.paste()
    name, encoded = told.args
    assert name.endswith(".png")
    assert QImage.fromData(encoded).size() == image.size()


def test_dropped_files_are_offered(qtbot: QtBot, window: MainWindow, tmp_path) -> None:
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(tmp_path / name)) for name in ("a.png", "b.pdf")])
    copy, left = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    none = Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(50, 50), copy, mime, left, none)
    QCoreApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    assert window.overlay.isVisible()
    with qtbot.waitSignal(window.files_offered) as told:
        QCoreApplication.sendEvent(window, QDropEvent(QPointF(50, 50), copy, mime, left, none))
    assert told.args == [[str(tmp_path / "a.png"), str(tmp_path / "b.pdf")]]
    assert not window.overlay.isVisible()


def test_no_child_takes_a_drop_from_the_window(window: MainWindow) -> None:
    window.show_user_turn(Turn("user", "hello"))
    window.begin_answer()
    window.append_answer("hi")
    window.stop_answer()
    takers = [w for w in window.findChildren(QWidget) if w.acceptDrops()]
    assert takers == []


def test_an_input_error_stands_by_the_composer(window: MainWindow) -> None:
    window.composer.input.setPlainText("draft")
    window.show_error("x.png is no picture.", "Try another.")
    assert window.composer.error_bar.isVisible()
    assert window.composer.input.toPlainText() == "draft"
    window.submit()
    assert not window.composer.error_bar.isVisible()


def test_a_link_is_shown_in_full_before_anything_opens(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(
        links.QDesktopServices, "openUrl", lambda url: opened.append(url.toString())
    )
    address = "https://example.org/a?b=c"
    for name, expected in (("linkCancelButton", []), ("linkOpenButton", [address])):
        window.transcript.link_activated.emit(address)
        box = next(box for box in window.findChildren(QMessageBox) if box.isVisible())
        assert box.informativeText() == address
        assert opened == []
        box.findChild(QAbstractButton, name).click()
        assert opened == expected
        qtbot.waitUntil(lambda: not any(b.isVisible() for b in window.findChildren(QMessageBox)))
    window.transcript.link_activated.emit("file:///etc/passwd")
    box = next(box for box in window.findChildren(QMessageBox) if box.isVisible())
    assert box.findChild(QAbstractButton, "linkOpenButton") is None
    box.close()


# --- pictures ---------------------------------------------------------------------------------


def test_pictures_can_be_described_alone_and_together(
    qtbot: QtBot, window: MainWindow, picture: Picture
) -> None:
    for name in ("a.png", "b.png", "c.png", "a.png"):
        window.add_image(picture(name))
    assert [card.sha256 for card in window.image_panel.cards] == [
        picture(name).sha256 for name in ("a.png", "b.png", "c.png")
    ]
    with qtbot.waitSignal(window.description_requested) as told:
        window.image_panel.cards[1].describe_button.click()
    assert told.args == [(picture("b.png"),)]
    with qtbot.waitSignal(window.description_requested) as told:
        window.image_panel.describe_all.click()
    assert told.args == [(picture("a.png"), picture("c.png"))]
    assert window.attachments.images == ()


def test_a_sight_reaches_waiting_and_sent_pictures(window: MainWindow, picture: Picture) -> None:
    image = picture("a.png")
    window.show_user_turn(Turn("user", "look", (image,)))
    window.add_image(image)
    window.set_sight(image.sha256, Sight(labels=(Label("beagle (dog)", 0.8),), text="STOP"))
    strips = window.findChildren(SightStrip)
    assert len(strips) == 2
    for strip in strips:
        assert strip._seen.text() == "beagle (dog) (very likely)"
        assert strip._read.text() == "“STOP”"


def test_long_read_text_is_shortened_until_asked_for(window: MainWindow, picture: Picture) -> None:
    window.add_image(picture("a.png"))
    window.set_sight(picture("a.png").sha256, Sight(text="word " * 100))
    strip = window.image_panel.cards[0].strip
    assert strip._read.text().endswith("…”")
    strip._more.click()
    assert len(strip._read.text()) > 400


def test_a_correction_is_told_and_kept(qtbot: QtBot, window: MainWindow, picture: Picture) -> None:
    image = picture("a.png")
    window.add_image(image)
    window.set_sight(image.sha256, Sight(labels=(Label("cat", 0.5),)))
    strip = window.image_panel.cards[0].strip
    strip.begin_correction()
    strip._field.setPlainText("my dog Rex")
    with qtbot.waitSignal(window.sight_corrected) as told:
        strip.findChild(QAbstractButton, "saveSightButton").click()
    assert told.args == [image.sha256, "my dog Rex"]
    window.set_sight(image.sha256, Sight(labels=(Label("cat", 0.5),)))
    assert strip._seen.text() == "my dog Rex"
    sent = window.composer.turn().images[0].sight
    assert sent is not None
    assert sent.correction == "my dog Rex"


def test_a_correction_can_be_taken_back(qtbot: QtBot, window: MainWindow, picture: Picture) -> None:
    image = picture("a.png")
    window.add_image(image)
    window.set_sight(image.sha256, Sight(labels=(Label("cat", 0.5),), correction="dog"))
    strip = window.image_panel.cards[0].strip
    strip.begin_correction()
    strip._field.clear()
    with qtbot.waitSignal(window.sight_corrected) as told:
        strip.findChild(QAbstractButton, "saveSightButton").click()
    assert told.args == [image.sha256, ""]
    assert strip._seen.text() == "cat (likely)"


# --- microphone -------------------------------------------------------------------------------


def test_what_was_said_so_far_is_shown_while_speaking(window: MainWindow) -> None:
    window.set_spoken_so_far("too early")
    assert "too early" not in window.microphone_panel.status.text()
    window.set_listening(True)
    window.set_spoken_so_far("The train leaves")
    assert window.microphone_panel.status.text() == "The train leaves"
    window.set_spoken_so_far("word " * 100 + "end")
    assert window.microphone_panel.status.text().startswith("…")
    assert window.microphone_panel.status.text().endswith("end")
    window.set_listening(False)
    assert "end" not in window.microphone_panel.status.text()


def test_the_microphone_toggles(qtbot: QtBot, window: MainWindow) -> None:
    panel = window.microphone_panel
    with qtbot.waitSignal(window.listening_started):
        panel.button.click()
    window.set_listening(True)
    window.set_level(0.5)
    assert panel.elapsed.isVisible()
    with qtbot.waitSignal(window.listening_stopped):
        panel.button.click()
    window.set_listening(False)
    window.set_hearing(True)
    assert not panel.button.isEnabled()
    window.set_hearing(False)
    window.set_spoken_text("")
    assert "Nothing heard" in panel.status.text()


def test_hold_to_talk(qtbot: QtBot, window: MainWindow) -> None:
    window.take_settings(replace(window.settings, hold_to_talk=True))
    button = window.microphone_panel.button
    with qtbot.waitSignal(window.listening_started):
        qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    window.set_listening(True)
    with qtbot.waitSignal(window.listening_stopped):
        qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)
    window.set_listening(False)
    with qtbot.waitSignal(window.listening_started):
        qtbot.keyPress(button, Qt.Key.Key_Space)
    with qtbot.waitSignal(window.listening_stopped):
        qtbot.keyRelease(button, Qt.Key.Key_Space)


def test_spoken_words_land_behind_the_draft(window: MainWindow) -> None:
    window.composer.input.setPlainText("")
    window.set_spoken_text("hello there")
    window.set_spoken_text("again")
    assert window.composer.input.toPlainText() == "hello there again"


# --- first start, models, settings ------------------------------------------------------------


def test_the_first_start_is_told_in_sizes(qtbot: QtBot, window: MainWindow) -> None:
    window.set_fetch_progress(FetchProgress("a", "Language", "downloading", 10**8, 4 * 10**8))
    start = window.first_start
    assert start.isVisible()
    assert start.parts["a"].words.text() == "100 of 400 MB"
    assert start.parts["a"].bar.value() == 250
    with qtbot.waitSignal(window.fetch_cancelled):
        start.cancel_button.click()
    window.set_fetch_failed("Language could not be fetched.", "Check the network.")
    assert not start.cancel_button.isVisible()
    with qtbot.waitSignal(window.fetch_retried):
        start.retry_button.click()
    window.set_fetch_done()
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
    window.set_models(infos, "two")
    box = window.top_bar.models
    assert [box.itemData(n) for n in range(box.count())] == ["one", "two", "three"]
    assert box.currentData() == "two"
    assert [bool(box.model().item(n).isEnabled()) for n in range(3)] == [True, True, False]
    with qtbot.waitSignal(window.model_selected) as told:
        box.activated.emit(0)
    assert told.args == ["one"]


def test_settings_are_told_when_they_change(qtbot: QtBot, window: MainWindow) -> None:
    window.set_microphones(["Desk microphone"])
    window.open_settings()
    dialog = window.findChild(QWidget, "settingsDialog")
    dialog.microphone.setCurrentIndex(dialog.microphone.findData("Desk microphone"))
    dialog.temperature.setValue(0.7)
    dialog.send_spoken.setChecked(True)
    with qtbot.waitSignal(window.settings_changed) as told:
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


def test_the_panels_go_below_in_a_narrow_window(qtbot: QtBot, window: MainWindow) -> None:
    window.resize(1200, 800)
    assert window.splitter.orientation() == Qt.Orientation.Horizontal
    assert window.side.isVisible()
    window.resize(480, 520)
    assert window.splitter.orientation() == Qt.Orientation.Vertical
    assert not window.side.isVisible()
    window.toggle_panels()
    assert window.side.isVisible()
    qtbot.waitUntil(lambda: window.minimumSizeHint().width() <= 480)


def test_a_message_to_the_microphone_shows_hidden_panels(window: MainWindow) -> None:
    window.resize(480, 520)
    window.set_listening(True)
    assert window.microphone_panel.isVisible()
    window.set_listening(False)


CONTROLS = (QAbstractButton, QAbstractSpinBox, QComboBox, QPlainTextEdit, QTextEdit, QProgressBar)


def test_every_control_has_its_names(window: MainWindow, picture: Picture) -> None:
    window.add_image(picture("a.png"))
    window.set_sight(picture("a.png").sha256, Sight(text="word " * 100))
    window.add_document(DOCUMENT)
    window.show_user_turn(Turn("user", "hello", (picture("b.png"),), documents=(DOCUMENT,)))
    window.begin_answer()
    window.append_answer("```py\nx\n```\n")
    window.fail_answer("It broke.", "Try again.")
    window.show_error("Bad.", "Hint.")
    window.set_fetch_progress(FetchProgress("a", "Language", "waiting"))
    window.open_settings()
    window.open_chat_settings()
    window.history.set_conversations((ConversationInfo("c", "A talk"),))
    window.history.delete("c", "A talk")
    window.attachments.enlarge(picture("a.png"))
    question = KeptMessage("q", "", Turn("user", "why?"), versions=("p", "q"))
    window.add_message(question)
    window.transcript.messages[-1].begin_edit()
    window.transcript.link_activated.emit("https://example.org")
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
