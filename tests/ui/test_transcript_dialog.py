"""The transcript of a sound: playing from a word, search, progress, files."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QFileDialog, QWidget

from mmdesk.ui import theme
from mmdesk.ui.transcript_dialog import TranscriptDialog
from mmdesk.values import AudioInput, Segment, Transcript, Word

WORDS = (Word(0.0, 0.4, "Good"), Word(0.4, 0.9, "morning."))
MORE = (Word(61.0, 61.5, "𝒳"), Word(61.5, 62.0, "good"), Word(62.0, 62.4, "plan."))
FIRST = Segment(0.0, 0.9, "Good morning.", WORDS)
SECOND = Segment(61.0, 62.4, "𝒳 good plan.", MORE)
TALK = Transcript("Good morning. 𝒳 good plan.", "en", 0.9, (FIRST, SECOND))
AUDIO = AudioInput("talk.wav", b"\0" * 4 * 16_000 * 90, "d1gest")


@pytest.fixture
def dialog(qtbot, window) -> Iterator[TranscriptDialog]:
    made = TranscriptDialog(AUDIO, window)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.reject()


@pytest.fixture
def whole(dialog) -> TranscriptDialog:
    dialog.finish(AudioInput(AUDIO.name, AUDIO.pcm, AUDIO.sha256, TALK))
    return dialog


def move_to(dialog: TranscriptDialog, text: str) -> None:
    found = dialog.text.document().find(text)
    cursor = dialog.text.textCursor()
    cursor.setPosition(found.selectionStart() + 1)
    dialog.text.setTextCursor(cursor)


def test_segments_stand_with_their_times(whole) -> None:
    assert whole.text.toPlainText() == "0:00\tGood morning.\n1:01\t𝒳 good plan."


@pytest.mark.parametrize(
    ("word", "second"), [("morning", 0.4), ("plan", 62.0), ("good plan", 61.5), ("1:01", 61.0)]
)
def test_enter_plays_from_the_word_at_the_cursor(qtbot, whole, word, second) -> None:
    move_to(whole, word)
    with qtbot.waitSignal(whole.play_wanted) as wanted:
        qtbot.keyClick(whole.text, Qt.Key.Key_Return)
    assert wanted.args[1] == second


def test_a_click_plays_from_the_word(qtbot, whole) -> None:
    found = whole.text.document().find("plan")
    found.setPosition(found.selectionStart() + 1)
    place = whole.text.cursorRect(found).center()
    with qtbot.waitSignal(whole.play_wanted) as wanted:
        qtbot.mouseClick(whole.text.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert wanted.args[1] == 62.0


def test_what_is_heard_is_highlighted(whole) -> None:
    whole.set_second(61.7)
    segment, word = whole.text.extraSelections()
    assert segment.cursor.selectedText() == "1:01\t𝒳 good plan."
    assert word.cursor.selectedText() == "good"
    assert word.format.background().color() == theme.colour(theme.current().accent)
    assert whole.position.text() == "1:01 / 1:30"


def test_play_becomes_stop_while_it_plays(qtbot, whole) -> None:
    with qtbot.waitSignal(whole.play_wanted) as wanted:
        whole.play_button.click()
    assert wanted.args[1] == 0.0
    whole.set_playing(True)
    assert whole.play_button.text() == "Stop"
    assert whole.play_button.accessibleName() == "Stop"
    with qtbot.waitSignal(whole.stop_wanted):
        whole.play_button.click()


def test_words_are_found_and_walked_through(qtbot, whole) -> None:
    qtbot.keyClicks(whole.search, "good")
    assert whole.found.text() == "2 places"
    assert len(whole.text.extraSelections()) == 2
    places = []
    for _ in range(3):
        qtbot.keyClick(whole.search, Qt.Key.Key_Return)
        places.append(whole.text.textCursor().blockNumber())
    assert places[0] != places[1]
    assert places[0] == places[2]


def test_a_growing_transcript_shows_progress_and_keeps_its_place(qtbot, dialog) -> None:
    dialog.set_progress(0.25)
    dialog.grow(Transcript("Good morning.", "en", 0.9, (FIRST,)))
    assert dialog.stage.text() == "Transcribing… 25 %"
    assert not dialog.minutes_button.isEnabled()
    cursor = dialog.text.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.End)
    dialog.text.setTextCursor(cursor)
    before = dialog.text.textCursor().position()
    dialog.finish(AudioInput(AUDIO.name, AUDIO.pcm, AUDIO.sha256, TALK))
    assert dialog.text.document().blockCount() == 2
    assert dialog.text.textCursor().position() >= before
    assert dialog.minutes_button.isEnabled()
    assert not dialog.progress.isVisible()


def test_transcribing_is_cancelled_and_gone_on_with(qtbot, dialog) -> None:
    dialog.set_progress(0.5)
    with qtbot.waitSignal(dialog.cancel_wanted) as wanted:
        dialog.cancel_button.click()
    assert wanted.args == ["d1gest"]
    dialog.stop_transcribing()
    with qtbot.waitSignal(dialog.transcribe_wanted):
        dialog.go_on_button.click()


def test_a_sound_without_speech_says_so(dialog) -> None:
    dialog.finish(AudioInput(AUDIO.name, AUDIO.pcm, AUDIO.sha256, Transcript("")))
    assert dialog.text.toPlainText() == "No speech was found in talk.wav."
    assert not dialog.export_button.isEnabled()


@pytest.mark.parametrize("kind", ["txt", "srt", "vtt"])
def test_a_file_is_chosen_for_each_format(qtbot, whole, kind, tmp_path) -> None:
    menu = whole.export_button.menu()
    next(e for e in menu.actions() if e.objectName() == f"export_{kind}").trigger()
    dialog = whole.findChild(QFileDialog, "transcriptFileDialog")
    with qtbot.waitSignal(whole.save_wanted) as wanted:
        dialog.fileSelected.emit(str(tmp_path / "talk"))
    dialog.reject()
    assert wanted.args == [TALK, str(tmp_path / f"talk.{kind}")]


def test_minutes_say_why_they_cannot_be_written_now(whole) -> None:
    whole.set_possible(False, "The model is loading.")
    assert not whole.minutes_button.isEnabled()
    assert whole.minutes_button.toolTip() == "The model is loading."
    whole.set_possible(True, "")
    assert whole.minutes_button.isEnabled()


def test_every_control_has_a_name_and_is_reached_by_tab(whole) -> None:
    controls = (
        *(whole.play_button, whole.search, whole.text, whole.export_button),
        *(whole.minutes_button, whole.attach_button, whole.close_button),
    )
    for control in controls:
        assert control.accessibleName()
    seen: set[QWidget | None] = set()
    for _ in range(20):
        seen.add(whole.focusWidget())
        whole.focusNextChild()
    assert set(controls) <= seen
