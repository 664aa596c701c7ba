"""The description under a picture, which the user can correct."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from mmdesk.ui.edit_field import EditField
from mmdesk.ui.i18n import joined, say, tr
from mmdesk.ui.pending_attachments import PendingAttachments
from mmdesk.ui.widgets import icon_button, label, named, text_button
from mmdesk.values import ImageDescription, Label

_SHORT = 110  # characters of recognised text that are shown before "Show all text"


def likelihood(probability: float) -> str:
    """Return a probability of the recognition in words."""
    if probability >= 0.75:
        return tr("very likely")
    if probability >= 0.4:
        return tr("likely")
    return tr("perhaps") if probability >= 0.15 else tr("a guess")


def caption_and_labels(description: ImageDescription) -> str:
    """Return the caption on one line and the recognised things on another; "" for nothing."""
    recognised = joined(", ", (_label_text(known) for known in description.labels[:4]))
    return joined("\n", (description.caption, recognised))


def _label_text(known: Label) -> str:
    return tr("{0} ({1})").format(known.full_name, likelihood(known.probability))


class DescriptionStrip(QFrame):
    """The ImageDescription of a picture with an editor for the user's correction.

    A picture may be shown in several places; all of them show the description of the one
    `PendingAttachments`.
    """

    def __init__(self, sha256: str, attachments: PendingAttachments, name: str) -> None:
        super().__init__()
        self.sha256 = sha256
        self._attachments = attachments
        self._expanded = False
        self.setProperty("kind", "strip")
        named(self, "sightStrip", tr("Description of {name}").format(name=name))
        self._title = label(tr("What I see"), "muted")
        self._edit_button = icon_button(
            "edit", "editSightButton", tr("Correct the description of {name}").format(name=name),
            tr("Correct this description"), side=28, glyph=15,
        )  # fmt: skip
        self._caption = label(wrap=True)
        self._text_title = label(tr("Text in the picture"), "muted")
        self._text = label(wrap=True)
        for field in (self._caption, self._text):
            field.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._sight = label("", "muted", wrap=True)
        self._more = text_button("", "moreTextButton", "link", tr("Show all text"))
        self._editor = self._make_editor(name)
        self._lay_out()
        self._edit_button.clicked.connect(self.begin_correction)
        self._more.clicked.connect(self._on_more)
        attachments.description_changed.connect(self._on_description)
        attachments.model_changed.connect(self._show_who_sees)
        self._show_who_sees()
        self.refresh()

    def _make_editor(self, name: str) -> QWidget:
        box = QWidget()
        self._field = EditField()
        self._field.setFixedHeight(76)
        self._field.setTabChangesFocus(True)
        self._field.setAcceptDrops(False)
        named(self._field, "sightField", tr("Your description of {name}").format(name=name))
        say(self._field.setPlaceholderText, tr("Describe the picture"))
        save = text_button(tr("Save"), "saveSightButton", "primary")
        cancel = text_button(tr("Cancel"), "cancelSightButton", "quiet")
        say(save.setToolTip, tr("Save (Enter)"))
        save.clicked.connect(self._on_save)
        cancel.clicked.connect(self._end_correction)
        self._field.sent.connect(self._on_save)
        self._field.cancelled.connect(self._end_correction)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(cancel)
        row.addWidget(save)
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._field)
        column.addLayout(row)
        box.hide()
        return box

    def _lay_out(self) -> None:
        self._head = head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._edit_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 4, 6, 8)
        column.setSpacing(2)
        column.addLayout(head)
        shown = (self._caption, self._text_title, self._text, self._more, self._sight, self._editor)
        for widget in shown:
            column.addWidget(widget)

    def add_button(self, button: QWidget) -> None:
        """Put a button behind the one that corrects the description."""
        self._head.addWidget(button)

    # --- showing ------------------------------------------------------------------------------

    @Slot(str)
    def _on_description(self, sha256: str) -> None:
        if sha256 == self.sha256 and self._editor.isHidden():
            self.refresh()

    def refresh(self) -> None:
        """Show the present description."""
        description = self._attachments.description(self.sha256)
        self._edit_button.setVisible(description is not None)
        if description is None:
            self._show(tr("Looking…"), "")
        elif description.correction:
            say(self._title.setText, tr("In your words"))
            self._show(description.correction, "")
        else:
            say(self._title.setText, tr("What I see"))
            nothing = "" if description.text else tr("Nothing recognised")
            self._show(caption_and_labels(description) or nothing, description.text)

    def _show(self, caption: str, text: str) -> None:
        flat = " ".join(text.split())
        short = flat if len(flat) <= _SHORT else flat[:_SHORT].rstrip() + "…"
        say(self._caption.setText, caption)
        self._caption.setVisible(bool(caption))
        self._text.setText(f"“{text if self._expanded else short}”")
        self._text_title.setVisible(bool(flat))
        self._text.setVisible(bool(flat))
        self._more.setVisible(len(flat) > _SHORT)
        say(self._more.setText, tr("Show less") if self._expanded else tr("Show all text"))

    @Slot()
    def _show_who_sees(self) -> None:
        """Say where the language model gets the picture itself, not this description."""
        model = self._attachments.seeing_model
        if model:
            say(self._sight.setText, tr("{model} looks at the picture itself").format(model=model))
        self._sight.setVisible(bool(model))

    @Slot()
    def _on_more(self) -> None:
        self._expanded = not self._expanded
        self.refresh()

    # --- correcting ---------------------------------------------------------------------------

    @Slot()
    def begin_correction(self) -> None:
        """Open the editor with the present description."""
        description = self._attachments.description(self.sha256) or ImageDescription()
        seen = description.caption or caption_and_labels(description)
        parts = [seen, " ".join(description.text.split())]
        self._field.setPlainText(
            description.correction or "\n".join(part for part in parts if part)
        )
        shown = (self._caption, self._text_title, self._text, self._more, self._edit_button)
        for widget in shown:
            widget.hide()
        self._editor.show()
        self._field.setFocus()

    @Slot()
    def _on_save(self) -> None:
        text = self._field.toPlainText().strip()
        self._end_correction()
        self._attachments.correct(self.sha256, text)

    @Slot()
    def _end_correction(self) -> None:
        self._editor.hide()
        self.refresh()
        self._attachments.correction_over.emit()
