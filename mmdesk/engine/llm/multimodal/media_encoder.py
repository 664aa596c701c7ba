"""Pictures and sounds as a model's own inputs and features, kept by their digest.

A picture goes through the model's vision encoder once. Its features serve every later turn and
question about it.
"""

from __future__ import annotations

import inspect
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

import numpy as np
import torch

from mmdesk.engine.llm.multimodal.parts_tokenizer import PICTURE, SOUND
from mmdesk.engine.llm.multimodal.picture_size import picture_options
from mmdesk.errors import InputError
from mmdesk.values import SAMPLE_RATE, AudioInput, ImageInput

MAX_FEATURE_BYTES = 256_000_000  # of encoded pictures; one takes about a megabyte
MAX_INPUT_BYTES = 128_000_000  # of prepared pictures and sounds
MAX_RECORDS = 4096
PLAIN: dict[str, Any] = {"return_tensors": "pt", "add_special_tokens": False}
TEXT_INPUTS = ("input_ids", "attention_mask", "token_type_ids", "mm_token_type_ids")
SMALL = 64  # elements of a tensor that is kept with its record
Kind = Literal["image", "audio"]
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Medium:
    """Picture or sound of a prompt.

    Attributes:
        kind: as chat templates call it.
        value: the picture or the sound.
    """

    kind: Kind
    value: ImageInput | AudioInput

    @property
    def key(self) -> tuple[str, str]:
        """Key of every cache."""
        return self.kind, self.value.sha256


@dataclass(frozen=True, slots=True)
class MediumRecord:
    """Record of a picture or a sound before it is encoded.

    Attributes:
        number: of the medium among all that this model was given.
        replacement: text that stands for it in the prompt.
        tokens: how many of the prompt's tokens are its features.
        details: small inputs, such as the number of its patches.
    """

    number: int
    replacement: str
    tokens: int
    details: Mapping[str, torch.Tensor] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Features:
    """Output of the encoder for one medium.

    Attributes:
        rows: [tokens, hidden], one for each token of the prompt.
        deepstack: further rows, for each of the first layers of the decoder.
        output: the encoder's whole output without its tensors, to tell its class.
        is_tensor: the model expects a tensor, not a list of them.
    """

    rows: torch.Tensor
    deepstack: tuple[torch.Tensor, ...]
    output: type
    is_tensor: bool

    @property
    def nbytes(self) -> int:
        """Bytes of the rows."""
        return sum(tensor.nbytes for tensor in (self.rows, *self.deepstack))


class BoundedCache(Generic[V]):
    """Cache of the newest values, up to a number of bytes; the newest one always stays."""

    def __init__(self, most: int, size: Callable[[V], int]) -> None:
        self._most, self._size = most, size
        self._values: OrderedDict[object, V] = OrderedDict()

    def get(self, key: object) -> V | None:
        """Return the value of a key, None where there is none."""
        if key in self._values:
            self._values.move_to_end(key)
        return self._values.get(key)

    def put(self, key: object, value: V) -> None:
        """Add a value, and drop the oldest where there are too many."""
        self._values[key] = value
        while len(self._values) > 1 and sum(map(self._size, self._values.values())) > self._most:
            self._values.popitem(last=False)


