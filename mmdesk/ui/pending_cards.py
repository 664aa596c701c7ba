"""Cards of the attachments that wait in the composer, with their actions as chips."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from mmdesk.ui.document_card import DocumentCard
from mmdesk.ui.flow_layout import FlowLayout
from mmdesk.ui.i18n import say, tr
from mmdesk.ui.image_view import ImageView
from mmdesk.ui.plain_text import plain_tooltip
from mmdesk.ui.translate_button import TranslateButton
from mmdesk.ui.user_message import duration_text
from mmdesk.ui.widgets import (
    ElidedLabel,
    glyph,
    icon_button,
    label,
    named,
    notices_label,
    text_button,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QPushButton

    from mmdesk.ui.attachment_actions import Action, AttachmentActions
    from mmdesk.ui.pending_attachments import PendingAttachments
    from mmdesk.values import AudioInput, DocumentInput, ImageInput

_THUMBNAIL = QSize(64, 64)
_GAP = 6  # px between chips
_CHIPS = 236  # px of a picture's chips at most, before they take a second row
_HIGHEST = 300  # px; more cards than fit are scrolled


class ActionCard(QFrame):
    """A card with a name, chips of actions and Remove."""

    def __init__(self, object_name: str, accessible: str, actions: AttachmentActions) -> None:
        super().__init__()
        self.setProperty("kind", "chip")
        named(self, object_name, accessible)
        self._actions = actions
        self._chips: list[tuple[QPushButton, Action]] = []
        actions.changed.connect(self._refresh)

    def _chip_row(self, actions: Sequence[Action]) -> QWidget:
        box = QWidget()
        flow = FlowLayout(box, gap=_GAP)
        for action in actions:
            if action.translate is not None:
                translating = TranslateButton(self._actions, action.object_name)
                translating.wanted.connect(action.translate)
                flow.addWidget(translating)
                continue
            chip = text_button(action.text, action.object_name, "small")
            chip.clicked.connect(partial(self._run, action))
            flow.addWidget(chip)
            self._chips.append((chip, action))
        self._refresh()
        return box

    def _width_of_chips(self) -> int:
        widths = [chip.sizeHint().width() for chip, _action in self._chips]
        return sum(widths) + _GAP * (len(widths) - 1)

    def _run(self, action: Action, checked: bool = False) -> None:
        action.run()

    @Slot()
    def _refresh(self) -> None:
        for chip, action in self._chips:
            possible = self._actions.possible or not action.needs_model
            chip.setEnabled(possible)
            say(chip.setToolTip, plain_tooltip("" if possible else self._actions.reason))


class PendingPicture(ActionCard):
    """A picture that waits to be sent.

    Signals:
        removed(): it is not to be sent.
    """

    removed = Signal()

    def __init__(
        self, image: ImageInput, attachments: PendingAttachments, actions: AttachmentActions
    ) -> None:
        super().__init__("pendingPicture", tr("Picture {0}").format(image.name), actions)
        self.sha256 = image.sha256
        remove = icon_button(
            "close", "removeAttachedButton", tr("Remove {0}").format(image.name),
            side=24, glyph=12,
        )  # fmt: skip
        remove.clicked.connect(self.removed)
        name = ElidedLabel(image.name, mode=Qt.TextElideMode.ElideMiddle)
        name.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(name, 1)
        head.addWidget(remove)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addLayout(head)
        chips = self._chip_row(actions.of_picture(image))
        chips.setMinimumWidth(min(_CHIPS, self._width_of_chips()))
        column.addWidget(chips)
        row = QHBoxLayout(self)
        row.setContentsMargins(6, 6, 6, 6)
        row.setSpacing(8)
        row.addWidget(ImageView(image, _THUMBNAIL, attachments=attachments))
        row.addLayout(column, 1)


class PendingSound(ActionCard):
    """A sound file that waits to be sent.

    Signals:
        removed(): it is not to be sent.
    """

    removed = Signal()

    def __init__(self, audio: AudioInput, actions: AttachmentActions) -> None:
        super().__init__("pendingSound", tr("Sound {0}").format(audio.name), actions)
        self.sha256 = audio.sha256
        remove = icon_button(
            "close", "removeSoundButton", tr("Remove {0}").format(audio.name), side=28, glyph=14
        )
        remove.clicked.connect(self.removed)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(glyph("mic", "muted"))
        head.addWidget(ElidedLabel(audio.name, mode=Qt.TextElideMode.ElideMiddle))
        head.addWidget(label(duration_text(audio.seconds), "muted"))
        head.addStretch()
        head.addWidget(remove)
        self.notices = notices_label(audio.notices)
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 6, 6, 8)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.notices)
        column.addWidget(self._chip_row(actions.of_sound(audio)))


class PendingCards(QScrollArea):
    """The cards of all attachments of the next message.

    Attributes:
        pictures, documents, sounds: the cards, in order.

    Signals:
        focus_lost(): the card with the focus is going away.
    """

    focus_lost = Signal()

    def __init__(
        self, attachments: PendingAttachments, actions: AttachmentActions, parent: QWidget
    ) -> None:
        super().__init__(parent)
        named(self, "pendingAttachments", tr("Attachments"))
        self._attachments = attachments
        self._actions = actions
        self.pictures: list[PendingPicture] = []
        self.documents: list[DocumentCard] = []
        self.sounds: list[PendingSound] = []
        inside = QWidget()
        inside.setObjectName("column")
        self._picture_box = QWidget()
        self._flow = FlowLayout(self._picture_box)
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self._column.addWidget(self._picture_box)
        self.setWidget(inside)
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for changed, show in (
            (attachments.images_changed, self._show_pictures),
            (attachments.documents_changed, self._show_documents),
            (attachments.sounds_changed, self._show_sounds),
        ):
            changed.connect(show)
            show()

    def resizeEvent(self, event: object) -> None:
        """Take the height of the cards at the new width."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._fit()

    def _fit(self) -> None:
        """Be as high as the cards, and hidden without any."""
        shown = bool(self.pictures or self.documents or self.sounds)
        self.setVisible(shown)
        if shown:
            self._column.activate()
            width = max(1, self.viewport().width())
            height = self._column.totalHeightForWidth(width)
            if height < 0:
                height = self._column.totalSizeHint().height()
            self.setFixedHeight(min(_HIGHEST, height))

    def _clear(self, cards: Sequence[QWidget]) -> None:
        for card in cards:
            focused = card.window().focusWidget()
            if focused is not None and card.isAncestorOf(focused):
                self.focus_lost.emit()  # or Qt gives the focus to the first control of the window
            layout = self._flow if isinstance(card, PendingPicture) else self._column
            layout.removeWidget(card)
            card.hide()
            card.deleteLater()

    @Slot()
    def _show_pictures(self) -> None:
        self._clear(self.pictures)
        self.pictures = [self._picture(image) for image in self._attachments.images]
        for card in self.pictures:
            self._flow.addWidget(card)
        self._picture_box.setVisible(bool(self.pictures))
        self._fit()

    def _picture(self, image: ImageInput) -> PendingPicture:
        card = PendingPicture(image, self._attachments, self._actions)
        card.removed.connect(partial(self._attachments.remove_image, image.sha256))
        return card

    @Slot()
    def _show_documents(self) -> None:
        self._clear(self.documents)
        self.documents = [self._document(document) for document in self._attachments.documents]
        for card in self.documents:
            self._column.addWidget(card)
        self._fit()

    def _document(self, document: DocumentInput) -> DocumentCard:
        card = DocumentCard(document, self._actions)
        card.removed.connect(self._attachments.remove_document)
        return card

    @Slot()
    def _show_sounds(self) -> None:
        self._clear(self.sounds)
        self.sounds = [self._sound(audio) for audio in self._attachments.sounds]
        for card in self.sounds:
            self._column.addWidget(card)
        self._fit()

    def _sound(self, audio: AudioInput) -> PendingSound:
        card = PendingSound(audio, self._actions)
        card.removed.connect(partial(self._attachments.remove_sound, audio.sha256))
        return card
