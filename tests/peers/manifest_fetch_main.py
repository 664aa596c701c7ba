"""The real fetch_main with the manifest that a test has written."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

from mmdesk.models.model_store import ModelStore
from mmdesk.workers import fetch_main

MANIFEST_VARIABLE = "MMDESK_TEST_MANIFEST"


def make_store() -> ModelStore:
    return ModelStore(manifest=pickle.loads(Path(os.environ[MANIFEST_VARIABLE]).read_bytes()))


if __name__ == "__main__":
    fetch_main.ModelStore = make_store  # type: ignore[assignment,misc]
    fetch_main.main()