class MediaEncoder:
    """Preparation and encoding of pictures and sounds for one model.

    Args:
        model: transformers' model.
        processor: its processor, as `load_processor` returns it.

    Attributes:
        encoded: number of pictures that went through the encoder.
    """

    def __init__(self, model: Any, processor: Any) -> None:
        self._model, self._processor = model, processor
        self._records: OrderedDict[object, MediumRecord] = OrderedDict()
        self._next_number = 0
        self._inputs: BoundedCache[dict[str, torch.Tensor]] = BoundedCache(MAX_INPUT_BYTES, _bytes)
        self._features: BoundedCache[Features] = BoundedCache(
            MAX_FEATURE_BYTES, lambda features: features.nbytes
        )
        self.token_ids = {kind: _placeholder_id(model.config, kind) for kind in (PICTURE, SOUND)}
        self.encoded = 0

    def record(self, medium: Medium) -> MediumRecord:
        """Return what is known of a medium, which is prepared if it was not.

        Raises:
            InputError: the processor cannot read it.
        """
        known = self._records.get(medium.key)
        if known is None:
            self._prepare(medium)
            known = self._records[medium.key]
        return known

    def inputs(self, medium: Medium) -> dict[str, torch.Tensor]:
        """Return the model's inputs for a medium."""
        known = self._inputs.get(medium.key)
        return self._prepare(medium) if known is None else known

    def has_features(self, medium: Medium) -> bool:
        """Return whether a medium was encoded and is still held."""
        return self._features.get(medium.key) is not None

    def features(self, medium: Medium) -> Features:
        """Return the features of a picture, encoded if they are not known."""
        known = self._features.get(medium.key)
        if known is None:
            known = self._encode(self.inputs(medium))
            expected = self.record(medium).tokens
            if len(known.rows) != expected:
                raise ValueError(f"{len(known.rows)} features for {expected} tokens")
            self._features.put(medium.key, known)
        return known

    def sound_inputs(self, sounds: Sequence[Medium]) -> dict[str, torch.Tensor]:
        """Return the model's inputs for several sounds, padded to the longest."""
        if len(sounds) == 1:
            data: Mapping[str, Any] = self.inputs(sounds[0])
        else:
            data = self._process_sounds(sounds)
        return {name: self._cast(value) for name, value in data.items() if name not in TEXT_INPUTS}

    def _prepare(self, medium: Medium) -> dict[str, torch.Tensor]:
        data = self._process(medium)
        replacements = self._processor.replacements
        ids = data["input_ids"][0].tolist()
        inputs = {
            name: value
            for name, value in data.items()
            if isinstance(value, torch.Tensor) and name not in TEXT_INPUTS
        }
        if medium.key not in self._records:
            if len(replacements) != 1:
                raise ValueError("the processor does not say what stands for a picture")
            details = {name: value for name, value in inputs.items() if value.numel() <= SMALL}
            tokens = ids.count(self.token_ids[medium.kind])
            number, self._next_number = self._next_number, self._next_number + 1
            record = MediumRecord(number, replacements[0], tokens, details)
            self._records[medium.key] = record
            if len(self._records) > MAX_RECORDS:
                self._records.popitem(last=False)
        self._inputs.put(medium.key, inputs)
        return inputs

    def _process(self, medium: Medium) -> dict[str, Any]:
        """Run the processor over one medium."""
        processor = self._processor
        try:
            if not isinstance(medium.value, ImageInput):
                return self._process_sounds([medium])
            picture = _picture(medium.value)
            options = picture_options(processor, picture.width, picture.height)
            more = dict(PLAIN)
            if hasattr(processor, "default_use_image_id"):  # the prompt numbers them, MediaFitter
                more["use_image_id"] = False
            text = [processor.image_token]
            return dict(processor(text=text, images=[picture], images_kwargs=options, **more))
        except ValueError as problem:
            raise InputError(
                'The model cannot take "{name}" ({reason}).',
                "Attach it in another size, or choose another model.",
                name=medium.value.name,
                reason=" ".join(str(problem).split())[:160],
            ) from problem

    def _process_sounds(self, sounds: Sequence[Medium]) -> dict[str, Any]:
        """Run the processor over sounds."""
        samples = [
            np.frombuffer(medium.value.pcm, "<f4").copy()
            for medium in sounds
            if isinstance(medium.value, AudioInput)
        ]
        text = [self._processor.audio_token * len(samples)]
        return dict(self._processor(text=text, audio=samples, sampling_rate=SAMPLE_RATE, **PLAIN))

    def _encode(self, inputs: Mapping[str, torch.Tensor]) -> Features:
        encode = self._model.base_model.get_image_features
        accepted = inspect.signature(encode).parameters
        given = {name: self._cast(value) for name, value in inputs.items() if name in accepted}
        with torch.inference_mode():
            output = encode(**given, return_dict=True)
        self.encoded += 1
        deepstack = output.get("deepstack_features") or ()
        pooled = output["pooler_output"]
        return Features(
            _rows(pooled),
            tuple(_rows(layer) for layer in deepstack),
            type(output),
            isinstance(pooled, torch.Tensor),
        )

    def _cast(self, value: torch.Tensor) -> torch.Tensor:
        """Return a tensor on the model's device, and in its precision where it holds floats."""
        device, dtype = self._model.device, self._model.dtype
        return value.to(device, dtype) if value.is_floating_point() else value.to(device)


def join_features(pieces: list[tuple[Features, slice]]) -> Any:
    """Return rows of several media as one output of the encoder, in the form the model expects."""
    first = pieces[0][0]
    rows = torch.cat([features.rows[part] for features, part in pieces])
    joined: dict[str, Any] = {"pooler_output": rows[None] if first.is_tensor else [rows]}
    if first.deepstack:
        layers = range(len(first.deepstack))
        joined["deepstack_features"] = [
            [torch.cat([features.deepstack[layer][part] for features, part in pieces])]
            for layer in layers
        ]
    return first.output(**joined)


def _rows(pooled: Any) -> torch.Tensor:
    """Return features of any form as [tokens, hidden]."""
    parts = [pooled] if isinstance(pooled, torch.Tensor) else list(pooled)
    return torch.cat([part.reshape(-1, part.shape[-1]) for part in parts])


def _picture(image: ImageInput) -> Any:
    from PIL import Image

    return Image.frombytes("RGB", (image.width, image.height), image.rgb)


def _placeholder_id(config: Any, kind: str) -> int | None:
    """Return the token of which a medium's features take the place."""
    for name in (f"{kind}_token_id", f"{kind}_token_index"):
        found = getattr(config, name, None)
        if isinstance(found, int):
            return found
    return None


def _bytes(tensors: Mapping[str, torch.Tensor]) -> int:
    return sum(tensor.nbytes for tensor in tensors.values())
