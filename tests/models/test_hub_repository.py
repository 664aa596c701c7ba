"""Models from the hub: planned, downloaded, resumed, compared and refused."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from mmdesk.errors import Cancelled, MMDeskError, ModelUnavailable
from mmdesk.models import HubAddress, install_from_hub, plan_download, unfinished_downloads
from mmdesk.models.hub_repository import plan as plan_module
from mmdesk.models.hub_repository.hub_errors import AccessNeeded
from mmdesk.models.hub_repository.partial import discard_download
from mmdesk.models.manifest import Manifest
from mmdesk.models.model_store import ModelStore
from mmdesk.network import ConnectionLog
from mmdesk.values import FetchProgress, HubPlan, NeverCancelled
from mmdesk.workers import framing
from tests.fakes.hub_server import TOKEN, HubServer, files_of
from tests.fakes.tiny_gguf import write_tiny_gguf
from tests.fakes.tiny_model import build_model

MODEL = HubAddress("tiny/Tiny-Chat")
WEIGHTS = "model.safetensors"
COMMIT = "a" * 40


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """Return the files of a real model, and of what must never be downloaded."""
    files = files_of(build_model(tmp_path_factory.mktemp("tiny")))
    files["README.md"] = b"---\nlicense: mit\n---\n"
    unwanted = ("modeling_tiny.py", "pytorch_model.bin", "tf_model.h5", "run.sh", "onnx/model.onnx")
    return files | dict.fromkeys(unwanted, b"never")


@pytest.fixture(scope="module")
def gguf(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return write_tiny_gguf(tmp_path_factory.mktemp("gguf") / "tiny.gguf").read_bytes()


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    server = HubServer()
    monkeypatch.setenv("HF_ENDPOINT", server.url)
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    monkeypatch.delenv("HF_TOKEN", raising=False)
    monkeypatch.setitem(sys.modules, "keyring", None)
    yield server
    server.close()


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(tmp_path / "home" / "models", Manifest(()))


def planned(store: ModelStore, address: HubAddress = MODEL) -> HubPlan:
    return plan_download(address, store.root, NeverCancelled())


def install(store: ModelStore, address: HubAddress = MODEL, **options: object) -> str:
    cancel = options.get("cancel", NeverCancelled())
    on_progress = options.get("on_progress", lambda progress: None)
    return install_from_hub(store, address, on_progress, cancel).id  # type: ignore[arg-type]


def refusal(store: ModelStore, address: HubAddress = MODEL) -> MMDeskError:
    with pytest.raises(MMDeskError) as told:
        planned(store, address)
    return told.value


def test_a_plan_says_what_comes_and_no_weights_come_with_it(
    hub: HubServer, store: ModelStore, tiny: dict[str, bytes]
) -> None:
    hub.add("tiny/Tiny-Chat", tiny)
    plan = planned(store)
    names = {file.path for file in plan.files}
    assert {"config.json", "tokenizer.json", "README.md", WEIGHTS} <= names
    assert not any(name.endswith((".py", ".bin", ".h5", ".sh", ".onnx")) for name in names)
    assert plan.total_bytes == sum(len(tiny[name]) for name in names)
    assert (plan.commit, plan.licence, plan.gated) == (COMMIT, "apache-2.0", False)
    assert plan.id == f"hub:tiny/Tiny-Chat@{COMMIT}"
    assert hub.downloads(WEIGHTS) == []
    assert not store.root.exists()


def test_a_model_is_downloaded_compared_and_listed_with_its_commit(
    hub: HubServer, store: ModelStore, tiny: dict[str, bytes]
) -> None:
    hub.add("tiny/Tiny-Chat", tiny)
    told: list[FetchProgress] = []
    part = install(store, on_progress=told.append)
    (model,) = store.local.models()
    assert (model.id, model.title, model.licence) == (part, "Tiny-Chat", "apache-2.0")
    assert (model.origin, model.commit) == ("tiny/Tiny-Chat", COMMIT)
    assert store.path(part) == store.root / part
    assert {file.name for file in model.files} >= {"config.json", "tokenizer.json", WEIGHTS}
    assert not any(path.suffix in (".py", ".bin") for path in store.path(part).iterdir())
    assert not list((store.root / ".partial").glob("hub-*"))
    assert [one.stage for one in told][-1] == "done"
    assert {"downloading", "verifying"} <= {one.stage for one in told}
    store.verify(part)


def test_it_answers_when_the_hub_is_gone(
    hub: HubServer, store: ModelStore, tiny: dict[str, bytes]
) -> None:
    from mmdesk.engine.local import LocalEngine
    from mmdesk.values import ChatRequest, Finished, Sampling, TextChunk, Turn

    hub.add("tiny/Tiny-Chat", tiny)
    part = install(store)
    hub.close()
    asked = len(hub.asked)
    engine = LocalEngine(store, threads=1)
    request = ChatRequest((Turn("user", "hello"),), Sampling(max_tokens=8), model=part)
    events = list(engine.generate(request, NeverCancelled()))
    engine.close()
    assert "".join(event.text for event in events if isinstance(event, TextChunk))
    assert isinstance(events[-1], Finished)
    assert len(hub.asked) == asked


def test_a_cut_connection_is_resumed_where_it_broke(
    hub: HubServer, store: ModelStore, tiny: dict[str, bytes]
) -> None:
    hub.add("tiny/Tiny-Chat", tiny)
    hub.cut_after[WEIGHTS] = [1000, 500]
    store.verify(install(store))
    assert hub.downloads(f"storage/tiny/Tiny-Chat/{WEIGHTS}") == ["", "bytes=1000-", "bytes=1500-"]


def test_a_cancelled_download_is_resumed_by_the_next_call(
    hub: HubServer, store: ModelStore, tiny: dict[str, bytes]
) -> None:
    hub.add("tiny/Tiny-Chat", tiny)
    hub.hold_after[WEIGHTS] = 2000
    small = sum(file.size for file in planned(store).files if file.path != WEIGHTS)
    cancel = threading.Event()

    def stop(progress: FetchProgress) -> None:
        if progress.done_bytes >= small + 2000:
            cancel.set()

    with pytest.raises(Cancelled):
        install(store, on_progress=stop, cancel=cancel)
    assert store.infos() == ()
    (left,) = unfinished_downloads(store.root)
    assert (left.title, left.id) == ("Tiny-Chat", f"hub:tiny/Tiny-Chat@{COMMIT}")
    assert left.kept_bytes > 2000
    assert planned(store).kept_bytes == small + 2000
    store.verify(install(store, HubAddress.parse(left.id)))
    assert hub.downloads(WEIGHTS)[-1] == "bytes=2000-"
    assert unfinished_downloads(store.root) == ()


def test_a_killed_child_leaves_nothing_half_made_and_the_next_one_resumes(
    hub: HubServer, store: ModelStore, tiny: dict[str, bytes]
) -> None:
    hub.add("tiny/Tiny-Chat", tiny)
    hub.hold_after[WEIGHTS] = 40_000  # more than the buffers that a kill loses
    plan = planned(store)
    small = plan.total_bytes - len(tiny[WEIGHTS])
    child = _child(plan.id)
    while True:
        progress = framing.read(child.stdout)
        assert isinstance(progress, FetchProgress), progress
        if progress.done_bytes > small:
            break
    os.kill(child.pid, signal.SIGKILL)
    child.communicate()
    assert store.infos() == ()
    assert not list(store.root.glob("local-*"))
    kept = planned(store).kept_bytes - small
    assert 0 < kept <= 40_000
    again = _child(plan.id)
    while not isinstance(value := framing.read(again.stdout), tuple):
        assert isinstance(value, FetchProgress), value
    assert value == ("installed", plan.id, "local-tiny-chat")
    again.communicate()
    assert hub.downloads(WEIGHTS)[-1] == f"bytes={kept}-"
    store.verify("local-tiny-chat")


def _child(download: str) -> subprocess.Popen:
    """Start the window's child that downloads, with the guard on its connections."""
    command = [sys.executable, "-m", "mmdesk.workers.fetch_main"]
    child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert child.stdin is not None
    child.stdin.write(framing.pack((download,)))
    child.stdin.flush()
    return child


