"""Offer to download the voice that is needed for reading aloud."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QMessageBox, QWidget

from mmdesk.ui.confirm import ask
from mmdesk.ui.i18n import tr
from mmdesk.ui.model_labels import size_text
from mmdesk.values import ModelInfo


def offer_voice(parent: QWidget, info: ModelInfo, on_yes: Callable[[], object]) -> QMessageBox:
    """Ask whether the voice of a model part is to be downloaded; say what comes with it."""
    about = tr(
        "{size}, once. The voice runs on this computer. It needs the program Piper, which is "
        "installed with it in a folder of its own and used in a process of its own. "
        "Licences: {licence}."
    ).format(size=size_text(info.download_bytes), licence=info.licence)
    return ask(
        parent,
        "voiceOffer",
        tr("Download the English voice?"),
        about,
        tr("Download"),
        on_yes,
    )
