"""Prefix cache of a model with pictures and sound.

A prompt is read in chunks where the model computes every token from those before it alone, and so
pictures that were read in an earlier turn are not read again. Models whose pictures look at
themselves in both directions, whose layers forget (sliding windows, recurrent states) or that take
sound read the whole prompt at once, each time.
"""

from __future__ import annotations

import inspect
from collections.abc import Generator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

import torch

from mmdesk.engine.decoder import Logits
from mmdesk.engine.llm.context_window import FittedPrompt
from mmdesk.engine.llm.kv_cache import CHUNK, PrefixCache, shared_prefix_length
from mmdesk.engine.llm.multimodal.media_encoder import Features, Medium, join_features
from mmdesk.engine.llm.multimodal.media_prompt import FIRST_KEY, MediaPrompt, medium_of
from mmdesk.engine.llm.multimodal.parts_tokenizer import PICTURE, SOUND
from mmdesk.errors import Cancelled
from mmdesk.values import CancelFlag, Event, NeverCancelled, Preparing

if TYPE_CHECKING:
    from mmdesk.engine.llm.multimodal.multimodal_model import MultimodalModel

WHOLE = 1 << 40  # tokens of a chunk that no prompt fills
_TYPE_NAMES = ("token_type_ids", "mm_token_type_ids")