@pytest.mark.parametrize("name", [WEIGHTS, "config.json"])
def test_other_bytes_than_the_hub_states_are_deleted_and_not_listed(
    hub: HubServer, store: ModelStore, tiny: dict[str, bytes], name: str
) -> None:
    hub.add("tiny/Tiny-Chat", tiny)
    plan = planned(store)
    changed = bytearray(tiny[name])
    changed[-2] ^= 1  # a space or a brace of the JSON, a weight
    hub.delivered[name] = bytes(changed)
    with pytest.raises(MMDeskError) as told:
        install(store, HubAddress.parse(plan.id))
    assert name in str(told.value)
    assert store.infos() == ()
    assert not list(store.root.glob(f".partial/hub-*/files/*/{name}"))
    del hub.delivered[name]
    store.verify(install(store))


def test_a_file_that_is_longer_than_stated_is_refused(
    hub: HubServer, store: ModelStore, tiny: dict[str, bytes]
) -> None:
    hub.add("tiny/Tiny-Chat", tiny)
    hub.delivered[WEIGHTS] = tiny[WEIGHTS] + b"more"
    with pytest.raises(ModelUnavailable, match="longer than it should be"):
        install(store)
    assert store.infos() == ()


def test_the_token_opens_a_gated_model_and_goes_to_the_hub_alone(
    hub: HubServer, store: ModelStore, tiny: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add("tiny/Tiny-Chat", tiny, gated=True)
    told = refusal(store)
    assert isinstance(told, AccessNeeded)
    assert "accept their terms" in told.user_message
    assert f"{hub.url}/tiny/Tiny-Chat" in told.hint
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    assert planned(store).gated
    store.verify(install(store))
    assert hub.tokens
    assert not any(path.startswith("/storage") for _, path in hub.tokens)


def test_an_account_that_has_not_accepted_is_told_the_page(
    hub: HubServer, store: ModelStore, tiny: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add("tiny/Tiny-Chat", tiny)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    hub.refuse_gated = {"tiny/Tiny-Chat"}
    told = refusal(store)
    assert "may not download tiny/Tiny-Chat yet" in told.user_message
    assert f"{hub.url}/tiny/Tiny-Chat" in told.hint


def test_a_token_that_is_not_accepted_is_said_to_be_so(
    hub: HubServer, store: ModelStore, tiny: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add("tiny/Tiny-Chat", tiny)
    monkeypatch.setenv("HF_TOKEN", "hf_old")
    told = refusal(store)
    assert isinstance(told, AccessNeeded)
    assert told.user_message == "The model hub does not accept your access token."


def test_a_private_model_is_not_told_from_a_missing_one(
    hub: HubServer, store: ModelStore, tiny: dict[str, bytes]
) -> None:
    hub.add("tiny/Tiny-Chat", tiny, private=True)
    told = refusal(store)
    assert isinstance(told, AccessNeeded)
    assert "no model tiny/Tiny-Chat on the hub, or it is private" in told.user_message
    assert "no model no/such" in refusal(store, HubAddress("no/such")).user_message


@pytest.mark.parametrize(
    ("status", "sentence"),
    [(429, "asked too often"), (503, "answered 503"), (500, "answered 500")],
)
def test_a_hub_in_trouble_is_told_in_one_sentence(
    hub: HubServer, store: ModelStore, tiny: dict[str, bytes], status: int, sentence: str
) -> None:
    hub.add("tiny/Tiny-Chat", tiny)
    hub.status["/api/models/tiny/Tiny-Chat/revision/main"] = [status] * 9
    assert sentence in refusal(store).user_message


def test_a_revision_that_is_not_there_is_named(
    hub: HubServer, store: ModelStore, tiny: dict[str, bytes]
) -> None:
    hub.add("tiny/Tiny-Chat", tiny)
    told = refusal(store, HubAddress("tiny/Tiny-Chat", "v9"))
    assert told.user_message == "tiny/Tiny-Chat has no revision v9."


def test_a_hub_that_cannot_be_reached_is_named(
    store: ModelStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_ENDPOINT", "http://127.0.0.1:9")
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert "(127.0.0.1:9) cannot be reached" in refusal(store).user_message


def test_something_that_is_no_hub_is_told(
    hub: HubServer, store: ModelStore, tiny: dict[str, bytes]
) -> None:
    hub.add("tiny/Tiny-Chat", tiny, commit="not a commit")
    assert "cannot be read" in refusal(store).user_message


@pytest.mark.parametrize("switch", ["MMDESK_OFFLINE", "HF_HUB_OFFLINE"])
def test_the_environment_turns_the_hub_off(
    hub: HubServer, store: ModelStore, monkeypatch: pytest.MonkeyPatch, switch: str
) -> None:
    monkeypatch.setenv(switch, "1")
    assert switch in refusal(store).user_message
    assert hub.asked == []


def _config(files: dict[str, bytes], **changes: object) -> None:
    files["config.json"] = json.dumps(json.loads(files["config.json"]) | changes).encode()


UNUSABLE = {
    "own code": (lambda f: _config(f, auto_map={"AutoModel": "x.Y"}), "its own program code"),
    "pickles only": (lambda f: f.pop(WEIGHTS), "no safetensors weights"),
    "no tokenizer": (lambda f: f.pop("tokenizer.json"), "has no tokenizer"),
    "no config": (lambda f: f.pop("config.json"), "config.json is missing"),
    "another kind": (
        lambda f: _config(f, architectures=["BertForMaskedLM"]),
        "is made for BertForMaskedLM",
    ),
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_what_cannot_be_used_is_refused_before_its_weights_come(
    hub: HubServer, store: ModelStore, tiny: dict[str, bytes], name: str
) -> None:
    spoil, sentence = UNUSABLE[name]
    files = dict(tiny)
    spoil(files)
    hub.add("tiny/Tiny-Chat", files)
    told = refusal(store)
    assert sentence in told.user_message
    assert "Tiny-Chat" in told.user_message
    assert hub.downloads(WEIGHTS) == []


def test_sharded_weights_are_those_that_the_index_names(
    hub: HubServer, store: ModelStore, tiny: dict[str, bytes], tmp_path: Path
) -> None:
    from transformers import AutoModelForCausalLM

    whole, folder = tmp_path / "whole", tmp_path / "sharded"
    whole.mkdir()
    for name, content in tiny.items():
        if "/" not in name:
            (whole / name).write_bytes(content)
    AutoModelForCausalLM.from_pretrained(whole).save_pretrained(folder, max_shard_size="20KB")
    files = {name: content for name, content in tiny.items() if name != WEIGHTS}
    files |= files_of(folder) | {"consolidated.safetensors": b"the same again"}
    hub.add("tiny/Tiny-Chat", files)
    part = install(store)
    shards = sorted(path.name for path in store.path(part).glob("model-*.safetensors"))
    assert len(shards) > 1
    assert not (store.path(part) / "consolidated.safetensors").exists()
    store.verify(part)


def test_an_index_that_names_a_file_elsewhere_is_refused(
    hub: HubServer, store: ModelStore, tiny: dict[str, bytes]
) -> None:
    files = {name: content for name, content in tiny.items() if name != WEIGHTS}
    index = {"weight_map": {"w": "../../evil.safetensors"}}
    files["model.safetensors.index.json"] = json.dumps(index).encode()
    files["../../evil.safetensors"] = b"x"
    hub.add("tiny/Tiny-Chat", files)
    assert "is incomplete" in refusal(store).user_message


def test_a_gguf_file_is_downloaded_and_converted(
    hub: HubServer, store: ModelStore, gguf: bytes
) -> None:
    hub.add("tiny/Tiny-GGUF", {"tiny-Q8_0.gguf": gguf, "mmproj-tiny.gguf": b"x"})
    address = HubAddress("tiny/Tiny-GGUF")
    plan = planned(store, address)
    assert [file.path for file in plan.files] == ["tiny-Q8_0.gguf"]
    part = install(store, address)
    (model,) = store.local.models()
    assert (model.title, model.origin) == ("tiny-Q8_0", "tiny/Tiny-GGUF:tiny-Q8_0.gguf")
    assert model.source == ""
    assert (store.path(part) / WEIGHTS).is_file()
    assert not list(store.root.rglob("*.gguf"))
    store.verify(part)


def test_of_several_gguf_files_one_is_to_be_named(
    hub: HubServer, store: ModelStore, gguf: bytes
) -> None:
    files = {"q/tiny-Q8_0.gguf": gguf, "q/tiny-Q4_K_M.gguf": gguf + bytes(9)}
    hub.add("tiny/Tiny-GGUF", files)
    told = refusal(store, HubAddress("tiny/Tiny-GGUF"))
    assert "q/tiny-Q8_0.gguf" in told.user_message
    assert "q/tiny-Q4_K_M.gguf" in told.user_message
    assert told.hint.endswith("tiny/Tiny-GGUF:q/tiny-Q8_0.gguf")
    for named in ("q/tiny-Q8_0.gguf", "q8_0"):
        plan = planned(store, HubAddress("tiny/Tiny-GGUF", file=named))
        assert plan.id.endswith(":q/tiny-Q8_0.gguf")
    assert "has several" in refusal(store, HubAddress("tiny/Tiny-GGUF", file="Q5_0")).user_message


def test_a_disk_that_is_too_small_is_told_before_the_download(
    hub: HubServer, store: ModelStore, tiny: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add("tiny/Tiny-Chat", tiny)
    usage = shutil._ntuple_diskusage(10**9, 10**9, 1000)  # type: ignore[attr-defined]
    monkeypatch.setattr(plan_module.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(MMDeskError, match="Not enough disk space for Tiny-Chat"):
        install(store)
    assert hub.downloads(WEIGHTS) == []


def test_a_newer_version_takes_the_place_of_the_old_one(
    hub: HubServer, store: ModelStore, tiny: dict[str, bytes]
) -> None:
    repository = hub.add("tiny/Tiny-Chat", tiny)
    first = install(store)
    repository.commit = "b" * 40
    assert install(store) == first
    (model,) = store.local.models()
    assert model.commit == "b" * 40
    store.verify(first)


def test_what_another_version_left_unfinished_is_deleted(
    hub: HubServer, store: ModelStore, tiny: dict[str, bytes]
) -> None:
    repository = hub.add("tiny/Tiny-Chat", tiny)
    hub.delivered[WEIGHTS] = tiny[WEIGHTS] + b"more"
    with pytest.raises(ModelUnavailable):
        install(store)
    repository.commit = "b" * 40
    with pytest.raises(ModelUnavailable):
        install(store)
    (left,) = unfinished_downloads(store.root)
    assert left.id.endswith("b" * 40)
    assert discard_download(store.root, MODEL)
    assert unfinished_downloads(store.root) == ()


def test_removing_deletes_what_was_downloaded(
    hub: HubServer, store: ModelStore, tiny: dict[str, bytes]
) -> None:
    hub.add("tiny/Tiny-Chat", tiny)
    part = install(store)
    folder = store.path(part)
    store.remove(part)
    assert not folder.exists()
    assert store.infos() == ()


def test_a_changed_file_says_how_to_get_it_again(
    hub: HubServer, store: ModelStore, tiny: dict[str, bytes]
) -> None:
    hub.add("tiny/Tiny-Chat", tiny)
    part = install(store)
    (store.path(part) / "config.json").write_text("{}")
    with pytest.raises(ModelUnavailable, match="changed since it was downloaded") as told:
        store.verify(part)
    assert told.value.hint.endswith("mmdesk models get tiny/Tiny-Chat")


def test_every_request_is_in_the_log_and_none_is_telemetry(
    hub: HubServer, store: ModelStore, tiny: dict[str, bytes]
) -> None:
    hub.add("tiny/Tiny-Chat", tiny)
    install(store)
    logged = ConnectionLog().read()
    assert len(logged) == len(hub.asked)
    reasons = {str(one.reason) for one in logged}
    assert reasons == {"look-up of tiny/Tiny-Chat on the model hub", "download of Tiny-Chat"}
    assert all(one.result.startswith("answered") for one in logged)
    paths = {path for _, path, _ in hub.asked}
    assert all("tiny/Tiny-Chat" in path for path in paths), paths


def test_a_library_that_was_told_to_be_offline_downloads_all_the_same(
    hub: HubServer, store: ModelStore, tiny: dict[str, bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    from huggingface_hub import constants

    hub.add("tiny/Tiny-Chat", tiny)
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)  # as transformers' own variable does
    store.verify(install(store))
    assert constants.HF_HUB_OFFLINE


def test_a_conversion_leaves_the_hub_within_reach(
    hub: HubServer, store: ModelStore, tiny: dict[str, bytes], gguf: bytes
) -> None:
    hub.add("tiny/Tiny-GGUF", {"tiny-Q8_0.gguf": gguf})
    hub.add("tiny/Tiny-Chat", tiny)
    install(store, HubAddress("tiny/Tiny-GGUF"))
    store.verify(install(store))
    assert len(store.local.models()) == 2
