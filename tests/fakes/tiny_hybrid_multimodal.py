"""Tiny multimodal models whose decoders have windows, convolutions or recurrent states."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.fakes.hub_folder import CHATML, Folder
from tests.fakes.tiny_multimodal import qwen_folder, qwen_ids


def lfm3_vl(folder: Path) -> Path:
    """Write an LFM3-VL: short convolutions and windows."""
    from transformers import Lfm3VlConfig, Lfm3VlForConditionalGeneration

    new = qwen_folder(folder)
    config = Lfm3VlConfig(
        text_config={
            "model_type": "lfm3",
            **new.text(head_dim=8, num_hidden_layers=4, sliding_window=32),
            "layer_types": ["conv", "full_attention", "conv", "sliding_attention"],
        },
        vision_config={
            "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2,
            "num_attention_heads": 2, "num_key_value_heads": 2, "patch_size": 8,
        },
        projector_hidden_size=32,
        tie_word_embeddings=False,
        **qwen_ids(new),
    )  # fmt: skip
    settings = {"processor_class": "Lfm3VlProcessor"}
    return new.save(Lfm3VlForConditionalGeneration, config, settings)


def qwen3_5(folder: Path) -> Path:
    """Write a Qwen3.5: gated delta nets between the layers with attention."""
    from transformers import Qwen3_5Config, Qwen3_5ForConditionalGeneration

    new = qwen_folder(folder)
    rope = {
        "rope_type": "default", "mrope_section": [2, 1, 1], "mrope_interleaved": True,
        "rope_theta": 10_000.0, "partial_rotary_factor": 0.5,
    }  # fmt: skip
    config = Qwen3_5Config(
        text_config={
            **new.text(head_dim=16, num_hidden_layers=4, rope_parameters=rope),
            "linear_key_head_dim": 8, "linear_value_head_dim": 8, "linear_num_key_heads": 2,
            "linear_num_value_heads": 4,
            "layer_types": ["full_attention", "linear_attention"] * 2,
        },
        vision_config={
            "depth": 2, "hidden_size": 32, "num_heads": 2, "intermediate_size": 64,
            "out_hidden_size": 32, "patch_size": 8, "spatial_merge_size": 2,
            "temporal_patch_size": 2, "num_position_embeddings": 16,
        },
        **qwen_ids(new),
    )  # fmt: skip
    settings = {"processor_class": "Qwen3VLProcessor"}
    return new.save(Qwen3_5ForConditionalGeneration, config, settings)


def gemma4(folder: Path) -> Path:
    """Write a Gemma 4 E: windows, shared keys and values, pictures and sound."""
    from transformers import Gemma4Config, Gemma4ForConditionalGeneration
    from transformers.models.gemma4.feature_extraction_gemma4 import Gemma4AudioFeatureExtractor
    from transformers.models.gemma4.image_processing_pil_gemma4 import Gemma4ImageProcessorPil

    specials = {
        "boi_token": "<|image>", "eoi_token": "<image|>", "image_token": "<|image|>",
        "boa_token": "<|audio>", "eoa_token": "<audio|>", "audio_token": "<|audio|>",
        "video": "<|video|>",
    }  # fmt: skip
    template = CHATML.replace("IMAGE", "<|image|>").replace("AUDIO", "<|audio|>")
    new = Folder(folder, specials, template)
    pictures = Gemma4ImageProcessorPil(patch_size=8, pooling_kernel_size=2)
    sound = Gemma4AudioFeatureExtractor()
    config = Gemma4Config(
        text_config={
            **new.text(head_dim=8, num_hidden_layers=4, sliding_window=32),
            "layer_types": ["sliding_attention", "full_attention"] * 2,
            "vocab_size_per_layer_input": len(new.tokenizer),
            "hidden_size_per_layer_input": 8,
            "num_kv_shared_layers": 2,
            "tie_word_embeddings": False,
        },
        vision_config={
            "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2,
            "num_attention_heads": 2, "num_key_value_heads": 2, "head_dim": 16, "patch_size": 8,
            "pooling_kernel_size": 2, "position_embedding_size": 256,
        },
        audio_config={
            "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2,
            "output_proj_dims": 32,
        },
        boi_token_id=new.id("<|image>"),
        eoi_token_id=new.id("<image|>"),
        image_token_id=new.id("<|image|>"),
        video_token_id=new.id("<|video|>"),
        boa_token_id=new.id("<|audio>"),
        eoa_token_index=new.id("<audio|>"),
        audio_token_id=new.id("<|audio|>"),
        tie_word_embeddings=False,
    )  # fmt: skip
    settings = {
        "processor_class": "Gemma4Processor",
        "image_processor": json.loads(pictures.to_json_string()),
        "feature_extractor": json.loads(sound.to_json_string()),
    }
    return new.save(Gemma4ForConditionalGeneration, config, settings)


def minicpmv4_7(folder: Path) -> Path:
    """Write a MiniCPM-V 4.7: slices of a picture, each picture with its number."""
    from transformers import MiniCPMV4_7Config, MiniCPMV4_7ForConditionalGeneration
    from transformers.models.minicpmv4_6.image_processing_pil_minicpmv4_6 import (
        MiniCPMV4_6ImageProcessorPil,
    )

    specials = {
        "image_token": "<|image_pad|>", "video_token": "<|video_pad|>",
        "image_start_token": "<image>", "image_end_token": "</image>",
        "slice_start_token": "<slice>", "slice_end_token": "</slice>",
        "image_id_start_token": "<image_id>", "image_id_end_token": "</image_id>",
    }  # fmt: skip
    new = Folder(folder, specials, CHATML.replace("IMAGE", "<|image_pad|>"))
    MiniCPMV4_6ImageProcessorPil(
        scale_resolution=64, patch_size=8, max_slice_nums=4
    ).save_pretrained(folder)
    rope = {
        "rope_type": "default", "mrope_section": [2, 1, 1], "mrope_interleaved": True,
        "rope_theta": 10_000.0, "partial_rotary_factor": 0.5,
    }  # fmt: skip
    config = MiniCPMV4_7Config(
        text_config={
            "model_type": "qwen3_5_text",
            **new.text(head_dim=16, num_hidden_layers=4, rope_parameters=rope),
            "linear_key_head_dim": 8, "linear_value_head_dim": 8, "linear_num_key_heads": 2,
            "linear_num_value_heads": 4,
            "layer_types": ["full_attention", "linear_attention"] * 2,
        },
        vision_config={
            "hidden_size": 32, "intermediate_size": 64, "num_hidden_layers": 2,
            "num_attention_heads": 2, "patch_size": 8, "image_size": 64, "insert_layer_id": 0,
        },
        insert_layer_id=0,
        image_size=64,
        image_token_id=new.id("<|image_pad|>"),
        video_token_id=new.id("<|video_pad|>"),
        image_start_id=new.id("<image>"),
        image_end_id=new.id("</image>"),
        slice_start_id=new.id("<slice>"),
        slice_end_id=new.id("</slice>"),
    )  # fmt: skip
    settings = {"processor_class": "MiniCPMV4_7Processor"}
    return new.save(MiniCPMV4_7ForConditionalGeneration, config, settings)


def lfm2_vl(folder: Path) -> Path:
    """Write an LFM2-VL, whose picture processor needs torchvision."""
    from transformers import Lfm2VlConfig, Lfm2VlForConditionalGeneration
    from transformers.models.lfm2_vl.image_processing_lfm2_vl import Lfm2VlImageProcessor

    specials = {
        "image_token": "<image>",
        "image_start_token": "<|image_start|>",
        "image_end_token": "<|image_end|>",
        "image_thumbnail_token": "<|img_thumbnail|>",
    }
    new = Folder(folder, specials, CHATML.replace("IMAGE", "<image>"))
    Lfm2VlImageProcessor(
        min_image_tokens=4, max_image_tokens=16, encoder_patch_size=8, tile_size=32
    ).save_pretrained(folder)
    config = Lfm2VlConfig(
        text_config={
            "model_type": "lfm2",
            **new.text(num_hidden_layers=4),
            "layer_types": ["full_attention", "conv"] * 2,
            "block_auto_adjust_ff_dim": False,
        },
        vision_config={
            "model_type": "siglip2_vision_model", "hidden_size": 32, "intermediate_size": 64,
            "num_hidden_layers": 2, "num_attention_heads": 2, "patch_size": 8, "num_patches": 64,
        },
        image_token_id=new.id("<image>"),
        projector_hidden_size=32,
        tie_word_embeddings=False,
    )  # fmt: skip
    settings = {"processor_class": "Lfm2VlProcessor"}
    return new.save(Lfm2VlForConditionalGeneration, config, settings)


HYBRID_FAMILIES: dict[str, Callable[[Path], Path]] = {
    "lfm3_vl": lfm3_vl,
    "qwen3_5": qwen3_5,
    "gemma4": gemma4,
    "minicpmv4_7": minicpmv4_7,
}
TORCHVISION_FAMILIES: dict[str, Callable[[Path], Path]] = {"lfm2_vl": lfm2_vl}
