"""The inputs of a model are found from its small files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mmdesk.errors import InputError
from mmdesk.models import capabilities_of, model_inputs
from mmdesk.models.manifest import Manifest
from mmdesk.models.model_store import ModelStore
from mmdesk.values import ANY_NUMBER, TEXT_ONLY, Capabilities
from tests.models.test_own_folders import weights

SMOLVLM = {
    "model_type": "smolvlm",
    "architectures": ["SmolVLMForConditionalGeneration"],
    "vision_config": {},
}


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models", Manifest(()))


def write(folder: Path, config: dict[str, Any], processor: dict[str, Any] | None = None) -> Path:
    """Write a folder with all that a model with pictures or sound needs."""
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "tokenizer.json").write_text("{}")
    (folder / "chat_template.jinja").write_text("{{ messages }}")
    (folder / "model.safetensors").write_bytes(weights())
    if processor is not None:
        (folder / "preprocessor_config.json").write_text(json.dumps(processor))
    return folder


@pytest.mark.parametrize(
    ("config", "processor", "expected"),
    [
        (SMOLVLM, {"size": {}}, Capabilities(pictures=ANY_NUMBER)),
        (SMOLVLM | {"model_type": "paligemma"}, {"size": {}}, Capabilities(pictures=1)),
        (
            SMOLVLM | {"vision_config": None, "audio_config": {}},
            {"feature_size": 80},
            Capabilities(sound_s=30),
        ),
        (
            SMOLVLM | {"audio_config": {}},
            {"feature_extractor": {"chunk_length": 300}},
            Capabilities(ANY_NUMBER, 300),
        ),
        (
            SMOLVLM | {"vision_config": None, "thinker_config": {"vision_config": {}}},
            {"size": {}},
            TEXT_ONLY,
        ),
        (SMOLVLM | {"architectures": ["LlamaForCausalLM"]}, {"size": {}}, TEXT_ONLY),
        (SMOLVLM | {"is_encoder_decoder": True}, {"size": {}}, TEXT_ONLY),
        (SMOLVLM, None, TEXT_ONLY),
    ],
)
def test_the_config_and_the_processor_say_what_a_model_takes(
    config: dict[str, Any], processor: dict[str, Any] | None, expected: Capabilities, tmp_path: Path
) -> None:
    assert capabilities_of(write(tmp_path / "model", config, processor)) == expected


def test_a_damaged_config_leaves_text_alone(tmp_path: Path) -> None:
    folder = write(tmp_path / "model", SMOLVLM, {"size": {}})
    (folder / "config.json").write_text("{")
    assert capabilities_of(folder) == TEXT_ONLY


def test_a_model_with_pictures_is_added_with_the_files_of_its_processor(
    store: ModelStore, tmp_path: Path
) -> None:
    added = store.local.add(write(tmp_path / "model", SMOLVLM, {"size": {}}))
    (info,) = store.infos()
    assert info.takes == ("text", "picture")
    assert info.capabilities == Capabilities(pictures=ANY_NUMBER)
    assert "preprocessor_config.json" in {file.name for file in added.files}


def test_a_model_without_its_processor_is_refused(store: ModelStore, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"preprocessor_config\.json is missing") as refused:
        store.local.add(write(tmp_path / "model", SMOLVLM))
    assert "Download the model again" in refused.value.hint


def test_a_model_whose_package_is_missing_is_refused_with_the_way_out(
    store: ModelStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model_inputs, "find_spec", lambda _name: None)
    folder = write(tmp_path / "model", SMOLVLM | {"model_type": "lfm2_vl"}, {"size": {}})
    assert capabilities_of(folder) == Capabilities(missing="torchvision")
    with pytest.raises(InputError, match="needs the Python package torchvision") as refused:
        store.local.add(folder)
    assert "Install the torchvision" in refused.value.hint


def test_a_model_of_another_kind_is_still_refused(store: ModelStore, tmp_path: Path) -> None:
    config = {"model_type": "t5", "architectures": ["T5ForConditionalGeneration"]}
    with pytest.raises(InputError, match="made for T5ForConditionalGeneration"):
        store.local.add(write(tmp_path / "model", config))
