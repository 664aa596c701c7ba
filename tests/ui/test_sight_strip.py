"""The strip shows everything that is believed about a picture, for the person to correct."""

from __future__ import annotations

from PySide6.QtWidgets import QLabel, QPlainTextEdit

from mmdesk.messages import Label, Sight
from mmdesk.ui.attachments import Attachments
from mmdesk.ui.sight_strip import SightStrip

SIGHT = Sight(labels=(Label("dog", 0.9),), caption="A dog runs to a sign.", text="STOP")


def shown(strip: SightStrip) -> str:
    labels = [words for words in strip.findChildren(QLabel) if not words.isHidden()]
    return "\n".join(words.text() for words in labels)


def test_caption_labels_and_text_are_shown_and_can_be_corrected(qtbot) -> None:
    attachments = Attachments()
    strip = SightStrip("d", attachments, "dog.png")
    qtbot.addWidget(strip)
    attachments.set_sight("d", SIGHT)
    for words in ("A dog runs to a sign.", "dog (very likely)", "STOP"):
        assert words in shown(strip)
    strip.begin_correction()
    field = strip.findChild(QPlainTextEdit)
    assert field.toPlainText() == "A dog runs to a sign.\nSTOP"
    field.setPlainText("A cat sits by a sign.")
    with qtbot.waitSignal(attachments.corrected) as corrected:
        strip._on_save()
    assert corrected.args == ["d", "A cat sits by a sign."]
    assert "A cat sits by a sign." in shown(strip)
    assert "A dog" not in shown(strip)
