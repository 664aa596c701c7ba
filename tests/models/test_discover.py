"""Models of other programs: found in the places where those programs keep them, and only read."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

import pytest

from mmdesk.models.discover import discover
from mmdesk.models.manifest import Manifest
from mmdesk.models.model_store import ModelStore
from mmdesk.values import FoundModel
from tests.fakes.tiny_gguf import write_tiny_gguf
from tests.fakes.tiny_model import build_model


@pytest.fixture(scope="module")
def gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_tiny_gguf(tmp_path_factory.mktemp("gguf") / "tiny.gguf")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def put(source: Path, target: Path) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)
    return target


def put_in_ollama(root: Path, gguf: Path, name: str = "tiny", tag: str = "1b") -> Path:
    """Store a model as `ollama pull` does: a manifest, and blobs named by their digest."""
    digest = hashlib.sha256(gguf.read_bytes()).hexdigest()
    manifest = root / "manifests/registry.ollama.ai/library" / name / tag
    manifest.parent.mkdir(parents=True)
    layers = [
        {"mediaType": "application/vnd.ollama.image.license", "digest": "sha256:00", "size": 1},
        {
            "mediaType": "application/vnd.ollama.image.model",
            "digest": f"sha256:{digest}",
            "size": gguf.stat().st_size,
        },
    ]
    manifest.write_text(json.dumps({"schemaVersion": 2, "layers": layers}))
    return put(gguf, root / "blobs" / f"sha256-{digest}")


def put_in_hub_cache(root: Path, model: Path, repository: str = "org--tiny") -> Path:
    """Store a folder as huggingface_hub does: links in a snapshot, contents in blobs."""
    commit = "a" * 40
    base = root / f"models--{repository}"
    snapshot = base / "snapshots" / commit
    snapshot.mkdir(parents=True)
    (base / "refs").mkdir()
    (base / "refs/main").write_text(commit)
    for file in model.iterdir():
        blob = put(file, base / "blobs" / hashlib.sha256(file.read_bytes()).hexdigest())
        (snapshot / file.name).symlink_to(os.path.relpath(blob, snapshot))
    return snapshot


def only(home: Path, environment: dict[str, str] | None = None) -> FoundModel:
    (found,) = discover(home, environment or {"NONE": ""})
    return found


def test_nothing_is_found_in_an_empty_home(home: Path) -> None:
    assert discover(home, {"NONE": ""}) == ()


def test_ollamas_models_go_by_their_names_there(home: Path, gguf: Path) -> None:
    blob = put_in_ollama(home / ".ollama/models", gguf)
    found = only(home)
    assert (found.program, found.name, found.path) == ("Ollama", "tiny:1b", str(blob))
    assert found.problem is None
    assert found.size == gguf.stat().st_size


def test_ollamas_folder_can_be_elsewhere(home: Path, tmp_path: Path, gguf: Path) -> None:
    put_in_ollama(tmp_path / "elsewhere", gguf)
    assert only(home, {"OLLAMA_MODELS": str(tmp_path / "elsewhere")}).name == "tiny:1b"


@pytest.mark.parametrize(
    ("place", "program"),
    [
        (".lmstudio/models/org/tiny-GGUF/tiny.gguf", "LM Studio"),
        (".cache/llama.cpp/tiny.gguf", "llama.cpp"),
        (".local/share/Jan/data/llamacpp/models/tiny/tiny.gguf", "Jan"),
        (".local/share/nomic.ai/GPT4All/tiny.gguf", "GPT4All"),
    ],
)
@pytest.mark.skipif(os.name != "posix", reason="folders of Linux")
def test_gguf_files_are_found_where_the_program_keeps_them(
    home: Path, gguf: Path, place: str, program: str
) -> None:
    path = put(gguf, home / place)
    put(gguf, path.with_name("mmproj-tiny.gguf"))
    found = only(home)
    assert (found.program, found.name, found.path) == (program, "tiny", str(path))


def test_the_hubs_cache_holds_folders_and_gguf_files(
    home: Path, tmp_path: Path, gguf: Path
) -> None:
    model = tmp_path / "model"
    model.mkdir()
    put_in_hub_cache(home / ".cache/huggingface/hub", build_model(model))
    files = tmp_path / "files"
    put(gguf, files / "tiny-Q8_0.gguf")
    put_in_hub_cache(home / ".cache/huggingface/hub", files, "org--tiny-GGUF")
    names = {found.name: found.is_folder for found in discover(home, {"NONE": ""})}
    assert names == {"org/tiny": True, "org/tiny-GGUF/tiny-Q8_0": False}
    assert all(found.problem is None for found in discover(home, {"NONE": ""}))


def test_a_model_that_cannot_be_used_comes_last_with_the_reason(home: Path, gguf: Path) -> None:
    put(gguf, home / ".lmstudio/models/org/z/z.gguf")
    broken = home / ".lmstudio/models/org/a/a.gguf"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"GGUF")
    first, last = discover(home, {"NONE": ""})
    assert first.name == "z"
    assert last.problem == "a.gguf is not a complete GGUF file."


def test_a_model_that_two_programs_share_is_found_once(home: Path, gguf: Path) -> None:
    blob = put_in_ollama(home / ".ollama/models", gguf)
    link = home / ".lmstudio/models/ollama/tiny/tiny.gguf"
    link.parent.mkdir(parents=True)
    link.symlink_to(blob)
    assert only(home).program == "Ollama"


def test_damaged_manifests_and_endless_links_are_passed_over(home: Path, gguf: Path) -> None:
    root = home / ".ollama/models"
    put_in_ollama(root, gguf)
    folder = root / "manifests/registry.ollama.ai/library/bad"
    folder.mkdir()
    (folder / "one").write_text("[[[")
    (folder / "two").write_text('{"layers": [{"mediaType": 1, "digest": 2}]}')
    (folder / "three").write_text(
        '{"layers": [{"mediaType": "application/vnd.ollama.image.model",'
        ' "digest": "../../../../etc/passwd"}]}'
    )
    (folder / "four").symlink_to(folder / "four")
    assert only(home).name == "tiny:1b"


def test_what_was_found_can_be_added_and_answers(home: Path, tmp_path: Path, gguf: Path) -> None:
    from mmdesk.engine.local import LocalEngine
    from mmdesk.values import ChatRequest, NeverCancelled, Sampling, TextChunk, Turn

    put_in_ollama(home / ".ollama/models", gguf)
    model = tmp_path / "model"
    model.mkdir()
    put_in_hub_cache(home / ".cache/huggingface/hub", build_model(model))
    before = sorted((p, p.read_bytes()) for p in home.rglob("*") if p.is_file())
    store = ModelStore(tmp_path / "models", Manifest(()))
    titles = []
    for found in discover(home, {"NONE": ""}):
        added = store.local.add(Path(found.path), title=found.name if not found.is_folder else "")
        titles.append(added.title)
        engine = LocalEngine(store, threads=1)
        request = ChatRequest((Turn("user", "hello"),), Sampling(max_tokens=4), model=added.id)
        events = list(engine.generate(request, NeverCancelled()))
        engine.close()
        assert any(isinstance(event, TextChunk) for event in events)
    assert titles == ["tiny", "tiny:1b"]
    assert sorted((p, p.read_bytes()) for p in home.rglob("*") if p.is_file()) == before
