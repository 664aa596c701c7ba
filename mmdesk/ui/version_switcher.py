"""Arrows between the versions of a message: 2 / 3."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from mmdesk.ui.i18n import tr
from mmdesk.ui.widgets import icon_button, label, named


class VersionSwitcher(QWidget):
    """Two arrows and a count, hidden while there is only one version.

    Signals:
        chosen(str): the id of the version to show.
    """

    chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        named(self, "versionSwitch", tr("Versions of this message"))
        self._versions: tuple[str, ...] = ()
        self._shown = 0  # index of the version that is shown
        self._locked = False
        self.back = icon_button(
            "chevron-left", "previousVersionButton", tr("Previous version"),
            side=26, glyph=14, token="muted",
        )  # fmt: skip
        self.count = label("", "muted")
        self.count.setObjectName("versionCount")
        self.forward = icon_button(
            "chevron-right", "nextVersionButton", tr("Next version"),
            side=26, glyph=14, token="muted",
        )  # fmt: skip
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(1)
        for widget in (self.back, self.count, self.forward):
            row.addWidget(widget)
        self.back.clicked.connect(self._on_back)
        self.forward.clicked.connect(self._on_forward)
        self.hide()

    def show_versions(self, message: str, versions: tuple[str, ...]) -> None:
        """Show the place of a message among its versions.

        Args:
            message: id of the version that is shown.
            versions: ids of all of them, oldest first.
        """
        self._versions = versions
        self._shown = versions.index(message) if message in versions else 0
        self.count.setText(f"{self._shown + 1} / {len(versions)}")
        self.setVisible(len(versions) > 1)
        self._refresh()

    def set_locked(self, locked: bool) -> None:
        """Disable the arrows, while an answer is being given."""
        self._locked = locked
        self._refresh()

    def focus_arrow(self, forward: bool) -> None:
        """Give the focus to an arrow, or to the other one where it is disabled."""
        wanted, other = (self.forward, self.back) if forward else (self.back, self.forward)
        (wanted if wanted.isEnabled() else other).setFocus()

    def _refresh(self) -> None:
        self.back.setEnabled(not self._locked and self._shown > 0)
        self.forward.setEnabled(not self._locked and self._shown < len(self._versions) - 1)

    @Slot()
    def _on_back(self) -> None:
        self.chosen.emit(self._versions[self._shown - 1])

    @Slot()
    def _on_forward(self) -> None:
        self.chosen.emit(self._versions[self._shown + 1])
