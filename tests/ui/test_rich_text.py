"""The text of a message: drawn at the cost of its tail, harmless whatever it contains."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QGuiApplication, QTextDocument, QTextImageFormat, QTextTable
from PySide6.QtWidgets import QScrollArea, QToolButton
from pytestqt.qtbot import QtBot

from mmdesk.ui import theme
from mmdesk.ui.markdown.block_painter import region_rect
from mmdesk.ui.markdown.document_builder import CODE_PAD
from mmdesk.ui.rich_text import SLICE, RichTextView


def _shown(qtbot: QtBot, text: str, *, markdown: bool = True, piece: int = SLICE) -> RichTextView:
    view = RichTextView(markdown=markdown)
    qtbot.addWidget(view)
    view.resize(600, 100)
    for at in range(0, len(text), piece):
        view.append(text[at : at + piece])
    view.finish()
    view.flush()
    return view


def _images(document: QTextDocument) -> list[QTextImageFormat]:
    return [
        each.toImageFormat() for each in document.allFormats() if each.toImageFormat().isValid()
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


def test_code_is_as_far_from_the_bottom_of_its_background_as_from_its_side(qtbot: QtBot) -> None:
    for text in ("```py\nx = 1\nprint(x)\n```\n\nend", "```py\nx = 1\nprint(x)\n```"):
        view = _shown(qtbot, text)
        view.show()
        qtbot.waitExposed(view)
        document = view.document()
        last = document.findBlock(document.toPlainText().index("print"))
        below = region_rect(document, view.regions[0]).bottom()
        below -= document.documentLayout().blockBoundingRect(last).bottom()
        assert below == pytest.approx(CODE_PAD, abs=2)
        assert region_rect(document, view.regions[0]).bottom() <= document.size().height()


def test_appending_writes_the_tail_only(qtbot: QtBot) -> None:
    """Two hundred paragraphs in twenty pieces each: blocks are written a few times, not 200."""
    view = RichTextView(markdown=True)
    qtbot.addWidget(view)
    for _ in range(200):
        for word in ("A paragraph ", "of several ", "words in it.", "\n\n"):
            view.append(word)
            view.flush()
    assert view.document().blockCount() >= 200
    assert view._builder.blocks_written < 200 * 10


def test_nothing_is_dropped_when_text_comes_faster_than_it_is_drawn(qtbot: QtBot) -> None:
    view = RichTextView(markdown=True)
    qtbot.addWidget(view)
    with qtbot.waitSignal(view.drawn, check_params_cb=lambda: not view._pending, timeout=20_000):
        for n in range(3000):
            view.append(f"word{n} ")
        view.finish()
    assert "word0 " in view.document().toPlainText()
    assert "word2999" in view.document().toPlainText()


def test_the_height_follows_the_text(qtbot: QtBot) -> None:
    view = _shown(qtbot, "one line")
    view.show()
    low = view.height()
    view = _shown(qtbot, "many\n\n" * 30)
    view.show()
    assert low > 10
    assert view.height() > 10 * low
    assert view.height() >= view.document().size().height()


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
    view = _shown(qtbot, text)
    view.show()
    view.grab()
    assert asked == []
    assert _images(view.document()) == []
    hrefs = [f.toCharFormat().anchorHref() for f in view.document().allFormats()]
    assert not any(href.startswith(("javascript", "file")) for href in hrefs)
    if text.startswith("<"):
        assert "<" in view.document().toPlainText()


def test_resources_are_never_given(qtbot: QtBot) -> None:
    view = _shown(qtbot, "x")
    assert view.loadResource(2, QUrl("file:///etc/hostname")) is None


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
    view = _shown(qtbot, text, piece=701)
    view.show()
    view.grab()
    assert view.document().characterCount() > 1
    assert not view._has_work()


def test_a_large_table_keeps_every_row(qtbot: QtBot) -> None:
    view = _shown(qtbot, "| n | m |\n|---|---|\n" + "".join(f"| r{n} | . |\n" for n in range(90)))
    words = view.document().toPlainText().split()
    assert [f"r{n}" for n in range(90)] == [word for word in words if word.startswith("r")]
    assert words.count("n") == 1


def test_a_table_with_very_many_columns_loses_no_cell(qtbot: QtBot) -> None:
    cells = [f"c{n}" for n in range(40)]
    view = _shown(qtbot, "|" + "|".join(cells) + "|\n" + "|-" * 40 + "|\n")
    words = view.document().toPlainText().replace("|", " ").split()
    assert [word for word in words if word.startswith("c")] == cells


def test_a_cut_table_keeps_its_columns_in_line(qtbot: QtBot) -> None:
    view = RichTextView(markdown=True)
    qtbot.addWidget(view)
    view.resize(600, 100)
    view.show()
    view.append("| name | much longer words |\n|---|---|\n")
    for _ in range(6):
        view.append("| r | . |\n" * 10)
        view.flush()
    view.finish()
    view.flush()
    tables = [f for f in view.document().rootFrame().childFrames() if isinstance(f, QTextTable)]
    assert len(tables) > 1
    layout = view.document().documentLayout()
    widths = [layout.frameBoundingRect(table).width() for table in tables]
    assert max(widths) - min(widths) <= 2
    seconds = [t.cellAt(0, 1).firstCursorPosition().block().layout().position() for t in tables]
    assert max(p.x() for p in seconds) - min(p.x() for p in seconds) <= 2


def test_a_clicked_link_emits_a_signal_and_opens_nothing(qtbot: QtBot) -> None:
    view = _shown(qtbot, "[x](https://example.org/a)")
    with qtbot.waitSignal(view.link_activated) as emitted:
        view.anchorClicked.emit(QUrl("https://example.org/a"))
    assert emitted.args == ["https://example.org/a"]
    assert "https" not in view.document().toPlainText()


def test_code_is_coloured_and_copied(qtbot: QtBot) -> None:
    view = _shown(qtbot, "```python\ndef f():\n    return 'x'\n```\n")
    first = view.regions[0].first.block()
    colours = {r.format.foreground().color().name() for r in first.layout().formats()}
    assert theme.current().syntax.keyword in colours
    view._copy_code(0)
    assert QGuiApplication.clipboard().text() == "def f():\n    return 'x'"


def test_unfinished_code_is_coloured_too(qtbot: QtBot) -> None:
    view = RichTextView(markdown=True)
    qtbot.addWidget(view)
    view.append("```python\nimport os\n")
    view.flush()
    assert view.regions[0].first.block().layout().formats()


def test_other_colours_are_taken_over(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    view = _shown(qtbot, "[link](http://x)\n\n```python\nimport os\n```\n\nend")
    before = view.document().toPlainText()
    monkeypatch.setattr(theme, "_current", theme.DARK)
    view.show()
    qtbot.waitUntil(lambda: theme.DARK.accent in view.document().toHtml())
    view.flush()
    assert view.document().toPlainText() == before


def test_plain_text_stays_as_it_is(qtbot: QtBot) -> None:
    words = "# not a head\n**stars** <b>x</b>\n  spaces"
    assert _shown(qtbot, words, markdown=False).document().toPlainText() == words


def test_finding_40_a_wrapped_line_of_code_does_not_look_like_a_new_one(qtbot: QtBot) -> None:
    view = _shown(qtbot, "```py\n" + "x = " + "1 + " * 100 + "1\n```")
    view.resize(400, 400)
    view.show()
    qtbot.waitExposed(view)
    layout = view.regions[0].first.block().layout()
    assert layout.lineCount() > 1
    assert layout.lineAt(1).x() >= layout.lineAt(0).x() + 20


def test_finding_40_the_copy_button_of_code_stays_in_view(qtbot: QtBot) -> None:
    view = _shown(qtbot, "```py\n" + "x = 1\n" * 100 + "```\n\nend")
    area = QScrollArea()
    qtbot.addWidget(area)
    area.setWidgetResizable(True)
    area.setWidget(view)
    area.resize(400, 300)
    area.show()
    qtbot.waitExposed(area)
    button = view.findChild(QToolButton, "copyCodeButton")
    area.verticalScrollBar().setValue(700)
    view.keep_buttons_in_view()
    assert 0 <= view.mapTo(area.viewport(), button.pos()).y() < 20
    area.verticalScrollBar().setValue(area.verticalScrollBar().maximum())
    view.keep_buttons_in_view()
    code = region_rect(view.document(), view.regions[0])
    assert button.geometry().bottom() <= code.bottom()
