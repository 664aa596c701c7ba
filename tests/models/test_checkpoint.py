from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from mmdesk.errors import ModelUnavailable
from mmdesk.models.convert import convert
from mmdesk.values import NeverCancelled
from tests.models.conftest import make_part

PART = make_part("eye", (), conversion="checkpoint")


def test_a_checkpoint_keeps_its_names_and_values(tmp_path: Path) -> None:
    import torch
    from safetensors.torch import load_file

    tensors = {"_conv_stem.weight": torch.randn(4, 3, 3, 3), "_bn0.num": torch.tensor(7)}
    torch.save(tensors, tmp_path / "model.pth")
    sizes: list[int] = []
    convert(PART, tmp_path, tmp_path, sizes.append, NeverCancelled())
    loaded = load_file(tmp_path / "model.safetensors")
    assert loaded.keys() == tensors.keys()
    assert all(torch.equal(loaded[name], tensors[name]) for name in tensors)
    assert sizes == [(tmp_path / "model.safetensors").stat().st_size]


class _Mischief:
    def __reduce__(self) -> tuple[object, ...]:
        return open, ("executed", "w")


def test_a_checkpoint_that_wants_to_run_code_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "model.pth").write_bytes(pickle.dumps(_Mischief()))
    with pytest.raises(ModelUnavailable, match="Eye"):
        convert(PART, tmp_path, tmp_path, lambda done: None, NeverCancelled())
    assert not (tmp_path / "executed").exists()
