"""Brings a language part from its folder into memory, verified, without fetching anything.

The files' hashes are computed in a thread of their own while torch and transformers are imported
and the weights are mapped: hashing lets go of the interpreter lock, so it is hardly felt.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmdesk.engine.machine import best_device, best_dtype, thread_count
from mmdesk.errors import ModelUnavailable


@dataclass(frozen=True, slots=True)
class Loaded:
    """A language model ready to answer.

    Attributes:
        part: its id.
        model: a transformers causal language model in eval mode.
        tokenizer: its (fast) tokenizer, with a chat template.
        device: "cpu", "cuda" or "mps".
        stop_ids: tokens that end an answer.
        most_tokens: the longest context the model was made for.
        threads: CPU threads it computes with.
    """

    part: str
    model: Any
    tokenizer: Any
    device: str
    stop_ids: frozenset[int]
    most_tokens: int
    threads: int


def load_language(
    part: str, folder: Path, verify: Callable[[], None], threads: int = 0, dtype: str = ""
) -> Loaded:
    """Load the model in `folder` while `verify` checks its files.

    Args:
        dtype: a torch dtype's name ("float32"); "" for the fastest one here.

    Raises:
        ModelUnavailable: verification failed, or the folder holds no such model.
    """
    from safetensors import SafetensorError

    with ThreadPoolExecutor(1, thread_name_prefix="verify") as beside:
        verified = beside.submit(verify)
        try:
            loaded = _load(part, folder, threads, dtype)
        except (OSError, ValueError, KeyError, RuntimeError, SafetensorError) as problem:
            verified.result()  # a damaged file is the better explanation, if it is one
            raise ModelUnavailable(
                f'The model "{part}" cannot be loaded ({type(problem).__name__}).',
                "Remove it and fetch it again.",
            ) from problem
        verified.result()
    return loaded


def _load(part: str, folder: Path, threads: int, dtype: str) -> Loaded:
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    threads = thread_count(threads)
    torch.set_num_threads(threads)
    device = best_device()
    # Said outright, since the defaults fall back to pickles and ask on stdin about foreign code.
    careful = {"local_files_only": True, "trust_remote_code": False}
    if not (folder / "tokenizer.json").is_file():
        raise FileNotFoundError("tokenizer.json")  # transformers would make an empty one up
    tokenizer = AutoTokenizer.from_pretrained(folder, **careful)
    if not tokenizer.chat_template:
        raise ValueError("no chat template")
    model = AutoModelForCausalLM.from_pretrained(
        folder,
        dtype=getattr(torch, dtype) if dtype else best_dtype(device),
        use_safetensors=True,
        **careful,
    )
    model.eval()
    if device != "cpu":  # not run on the machines this was written on
        model.to(device)
    most = int(getattr(model.config, "max_position_embeddings", 0) or 2**31)
    return Loaded(part, model, tokenizer, device, _stop_ids(model, tokenizer), most, threads)


def _stop_ids(model: Any, tokenizer: Any) -> frozenset[int]:
    """Every token that ends an answer, from generation_config.json and the tokenizer: either may
    name only one of several."""
    named = model.generation_config.eos_token_id
    stops = set(named if isinstance(named, list) else [named])
    stops.add(tokenizer.eos_token_id)
    return frozenset(stop for stop in stops if stop is not None)
