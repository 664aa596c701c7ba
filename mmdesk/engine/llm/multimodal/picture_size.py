"""Bound on the tokens that one picture takes, by the settings of its processor.

Prefill is what a user waits for after a question about a picture: a large photo can take several
thousand tokens, and the answer rarely needs more than a few hundred.
"""

from __future__ import annotations

import math
from typing import Any

PICTURE_TOKENS = 280  # of one picture, where the processor has a setting for it
_TOLERANCE = 1.25  # a picture in tiles may take so much more


def picture_options(processor: Any, width: int, height: int) -> dict[str, Any]:
    """Return settings with which a picture takes about PICTURE_TOKENS at most; {} where it would.

    Args:
        processor: of the whole model.
        width: of the picture, in px.
        height: of the picture, in px.
    """
    images = processor.image_processor
    kind = type(images).__name__.removesuffix("Pil").removesuffix("Fast")
    if hasattr(images, "max_soft_tokens") or hasattr(images, "max_image_tokens"):
        return _tokens_setting(images)
    if hasattr(images, "merge_size") and hasattr(images, "patch_size"):
        return _pixels_setting(images)
    if hasattr(images, "max_slice_nums"):
        return _slices_of(images)
    if kind in ("Idefics3ImageProcessor", "SmolVLMImageProcessor"):
        return _tiles_of(images, int(processor.image_seq_len))
    if kind == "GotOcr2ImageProcessor" and hasattr(processor, "image_seq_length"):
        return _crops_of(images, int(processor.image_seq_length))
    if kind == "PixtralImageProcessor":
        return _longest_edge(images, _pixtral_patch(processor), width, height)
    return {}


def _tokens_setting(images: Any) -> dict[str, Any]:
    """Return the setting of Gemma 4 and LFM2-VL, which is a number of tokens."""
    name = "max_soft_tokens" if hasattr(images, "max_soft_tokens") else "max_image_tokens"
    options: dict[str, Any] = {}
    if int(getattr(images, name)) > PICTURE_TOKENS:
        options[name] = PICTURE_TOKENS
    if getattr(images, "do_image_splitting", False):
        options["do_image_splitting"] = False
    return options


def _pixels_setting(images: Any) -> dict[str, Any]:
    """Return the setting of Qwen2-VL's family: a range of pixels."""
    side = int(images.patch_size) * int(images.merge_size)
    most = PICTURE_TOKENS * side * side
    size = images.size
    if not size or not size.longest_edge or size.longest_edge <= most:
        return {}
    least = min(int(size.shortest_edge or side * side), most)
    return {"size": {"shortest_edge": least, "longest_edge": most}}


def _tiles_of(images: Any, tile_tokens: int) -> dict[str, Any]:
    """Return the setting of Idefics 3 and SmolVLM: tiles of a square side, and one of the whole."""
    most = _TOLERANCE * PICTURE_TOKENS
    tile = int(images.max_image_size["longest_edge"])
    side = math.isqrt(max(0, int(most // tile_tokens) - 1))  # tiles of one edge
    if side < 2:
        return {"do_image_splitting": False}
    if images.size["longest_edge"] <= side * tile:
        return {}
    return {"size": {"longest_edge": side * tile}}


def _crops_of(images: Any, tile_tokens: int) -> dict[str, Any]:
    """Return the setting of InternVL: tiles, and one more of the whole."""
    tiles = int(_TOLERANCE * PICTURE_TOKENS // tile_tokens) - 1
    if tiles < 2:
        return {"crop_to_patches": False}
    return {"max_patches": min(tiles, int(images.max_patches))}


def _slices_of(images: Any) -> dict[str, Any]:
    """Return the setting of MiniCPM-V: slices of one size, and one more of the whole."""
    side = int(images.scale_resolution) // int(images.patch_size)
    tile_tokens = max(1, side * side // (4 if images.downsample_mode == "4x" else 16))
    slices = int(_TOLERANCE * PICTURE_TOKENS // tile_tokens) - 1
    if slices < 2:
        return {"slice_mode": False}
    return {"max_slice_nums": min(slices, int(images.max_slice_nums))}


def _longest_edge(images: Any, patch: int, width: int, height: int) -> dict[str, Any]:
    """Return the setting of Pixtral: the longer side in px, here by the picture's proportions."""
    ratio = max(width, height) / max(1, min(width, height))
    edge = patch * max(1, int(math.sqrt(PICTURE_TOKENS * ratio)))
    if images.size["longest_edge"] <= edge:
        return {}
    return {"size": {"longest_edge": edge}}


def _pixtral_patch(processor: Any) -> int:
    return int(processor.patch_size) * int(processor.spatial_merge_size)
