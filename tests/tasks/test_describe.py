from __future__ import annotations

import pytest

from mmdesk.errors import InputError
from mmdesk.tasks import describe
from mmdesk.values import (
    ChatRequest,
    DescribeImagesRequest,
    Finished,
    ImageDescribed,
    ImageDescription,
    Label,
    NeverCancelled,
    PictureKind,
)
from tests.tasks.scripts import chats, engine, picture, said

DOG = ImageDescription(
    labels=(Label("golden retriever", 0.82, "dog"), Label("Labrador retriever", 0.09, "dog"))
)
UNSURE_DOG = ImageDescription(
    labels=(Label("golden retriever", 0.41, "dog"), Label("Irish setter", 0.3, "dog"))
)
UNSURE = ImageDescription(labels=(Label("umbrella", 0.3), Label("tent", 0.2), Label("kite", 0.01)))
SHOT = ImageDescription(
    kind=PictureKind.SCREENSHOT,
    labels=(Label("web site", 0.9),),
    text="Update available\nVersion 2.4 is ready to install\n×",
)
PAGE = ImageDescription(
    kind=PictureKind.PAGE, text="Annual Report\n" + "The harvest was good this year. " * 40
)


def caption(description: ImageDescription, **options: str) -> str:
    return said(
        describe(engine(), (picture(description),), NeverCancelled(), style="caption", **options)
    )


@pytest.mark.parametrize(
    ("description", "expected"),
    [
        (DOG, "A photo of a golden retriever (dog)."),
        (UNSURE_DOG, "A photo of a dog, perhaps a golden retriever or an Irish setter."),
        (UNSURE, "A photo of what may be an umbrella or a tent."),
        (SHOT, "A screenshot that reads “Update available Version 2.4 is ready to install”."),
        (ImageDescription(), "A photo in which nothing was recognised."),
        (ImageDescription(caption="a dog runs on grass"), "A dog runs on grass."),
        (
            ImageDescription(PictureKind.CHART, caption="A bar chart with two bars.", text="Sales"),
            "A bar chart with two bars.",
        ),
        (ImageDescription(labels=DOG.labels, correction="Our dog\nRex"), "Our dog Rex"),
        (
            ImageDescription(labels=(Label("street sign", 0.9),), text="STOP"),
            "A photo of a street sign, with the words “STOP”.",
        ),
    ],
)
def test_captions_are_one_line_made_of_facts(description: ImageDescription, expected: str) -> None:
    assert caption(description) == expected


def test_nothing_is_asked_of_the_chat_model_where_there_is_nothing_to_phrase() -> None:
    used = engine()
    events = list(describe(used, (picture(DOG),), NeverCancelled()))
    assert chats(used) == []
    assert "dog" in said(iter(events))
    assert "82 %" in said(iter(events))
    assert isinstance(events[-1], Finished)


def test_a_picture_not_yet_seen_is_looked_at() -> None:
    used = engine(description=DOG)
    events = list(describe(used, (picture(),), NeverCancelled(), style="caption"))
    assert [type(request) for request in used.requests] == [DescribeImagesRequest]
    assert any(isinstance(event, ImageDescribed) for event in events)
    assert said(iter(events)) == "A photo of a golden retriever (dog)."


def test_a_screenshot_leads_with_its_text_quoted() -> None:
    text = said(describe(engine(), (picture(SHOT),), NeverCancelled()))
    assert text.startswith("A screenshot that reads: “Update available\nVersion 2.4")
    assert "web site" not in text


def test_a_long_page_is_quoted_and_summed_up_from_its_own_words() -> None:
    used = engine(lambda request: "The harvest was good this year.")
    text = said(describe(used, (picture(PAGE),), NeverCancelled()))
    assert text.startswith("A page of text that reads: “Annual Report\nThe harvest")
    assert text.endswith("\n\nThe harvest was good this year.")


def test_chinese_descriptions() -> None:
    def reply(request: ChatRequest) -> str:
        return "金毛寻回犬（狗）"

    assert said(
        describe(engine(reply), (picture(DOG),), NeverCancelled(), "caption", "Chinese")
    ) == ("一张照片：金毛寻回犬（狗）。")
    assert caption(SHOT, language="zh").startswith("一张屏幕截图，上面写着“Update available")


def test_quotes_stay_untranslated() -> None:
    used = engine(lambda request: "Une capture d'écran qui dit")
    text = said(describe(used, (picture(SHOT),), NeverCancelled(), "caption", "French"))
    assert text.startswith("Une capture d'écran qui dit “Update available")
    assert all("Update" not in request.turns[-1].text for request in chats(used))


def test_several_pictures_in_order() -> None:
    images = (picture(DOG, "a.png", "1"), picture(ImageDescription(), "b.png", "2"))
    assert said(describe(engine(), images, NeverCancelled(), style="caption")).split("\n") == [
        "A photo of a golden retriever (dog).",
        "A photo in which nothing was recognised.",
    ]


def test_no_picture_and_unknown_languages_are_refused() -> None:
    with pytest.raises(InputError):
        list(describe(engine(), (), NeverCancelled()))
    with pytest.raises(InputError, match="Klingon"):
        list(describe(engine(), (picture(DOG),), NeverCancelled(), language="Klingon"))
