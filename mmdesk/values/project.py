"""Projects: conversations that share instructions, files and a model."""

from __future__ import annotations

from dataclasses import dataclass, field

from mmdesk.values.media import DocumentInput


@dataclass(frozen=True, slots=True)
class Project:
    """Project that conversations stand in.

    Attributes:
        id: unique identifier.
        name: given by the user.
        instructions: part of the system prompt of its conversations.
        model: id of the language model of its new conversations; "" for the usual one.
        files: documents that every question of its conversations is asked with.
        is_folded: its conversations are hidden in the list.
    """

    id: str
    name: str
    instructions: str = ""
    model: str = ""
    files: tuple[DocumentInput, ...] = field(default=(), repr=False)
    is_folded: bool = False
