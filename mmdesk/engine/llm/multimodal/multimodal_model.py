"""Language model with pictures and sound, as transformers loads it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from torch import nn

from mmdesk.engine.llm.multimodal.media_cache import MediaPrefixCache
from mmdesk.engine.llm.multimodal.media_encoder import MediaEncoder
from mmdesk.engine.llm.multimodal.parts_tokenizer import PICTURE, SOUND, PartsTokenizer
from mmdesk.engine.llm.multimodal.processors import SAFE, load_processor
from mmdesk.errors import Cancelled, ModelUnavailable
from mmdesk.values import CancelFlag, Capabilities, NeverCancelled


class Interrupt:
    """Hook before every layer that ends a pass of the model when the request was cancelled.

    Attributes:
        flag: of the request.
    """

    def __init__(self, network: Any) -> None:
        self.flag: CancelFlag = NeverCancelled()
        for module in network.modules():
            if isinstance(module, nn.ModuleList):
                for layer in module:
                    layer.register_forward_pre_hook(self._check)

    def _check(self, *_: Any) -> None:
        if self.flag.is_set():
            raise Cancelled


class MultimodalModel:
    """Model of transformers with its processor.

    Args:
        network: transformers' model in eval mode.
        processor: its processor, as `load_processor` returns it.
        capabilities: what it takes.

    Attributes:
        encoder: prepares and encodes its pictures and sounds.
        tokenizer: with the chat template for messages of parts.
        interrupt: ends a pass early.
    """

    def __init__(self, network: Any, processor: Any, capabilities: Capabilities) -> None:
        self.network, self.processor, self.capabilities = network, processor, capabilities
        self.encoder = MediaEncoder(network, processor)
        placeholders = {
            kind: getattr(processor, f"{kind}_token")
            for kind, taken in ((PICTURE, capabilities.pictures), (SOUND, capabilities.sound_s))
            if taken
        }
        template = _template(processor)
        self.tokenizer = PartsTokenizer(processor.tokenizer, template, placeholders)
        self.interrupt = Interrupt(network)

    @property
    def config(self) -> Any:
        """The configuration of transformers' model."""
        return self.network.config

    @property
    def context_length(self) -> int:
        """The longest context, in tokens, that it was trained for."""
        text = self.network.config.get_text_config(decoder=True)
        return int(getattr(text, "max_position_embeddings", 0) or 2**31)

    def new_prefix_cache(self) -> MediaPrefixCache:
        """Return an empty prefix cache."""
        return MediaPrefixCache(self)


def load_multimodal(
    part: str, folder: Path, config: Mapping[str, Any], dtype: Any, takes: Capabilities
) -> MultimodalModel:
    """Load the model in a folder with its processor.

    Args:
        part: the model's id, for messages.
        folder: holds its files.
        config: config.json.
        dtype: of the weights.
        takes: what it takes.

    Raises:
        ModelUnavailable: transformers does not know such a model.
        InputError: its processor cannot run here.
        OSError, ValueError and others: the files are damaged or do not fit together.
    """
    from transformers import AutoModelForMultimodalLM
    from transformers.models.auto.modeling_auto import MODEL_FOR_MULTIMODAL_LM_MAPPING_NAMES

    kind = config.get("model_type")
    if kind not in MODEL_FOR_MULTIMODAL_LM_MAPPING_NAMES:
        raise ModelUnavailable(
            'The model "{part}" is of a kind that this mmdesk does not know ({kind}).',
            "Choose another model, or update mmdesk.",
            part=part,
            kind=kind,
        )
    processor = load_processor(part, folder, config)
    network = AutoModelForMultimodalLM.from_pretrained(
        folder, dtype=dtype, use_safetensors=True, **SAFE
    )
    network.eval()
    return MultimodalModel(network, processor, takes)


def _template(processor: Any) -> str:
    """Return the chat template of a processor, else that of its tokenizer."""
    for owner in (processor, processor.tokenizer):
        template = getattr(owner, "chat_template", None)
        if isinstance(template, dict):
            template = template.get("default")
        if isinstance(template, str) and template:
            return template
    raise ValueError("no chat template")
