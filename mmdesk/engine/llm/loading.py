"""Brings a language part from its folder into memory, verified, without fetching anything.

The files' hashes are computed in a thread of their own while the weights are put in order: hashing
lets go of the interpreter lock, so it is hardly felt. A model that the native code computes needs
no torch, and one that the fast path covers no transformers: they take longer to import than the
rest of the loading, and more memory than anything but the weights.
"""

from __future__ import annotations

import errno
import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmdesk.engine.decoder import Decoder
from mmdesk.engine.hardware import (
    best_device,
    best_dtype,
    best_precision,
    give_back_memory,
    keep_one_heap,
    may_have_accelerator,
    thread_count,
    use_threads,
)
from mmdesk.errors import InputError, ModelUnavailable


@dataclass(frozen=True, slots=True)
class Loaded:
    """A language model ready to answer.

    Attributes:
        part: its id.
        model: a Decoder, or a transformers causal language model in eval mode.
        tokenizer: a ChatTokenizer, or a (fast) transformers tokenizer with a chat template.
        device: "cpu", "cuda" or "mps".
        precision: "int8", "bf16" or "fp32".
        stop_ids: tokens that end an answer.
        most_tokens: the longest context the model was made for.
        threads: CPU threads it computes with.
    """

    part: str
    model: Any
    tokenizer: Any
    device: str
    precision: str
    stop_ids: frozenset[int]
    most_tokens: int
    threads: int


def load_language(
    part: str,
    folder: Path,
    verify: Callable[[], None],
    threads: int = 0,
    precision: str = "auto",
) -> Loaded:
    """Load the model in `folder` while `verify` checks its files.

    Args:
        precision: "int8", "bf16", "fp32", or "auto" for the fastest one here.

    Raises:
        InputError: this machine or this model cannot compute in that precision.
        ModelUnavailable: verification failed, or the folder holds no such model.
    """
    from safetensors import SafetensorError

    keep_one_heap()
    with ThreadPoolExecutor(1, thread_name_prefix="verify") as beside:
        verified = beside.submit(verify)
        try:
            loaded = _load(part, folder, thread_count(threads), precision)
        except (
            OSError,
            ValueError,
            KeyError,
            RuntimeError,
            MemoryError,
            SafetensorError,
        ) as problem:
            verified.result()  # a damaged file is the better explanation, if it is one
            if _is_out_of_memory(problem):
                raise ModelUnavailable(
                    f'There is not enough memory to load the model "{part}".',
                    "Close other programs, or choose a smaller model.",
                ) from problem
            raise ModelUnavailable(
                f'The model "{part}" cannot be loaded ({type(problem).__name__}).',
                "Remove it and fetch it again.",
            ) from problem
        verified.result()
    give_back_memory()
    return loaded


def _load(part: str, folder: Path, threads: int, precision: str) -> Loaded:
    from mmdesk.engine.model_config import is_covered, read_config

    use_threads(threads)
    device = best_device() if may_have_accelerator() else "cpu"
    config = read_config(folder)
    if device == "cpu" and is_covered(folder, config):
        return _load_fast(part, folder, config, threads, precision)
    return _load_transformers(part, folder, threads, precision, device)


def _load_fast(
    part: str, folder: Path, config: dict[str, Any], threads: int, precision: str
) -> Loaded:
    from mmdesk.engine.llm.tokenizer import ChatTokenizer

    with ThreadPoolExecutor(1, thread_name_prefix="tokenizer") as beside:
        tokenizer = beside.submit(ChatTokenizer, folder)
        model, chosen = _decoder(folder, config, threads, precision)
        words = tokenizer.result()
    stops = _stop_ids(_named_stops(folder), words)
    return Loaded(part, model, words, "cpu", chosen, stops, model.shape.most_tokens, threads)


