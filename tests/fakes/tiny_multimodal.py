"""Real multimodal models of a few thousand random weights, saved as ordinary hub folders.

Each has transformers' own config, model and picture processor, a real byte-level tokenizer, and a
chat template in the form of its family's.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.fakes.hub_folder import CHATML, INSTRUCT, PARTS_ONLY, PLAIN, Folder, vision


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
        vision_config=vision(),
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
        vision_config=vision(),
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
        vision_config=vision(image_size=[32, 32], patch_size=[8, 8]),
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
        vision_config=vision(),
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
        vision_config={"model_type": "pixtral", **vision(image_size=64, head_dim=16)},
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
        vision_config={"model_type": "pixtral", **vision(image_size=64, head_dim=16)},
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
        vision_config={"model_type": "clip_vision_model", **vision(projection_dim=32)},
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
}
