"""Formulas: recognised, drawn in their place, and readable where they cannot be drawn."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtGui import QGuiApplication, QTextCursor
from pytestqt.qtbot import QtBot

from mmdesk.ui.markdown.formula import LONGEST, OBJECT_CHARACTER, formulas, source_of
from mmdesk.ui.rich_text import RichTextView

SLOW = 30_000  # the first formula loads the library


def shown(qtbot: QtBot, text: str) -> RichTextView:
    view = RichTextView(markdown=True)
    qtbot.addWidget(view)
    view.resize(600, 400)
    view.show()
    view.append(text)
    view.finish()
    view.flush()
    return view


def sources(message: RichTextView) -> list[str]:
    found, texts = message.document().find(OBJECT_CHARACTER), []
    while not found.isNull():
        texts.append(source_of(found.charFormat()))
        found = message.document().find(OBJECT_CHARACTER, found)
    return texts


def wait_for(qtbot: QtBot, tex: str) -> None:
    qtbot.waitUntil(lambda: formulas().get(tex) is not None, timeout=SLOW)
    QCoreApplication.processEvents()


@pytest.mark.parametrize(
    ("text", "tex"),
    [
        ("a $x^2$ b", "x^2"),
        (r"a \(y_1\) b", "y_1"),
        ("$$\nz=1\n$$", r"\displaystyle z=1"),
        ("\\[\nz=2\n\\]", r"\displaystyle z=2"),
        ("in $$z=3$$ a line", r"\displaystyle z=3"),
        ("- item $a$", "a"),
        ("| h |\n|---|\n| $b$ |\n", "b"),
    ],
)
def test_what_is_a_formula(qtbot: QtBot, text: str, tex: str) -> None:
    assert sources(shown(qtbot, text)) == [tex]


@pytest.mark.parametrize("text", ["from $5 to $10", "`$x$`", "```sh\necho $a $b\n```", r"a \$x\$"])
def test_what_is_no_formula(qtbot: QtBot, text: str) -> None:
    message = shown(qtbot, text)
    assert sources(message) == []
    assert "$" in message.toPlainText()


def test_a_formula_is_drawn_in_its_place(qtbot: QtBot) -> None:
    tex = r"\displaystyle \frac{a+b}{c}"
    message = shown(qtbot, r"Before $$\frac{a+b}{c}$$ after")
    plain = shown(qtbot, "Before and after")
    line = plain.document().size().height()
    wait_for(qtbot, tex)
    qtbot.waitUntil(lambda: message.document().size().height() > line + 8)
    drawn = formulas().get(tex)
    assert drawn is not None
    assert drawn.below > 3  # it hangs below its line
    assert message.height() >= drawn.height
    picture = message.grab().toImage()
    ink = [
        (x, y)
        for x in range(picture.width())
        for y in range(picture.height())
        if picture.pixelColor(x, y).lightness() < 100
    ]
    assert max(y for _, y in ink) - min(y for _, y in ink) > 18  # higher than a line of text


def test_what_cannot_be_drawn_is_shown_as_its_source(qtbot: QtBot) -> None:
    message = shown(qtbot, r"broken $\frac{a}{$ and good $q$")
    wait_for(qtbot, "q")
    assert formulas().get(r"\frac{a}{") is None
    assert sources(message) == [r"\frac{a}{", "q"]


def test_a_source_that_is_too_long_is_not_drawn(qtbot: QtBot) -> None:
    before = len(formulas()._cache)
    assert formulas().get("x" * (LONGEST + 1)) is None
    assert len(formulas()._cache) == before


def test_copying_gives_the_source_back(qtbot: QtBot) -> None:
    message = shown(qtbot, "so $x^2$ it is")
    cursor = message.textCursor()
    cursor.select(QTextCursor.SelectionType.Document)
    message.setTextCursor(cursor)
    qtbot.keyClick(message, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().strip() == "so $x^2$ it is"
