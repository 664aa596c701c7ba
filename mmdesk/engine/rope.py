"""Rotary position embedding (RoPE): frequencies and tables of all kinds that config files name.

The formulas are those of transformers' modeling_rope_utils.py, computed in float32 as there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Frequencies = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Rope:
    """Rotation of the queries and keys of one layer.

    Attributes:
        frequencies: float32 [rotary / 2], radians per position.
        factor: what cosines and sines are multiplied by.
        long_frequencies: those of texts longer than `original_length`, None where they are the
            same (LongRoPE has others).
        original_length: the longest context of the pretraining, in tokens.
        query_growth: how much queries grow, with the logarithm of their position over
            `original_length` (Ministral 3); 0 where they do not.
    """

    frequencies: Frequencies
    factor: float = 1.0
    long_frequencies: Frequencies | None = None
    original_length: int = 0
    query_growth: float = 0.0

    @property
    def rotary(self) -> int:
        """Width of the part of a head that is rotated."""
        return 2 * len(self.frequencies)

    def tables(self, positions: int, head_dim: int, long: bool = False) -> tuple[Frequencies, ...]:
        """Return cosines and sines of queries, then of keys, float32 [positions, head_dim / 2].

        What is not rotated has the cosine 1 and the sine 0. The queries' tables are the keys' own
        where nothing sets them apart.

        Args:
            positions: how many, from 0 on.
            head_dim: width of a head.
            long: whether the text is longer than `original_length`.
        """
        chosen = self.frequencies
        if long and self.long_frequencies is not None:
            chosen = self.long_frequencies
        angles = np.outer(np.arange(positions, dtype=np.float32), chosen)
        cosines = np.ones((positions, head_dim // 2), np.float32)
        sines = np.zeros_like(cosines)
        factor = np.float32(self.factor)
        cosines[:, : len(chosen)] = np.cos(angles) * factor
        sines[:, : len(chosen)] = np.sin(angles) * factor
        if not self.query_growth:
            return cosines, sines, cosines, sines
        rounds = np.arange(positions) // self.original_length
        growth = (1 + self.query_growth * np.log1p(rounds)).astype(np.float32)[:, None]
        return cosines * growth, sines * growth, cosines, sines


def no_rope() -> Rope:
    """Return the rotation that leaves queries and keys as they are (NoPE)."""
    return Rope(np.zeros(0, np.float32))


def read_rope(parameters: Mapping[str, Any], head_dim: int, context_length: int) -> Rope | None:
    """Return what a config's "rope_parameters" describe.

    Args:
        parameters: as transformers standardises them, with "rope_theta".
        head_dim: width of a head.
        context_length: the longest context of the model, in tokens.

    Returns:
        None for a kind that is not covered.

    Raises:
        KeyError, TypeError, ValueError: a parameter is missing or makes no sense.
    """
    kind = parameters.get("rope_type") or parameters.get("type") or "default"
    compute = {
        "default": _plain,
        "linear": _linear,
        "llama3": _llama3,
        "yarn": _yarn,
        "longrope": _longrope,
    }.get(kind)
    if compute is None or parameters.get("mrope_section"):
        return None
    rotary = int(head_dim * (parameters.get("partial_rotary_factor") or 1.0))
    if not 0 < rotary <= head_dim or rotary % 2:
        return None
    return compute(parameters, rotary, context_length)


def _powers(parameters: Mapping[str, Any], rotary: int) -> Frequencies:
    """Return theta ** (2 i / rotary), float32 [rotary / 2]."""
    exponents = np.arange(0, rotary, 2, dtype=np.float32) / np.float32(rotary)
    powers: Frequencies = np.float32(parameters["rope_theta"]) ** exponents
    return powers


def _plain(parameters: Mapping[str, Any], rotary: int, context_length: int) -> Rope:
    return Rope(np.float32(1) / _powers(parameters, rotary))


def _linear(parameters: Mapping[str, Any], rotary: int, context_length: int) -> Rope:
    return Rope(np.float32(1) / _powers(parameters, rotary) / np.float32(parameters["factor"]))


def _llama3(parameters: Mapping[str, Any], rotary: int, context_length: int) -> Rope:
    """Llama 3.1: slow rotations are slowed by the factor, fast ones kept, others in between."""
    plain = np.float32(1) / _powers(parameters, rotary)
    factor = np.float32(parameters["factor"])
    low, high = parameters["low_freq_factor"], parameters["high_freq_factor"]
    original = parameters.get("original_max_position_embeddings") or context_length
    wavelengths = np.float32(2 * math.pi) / plain
    smooth = (np.float32(original) / wavelengths - np.float32(low)) / np.float32(high - low)
    between = (1 - smooth) * plain / factor + smooth * plain
    slow, fast = wavelengths > original / low, wavelengths < original / high
    return Rope(np.where(slow, plain / factor, np.where(fast, plain, between)))


def _yarn(parameters: Mapping[str, Any], rotary: int, context_length: int) -> Rope:
    """YaRN (https://huggingface.co/papers/2309.00071)."""
    original = parameters.get("original_max_position_embeddings") or context_length
    factor = parameters.get("factor") or context_length / original
    bounds = [
        _dimension_of(parameters.get(name) or default, rotary, parameters["rope_theta"], original)
        for name, default in (("beta_fast", 32), ("beta_slow", 1))
    ]
    if parameters.get("truncate", True):
        bounds = [math.floor(bounds[0]), math.ceil(bounds[1])]
    low, high = max(bounds[0], 0), min(bounds[1], rotary - 1)
    span = high - low or 0.001
    ramp = (np.arange(rotary // 2, dtype=np.float32) - np.float32(low)) / np.float32(span)
    kept = np.float32(1) - np.clip(ramp, 0, 1)
    powers = _powers(parameters, rotary)
    slowed = np.float32(1) / (np.float32(factor) * powers)
    return Rope(
        slowed * (1 - kept) + np.float32(1) / powers * kept,
        _yarn_factor(parameters, factor),
        original_length=original,
        query_growth=float(parameters.get("llama_4_scaling_beta") or 0.0),
    )


def _dimension_of(rotations: float, rotary: int, theta: float, original: int) -> float:
    """Return the dimension whose angle makes this many rotations in the original context."""
    return rotary * math.log(original / (rotations * 2 * math.pi)) / (2 * math.log(theta))


def _yarn_factor(parameters: Mapping[str, Any], factor: float) -> float:
    def scale(weight: float) -> float:
        return 0.1 * weight * math.log(factor) + 1.0 if factor > 1 else 1.0

    stated = parameters.get("attention_factor")
    if stated is not None:
        return float(stated)
    weights = parameters.get("mscale"), parameters.get("mscale_all_dim")
    if weights[0] and weights[1]:
        return scale(weights[0]) / scale(weights[1])
    return scale(1.0)


def _longrope(parameters: Mapping[str, Any], rotary: int, context_length: int) -> Rope:
    """LongRoPE (https://github.com/microsoft/LongRoPE)."""
    original = parameters.get("original_max_position_embeddings") or context_length
    factor = parameters.get("factor") or context_length / original
    stated = parameters.get("attention_factor")
    if stated is None:
        stated = math.sqrt(1 + math.log(factor) / math.log(original)) if factor > 1 else 1.0
    powers = _powers(parameters, rotary)
    short, long = (
        np.float32(1) / (np.asarray(parameters[name], np.float32) * powers)
        for name in ("short_factor", "long_factor")
    )
    return Rope(short, float(stated), long, original)
