"""Fields of the settings for a model on another computer."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QFormLayout, QLineEdit

from mmdesk.settings import Settings
from mmdesk.ui.i18n import say, tr
from mmdesk.ui.widgets import announce, label, named, text_button


class ServerFields(QObject):
    """Address, model and key of a server, and what the model takes.

    Signals:
        models_wanted(str, str): list the models of this address, with this key.
    """

    models_wanted = Signal(str, str)

    def __init__(self, settings: Settings) -> None:
        super().__init__()
        self.address = QLineEdit(settings.server)
        named(self.address, "serverAddress", tr("Address of the server"))
        self.address.setPlaceholderText("http://gpu.example:8000/v1")
        self.model = QComboBox()
        named(self.model, "serverModel", tr("Model on the server"))
        self.model.setEditable(True)
        self.model.setMinimumContentsLength(16)
        self.model.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.model.setEditText(settings.server_model)
        self.find = text_button(tr("Find models"), "findServerModels", "quiet")
        self.find.clicked.connect(self._on_find)
        self.key = QLineEdit()
        named(self.key, "serverKey", tr("Key of the server"))
        self.key.setEchoMode(QLineEdit.EchoMode.Password)
        self.key.setPlaceholderText(tr("Only if the server asks for one"))
        self.pictures = QCheckBox(tr("The model sees pictures"))
        named(self.pictures, "serverPictures", self.pictures.text())
        self.pictures.setChecked(settings.server_pictures)
        self.sound = QCheckBox(tr("The model hears sound"))
        named(self.sound, "serverSound", self.sound.text())
        self.sound.setChecked(settings.server_sound)
        self.state = label("", "muted", wrap=True)
        self.state.setObjectName("serverState")

    def add_rows(self, form: QFormLayout) -> None:
        """Add the fields to a form."""
        form.addRow(tr("Address"), self.address)
        form.addRow(tr("Key"), self.key)
        form.addRow(tr("Model"), self.model)
        form.addRow(self.find)
        form.addRow(self.state)
        form.addRow(self.pictures)
        form.addRow(self.sound)

    def entered_key(self) -> str:
        """Return the key that was typed; "" where none was."""
        return self.key.text().strip()

    def values(self) -> dict[str, Any]:
        """Return the fields of Settings."""
        return {
            "server": self.address.text().strip(),
            "server_model": self.model.currentText().strip(),
            "server_pictures": self.pictures.isChecked(),
            "server_sound": self.sound.isChecked(),
        }

    def set_models(self, names: tuple[str, ...]) -> None:
        """Offer the models of the server; the first one is taken where none was entered."""
        entered = self.model.currentText().strip()
        self.model.clear()
        self.model.addItems(names)
        self.model.setEditText(entered or next(iter(names), ""))
        text = tr("{count} models found.") if len(names) != 1 else tr("One model found.")
        self._show(text.format(count=len(names)))

    def set_problem(self, text: str) -> None:
        """Say why the models cannot be listed."""
        self._show(text)

    def _show(self, text: str) -> None:
        self.find.setEnabled(True)
        say(self.state.setText, text)
        announce(self.state, text)

    @Slot()
    def _on_find(self) -> None:
        self.find.setEnabled(False)
        say(self.state.setText, tr("Asking the server…"))
        self.models_wanted.emit(self.address.text().strip(), self.entered_key())
