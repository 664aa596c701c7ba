"""The models page: its texts, its buttons and its signals."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from mmdesk.models.hardware_fit import judge
from mmdesk.ui.main_window import MainWindow
from mmdesk.ui.model_labels import fit_text, size_text
from mmdesk.ui.models_page import ModelsPage
from mmdesk.values import DecodeSpeed, FetchProgress, HardwareFit, ModelEntry
from tests.screens.scenes import GB, INFOS, MACHINE

CHAT, EAR, LARGE, SMALL, OWN = INFOS


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow) -> ModelsPage:
    window.pages.set_current_model(CHAT.id)
    window.pages.open_models()
    made = window.pages.models
    assert made is not None
    entries = tuple(ModelEntry(info, judge(info, MACHINE)) for info in INFOS[:4])
    own = ModelEntry(OWN, judge(OWN, MACHINE), folder="/models/Large")
    made.set_entries((*entries, own), MACHINE)
    qtbot.waitExposed(made)
    return made


def press(qtbot: QtBot, button: QPushButton) -> None:
    assert button.isVisible(), button.objectName()
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def answer(page: ModelsPage, name: str, yes: bool) -> None:
    box = page.findChild(QMessageBox, name)
    assert box is not None
    box.findChild(QPushButton, name + ("Yes" if yes else "No")).click()


def words(page: ModelsPage, part: str) -> list[str]:
    card = page.cards[part]
    return [b.text() for b in (card.main, card.other, card.remove) if b.isVisible()]


def test_each_part_offers_what_can_be_done_with_it(page: ModelsPage) -> None:
    assert words(page, CHAT.id) == ["Free memory", "Verify", "Remove"]
    assert words(page, EAR.id) == ["Verify", "Remove"]
    assert words(page, LARGE.id) == ["Download"]
    assert words(page, OWN.id) == ["Use for chat", "Verify", "Remove from list"]
    assert page.cards[CHAT.id].state.text() == "in use"
    assert page.cards[LARGE.id].state.text() == "not downloaded"


def test_a_card_shows_input_size_and_licence(page: ModelsPage) -> None:
    facts = page.cards[LARGE.id].facts.text()
    assert facts == "Input: text · 1.1 GB download, 3.1 GB on disk · Apache-2.0"
    assert "Input: audio" in page.cards[EAR.id].facts.text()
    assert "licence not stated" in page.cards[OWN.id].facts.text()


def test_a_download_is_started_paused_resumed_and_given_up(page: ModelsPage, qtbot: QtBot) -> None:
    card = page.cards[LARGE.id]
    with qtbot.waitSignal(page.fetch_wanted) as wanted:
        press(qtbot, card.main)
    assert wanted.args == [LARGE.id]
    page.set_progress(FetchProgress(LARGE.id, LARGE.title, "downloading", GB // 4, GB))
    assert words(page, LARGE.id) == ["Pause", "Cancel"]
    assert (card.bar.value(), card.progress.text()) == (250, "Downloading: 250 MB of 1.0 GB")
    with qtbot.waitSignal(page.pause_wanted):
        press(qtbot, card.main)
    page.set_paused(LARGE.id)
    page.set_entries((replace(card.entry, fetched=0.25),), MACHINE)
    assert words(page, LARGE.id) == ["Resume", "Cancel"]
    assert card.state.text() == "paused"
    assert "25 %" in card.progress.text()
    with qtbot.waitSignal(page.fetch_wanted):
        press(qtbot, card.main)
    page.set_progress(FetchProgress(LARGE.id, LARGE.title, "converting", 0, GB))
    with qtbot.waitSignal(page.discard_wanted) as given_up:
        press(qtbot, card.other)
    assert given_up.args == [LARGE.id]


def test_the_focus_stays_when_a_button_changes(page: ModelsPage) -> None:
    card = page.cards[LARGE.id]
    card.main.setFocus()
    page.set_progress(FetchProgress(LARGE.id, LARGE.title, "downloading", 1, 2))
    assert page.focusWidget() is card.main
    assert card.main.accessibleName() == f"Pause: {LARGE.title}"


def test_removing_asks_first(page: ModelsPage, qtbot: QtBot) -> None:
    with qtbot.assertNotEmitted(page.remove_wanted):
        press(qtbot, page.cards[EAR.id].remove)
        answer(page, "removeModelQuestion", yes=False)
    press(qtbot, page.cards[CHAT.id].remove)
    with qtbot.waitSignal(page.remove_wanted) as removed:
        boxes = page.findChildren(QMessageBox, "removeModelQuestion")
        assert "the model in use" in boxes[-1].informativeText()
        boxes[-1].findChild(QPushButton, "removeModelQuestionYes").click()
    assert removed.args == [CHAT.id]


def test_a_folder_of_the_user_is_only_removed_from_the_list(page: ModelsPage, qtbot: QtBot) -> None:
    press(qtbot, page.cards[OWN.id].remove)
    box = page.findChild(QMessageBox, "removeModelQuestion")
    assert "not deleted" in box.informativeText()
    box.close()


def test_verifying_shows_progress_and_can_be_stopped(page: ModelsPage, qtbot: QtBot) -> None:
    card = page.cards[EAR.id]
    with qtbot.waitSignal(page.check_wanted):
        press(qtbot, card.other)
    assert words(page, EAR.id) == ["Stop"]
    assert card.bar.isVisible()
    with qtbot.waitSignal(page.check_stopped):
        press(qtbot, card.other)
    page.set_checking(EAR.id, False)
    page.tell(EAR.id, "model.bin has changed.", wrong=True)
    assert words(page, EAR.id) == ["Verify", "Remove"]
    assert card.message.text() == "model.bin has changed."


def test_complaint_4_out_of_memory_is_said_before_and_not_after(
    page: ModelsPage, qtbot: QtBot
) -> None:
    """A model that does not fit says so, and is only chosen against the warning."""
    card = page.cards[OWN.id]
    assert card.fit.text() == (
        "Too large for this computer (needs about 140.6 GB of memory, you have 8.0 GB)"
    )
    with qtbot.assertNotEmitted(page.use_wanted):
        press(qtbot, card.main)
        box = page.findChild(QMessageBox, "dareModelQuestion")
        assert "out of memory" in box.text()
        answer(page, "dareModelQuestion", yes=False)
    press(qtbot, card.main)
    with qtbot.waitSignal(page.use_wanted) as used:
        boxes = page.findChildren(QMessageBox, "dareModelQuestion")
        boxes[-1].findChild(QPushButton, "dareModelQuestionYes").click()
    assert used.args == [OWN.id]


@pytest.mark.parametrize(
    ("fit", "sentence"),
    [
        (HardwareFit("well", 2 * GB, 8 * GB),
         "Runs well here (about 2.0 GB of memory)"),
        (HardwareFit("well", 2 * GB, 8 * GB, DecodeSpeed(34.4, measured=True)),
         "Runs well here (about 2.0 GB of memory) · about 34 tokens/s on this computer"),
        (HardwareFit("slowly", 4 * GB, 8 * GB, DecodeSpeed(3.46, measured=False)),
         "Slow here (about 4.0 GB of memory) · "
         "about 3.5 tokens/s expected from this computer's memory speed"),
        (HardwareFit("tightly", 4 * GB, GB),
         "Close other programs first (needs about 4.0 GB of memory, 1.0 GB free now)"),
        (HardwareFit("disk", 4 * GB, GB), "Not enough disk space (needs 4.0 GB, 1.0 GB free)"),
    ],
)  # fmt: skip
def test_the_fit_is_one_plain_sentence(fit: HardwareFit, sentence: str) -> None:
    assert fit_text(fit) == sentence


def test_sizes_are_written_as_people_read_them() -> None:
    sizes = [size_text(n) for n in (1, 93_000_000, 999_532_008, 1_093_000_000)]
    assert sizes == ["1 MB", "93 MB", "1.0 GB", "1.1 GB"]


def test_a_part_that_is_gone_leaves_the_page(page: ModelsPage) -> None:
    page.set_entries((ModelEntry(CHAT, judge(CHAT, MACHINE)),), MACHINE)
    assert list(page.cards) == [CHAT.id]


def test_a_folder_is_chosen_and_offered(page: ModelsPage, qtbot: QtBot) -> None:
    page.choose_folder()
    dialog = page.findChild(QFileDialog, "modelFolderDialog")
    with qtbot.waitSignal(page.folder_offered) as offered:
        dialog.fileSelected.emit("/models/x")
    assert offered.args == ["/models/x"]
    assert not page.add_button.isEnabled()
    page.set_folder_done()
    assert page.add_button.isEnabled()
    dialog.close()
