"""Loading takes safetensors only, verified, in the number format that is right for the CPU."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from mmdesk.engine.loading import load_language
from mmdesk.engine.machine import best_dtype
from mmdesk.errors import ModelUnavailable


def fine() -> None:
    return None


def copy(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "copy"))


def test_what_is_loaded(tiny_folder: Path) -> None:
    loaded = load_language("tiny", tiny_folder, fine, threads=1)
    assert loaded.part == "tiny"
    assert not loaded.model.training
    assert loaded.model.dtype == best_dtype("cpu")
    assert loaded.most_tokens == 4096
    assert loaded.stop_ids == {loaded.tokenizer.eos_token_id}


def test_stop_tokens_of_the_generation_config_count_as_well(
    tiny_folder: Path, tmp_path: Path
) -> None:
    folder = copy(tiny_folder, tmp_path)
    file = folder / "generation_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"eos_token_id": [0, 1]}))
    loaded = load_language("tiny", folder, fine, threads=1)
    assert loaded.stop_ids == {0, 1, loaded.tokenizer.eos_token_id}


def test_a_failed_verification_is_what_is_told(tiny_folder: Path, tmp_path: Path) -> None:
    def damaged() -> None:
        raise ModelUnavailable("model.safetensors is damaged.")

    with pytest.raises(ModelUnavailable, match="is damaged"):
        load_language("tiny", tiny_folder, damaged, threads=1)
    broken = copy(tiny_folder, tmp_path)
    (broken / "model.safetensors").write_bytes(b"rubbish")
    with pytest.raises(ModelUnavailable, match="is damaged"):
        load_language("tiny", broken, damaged, threads=1)


@pytest.mark.parametrize(
    "missing", ["config.json", "model.safetensors", "tokenizer.json", "chat_template.jinja"]
)
def test_an_incomplete_folder_is_told_in_one_sentence(
    tiny_folder: Path, tmp_path: Path, missing: str
) -> None:
    folder = copy(tiny_folder, tmp_path)
    (folder / missing).unlink()
    with pytest.raises(ModelUnavailable, match='"tiny"'):
        load_language("tiny", folder, fine, threads=1)


def test_pickles_are_not_even_looked_at(tiny_folder: Path, tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    folder = copy(tiny_folder, tmp_path)
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(ModelUnavailable):
        load_language("tiny", folder, fine, threads=1)
