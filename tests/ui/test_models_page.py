"""The models page: its texts, its buttons and its signals."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from mmdesk.models.built_in import built_in_entry
from mmdesk.models.hardware_fit import judge
from mmdesk.translatable import TranslatableText
from mmdesk.ui.found_models import FoundRow
from mmdesk.ui.main_window import MainWindow
from mmdesk.ui.model_labels import fit_text, size_text
from mmdesk.ui.models_page import ModelsPage
from mmdesk.values import (
    ComputeDevice,
    DecodeSpeed,
    FetchProgress,
    FoundModel,
    HardwareFit,
    ModelEntry,
)
from tests.screens.scenes import GB, INFOS, MACHINE
from tests.ui.test_accessible import controls_of, tabbed_through

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


def test_finding_24_no_row_changes_its_height(page: ModelsPage, qtbot: QtBot) -> None:
    card = page.cards[LARGE.id]
    qtbot.waitUntil(lambda: card.height() > 60)
    heights = {at: page.cards[at].sizeHint().height() for at in page.cards}
    assert len({heights[CHAT.id], heights[LARGE.id], heights[OWN.id]}) == 1
    before = heights[LARGE.id]
    page.set_progress(FetchProgress(LARGE.id, LARGE.title, "downloading", GB // 4, GB))
    assert card.sizeHint().height() == before
    page.set_paused(LARGE.id)
    page.tell(LARGE.id, "Not enough disk space. " * 12, wrong=True)
    assert card.sizeHint().height() == before
    page.tell(LARGE.id, "已校验：所有文件完好。")  # in another font
    assert card.sizeHint().height() == before
    fit = HardwareFit("memory", 9 * GB, 8 * GB)
    card.set_entry(replace(card.entry, info=replace(LARGE, installed=True), fit=fit), current=True)
    assert card.sizeHint().height() == before
    page.set_checking(LARGE.id, True)
    assert card.sizeHint().height() == before


def test_finding_24_what_is_in_use_is_seen_at_a_glance(page: ModelsPage) -> None:
    marked = [part for part, card in page.cards.items() if card.state.property("inUse")]
    assert marked == [CHAT.id]
    page.set_current(OWN.id)
    marked = [part for part, card in page.cards.items() if card.state.property("inUse")]
    assert marked == [OWN.id]


def test_a_card_says_what_a_model_is_for_before_its_name(page: ModelsPage, qtbot: QtBot) -> None:
    assert page.cards[EAR.id].purpose.text() == "Speech to text"
    card = page.cards[CHAT.id]
    assert (card.purpose.text(), card.title.text()) == ("Chat", CHAT.title)
    qtbot.waitUntil(lambda: card.title.x() > card.purpose.x())


def test_finding_24_the_own_picture_model_is_listed(page: ModelsPage) -> None:
    entry = built_in_entry(MACHINE)
    page.set_entries((entry,), MACHINE)
    (card,) = page.cards.values()
    assert (card.purpose.text(), card.state.text()) == ("Pictures", "built in")
    assert "36 MB on disk" in card.facts.text()
    assert words(page, entry.info.id) == []


def test_an_error_is_also_shown_whole_below_the_list(page: ModelsPage) -> None:
    page.tell(LARGE.id, "Not enough disk space.", wrong=True)
    assert page.cards[LARGE.id].message.text() == "Not enough disk space."
    assert page.message.text() == f"{LARGE.title}: Not enough disk space."


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


@pytest.mark.parametrize(
    ("at", "name", "mode"),
    [
        (0, "modelFolderDialog", QFileDialog.FileMode.Directory),
        (1, "modelFileDialog", QFileDialog.FileMode.ExistingFile),
    ],
)
def test_a_folder_or_a_gguf_file_is_chosen_and_offered(
    page: ModelsPage, qtbot: QtBot, at: int, name: str, mode: QFileDialog.FileMode
) -> None:
    choices = page.add_button.menu().actions()
    assert [choice.text() for choice in choices] == ["Folder…", "GGUF file…", "From the model hub…"]
    choices[at].trigger()
    dialog = page.findChild(QFileDialog, name)
    assert dialog.fileMode() == mode
    with qtbot.waitSignal(page.folder_offered) as offered:
        dialog.fileSelected.emit("/models/x")
    assert offered.args == ["/models/x"]
    assert not page.add_button.isEnabled()
    page.set_folder_done()
    assert page.add_button.isEnabled()
    dialog.close()


def test_a_model_that_is_being_added_shows_progress_and_can_be_stopped(
    page: ModelsPage, qtbot: QtBot
) -> None:
    assert not page.adding.isVisible()
    page.add("/files/Tiny-Q8_0.gguf")
    assert page.adding.isVisible()
    assert page.adding.text.text() == "Adding Tiny-Q8_0.gguf…"
    page.set_converted(350_000_000)
    assert page.adding.text.text() == "Adding Tiny-Q8_0.gguf: 350 MB converted"
    with qtbot.assertNotEmitted(page.folder_offered):
        page.add("/files/other.gguf")
    assert "Another model is being added" in page.message.text()
    with qtbot.waitSignal(page.adding_stopped):
        press(qtbot, page.adding.cancel)
    page.set_converted(400_000_000)  # was still on its way
    assert page.adding.text.text() == "Stopping…"
    page.set_folder_done()
    assert not page.adding.isVisible()


FOUND = (
    FoundModel("Ollama", "qwen2.5:0.5b", "/ollama/blobs/sha256-1", False, 352_000_000),
    FoundModel(
        *("LM Studio", "eye-vl", "/lm/eye-vl.gguf", False, 800_000_000),
        TranslatableText("{name} is only the picture part of a model.", name="eye-vl"),
    ),
)


def test_other_programs_models_are_listed_and_added(page: ModelsPage, qtbot: QtBot) -> None:
    assert not page.found.isVisible()
    page.set_found(FOUND)
    (row,) = page.found.findChildren(FoundRow)
    assert (row.name.text(), row.facts.text()) == ("qwen2.5:0.5b", "Ollama · 352 MB")
    assert row.button.accessibleName() == "Add: qwen2.5:0.5b"
    qtbot.waitUntil(lambda: row.button.height() > 16)  # laid out
    with qtbot.waitSignal(page.found_offered) as offered:
        press(qtbot, row.button)
    assert offered.args == ["/ollama/blobs/sha256-1", "qwen2.5:0.5b"]
    assert not row.button.isEnabled()
    page.set_folder_done()
    assert row.button.isEnabled()
    page.set_found(())
    assert not page.found.isVisible()


def test_models_that_cannot_be_used_are_folded_with_the_reason(
    page: ModelsPage, qtbot: QtBot
) -> None:
    page.set_found(FOUND)
    button = page.found.others_button
    assert button.text() == "Show others (1)"
    press(qtbot, button)
    row = page.found.findChild(FoundRow, "foundModel-eye-vl")
    qtbot.waitUntil(row.isVisible)
    assert row.reason.text() == "eye-vl is only the picture part of a model."
    assert not hasattr(row, "button")
    press(qtbot, button)
    assert not row.isVisible()


def test_every_control_for_adding_has_a_name_and_a_key(page: ModelsPage, qtbot: QtBot) -> None:
    page.set_found(FOUND)
    page.adding.begin("Tiny")
    page.found.others_button.click()
    qtbot.waitUntil(lambda: page.found.findChild(FoundRow).height() > 16)
    named, nameless = controls_of(page)
    assert named
    assert nameless == []
    row = page.found.findChild(FoundRow, "foundModel-qwen2.5:0.5b")
    reached = tabbed_through(page)
    assert {row.button, page.found.others_button, page.adding.cancel} <= reached


def test_a_dropped_gguf_file_is_offered_to_be_added(
    page: ModelsPage, window: MainWindow, qtbot: QtBot
) -> None:
    page.close()
    window.pages.offer_model("/files/Tiny-Q8_0.gguf")
    box = window.findChild(QMessageBox, "addModelQuestion")
    assert "Tiny-Q8_0.gguf" in box.text()
    with qtbot.waitSignal(page.folder_offered) as offered:
        box.findChild(QPushButton, "addModelQuestionYes").click()
    assert offered.args == ["/files/Tiny-Q8_0.gguf"]
    assert page.isVisible()


def test_graphics_cards_stand_below_the_computer(page: ModelsPage) -> None:
    page.set_cards((ComputeDevice("cuda:0", "ROCm", "Radeon", 16 * GB, 12 * GB),))
    assert page.graphics.text() == "Graphics card: Radeon (ROCm), 16.0 GB memory, 12.0 GB free"
    assert page.graphics.isVisible()
    page.set_cards(())
    assert not page.graphics.isVisible()