class MediaPrefixCache(PrefixCache):
    """Prefix cache of a multimodal model of transformers."""

    def __init__(self, model: MultimodalModel) -> None:
        super().__init__()
        self._model = model
        model.interrupt.flag = NeverCancelled()  # that of an earlier request may be set
        self._names = frozenset(inspect.signature(model.network.forward).parameters)
        self._cache = self._new_cache()
        self._prompt = MediaPrompt([])
        self._positions: torch.Tensor | None = None
        self._types: dict[str, torch.Tensor] = {}
        self._raw: dict[str, torch.Tensor] = {}
        self._is_whole = False

    @property
    def chunk(self) -> int:
        """Tokens that are read in one pass."""
        return WHOLE if self._is_whole else CHUNK

    def open(self, prompt: FittedPrompt, cancel: CancelFlag) -> Generator[Event, None, None]:
        """Encode the pictures of a prompt that will be read next.

        Yields:
            Preparing before each that was not encoded yet.

        Raises:
            Cancelled: within one layer of the encoder.
        """
        if not isinstance(prompt, MediaPrompt):  # one of text alone
            prompt = MediaPrompt(prompt.ids, (), prompt.ids)
        self._model.interrupt.flag = cancel
        self._prompt = prompt
        sounds = [medium for medium in prompt.media if medium.kind == SOUND]
        self._is_whole = bool(sounds) or not self._can_trim() or "token_type_ids" in self._names
        pictures = {
            medium.key: medium
            for medium in self._media_to_read(prompt)
            if medium.kind == PICTURE and not self._model.encoder.has_features(medium)
        }
        for number, medium in enumerate(pictures.values()):
            if cancel.is_set():
                raise Cancelled
            yield Preparing("looking at the picture", number / len(pictures))
            self._model.encoder.features(medium)
        self._raw = self._joined_inputs(sounds)
        self._types = self._token_types(prompt)
        self._positions = self._prompt_positions(prompt)

    # --- what the prefix cache asks for -------------------------------------------------------

    def _trim(self, length: int) -> int:
        surplus = len(self.ids) - length
        if length and not self._is_whole and self._can_trim():
            if surplus:
                with torch.inference_mode():
                    self._cache.crop(-surplus)
            return length
        self._cache = self._new_cache()
        return 0

    def _forward(self, ids: Sequence[int], logits_to_keep: int) -> Logits:
        start, end = len(self.ids), len(self.ids) + len(ids)
        is_prompt = end <= len(self._prompt.ids)
        real_ids = self._prompt.real_ids[start:end] if is_prompt else list(ids)
        given = self._inputs(ids, start, end) if is_prompt else self._positions_at(start, end)
        if "logits_to_keep" in self._names:
            given["logits_to_keep"] = logits_to_keep
        network = self._model.network
        try:
            with torch.inference_mode():
                inputs = network.prepare_inputs_for_generation(
                    torch.tensor([real_ids], device=network.device),
                    next_sequence_length=end - start,
                    cache=self._cache,
                    is_first_iteration=is_prompt,
                    use_cache=True,
                    **given,
                )
                output = network(**inputs, return_dict=True)
        except BaseException:  # half of it may be in the cache
            self.trim(0)
            raise
        logits: Logits = output.logits[0, -logits_to_keep:].float().cpu().numpy()
        return logits

    # --- inputs of the model ------------------------------------------------------------------

    def _inputs(self, keys: Sequence[int], start: int, end: int) -> dict[str, Any]:
        """Return the inputs for tokens `start` to `end` of the prompt."""
        given = self._positions_at(start, end)
        given |= {name: types[:, :end] for name, types in self._types.items()}
        given |= self._raw if start == 0 else {}
        pieces = self._features_of(keys)
        if pieces:
            given["mm_encoder_outputs"] = {PICTURE: join_features(pieces)}
        return given

    def _positions_at(self, start: int, end: int) -> dict[str, Any]:
        """Return the positions of tokens, which go on evenly after the prompt."""
        if self._positions is None:
            return {}
        positions, length = self._positions, self._positions.shape[-1]
        if end <= length:
            return {"position_ids": positions[..., start:end]}
        after = torch.arange(max(start, length), end, device=positions.device) - length
        last = positions.amax(-1, keepdim=True)
        if positions.ndim == 3:  # rows: the tokens' count where there are four, then the places
            counts, places = last[: len(last) - 3], last[-3:]
            last = torch.cat([counts, places.amax(0, keepdim=True).expand_as(places)])
        new = last + 1 + after
        return {"position_ids": torch.cat([positions[..., start:], new], -1)}

    def _features_of(self, keys: Sequence[int]) -> list[tuple[Features, slice]]:
        """Return the features that take the place of keys, in their order."""
        by_number = {
            self._model.encoder.record(medium).number: medium
            for medium in self._prompt.media
            if medium.kind == PICTURE
        }
        places = [medium_of(key) for key in keys if key >= FIRST_KEY]
        pieces = []
        # Rows that follow one another are one piece: the difference to their order stays the same.
        for (number, _), run in groupby(
            enumerate(places), lambda entry: (entry[1][0], entry[1][1] - entry[0])
        ):
            rows = [row for _, (_, row) in run]
            if number in by_number:
                features = self._model.encoder.features(by_number[number])
                pieces.append((features, slice(rows[0], rows[-1] + 1)))
        return pieces

    def _joined_inputs(self, sounds: Sequence[Medium]) -> dict[str, torch.Tensor]:
        """Return the inputs of all sounds together; the model encodes them as it reads."""
        joined = self._model.encoder.sound_inputs(sounds) if sounds else {}
        return {name: value for name, value in joined.items() if name in self._names}

    def _token_types(self, prompt: MediaPrompt) -> dict[str, torch.Tensor]:
        """Return which tokens are of a picture, where the model asks for it."""
        names = [name for name in _TYPE_NAMES if name in self._names]
        if not names:
            return {}
        types = self._model.processor.create_mm_token_type_ids([prompt.real_ids])
        return {names[0]: torch.tensor(types, device=self._model.network.device)}

    def _prompt_positions(self, prompt: MediaPrompt) -> torch.Tensor | None:
        """Return the positions of the prompt's tokens, None where the model counts them itself."""
        if "position_ids" not in self._names:
            return None
        network = self._model.network
        ids = torch.tensor([prompt.real_ids], device=network.device)
        details = [self._model.encoder.record(medium).details for medium in prompt.media]
        names = {name for one in details for name in one}
        given = {
            name: torch.cat([one[name] for one in details if name in one]).to(network.device)
            for name in names
        }
        given |= {**self._raw, **self._types, "input_ids": ids}
        given["attention_mask"] = ids.new_ones(ids.shape)
        positions: torch.Tensor = network._prepare_position_ids_for_generation(ids, given)
        return positions

    def _media_to_read(self, prompt: MediaPrompt) -> list[Medium]:
        """Return the media of which a token is not in the cache."""
        kept = 0
        if not self._is_whole:
            shared = shared_prefix_length(self.ids[: self._whole_chunks], prompt.ids[:-1])
            kept = shared // CHUNK * CHUNK
        numbers = {medium_of(key)[0] for key in prompt.ids[kept:] if key >= FIRST_KEY}
        record = self._model.encoder.record
        return [medium for medium in prompt.media if record(medium).number in numbers]

    def _can_trim(self) -> bool:
        """Return whether tokens can be taken off the end."""
        from transformers.cache_utils import DynamicLayer

        return all(type(layer) is DynamicLayer for layer in self._cache.layers)

    def _new_cache(self) -> Any:
        from transformers import DynamicCache

        return DynamicCache(config=self._model.network.config.get_text_config(decoder=True))
