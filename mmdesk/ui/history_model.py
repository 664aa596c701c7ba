"""Model of the conversation list: by day, the hits of a search, or the deleted ones."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QLocale,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from mmdesk.ui.i18n import language, tr
from mmdesk.ui.plain_text import plain_tooltip
from mmdesk.values import ConversationInfo, HitKind, SearchHit

ModelIndex = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One row: a heading or note (without an id), a conversation, or a hit with its excerpt.

    Attributes:
        text: the title, the heading, or the note.
        note: it is a sentence in the place of rows, in as many lines as it needs.
        deleted: the conversation can be restored, not opened.
    """

    text: str
    id: str = ""
    info: ConversationInfo | None = None
    hit: SearchHit | None = None
    busy: bool = False
    current: bool = False
    note: bool = False
    deleted: bool = False


class HistoryModel(QAbstractListModel):
    """List model of conversations; the role ROW gives the HistoryRow.

    Signals:
        renamed(str, str): a conversation's id and its new title.
    """

    renamed = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[HistoryRow] = []
        self._infos: tuple[ConversationInfo, ...] = ()
        self._is_listed = False  # nothing is said of an empty list before it was read
        self._busy: frozenset[str] = frozenset()
        self._current = ""
        self._hits: tuple[SearchHit, ...] | None = None
        self._deleted: tuple[ConversationInfo, ...] | None = None

    @property
    def infos(self) -> tuple[ConversationInfo, ...]:
        """All conversations, also those that a search hides."""
        return self._infos

    def title_of(self, conversation: str) -> str:
        """Return the title of a conversation; "" for one that is not listed."""
        return next((info.title for info in self._infos if info.id == conversation), "")

    def set_infos(self, infos: tuple[ConversationInfo, ...]) -> None:
        """Set the conversations, in their order."""
        self._infos = infos
        self._is_listed = True
        self._refresh()

    def set_busy(self, busy: frozenset[str]) -> None:
        """Set the conversations in which an answer is being generated."""
        self._busy = busy
        self._refresh()

    def set_current(self, conversation: str) -> None:
        """Set the conversation that is shown."""
        self._current = conversation
        self._refresh()

    def retranslate(self) -> None:
        """Make the headings again, in the current language."""
        self.beginResetModel()
        self._rows = list(self._current_rows())
        self.endResetModel()

    def set_hits(self, hits: tuple[SearchHit, ...] | None) -> None:
        """Show the hits of a search; None shows the list again."""
        self._hits = hits
        self._refresh()

    def set_deleted(self, infos: tuple[ConversationInfo, ...] | None) -> None:
        """Show the deleted conversations; None shows the list again."""
        self._deleted = infos
        self._refresh()

    def row_of(self, conversation: str) -> int | None:
        """Return the row of a conversation, None where it is not in the list."""
        for at, row in enumerate(self._rows):
            if row.id == conversation:
                return at
        return None

    def _refresh(self) -> None:
        rows = list(self._current_rows())
        same = [(row.id, row.note) for row in rows] == [(row.id, row.note) for row in self._rows]
        if same and self._hits is None and self._deleted is None:
            changed = [at for at, row in enumerate(rows) if row != self._rows[at]]
            self._rows = rows
            for at in changed:
                self.dataChanged.emit(self.index(at), self.index(at))
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def _current_rows(self) -> Iterator[HistoryRow]:
        if self._deleted is not None:
            return self._deleted_rows(self._deleted)
        return self._conversation_rows() if self._hits is None else self._hit_rows(self._hits)

    @staticmethod
    def _deleted_rows(infos: tuple[ConversationInfo, ...]) -> Iterator[HistoryRow]:
        yield HistoryRow(tr("Deleted conversations are kept here for 30 days."), note=True)
        for info in infos:
            yield HistoryRow(info.title, info.id, info, deleted=True)

    def _conversation_rows(self) -> Iterator[HistoryRow]:
        if self._is_listed and not self._infos:
            text = tr("Your conversations will be listed here. They stay on this computer.")
            yield HistoryRow(text, note=True)
        heading = ""
        today = date.today()
        for info in self._infos:
            group = tr("Pinned") if info.pinned else day_text(info.changed, today)
            if group != heading:
                heading = group
                yield HistoryRow(heading)
            yield HistoryRow(
                *(info.title, info.id, info),
                busy=info.id in self._busy,
                current=info.id == self._current,
            )

    def _hit_rows(self, hits: tuple[SearchHit, ...]) -> Iterator[HistoryRow]:
        if not hits:
            yield HistoryRow(tr("Nothing found"), note=True)
        for hit in hits:
            yield HistoryRow(hit.title, hit.conversation, hit=hit)

    # --- QAbstractListModel -------------------------------------------------------------------

    def rowCount(self, parent: ModelIndex = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: ModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a row's title, tooltip, description for a screen reader, or HistoryRow."""
        row = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return row.text
        if role == Qt.ItemDataRole.ToolTipRole and row.id:
            return plain_tooltip(row.text)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _accessible_text(row)
        return row if role == ROW else None

    def setData(self, index: ModelIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Rename a conversation; an empty title changes nothing."""
        row = self._rows[index.row()]
        title = " ".join(str(value).split())
        if not row.id or not title or title == row.text:
            return False
        self._rows[index.row()] = replace(row, text=title)
        self.dataChanged.emit(index, index)
        self.renamed.emit(row.id, title)
        return True

    def flags(self, index: ModelIndex) -> Qt.ItemFlag:
        """Return what can be done with a row: headings nothing, hits cannot be renamed."""
        row = self._rows[index.row()]
        if not row.id:
            return Qt.ItemFlag.NoItemFlags
        usual = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        fixed = row.hit is not None or row.deleted
        return usual if fixed else usual | Qt.ItemFlag.ItemIsEditable


def day_text(seconds: float, today: date) -> str:
    """Return the heading for a time: "Today", "Last 7 days", a month, or a year."""
    try:
        day = date.fromtimestamp(seconds)
    except (OverflowError, ValueError, OSError):  # from an imported file: 1e308, infinity
        return tr("Unknown date")
    ago = (today - day).days
    if ago <= 0:
        return tr("Today")
    if ago == 1:
        return tr("Yesterday")
    if ago < 7:
        return tr("Last 7 days")
    if ago < 30:
        return tr("Last 30 days")
    if day.year == (today - timedelta(days=30)).year:
        return QLocale(language()).standaloneMonthName(day.month)
    return str(day.year)


def kind_text(kind: HitKind) -> str:
    """Return what a hit of a search was found in, as one word."""
    texts: dict[HitKind, str] = {
        "title": tr("Title"),
        "question": tr("Question"),
        "answer": tr("Answer"),
        "document": tr("Document"),
        "picture": tr("Picture"),
        "sound": tr("Sound"),
    }
    return texts[kind]


def _accessible_text(row: HistoryRow) -> str:
    parts = [row.text]
    if row.hit is not None:
        parts += [kind_text(row.hit.kind), row.hit.excerpt]
    if row.info is not None and row.info.pinned:
        parts.append(tr("pinned"))
    if row.busy:
        parts.append(tr("answer in progress"))
    return ", ".join(parts)
