"""Line over a conversation that stands in a project, with the way to its instructions and files."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mmdesk.ui.i18n import joined, say, tr
from mmdesk.ui.widgets import ElidedLabel, glyph, named, text_button
from mmdesk.values import Project


class ProjectLine(QWidget):
    """Name of the project, what it adds to every question, and a button that opens it.

    Signals:
        opened(str): the project with this id is to be edited.
    """

    opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        named(self, "projectLine", tr("Project"))
        self._project = ""
        self._text = ElidedLabel(kind="muted")
        self._text.setObjectName("projectLineText")
        self.button = text_button("", "openProjectButton", "link", tr("Open the project"))
        self.button.clicked.connect(lambda: self.opened.emit(self._project))
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 6, 24, 0)
        row.setSpacing(6)
        row.addStretch(1)
        row.addWidget(glyph("folder", "accent", 15))
        row.addWidget(self.button)
        row.addWidget(self._text)
        row.addStretch(1)
        self.hide()

    @Slot(object)
    def show_project(self, project: Project | None) -> None:
        """Show a project; None where the conversation stands in none."""
        self.setVisible(project is not None)
        if project is None:
            return
        self._project = project.id
        say(self.button.setText, project.name.replace("&", "&&"))
        say(self.button.setAccessibleName, tr("Open the project {0}").format(project.name))
        say(self.button.setToolTip, tr("Instructions, files and model of this project"))
        parts = [tr("own instructions")] if project.instructions.strip() else []
        if len(project.files) == 1:
            parts.append(tr("1 file"))
        elif project.files:
            parts.append(tr("{0} files").format(len(project.files)))
        say(self._text.setText, joined(" · ", parts))
