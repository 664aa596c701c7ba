"""A file, bytes or a device becomes a validated, bounded value. No models here.

The loaders are fetched on first use, so that importing this package costs nothing: Pillow, the
sound decoders and the document readers come with the first file that needs them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mmdesk.inputs.any_file import load_any
    from mmdesk.inputs.audio import load_audio
    from mmdesk.inputs.document import load_document
    from mmdesk.inputs.image import load_image

_HOMES = {
    "load_any": "any_file",
    "load_audio": "audio",
    "load_document": "document",
    "load_image": "image",
}

__all__ = ["load_any", "load_audio", "load_document", "load_image"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
