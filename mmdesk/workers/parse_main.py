"""Main module of the child that decodes files: `python -m mmdesk.workers.parse_main`.

Reads ("path", path) or ("image", name, bytes) frames and answers each with the decoded value or
with the MMDeskError that says why there is none. Ends when its input does.
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path
from typing import Any

from mmdesk import inputs
from mmdesk.errors import InputError, MMDeskError
from mmdesk.workers import framing

log = logging.getLogger(__name__)


def main() -> None:
    """Answer frames until the input ends."""
    out = framing.claim_stdout()
    while True:
        try:
            source = framing.read(sys.stdin.buffer)
        except EOFError:
            return
        out.write(framing.pack(_decode(source)))
        out.flush()


def _decode(source: tuple[Any, ...]) -> object:
    name = Path(source[1]).name
    try:
        return _load(*source)
    except MMDeskError as error:
        return error
    except MemoryError:
        return InputError("{name} needs more memory than this computer has.", name=name)
    except Exception as error:
        log.exception("decoding %s", source[1])
        return InputError("{name} cannot be read ({kind}).", name=name, kind=type(error).__name__)


def _load(kind: str, name: str, data: bytes = b"") -> object:
    if kind == "image":
        return inputs.load_image(data, name=name)
    return inputs.load_any(Path(name))


if __name__ == "__main__":
    main()
