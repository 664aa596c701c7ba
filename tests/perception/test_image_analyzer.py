"""Image analysis: labels for photos, text for everything, clear errors about weights."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image
from safetensors.torch import save_file

from mmdesk import settings
from mmdesk.errors import ModelUnavailable
from mmdesk.fusion.tower import EfficientNetLite2
from mmdesk.inputs import load_image
from mmdesk.inputs.image import from_pil, to_pil
from mmdesk.perception.fused_model import FusedModel, FusedOutput
from mmdesk.perception.image_analyzer import ImageAnalyzer
from mmdesk.perception.line_order import Box
from mmdesk.perception.ocr import Progress, RecognisedText, TextLine, TextReader
from mmdesk.perception.prompt_text import description_text
from mmdesk.perception.speech_frames import SPEECH_FRAMES, SPEECH_WIDTH
from mmdesk.perception.vision_tower import load_tower, optimise_for_inference
from mmdesk.training.data.feature_extraction import as_tower
from mmdesk.training.data.synthetic import SYNTHETIC_DEV, make_image
from mmdesk.training.data.views import render_view
from mmdesk.values import ImageDescription, ImageInput, PictureKind
from tests.fakes.tiny_fused import write_fused
from tests.perception import pictures

FLICKR = Path(__file__).parents[3] / "shared" / "data" / "flickr8k"


@pytest.fixture(scope="module")
def reader() -> TextReader:
    return TextReader(threads=1)


@pytest.fixture
def dog_folder(tmp_path: Path) -> Path:
    """Weights that recognise a golden retriever in everything."""
    tower = EfficientNetLite2()
    with torch.no_grad():
        tower._fc.weight.zero_()
        tower._fc.bias.zero_()
        tower._fc.bias[207] = 20.0
    save_file(tower.state_dict(), tmp_path / "model.safetensors")
    return tmp_path


def test_photo_gets_labels_and_text(dog_folder: Path, reader: TextReader) -> None:
    description = ImageAnalyzer(dog_folder, reader).analyze(pictures.photo("Hotel"))
    assert description.kind is PictureKind.PHOTO
    assert [label.full_name for label in description.labels] == ["golden retriever (dog)"]
    assert description.text == "Hotel"


def test_photos_are_captioned_alone_as_together(
    dog_folder: Path, reader: TextReader, tmp_path: Path
) -> None:
    fused = FusedModel(write_fused(tmp_path / "fused"))
    photos = [pictures.photo(), pictures.screenshot(), pictures.photo("Hotel"), pictures.page()]
    alone = [ImageAnalyzer(dog_folder, reader, fused).analyze(photo) for photo in photos]
    assert ImageAnalyzer(dog_folder, reader, fused).analyze_all(photos) == alone
    captions = [description.caption for description in alone]
    assert all(captions[0::2])
    assert captions[1::2] == ["", ""]
    assert ImageAnalyzer(dog_folder, reader).analyze(photos[0]).caption == ""


def test_an_empty_picture_is_described_as_empty(
    dog_folder: Path, reader: TextReader, tmp_path: Path
) -> None:
    fused = FusedModel(write_fused(tmp_path / "fused", sure_from=0.0))
    analyzer = ImageAnalyzer(dog_folder, reader, fused)
    white = from_pil(Image.new("RGB", (800, 600), "white"), "blank.png")
    photo, empty = analyzer.analyze_all((pictures.photo(), white))
    assert photo.labels
    assert empty == ImageDescription(caption="An empty white picture.")
    assert ImageAnalyzer(tmp_path / "gone", reader).analyze(white) == empty


@pytest.mark.parametrize(
    ("question", "answer", "sure"),
    [
        ("", "An empty white picture.", True),
        ("is there a dog in the picture?", "no", True),
        ("how many people are there?", "none", True),
        ("what color is the background?", "white", True),
        ("what is the man doing?", "nothing, the picture is empty and white", True),
        ("is this indoors or outdoors?", "unknown", False),
        ("is the man smiling?", "unknown", False),
        ("how many sheep are there?", "none", True),
    ],
)
def test_questions_about_an_empty_picture_are_not_left_to_the_model(
    dog_folder: Path, reader: TextReader, tmp_path: Path, question: str, answer: str, sure: bool
) -> None:
    analyzer = ImageAnalyzer(dog_folder, reader, FusedModel(write_fused(tmp_path / "fused")))
    white = from_pil(Image.new("RGB", (80, 60), "white"), "blank.png")
    found = analyzer.answer(white, question)
    assert found is not None
    assert (found[0].text, found[1]) == (answer, sure)


@pytest.mark.parametrize("tail", [False, True])
def test_the_caption_is_of_the_whole_picture_as_in_training(
    dog_folder: Path, reader: TextReader, tmp_path: Path, tail: bool
) -> None:
    """Inference gives the fused model what the trainer caches of a picture."""
    fused = FusedModel(write_fused(tmp_path / "fused", tail=tail))
    photo = pictures.photo()
    pixels = np.array(render_view(to_pil(photo), "base", 0, True))[None]
    trunk, grid, logits = as_tower(load_tower(dog_folder), exact=True)(pixels)
    given = trunk if tail else grid
    cells = torch.from_numpy(given).transpose(1, 2).reshape(1, given.shape[2], 8, 8)
    (wanted,) = fused.caption(cells, torch.from_numpy(logits))
    assert ImageAnalyzer(dog_folder, reader, fused).analyze(photo).caption == wanted.text


@pytest.mark.parametrize(
    ("caption", "probability", "shown"),
    [
        ("A dog runs.", 0.9, "A dog runs."),
        ("A man rides a bike.", 0.9, "A man rides a bike."),
        ("A dog runs.", 0.1, "Not sure what this shows; it may be a dog runs."),
        ("A zebra runs.", 0.9, "A picture of a dog."),  # the tower is sure that it is a dog
        ("A zebra runs.", 0.1, "A picture of a dog."),
    ],
)
def test_a_caption_is_checked_before_it_is_shown(
    dog_folder: Path,
    reader: TextReader,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caption: str,
    probability: float,
    shown: str,
) -> None:
    fused = FusedModel(write_fused(tmp_path / "fused", captions_sure_from=0.3))
    output = [FusedOutput(caption, probability)]
    monkeypatch.setattr(fused, "caption", lambda grid, labels: output)
    analyzer = ImageAnalyzer(dog_folder, reader, fused)
    assert analyzer.analyze(pictures.photo()).caption == shown


@pytest.mark.parametrize(
    ("heard", "question"),
    [
        (FusedOutput("what color is the dog?", 0.9), "What color is the dog?"),
        (None, ""),
    ],
)
def test_a_spoken_question_is_returned_as_a_sentence(
    dog_folder: Path, reader: TextReader, heard: FusedOutput | None, question: str
) -> None:
    fused: Any = SimpleNamespace(recognize_question=lambda frames: heard)
    frames = np.zeros((SPEECH_FRAMES, SPEECH_WIDTH), np.float32)
    assert ImageAnalyzer(dog_folder, reader, fused).recognize_question(frames) == question
    assert ImageAnalyzer(dog_folder, reader).recognize_question(frames) == ""


def test_questions_are_answered_from_the_same_features(
    dog_folder: Path, reader: TextReader, tmp_path: Path
) -> None:
    analyzer = ImageAnalyzer(
        dog_folder, reader, FusedModel(write_fused(tmp_path / "fused", sure_from=0.0))
    )
    answer = analyzer.answer(pictures.photo(), "what color is the dog?")
    assert answer is not None
    said, sure = answer
    assert said.text
    assert sure
    assert ImageAnalyzer(dog_folder, reader).answer(pictures.photo(), "where is this?") is None


@pytest.mark.parametrize(
    ("kind", "odds", "expected"),
    [
        ("chart", 0.93, PictureKind.CHART),
        ("drawing", 0.93, PictureKind.DRAWING),
        ("chart", 0.6, PictureKind.SCREENSHOT),
        ("sign", 0.95, PictureKind.SCREENSHOT),
    ],
)
def test_a_sure_fused_model_tells_charts_from_windows(
    dog_folder: Path, tmp_path: Path, kind: str, odds: float, expected: PictureKind
) -> None:
    class Sure(FusedModel):
        def kind(self, grid: torch.Tensor, labels: torch.Tensor) -> list[FusedOutput]:
            return [FusedOutput(kind, odds)] * len(grid)

    line = TextLine("2015", 0.9, Box(0, 0, 20, 10))

    class TwoLines(TextReader):
        def read(self, image: ImageInput, progress: Progress | None = None) -> RecognisedText:
            return RecognisedText((line, line), "2015\n2016", 0.01)

    chart = from_pil(make_image(SYNTHETIC_DEV, 4).image, "chart.png")
    description = ImageAnalyzer(dog_folder, TwoLines(), Sure(write_fused(tmp_path / "f"))).analyze(
        chart
    )
    assert description.kind is expected
    assert bool(description.caption) is not expected.is_read
    assert ImageAnalyzer(dog_folder, TwoLines()).analyze(chart).kind is PictureKind.SCREENSHOT


def test_the_optimised_tower_computes_the_same() -> None:
    torch.manual_seed(0)
    tower = EfficientNetLite2().eval()
    for module in tower.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean.uniform_(-0.5, 0.5)
            module.running_var.uniform_(0.5, 2)
    pixels = torch.rand(2, 3, 256, 256)
    with torch.inference_mode():
        grid, logits = tower(pixels)
        quick = optimise_for_inference(tower)
        assert not any(isinstance(m, torch.nn.BatchNorm2d) for m in quick.modules())
        quick_grid, quick_logits = quick(pixels)
    assert torch.allclose(grid, quick_grid, atol=1e-3)
    assert torch.allclose(logits, quick_logits, atol=1e-3)


def test_screenshots_and_pages_get_no_labels(dog_folder: Path, reader: TextReader) -> None:
    analyzer = ImageAnalyzer(dog_folder, reader)
    for picture, kind in (
        (pictures.screenshot(), PictureKind.SCREENSHOT),
        (pictures.page(), PictureKind.PAGE),
    ):
        description = analyzer.analyze(picture)
        assert (description.kind, description.labels) == (kind, ())


def test_screenshots_need_no_weights(tmp_path: Path, reader: TextReader) -> None:
    description = ImageAnalyzer(tmp_path / "gone", reader).analyze(pictures.screenshot())
    assert "Could not connect to the printer" in description.text


@pytest.mark.parametrize("content", [None, b"", b"not weights", b"\x08\0\0\0\0\0\0\0{}      "])
def test_missing_and_damaged_weights_are_named(tmp_path: Path, content: bytes | None) -> None:
    folder = tmp_path / "efficientnet-lite2"
    folder.mkdir()
    if content is not None:
        (folder / "model.safetensors").write_bytes(content)
    problem = "is missing" if content is None else "is damaged"
    with pytest.raises(ModelUnavailable, match=rf"efficientnet-lite2 .*{problem}") as caught:
        load_tower(folder)
    assert "models get efficientnet-lite2" in caught.value.hint


@pytest.mark.model
def test_real_weights_claim_nothing_about_a_drawn_surface(reader: TextReader) -> None:
    folder = settings.home() / "models" / "efficientnet-lite2"
    description = ImageAnalyzer(folder, reader).analyze(pictures.photo())
    assert description.labels == ()
    probabilities = ImageAnalyzer(folder, reader).probabilities(pictures.photo())
    assert float(probabilities.sum()) == pytest.approx(1.0, abs=1e-4)


@pytest.mark.model
@pytest.mark.skipif(not FLICKR.exists(), reason="photographs that may not be kept here")
def test_dogs_are_called_dogs(reader: TextReader) -> None:
    """The first photographs whose captions all say dog, and the first where none does."""
    rows = [json.loads(line) for line in (FLICKR / "captions.jsonl").read_text().splitlines()]
    dev = [row for row in rows if row["split"] == "dev"]
    dogs = [row["image"] for row in dev if all(_says_dog(text) for text in row["captions"])][:20]
    others = [row["image"] for row in dev if not any(map(_says_dog, row["captions"]))][:20]
    analyzer = ImageAnalyzer(settings.home() / "models" / "efficientnet-lite2", reader)

    def called_dog(name: str) -> bool:
        image = load_image(FLICKR / "images" / name)
        return "dog" in description_text(
            dataclasses.replace(image, description=analyzer.analyze(image))
        )

    assert sum(map(called_dog, dogs)) >= 16
    assert sum(map(called_dog, others)) <= 2


def _says_dog(text: str) -> bool:
    return re.search(r"\b(dogs?|pupp(y|ies))\b", text.lower()) is not None
