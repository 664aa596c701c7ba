"""Hub folders of tiny models with pictures or sound: tokenizer, template, weights, processor."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.fakes.tiny_model import CORPUS

TEXT = {
    "hidden_size": 32,
    "intermediate_size": 64,
    "num_hidden_layers": 2,
    "num_attention_heads": 4,
    "num_key_value_heads": 2,
    "max_position_embeddings": 4096,
    "initializer_range": 0.6,
}
CHATML = (
    "{% for message in messages %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}{% else %}"
    "{% for part in message['content'] %}"
    "{% if part['type'] == 'image' %}IMAGE"
    "{% elif part['type'] == 'audio' %}AUDIO"
    "{% else %}{{ part['text'] }}{% endif %}{% endfor %}{% endif %}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
# Only lists of parts, as SmolVLM's.
PARTS_ONLY = (
    "<|im_start|>{% for message in messages %}{{ message['role'] | capitalize }}"
    "{% if message['content'][0]['type'] == 'image' %}:{% else %}: {% endif %}"
    "{% for line in message['content'] %}{% if line['type'] == 'text' %}{{ line['text'] }}"
    "{% elif line['type'] == 'image' %}<image>{% endif %}{% endfor %}<end_of_utterance>\n"
    "{% endfor %}{% if add_generation_prompt %}Assistant:{% endif %}"
)
# No system message, as Mistral's of old.
INSTRUCT = (
    "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'user' %}[INST]"
    "{% if message['content'] is string %}{{ message['content'] }}{% else %}"
    "{% for part in message['content'] %}{% if part['type'] == 'image' %}[IMG]"
    "{% else %}{{ part['text'] }}{% endif %}{% endfor %}{% endif %}[/INST]"
    "{% elif message['role'] == 'assistant' %}{{ message['content'] }}{{ eos_token }}"
    "{% else %}{{ raise_exception('only user and assistant') }}{% endif %}{% endfor %}"
)
# Text alone, with the placeholder in it, as LLaVA 1.5's.
PLAIN = (
    "{% for message in messages %}{{ message['role'].upper() }}: {{ message['content'] }}\n"
    "{% endfor %}{% if add_generation_prompt %}ASSISTANT:{% endif %}"
)


class Folder:
    """Hub folder that is being written."""

    def __init__(self, folder: Path, specials: Mapping[str, str], template: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder
        self.tokenizer = _tokenizer(folder, specials)
        (folder / "chat_template.jinja").write_text(template, encoding="utf-8")

    def id(self, token: str) -> int:
        """Return the id of a special token."""
        found: int = self.tokenizer.convert_tokens_to_ids(token)
        return found

    def text(self, **options: Any) -> dict[str, Any]:
        """Return the config of a text decoder."""
        ids = {
            "eos_token_id": self.tokenizer.eos_token_id,
            "bos_token_id": self.tokenizer.bos_token_id,
            "pad_token_id": self.tokenizer.pad_token_id,
        }
        return {**TEXT, "vocab_size": len(self.tokenizer), **ids, **options}

    def save(self, model_class: type, config: Any, processor: Mapping[str, Any]) -> Path:
        """Write the weights, and the settings of the processor."""
        import torch

        torch.manual_seed(0)
        model: Any = model_class(config)
        with torch.no_grad():
            for name, weight in model.named_parameters():
                if weight.ndim > 1 and ("vision" in name or "visual" in name or "project" in name):
                    weight.normal_(0, 0.2)
        model.generation_config.eos_token_id = self.tokenizer.eos_token_id
        model.generation_config.do_sample = False
        model.save_pretrained(self.path)
        (self.path / "processor_config.json").write_text(json.dumps(processor), encoding="utf-8")
        return self.path


def _tokenizer(folder: Path, specials: Mapping[str, str]) -> Any:
    from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=400,
        special_tokens=["<|endoftext|>", "<|im_start|>", "<|im_end|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(CORPUS, trainer)
    tokenizer.add_special_tokens(sorted(set(specials.values())))
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        bos_token="<|im_start|>",
        eos_token="<|im_end|>",
        pad_token="<|endoftext|>",
        extra_special_tokens={name: text for name, text in specials.items() if "_token" in name},
    )
    fast.save_pretrained(folder)
    return fast


def vision(**options: Any) -> dict[str, Any]:
    """Return the config of a vision encoder."""
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2}
    return {**sizes, "num_attention_heads": 2, "patch_size": 8, "image_size": 32, **options}
