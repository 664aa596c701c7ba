"""Sentences about a picture, built from what was seen and read in it. No model, no invention."""

from __future__ import annotations

import re

from mmdesk.text import cjk_share, shorten
from mmdesk.values import ImageDescription, Label, PictureKind

SURE = 0.5  # a label at or above this is said without "perhaps"
WORTH_SAYING = 0.05
MOST_LABELS = 3

_CHINESE_NOUN = {
    PictureKind.PHOTO: "一张照片",
    PictureKind.DRAWING: "一幅图画",
    PictureKind.CHART: "一张图表",
    PictureKind.SCREENSHOT: "一张屏幕截图",
    PictureKind.PAGE: "一页文字",
}


def worth_saying(description: ImageDescription) -> tuple[Label, ...]:
    """The labels a description mentions: few, likely ones; none beside a correction, and none
    for a page or a screenshot with text, where the text is what matters.
    """
    if description.correction is not None or (
        description.kind.is_read and description.text.strip()
    ):
        return ()
    return tuple(label for label in description.labels if label.probability >= WORTH_SAYING)[
        :MOST_LABELS
    ]


def caption(
    description: ImageDescription, names: tuple[str, ...], chinese: bool, quote_words: int
) -> str:
    """One sentence on one line. `names` are the full names of `worth_saying(description)`."""
    if description.correction is not None:
        return " ".join(description.correction.split())
    subject = _subject(description, names, chinese)
    if not description.kind.is_read and description.caption.strip():
        return _stop(" ".join(subject.split()), chinese)  # the scene; its words are in the details
    quote = _quote(" ".join(_main_lines(description)), quote_words)
    if not quote:
        return _stop(" ".join(subject.split()), chinese)
    subject = subject.rstrip(".。")
    if chinese:
        return f"{subject}，上面写着“{quote}”。"
    if not description.kind.is_read:
        return f"{subject}, with the words “{quote}”."
    return f"{subject} that reads “{quote}”."


def paragraph(
    description: ImageDescription, names: tuple[str, ...], chinese: bool, quote_words: int
) -> str:
    """All that is known: screenshots and pages lead with their text, photos with what they show."""
    if description.correction is not None:
        return description.correction.strip()
    quote = _quote("\n".join(_main_lines(description)), quote_words)
    subject = _stop(_subject(description, names, chinese), chinese)
    sure = _how_sure(description, names, chinese)
    gap = "" if chinese else " "
    said = gap.join(part for part in (subject, sure) if part)
    if not quote:
        return said
    if not description.kind.is_read:
        reads = f"图中写着：“{quote}”" if chinese else f"The text in it reads: “{quote}”"
        return f"{said}{gap}{reads}"
    noun = _noun(description.kind, chinese)
    lead = f"{noun}，上面写着：“{quote}”" if chinese else f"{noun} that reads: “{quote}”"
    seen = description.caption.strip()
    return f"{lead}\n\n{_stop(seen, chinese)}" if seen else lead


def _subject(description: ImageDescription, names: tuple[str, ...], chinese: bool) -> str:
    """What the picture is of, as the beginning of a sentence, without a full stop."""
    noun = _noun(description.kind, chinese)
    if description.caption.strip() and not description.kind.is_read:
        said = description.caption.strip()
        return said[0].upper() + said[1:]
    if not names:
        if description.text.strip():
            return noun
        return f"{noun}，没有认出内容" if chinese else f"{noun} in which nothing was recognised"
    labels = worth_saying(description)
    if labels[0].probability >= SURE:
        return f"{noun}：{names[0]}" if chinese else f"{noun} of {_with_article(names[0])}"
    if chinese:
        return f"{noun}，可能是{'或'.join(names)}"
    wider = {label.wider for label in labels}
    if len(wider) == 1 and labels[0].wider:
        guesses = " or ".join(_with_article(label.name) for label in labels)
        return f"{noun} of {_with_article(labels[0].wider)}, perhaps {guesses}"
    return f"{noun} of what may be {' or '.join(_with_article(name) for name in names)}"


def _how_sure(description: ImageDescription, names: tuple[str, ...], chinese: bool) -> str:
    labels = worth_saying(description)
    if not labels:
        return ""
    told = [
        f"{name} {round(label.probability * 100)} %"
        for name, label in zip(names, labels, strict=True)
    ]
    return f"识别结果：{'、'.join(told)}。" if chinese else f"Recognised: {', '.join(told)}."


def _noun(kind: PictureKind, chinese: bool) -> str:
    """Return the kind of picture as the beginning of a sentence."""
    return _CHINESE_NOUN[kind] if chinese else kind.noun_phrase.capitalize()


def _with_article(name: str) -> str:
    if re.match(r"(?:an?|the|some)\s", name, re.IGNORECASE):
        return name
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def _main_lines(description: ImageDescription) -> list[str]:
    """The lines of the picture's text that say something: not single signs and stray letters."""
    lines = [line.strip() for line in description.text.splitlines() if line.strip()]
    telling = [
        line for line in lines if sum(map(str.isalnum, line)) >= (2 if cjk_share(line) else 3)
    ]
    return telling or lines


def _quote(text: str, most: int) -> str:
    """Shortened, with inner quotation marks that do not end ours."""
    return shorten(text, most).replace("“", "‘").replace("”", "’")


def _stop(said: str, chinese: bool) -> str:
    if not said or said[-1] in ".!?。！？…":
        return said
    return said + ("。" if chinese else ".")
