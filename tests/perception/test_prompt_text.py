"""The prompt's text about a picture says no more than what is believed."""

from __future__ import annotations

from mmdesk.perception.prompt_text import MAX_TEXT, description_text
from mmdesk.values import ImageDescription, ImageInput, Label, PictureKind


def words(description: ImageDescription | None) -> str:
    return description_text(ImageInput("a.png", 1, 1, b"\0\0\0", "x", description))


def test_a_picture_that_was_not_analysed_has_no_text() -> None:
    assert words(None) == ""


def test_photo_with_sure_and_unsure_labels() -> None:
    said = words(
        ImageDescription(labels=(Label("golden retriever", 0.9, "dog"), Label("park bench", 0.62)))
    )
    assert "a photo" in said
    sure, unsure = said.index("dog (golden retriever)"), said.index("park bench")
    assert "probably" not in said[:sure]
    assert "probably" in said[sure:unsure]


def test_photo_of_nothing_known_claims_nothing() -> None:
    said = words(ImageDescription())
    assert "not recognised" in said
    assert "no text" in said


def test_caption_of_a_fused_model_stands_first() -> None:
    said = words(ImageDescription(labels=(Label("dog", 0.9),), caption="A dog runs on the beach."))
    assert said.index("A dog runs on the beach.") < said.index("It shows")


def test_an_empty_picture_is_called_empty() -> None:
    said = words(ImageDescription(caption="An empty light blue picture."))
    assert "photo" not in said
    assert said.startswith("The picture is empty.\nAn empty light blue picture.")
    assert "no text" in said


def test_text_is_quoted() -> None:
    said = words(ImageDescription(PictureKind.SCREENSHOT, text="File not found\nTry again"))
    assert "a screenshot" in said
    assert "File not found\nTry again" in said


def test_long_text_is_cut_with_a_note() -> None:
    text = "word " * 2000
    said = words(ImageDescription(PictureKind.PAGE, text=text))
    assert len(said) < MAX_TEXT + 250
    assert f"{len(text.strip()):,} characters" in said


def test_unreadable_page_says_so() -> None:
    assert "No text could be read" in words(ImageDescription(PictureKind.PAGE))


def test_correction_stands_in_place_of_all_else() -> None:
    description = ImageDescription(
        PictureKind.SCREENSHOT,
        (Label("wolf", 0.9),),
        "A wolf.",
        "text",
        correction="My husky Balto",
    )
    said = words(description)
    assert "My husky Balto" in said
    for overruled in ("wolf", "text", "screenshot"):
        assert overruled not in said.lower()


def test_empty_correction_takes_nothing_back() -> None:
    assert "dog" in words(ImageDescription(labels=(Label("dog", 0.9),), correction="  "))
