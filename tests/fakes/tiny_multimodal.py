"""Real multimodal models of a few thousand random weights, saved as ordinary hub folders.

Each has transformers' own config, model and picture or sound processor, a real byte-level
tokenizer, and a chat template in the form of its family's.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
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


def _vision(**options: Any) -> dict[str, Any]:
    sizes = {"hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2}
    return {**sizes, "num_attention_heads": 2, "patch_size": 8, "image_size": 32, **options}


def _tiles() -> dict[str, str]:
    numbers = range(1, 5)
    return {f"tile{row}{col}": f"<row_{row}_col_{col}>" for row in numbers for col in numbers}


def smolvlm(folder: Path) -> Path:
    """Write a SmolVLM2: tiles of 32 px, 4 tokens each."""
    from transformers import SmolVLMConfig, SmolVLMForConditionalGeneration
    from transformers.models.smolvlm.image_processing_pil_smolvlm import SmolVLMImageProcessorPil

    specials = {
        "image_token": "<image>",
        "fake_image_token": "<fake_token_around_image>",
        "global_image_token": "<global-img>",
        "end_of_utterance_token": "<end_of_utterance>",
        **_tiles(),
    }
    new = Folder(folder, specials, PARTS_ONLY)
    SmolVLMImageProcessorPil(
        size={"longest_edge": 64}, max_image_size={"longest_edge": 32}
    ).save_pretrained(folder)
    config = SmolVLMConfig(
        text_config={"model_type": "llama", **new.text()},
        vision_config=_vision(),
        scale_factor=2,
        image_token_id=new.id("<image>"),
        pad_token_id=new.tokenizer.pad_token_id,
    )
    settings = {"processor_class": "SmolVLMProcessor", "image_seq_len": 4}
    return new.save(SmolVLMForConditionalGeneration, config, settings)


def idefics3(folder: Path) -> Path:
    """Write an Idefics 3 (the first SmolVLM)."""
    from transformers import Idefics3Config, Idefics3ForConditionalGeneration
    from transformers.models.idefics3.image_processing_pil_idefics3 import (
        Idefics3ImageProcessorPil,
    )

    specials = {
        "image": "<image>",
        "fake": "<fake_token_around_image>",
        "global": "<global-img>",
        "end": "<end_of_utterance>",
        **_tiles(),
    }
    new = Folder(folder, specials, PARTS_ONLY)
    Idefics3ImageProcessorPil(
        size={"longest_edge": 64}, max_image_size={"longest_edge": 32}
    ).save_pretrained(folder)
    config = Idefics3Config(
        text_config={"model_type": "llama", **new.text()},
        vision_config=_vision(),
        scale_factor=2,
        image_token_id=new.id("<image>"),
        pad_token_id=new.tokenizer.pad_token_id,
    )
    settings = {"processor_class": "Idefics3Processor", "image_seq_len": 4}
    return new.save(Idefics3ForConditionalGeneration, config, settings)


def _qwen_specials() -> dict[str, str]:
    return {
        "image_token": "<|image_pad|>",
        "video_token": "<|video_pad|>",
        "vision_bos": "<|vision_start|>",
        "vision_eos": "<|vision_end|>",
    }


def qwen_folder(folder: Path) -> Folder:
    """Begin a folder with the tokens and the picture processor of Qwen2-VL."""
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    template = CHATML.replace("IMAGE", "<|vision_start|><|image_pad|><|vision_end|>")
    new = Folder(folder, _qwen_specials(), template)
    Qwen2VLImageProcessorPil(
        size={"shortest_edge": 16 * 16, "longest_edge": 96 * 96},
        patch_size=8,
        merge_size=2,
        temporal_patch_size=2,
    ).save_pretrained(folder)
    return new


def qwen_ids(new: Folder) -> dict[str, int]:
    """Return the ids of its special tokens, as configs name them."""
    return {
        "image_token_id": new.id("<|image_pad|>"),
        "video_token_id": new.id("<|video_pad|>"),
        "vision_start_token_id": new.id("<|vision_start|>"),
        "vision_end_token_id": new.id("<|vision_end|>"),
    }


def qwen2_vl(folder: Path) -> Path:
    """Write a Qwen2-VL."""
    from transformers import Qwen2VLConfig, Qwen2VLForConditionalGeneration

    new = qwen_folder(folder)
    rope = {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 10_000.0}
    config = Qwen2VLConfig(
        text_config=new.text(rope_parameters=rope),
        vision_config={
            "depth": 2, "embed_dim": 32, "num_heads": 2, "mlp_ratio": 2, "hidden_size": 32,
            "patch_size": 8, "spatial_merge_size": 2, "temporal_patch_size": 2,
        },
        **qwen_ids(new),
    )  # fmt: skip
    settings = {"processor_class": "Qwen2VLProcessor"}
    return new.save(Qwen2VLForConditionalGeneration, config, settings)


def qwen2_5_vl(folder: Path) -> Path:
    """Write a Qwen2.5-VL."""
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration

    new = qwen_folder(folder)
    rope = {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 10_000.0}
    config = Qwen2_5_VLConfig(
        text_config=new.text(rope_parameters=rope),
        vision_config={
            "depth": 2, "hidden_size": 32, "num_heads": 2, "intermediate_size": 64,
            "out_hidden_size": 32, "patch_size": 8, "spatial_merge_size": 2,
            "temporal_patch_size": 2, "window_size": 32, "fullatt_block_indexes": [1],
        },
        **qwen_ids(new),
    )  # fmt: skip
    settings = {"processor_class": "Qwen2_5_VLProcessor"}
    return new.save(Qwen2_5_VLForConditionalGeneration, config, settings)


def qwen3_vl(folder: Path) -> Path:
    """Write a Qwen3-VL, with features for the first layers of the decoder."""
    from transformers import Qwen3VLConfig, Qwen3VLForConditionalGeneration

    new = qwen_folder(folder)
    rope = {"rope_type": "default", "mrope_section": [2, 1, 1], "rope_theta": 10_000.0}
    config = Qwen3VLConfig(
        text_config=new.text(rope_parameters=rope, head_dim=8),
        vision_config={
            "depth": 2, "hidden_size": 32, "num_heads": 2, "intermediate_size": 64,
            "out_hidden_size": 32, "patch_size": 8, "spatial_merge_size": 2,
            "temporal_patch_size": 2, "num_position_embeddings": 16,
            "deepstack_visual_indexes": [0, 1],
        },
        **qwen_ids(new),
    )  # fmt: skip
    settings = {"processor_class": "Qwen3VLProcessor"}
    return new.save(Qwen3VLForConditionalGeneration, config, settings)


def internvl(folder: Path) -> Path:
    """Write an InternVL 3: 4 tokens a picture."""
    from transformers import InternVLConfig, InternVLForConditionalGeneration
    from transformers.models.got_ocr2.image_processing_pil_got_ocr2 import GotOcr2ImageProcessorPil

    specials = {
        "start_image_token": "<img>",
        "end_image_token": "</img>",
        "context_image_token": "<IMG_CONTEXT>",
        "video_token": "<video>",
    }
    template = CHATML.replace("IMAGE", "<IMG_CONTEXT>\n")
    new = Folder(folder, specials, template)
    GotOcr2ImageProcessorPil(
        size={"height": 32, "width": 32}, crop_to_patches=False
    ).save_pretrained(folder)
    config = InternVLConfig(
        text_config={"model_type": "qwen2", **new.text()},
        vision_config=_vision(image_size=[32, 32], patch_size=[8, 8]),
        image_token_id=new.id("<IMG_CONTEXT>"),
        image_seq_length=4,
        downsample_ratio=0.5,
    )
    settings = {"processor_class": "InternVLProcessor", "image_seq_length": 4}
    return new.save(InternVLForConditionalGeneration, config, settings)


def gemma3(folder: Path) -> Path:
    """Write a Gemma 3 with pictures, whose tokens see one another."""
    from transformers import Gemma3Config, Gemma3ForConditionalGeneration
    from transformers.models.gemma3.image_processing_pil_gemma3 import Gemma3ImageProcessorPil

    specials = {
        "boi_token": "<start_of_image>",
        "eoi_token": "<end_of_image>",
        "image_token": "<image_soft_token>",
    }
    template = CHATML.replace("IMAGE", "<start_of_image>")
    new = Folder(folder, specials, template)
    Gemma3ImageProcessorPil(size={"height": 32, "width": 32}).save_pretrained(folder)
    config = Gemma3Config(
        text_config=new.text(head_dim=8, sliding_window=64, query_pre_attn_scalar=8),
        vision_config=_vision(),
        mm_tokens_per_image=4,
        boi_token_index=new.id("<start_of_image>"),
        eoi_token_index=new.id("<end_of_image>"),
        image_token_index=new.id("<image_soft_token>"),
        tie_word_embeddings=False,
    )
    settings = {"processor_class": "Gemma3Processor", "image_seq_length": 4}
    return new.save(Gemma3ForConditionalGeneration, config, settings)


def _pixtral_folder(folder: Path) -> Folder:
    from transformers.models.pixtral.image_processing_pil_pixtral import PixtralImageProcessorPil

    specials = {"image": "[IMG]", "break": "[IMG_BREAK]", "end": "[IMG_END]"}
    new = Folder(folder, {**specials, "i": "[INST]", "o": "[/INST]"}, INSTRUCT)
    PixtralImageProcessorPil(
        size={"longest_edge": 64}, patch_size={"height": 8, "width": 8}
    ).save_pretrained(folder)
    return new


def pixtral(folder: Path) -> Path:
    """Write a Pixtral: a LLaVA with Pixtral's vision encoder."""
    from transformers import LlavaConfig, LlavaForConditionalGeneration

    new = _pixtral_folder(folder)
    config = LlavaConfig(
        text_config={"model_type": "mistral", **new.text(head_dim=8, sliding_window=None)},
        vision_config={"model_type": "pixtral", **_vision(image_size=64, head_dim=16)},
        image_token_index=new.id("[IMG]"),
        vision_feature_layer=-1,
        vision_feature_select_strategy="full",
    )
    settings = {"processor_class": "PixtralProcessor", "patch_size": 8, "spatial_merge_size": 1}
    return new.save(LlavaForConditionalGeneration, config, settings)


