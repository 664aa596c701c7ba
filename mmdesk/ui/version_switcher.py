"""Arrows between the versions of a message: 2 / 3."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mmdesk.ui.i18n import tr
from mmdesk.ui.widgets import icon_button, label, named


class VersionSwitch(QWidget):
    """Hidden while there is only one version.

    Signals:
        chosen(str): the id of the version to show.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        named(self, "versionSwitch", tr("Versions of this message"))
        self._versions: tuple[str, ...] = ()
        self._at = 0
        self._locked = False
        self.back = icon_button(
            "chevron-left", "previousVersionButton", tr("Previous version"),
            side=26, glyph=14, token="muted",
        )  # fmt: skip
        self.count = label("", "muted")
        self.count.setObjectName("versionCount")
        self.on = icon_button(
            "chevron-right", "nextVersionButton", tr("Next version"),
            side=26, glyph=14, token="muted",
        )  # fmt: skip
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        for widget in (self.back, self.count, self.on):
            row.addWidget(widget)
        self.back.clicked.connect(self._on_back)
        self.on.clicked.connect(self._on_on)
        self.hide()

    def show_versions(self, message: str, versions: tuple[str, ...]) -> None:
        """All versions, and the id of the one that is shown."""
        self._versions = versions
        self._at = versions.index(message) if message in versions else 0
        self.count.setText(f"{self._at + 1} / {len(versions)}")
        self.setVisible(len(versions) > 1)
        self._refresh()

    def set_locked(self, locked: bool) -> None:
        """While an answer comes, the version stays."""
        self._locked = locked
        self._refresh()

    def _refresh(self) -> None:
        self.back.setEnabled(not self._locked and self._at > 0)
        self.on.setEnabled(not self._locked and self._at < len(self._versions) - 1)

    @Slot()
    def _on_back(self) -> None:
        self.chosen.emit(self._versions[self._at - 1])

    @Slot()
    def _on_on(self) -> None:
        self.chosen.emit(self._versions[self._at + 1])
