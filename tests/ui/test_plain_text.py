"""Text from outside is shown literally, and link addresses as they are opened."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize, QUrl
from PySide6.QtGui import QGuiApplication, Qt, QTextDocument
from PySide6.QtWidgets import QAbstractButton, QLabel, QMessageBox, QWidget
from pytestqt.qtbot import QtBot

from mmdesk.ui import i18n
from mmdesk.ui.confirm import ask
from mmdesk.ui.i18n import tr
from mmdesk.ui.image_view import ImageView
from mmdesk.ui.link_dialog import ask_to_open
from mmdesk.ui.markdown.formula import OBJECT_CHARACTER
from mmdesk.ui.plain_text import LONGEST_TOOLTIP, plain_tooltip, shown_address
from mmdesk.ui.rich_text import RichTextView
from mmdesk.values import ImageInput

HTML = '<img src="/etc/hostname"> & <b>bold</b>'
APPLE = "http://xn--80ak6aa92e.com/"  # decoded it looks like apple.com, in Cyrillic
MARKED = "http://example.org/%E2%80%AEgnp.exe"  # a right-to-left override in the path


def as_shown(tooltip: str) -> str:
    """Return what Qt shows for a tooltip, which it takes for HTML where it looks like that."""
    if not Qt.mightBeRichText(tooltip):
        return tooltip
    document = QTextDocument()
    document.setHtml(tooltip)
    return document.toPlainText()


@pytest.mark.parametrize("text", [HTML, "a < b\nc > d", "R&D &lt;i&gt;", "plain words", ""])
def test_a_tooltip_is_shown_as_it_is_written(qapp: object, text: str) -> None:
    assert as_shown(plain_tooltip(text)) == text


def test_what_is_no_html_is_left_to_the_screen_reader_as_it_is() -> None:
    assert plain_tooltip("Send (Enter)") == "Send (Enter)"


@pytest.mark.parametrize("text", ["x" * 10_000, "<b>" * 10_000])
def test_a_long_tooltip_is_cut(qapp: object, text: str) -> None:
    shown = as_shown(plain_tooltip(text))
    assert len(shown) == LONGEST_TOOLTIP + 1
    assert shown.endswith("…")


def test_a_tooltip_follows_the_language(qapp: object) -> None:
    tooltip = plain_tooltip(tr("Cancel"))
    try:
        i18n.choose("zh_CN")
        assert isinstance(tooltip, i18n.TranslatedText)
        assert tooltip.again() == "取消"
    finally:
        i18n.choose("en")


def written(qtbot: QtBot, markdown: str) -> RichTextView:
    view = RichTextView(markdown=True)
    qtbot.addWidget(view)
    view.append(markdown)
    view.finish()
    view.flush()
    return view


def tooltips(view: RichTextView) -> set[str]:
    formats = view.document().allFormats()
    return {f.toCharFormat().toolTip() for f in formats if f.isCharFormat()} - {""}


def test_the_tooltip_of_a_formula_is_its_source(qtbot: QtBot) -> None:
    view = written(qtbot, f"$${HTML}$$")
    assert OBJECT_CHARACTER in view.toPlainText()
    assert [as_shown(tooltip) for tooltip in tooltips(view)] == [HTML]


@pytest.mark.parametrize("address", [APPLE, "http://аррӏе.com/"])
def test_the_tooltip_of_a_link_shows_where_it_leads(qtbot: QtBot, address: str) -> None:
    (tooltip,) = tooltips(written(qtbot, f"[Apple]({address})"))
    assert tooltip == f"{APPLE}\n(аррӏе.com)"


def test_the_tooltip_of_a_picture_is_its_name(qtbot: QtBot) -> None:
    view = ImageView(ImageInput(HTML, 2, 1, b"abcdef", "digest"), QSize(10, 10))
    qtbot.addWidget(view)
    assert as_shown(view.toolTip()) == f"{HTML} · 2 × 1"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("https://example.org/a?b=c#d", "https://example.org/a?b=c#d"),
        ("mailto:a@example.org", "mailto:a@example.org"),
        (APPLE, f"{APPLE}\n(аррӏе.com)"),
        (MARKED, MARKED),
        ("http://example.org/中", "http://example.org/%E4%B8%AD"),
        ("http://\u202eexample.org:x/", "http://example.org:x/"),  # cannot be opened
    ],
)
def test_an_address_is_shown_as_it_is_opened(address: str, shown: str) -> None:
    assert shown_address(address) == shown


@pytest.mark.parametrize("address", [APPLE, MARKED])
def test_a_clicked_link_is_shown_and_copied_as_it_is_opened(qtbot: QtBot, address: str) -> None:
    view = written(qtbot, f"[x]({address})")
    with qtbot.waitSignal(view.link_activated) as clicked:
        view.anchorClicked.emit(QUrl(address))
    assert clicked.args == [address]
    parent = QWidget()
    qtbot.addWidget(parent)
    box = ask_to_open(address, parent)
    assert box.informativeText().split("\n")[0] == address
    assert "\u202e" not in box.informativeText()
    button = box.findChild(QAbstractButton, "linkCopyButton")
    button.click()
    assert QGuiApplication.clipboard().text() == address
    box.close()


def test_no_text_of_a_dialog_is_taken_for_html(qtbot: QtBot) -> None:
    parent = QWidget()
    qtbot.addWidget(parent)
    box = ask(parent, "question", HTML, HTML, "Delete", lambda: None)
    labels = [label for label in box.findChildren(QLabel) if HTML in label.text()]
    assert len(labels) == 2
    assert {label.textFormat() for label in labels} == {Qt.TextFormat.PlainText}
    assert not any(label.openExternalLinks() for label in labels)
    assert isinstance(box, QMessageBox)
    box.close()
