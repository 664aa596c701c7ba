"""Text from outside is never taken for HTML, which could open files by hovering."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox

import mmdesk.ui
from mmdesk.ui.confirm import ask
from mmdesk.ui.history_model import HistoryModel
from mmdesk.ui.main_window import MainWindow
from mmdesk.ui.widgets import ElidedLabel, label
from mmdesk.values import ConversationInfo, ModelInfo

HOSTILE = "<img src='/dev/zero'>notes.pdf"
UI = Path(mmdesk.ui.__file__).parent


def _is_safe(value: ast.expr) -> bool:
    """Accept literals, texts of the window without values, and what plain_tooltip returns."""
    if isinstance(value, ast.IfExp):
        return _is_safe(value.body) and _is_safe(value.orelse)
    if isinstance(value, ast.BoolOp):
        return all(map(_is_safe, value.values))
    if isinstance(value, ast.Call):
        return ast.unparse(value.func) in ("tr", "plain_tooltip")
    return isinstance(value, ast.Constant)


def _tooltips(tree: ast.AST) -> Iterator[ast.expr]:
    """Yield what is set as a tooltip, or returned for ToolTipRole."""
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and "ToolTipRole" in ast.unparse(node.test):
            yield from (line.value for line in node.body if isinstance(line, ast.Return))
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            first = ast.unparse(node.args[0]) if node.args else ""
            if called.endswith("setToolTip"):
                yield node.args[0]
            elif called == "say" and first.endswith("setToolTip"):
                yield node.args[1]
            elif called.endswith("setItemData") and "ToolTipRole" in ast.unparse(node):
                yield from node.args[1:2]


@pytest.mark.parametrize("path", sorted(UI.rglob("*.py")), ids=lambda path: path.stem)
def test_every_tooltip_is_a_text_of_the_window_or_plain(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    unsafe = [f"line {value.lineno}: {ast.unparse(value)}" for value in _tooltips(tree)
              if not _is_safe(value)]  # fmt: skip
    assert unsafe == [], "give it to plain_tooltip"


def test_a_hostile_title_is_shown_as_it_is_written() -> None:
    model = HistoryModel()
    model.set_infos((ConversationInfo("c", HOSTILE, pinned=True),))
    tip = model.index(1).data(Qt.ItemDataRole.ToolTipRole)
    assert "<img" not in tip
    assert "notes.pdf" in tip


def test_a_hostile_name_of_a_model_is_shown_as_it_is_written(window: MainWindow) -> None:
    info = ModelInfo("m", HOSTILE, "language", ("text",), HOSTILE, 1, 1, True, True, HOSTILE)
    window.top_bar.set_models((info,), "m")
    tip = window.top_bar.models.itemData(0, Qt.ItemDataRole.ToolTipRole)
    assert "<img" not in tip


def test_labels_are_plain_text(qapp: object) -> None:
    elided = ElidedLabel(HOSTILE)
    elided.setText(HOSTILE)
    assert "<img" not in elided.toolTip()
    assert elided.textFormat() == Qt.TextFormat.PlainText
    assert label(HOSTILE).textFormat() == Qt.TextFormat.PlainText


def test_a_confirmation_is_plain_text(window: MainWindow) -> None:
    box: QMessageBox = ask(window, "question", HOSTILE, HOSTILE, "Remove", lambda: None)
    shown = [found for found in box.findChildren(QLabel) if HOSTILE in found.text()]
    assert len(shown) == 2
    assert {found.textFormat() for found in shown} == {Qt.TextFormat.PlainText}
    box.close()
