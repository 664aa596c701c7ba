"""Dialog with everything that mmdesk has connected to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from PySide6.QtCore import QLocale, Signal, Slot
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from mmdesk.text import clean_line
from mmdesk.ui import theme
from mmdesk.ui.clipboard import copy_text
from mmdesk.ui.i18n import language, tr, translated
from mmdesk.ui.widgets import label, named, text_button
from mmdesk.values import Connection


class ConnectionsDialog(QDialog):
    """List of connections, the newest first, that can be copied and cleared.

    Signals:
        clear_wanted(): the user wants the list to be deleted.
    """

    clear_wanted = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        named(self, "connectionsDialog", tr("Connections"))
        self.setWindowTitle(tr("Connections"))
        self._connections: Sequence[Connection] = ()
        self.about = label("", "muted", wrap=True)
        self.list = self._make_list()
        self.copy = text_button(tr("Copy"), "copyConnectionsButton", "quiet")
        self.clear = text_button(tr("Clear"), "clearConnectionsButton", "quiet")
        close = text_button(tr("Close"), "closeConnectionsButton", "primary")
        close.setDefault(True)
        self.copy.clicked.connect(self._on_copy)
        self.clear.clicked.connect(self.clear_wanted)
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.addWidget(self.copy)
        row.addWidget(self.clear)
        row.addStretch()
        row.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(20, 18, 20, 16)
        column.setSpacing(14)
        column.addWidget(self.about)
        column.addWidget(self.list)
        column.addLayout(row)
        theme.fit_to_text(self, 860, 520)
        self.set_connections(())

    def _make_list(self) -> QTreeWidget:
        tree = QTreeWidget()
        named(tree, "connectionsList", tr("Connections"))
        tree.setRootIsDecorated(False)
        tree.setUniformRowHeights(True)
        headers = (tr("When"), tr("Where"), tr("Why"), tr("Sent"), tr("Received"), tr("Result"))
        tree.setHeaderLabels([str(header) for header in headers])
        tree.header().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        return tree

    def set_connections(self, connections: Sequence[Connection]) -> None:
        """Show these connections."""
        self._connections = connections
        self.list.clear()
        self.list.addTopLevelItems([QTreeWidgetItem(_row(one)) for one in connections])
        there = bool(connections)
        self.copy.setEnabled(there)
        self.clear.setEnabled(there)
        if there:
            about = tr("Everything that mmdesk has connected to, the newest first.")
        else:
            about = tr("mmdesk has not connected to anything.")
        self.about.setText(about)

    @Slot()
    def _on_copy(self) -> None:
        rows = ["\t".join(_row(one)) for one in self._connections]
        copy_text("\n".join(rows), self.copy)


def _row(connection: Connection) -> list[str]:
    when = datetime.fromtimestamp(connection.time).isoformat(" ", "seconds")
    return [
        when,
        clean_line(connection.address),
        clean_line(str(translated(connection.reason))),
        _bytes(connection.sent),
        _bytes(connection.received),
        clean_line(str(translated(connection.result))),
    ]


def _bytes(count: int | None) -> str:
    if count is None:
        return tr("unknown")
    return QLocale(language()).formattedDataSize(count, 1, QLocale.DataSizeFormat.DataSizeSIFormat)
