"""The side panel with the pictures of the next message and their descriptions."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from mmdesk.ui.attachment_actions import AttachmentActions
from mmdesk.ui.description_strip import DescriptionStrip
from mmdesk.ui.i18n import say, tr
from mmdesk.ui.image_view import ImageView
from mmdesk.ui.pending_attachments import PendingAttachments
from mmdesk.ui.plain_text import plain_tooltip
from mmdesk.ui.widgets import (
    ElidedLabel,
    frame,
    glyph,
    icon_button,
    label,
    named,
    notices_label,
    text_button,
)
from mmdesk.values import ImageInput

_WIDE_VIEW = QSize(240, 360)  # px, as high as this at most
_LOW_VIEW = QSize(132, 100)


class PictureCard(QFrame):
    """One picture with its description and its buttons.

    Attributes:
        sha256: the picture's digest.
        notices: line with what of the file was not read.

    Signals:
        description_wanted(str), removed(str): the picture's digest.
    """

    description_wanted = Signal(str)
    removed = Signal(str)

    def __init__(self, image: ImageInput, attachments: PendingAttachments) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        named(self, "pictureCard", tr("Picture {0}").format(image.name))
        self.sha256 = image.sha256
        self.strip = DescriptionStrip(image.sha256, attachments, image.name)
        self.notices = notices_label(image.notices)
        self.describe_button = text_button(
            tr("Describe"), "describeButton", "small",
            tr("Describe {0}").format(image.name),
        )  # fmt: skip
        remove = icon_button(
            "close", "removePictureButton", tr("Remove {0}").format(image.name),
            side=28, glyph=14,
        )  # fmt: skip
        self.describe_button.clicked.connect(partial(self.description_wanted.emit, self.sha256))
        remove.clicked.connect(partial(self.removed.emit, self.sha256))
        self._picture = ImageView(
            image, _WIDE_VIEW, stretch=True, whole=True, attachments=attachments
        )
        row = QHBoxLayout()
        row.addWidget(ElidedLabel(image.name, mode=Qt.TextElideMode.ElideMiddle), 1)
        row.addWidget(self.describe_button)
        row.addWidget(remove)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addLayout(row)
        column.addWidget(self.notices)
        column.addWidget(self.strip)
        column.addStretch()
        self._box = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._box.setContentsMargins(10, 10, 10, 10)
        self._box.setSpacing(10)
        self._box.addWidget(self._picture)
        self._box.addLayout(column, 1)

    def set_horizontal(self, horizontal: bool) -> None:
        """Put the description to the right of the picture instead of below it."""
        direction = QBoxLayout.Direction
        self._box.setDirection(direction.LeftToRight if horizontal else direction.TopToBottom)
        self._picture.set_size(_LOW_VIEW if horizontal else _WIDE_VIEW, stretch=not horizontal)


class ImagePanel(QWidget):
    """The panel `imagePanel`: a drop area and a card for each picture.

    Attributes:
        cards: one for each picture, in order.

    Signals:
        choose_wanted(): the user wants to choose files.
    """

    choose_wanted = Signal()

    def __init__(self, attachments: PendingAttachments, actions: AttachmentActions) -> None:
        super().__init__()
        named(self, "imagePanel", tr("Pictures"))
        self._attachments = attachments
        self._actions = actions
        self._horizontal = False
        self.cards: list[PictureCard] = []
        self.describe_all = text_button(tr("Describe all"), "describeAllButton", "small")
        self.describe_all.clicked.connect(self._on_describe_all)
        self._drop = self._make_drop()
        self._list = self._make_list()
        self._lay_out()
        attachments.images_changed.connect(self._show)
        actions.changed.connect(self._refresh)
        self._show()

    def _make_drop(self) -> QFrame:
        area = frame("drop")
        named(area, "dropArea", tr("Drop files here"))
        text = tr("Drop or paste files here (documents and sounds work too)")
        self._invite = label(text, "muted", wrap=True)
        self._invite.setAlignment(Qt.AlignmentFlag.AlignCenter)
        choose = self.choose_button = text_button(
            tr("Choose files…"), "chooseButton", "small", tr("Choose files")
        )
        say(choose.setToolTip, tr("Choose files (Ctrl+O)"))
        choose.clicked.connect(self.choose_wanted)
        column = QVBoxLayout(area)
        column.setContentsMargins(12, 14, 12, 14)
        column.setSpacing(8)
        column.addWidget(glyph("image", "muted", 24), 0, Qt.AlignmentFlag.AlignCenter)
        column.addWidget(self._invite)
        column.addWidget(choose, 0, Qt.AlignmentFlag.AlignCenter)
        return area

    def _make_list(self) -> QScrollArea:
        inside = QWidget()
        inside.setObjectName("pictureList")
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 4, 0)
        self._column.setSpacing(10)
        self._column.addWidget(self._drop)
        self._column.addStretch()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return area

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.addWidget(label(tr("Pictures"), "heading"), 1)
        head.addWidget(self.describe_all)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._list, 1)

    @Slot()
    def _show(self) -> None:
        """Show the pictures of the next message; cards of pictures that stay are not rebuilt."""
        images = {image.sha256: image for image in self._attachments.images}
        for card in [card for card in self.cards if card.sha256 not in images]:
            self.cards.remove(card)
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        known = {card.sha256 for card in self.cards}
        for sha256, image in images.items():
            if sha256 not in known:
                self._add(image)
        self.describe_all.setVisible(len(self.cards) > 1)
        self._refresh()

    def _add(self, image: ImageInput) -> None:
        card = PictureCard(image, self._attachments)
        card.description_wanted.connect(self._on_describe)
        card.removed.connect(self._attachments.remove_image)
        card.set_horizontal(self._horizontal)
        self.cards.append(card)
        self._column.insertWidget(len(self.cards) - 1, card)

    def set_horizontal(self, horizontal: bool) -> None:
        """Set whether the panel lies below the conversation, with width but little height."""
        self._horizontal = horizontal
        for card in self.cards:
            card.set_horizontal(horizontal)

    @Slot()
    def _refresh(self) -> None:
        for button in (self.describe_all, *(card.describe_button for card in self.cards)):
            button.setEnabled(self._actions.possible)
            say(button.setToolTip, plain_tooltip(self._actions.reason))

    @Slot(str)
    def _on_describe(self, sha256: str) -> None:
        images = tuple(image for image in self._attachments.images if image.sha256 == sha256)
        self._actions.describe(images)

    @Slot()
    def _on_describe_all(self) -> None:
        self._actions.describe(self._attachments.images)
