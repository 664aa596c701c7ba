"""The composer by itself: the consequences of sending, and errors."""

from __future__ import annotations

import pytest
from pytestqt.qtbot import QtBot

from mmdesk.ui.attachment_actions import AttachmentActions
from mmdesk.ui.composer import Composer, forecast_text
from mmdesk.ui.pending_attachments import PendingAttachments
from mmdesk.ui.user_message import document_size
from mmdesk.values import DocumentInput, Forecast


def new_composer() -> Composer:
    attachments = PendingAttachments()
    return Composer(attachments, AttachmentActions(attachments, "Chinese"))


@pytest.mark.parametrize(
    ("forecast", "text"),
    [
        (Forecast(wait_s=6.2), "Starts in about 6 s"),
        (Forecast(wait_s=0.4), ""),
        (Forecast(), ""),
        (Forecast(forgotten=1), "the oldest message will be forgotten"),
        (
            Forecast(forgotten=2, wait_s=3.0),
            "the oldest 2 messages will be forgotten · Starts in about 3 s",
        ),
    ],
)
def test_the_consequences_of_sending_in_words(forecast: Forecast, text: str) -> None:
    assert forecast_text(forecast) == text


def test_consequences_are_shown_only_while_something_can_be_sent(qtbot: QtBot) -> None:
    composer = new_composer()
    qtbot.addWidget(composer)
    composer.set_forecast(Forecast(wait_s=6.0))
    assert composer.forecast.text() == ""
    composer.set_text("a question")
    assert composer.forecast.text() == "Starts in about 6 s"


def test_an_error_can_be_dismissed_and_another_one_shown(qtbot: QtBot) -> None:
    composer = new_composer()
    qtbot.addWidget(composer)
    composer.show()
    for message in ("x.png is no picture.", "y.pdf is empty."):
        composer.show_error(message, "")
        assert composer.error_bar.isVisible()
        assert composer.error_bar.message.text() == message
        composer.error_bar.hide()


@pytest.mark.parametrize("name", ["mic_button", "talk_button"])
def test_after_a_missing_microphone_the_user_can_write(qtbot: QtBot, name: str) -> None:
    composer = new_composer()
    qtbot.addWidget(composer)
    composer.show()
    composer.activateWindow()
    getattr(composer, name).setFocus()
    qtbot.waitUntil(getattr(composer, name).hasFocus)
    composer.show_error("No microphone was found.", "")
    qtbot.waitUntil(composer.input.hasFocus)


@pytest.mark.parametrize(
    ("pages", "text"),
    [
        (None, "1,234 characters"),
        (1, "1 page · 1,234 characters"),
        (3, "3 pages · 1,234 characters"),
    ],
)
def test_the_size_of_a_document_in_words(pages: int | None, text: str) -> None:
    assert document_size(DocumentInput("a", "x" * 1234, pages=pages)) == text