def _decoder(
    folder: Path, config: dict[str, Any], threads: int, precision: str
) -> tuple[Decoder, str]:
    """The model and what it computes in: by the native code, else by torch."""
    if precision in ("auto", "int8"):
        native = _native(folder, config, threads)
        if native is not None:
            return native, "int8"
    from mmdesk.engine.torch_cpu.weights import load_fast

    use_threads(threads)
    chosen = best_precision() if precision == "auto" else precision
    if chosen == "int8" and best_precision() != "int8":
        raise InputError("This processor cannot compute in int8.", "Choose bf16 or fp32.")
    return load_fast(folder, chosen, threads), chosen  # type: ignore[arg-type]


def _native(folder: Path, config: dict[str, Any], threads: int) -> Decoder | None:
    try:
        from mmdesk.engine.native.load_weights import load_native

        return load_native(folder, config, threads)
    except (ImportError, RuntimeError):  # no llvmlite, or one that cannot compile here
        return None


def _named_stops(folder: Path) -> Any:
    file = folder / "generation_config.json"
    if not file.is_file():
        return None
    return json.loads(file.read_text(encoding="utf-8")).get("eos_token_id")


def _load_transformers(
    part: str, folder: Path, threads: int, precision: str, device: str
) -> Loaded:
    import torch
    from transformers import AutoTokenizer
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    if precision == "int8":
        raise InputError(f'The model "{part}" cannot compute in int8 here.', "Choose bf16 or fp32.")
    use_threads(threads)
    named = {"bf16": torch.bfloat16, "fp32": torch.float32}
    dtype = named.get(precision) or best_dtype(device)
    # Said outright, since the defaults fall back to pickles and ask on stdin about foreign code.
    careful = {"local_files_only": True, "trust_remote_code": False}
    if not (folder / "tokenizer.json").is_file():
        raise FileNotFoundError("tokenizer.json")  # transformers would make an empty one up
    tokenizer = AutoTokenizer.from_pretrained(folder, **careful)
    if not tokenizer.chat_template:
        raise ValueError("no chat template")
    model = _transformers_model(folder, dtype, careful)
    model.eval()
    if device != "cpu":  # not run on the machines this was written on
        model.to(device)
    most = int(getattr(model.config, "max_position_embeddings", 0) or 2**31)
    stops = _stop_ids(model.generation_config.eos_token_id, tokenizer)
    return Loaded(part, model, tokenizer, device, _name_of(dtype), stops, most, threads)


def _transformers_model(folder: Path, dtype: Any, careful: dict[str, bool]) -> Any:
    from transformers import AutoConfig, AutoModelForCausalLM, GenerationConfig

    from mmdesk.engine.torch_cpu.weights import floats_of_int8

    state = floats_of_int8(folder, dtype)
    if state is None:
        return AutoModelForCausalLM.from_pretrained(
            folder, dtype=dtype, use_safetensors=True, **careful
        )
    # transformers does not know our 8 bits, so it is handed floats.
    config = AutoConfig.from_pretrained(folder, **careful)
    model = AutoModelForCausalLM.from_config(config, dtype=dtype)
    missing, unknown = model.load_state_dict(state, strict=False, assign=True)
    model.tie_weights()
    if unknown or set(missing) - {"lm_head.weight"}:
        raise ValueError("the weights are of another model")
    if (folder / "generation_config.json").is_file():
        model.generation_config = GenerationConfig.from_pretrained(folder, local_files_only=True)
    return model


def _name_of(dtype: Any) -> str:
    return {"torch.bfloat16": "bf16", "torch.float32": "fp32"}.get(str(dtype), str(dtype))


def _is_out_of_memory(problem: BaseException) -> bool:
    """Torch says it as a RuntimeError of its allocator, the system as ENOMEM."""
    words = str(problem).lower()
    out = isinstance(problem, MemoryError) or getattr(problem, "errno", None) == errno.ENOMEM
    return out or any(sign in words for sign in ("allocate memory", "out of memory", "alloc_cpu"))


def _stop_ids(named: Any, tokenizer: Any) -> frozenset[int]:
    """Every token that ends an answer, from generation_config.json (`named`) and the tokenizer:
    either may name only one of several.
    """
    stops = set(named if isinstance(named, list) else [named])
    stops.add(tokenizer.eos_token_id)
    return frozenset(stop for stop in stops if stop is not None)
