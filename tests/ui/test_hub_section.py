"""The models page's section for models from the hub, and its catalogue."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from mmdesk.translatable import TranslatableText
from mmdesk.ui.main_window import MainWindow
from mmdesk.ui.models_page import ModelsPage
from mmdesk.values import (
    CatalogueEntry,
    FetchProgress,
    HardwareFit,
    HubFile,
    HubPlan,
    ModelInfo,
    UnfinishedDownload,
)
from tests.ui.test_accessible import controls_of, tabbed_through

MB = 10**6
ID = "hub:o/n@" + "a" * 40
PLAN = HubPlan(
    *(ID, "n", "o/n", "main", "a" * 40, (HubFile("model.safetensors", 300 * MB, "f" * 64),)),
    *(100 * MB, 264 * MB, "apache-2.0", True, 900 * MB),
)


def entry(title: str, recommended: bool = False, **more: object) -> CatalogueEntry:
    info = ModelInfo(
        *(f"hub:o/{title}@main", title, "language", ("text", "picture"), "Apache-2.0"),
        *(300 * MB, 300 * MB, False, False, TranslatableText("Quick answers.")),
    )
    fit = HardwareFit("well", 900 * MB, 8000 * MB)
    return CatalogueEntry(info, fit, f"o/{title}", False, recommended=recommended, **more)  # type: ignore[arg-type]


@pytest.fixture
def page(qtbot: QtBot, window: MainWindow) -> ModelsPage:
    window.pages.open_models()
    made = window.pages.models
    assert made is not None
    made.hub.work_offline = False
    qtbot.waitExposed(made)
    return made


def look_up(qtbot: QtBot, page: ModelsPage, text: str = "o/n") -> None:
    page.hub.address.setFocus()
    qtbot.keyClicks(page.hub.address, text)
    qtbot.keyClick(page.hub.address, Qt.Key.Key_Return)


def press(qtbot: QtBot, button: QPushButton) -> None:
    qtbot.waitUntil(button.isVisible)  # rows are shown by the event loop
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def plan_a_download(qtbot: QtBot, page: ModelsPage) -> None:
    look_up(qtbot, page)
    page.hub.set_plan(PLAN)


def test_an_id_is_looked_up_with_the_keyboard(qtbot: QtBot, page: ModelsPage) -> None:
    with qtbot.waitSignal(page.hub.look_up_wanted) as asked:
        look_up(qtbot, page)
    assert asked.args == ["o/n", ""]
    assert not page.hub.look_up.isEnabled()


def test_an_empty_field_asks_nobody(qtbot: QtBot, page: ModelsPage) -> None:
    with qtbot.assertNotEmitted(page.hub.look_up_wanted):
        look_up(qtbot, page, "  ")


def test_the_plan_is_shown_before_anything_is_downloaded(qtbot: QtBot, page: ModelsPage) -> None:
    with qtbot.assertNotEmitted(page.hub.download_wanted):
        plan_a_download(qtbot, page)
    facts = page.hub.plan_facts.text()
    for told in ("One file, 300 MB", "licence: apache-2.0", "aaaaaaaaaaaa (main)", "Gated"):
        assert told in facts
    assert "100 MB are here already" in facts
    with qtbot.waitSignal(page.hub.download_wanted) as wanted:
        press(qtbot, page.hub.download)
    assert wanted.args == [ID]
    assert not page.hub.plan_card.isVisible()


def test_a_plan_can_be_dismissed(qtbot: QtBot, page: ModelsPage) -> None:
    plan_a_download(qtbot, page)
    press(qtbot, page.hub.dismiss)
    assert not page.hub.plan_card.isVisible()
    assert page.hub.downloads == {}


def test_offline_the_hub_is_contacted_after_a_question_only(qtbot: QtBot, page: ModelsPage) -> None:
    page.hub.work_offline = True
    with qtbot.assertNotEmitted(page.hub.look_up_wanted):
        look_up(qtbot, page)
        qtbot.waitUntil(lambda: page.findChild(QMessageBox, "onlineQuestion") is not None)
        box = page.findChild(QMessageBox, "onlineQuestion")
        assert "You work offline" in box.informativeText()
        box.findChild(QPushButton, "onlineQuestionNo").click()
    qtbot.waitUntil(lambda: page.findChild(QMessageBox, "onlineQuestion") is None)
    page.hub.look_up.click()
    box = page.findChild(QMessageBox, "onlineQuestion")
    with qtbot.waitSignal(page.hub.look_up_wanted):
        box.findChild(QPushButton, "onlineQuestionYes").click()


def test_a_refusal_is_one_sentence_and_the_field_stays(qtbot: QtBot, page: ModelsPage) -> None:
    look_up(qtbot, page)
    page.hub.set_refused("o/n has no safetensors weights.", "Choose another one.", False)
    assert page.hub.message.text() == "o/n has no safetensors weights. Choose another one."
    assert page.hub.address.text() == "o/n"
    assert page.hub.look_up.isEnabled()
    assert not page.hub.token.isVisible()


def test_a_gated_model_asks_for_the_token_and_hides_it(qtbot: QtBot, page: ModelsPage) -> None:
    look_up(qtbot, page)
    page.hub.set_refused("Accept the terms first.", "At https://hub.example/o/n.", True)
    assert page.hub.token.isVisible()
    assert page.hub.token.echoMode() is QLineEdit.EchoMode.Password
    qtbot.keyClicks(page.hub.token, "hf_secret")
    with qtbot.waitSignal(page.hub.look_up_wanted) as asked:
        qtbot.keyClick(page.hub.token, Qt.Key.Key_Return)
    assert asked.args == ["o/n", "hf_secret"]
    page.hub.set_plan(PLAN)
    assert page.hub.token.text() == ""
    assert not page.hub.token.isVisible()


def test_a_download_shows_its_progress_and_can_be_paused_and_resumed(
    qtbot: QtBot, page: ModelsPage
) -> None:
    plan_a_download(qtbot, page)
    press(qtbot, page.hub.download)
    row = page.hub.downloads[ID]
    page.hub.set_progress(FetchProgress(ID, "n", "downloading", 150 * MB, 300 * MB))
    assert row.bar.fraction == pytest.approx(0.5)
    assert "150 MB of 300 MB" in row.text.text()
    with qtbot.waitSignal(page.hub.pause_wanted) as paused:
        press(qtbot, row.button)
    assert paused.args == [ID]
    page.hub.set_stopped(ID)
    assert row.button.text() == "Resume"
    assert row.discard.isVisible()
    with qtbot.waitSignal(page.hub.download_wanted):
        press(qtbot, row.button)


def test_a_failure_is_told_and_leaves_resume(qtbot: QtBot, page: ModelsPage) -> None:
    plan_a_download(qtbot, page)
    press(qtbot, page.hub.download)
    page.hub.set_failed(ID, "n could not be downloaded: it broke.", "Try again.")
    assert page.hub.message.text() == "n could not be downloaded: it broke. Try again."
    assert page.hub.downloads[ID].button.text() == "Resume"


def test_what_an_earlier_start_left_can_be_resumed_or_discarded(
    qtbot: QtBot, page: ModelsPage
) -> None:
    page.hub.set_unfinished((UnfinishedDownload(ID, "n", 120 * MB, 300 * MB),))
    row = page.hub.downloads[ID]
    assert "120 MB of 300 MB" in row.text.text()
    with qtbot.waitSignal(page.hub.discard_wanted) as discarded:
        press(qtbot, row.discard)
    assert discarded.args == [ID]
    page.hub.set_unfinished(())
    assert page.hub.downloads == {}


def test_an_installed_model_is_announced_and_its_row_goes(qtbot: QtBot, page: ModelsPage) -> None:
    plan_a_download(qtbot, page)
    press(qtbot, page.hub.download)
    page.hub.set_installed(ID)
    assert page.hub.downloads == {}
    assert page.hub.message.text().startswith("n is installed.")


def test_the_catalogue_shows_what_is_recommended_and_folds_the_rest(
    qtbot: QtBot, page: ModelsPage
) -> None:
    no = TranslatableText("It needs a newer library.")
    page.catalogue.set_entries((entry("Good", True), entry("Other"), entry("Not", problem=no)))
    assert [row.entry.info.title for row in page.catalogue.rows] == ["Good"]
    assert "text, pictures" in page.catalogue.rows[0].facts.text()
    assert page.catalogue.others_button.text() == "More models of the hub (2)"
    press(qtbot, page.catalogue.others_button)
    rows = {row.entry.info.title: row for row in page.catalogue.rows}
    assert list(rows) == ["Good", "Other", "Not"]
    assert "It needs a newer library." in rows["Not"].fit.text()
    assert not rows["Not"].button.isVisibleTo(page)


def test_a_model_of_the_catalogue_is_looked_up_first(qtbot: QtBot, page: ModelsPage) -> None:
    page.catalogue.set_entries((entry("Good", True),))
    with qtbot.waitSignal(page.hub.look_up_wanted) as asked:
        page.catalogue.rows[0].button.click()
    assert asked.args == ["o/Good", ""]
    assert page.hub.address.text() == "o/Good"


def test_every_control_has_a_name_and_is_reached_by_tab(qtbot: QtBot, page: ModelsPage) -> None:
    page.catalogue.set_entries((entry("Good", True), entry("Other")))
    page.hub.set_refused("Accept.", "", True)
    page.hub.set_unfinished((UnfinishedDownload("hub:o/x@b", "x", MB, 2 * MB),))
    hub, row = page.hub, page.hub.downloads["hub:o/x@b"]
    qtbot.waitUntil(lambda: row.button.isVisible() and row.discard.isVisible())
    named, nameless = controls_of(page)
    assert named
    assert nameless == []
    wanted = {hub.address, hub.look_up, hub.token, row.button, row.discard}
    wanted |= {page.catalogue.rows[0].button, page.catalogue.others_button}
    assert wanted <= tabbed_through(page)


def test_the_menu_for_adding_leads_to_the_field(page: ModelsPage, qtbot: QtBot) -> None:
    (action,) = (one for one in page.add_button.choices.actions() if "hub" in one.text())
    action.trigger()
    qtbot.waitUntil(page.hub.address.hasFocus)
