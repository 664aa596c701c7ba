"""Sentences about a picture, built from its description without a language model."""

from __future__ import annotations

import re

from mmdesk.text import cjk_share, shorten
from mmdesk.values import ImageDescription, Label, PictureKind

SURE_PROBABILITY = 0.5  # from which a label is mentioned without "perhaps"
MIN_PROBABILITY = 0.05  # from which a label is mentioned at all
MAX_LABELS = 3

_CHINESE_NOUN = {
    PictureKind.PHOTO: "一张照片",
    PictureKind.DRAWING: "一幅图画",
    PictureKind.CHART: "一张图表",
    PictureKind.SCREENSHOT: "一张屏幕截图",
    PictureKind.PAGE: "一页文字",
}


def labels_to_mention(description: ImageDescription) -> tuple[Label, ...]:
    """Return the labels to mention: a few likely ones.

    There are none with a correction, and none for a page or a screenshot with text, where the text
    is what matters.
    """
    if description.correction is not None or (
        description.kind.is_read and description.text.strip()
    ):
        return ()
    return tuple(label for label in description.labels if label.probability >= MIN_PROBABILITY)[
        :MAX_LABELS
    ]


def caption(
    description: ImageDescription, names: tuple[str, ...], chinese: bool, quote_words: int
) -> str:
    """Return one sentence on one line.

    Args:
        description: of the picture.
        names: of `labels_to_mention(description)`, in the language of the sentence.
        chinese: write Chinese, else English.
        quote_words: length limit of the quoted text of the picture.
    """
    if description.correction is not None:
        return " ".join(description.correction.split())
    subject = _subject(description, names, chinese)
    if not description.kind.is_read and description.caption.strip():
        # The caption alone: the text of the picture is in the detailed description.
        return _with_full_stop(" ".join(subject.split()), chinese)
    quote = _quote(" ".join(_main_lines(description)), quote_words)
    if not quote:
        return _with_full_stop(" ".join(subject.split()), chinese)
    subject = subject.rstrip(".。")
    if chinese:
        return f"{subject}，上面写着“{quote}”。"
    if not description.kind.is_read:
        return f"{subject}, with the words “{quote}”."
    return f"{subject} that reads “{quote}”."


def paragraph(
    description: ImageDescription, names: tuple[str, ...], chinese: bool, quote_words: int
) -> str:
    """Return the detailed description; arguments as for `caption`.

    Screenshots and pages begin with their text, photos with what they show.
    """
    if description.correction is not None:
        return description.correction.strip()
    quote = _quote("\n".join(_main_lines(description)), quote_words)
    subject = _with_full_stop(_subject(description, names, chinese), chinese)
    probabilities = _probabilities(description, names, chinese)
    gap = "" if chinese else " "
    text = gap.join(part for part in (subject, probabilities) if part)
    if not quote:
        return text
    if not description.kind.is_read:
        reads = f"图中写着：“{quote}”" if chinese else f"The text in it reads: “{quote}”"
        return f"{text}{gap}{reads}"
    noun = _noun(description.kind, chinese)
    lead = f"{noun}，上面写着：“{quote}”" if chinese else f"{noun} that reads: “{quote}”"
    shown = description.caption.strip()
    return f"{lead}\n\n{_with_full_stop(shown, chinese)}" if shown else lead


def _subject(description: ImageDescription, names: tuple[str, ...], chinese: bool) -> str:
    """Return the beginning of a sentence that names the subject, without a full stop."""
    noun = _noun(description.kind, chinese)
    if description.caption.strip() and not description.kind.is_read:
        text = description.caption.strip()
        return text[0].upper() + text[1:]
    if not names:
        if description.text.strip():
            return noun
        return f"{noun}，没有认出内容" if chinese else f"{noun} in which nothing was recognised"
    labels = labels_to_mention(description)
    if labels[0].probability >= SURE_PROBABILITY:
        return f"{noun}：{names[0]}" if chinese else f"{noun} of {_with_article(names[0])}"
    if chinese:
        return f"{noun}，可能是{'或'.join(names)}"
    wider = {label.wider for label in labels}
    if len(wider) == 1 and labels[0].wider:
        guesses = " or ".join(_with_article(label.name) for label in labels)
        return f"{noun} of {_with_article(labels[0].wider)}, perhaps {guesses}"
    return f"{noun} of what may be {' or '.join(_with_article(name) for name in names)}"


def _probabilities(description: ImageDescription, names: tuple[str, ...], chinese: bool) -> str:
    labels = labels_to_mention(description)
    if not labels:
        return ""
    entries = [
        f"{name} {round(label.probability * 100)} %"
        for name, label in zip(names, labels, strict=True)
    ]
    return f"识别结果：{'、'.join(entries)}。" if chinese else f"Recognised: {', '.join(entries)}."


def _noun(kind: PictureKind, chinese: bool) -> str:
    """Return the kind of picture as the beginning of a sentence."""
    return _CHINESE_NOUN[kind] if chinese else kind.noun_phrase.capitalize()


def _with_article(name: str) -> str:
    if re.match(r"(?:an?|the|some)\s", name, re.IGNORECASE):
        return name
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def _main_lines(description: ImageDescription) -> list[str]:
    """Return the lines of the picture's text without those of single signs and stray letters."""
    lines = [line.strip() for line in description.text.splitlines() if line.strip()]
    meaningful = [
        line for line in lines if sum(map(str.isalnum, line)) >= (2 if cjk_share(line) else 3)
    ]
    return meaningful or lines


def _quote(text: str, max_words: int) -> str:
    """Shorten a text, with inner quotation marks that do not end the outer ones."""
    return shorten(text, max_words).replace("“", "‘").replace("”", "’")


def _with_full_stop(text: str, chinese: bool) -> str:
    if not text or text[-1] in ".!?。！？…":
        return text
    return text + ("。" if chinese else ".")
