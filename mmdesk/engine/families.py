"""Families of text decoders that the native code computes, and how their config files read.

Each row of FAMILIES says what a family has beyond Llama: RMS norms before attention and MLP,
grouped-query attention, RoPE, SwiGLU. RoPE is a table of numbers (rope.py), multipliers are folded
into weights and norms when they are loaded, and fused matrices are split. Only what is in Features
needs machine code of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mmdesk.engine.decoder import DecoderShape
from mmdesk.engine.model_config import decoder_shape
from mmdesk.engine.rope import Rope, no_rope, read_rope

Config = Mapping[str, Any]

FULL, SLIDING, NO_ROPE, CONV = "full_attention", "sliding_attention", "no_rope", "conv"
OLD_LONG = ("su", "yarn")  # what Phi-3's first config files called LongRoPE
# What every family leaves at these values. A config that says anything else goes to transformers.
SUPPORTED_VALUES: dict[str, tuple[Any, ...]] = {
    "attention_bias": (False, None),
    "conv_bias": (False, None),
    "mlp_bias": (False, None),
    "use_sliding_window": (False, None),
    "quantization_config": (None,),
    "pretraining_tp": (1, None),
    "attn_logit_softcapping": (None,),
    "final_logit_softcapping": (None,),
    "use_bidirectional_attention": (False, None),
}


@dataclass(frozen=True, slots=True)
class Features:
    """Features of a decoder beyond those of Llama, for the machine code.

    Attributes:
        qk_norm: an RMS norm of each head of queries and keys, before RoPE.
        sandwich_norm: an RMS norm of what attention and MLP add to the residual stream.
        gelu: GELU (its tanh approximation) in the MLP, in the place of SiLU.
        windows: some layers attend to the last positions only.
        conv: positions that the short convolutions of some layers span, in the place of
            attention; 0 where there are none.
    """

    qk_norm: bool = False
    sandwich_norm: bool = False
    gelu: bool = False
    windows: bool = False
    conv: int = 0


@dataclass(frozen=True, slots=True)
class TensorNames:
    """Names of a family's tensors, without what stands before them.

    Attributes:
        norms: norms of a layer, by the names that the machine code has for them.
        head_norms: norms of heads, likewise.
        out: output projection of attention.
        mlp: gate, up and down projection.
        final_norm: the norm behind the layers.
    """

    norms: Mapping[str, str]
    head_norms: Mapping[str, str]
    out: str = "self_attn.o_proj"
    mlp: tuple[str, str, str] = ("mlp.gate_proj", "mlp.up_proj", "mlp.down_proj")
    final_norm: str = "norm"


HEAD_NORMS = {"q": "self_attn.q_norm", "k": "self_attn.k_norm"}
LLAMA_NAMES = TensorNames(
    {"norm_in": "input_layernorm", "norm_mlp": "post_attention_layernorm"}, HEAD_NORMS
)
SANDWICH_NAMES = TensorNames(
    {
        "norm_in": "input_layernorm",
        "norm_attention_out": "post_attention_layernorm",
        "norm_mlp": "pre_feedforward_layernorm",
        "norm_mlp_out": "post_feedforward_layernorm",
    },
    HEAD_NORMS,
)
LFM_NAMES = TensorNames(
    {"norm_in": "operator_norm", "norm_mlp": "ffn_norm"},
    {"q": "self_attn.q_layernorm", "k": "self_attn.k_layernorm"},
    out="self_attn.out_proj",
    mlp=("feed_forward.w1", "feed_forward.w3", "feed_forward.w2"),
    final_norm="embedding_norm",
)


@dataclass(frozen=True, slots=True)
class Multipliers:
    """Constants that are folded into the weights.

    Attributes:
        embedding: of the rows of the embedding matrix.
        inputs: of rows that are given in the place of tokens.
        query: of the queries, beside 1 / sqrt(head_dim).
        residual: of what attention and MLP add to the residual stream.
        logits: of the logits.
    """

    embedding: float = 1.0
    inputs: float = 1.0
    query: float = 1.0
    residual: float = 1.0
    logits: float = 1.0


@dataclass(frozen=True, slots=True)
class LayerKind:
    """Kind of a layer, where not all layers are alike.

    Attributes:
        rope: number of its rotation in `Architecture.ropes`.
        window: positions it attends to, its own included; 0 for all.
        conv: it has a short convolution in the place of attention.
    """

    rope: int = 0
    window: int = 0
    conv: bool = False


def _all_full(config: Config) -> list[tuple[str, int]]:
    """Every layer attends to all positions."""
    kinds = set(config.get("layer_types") or [FULL])
    if kinds != {FULL}:
        raise ValueError(f"layers of the kinds {kinds}")
    return [(FULL, 0)] * config["num_hidden_layers"]


def _one_window(config: Config) -> list[tuple[str, int]]:
    """Every layer has the same window, if any."""
    if config.get("layer_types"):
        raise ValueError("layers of several kinds")
    default = 4096 if config["model_type"] == "mistral" else None
    window = config.get("sliding_window", default) or 0
    return [(FULL, window)] * config["num_hidden_layers"]


def _some_without_rope(config: Config) -> list[tuple[str, int]]:
    """SmolLM3: every fourth layer has no RoPE."""
    kinds = _all_full(config)
    interval = config.get("no_rope_layer_interval") or 4
    rotated = config.get("no_rope_layers") or [
        (layer + 1) % interval for layer in range(len(kinds))
    ]
    return [
        kind if has_rope else (NO_ROPE, 0) for kind, has_rope in zip(kinds, rotated, strict=True)
    ]


def _windows_and_full(config: Config) -> list[tuple[str, int]]:
    """Gemma 3: five of six layers have a window, and another theta."""
    pattern = config.get("sliding_window_pattern") or 6
    kinds = config.get("layer_types") or [
        SLIDING if (layer + 1) % pattern else FULL for layer in range(config["num_hidden_layers"])
    ]
    if len(kinds) != config["num_hidden_layers"] or not set(kinds) <= {FULL, SLIDING}:
        raise ValueError("layers of other kinds")
    windows = {FULL: 0, SLIDING: config["sliding_window"]}
    return [(kind, windows[kind]) for kind in kinds]


def _some_convolutions(config: Config) -> list[tuple[str, int]]:
    """LFM2: attention in some layers, short convolutions in the others."""
    numbers = range(config["num_hidden_layers"])
    full = config.get("full_attn_idxs")
    kinds = config.get("layer_types") or [
        FULL if full is None or number in full else CONV for number in numbers
    ]
    if len(kinds) != len(numbers) or not set(kinds) <= {FULL, CONV}:
        raise ValueError("layers of other kinds")
    return [(kind, 0) for kind in kinds]


def _granite_multipliers(config: Config, shape: DecoderShape) -> Multipliers:
    embedding = config.get("embedding_multiplier", 1.0)
    return Multipliers(
        embedding=embedding,
        inputs=embedding,
        query=config.get("attention_multiplier", 1.0) * shape.head_dim**0.5,
        residual=config.get("residual_multiplier", 1.0),
        logits=1 / config.get("logits_scaling", 1.0),
    )


def _gemma_multipliers(config: Config, shape: DecoderShape) -> Multipliers:
    query = (shape.head_dim / config.get("query_pre_attn_scalar", 256)) ** 0.5
    return Multipliers(embedding=shape.hidden**0.5, query=query)


def _one_rope(config: Config, family: Family) -> dict[str, dict[str, Any]]:
    """Return the parameters of a model with one kind of RoPE, as transformers standardises them."""
    stored = dict(config.get("rope_scaling") or config.get("rope_parameters") or {})
    if any(isinstance(value, Mapping) for value in stored.values()):
        raise ValueError("RoPE parameters per layer type")
    theta = stored.get("rope_theta") or config.get("rope_theta") or family.theta
    stored["rope_theta"] = float(theta)
    if config.get("partial_rotary_factor"):
        stored.setdefault("partial_rotary_factor", config["partial_rotary_factor"])
    if config["model_type"] != "phi3" and stored.get("partial_rotary_factor", 1.0) != 1.0:
        raise ValueError("a rotation of part of a head, which transformers does not compute either")
    default = 4096 if config["model_type"] == "phi3" else None
    original = config.get("original_max_position_embeddings", default)
    if original:
        stored["original_max_position_embeddings"] = original
    if config["model_type"] == "phi3" and stored.get("type", stored.get("rope_type")) in OLD_LONG:
        stored["rope_type"] = "longrope"
    return {FULL: stored}


def _two_ropes(config: Config, family: Family) -> dict[str, dict[str, Any]]:
    """Return the parameters of Gemma 3, which its first config files spelled another way."""
    stored = config.get("rope_parameters")
    if stored:
        full, sliding = dict(stored[FULL]), dict(stored[SLIDING])
    else:
        full, sliding = dict(config.get("rope_scaling") or {}), {}
    full.setdefault("rope_theta", config.get("rope_theta") or family.theta)
    sliding.setdefault("rope_theta", config.get("rope_local_base_freq") or 10_000.0)
    return {FULL: full, SLIDING: sliding}


@dataclass(frozen=True, slots=True)
class Family:
    """Decoder of one "model_type".

    Attributes:
        features: what needs machine code of its own, but for windows and convolutions.
        names: what its tensors are called.
        fused: q, k and v are stored as one matrix, and gate and up as another.
        norm_offset: what is added to the weights of norms.
        theta: base of RoPE where the config names none.
        head_dim: width of a head where the config names none; 0 for hidden / heads.
        layers: returns each layer's kind of RoPE and its window.
        ropes: returns the parameters of each kind of RoPE.
        multipliers: returns the constants that are folded into the weights.
    """

    features: Features = field(default_factory=Features)
    names: TensorNames = LLAMA_NAMES
    fused: bool = False
    norm_offset: float = 0.0
    theta: float = 10_000.0
    head_dim: int = 0
    layers: Callable[[Config], list[tuple[str, int]]] = _all_full
    ropes: Callable[[Config, Family], dict[str, dict[str, Any]]] = _one_rope
    multipliers: Callable[[Config, DecoderShape], Multipliers] = lambda config, shape: Multipliers()


LLAMA = Family()
FAMILIES: dict[str, Family] = {
    "llama": LLAMA,  # Llama 3.2, SmolLM2, MiniCPM5
    "qwen2": LLAMA,
    "mistral": replace(LLAMA, layers=_one_window),
    "ministral3": replace(LLAMA, layers=_one_window, theta=1_000_000.0, head_dim=128),
    "granite": replace(LLAMA, multipliers=_granite_multipliers),
    "phi3": replace(LLAMA, fused=True, layers=_one_window),  # Phi-3, Phi-4-mini
    "smollm3": replace(LLAMA, layers=_some_without_rope, theta=2_000_000.0),
    "qwen3": replace(LLAMA, features=Features(qk_norm=True), head_dim=128),
    "gemma3_text": Family(
        features=Features(qk_norm=True, sandwich_norm=True, gelu=True),
        names=SANDWICH_NAMES,
        norm_offset=1.0,
        theta=1_000_000.0,
        head_dim=256,
        layers=_windows_and_full,
        ropes=_two_ropes,
        multipliers=_gemma_multipliers,
    ),
    "lfm2": Family(
        features=Features(qk_norm=True),
        names=LFM_NAMES,
        theta=1_000_000.0,
        layers=_some_convolutions,
    ),
}


@dataclass(frozen=True, slots=True, eq=False)
class Architecture:
    """Architecture of one model, as the native code computes it.

    Attributes:
        family: what its weights are made of.
        features: what the machine code computes.
        shape: sizes.
        layers: one for each decoder layer.
        ropes: rotations that the layers name.
        multipliers: constants to fold into the weights.
    """

    family: Family
    features: Features
    shape: DecoderShape
    layers: tuple[LayerKind, ...]
    ropes: tuple[Rope, ...]
    multipliers: Multipliers


def read_architecture(config: Config) -> Architecture | None:
    """Return how the model of a config.json is computed; None where the native code does not."""
    kind = config.get("model_type")
    family = FAMILIES.get(kind) if isinstance(kind, str) else None
    if family is None or not _is_supported(family, config):
        return None
    try:
        return _architecture(family, config)
    except (KeyError, TypeError, ValueError, ArithmeticError):
        return None


def _is_supported(family: Family, config: Config) -> bool:
    activation = config.get("hidden_activation") or config.get("hidden_act")
    expected = ("gelu_pytorch_tanh",) if family.features.gelu else ("silu",)
    return activation in (*expected, None) and all(
        config.get(name) in values for name, values in SUPPORTED_VALUES.items()
    )


def _architecture(family: Family, config: Config) -> Architecture | None:
    head_dim = config.get("head_dim") or family.head_dim
    eps = config.get("rms_norm_eps", config.get("norm_eps"))
    shape = decoder_shape({**config, "head_dim": head_dim, "rms_norm_eps": float(eps or 1e-6)})
    sizes = (shape.hidden, shape.heads, shape.kv_heads, shape.head_dim)
    if not all(type(size) is int and size > 0 for size in sizes) or shape.heads % shape.kv_heads:
        return None
    parameters = family.ropes(config, family)
    ropes: dict[str, Rope | None] = {
        name: read_rope(each, shape.head_dim, shape.context_length)
        for name, each in parameters.items()
    }
    ropes[NO_ROPE] = ropes[CONV] = no_rope()
    kinds = family.layers(config)
    names = sorted({name for name, _ in kinds})
    used = [ropes[name] for name in names]
    if len({rope.rotary for rope in used if rope and rope.rotary}) > 1:
        return None  # the rows of q and k have one order
    layers = tuple(
        LayerKind(names.index(name), window if window < shape.context_length else 0, name == CONV)
        for name, window in kinds
    )
    known = tuple(rope for rope in used if rope is not None)
    if len(known) < len(used):
        return None
    features = replace(
        family.features,
        windows=any(layer.window for layer in layers),
        conv=config["conv_L_cache"] if any(layer.conv for layer in layers) else 0,
    )
    multipliers = family.multipliers(config, shape)
    return Architecture(family, features, shape, layers, known, multipliers)
