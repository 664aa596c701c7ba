"""Import of the libraries that the first answer needs (Markdown, Pygments), in a thread.

So the window never blocks for an import, and the first answer does not wait for one.
"""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject, QTimer

_PAUSE_MS = 400
_begun = threading.Event()


def warm_up() -> None:
    """Start the imports in the background, once per process."""
    if not _begun.is_set():
        _begun.set()
        threading.Thread(target=_import, name="warm-up", daemon=True).start()


def warm_up_soon(window: QObject) -> None:
    """Start the imports once the window, which has just been shown, had time to paint."""
    QTimer.singleShot(_PAUSE_MS, window, warm_up)


def _import() -> None:
    from mmdesk.ui.markdown.block_stream import parser
    from mmdesk.ui.markdown.highlight import lexer_for, line_ranges

    parser().parse("*a*")
    for language in ("python", "bash", "javascript", "json"):
        lexer_for(language)
    list(line_ranges("a = 1", "python"))
