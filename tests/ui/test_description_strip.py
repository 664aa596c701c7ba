"""The strip shows the whole description of a picture, and takes the user's correction."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QWidget

from mmdesk.ui.description_strip import DescriptionStrip
from mmdesk.ui.flow_layout import FlowLayout
from mmdesk.ui.pending_attachments import PendingAttachments
from mmdesk.values import ImageDescription, Label

DESCRIPTION = ImageDescription(
    labels=(Label("dog", 0.9),), caption="A dog runs to a sign.", text="STOP"
)


def shown(strip: DescriptionStrip) -> str:
    labels = [label for label in strip.findChildren(QLabel) if not label.isHidden()]
    return "\n".join(label.text() for label in labels)


def test_caption_labels_and_text_are_shown_and_can_be_corrected(qtbot) -> None:
    attachments = PendingAttachments()
    strip = DescriptionStrip("d", attachments, "dog.png")
    qtbot.addWidget(strip)
    attachments.set_description("d", DESCRIPTION)
    for text in ("A dog runs to a sign.", "dog (very likely)", "Text in the picture", "STOP"):
        assert text in shown(strip)
    strip.begin_correction()
    field = strip.findChild(QPlainTextEdit)
    assert field.toPlainText() == "A dog runs to a sign.\nSTOP"
    field.setPlainText("A cat sits by a sign.")
    with qtbot.waitSignal(attachments.corrected) as corrected:
        strip._on_save()
    assert corrected.args == ["d", "A cat sits by a sign."]
    assert "A cat sits by a sign." in shown(strip)
    assert "A dog" not in shown(strip)
    assert "Text in the picture" not in shown(strip)


def test_a_picture_without_a_description_is_being_looked_at(qtbot) -> None:
    strip = DescriptionStrip("d", PendingAttachments(), "dog.png")
    qtbot.addWidget(strip)
    assert "Looking…" in shown(strip)


def test_the_strip_says_that_the_model_looks_at_the_picture_itself(qtbot) -> None:
    attachments = PendingAttachments()
    strip = DescriptionStrip("d", attachments, "dog.png")
    qtbot.addWidget(strip)
    attachments.set_description("d", DESCRIPTION)
    assert "itself" not in shown(strip)
    attachments.set_seeing_model("SmolVLM2")
    assert "SmolVLM2 looks at the picture itself" in shown(strip)
    assert "A dog runs to a sign." in shown(strip)
    attachments.set_seeing_model("")
    assert "itself" not in shown(strip)


def test_a_strip_in_a_row_of_pictures_shows_its_last_line(qtbot) -> None:
    attachments = PendingAttachments()
    attachments.set_description("d", DESCRIPTION)
    row = QWidget()
    qtbot.addWidget(row)
    strip = DescriptionStrip("d", attachments, "dog.png")
    strip.setFixedWidth(90)  # every line of it wraps
    flow = FlowLayout(row)
    flow.addWidget(strip)
    row.resize(400, flow.heightForWidth(400))
    row.show()
    qtbot.waitExposed(row)
    for field in (strip._caption, strip._text):
        assert field.height() >= field.heightForWidth(field.width())
    assert strip._text.geometry().bottom() <= strip.height()


def test_finding_30_enter_saves_a_description_as_it_does_everywhere(qtbot) -> None:
    attachments = PendingAttachments()
    strip = DescriptionStrip("d", attachments, "dog.png")
    qtbot.addWidget(strip)
    attachments.set_description("d", DESCRIPTION)
    strip.begin_correction()
    field = strip.findChild(QPlainTextEdit)
    field.setPlainText("Two")
    field.moveCursor(QTextCursor.MoveOperation.End)
    qtbot.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClicks(field, "dogs.")
    with qtbot.waitSignal(attachments.correction_over):
        qtbot.keyClick(field, Qt.Key.Key_Return)
    assert attachments.description("d").correction == "Two\ndogs."
    strip.begin_correction()
    field.setPlainText("A cat.")
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert attachments.description("d").correction == "Two\ndogs."
