"""The catalogue: its form, what it recommends for a machine, and what it says of the rest."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, Field

from mmdesk.models import catalogue as read_catalogue
from mmdesk.models.catalogue import FILE, AdvisedModel, load_catalogue
from mmdesk.models.hub_repository.address import HubAddress
from mmdesk.models.manifest import Manifest
from mmdesk.models.measured_speed import MeasuredSpeed, remember_speed
from mmdesk.models.model_store import ModelStore
from mmdesk.models.own_folders import LocalModel
from mmdesk.settings import resource
from mmdesk.values import HardwareInfo

GB = 10**9
DESKTOP = HardwareInfo(16 * GB, 12 * GB, 200 * GB, 8, plain_bf16=True)


class Entry(BaseModel):
    """Form of an entry."""

    model_config = ConfigDict(extra="forbid")

    repository: str = Field(pattern=r"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$")
    revision: str = Field(min_length=1)
    title: str = Field(min_length=3, max_length=30)
    licence: str = Field(min_length=3, max_length=40)
    terms: str = ""
    takes: list[str] = Field(min_length=1)
    parameters: int = Field(ge=100_000_000, le=40_000_000_000)
    model_type: str = Field(pattern=r"^[a-z0-9_]+$")
    architecture: str = Field(pattern=r"^[A-Za-z0-9_]+For(CausalLM|ConditionalGeneration)$")
    transformers: str = Field(pattern=r"^\d+\.\d+$")
    when: str = Field(min_length=20, max_length=100, pattern=r"^[A-Z].*\.$")


class Catalogue(BaseModel):
    """Form of the file."""

    model_config = ConfigDict(extra="forbid")

    about: str
    models: list[Entry] = Field(min_length=14, max_length=20)


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "models", Manifest(()))


def test_the_file_has_the_form_that_is_read() -> None:
    content = json.loads(resource(FILE).read_text(encoding="utf-8"))
    read = Catalogue.model_validate(content)
    assert {field.name for field in fields(AdvisedModel)} == set(Entry.model_fields)
    assert len({entry.repository for entry in read.models}) == len(read.models)
    for entry in read.models:
        assert entry.takes[0] == "text"
        assert set(entry.takes) <= {"text", "picture", "sound"}
        assert HubAddress.parse(f"{entry.repository}@{entry.revision}").repository
        is_free = entry.licence in ("Apache-2.0", "MIT")
        assert bool(entry.terms) is not is_free, entry.repository


def test_every_class_that_is_named_is_in_transformers() -> None:
    from transformers.models.auto.modeling_auto import (
        MODEL_FOR_CAUSAL_LM_MAPPING_NAMES,
        MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES,
        MODEL_FOR_MULTIMODAL_LM_MAPPING_NAMES,
    )

    known = {
        *MODEL_FOR_CAUSAL_LM_MAPPING_NAMES.items(),
        *MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES.items(),
        *MODEL_FOR_MULTIMODAL_LM_MAPPING_NAMES.items(),
    }
    for model in load_catalogue():
        assert (model.model_type, model.architecture) in known, model.repository


def test_what_is_not_pinned_is_said_to_be_so(store: ModelStore) -> None:
    for entry, model in zip(
        sorted(read_catalogue(store, DESKTOP), key=lambda entry: entry.repository),
        sorted(load_catalogue(), key=lambda model: model.repository),
        strict=True,
    ):
        assert entry.pinned is (len(model.revision) == 40)


def test_what_suits_the_machine_comes_first(store: ModelStore) -> None:
    entries = read_catalogue(store, DESKTOP)
    recommended = [entry for entry in entries if entry.recommended]
    assert recommended
    assert entries[: len(recommended)] == tuple(recommended)
    for entry in recommended:
        assert entry.problem is None
        assert entry.fit.verdict == "well"
    problems = [entry.problem is not None for entry in entries]
    assert problems == sorted(problems)


def test_a_larger_machine_gets_a_larger_model(store: ModelStore) -> None:
    def largest(machine: HardwareInfo) -> int:
        entries = read_catalogue(store, machine)
        return max((e.info.disk_bytes for e in entries if e.recommended), default=0)

    small = replace(DESKTOP, memory=4 * GB, memory_free=3 * GB)
    large = replace(DESKTOP, memory=64 * GB, memory_free=60 * GB)
    assert 0 < largest(small) < largest(DESKTOP) <= largest(large)


def test_a_slow_machine_is_not_advised_what_it_would_read_out_slowly(
    store: ModelStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MMDESK_HOME", str(tmp_path))
    remember_speed("other", MeasuredSpeed("int8", 500_000_000, 30.0, 2))  # 15 GB/s
    entries = read_catalogue(store, DESKTOP)
    assert any(entry.fit.verdict == "slowly" for entry in entries)
    for entry in entries:
        if entry.recommended:
            assert entry.fit.speed is not None
            assert entry.fit.speed.tokens_per_s >= 5.0


def test_a_machine_without_memory_is_advised_nothing(store: ModelStore) -> None:
    tiny = replace(DESKTOP, memory=GB, memory_free=GB // 2)
    assert not any(entry.recommended for entry in read_catalogue(store, tiny))


def test_a_class_that_transformers_does_not_have_yet_is_said_to_be_missing(
    store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.metadata.version", lambda name: "5.20.1")
    problems = {e.repository: e.problem for e in read_catalogue(store, DESKTOP)}
    assert "transformers 5.23 or newer" in str(problems["LiquidAI/LFM3-1.7B"])
    assert problems["openbmb/MiniCPM5-1B"] is None


def test_text_models_of_the_catalogue_can_be_used(store: ModelStore) -> None:
    for entry in read_catalogue(store, DESKTOP):
        if entry.info.takes == ("text",):
            assert entry.problem is None, entry.repository


def test_what_is_installed_is_said_to_be_so(store: ModelStore) -> None:
    one = load_catalogue()[0]
    store.local._put(LocalModel("local-x", "X", "/x", "", (), "", one.repository, "a" * 40))
    installed = [e.repository for e in read_catalogue(store, DESKTOP) if e.installed]
    assert installed == [one.repository]
