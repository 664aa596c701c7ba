"""Projects in the database: their table, their files, and which conversation stands in which."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from mmdesk.history import codec
from mmdesk.history.database_connection import connect
from mmdesk.history.schema import transaction
from mmdesk.values import DocumentInput, Project, new_id

if TYPE_CHECKING:
    from mmdesk.history.encryption.data_key import DataKey

_NAME_LENGTH = 120  # characters


def project_name(name: str) -> str:
    """Return a name in one line, of bounded length."""
    return codec.replace_surrogates(" ".join(name.split())[:_NAME_LENGTH])


class ProjectTable:
    """Tables `projects` and `project_files`, and the column `project` of conversations.

    A deleted project stays until `purge`, so that it can be restored. Its conversations stand in
    no project meanwhile.
    """

    def __init__(self, connection: sqlite3.Connection, clock: Callable[[], float]) -> None:
        self._connection = connection
        self._clock = clock

    def all(self) -> tuple[Project, ...]:
        """Return the projects that are not deleted, by name."""
        files: dict[str, list[DocumentInput]] = {}
        for project, name, media_type, pages, text, perceived in self._connection.execute(
            "SELECT project, name, media_type, pages, text, perceived FROM project_files "
            "ORDER BY project, place"
        ):
            data = codec.from_json(perceived)
            notices = codec.decode_notices(data)
            starts = codec.decode_page_starts(data, text)
            document = DocumentInput(name, text, media_type, pages, notices, starts)
            files.setdefault(project, []).append(document)
        rows = self._connection.execute(
            "SELECT id, name, instructions, model, folded FROM projects WHERE deleted IS NULL"
        )
        projects = [
            Project(id, name, instructions, model, tuple(files.get(id, ())), bool(folded))
            for id, name, instructions, model, folded in rows
        ]
        return tuple(sorted(projects, key=lambda project: project.name.casefold()))

    def put(self, project: Project) -> None:
        """Insert a project, or replace everything of it; a nameless one changes nothing."""
        name = project_name(project.name)
        if not name:
            return
        instructions = codec.replace_surrogates(project.instructions)
        with transaction(self._connection):
            self._connection.execute(
                "INSERT INTO projects (id, name, instructions, model, folded, created) "
                "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET name = excluded.name, "
                "instructions = excluded.instructions, model = excluded.model, "
                "folded = excluded.folded",
                (
                    *(project.id, name, instructions, project.model),
                    *(int(project.is_folded), self._clock()),
                ),
            )
            self._connection.execute("DELETE FROM project_files WHERE project = ?", (project.id,))
            for place, document in enumerate(project.files):
                self._add_file(project.id, place, document)

    def _add_file(self, project: str, place: int, document: DocumentInput) -> None:
        self._connection.execute(
            "INSERT INTO project_files (project, place, name, media_type, pages, text, perceived) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                *(project, place, codec.replace_surrogates(document.name), document.media_type),
                *(document.pages, codec.replace_surrogates(document.text)),
                codec.encode_document(document),
            ),
        )

    def rename(self, project: str, name: str) -> None:
        """Give a project another name; an empty one changes nothing."""
        if name := project_name(name):
            self._connection.execute("UPDATE projects SET name = ? WHERE id = ?", (name, project))

    def fold(self, project: str, folded: bool) -> None:
        """Hide the conversations of a project in the list, or show them."""
        self._connection.execute(
            "UPDATE projects SET folded = ? WHERE id = ?", (int(folded), project)
        )

    def delete(self, project: str) -> None:
        """Delete a project; its conversations stand in none until it is restored."""
        self._connection.execute(
            "UPDATE projects SET deleted = ? WHERE id = ?", (self._clock(), project)
        )

    def restore(self, project: str) -> None:
        """Bring a deleted project back, with its conversations."""
        self._connection.execute("UPDATE projects SET deleted = NULL WHERE id = ?", (project,))

    def purge(self) -> None:
        """Erase the deleted projects for good, with their files."""
        with transaction(self._connection):
            self._connection.execute("DELETE FROM projects WHERE deleted IS NOT NULL")
            self._connection.execute(
                "UPDATE conversations SET project = NULL WHERE project IS NOT NULL "
                "AND project NOT IN (SELECT id FROM projects)"
            )

    def move(self, conversation: str, project: str) -> None:
        """Put a conversation into a project; "" takes it out of the one that it stands in."""
        self._connection.execute(
            "UPDATE conversations SET project = ? WHERE id = ?", (project or None, conversation)
        )

    def name_of(self, project: str) -> str:
        """Return the name of a project; "" for an unknown one."""
        row = self._connection.execute(
            "SELECT name FROM projects WHERE id = ? AND deleted IS NULL", (project,)
        ).fetchone()
        return codec.text_of(row[0]) if row else ""

    def named(self, name: str) -> str:
        """Return the id of the project with this name, which is made where there is none."""
        name = project_name(name)
        if not name:
            return ""
        row = self._connection.execute(
            "SELECT id FROM projects WHERE name = ? AND deleted IS NULL ORDER BY number", (name,)
        ).fetchone()
        if row is None:
            made = Project(new_id(), name)
            self.put(made)
            return made.id
        return str(row[0])

    # --- a damaged database -------------------------------------------------------------------

    def salvage(self, damaged: Path, key: DataKey | None = None) -> None:
        """Copy what can be read of a damaged database's projects; conversations come before."""
        projects: list[Project] = []
        places: list[tuple[str, str]] = []
        with (
            contextlib.suppress(sqlite3.Error, UnicodeDecodeError),
            contextlib.closing(connect(damaged, key)) as old,
        ):
            old.text_factory = lambda text: text.decode("utf-8", "replace")
            projects += ProjectTable(old, self._clock).all()
            places += old.execute(
                "SELECT id, project FROM conversations WHERE project IS NOT NULL"
            ).fetchall()
        for project in projects:
            self.put(project)
        for conversation, id in places:
            self.move(codec.text_of(conversation), codec.text_of(id))