def mistral3(folder: Path) -> Path:
    """Write a Mistral 3 (Ministral 3), which merges patches by two."""
    from transformers import Mistral3Config, Mistral3ForConditionalGeneration

    new = _pixtral_folder(folder)
    config = Mistral3Config(
        text_config={"model_type": "mistral", **new.text(head_dim=8, sliding_window=None)},
        vision_config={"model_type": "pixtral", **_vision(image_size=64, head_dim=16)},
        image_token_index=new.id("[IMG]"),
        spatial_merge_size=2,
        vision_feature_layer=-1,
    )
    settings = {"processor_class": "PixtralProcessor", "patch_size": 8, "spatial_merge_size": 2}
    return new.save(Mistral3ForConditionalGeneration, config, settings)


def llava(folder: Path) -> Path:
    """Write a LLaVA 1.5, whose template takes text alone."""
    from transformers import LlavaConfig, LlavaForConditionalGeneration
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    new = Folder(folder, {"image_token": "<image>"}, PLAIN)
    CLIPImageProcessorPil(
        size={"shortest_edge": 32}, crop_size={"height": 32, "width": 32}
    ).save_pretrained(folder)
    config = LlavaConfig(
        text_config={"model_type": "llama", **new.text()},
        vision_config={"model_type": "clip_vision_model", **_vision(projection_dim=32)},
        image_token_index=new.id("<image>"),
        image_seq_length=16,
    )
    settings = {
        "processor_class": "LlavaProcessor",
        "patch_size": 8,
        "num_additional_image_tokens": 1,
        "vision_feature_select_strategy": "default",
    }
    return new.save(LlavaForConditionalGeneration, config, settings)


