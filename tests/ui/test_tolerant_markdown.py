r"""Markdown as a model meant it: blank lines that it left out, `\[ … \]` inside a line."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QToolButton

from mmdesk.ui.answer_message import AnswerMessage
from mmdesk.ui.markdown.block_stream import parser
from mmdesk.ui.markdown.tolerant import TolerantMarkdown, repaired
from mmdesk.ui.rich_text import RichTextView
from mmdesk.values import Stats

TABLE = "| a | b |\n|---|---|\n| 1 | 2 |\n"
SHOPPING = "Ingredients:\n- Flour\n- Sugar\nInstructions:\n1. Mix.\n2. Bake.\nEnjoy your meal!"
LETTER = (
    "Thank you very much for the kind invitation to the meeting.\n"
    "Unfortunately I cannot come on that day, as I am away.\n"
    "Best regards,\nAnna"
)


def blocks(text: str) -> list[str]:
    """Return the top-level blocks that the repaired text has."""
    return [token.type for token in parser().parse(repaired(text)) if token.level == 0]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        (TABLE + "In conclusion, it is so.", ["table", "paragraph"]),
        ("a | b\n--- | ---\n1 | 2\nThat is all.", ["table", "paragraph"]),
        (SHOPPING, ["paragraph", "bullet_list", "paragraph", "ordered_list", "paragraph"]),
        ("1. One\n   goes on\nand on", ["ordered_list"]),
        ("The sum:\n\\[ a + b \\]\nwhere a is 1.", ["paragraph", "math_block", "paragraph"]),
        ("The sum:\n$$\na + b\n$$\nwhere a is 1.", ["paragraph", "math_block", "paragraph"]),
        (LETTER, ["paragraph"] * 3),
        ("Roses are red.\nViolets are blue.", ["paragraph"]),
        ("这是第一句话，讲的是一个比较长的故事，关于水獭。\n这是第二句话。", ["paragraph"] * 2),
        ("A sentence.\n---\nAnother one.", ["paragraph", "hr", "paragraph"]),
        ("Steps:\n3. three\n4. four", ["paragraph", "ordered_list"]),
        ("> a quote\nthat goes on", ["blockquote"]),
    ],
)
def test_finding_4_blocks_are_those_that_the_model_meant(text: str, kinds: list[str]) -> None:
    found = [kind.removesuffix("_open") for kind in blocks(text) if not kind.endswith("_close")]
    assert found == kinds


def test_finding_4_a_formula_within_a_line_is_one() -> None:
    inline = parser().parse(repaired("Thus \\[ a + b \\] holds."))[1]
    assert [child.type for child in inline.children or []] == ["text", "math_inline_double", "text"]


@pytest.mark.parametrize(
    "text",
    [
        "```python\n- a\nB = 1\nC\n```\n",
        "~~~\n| a |\nText\n\\[ x \\]\n~~~\n",
        "# Heading\n\nA paragraph.\n\n- a\n- b\n\nText after it.\n",
        TABLE + "\nText after it.\n",
        "- an item that goes on over the end of the line because somebody\nWrapped it here\n",
    ],
)
def test_code_and_sound_markdown_stay_as_they_are(text: str) -> None:
    assert repaired(text) == text


@pytest.mark.parametrize(
    "text", [SHOPPING, LETTER, TABLE + "So.\n", "x\n\\[ y \\]\nZ \\[ a \\] b\\"]
)
@pytest.mark.parametrize("step", [1, 3, 7])
def test_the_pieces_in_which_a_text_arrives_do_not_matter(text: str, step: int) -> None:
    stream = TolerantMarkdown()
    pieces = [stream.feed(text[at : at + step]) for at in range(0, len(text), step)]
    assert "".join(pieces) + stream.finish() == repaired(text)


def test_a_line_is_passed_on_before_it_ends() -> None:
    assert TolerantMarkdown().feed("This is the beginning") == "This is the beginning"


def test_finding_4_copying_an_answer_gives_the_repaired_text(qtbot) -> None:
    answer = AnswerMessage()
    qtbot.addWidget(answer)
    answer.append(SHOPPING)
    answer.finish(Stats())
    answer.findChild(QToolButton, "copyAnswerButton").click()
    assert QGuiApplication.clipboard().text() == repaired(SHOPPING)
    assert answer.text.source_text == SHOPPING  # what is stored and read by the model


@pytest.mark.parametrize("step", [1, 5, 1000])
def test_what_stands_above_a_formula_of_its_own_line_is_shown_once(qtbot, step: int) -> None:
    text = "The sum:\n- a\n- b\nIt is\n\\[\na + b\n\\]\nThat is\n\\[ c \\]\nThe end."
    view = RichTextView(markdown=True, tolerant=True)
    qtbot.addWidget(view)
    for at in range(0, len(text), step):
        view.append(text[at : at + step])
        view.flush()
    view.finish()
    view.flush()
    shown = [line for line in view.toPlainText().split("\n") if line.strip("\ufffc")]
    assert shown == ["The sum:", "a", "b", "It is", "That is", "The end."]


def test_a_document_is_shown_as_it_was_written(qtbot) -> None:
    view = RichTextView(markdown=True)
    qtbot.addWidget(view)
    view.append(TABLE + "In conclusion, it is so.")
    view.finish()
    view.flush()
    assert view.document().lastBlock().text() == ""  # the sentence is a row of the table
