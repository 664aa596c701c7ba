"""Conversion of downloaded files to the folder that is loaded, in a child process.

The child keeps torch, transformers and hundreds of megabytes out of the window's process. It runs
at low priority and can be killed at any moment: it writes only into a temporary folder, and it
ends with its parent.
"""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import struct
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

from mmdesk.errors import Cancelled, InputError, ModelUnavailable
from mmdesk.models.gguf_header import ARCHITECTURES
from mmdesk.models.install_record import RECORD
from mmdesk.models.manifest import ModelPart, WeightFormat
from mmdesk.translatable import TranslatableText
from mmdesk.values import CancelFlag

WEIGHTS = "model.safetensors"

# What the libraries raise for a file that is damaged, or is not what it says.
DAMAGED = (
    ValueError,
    OSError,
    LookupError,
    RuntimeError,
    TypeError,
    AttributeError,
    ArithmeticError,
    MemoryError,
    struct.error,
)

# transformers' names of tokenizers by architecture. Granite's is the one of its tokenizers library
# that takes what is in the file as it is.
TOKENIZERS = {"qwen2": "qwen2", "granite": "granite", "smollm3": "granite"}

ConversionMessage = tuple[str, int | str]  # ("bytes", n), ("done", 0) or ("failed", reason)


def convert(
    part: ModelPart,
    raw: Path,
    target: Path,
    on_bytes: Callable[[int], None],
    cancel: CancelFlag,
) -> None:
    """Convert the part's files in `raw` into the empty folder `target`.

    Args:
        part: the model part.
        raw: folder of the downloaded files.
        target: empty folder for the result.
        on_bytes: called with the bytes of weights written so far.
        cancel: stops the conversion when set.

    Raises:
        ModelUnavailable: the conversion failed or its process died.
        Cancelled: `cancel` was set; the process is gone, `target` is incomplete.
    """
    if part.conversion == "none":
        for file in part.files:
            os.replace(raw / file.name, target / file.name)
        return
    _convert_part(part, part.conversion, raw, target, on_bytes, cancel)


def upgrade(
    part: ModelPart,
    folder: Path,
    target: Path,
    on_bytes: Callable[[int], None],
    cancel: CancelFlag,
) -> None:
    """Convert what an earlier version installed in `folder` into the empty folder `target`.

    Raises like `convert`.
    """
    _convert_part(part, "upgrade", folder, target, on_bytes, cancel)


def convert_own_gguf(
    source: Path,
    target: Path,
    architecture: str,
    on_bytes: Callable[[int], None],
    cancel: CancelFlag,
) -> None:
    """Convert a GGUF file of the user's own into the empty folder `target`.

    Args:
        source: the file, which stays as it is.
        target: empty folder for the result.
        architecture: of the file, as its header names it.
        on_bytes: called with the bytes of weights written so far.
        cancel: stops the conversion when set.

    Raises:
        InputError: the conversion failed or its process died.
        Cancelled: `cancel` was set; the process is gone, `target` is incomplete.
    """
    step = "gguf" if architecture in ARCHITECTURES else "gguf-transformers"
    try:
        _run_in_child(step, "int8", source, target, on_bytes, cancel)
    except _ConversionError as failure:
        raise InputError(
            "{name} could not be converted: {reason}.", name=source.name, reason=failure.reason
        ) from failure


