"""The real fetch_child over the manifest that a test has written."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

from mmdesk.bridge import fetch_child
from mmdesk.models.store import ModelStore

MANIFEST = "MMDESK_TEST_MANIFEST"


def make_store() -> ModelStore:
    return ModelStore(manifest=pickle.loads(Path(os.environ[MANIFEST]).read_bytes()))


if __name__ == "__main__":
    fetch_child.ModelStore = make_store  # type: ignore[assignment,misc]
    fetch_child.main()
