"""The language part that answers when the request names none."""

from __future__ import annotations

from pathlib import Path

import pytest

from mmdesk.engine.default_parts import LANGUAGE, LANGUAGE_FALLBACK, language_part
from mmdesk.errors import ModelUnavailable
from tests.fakes.folder_store import FolderStore

BOTH = (LANGUAGE, LANGUAGE_FALLBACK)


def test_the_default_comes_first() -> None:
    store = FolderStore({part: Path(part) for part in BOTH})
    assert language_part(store, None) == LANGUAGE
    assert language_part(store, "other") == "other"


def test_the_fallback_stands_in() -> None:
    store = FolderStore({LANGUAGE_FALLBACK: Path("x")}, known=BOTH)
    assert language_part(store, None) == LANGUAGE_FALLBACK


def test_with_neither_the_default_is_named() -> None:
    with pytest.raises(ModelUnavailable, match=LANGUAGE):
        language_part(FolderStore({}, known=BOTH), None)
