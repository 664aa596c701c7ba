"""Hostile documents of every format cost one sentence, or are read within the child's bounds."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from mmdesk.errors import InputError
from mmdesk.inputs.document import MAX_CHARACTERS
from mmdesk.values import DocumentInput, ImageInput
from mmdesk.workers.file_decoder import FileDecoder
from tests.inputs.hostile_documents import BOMBS


@pytest.mark.parametrize("trick", BOMBS)
def test_a_hostile_document_costs_one_sentence(tmp_path: Path, trick: str) -> None:
    name, make = BOMBS[trick]
    (tmp_path / name).write_bytes(make())
    (tmp_path / "note.txt").write_text("A note.", encoding="utf-8")
    with FileDecoder(threading.Event()) as files:
        try:
            value: object = files.load_any(tmp_path / name)
        except InputError as error:
            sentence = error.user_message
            assert sentence.startswith(name)
            assert len(sentence) < 200
            for word in ("recursion", "took too long", "crashed", "XML", "line 1"):
                assert word not in sentence
        else:
            assert isinstance(value, DocumentInput | ImageInput)
            assert len(getattr(value, "text", "")) <= MAX_CHARACTERS
        assert files.load_document(tmp_path / "note.txt").text == "A note."
