"""Hands the tensors of a Llama or Qwen2 folder to a NativeModel, as they lie in the file."""

from __future__ import annotations

from collections.abc import Callable, Set
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from mmdesk.engine.decoder import DecoderShape
from mmdesk.engine.model_config import WEIGHTS, shape_of
from mmdesk.engine.native.jit import best_isa
from mmdesk.engine.native.native_model import Int8Matrix, NativeModel, NativeWeights, fits
from mmdesk.engine.native.safetensors_mmap import MappedSafetensors
from mmdesk.models import SCALE

ReadTensor = Callable[[str], NDArray[Any]]


def load_native(folder: Path, config: dict[str, Any], threads: int) -> NativeModel | None:
    """The model in `folder`, whose weights are stored in 8 bits; None where they are not, or where
    the processor or the model's shape is not one that the native code is made for.

    Raises:
        OSError, KeyError, ValueError: files that do not fit.
    """
    if best_isa() is None:
        return None
    file = MappedSafetensors(folder / WEIGHTS)
    if not any(name.endswith(SCALE) for name in file.names):
        return None
    return read_native(
        file.names, file.read, shape_of(config), config["num_hidden_layers"], threads
    )


def read_native(
    names: Set[str], read: ReadTensor, shape: DecoderShape, layers: int, threads: int
) -> NativeModel | None:
    """None where the processor or the model's shape is not one the native code is made for.

    Args:
        names: the tensors there are, int8 with a scale beside each.
        read: gives one of them.
    """
    isa = best_isa()
    if isa is None:
        return None
    gate = read("model.layers.0.mlp.gate_proj.weight")
    if not fits(isa, shape, len(gate)):
        return None

    def matrix(name: str) -> Int8Matrix:
        weight, scale = read(f"{name}.weight"), read(f"{name}.weight{SCALE}")
        bias = read(f"{name}.bias") if f"{name}.bias" in names else None
        return Int8Matrix(weight, scale, bias)

    def layer(number: int) -> tuple[dict[str, NDArray[Any]], dict[str, Int8Matrix]]:
        prefix = f"model.layers.{number}"
        norms = {
            "norm_in": read(f"{prefix}.input_layernorm.weight"),
            "norm_mlp": read(f"{prefix}.post_attention_layernorm.weight"),
        }
        matrices = {name: matrix(f"{prefix}.self_attn.{name}_proj") for name in "qkvo"}
        for name in ("gate", "up", "down"):
            matrices[name] = matrix(f"{prefix}.mlp.{name}_proj")
        return norms, matrices

    embed = matrix("model.embed_tokens")
    head = matrix("lm_head") if "lm_head.weight" in names else embed
    every = [layer(number) for number in range(layers)]
    weights = NativeWeights(embed, every, read("model.norm.weight"), head)
    return NativeModel(shape, weights, threads, isa)
