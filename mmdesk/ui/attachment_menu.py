"""Menu of an attachment that was sent, and the chip that opens it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from mmdesk.ui.i18n import say, tr
from mmdesk.ui.widgets import ElidedLabel, frame, glyph, icon_button, label, named, notices_label

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from PySide6.QtWidgets import QFrame

    from mmdesk.translatable import TranslatableText
    from mmdesk.ui.attachment_actions import Action, AttachmentActions

_ICON = 26  # px of the button that opens the menu


def open_menu(
    actions: Iterable[Action], possible: bool, parent: QWidget, position: QPoint | None = None
) -> QMenu:
    """Open the menu of an attachment, at a position of the screen or below the parent."""
    menu = QMenu(parent)
    named(menu, "attachmentMenu", tr("Actions"))
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for action in actions:
        entry = menu.addAction("")
        entry.setObjectName(action.object_name)
        say(entry.setText, action.text)
        entry.setEnabled(possible or not action.needs_model)
        entry.triggered.connect(partial(_run, action))
    menu.popup(position or parent.mapToGlobal(QPoint(0, parent.height())))
    return menu


def _run(action: Action, checked: bool = False) -> None:
    action.run()


def menu_button(
    name: str, actions_of: Callable[[], Iterable[Action]], actions: AttachmentActions
) -> QToolButton:
    """Return the button `⋯` that opens the menu of the attachment called `name`."""
    button = icon_button(
        "more", "attachmentMenuButton", tr("Actions for {0}").format(name), side=_ICON, glyph=14,
        token="muted",
    )  # fmt: skip
    button.clicked.connect(lambda: open_menu(actions_of(), actions.possible, button))
    return button


class SentChip(QWidget):
    """A sent document or sound as a chip: a click opens it, `⋯` shows what else can be done."""

    def __init__(
        self,
        drawing: str,
        name: str,
        size: str,
        notices: tuple[TranslatableText, ...],
        actions_of: Callable[[], tuple[Action, ...]],
        actions: AttachmentActions,
    ) -> None:
        super().__init__()
        self._actions_of = actions_of
        self._actions = actions
        self.open_button = QToolButton()
        opening = actions_of()[0].text
        named(self.open_button, "openAttachmentButton", tr("{0}: {1}").format(opening, name))
        self.open_button.setProperty("kind", "chip")
        self.open_button.setCursor(Qt.CursorShape.PointingHandCursor)
        self.open_button.clicked.connect(self._on_open)
        self.menu_button = menu_button(name, actions_of, actions)
        chip = self._make_chip(drawing, name, size, notices)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(chip)

    def _make_chip(
        self, drawing: str, name: str, size: str, notices: tuple[TranslatableText, ...]
    ) -> QFrame:
        chip = frame("chip")
        inside = QHBoxLayout(self.open_button)
        inside.setContentsMargins(8, 4, 8, 4)
        inside.addWidget(glyph(drawing, "muted"))
        inside.addWidget(ElidedLabel(name, mode=Qt.TextElideMode.ElideMiddle))
        inside.addWidget(label(size, "muted"))
        for text in self.open_button.findChildren(QWidget):
            text.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.open_button.setMinimumHeight(inside.sizeHint().height())
        self.open_button.setMinimumWidth(min(360, inside.sizeHint().width()))
        row = QHBoxLayout()
        row.setSpacing(2)
        row.addWidget(self.open_button, 1)
        row.addWidget(self.menu_button)
        column = QVBoxLayout(chip)
        column.setContentsMargins(3, 3, 6, 3)
        column.setSpacing(2)
        column.addLayout(row)
        column.addWidget(notices_label(notices))
        return chip

    def _on_open(self) -> None:
        self._actions_of()[0].run()