class _ConversionError(Exception):
    """Failure of the child process, with the reason for the user."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def _convert_part(
    part: ModelPart,
    step: str,
    raw: Path,
    target: Path,
    on_bytes: Callable[[int], None],
    cancel: CancelFlag,
) -> None:
    try:
        _run_in_child(step, part.weights, raw, target, on_bytes, cancel)
    except _ConversionError as failure:
        raise ModelUnavailable(
            "{title} ({part}) could not be converted: {reason}.",
            "Try again: mmdesk models get {part}",
            title=part.title,
            part=part.id,
            reason=failure.reason,
        ) from failure


def _run_in_child(
    step: str,
    weights: WeightFormat,
    raw: Path,
    target: Path,
    on_bytes: Callable[[int], None],
    cancel: CancelFlag,
) -> None:
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    child = context.Process(
        target=_child, args=(step, weights, raw, target, sender), daemon=True, name="convert"
    )
    child.start()
    sender.close()
    try:
        _follow(receiver, on_bytes, cancel)
    finally:
        child.kill()
        child.join()
        receiver.close()


def _follow(receiver: Connection, on_bytes: Callable[[int], None], cancel: CancelFlag) -> None:
    done = 0
    while True:
        if cancel.is_set():
            raise Cancelled
        if not receiver.poll(0.1):
            continue
        try:
            kind, value = receiver.recv()
        except EOFError:
            kind = "failed"
            value = TranslatableText("its process ended, perhaps out of memory")
        if kind == "done":
            return
        if kind == "failed":
            raise _ConversionError(value)
        done += int(value)
        on_bytes(done)


def _child(
    conversion: str, weights: WeightFormat, raw: Path, target: Path, sender: Connection
) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    threading.Thread(target=_die_with_parent, daemon=True).start()
    if hasattr(os, "nice"):
        os.nice(10)
    steps = {
        "gguf": _convert_gguf,
        "gguf-transformers": _convert_gguf_with_transformers,
        "checkpoint": _convert_checkpoint,
        "upgrade": _upgrade,
    }
    try:
        for size in steps[conversion](raw, target, weights):
            sender.send(("bytes", size))
    except DAMAGED as problem:
        sender.send(("failed", str(problem) or type(problem).__name__))
    else:
        sender.send(("done", 0))


def _die_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _convert_gguf(raw: Path, target: Path, weights: WeightFormat) -> Iterator[int]:
    """Convert a GGUF file: `raw`, or the model.gguf in it."""
    from mmdesk.models.gguf_weights import GgufModel, write_json

    source = raw if raw.is_file() else raw / "model.gguf"
    model = GgufModel(source)
    floats = target / "floats.safetensors"
    for _ in model.write_weights(floats):
        yield 0  # half of the work, but no bytes of the result
    yield from _quantise(floats, target, weights)
    floats.unlink(missing_ok=True)
    write_json(target / "config.json", model.config())
    write_json(target / "generation_config.json", model.generation_config())
    _write_tokenizer(source, target, model.architecture)


def _convert_gguf_with_transformers(
    source: Path, target: Path, weights: WeightFormat
) -> Iterator[int]:
    """Convert a GGUF file of an architecture that transformers reads and mmdesk does not.

    Unlike mmdesk's own conversion, this holds the whole model in memory, and its weights stay in
    bfloat16, as only transformers computes such a model.
    """
    import torch
    from transformers import AutoModelForCausalLM

    yield 0
    with _hub_offline():
        model = AutoModelForCausalLM.from_pretrained(
            source.parent, gguf_file=source.name, dtype=torch.bfloat16, trust_remote_code=False
        )
    model.save_pretrained(target, max_shard_size="1TB")
    yield (target / WEIGHTS).stat().st_size
    _write_tokenizer(source, target, "")


def _upgrade(folder: Path, target: Path, weights: WeightFormat) -> Iterator[int]:
    """Quantise a language model's folder as converter version 1 (bfloat16) or 2 (int8) wrote it.

    The same weights give the same bytes as a conversion from the download.
    """
    yield from _quantise(folder / WEIGHTS, target, weights)
    for file in folder.iterdir():
        if file.name not in (WEIGHTS, RECORD):
            shutil.copy2(file, target / file.name)


def _quantise(source: Path, target: Path, weights: WeightFormat) -> Iterator[int]:
    """Write the weights of a safetensors file in floats or int8 as `weights` says.

    4-bit codes are always made from int8, so the bytes do not depend on which of them came before.
    """
    from mmdesk.models.quantise import is_int8, write_int8
    from mmdesk.models.quantise_int4 import write_int4

    if weights == "int8":
        yield from write_int8(source, target / WEIGHTS)
        return
    if is_int8(source):
        yield from write_int4(source, target / WEIGHTS)
        return
    int8 = target / "int8.safetensors"
    for _ in write_int8(source, int8):
        yield 0
    if source.parent == target:
        source.unlink()  # of the conversion itself; the disk need not hold all three
    yield from write_int4(int8, target / WEIGHTS)
    int8.unlink()


def _write_tokenizer(source: Path, target: Path, architecture: str) -> None:
    """Write tokenizer.json, tokenizer_config.json and the chat template as transformers reads them.

    With `tokenizer_type` given, transformers does not read the file for a model config as well,
    which takes far longer than the rest, and which it refuses for some architectures.
    """
    from transformers import AutoTokenizer

    known = {"tokenizer_type": kind} if (kind := TOKENIZERS.get(architecture)) else {}
    with _hub_offline():
        tokenizer = AutoTokenizer.from_pretrained(source.parent, gguf_file=source.name, **known)
    tokenizer.init_kwargs.pop("local_files_only", None)
    tokenizer.save_pretrained(target)


@contextmanager
def _hub_offline() -> Iterator[None]:
    """Keep transformers from asking the hub about a local file, but not what is downloaded next."""
    from huggingface_hub import constants

    before = constants.HF_HUB_OFFLINE
    constants.HF_HUB_OFFLINE = True
    try:
        yield
    finally:
        constants.HF_HUB_OFFLINE = before


def _convert_checkpoint(raw: Path, target: Path, weights: WeightFormat) -> Iterator[int]:
    import torch
    from safetensors.torch import save_file

    # weights_only: a pickle that holds anything but tensors is refused.
    loaded = torch.load(raw / "model.pth", map_location="cpu", weights_only=True)
    tensors = {name: tensor.contiguous() for name, tensor in loaded.items()}
    path = target / "model.safetensors"
    save_file(tensors, path, metadata={"format": "pt"})
    yield path.stat().st_size
