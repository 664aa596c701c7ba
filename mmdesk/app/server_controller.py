"""Controller of the server on another computer: its model in the selector, its sign, its settings.

All connections are made in a thread of its own, and only when the user asks for the list of models.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot

from mmdesk.app.engine_factory import server_address
from mmdesk.errors import InputError, MMDeskError
from mmdesk.network import ServerAddress
from mmdesk.settings import Settings
from mmdesk.translatable import TranslatableText
from mmdesk.ui import sentences, translated
from mmdesk.values import ModelInfo, ServerModel, name_on_server
from mmdesk.workers import WorkerThread

if TYPE_CHECKING:
    from mmdesk.ui import MainWindow, SettingsDialog
    from mmdesk.workers import ModelParts

log = logging.getLogger(__name__)


def server_model_info(settings: Settings) -> ModelInfo | None:
    """Return the server's model as the window lists it; None where none is set up."""
    address = server_address(settings)
    if address is None or not settings.server_model:
        return None
    model = ServerModel(settings.server_model)
    return ModelInfo(
        id=model.id,
        title=TranslatableText("{model} at {host}", model=model.short_name, host=address.host),
        role="language",
        takes=("text", *sorted(settings.server_inputs)),
        licence="",
        download_bytes=0,
        disk_bytes=0,
        installed=True,
        default=False,
        note=TranslatableText("What you send goes to {host}.", host=address.host),
    )


class ServerController(QObject):
    """Controller between the settings, the model selector and the sign."""

    def __init__(self, window: MainWindow, parts: ModelParts, settings: Settings) -> None:
        """List the server's model, and follow which model answers."""
        super().__init__()
        self._window, self._parts = window, parts
        self._thread = WorkerThread("server", self)
        self._closing = threading.Event()
        self._dialog: SettingsDialog | None = None
        self._address: ServerAddress | None = None
        parts.listed.connect(self._on_listed)
        window.pages.settings_opened.connect(self._on_settings_opened)
        self.apply_settings(settings)

    def apply_settings(self, settings: Settings) -> None:
        """List the model of the server that is set up now."""
        self._address = server_address(settings)
        info = server_model_info(settings)
        self._parts.set_served(() if info is None else (info,))

    def close(self) -> bool:
        """End the thread; return False when it did not end in time."""
        self._closing.set()
        return self._thread.close()

    @Slot(object, str)
    def _on_listed(self, infos: tuple[ModelInfo, ...], current: str) -> None:
        address = self._address
        if address is None or name_on_server(current) is None:
            self._window.server_sign.hide()
        else:
            is_readable = not (address.is_encrypted or address.is_this_computer)
            self._window.server_sign.show_host(address.host, is_readable)

    @Slot(object)
    def _on_settings_opened(self, dialog: SettingsDialog) -> None:
        self._dialog = dialog
        dialog.server.models_wanted.connect(self._on_models_wanted)
        dialog.accepted.connect(self._on_accepted)
        dialog.finished.connect(self._on_finished)

    @Slot()
    def _on_finished(self) -> None:
        self._dialog = None

    @Slot(str, str)
    def _on_models_wanted(self, entered: str, key: str) -> None:
        self._thread.call(
            lambda: _names(ServerAddress.parse(entered), key, self._closing),
            self._show_models,
            self._show_problem,
        )

    @Slot()
    def _on_accepted(self) -> None:
        """Tell what is wrong with what was entered, and put the key into the keyring."""
        assert self._dialog is not None
        settings, key = self._dialog.settings(), self._dialog.server.entered_key()
        if not settings.server:
            return
        try:
            address = ServerAddress.parse(settings.server)
        except InputError as problem:
            self._tell(problem)
            return
        if not settings.server_model:
            missing = InputError(
                "No model of {host} is chosen.",
                "Choose one in the settings.",
                host=address.host,
            )
            self._tell(missing)
        if key:
            self._thread.call(lambda: _store(address, key), None, self._tell)

    def _show_models(self, names: tuple[str, ...]) -> None:
        if self._dialog is not None:
            self._dialog.server.set_models(names)

    def _show_problem(self, problem: Exception) -> None:
        if self._dialog is not None:
            self._dialog.server.set_problem(sentences(*map(translated, _in_words(problem))))

    def _tell(self, problem: Exception) -> None:
        self._window.composer.show_error(*_in_words(problem))


def _in_words(problem: Exception) -> tuple[str, str]:
    if isinstance(problem, MMDeskError):
        return problem.user_message, problem.hint
    log.error("the server", exc_info=problem)
    kind = type(problem).__name__
    return TranslatableText("Something went wrong ({kind}).", kind=kind), ""


# --- in the thread --------------------------------------------------------------------------------


def _names(address: ServerAddress, key: str, cancel: threading.Event) -> tuple[str, ...]:
    from mmdesk.engine import ServerConnection, Timeouts, api_key, list_models

    timeouts = Timeouts(connect=5.0, lookup=10.0)
    connection = ServerConnection(address, lambda: key or api_key(address), timeouts)
    return tuple(model.name for model in list_models(connection, cancel))


def _store(address: ServerAddress, key: str) -> None:
    from mmdesk.engine import store_api_key

    store_api_key(address, key)
