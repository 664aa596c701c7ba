"""Menu of the paper clip: files or a whole folder."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from mmdesk.ui.i18n import say, tr
from mmdesk.ui.widgets import named

if TYPE_CHECKING:
    from mmdesk.ui.page_windows import PageWindows


def open_attach_menu(button: QWidget, pages: PageWindows) -> QMenu:
    """Open the menu above the button; its entries open the dialogs of `pages`."""
    menu = QMenu(button)
    named(menu, "attachMenu", tr("Attach"))
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    for object_name, text, run in (
        ("attachFiles", tr("Add files…"), pages.choose_files),
        ("attachFolder", tr("Add folder…"), pages.choose_folder),
    ):
        entry = menu.addAction("", run)
        entry.setObjectName(object_name)
        say(entry.setText, text)
    height = menu.sizeHint().height()
    menu.popup(button.mapToGlobal(QPoint(0, -height)))
    menu.setActiveAction(menu.actions()[0])
    return menu
