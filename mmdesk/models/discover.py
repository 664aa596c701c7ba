"""Models that other programs left on this machine.

Ollama, LM Studio, llama.cpp, Jan, GPT4All and the cache of the Hugging Face hub are looked through.
Nothing is written into their folders, and no weights are read: a folder's config and a GGUF file's
header say whether mmdesk can use the model. Folders of transformers are used where they lie; GGUF
files are converted into a folder of mmdesk's own.

Where the programs keep their models:
- Ollama: https://github.com/ollama/ollama/blob/main/docs/faq.mdx; manifests name blobs by digest.
- LM Studio: https://lmstudio.ai/docs/app/basics/import-model
- hub: https://huggingface.co/docs/huggingface_hub/guides/manage-cache; also llama.cpp's since 2026.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from mmdesk.errors import InputError
from mmdesk.models.own_folders import check_model_folder
from mmdesk.models.own_gguf import SUFFIX, check_gguf
from mmdesk.models.regular_files import read_regular
from mmdesk.translatable import TranslatableText
from mmdesk.values import FoundModel

MAX_FOUND = 300  # of one program
MAX_VISITED = 20_000  # files and folders of one program
MAX_MANIFEST_BYTES = 1_000_000
OLLAMA_MODEL = "application/vnd.ollama.image.model"

Place = tuple[str, Path]  # name of the model, its file or folder


@dataclass(frozen=True, slots=True)
class _Program:
    name: str
    folders: tuple[Path, ...]
    find: Callable[[Path], Iterator[Place]]


def discover(
    home: Path | None = None, environment: Mapping[str, str] | None = None
) -> tuple[FoundModel, ...]:
    """Return the models of other programs, those that mmdesk can use first.

    Args:
        home: the user's home folder; the account's where None.
        environment: variables that name other folders; the process's where None.
    """
    found: dict[Path, FoundModel] = {}
    for program in _programs(home or Path.home(), environment or os.environ):
        for folder in program.folders:
            for name, path in islice(program.find(folder), MAX_FOUND):
                real = _resolved(path)
                if real is not None and real not in found:
                    found[real] = _look_at(program.name, name, path)
    return tuple(sorted(found.values(), key=lambda m: (m.problem is not None, m.program, m.name)))


def _resolved(path: Path) -> Path | None:
    try:
        return path.resolve(strict=True)
    except (OSError, RuntimeError):  # gone, or a link to itself
        return None


def _look_at(program: str, name: str, path: Path) -> FoundModel:
    """Say whether a model can be used."""
    problem: TranslatableText | None = None
    try:
        if path.is_dir():
            check_model_folder(path.resolve())
        else:
            check_gguf(path)
    except InputError as refused:
        problem = refused.user_message
    return FoundModel(program, name, str(path), path.is_dir(), _size(path), problem)


def _size(path: Path) -> int:
    try:
        if path.is_dir():
            files = (file for file in path.iterdir() if file.suffix == ".safetensors")
            return sum(file.stat().st_size for file in files)
        return path.stat().st_size
    except OSError:
        return 0


def _programs(home: Path, environment: Mapping[str, str]) -> tuple[_Program, ...]:
    """Return the programs with their folders on this system."""

    def places(variable: str, *folders: Path) -> tuple[Path, ...]:
        chosen = environment.get(variable)
        return (Path(chosen).expanduser(),) if chosen else folders

    cache, data = _user_folders(home, environment)
    hub = environment.get("HF_HOME")
    return (
        _Program(
            "Ollama",
            places(
                "OLLAMA_MODELS", home / ".ollama/models", Path("/usr/share/ollama/.ollama/models")
            ),
            _ollama,
        ),
        _Program(
            "LM Studio", (home / ".lmstudio/models", home / ".cache/lm-studio/models"), _gguf_tree
        ),
        _Program(
            "Hugging Face",
            places(
                "HF_HUB_CACHE",
                Path(hub).expanduser() / "hub" if hub else home / ".cache/huggingface/hub",
            ),
            _hub_cache,
        ),
        _Program("llama.cpp", places("LLAMA_CACHE", cache / "llama.cpp"), _gguf_tree),
        _Program("Jan", (data / "Jan/data/llamacpp/models", home / "jan/models"), _gguf_tree),
        _Program("GPT4All", (data / "nomic.ai/GPT4All", home / ".cache/gpt4all"), _gguf_tree),
    )


def _user_folders(home: Path, environment: Mapping[str, str]) -> tuple[Path, Path]:
    """Return the system's folders for caches and for programs' data."""
    if sys.platform == "darwin":  # not run on the machines this was written on
        return home / "Library/Caches", home / "Library/Application Support"
    if sys.platform == "win32":  # not run on the machines this was written on
        local = Path(environment.get("LOCALAPPDATA") or home / "AppData/Local")
        return local, local
    return (
        Path(environment.get("XDG_CACHE_HOME") or home / ".cache"),
        Path(environment.get("XDG_DATA_HOME") or home / ".local/share"),
    )


def _gguf_tree(folder: Path) -> Iterator[Place]:
    """Yield the GGUF files below a folder, without the picture parts that lie beside models."""
    for path in _walk(folder):
        if path.suffix.lower() == SUFFIX and not path.name.lower().startswith("mmproj"):
            yield path.stem, path


def _walk(folder: Path) -> Iterator[Path]:
    """Yield the files below a folder; links to folders are not followed."""
    visited = 0
    for parent, folders, files in os.walk(folder):
        folders.sort()
        for name in sorted(files):
            visited += 1
            if visited > MAX_VISITED:
                return
            yield Path(parent) / name


def _hub_cache(folder: Path) -> Iterator[Place]:
    """Yield the newest snapshot of each model in a cache of the hub: a folder, or GGUF files."""
    for repository in sorted(_entries(folder, "models--*")):
        name = repository.name.removeprefix("models--").replace("--", "/")
        snapshot = _newest_snapshot(repository)
        if snapshot is None:
            continue
        files = _entries(snapshot, f"*{SUFFIX}")
        for file in sorted(files):
            if not file.name.lower().startswith("mmproj"):
                yield f"{name}/{file.stem}", file
        if not files and (snapshot / "config.json").exists():
            yield name, snapshot


def _newest_snapshot(repository: Path) -> Path | None:
    """Return the snapshot that refs/main names, or the one that was changed last."""
    try:
        commit = read_regular(repository / "refs/main", 200).decode().strip()
    except (OSError, ValueError):
        commit = ""
    if commit and Path(commit).name == commit and (repository / "snapshots" / commit).is_dir():
        return repository / "snapshots" / commit
    snapshots = [path for path in _entries(repository / "snapshots", "*") if path.is_dir()]
    return max(snapshots, key=lambda path: path.stat().st_mtime, default=None)


def _ollama(folder: Path) -> Iterator[Place]:
    """Yield the models that Ollama's manifests name; their weights are blobs in GGUF."""
    for manifest in _walk(folder / "manifests"):
        try:
            stored = json.loads(read_regular(manifest, MAX_MANIFEST_BYTES))
            digest = next(
                layer["digest"] for layer in stored["layers"] if layer["mediaType"] == OLLAMA_MODEL
            )
            blob = str(digest).replace(":", "-")
        except (OSError, ValueError, LookupError, TypeError, StopIteration, RecursionError):
            continue
        if Path(blob).name == blob:
            yield _ollama_name(manifest.relative_to(folder / "manifests")), folder / "blobs" / blob


def _ollama_name(manifest: Path) -> str:
    """Return the name that `ollama list` shows: "library" and the registry are left out."""
    *space, model, tag = manifest.parts[1:] if len(manifest.parts) > 2 else manifest.parts
    return "/".join([part for part in space if part != "library"] + [f"{model}:{tag}"])


def _entries(folder: Path, pattern: str) -> list[Path]:
    try:
        return list(islice(folder.glob(pattern), MAX_VISITED))
    except OSError:
        return []
