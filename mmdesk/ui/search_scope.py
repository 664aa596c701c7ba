"""Line under the search field while only one project is searched."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from mmdesk.ui.i18n import say, tr
from mmdesk.ui.widgets import ElidedLabel, glyph, icon_button, named


class SearchScope(QFrame):
    """Name of the project that is searched, with a button that searches everything again.

    Attributes:
        project: id of the project; "" for all conversations.

    Signals:
        changed(): another scope was chosen.
    """

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        named(self, "searchScope", tr("Search in a project"))
        self.setProperty("kind", "chip")
        self.project = ""
        self.text = ElidedLabel()
        self.all_button = icon_button(
            "close", "searchAllButton", tr("Search all conversations"), side=26, glyph=12
        )
        self.all_button.clicked.connect(lambda: self.set_project("", ""))
        row = QHBoxLayout(self)
        row.setContentsMargins(10, 2, 4, 2)
        row.addWidget(glyph("folder", "accent", 14))
        row.addWidget(self.text, 1)
        row.addWidget(self.all_button)
        self.hide()

    def set_project(self, project: str, name: str) -> None:
        """Search one project from now on; "" for all conversations."""
        if project == self.project:
            return
        self.project = project
        say(self.text.setText, tr("Only in “{0}”").format(name))
        self.setVisible(bool(project))
        self.changed.emit()
