"""Tiny models of random weights that take recordings, as hub folders."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from tests.fakes.hub_folder import CHATML, Folder


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


SOUND_FAMILIES: dict[str, Callable[[Path], Path]] = {
    "qwen2_audio": qwen2_audio,
    "qwen2_5_omni": qwen2_5_omni,
}