def qwen2_audio(folder: Path) -> Path:
    """Write a Qwen2-Audio, which takes recordings of up to 30 seconds."""
    from transformers import (
        Qwen2AudioConfig,
        Qwen2AudioForConditionalGeneration,
        WhisperFeatureExtractor,
    )

    specials = {
        "audio_token": "<|AUDIO|>",
        "audio_bos_token": "<|audio_bos|>",
        "audio_eos_token": "<|audio_eos|>",
    }
    template = CHATML.replace("AUDIO", "<|audio_bos|><|AUDIO|><|audio_eos|>\n")
    new = Folder(folder, specials, template)
    WhisperFeatureExtractor(feature_size=16, chunk_length=2).save_pretrained(folder)
    config = Qwen2AudioConfig(
        text_config={"model_type": "qwen2", **new.text()},
        audio_config={
            "model_type": "qwen2_audio_encoder", "d_model": 32, "encoder_layers": 2,
            "encoder_attention_heads": 2, "encoder_ffn_dim": 64, "num_mel_bins": 16,
            "max_source_positions": 100,
        },
        audio_token_index=new.id("<|AUDIO|>"),
    )  # fmt: skip
    settings = {"processor_class": "Qwen2AudioProcessor"}
    return new.save(Qwen2AudioForConditionalGeneration, config, settings)


