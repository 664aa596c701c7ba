"""The bound on the tokens of a picture, with the real processors' numbers."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from mmdesk.engine.llm.multimodal.picture_size import PICTURE_TOKENS, picture_options


def processor(images: object, **options: object) -> SimpleNamespace:
    return SimpleNamespace(image_processor=images, **options)


def test_a_large_photo_is_bounded_for_qwen() -> None:
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    images = Qwen2VLImageProcessorPil(
        size={"shortest_edge": 3136, "longest_edge": 12845056}, patch_size=14, merge_size=2
    )
    size = picture_options(processor(images), 4000, 3000)["size"]
    assert size == {"shortest_edge": 3136, "longest_edge": PICTURE_TOKENS * 28 * 28}


def test_a_processor_with_a_smaller_bound_keeps_it() -> None:
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    images = Qwen2VLImageProcessorPil(size={"shortest_edge": 784, "longest_edge": 7840})
    assert picture_options(processor(images), 4000, 3000) == {}


@pytest.mark.parametrize(
    ("tile_tokens", "expected"),
    [(64, {"size": {"longest_edge": 1024}}), (169, {"do_image_splitting": False})],
)
def test_tiles_of_smolvlm_are_bounded(tile_tokens: int, expected: dict[str, object]) -> None:
    from transformers.models.smolvlm.image_processing_pil_smolvlm import SmolVLMImageProcessorPil

    images = SmolVLMImageProcessorPil(
        size={"longest_edge": 2048}, max_image_size={"longest_edge": 512}
    )
    assert picture_options(processor(images, image_seq_len=tile_tokens), 900, 600) == expected


def test_tiles_of_internvl_are_bounded() -> None:
    from transformers.models.got_ocr2.image_processing_pil_got_ocr2 import GotOcr2ImageProcessorPil

    images = GotOcr2ImageProcessorPil(size={"height": 448, "width": 448}, crop_to_patches=True)
    assert picture_options(processor(images, image_seq_length=256), 900, 600) == {
        "crop_to_patches": False
    }


def test_the_longer_side_is_bounded_for_pixtral_by_the_proportions() -> None:
    from transformers.models.pixtral.image_processing_pil_pixtral import PixtralImageProcessorPil

    images = PixtralImageProcessorPil(
        size={"longest_edge": 1540}, patch_size={"height": 14, "width": 14}
    )
    known = processor(images, patch_size=14, spatial_merge_size=2)
    square = picture_options(known, 1000, 1000)["size"]["longest_edge"]
    wide = picture_options(known, 2000, 500)["size"]["longest_edge"]
    assert (square // 28) ** 2 <= PICTURE_TOKENS < (square // 28 + 1) ** 2
    assert square < wide <= 2 * square + 28


def test_slices_of_minicpm_are_bounded() -> None:
    from transformers.models.minicpmv4_6.image_processing_pil_minicpmv4_6 import (
        MiniCPMV4_6ImageProcessorPil,
    )

    images = MiniCPMV4_6ImageProcessorPil()  # of 64 tokens each
    assert picture_options(processor(images), 2000, 1500) == {"max_slice_nums": 4}


def test_gemma_4_has_a_setting_of_its_own() -> None:
    from transformers.models.gemma4.image_processing_pil_gemma4 import Gemma4ImageProcessorPil

    images = Gemma4ImageProcessorPil(max_soft_tokens=1120)
    assert picture_options(processor(images), 2000, 1500) == {"max_soft_tokens": PICTURE_TOKENS}
