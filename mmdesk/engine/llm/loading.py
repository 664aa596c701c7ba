"""Loading of a language model from its folder, verified, without downloading anything.

The files' hashes are computed in a thread of their own while the weights are loaded: hashing lets
go of the interpreter lock, so it costs hardly any time. A model that the native code computes needs
no torch, and one that mmdesk's own decoder supports no transformers. They take longer to import
than the rest of the loading, and more memory than anything but the weights.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mmdesk.engine.decoder import Decoder
from mmdesk.engine.devices import is_out_of_memory
from mmdesk.engine.hardware import (
    best_dtype,
    best_precision,
    release_memory,
    thread_count,
    use_one_heap,
    use_threads,
)
from mmdesk.engine.llm.device_loading import load_on_device
from mmdesk.engine.llm.model_sampling import model_sampling
from mmdesk.errors import InputError, ModelUnavailable
from mmdesk.models import (
    MIN_BYTES,
    MeasuredSpeed,
    capabilities_of,
    missing_error,
    remember_speed,
    remembered_speed,
)
from mmdesk.translatable import TranslatableText
from mmdesk.values import AUTO, TEXT_ONLY, Capabilities, Sampling

MEASUREMENTS = 3  # of a model's speed, each at a load

if TYPE_CHECKING:
    from mmdesk.engine.llm.tokenizer import ChatTokenizer
    from mmdesk.engine.native.native_model import NativeModel


@dataclass(frozen=True, slots=True)
class LoadedModel:
    """Language model that is ready to answer.

    Attributes:
        part: its id.
        model: a Decoder, a transformers causal language model in eval mode, or a MultimodalModel.
        tokenizer: a ChatTokenizer, or a (fast) transformers tokenizer with a chat template.
        device: "cpu", "cuda", "mps" or "xpu".
        precision: "int4", "int8", "bf16" or "fp32".
        stop_ids: tokens that end an answer.
        context_length: the longest context, in tokens, that the model was trained for.
        threads: CPU threads it computes with.
        weight_bytes: bytes of weights that are read for one token.
        sampling: what the model's makers advise, None where they advise nothing.
        capabilities: what it takes besides text.
        notices: sentences for the user, e.g. that it did not fit on the graphics card.
    """

    part: str
    model: Any
    tokenizer: Any
    device: str
    precision: str
    stop_ids: frozenset[int]
    context_length: int
    threads: int
    weight_bytes: int = 0
    sampling: Sampling | None = None
    capabilities: Capabilities = TEXT_ONLY
    notices: tuple[TranslatableText, ...] = ()


def load_language(
    part: str,
    folder: Path,
    verify: Callable[[], None],
    threads: int = 0,
    precision: str = "auto",
    device: str = AUTO,
    context_tokens: int = 8192,
) -> LoadedModel:
    """Load the model in `folder` while `verify` checks its files.

    Args:
        part: the model's id.
        folder: holds its files.
        verify: raises where one of them is damaged.
        threads: CPU threads to compute with; 0 for a choice of this computer's.
        precision: "int4", "int8", "bf16", "fp32", or "auto" for the fastest one here. Weights that
            are stored in int4 give the same answers in int4 and int8.
        device: that computes, one of DEVICES.
        context_tokens: length of the context that has to fit on a graphics card, too.

    Raises:
        InputError: this computer or this model cannot compute in that precision, or there is no
            such device.
        ModelUnavailable: verification failed, or the folder holds no such model.
    """
    from safetensors import SafetensorError

    use_one_heap()
    with ThreadPoolExecutor(1, thread_name_prefix="verify") as pool:
        verified = pool.submit(verify)
        try:
            load = partial(_load, part, folder, thread_count(threads), precision)
            loaded = load_on_device(load, part, folder, device, context_tokens)
        except (
            OSError,
            ValueError,
            TypeError,
            AttributeError,
            LookupError,
            ArithmeticError,
            RuntimeError,
            MemoryError,
            SafetensorError,
        ) as problem:
            verified.result()  # a damaged file is the better explanation, if it is one
            if is_out_of_memory(problem):
                raise ModelUnavailable(
                    'There is not enough memory to load the model "{part}".',
                    "Close other programs, or choose a smaller model.",
                    part=part,
                ) from problem
            raise ModelUnavailable(
                'The model "{part}" cannot be loaded ({error}).',
                "Remove it and download it again.",
                part=part,
                error=type(problem).__name__,
            ) from problem
        except ModelUnavailable:
            verified.result()
            raise
        verified.result()
    release_memory()
    _measure_at_first(loaded)
    return replace(loaded, sampling=model_sampling(part, folder))


def _measure_at_first(loaded: LoadedModel) -> None:
    """Measure the speed of a model that is loaded on this computer for the first times.

    It takes the time of four tokens. The best is shown beside the model.
    """
    if not isinstance(loaded.model, Decoder) or loaded.weight_bytes < MIN_BYTES:
        return
    known = remembered_speed(loaded.part)
    now = (loaded.precision, loaded.weight_bytes, loaded.threads)
    times, best = 0, 0.0
    if known is not None and now == (known.precision, known.weight_bytes, known.threads):
        times, best = known.measurements, known.decode_tokens_per_s
    if times >= MEASUREMENTS:
        return
    from mmdesk.engine.llm.speed import measure_decode

    best = max(best, round(measure_decode(loaded.model), 2))
    what = MeasuredSpeed(loaded.precision, loaded.weight_bytes, best, loaded.threads, times + 1)
    remember_speed(loaded.part, what)


def _load(part: str, folder: Path, threads: int, precision: str, device: str) -> LoadedModel:
    from mmdesk.engine.families import read_architecture
    from mmdesk.engine.llm.tokenizer import ChatTokenizer
    from mmdesk.engine.model_config import is_supported, read_config

    use_threads(threads)
    config = read_config(folder)
    takes = capabilities_of(folder)
    if takes.attachments or takes.missing:
        return _load_multimodal(part, folder, config, threads, precision, takes)
    on_torch = is_supported(folder, config)
    if device == "cpu" and (on_torch or read_architecture(config) is not None):
        with ThreadPoolExecutor(1, thread_name_prefix="tokenizer") as pool:
            pending = pool.submit(ChatTokenizer, folder)
            load = _decoder if on_torch else _native_decoder
            found = load(folder, config, threads, precision)
            if found is not None:
                return _loaded_decoder(part, folder, threads, *found, pending.result())
    return _load_transformers(part, folder, threads, precision, device)


def _loaded_decoder(
    part: str, folder: Path, threads: int, model: Decoder, precision: str, tokenizer: ChatTokenizer
) -> LoadedModel:
    stops = _stop_ids(_generation_config_eos(folder), tokenizer)
    limit = model.shape.context_length
    return LoadedModel(
        part, model, tokenizer, "cpu", precision, stops, limit, threads, model.weight_bytes
    )


def _decoder(
    folder: Path, config: dict[str, Any], threads: int, precision: str
) -> tuple[Decoder, str]:
    """Return the model, native or on torch, and its precision."""
    if precision in ("auto", "int4", "int8"):
        native = _native(folder, config, threads, precision)
        if native is not None and precision in ("auto", native.precision):
            return native, native.precision
        if precision == "int4":
            raise _no_int4()
    from mmdesk.engine.torch_cpu.weights import load_decoder

    use_threads(threads)
    chosen = best_precision() if precision == "auto" else precision
    if chosen == "int8" and best_precision() != "int8":
        raise InputError("This processor cannot compute in int8.", "Choose bf16 or fp32.")
    return load_decoder(folder, chosen, threads), chosen  # type: ignore[arg-type]


def _native_decoder(
    folder: Path, config: dict[str, Any], threads: int, precision: str
) -> tuple[Decoder, str] | None:
    """Return a model of a family that only the native code computes, and its precision.

    Returns:
        None where transformers has to compute.
    """
    if precision not in ("auto", "int4", "int8"):
        return None
    model = _native(folder, config, threads, precision)
    if precision == "int4" and (model is None or model.precision != "int4"):
        raise _no_int4()
    if model is None:
        model = _native_from_floats(folder, config, threads)
    return None if model is None else (model, model.precision)


def _no_int4() -> InputError:
    return InputError("This model cannot compute in int4 here.", "Choose int8, bf16 or fp32.")


def _native_from_floats(folder: Path, config: dict[str, Any], threads: int) -> NativeModel | None:
    try:
        from mmdesk.engine.torch_cpu.float_weights import load_native_from_floats
    except ImportError:  # no llvmlite
        return None
    use_threads(threads)
    return load_native_from_floats(folder, config, threads)


def _native(
    folder: Path, config: dict[str, Any], threads: int, precision: str
) -> NativeModel | None:
    try:
        from mmdesk.engine.native.load_weights import load_native

        model = load_native(folder, config, threads)
    except (ImportError, RuntimeError):  # no llvmlite, or one that cannot compile here
        return None
    if model is not None and model.precision == "int4" and precision != "int4":
        from mmdesk.engine.llm.int4_choice import faster_precision

        if precision == "int8" or faster_precision(model) == "int8":
            model.unpack_weights()
    return model


def _generation_config_eos(folder: Path) -> Any:
    """Return the eos_token_id of generation_config.json; None without the file."""
    file = folder / "generation_config.json"
    if not file.is_file():
        return None
    return json.loads(file.read_text(encoding="utf-8")).get("eos_token_id")


def _load_transformers(
    part: str, folder: Path, threads: int, precision: str, device: str
) -> LoadedModel:
    from transformers import AutoTokenizer

    dtype = _float_type(part, precision, device)
    use_threads(threads)
    # Said outright, since the defaults fall back to pickles and ask on stdin about foreign code.
    safe = {"local_files_only": True, "trust_remote_code": False}
    if not (folder / "tokenizer.json").is_file():
        raise FileNotFoundError("tokenizer.json")  # transformers would make an empty one up
    tokenizer = AutoTokenizer.from_pretrained(folder, **safe)
    if not tokenizer.chat_template:
        raise ValueError("no chat template")
    model = _transformers_model(folder, dtype, safe)
    model.eval()
    if device != "cpu":  # not run on the machines this was written on
        model.to(device)
    limit = int(getattr(model.config, "max_position_embeddings", 0) or 2**31)
    stops = _stop_ids(model.generation_config.eos_token_id, tokenizer)
    name = _precision_name(dtype)
    bytes_ = sum(p.numel() * p.element_size() for p in model.parameters())
    kind = device.partition(":")[0]
    return LoadedModel(part, model, tokenizer, kind, name, stops, limit, threads, bytes_)


def _load_multimodal(
    part: str,
    folder: Path,
    config: dict[str, Any],
    threads: int,
    precision: str,
    takes: Capabilities,
) -> LoadedModel:
    """Load a model that takes pictures or sound; on the CPU."""
    if takes.missing:
        raise missing_error(part, takes.missing)
    if not (folder / "tokenizer.json").is_file():
        raise FileNotFoundError("tokenizer.json")
    dtype = _float_type(part, precision, "cpu")
    from mmdesk.engine.llm.multimodal.multimodal_model import load_multimodal

    use_threads(threads)
    model = load_multimodal(part, folder, config, dtype, takes)
    stops = _stop_ids(model.network.generation_config.eos_token_id, model.tokenizer)
    bytes_ = sum(p.numel() * p.element_size() for p in model.network.parameters())
    return LoadedModel(
        *(part, model, model.tokenizer, "cpu", _precision_name(dtype), stops),
        *(model.context_length, threads, bytes_),
        capabilities=takes,
    )


def _float_type(part: str, precision: str, device: str) -> Any:
    """Return the type that transformers computes in.

    Raises:
        InputError: the precision is none of transformers'.
    """
    import torch
    from transformers.utils import logging as transformers_logging

    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    if precision in ("int4", "int8"):
        raise InputError(
            'The model "{part}" cannot compute in {precision} here.',
            "Choose bf16 or fp32.",
            part=part,
            precision=precision,
        )
    dtypes = {"bf16": torch.bfloat16, "fp32": torch.float32}
    return dtypes.get(precision) or best_dtype(device)


def _transformers_model(folder: Path, dtype: Any, safe: dict[str, bool]) -> Any:
    from transformers import AutoConfig, AutoModelForCausalLM, GenerationConfig

    from mmdesk.engine.torch_cpu.weights import dequantised_weights

    state = dequantised_weights(folder, dtype)
    if state is None:
        return AutoModelForCausalLM.from_pretrained(
            folder, dtype=dtype, use_safetensors=True, **safe
        )
    # transformers does not know our int8 format, so it is handed floats.
    config = AutoConfig.from_pretrained(folder, **safe)
    model = AutoModelForCausalLM.from_config(config, dtype=dtype)
    missing, unknown = model.load_state_dict(state, strict=False, assign=True)
    model.tie_weights()
    if unknown or set(missing) - {"lm_head.weight"}:
        raise ValueError("the weights are of another model")
    if (folder / "generation_config.json").is_file():
        model.generation_config = GenerationConfig.from_pretrained(folder, local_files_only=True)
    return model


def _precision_name(dtype: Any) -> str:
    return {"torch.bfloat16": "bf16", "torch.float32": "fp32"}.get(str(dtype), str(dtype))


def _stop_ids(eos: Any, tokenizer: Any) -> frozenset[int]:
    """Return every token that ends an answer.

    They come from generation_config.json (`eos`) and the tokenizer: either may name only one of
    several.
    """
    stops = set(eos if isinstance(eos, list) else [eos])
    stops.add(tokenizer.eos_token_id)
    return frozenset(stop for stop in stops if stop is not None)
