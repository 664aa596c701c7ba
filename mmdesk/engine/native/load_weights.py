"""Loading of int8 and int4 weights of Llama and Qwen2 models, as they lie in the file."""

from __future__ import annotations

from collections.abc import Callable, Set
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from mmdesk.engine.decoder import DecoderShape
from mmdesk.engine.model_config import WEIGHTS, decoder_shape
from mmdesk.engine.native.jit import best_isa
from mmdesk.engine.native.native_model import (
    Int4Matrix,
    Int8Matrix,
    Matrix,
    NativeModel,
    NativeWeights,
    supports_shape,
)
from mmdesk.engine.native.safetensors_mmap import MappedSafetensors
from mmdesk.models import CODES, GROUPS, INT4_BLOCK, SCALE

ReadTensor = Callable[[str], NDArray[Any]]


def load_native(folder: Path, config: dict[str, Any], threads: int) -> NativeModel | None:
    """Load a model whose weights are stored in int8 or int4.

    Returns:
        None where the weights are floats, or where the native code does not support this
        processor or the model's shape.

    Raises:
        OSError, KeyError, ValueError: the files are damaged or do not fit together.
    """
    if best_isa() is None:
        return None
    file = MappedSafetensors(folder / WEIGHTS)
    if not any(name.endswith(SCALE) for name in file.names):
        return None
    return build_native(
        file.names, file.read, decoder_shape(config), config["num_hidden_layers"], threads
    )


def build_native(
    names: Set[str], read: ReadTensor, shape: DecoderShape, layers: int, threads: int
) -> NativeModel | None:
    """Build the model from its tensors.

    Args:
        names: tensors that exist, each int8 or int4 one with a scale.
        read: returns one of them.
        shape: sizes of the model.
        layers: how many decoder layers it has.
        threads: how many compute.

    Returns:
        None where the native code does not support this processor or the model's shape.

    Raises:
        ValueError: a matrix does not fit the model's shape.
    """
    isa = best_isa()
    if isa is None:
        return None
    inner = len(read(f"model.layers.0.mlp.gate_proj.weight{SCALE}"))
    if not supports_shape(isa, shape, inner):
        return None
    shapes = _matrix_shapes(shape, inner)

    def int8(name: str) -> Int8Matrix:
        matrix = Int8Matrix(read(f"{name}.weight"), read(f"{name}.weight{SCALE}"))
        _check(name, matrix, (len(matrix.scale), shape.hidden))
        return matrix

    def matrix(name: str) -> Matrix:
        bias = read(f"{name}.bias") if f"{name}.bias" in names else None
        weight = f"{name}.weight"
        if weight + CODES not in names:
            return Int8Matrix(read(weight), read(weight + SCALE), bias)
        return Int4Matrix(read(weight + CODES), read(weight + GROUPS), read(weight + SCALE), bias)

    def layer(number: int) -> tuple[dict[str, NDArray[Any]], dict[str, Matrix]]:
        prefix = f"model.layers.{number}"
        norms = {
            "norm_in": read(f"{prefix}.input_layernorm.weight"),
            "norm_mlp": read(f"{prefix}.post_attention_layernorm.weight"),
        }
        matrices = {}
        for name, expected in shapes.items():
            full_name = f"{prefix}.{'self_attn' if name in 'qkvo' else 'mlp'}.{name}_proj"
            matrices[name] = matrix(full_name)
            _check(full_name, matrices[name], expected)
        return norms, matrices

    embed = int8("model.embed_tokens")
    head = int8("lm_head") if "lm_head.weight" in names else embed
    all_layers = [layer(number) for number in range(layers)]
    weights = NativeWeights(embed, all_layers, read("model.norm.weight"), head)
    return NativeModel(shape, weights, threads, isa)


def _matrix_shapes(shape: DecoderShape, inner: int) -> dict[str, tuple[int, int]]:
    """Return outputs and inputs of each matrix of a layer."""
    queries, keys = shape.heads * shape.head_dim, shape.kv_heads * shape.head_dim
    return {
        "q": (queries, shape.hidden),
        "k": (keys, shape.hidden),
        "v": (keys, shape.hidden),
        "o": (shape.hidden, queries),
        "gate": (inner, shape.hidden),
        "up": (inner, shape.hidden),
        "down": (shape.hidden, inner),
    }


def _check(name: str, matrix: Matrix, shape: tuple[int, int]) -> None:
    """Check the shapes, since the native code would read beyond arrays that are too short."""
    outputs, inputs = shape
    fits = matrix.shape == shape and matrix.scale.shape == (outputs,)
    if matrix.bias is not None:
        fits = fits and matrix.bias.shape == (outputs,)
    if isinstance(matrix, Int4Matrix):
        fits = fits and inputs % INT4_BLOCK == 0 and matrix.groups.shape == (outputs, inputs // 16)
    if not fits:
        raise ValueError(f"{name} does not fit the model's shape")
