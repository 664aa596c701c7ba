"""Controls of the models page that add a model of the user's own."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSizePolicy, QWidget

from mmdesk.ui.i18n import say, tr
from mmdesk.ui.model_labels import size_text
from mmdesk.ui.progress_line import ThinBar
from mmdesk.ui.widgets import ElidedLabel, announce, named, text_button


class AddModelButton(QPushButton):
    """Button with a menu of what can be added.

    Signals:
        folder_wanted(), file_wanted(): the user wants to choose a folder, or a GGUF file.
        hub_wanted(): the user wants a model from the hub.
    """

    folder_wanted = Signal()
    file_wanted = Signal()
    hub_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        text = tr("Add a model…")
        named(self, "addFolderButton", text, tr("Use a model of your own, or one from the hub"))
        say(self.setText, text)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.choices = QMenu(self)
        self.choices.setObjectName("addModelMenu")
        folder = self.choices.addAction("")
        say(folder.setText, tr("Folder…"))
        say(folder.setToolTip, tr("A model in the transformers format; it is not copied"))
        folder.triggered.connect(self.folder_wanted)
        file = self.choices.addAction("")
        say(file.setText, tr("GGUF file…"))
        say(file.setToolTip, tr("A text model of llama.cpp, LM Studio or Ollama; it is converted"))
        file.triggered.connect(self.file_wanted)
        hub = self.choices.addAction("")
        say(hub.setText, tr("From the model hub…"))
        say(hub.setToolTip, tr("Any model of the Hugging Face hub, by its id"))
        hub.triggered.connect(self.hub_wanted)
        self.choices.setToolTipsVisible(True)
        self.setMenu(self.choices)


class AddingLine(QWidget):
    """Line with the model that is being added, visible only meanwhile.

    Signals:
        cancelled(): the user does not want it any more.
    """

    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        named(self, "addingLine", tr("Adding a model"))
        self._name = ""
        self.bar = ThinBar()
        self.bar.setObjectName("addingBar")
        self.text = ElidedLabel(kind="muted")
        self.cancel = text_button(tr("Cancel"), "cancelAddingButton", "small")
        self.cancel.clicked.connect(self._on_cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 4)
        row.setSpacing(12)
        row.addWidget(self.bar)
        row.addWidget(self.text, 1)
        row.addWidget(self.cancel)
        self.hide()

    @property
    def is_busy(self) -> bool:
        """True while a model is being added."""
        return bool(self._name)

    def begin(self, name: str) -> None:
        """Show that a model of this name is being added."""
        self._name = name
        text = tr("Adding {name}…").format(name=name)
        say(self.text.setText, text)
        self.bar.set_fraction(None)
        self.cancel.setEnabled(True)
        self.show()
        announce(self, text)

    def set_converted(self, done_bytes: int) -> None:
        """Show how much of it is converted."""
        if self.is_busy and self.cancel.isEnabled():
            text = tr("Adding {name}: {size} converted")
            say(self.text.setText, text.format(name=self._name, size=size_text(done_bytes)))

    def end(self) -> None:
        """Hide the line: nothing is being added any more."""
        self._name = ""
        self.hide()

    def _on_cancel(self) -> None:
        self.cancel.setEnabled(False)
        say(self.text.setText, tr("Stopping…"))
        self.cancelled.emit()
