"""Files, pasted texts, pictures and speech in the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QGuiApplication, QImage
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QFileDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from mmdesk.translatable import TranslatableText
from mmdesk.ui import link_dialog
from mmdesk.ui.description_strip import DescriptionStrip
from mmdesk.ui.document_card import DocumentCard
from mmdesk.ui.folder_progress import FolderProgress
from mmdesk.ui.main_window import MainWindow
from mmdesk.ui.translate_button import TranslateButton
from mmdesk.values import (
    FOLDER_TYPE,
    AudioInput,
    DocumentInput,
    ImageDescription,
    ImageInput,
    Label,
    StoredMessage,
    Turn,
)

Picture = Callable[[str], ImageInput]
# A menu wants the keyboard, which the offscreen platform has not.
NO_KEYBOARD = pytest.mark.qt_log_level_fail("CRITICAL")
DOCUMENT = DocumentInput("report.pdf", "words " * 500, pages=3)


def _paste(window: MainWindow, text: str) -> None:
    QGuiApplication.clipboard().setText(text)
    window.composer.input.paste()


def _chips(window: MainWindow) -> list[DocumentCard]:
    return window.composer.document_chips


# --- pasting and dropping ---------------------------------------------------------------------


def test_files_can_be_chosen_in_a_dialog(qtbot: QtBot, window: MainWindow, tmp_path: Path) -> None:
    chosen = [str(tmp_path / "a.png"), str(tmp_path / "b.txt")]
    for path in chosen:
        Path(path).touch()
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)
    window.pages.choose_files()
    dialog = window.findChild(QFileDialog, "fileDialog")
    dialog.setDirectory(str(tmp_path))
    assert dialog.nameFilters()[0] == "Pictures, documents and sounds (*)"  # finding 43
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


def test_the_jobs_of_a_document_can_be_started(qtbot: QtBot, window: MainWindow) -> None:
    window.attachments.add_document(DOCUMENT)
    _chips(window)[0].summarise_button.setFocus()
    with qtbot.waitSignal(window.attachment_actions.summary_requested) as emitted:
        _chips(window)[0].summarise_button.click()
    assert emitted.args == [DOCUMENT, 150]
    assert window.focusWidget() is window.composer.input  # and not lost with the button
    window.attachments.add_document(DOCUMENT)
    french = next(
        action
        for action in _chips(window)[0].translate_button.menu().actions()
        if action.text() == "French"
    )
    with (
        qtbot.waitSignal(window.attachment_actions.translation_requested) as emitted,
        qtbot.waitSignal(window.settings_changed) as kept,
    ):
        french.trigger()
    assert emitted.args == [DOCUMENT, "French"]
    assert kept.args[0].translate_to == "French"
    window.attachments.add_document(DOCUMENT)
    assert _chips(window)[0].translate_button.text() == "Translate to French"
    _chips(window)[0].ask_button.click()
    assert window.attachments.documents == (DOCUMENT,)


def test_jobs_wait_for_the_end_of_an_answer(window: MainWindow, picture: Picture) -> None:
    window.attachments.add_document(DOCUMENT)
    window.attachments.add_image(picture("a.png"))
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
    with qtbot.waitSignal(window.composer.image_bytes_offered) as emitted:
        window.composer.input.paste()
    name, encoded = emitted.args
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
    with qtbot.waitSignal(window.files_offered) as emitted:
        QCoreApplication.sendEvent(window, QDropEvent(QPointF(50, 50), copy, mime, left, none))
    assert emitted.args == [[str(tmp_path / "a.png"), str(tmp_path / "b.pdf")]]
    assert not window.overlay.isVisible()


def test_no_child_takes_a_drop_from_the_window(window: MainWindow) -> None:
    window.conversation.add_message(StoredMessage("", "", Turn("user", "hello")))
    window.begin_answer()
    window.conversation.append_answer("hi")
    window.stop_answer()
    takers = [w for w in window.findChildren(QWidget) if w.acceptDrops()]
    assert takers == []


def test_an_input_error_is_shown_above_the_composer(window: MainWindow) -> None:
    window.composer.input.setPlainText("draft")
    window.composer.show_error("x.png is no picture.", "Try another.")
    assert window.composer.error_bar.isVisible()
    assert window.composer.input.toPlainText() == "draft"
    window.composer.submit()
    assert not window.composer.error_bar.isVisible()


def test_a_link_is_shown_in_full_before_anything_opens(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(
        link_dialog.QDesktopServices, "openUrl", lambda url: opened.append(url.toString())
    )
    address = "https://example.org/a?b=c"
    for name, expected in (("linkCancelButton", []), ("linkOpenButton", [address])):
        window.conversation.link_activated.emit(address)
        box = next(box for box in window.findChildren(QMessageBox) if box.isVisible())
        assert box.informativeText() == address
        assert opened == []
        box.findChild(QAbstractButton, name).click()
        assert opened == expected
        qtbot.waitUntil(lambda: not any(b.isVisible() for b in window.findChildren(QMessageBox)))
    window.conversation.link_activated.emit("file:///etc/passwd")
    box = next(box for box in window.findChildren(QMessageBox) if box.isVisible())
    assert box.findChild(QAbstractButton, "linkOpenButton") is None
    box.close()


# --- pictures ---------------------------------------------------------------------------------


def test_pictures_can_be_described_alone_and_together(
    qtbot: QtBot, window: MainWindow, picture: Picture
) -> None:
    for name in ("a.png", "b.png", "c.png", "a.png"):
        window.attachments.add_image(picture(name))
    assert [card.sha256 for card in window.image_panel.cards] == [
        picture(name).sha256 for name in ("a.png", "b.png", "c.png")
    ]
    with qtbot.waitSignal(window.attachment_actions.description_requested) as emitted:
        window.image_panel.cards[1].describe_button.click()
    assert emitted.args == [(picture("b.png"),)]
    with qtbot.waitSignal(window.attachment_actions.description_requested) as emitted:
        window.image_panel.describe_all.click()
    assert emitted.args == [(picture("a.png"), picture("c.png"))]
    assert window.attachments.images == ()


@NO_KEYBOARD
@pytest.mark.parametrize("sent", [False, True])
def test_finding_13_the_actions_of_a_picture_are_over_the_composer_and_in_the_conversation(
    qtbot: QtBot, window: MainWindow, picture: Picture, sent: bool
) -> None:
    image = picture("a.png")
    if sent:
        window.conversation.add_message(StoredMessage("", "", Turn("user", "look", (image,))))
        window.findChild(QToolButton, "attachmentMenuButton").click()
        menu = window.findChild(QMenu, "attachmentMenu")
        press = {entry.objectName(): entry.trigger for entry in menu.actions()}
    else:
        window.attachments.add_image(image)
        card = window.findChild(QWidget, "pendingPicture")
        chips = (*card.findChildren(QPushButton), *card.findChildren(TranslateButton))
        press = {chip.objectName(): chip.click for chip in chips}
    assert set(press) == {"describeChip", "readChip", "translatePictureChip", "askChip"}
    with qtbot.waitSignal(window.attachment_actions.description_requested) as described:
        press["describeChip"]()
    assert [one.sha256 for one in described.args[0]] == [image.sha256]
    assert window.attachments.images == ()
    with qtbot.waitSignal(window.submitted) as asked:
        press["readChip"]()
    assert "text" in asked.args[0].text
    with qtbot.waitSignal(window.attachment_actions.translation_requested) as translated:
        press["translatePictureChip"]()
    assert (translated.args[0].sha256, translated.args[1]) == (image.sha256, "Chinese")
    press["askChip"]()
    assert [one.sha256 for one in window.attachments.images] == [image.sha256]
    assert window.composer.input.placeholderText() == "Ask about a.png"
    assert window.composer.input.hasFocus()


def test_a_picture_of_the_history_is_described_once_its_pixels_are_here(
    qtbot: QtBot, window: MainWindow, picture: Picture
) -> None:
    image = picture("a.png")
    with qtbot.waitSignal(window.attachments.picture_wanted):
        window.attachment_actions.describe((replace(image, rgb=b""),))
    with qtbot.waitSignal(window.attachment_actions.description_requested) as described:
        window.attachments.set_picture(image)
    assert described.args[0][0].rgb == image.rgb


@NO_KEYBOARD
def test_finding_18_a_sent_document_opens_and_can_be_summarised(
    qtbot: QtBot, window: MainWindow
) -> None:
    turn = Turn("user", "Read this", documents=(DOCUMENT,))
    window.conversation.add_message(StoredMessage("", "", turn))
    window.findChild(QToolButton, "openAttachmentButton").click()
    dialog = window.findChild(QDialog, "documentDialog")
    assert dialog.findChild(QPlainTextEdit, "documentText").toPlainText() == DOCUMENT.text
    dialog.reject()
    window.findChild(QToolButton, "attachmentMenuButton").click()
    menu = window.findChild(QMenu, "attachmentMenu")
    with qtbot.waitSignal(window.attachment_actions.summary_requested) as wanted:
        next(e for e in menu.actions() if e.objectName() == "summariseDocument").trigger()
    assert wanted.args[0] is DOCUMENT


def test_finding_22_a_sound_is_a_card_with_its_length_and_actions(
    qtbot: QtBot, window: MainWindow
) -> None:
    audio = AudioInput("memo.m4a", b"\0" * 4 * 16_000 * 65, "d1gest")
    window.attachments.add_sound(audio)
    card = window.findChild(QWidget, "pendingSound")
    assert any(text.text() == "1:05" for text in card.findChildren(QLabel))
    chips = {chip.objectName(): chip for chip in card.findChildren(QPushButton)}
    assert set(chips) == {
        "playChip", "transcriptChip", "summariseSoundChip", "minutesChip", "askChip"
    }  # fmt: skip
    actions = window.attachment_actions
    with qtbot.waitSignal(actions.playback_requested):
        chips["playChip"].click()
    chips["askChip"].click()
    assert window.composer.turn().audio == (audio,)
    with qtbot.waitSignal(actions.transcript_requested):
        chips["transcriptChip"].click()
    assert window.composer.turn().audio == (audio,)
    with qtbot.waitSignal(actions.minutes_requested):
        chips["minutesChip"].click()
    assert window.attachments.is_empty()


def test_a_description_reaches_waiting_and_sent_pictures(
    window: MainWindow, picture: Picture
) -> None:
    image = picture("a.png")
    window.conversation.add_message(StoredMessage("", "", Turn("user", "look", (image,))))
    window.attachments.add_image(image)
    window.attachments.set_description(
        image.sha256, ImageDescription(labels=(Label("beagle", 0.8, "dog"),), text="STOP")
    )
    strips = window.findChildren(DescriptionStrip)
    assert len(strips) == 2
    for strip in strips:
        assert strip._caption.text() == "beagle (dog) (very likely)"
        assert strip._text.text() == "“STOP”"


def test_long_read_text_is_shortened_until_asked_for(window: MainWindow, picture: Picture) -> None:
    window.attachments.add_image(picture("a.png"))
    window.attachments.set_description(
        picture("a.png").sha256, ImageDescription(text="word " * 100)
    )
    strip = window.image_panel.cards[0].strip
    assert strip._text.text().endswith("…”")
    strip._more.click()
    assert len(strip._text.text()) > 400


def test_a_correction_is_saved_and_stays(
    qtbot: QtBot, window: MainWindow, picture: Picture
) -> None:
    image = picture("a.png")
    window.attachments.add_image(image)
    window.attachments.set_description(image.sha256, ImageDescription(labels=(Label("cat", 0.5),)))
    strip = window.image_panel.cards[0].strip
    strip.begin_correction()
    strip._field.setPlainText("my dog Rex")
    with qtbot.waitSignal(window.attachments.corrected) as emitted:
        strip.findChild(QAbstractButton, "saveSightButton").click()
    assert emitted.args == [image.sha256, "my dog Rex"]
    window.attachments.set_description(image.sha256, ImageDescription(labels=(Label("cat", 0.5),)))
    assert strip._caption.text() == "my dog Rex"
    sent = window.composer.turn().images[0].description
    assert sent is not None
    assert sent.correction == "my dog Rex"


def test_a_correction_can_be_taken_back(qtbot: QtBot, window: MainWindow, picture: Picture) -> None:
    image = picture("a.png")
    window.attachments.add_image(image)
    window.attachments.set_description(
        image.sha256, ImageDescription(labels=(Label("cat", 0.5),), correction="dog")
    )
    strip = window.image_panel.cards[0].strip
    strip.begin_correction()
    strip._field.clear()
    with qtbot.waitSignal(window.attachments.corrected) as emitted:
        strip.findChild(QAbstractButton, "saveSightButton").click()
    assert emitted.args == [image.sha256, ""]
    assert strip._caption.text() == "cat (likely)"


# --- microphone -------------------------------------------------------------------------------


def test_the_transcript_so_far_is_shown_while_speaking(window: MainWindow) -> None:
    window.microphone_panel.set_spoken_so_far("too early")
    assert "too early" not in window.microphone_panel.status.text()
    window.set_listening(True)
    window.microphone_panel.set_spoken_so_far("The train leaves")
    assert window.microphone_panel.status.text() == "The train leaves"
    window.microphone_panel.set_spoken_so_far("word " * 100 + "end")
    assert window.microphone_panel.status.text().startswith("…")
    assert window.microphone_panel.status.text().endswith("end")
    window.set_listening(False)
    assert "end" not in window.microphone_panel.status.text()


def test_the_microphone_toggles(qtbot: QtBot, window: MainWindow) -> None:
    panel = window.microphone_panel
    with qtbot.waitSignal(window.microphone_panel.listening_started):
        panel.button.click()
    window.set_listening(True)
    window.microphone_panel.set_level(0.5)
    assert panel.elapsed.isVisible()
    with qtbot.waitSignal(window.microphone_panel.listening_stopped):
        panel.button.click()
    window.set_listening(False)
    window.microphone_panel.set_hearing(True)
    assert not panel.button.isEnabled()
    window.microphone_panel.set_hearing(False)
    window.add_transcript("")
    assert "Nothing heard" in panel.status.text()


def test_hold_to_talk(qtbot: QtBot, window: MainWindow) -> None:
    window.take_settings(replace(window.settings, hold_to_talk=True))
    button = window.microphone_panel.button
    with qtbot.waitSignal(window.microphone_panel.listening_started):
        qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    window.set_listening(True)
    with qtbot.waitSignal(window.microphone_panel.listening_stopped):
        qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)
    window.set_listening(False)
    with qtbot.waitSignal(window.microphone_panel.listening_started):
        qtbot.keyPress(button, Qt.Key.Key_Space)
    with qtbot.waitSignal(window.microphone_panel.listening_stopped):
        qtbot.keyRelease(button, Qt.Key.Key_Space)


def test_spoken_text_is_added_to_the_draft(window: MainWindow) -> None:
    window.composer.input.setPlainText("")
    window.add_transcript("hello there")
    window.add_transcript("again")
    assert window.composer.input.toPlainText() == "hello there again"


# --- what was not read ------------------------------------------------------------------------


def test_what_was_not_read_is_on_the_cards(window: MainWindow, picture: Picture) -> None:
    unread = TranslatableText("Pages {pages} are pictures and were not read.", pages="2 and 3")
    frames = TranslatableText("Only the first of {count} frames was read.", count=9)
    window.attachments.add_document(replace(DOCUMENT, notices=(unread, frames)))
    window.attachments.add_document(DOCUMENT)
    window.attachments.add_image(replace(picture("a.gif"), notices=(frames,)))
    card, plain = _chips(window)
    assert card.notices.text() == f"{unread} {frames}" == card.notices.accessibleName()
    assert card.notices.toolTip() == f"{unread}\n{frames}"
    assert card.notices.isVisibleTo(card)
    assert plain.notices.isHidden()
    assert window.image_panel.cards[0].notices.text() == frames


def test_what_was_not_read_is_on_the_pictures_of_a_message(
    window: MainWindow, picture: Picture
) -> None:
    frames = TranslatableText("Only the first of {count} frames was read.", count=9)
    images = (replace(picture("a.gif"), notices=(frames,)), picture("b.png"))
    window.conversation.add_message(StoredMessage("", "", Turn("user", "What is it?", images)))
    lines = window.conversation.findChildren(QWidget, "fileNotices")
    assert [line.accessibleName() for line in lines if not line.isHidden()] == [str(frames)]


# --- folders ----------------------------------------------------------------------------------


def test_a_folder_is_a_card_that_is_asked_and_not_summarised(window: MainWindow) -> None:
    folder = DocumentInput("papers", "/papers", FOLDER_TYPE, 12, path="/papers")
    window.attachments.add_document(folder)
    (card,) = _chips(window)
    assert "12 documents" in [text.text() for text in card.findChildren(QLabel)]
    assert not card.ask_button.isHidden()
    assert card.summarise_button.isHidden()
    assert card.translate_button.isHidden()
    actions = window.attachment_actions.of_document(folder)
    assert [action.object_name for action in actions] == ["openDocument", "askChip"]


def test_progress_of_a_folder_can_be_cancelled(qtbot: QtBot, window: MainWindow) -> None:
    progress = FolderProgress()
    window.composer.put_first(progress)
    progress.show_progress("papers", "reading document 3 of 12", 0.2)
    assert progress.isVisible()
    assert progress.line.stage.text() == "Reading document 3 of 12 (papers)"
    with qtbot.waitSignal(progress.cancelled):
        qtbot.keyClick(progress.cancel_button, Qt.Key.Key_Space)
    assert not progress.isVisible()
