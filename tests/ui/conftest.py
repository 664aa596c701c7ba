"""A window to test, and small values to put into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from mmdesk.settings import Settings
from mmdesk.ui import preload
from mmdesk.ui.main_window import MainWindow
from mmdesk.values import ImageInput, StoredMessage


@pytest.fixture
def window(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[MainWindow]:
    """Show a window in the light scheme, without preloading in a thread."""
    monkeypatch.setattr(preload, "_PAUSE_MS", 1_000_000)
    made = MainWindow(Settings(colour_scheme="light"))
    made.submitted.connect(
        lambda turn: made.conversation.add_message(StoredMessage("", "", turn))
    )  # as the application does
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def picture() -> Callable[[str], ImageInput]:
    """Return a function that makes a small picture; its name is its digest too."""

    def make(name: str) -> ImageInput:
        return ImageInput(name, 40, 30, bytes(range(120)) * 30, sha256=f"digest of {name}")

    return make
