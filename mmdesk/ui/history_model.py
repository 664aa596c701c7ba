"""Model of the conversation list: by project and day, the hits of a search, or the deleted ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QLocale,
    QMimeData,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from mmdesk.ui.i18n import language, tr
from mmdesk.ui.plain_text import plain_tooltip
from mmdesk.values import ConversationInfo, HitKind, Project, SearchHit

ModelIndex = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole
DRAGGED = "application/x-mmdesk-conversation"


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """One row: a heading or note (without an id), a conversation, or a hit with its excerpt.

    Attributes:
        text: the title, the heading, or the note.
        note: it is a sentence in the place of rows, in as many lines as it needs.
        deleted: the conversation can be restored, not opened.
        project: of a heading, the project whose conversations follow.
        count: of a project's heading, how many conversations it has.
    """

    text: str
    id: str = ""
    info: ConversationInfo | None = None
    hit: SearchHit | None = None
    busy: bool = False
    current: bool = False
    note: bool = False
    deleted: bool = False
    project: Project | None = None
    count: int = 0

    @property
    def is_listed(self) -> bool:
        """True for a conversation of the list, which can be moved and renamed."""
        return self.info is not None and not self.deleted


class HistoryModel(QAbstractListModel):
    """List model of conversations; the role ROW gives the HistoryRow.

    Signals:
        renamed(str, str): a conversation's id and its new title.
        project_renamed(str, str): a project's id and its new name.
        moved(str, str): a conversation was dropped on a project; "" for none.
    """

    renamed = Signal(str, str)
    project_renamed = Signal(str, str)
    moved = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[HistoryRow] = []
        self._infos: tuple[ConversationInfo, ...] = ()
        self._projects: tuple[Project, ...] = ()
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

    @property
    def projects(self) -> tuple[Project, ...]:
        """All projects, in their order."""
        return self._projects

    def set_projects(self, projects: tuple[Project, ...]) -> None:
        """Set the projects, in their order."""
        self._projects = projects
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
        same = list(map(_identity, rows)) == list(map(_identity, self._rows))
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
        known = {project.id for project in self._projects}
        for project in self._projects:
            inside = [info for info in self._infos if info.project == project.id]
            yield HistoryRow(project.name, project=project, count=len(inside))
            if not project.is_folded:
                yield from map(self._conversation_row, inside)
        heading = ""
        today = date.today()
        for info in self._infos:
            if info.project in known:
                continue
            group = tr("Pinned") if info.pinned else day_text(info.changed, today)
            if group != heading:
                heading = group
                yield HistoryRow(heading)
            yield self._conversation_row(info)

    def _conversation_row(self, info: ConversationInfo) -> HistoryRow:
        is_busy, is_current = info.id in self._busy, info.id == self._current
        return HistoryRow(info.title, info.id, info, busy=is_busy, current=is_current)

    def _hit_rows(self, hits: tuple[SearchHit, ...]) -> Iterator[HistoryRow]:
        if not hits:
            yield HistoryRow(tr("Nothing found"), note=True)
        for hit in hits:
            yield HistoryRow(hit.title, hit.conversation, hit=hit)

    # --- QAbstractListModel -------------------------------------------------------------------

    def rowCount(self, parent: ModelIndex = QModelIndex()) -> int:  # noqa: B008  Qt's signature
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def project_row(self, project: str) -> int | None:
        """Return the row of a project's heading, None where it is not in the list."""
        for at, row in enumerate(self._rows):
            if row.project is not None and row.project.id == project:
                return at
        return None

    def data(self, index: ModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a row's title, tooltip, description for a screen reader, or HistoryRow."""
        row = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.EditRole):
            return row.text
        if role == Qt.ItemDataRole.ToolTipRole and (row.id or row.project):
            return plain_tooltip(row.text)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return _accessible_text(row)
        return row if role == ROW else None

    def setData(self, index: ModelIndex, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Rename a conversation; an empty title changes nothing."""
        row = self._rows[index.row()]
        title = " ".join(str(value).split())
        if not (row.id or row.project) or not title or title == row.text:
            return False
        self._rows[index.row()] = replace(row, text=title)
        self.dataChanged.emit(index, index)
        if row.project is not None:
            self.project_renamed.emit(row.project.id, title)
        else:
            self.renamed.emit(row.id, title)
        return True

    def flags(self, index: ModelIndex) -> Qt.ItemFlag:
        """Return what can be done with a row: days nothing, hits cannot be renamed or moved."""
        flag = Qt.ItemFlag
        row = self._rows[index.row()] if index.isValid() else HistoryRow("")
        takes = flag.ItemIsDropEnabled if self._hits is None and self._deleted is None else flag(0)
        usual = flag.ItemIsEnabled | flag.ItemIsSelectable
        if row.project is not None:
            return usual | flag.ItemIsEditable | takes
        if not row.id:
            return takes
        if row.hit is not None or row.deleted:
            return usual
        return usual | flag.ItemIsEditable | flag.ItemIsDragEnabled | takes

    # --- dragging conversations into projects -------------------------------------------------

    def mimeTypes(self) -> list[str]:
        """Return the type of a dragged conversation."""
        return [DRAGGED]

    def supportedDropActions(self) -> Qt.DropAction:
        """Return that a conversation is moved."""
        return Qt.DropAction.MoveAction

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """Return the id of a dragged conversation."""
        data = QMimeData()
        data.setData(DRAGGED, self._rows[indexes[0].row()].id.encode())
        return data

    def canDropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: ModelIndex
    ) -> bool:
        """Return whether something can be dropped here: a conversation anywhere in the list."""
        return data.hasFormat(DRAGGED) and self._hits is None and self._deleted is None

    def dropMimeData(
        self, data: QMimeData, action: Qt.DropAction, row: int, column: int, parent: ModelIndex
    ) -> bool:
        """Emit `moved`; a conversation dropped beside a project's own stands with them."""
        if not self.canDropMimeData(data, action, row, column, parent):
            return False
        at = parent.row() if parent.isValid() else row - 1
        project = self._project_at(at) if 0 <= at < len(self._rows) else ""
        self.moved.emit(bytes(data.data(DRAGGED).data()).decode(), project)
        return False  # the list is read anew: the view must not remove the row

    def _project_at(self, at: int) -> str:
        row = self._rows[at]
        if row.project is not None:
            return row.project.id
        return row.info.project if row.info is not None else ""


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


def _identity(row: HistoryRow) -> tuple[str, str, bool]:
    """Return what stays the same while a row only looks different."""
    return row.id, row.project.id if row.project is not None else "", row.note


def _accessible_text(row: HistoryRow) -> str:
    parts = [row.text]
    if row.project is not None:
        parts = [tr("Project {0}").format(row.text), tr("conversations: {0}").format(row.count)]
        parts.append(tr("collapsed") if row.project.is_folded else tr("expanded"))
    if row.hit is not None:
        parts += [kind_text(row.hit.kind), row.hit.excerpt]
    if row.info is not None and row.info.pinned:
        parts.append(tr("pinned"))
    if row.busy:
        parts.append(tr("answer in progress"))
    return ", ".join(parts)
