"""Writing of an export to a file, whole or not at all."""

from __future__ import annotations

import contextlib
from pathlib import Path

from mmdesk.errors import MMDeskError
from mmdesk.ui.export.content import ExportContent
from mmdesk.ui.export_actions import SUFFIXES


def write_export(content: ExportContent, path: Path) -> Path:
    """Write an export in the format of the path's suffix.

    Returns:
        The path.

    Raises:
        MMDeskError: the file cannot be written; what was there before is as it was.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES.values():
        raise ValueError(f"no export writes {suffix!r}")
    save(path, _data(content, suffix))
    return path


def _data(content: ExportContent, suffix: str) -> bytes:
    if suffix == ".html":
        from mmdesk.ui.export.html_writer import write_html

        return write_html(content)
    if suffix == ".docx":
        from mmdesk.ui.export.docx_writer import write_docx

        return write_docx(content)
    from mmdesk.ui.export.pdf_writer import write_pdf

    return write_pdf(content)


def save(path: Path, data: bytes) -> None:
    """Write a file beside its place and put it there when it is whole.

    Raises:
        MMDeskError: it cannot be written.
    """
    half = path.with_name(f".{path.name}.half")
    try:
        half.write_bytes(data)
        half.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            half.unlink(missing_ok=True)
        raise MMDeskError(
            "{file} cannot be written: {reason}.",
            "Choose another folder.",
            file=path.name,
            reason=error.strerror or str(error),
        ) from error
