"""A message's text: drawn at the cost of its tail, harmless whatever it holds."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QGuiApplication, QTextDocument, QTextImageFormat, QTextTable
from pytestqt.qtbot import QtBot

from mmdesk.ui import theme
from mmdesk.ui.markdown.block_painter import region_rect
from mmdesk.ui.markdown.document_builder import CODE_PAD
from mmdesk.ui.rich_text import SLICE, RichTextView


def _shown(qtbot: QtBot, text: str, *, markdown: bool = True, piece: int = SLICE) -> RichTextView:
    made = RichTextView(markdown=markdown)
    qtbot.addWidget(made)
    made.resize(600, 100)
    for at in range(0, len(text), piece):
        made.append(text[at : at + piece])
    made.finish()
    made.flush()
    return made


def _images(document: QTextDocument) -> list[QTextImageFormat]:
    return [
        made.toImageFormat() for made in document.allFormats() if made.toImageFormat().isValid()
    ]


def test_the_document_is_the_same_however_the_text_comes(qtbot: QtBot) -> None:
    text = (
        "# Head\n\nwords **bold**\n\n- a\n- b\n  - c\n\n```py\nx = 1\n```\n\n"
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n1. one\n   ```sh\n   ls\n   ```\n2. two\n\n> q\n\nend"
    )
    whole = _shown(qtbot, text)
    for piece in (1, 3, 7, 20):
        grown = _shown(qtbot, text, piece=piece)
        assert grown.document().toPlainText() == whole.document().toPlainText()
        assert grown.document().blockCount() == whole.document().blockCount()
        assert [r.source for r in grown.regions] == ["x = 1\n", "ls\n"]


def test_code_stands_as_far_from_the_foot_of_its_ground_as_from_its_side(qtbot: QtBot) -> None:
    for text in ("```py\nx = 1\nprint(x)\n```\n\nend", "```py\nx = 1\nprint(x)\n```"):
        made = _shown(qtbot, text)
        made.show()
        qtbot.waitExposed(made)
        document = made.document()
        last = document.findBlock(document.toPlainText().index("print"))
        below = region_rect(document, made.regions[0]).bottom()
        below -= document.documentLayout().blockBoundingRect(last).bottom()
        assert below == pytest.approx(CODE_PAD, abs=2)
        assert region_rect(document, made.regions[0]).bottom() <= document.size().height()


def test_appending_writes_the_tail_only(qtbot: QtBot) -> None:
    """Two hundred paragraphs in twenty pieces each: blocks are written a few times, not 200."""
    made = RichTextView(markdown=True)
    qtbot.addWidget(made)
    for _ in range(200):
        for word in ("A paragraph ", "of several ", "words in it.", "\n\n"):
            made.append(word)
            made.flush()
    assert made.document().blockCount() >= 200
    assert made._builder.blocks_written < 200 * 10


def test_nothing_is_dropped_when_text_comes_faster_than_it_is_drawn(qtbot: QtBot) -> None:
    made = RichTextView(markdown=True)
    qtbot.addWidget(made)
    with qtbot.waitSignal(made.drawn, check_params_cb=lambda: not made._pending, timeout=20_000):
        for n in range(3000):
            made.append(f"word{n} ")
        made.finish()
    assert "word0 " in made.document().toPlainText()
    assert "word2999" in made.document().toPlainText()


def test_the_height_follows_the_text(qtbot: QtBot) -> None:
    made = _shown(qtbot, "one line")
    made.show()
    low = made.height()
    made = _shown(qtbot, "many\n\n" * 30)
    made.show()
    assert low > 10
    assert made.height() > 10 * low
    assert made.height() >= made.document().size().height()


@pytest.mark.parametrize(
    "text",
    [
        '<img src="http://127.0.0.1:9/x.png"><script>alert(1)</script>',
        "![alt](http://127.0.0.1:9/x.png)",
        "![alt](file:///etc/passwd)",
        '<a href="javascript:alert(1)">x</a> [y](javascript:alert(1))',
    ],
)
def test_nothing_is_interpreted_or_loaded(
    qtbot: QtBot, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(
        RichTextView, "loadResource", lambda self, kind, name: asked.append(name) or None
    )
    made = _shown(qtbot, text)
    made.show()
    made.grab()
    assert asked == []
    assert _images(made.document()) == []
    hrefs = [f.toCharFormat().anchorHref() for f in made.document().allFormats()]
    assert not any(href.startswith(("javascript", "file")) for href in hrefs)
    if text.startswith("<"):
        assert "<" in made.document().toPlainText()


def test_resources_are_never_given(qtbot: QtBot) -> None:
    made = _shown(qtbot, "x")
    assert made.loadResource(2, QUrl("file:///etc/hostname")) is None


@pytest.mark.parametrize(
    "text",
    [
        "| a | b |\n|---|---|\n" + "| x | y |\n" * 600,
        "|" + " h |" * 300 + "\n|" + "---|" * 300 + "\n|" + " c |" * 300 + "\n",
        "```python\n" + "x = 1\n" * 800,
        "x" * 100_000,
        "```\n" + "y" * 100_000,
        "[" * 4000 + "\n\n" + "*" * 4000 + "\n\n" + "`" * 4000,
        ">" * 500 + " deep\n\n" + "".join("  " * n + "- deeper\n" for n in range(60)),
        "مرحبا بالعالم\n\n- עברית\n- فارسی\n\n```\nשלום\n```\n",
        "\n" * 20_000 + "end",
        "- \n- \n1.\n\n#\n\n>\n\n```\n```\n\n|\n|-|\n",
        "\0\u2028\u202e\ud7ff reversed",
        "[a]: http://x\n\n[a] [b][a] <b>&amp;&lt;",
    ],
    ids=lambda text: repr(text[:12]),
)
def test_hostile_text_is_drawn_whole(qtbot: QtBot, text: str) -> None:
    made = _shown(qtbot, text, piece=701)
    made.show()
    made.grab()
    assert made.document().characterCount() > 1
    assert not made._has_work()


def test_a_large_table_keeps_every_row(qtbot: QtBot) -> None:
    made = _shown(qtbot, "| n | m |\n|---|---|\n" + "".join(f"| r{n} | . |\n" for n in range(90)))
    words = made.document().toPlainText().split()
    assert [f"r{n}" for n in range(90)] == [word for word in words if word.startswith("r")]
    assert words.count("n") == 1


def test_a_table_with_very_many_columns_loses_no_cell(qtbot: QtBot) -> None:
    cells = [f"c{n}" for n in range(40)]
    made = _shown(qtbot, "|" + "|".join(cells) + "|\n" + "|-" * 40 + "|\n")
    words = made.document().toPlainText().replace("|", " ").split()
    assert [word for word in words if word.startswith("c")] == cells


def test_a_cut_table_keeps_its_columns_in_line(qtbot: QtBot) -> None:
    made = RichTextView(markdown=True)
    qtbot.addWidget(made)
    made.resize(600, 100)
    made.show()
    made.append("| name | much longer words |\n|---|---|\n")
    for _ in range(6):
        made.append("| r | . |\n" * 10)
        made.flush()
    made.finish()
    made.flush()
    tables = [f for f in made.document().rootFrame().childFrames() if isinstance(f, QTextTable)]
    assert len(tables) > 1
    layout = made.document().documentLayout()
    widths = [layout.frameBoundingRect(table).width() for table in tables]
    assert max(widths) - min(widths) <= 2
    seconds = [t.cellAt(0, 1).firstCursorPosition().block().layout().position() for t in tables]
    assert max(p.x() for p in seconds) - min(p.x() for p in seconds) <= 2


def test_a_clicked_link_is_only_told(qtbot: QtBot) -> None:
    made = _shown(qtbot, "[x](https://example.org/a)")
    with qtbot.waitSignal(made.link_activated) as told:
        made.anchorClicked.emit(QUrl("https://example.org/a"))
    assert told.args == ["https://example.org/a"]
    assert "https" not in made.document().toPlainText()


def test_code_is_coloured_and_copied(qtbot: QtBot) -> None:
    made = _shown(qtbot, "```python\ndef f():\n    return 'x'\n```\n")
    first = made.regions[0].first.block()
    colours = {r.format.foreground().color().name() for r in first.layout().formats()}
    assert theme.current().syntax.keyword in colours
    made._copy_code(0)
    assert QGuiApplication.clipboard().text() == "def f():\n    return 'x'"


def test_unfinished_code_is_coloured_too(qtbot: QtBot) -> None:
    made = RichTextView(markdown=True)
    qtbot.addWidget(made)
    made.append("```python\nimport os\n")
    made.flush()
    assert made.regions[0].first.block().layout().formats()


def test_other_colours_are_taken_over(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    made = _shown(qtbot, "[link](http://x)\n\n```python\nimport os\n```\n\nend")
    before = made.document().toPlainText()
    monkeypatch.setattr(theme, "_current", theme.DARK)
    made.show()
    qtbot.waitUntil(lambda: theme.DARK.accent in made.document().toHtml())
    made.flush()
    assert made.document().toPlainText() == before


def test_plain_text_stays_as_it_is(qtbot: QtBot) -> None:
    words = "# not a head\n**stars** <b>x</b>\n  spaces"
    assert _shown(qtbot, words, markdown=False).document().toPlainText() == words
