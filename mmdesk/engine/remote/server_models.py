"""Models that a server offers, and what each of them takes."""

from __future__ import annotations

from typing import Any

from mmdesk.engine.remote.connection import ServerConnection
from mmdesk.values import CancelFlag, ServerModel

# Names of modalities in the servers' lists -> kinds of attachments.
_KINDS = {"image": "picture", "vision": "picture", "audio": "sound"}
# Size of the context window: of the running server where it says so, else of the model.
_CONTEXT_NAMES = ("max_model_len", "n_ctx", "context_length", "max_context_length", "n_ctx_train")


def list_models(connection: ServerConnection, cancel: CancelFlag) -> tuple[ServerModel, ...]:
    """Return the models of a server, in its own order.

    Raises:
        Cancelled: `cancel` was set.
        ServerError: the server refuses, e.g. while it loads its model.
        MMDeskError: it cannot be reached.
    """
    listed = connection.get_json("/models", cancel)
    entries = listed.get("data") if isinstance(listed, dict) else None
    entries = entries if isinstance(entries, list) else []
    return tuple(
        _model(entry)
        for entry in entries
        if isinstance(entry, dict) and isinstance(entry.get("id"), str) and entry["id"]
    )


def _model(entry: dict[str, Any]) -> ServerModel:
    architecture, meta = _dict(entry.get("architecture")), _dict(entry.get("meta"))
    modalities = architecture.get("input_modalities")
    modalities = modalities if isinstance(modalities, list) else []
    kinds = frozenset(_KINDS[name] for name in modalities if name in _KINDS)
    known = {**entry, **meta}
    sizes = (known.get(name) for name in _CONTEXT_NAMES)
    context = next((size for size in sizes if type(size) is int and size > 0), 0)
    return ServerModel(entry["id"], kinds, context)


def _dict(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