def qwen2_5_omni(folder: Path) -> Path:
    """Write the thinker of a Qwen2.5-Omni, which takes pictures and recordings."""
    from transformers import (
        Qwen2_5OmniThinkerConfig,
        Qwen2_5OmniThinkerForConditionalGeneration,
        WhisperFeatureExtractor,
    )
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    specials = {
        "image_token": "<|IMAGE|>",
        "video_token": "<|VIDEO|>",
        "audio_token": "<|AUDIO|>",
        "vision_bos_token": "<|vision_bos|>",
        "vision_eos_token": "<|vision_eos|>",
        "audio_bos_token": "<|audio_bos|>",
        "audio_eos_token": "<|audio_eos|>",
    }
    template = CHATML.replace("AUDIO", "<|audio_bos|><|audio_token|><|audio_eos|>")
    template = template.replace("IMAGE", "<|vision_bos|><|IMAGE|><|vision_eos|>")
    new = Folder(folder, specials, template.replace("<|audio_token|>", "<|AUDIO|>"))
    pictures = Qwen2VLImageProcessorPil(
        size={"shortest_edge": 16 * 16, "longest_edge": 96 * 96},
        patch_size=8,
        merge_size=2,
        temporal_patch_size=2,
    )
    sound = WhisperFeatureExtractor(feature_size=16, chunk_length=2)
    (folder / "preprocessor_config.json").write_text(
        json.dumps({**sound.to_dict(), **pictures.to_dict()}), encoding="utf-8"
    )
    rope = {"rope_type": "default", "mrope_section": [1, 1, 2], "rope_theta": 10_000.0}
    config = Qwen2_5OmniThinkerConfig(
        text_config=new.text(rope_parameters=rope),
        vision_config={
            "depth": 2, "hidden_size": 32, "num_heads": 2, "intermediate_size": 64,
            "out_hidden_size": 32, "patch_size": 8, "spatial_merge_size": 2,
            "temporal_patch_size": 2, "window_size": 32, "fullatt_block_indexes": [1],
        },
        audio_config={
            "d_model": 32, "encoder_layers": 2, "encoder_attention_heads": 2,
            "encoder_ffn_dim": 64, "num_mel_bins": 16, "max_source_positions": 100,
            "n_window": 50, "output_dim": 32,
        },
        image_token_index=new.id("<|IMAGE|>"),
        video_token_index=new.id("<|VIDEO|>"),
        audio_token_index=new.id("<|AUDIO|>"),
        vision_start_token_id=new.id("<|vision_bos|>"),
        vision_end_token_id=new.id("<|vision_eos|>"),
        audio_start_token_id=new.id("<|audio_bos|>"),
        audio_end_token_id=new.id("<|audio_eos|>"),
    )  # fmt: skip
    settings = {"processor_class": "Qwen2_5OmniProcessor"}
    return new.save(Qwen2_5OmniThinkerForConditionalGeneration, config, settings)


PICTURE_FAMILIES: dict[str, Callable[[Path], Path]] = {
    "smolvlm": smolvlm,
    "idefics3": idefics3,
    "qwen2_vl": qwen2_vl,
    "qwen2_5_vl": qwen2_5_vl,
    "qwen3_vl": qwen3_vl,
    "internvl": internvl,
    "gemma3": gemma3,
    "pixtral": pixtral,
    "mistral3": mistral3,
    "llava": llava,
    "qwen2_5_omni": qwen2_5_omni,
}
SOUND_FAMILIES: dict[str, Callable[[Path], Path]] = {
    "qwen2_audio": qwen2_audio,
    "qwen2_5_omni": qwen2_5_omni,
}
