"""Accessibility: every control has a name and can be reached by the keyboard.

The accessibility tree is walked as a screen reader walks it, on every page of the window.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from mmdesk.ui.main_window import MainWindow
from tests.screens.scenes import SCENES

ROLE = QAccessible.Role
CONTROLS = {
    ROLE.Button, ROLE.CheckBox, ROLE.RadioButton, ROLE.ComboBox, ROLE.EditableText, ROLE.List,
    ROLE.Tree, ROLE.Table, ROLE.SpinBox, ROLE.Slider, ROLE.ProgressBar, ROLE.ButtonMenu,
    ROLE.ButtonDropDown, ROLE.Link, ROLE.Dialog, ROLE.MenuItem,
}  # fmt: skip
OPERATED = (
    QAbstractButton, QComboBox, QAbstractSpinBox, QLineEdit, QPlainTextEdit, QTextEdit,
    QAbstractItemView,
)  # fmt: skip
PAGES = sorted(SCENES)


@pytest.fixture
def page(request: pytest.FixtureRequest, qtbot: QtBot, window: MainWindow) -> QWidget:
    """Show the page that the test's parameter names."""
    scene, size = SCENES[request.param]
    window.resize(*size)
    shown = scene(window)
    qtbot.waitExposed(shown)
    for text in shown.findChildren(QWidget, "answerText"):
        text.flush()  # type: ignore[attr-defined]
    return shown


def interfaces(widget: QWidget) -> Iterator[QAccessibleInterface]:
    """Yield the visible part of a widget's accessibility tree."""
    waiting = [QAccessible.queryAccessibleInterface(widget)]
    while waiting:
        found = waiting.pop()
        if found is None or not found.isValid() or found.state().invisible:
            continue
        yield found
        waiting += [found.child(at) for at in range(found.childCount())]


def named_by(found: QAccessibleInterface) -> str:
    return found.text(QAccessible.Text.Name).strip()


def about(found: QAccessibleInterface) -> str:
    thing = found.object()
    what = f"{type(thing).__name__} {thing.objectName()!r}" if thing else "?"
    return f"{found.role()} {what}"


@pytest.mark.parametrize("page", PAGES, indirect=True)
def test_no_control_is_without_a_name(page: QWidget) -> None:
    named, nameless = controls_of(page)
    assert named, "the tree was not walked"
    assert nameless == []


def controls_of(page: QWidget) -> tuple[list[str], list[str]]:
    """Return descriptions of the controls with a name and of those without.

    Descriptions, because an interface must not outlive its widget, as it would in a failed test's
    frame. The field inside a spin box or an editable list carries that one's name.
    """
    named: list[str] = []
    nameless: list[str] = []
    for found in interfaces(page):
        if found.role() in CONTROLS and not _inside_another(found):
            (named if named_by(found) else nameless).append(about(found))
    return named, nameless


def _inside_another(found: QAccessibleInterface) -> bool:
    above = found.parent()
    inner = found.role() in (ROLE.EditableText, ROLE.List)
    return inner and above is not None and above.role() in (ROLE.SpinBox, ROLE.ComboBox)


def focusable(page: QWidget) -> list[QWidget]:
    """Return what a user can operate on the page now."""
    window = page.window()
    return [
        widget
        for widget in page.findChildren(QWidget)
        if isinstance(widget, OPERATED)
        and widget.isVisibleTo(window)
        and widget.isEnabledTo(window)
        and widget.window() is window
        and not _is_a_part(widget)
        and _has_size(widget)
    ]


def _is_a_part(widget: QWidget) -> bool:
    """Return whether a widget is a part of another control, reached by its keys.

    Such are a field's clear button, a list that pops up, a table's corner.
    """
    above = widget.parentWidget()
    owners = (QAbstractSpinBox, QComboBox, QLineEdit, QAbstractItemView)
    while above is not None and not above.isWindow():
        if isinstance(above, owners):
            return True
        above = above.parentWidget()
    return widget.objectName().startswith("qt_")


def _has_size(widget: QWidget) -> bool:
    return widget.width() > 2 and widget.height() > 2


def tabbed_through(page: QWidget) -> set[QWidget]:
    """Every widget that Tab comes to, all the way round."""
    window = page.window()
    window.activateWindow()
    start = window.focusWidget() or window
    start.setFocus(Qt.FocusReason.TabFocusReason)
    seen: set[QWidget] = set()
    for _ in range(400):  # a text with links keeps the focus for several keys
        at = window.focusWidget()
        if at is None or (at is start and len(seen) > 1):
            break
        seen.add(at)
        QTest.keyClick(at, Qt.Key.Key_Tab)
    return seen


@pytest.mark.parametrize("page", [page for page in PAGES if page != "picture"], indirect=True)
def test_tab_reaches_every_enabled_control(page: QWidget) -> None:
    wanted = focusable(page)
    assert wanted, "nothing to operate was found"
    reached = tabbed_through(page)
    proxies = {widget.focusProxy() or widget for widget in reached}
    missed = [
        f"{type(widget).__name__} {widget.objectName()!r} {widget.accessibleName()!r}"
        for widget in wanted
        if widget not in reached and (widget.focusProxy() or widget) not in proxies
    ]
    assert missed == []


@pytest.mark.parametrize("page", PAGES, indirect=True)
def test_pages_and_regions_are_named(page: QWidget) -> None:
    assert named_by(QAccessible.queryAccessibleInterface(page)), page.objectName()


def test_f6_goes_from_area_to_area(window: MainWindow, qtbot: QtBot) -> None:
    window.resize(1240, 800)
    window.areas.toggle_panels()
    window.activateWindow()
    window.composer.input.setFocus()
    visited = []
    for _ in range(5):
        window.areas.go_to_next_area()
        visited.append(window.focusWidget())
    assert visited[:3] == [window.conversation, window.history.field, window.top_bar.models]
    assert visited[-1] is window.composer.input


def test_the_focus_can_be_seen_on_every_control(window: MainWindow, qtbot: QtBot) -> None:
    """A control looks different when it has the focus."""
    SCENES["chat"][0](window)
    qtbot.waitUntil(window.isActiveWindow)
    card = window.composer.attach_button.parentWidget()
    qtbot.waitUntil(lambda: card.height() >= card.sizeHint().height())  # with its attachments
    elsewhere = window.top_bar.settings
    for control in focusable(window):
        if isinstance(control, QTextEdit | QAbstractItemView) or control is elsewhere:
            continue  # text shows its cursor or its link, a list its row
        ground = control.parentWidget()  # a composer is framed as a whole
        assert ground is not None
        control.setFocus(Qt.FocusReason.TabFocusReason)
        with_focus = ground.grab().toImage()
        elsewhere.setFocus(Qt.FocusReason.TabFocusReason)
        assert ground.grab().toImage() != with_focus, control.objectName()


def test_messages_are_tabbed_through_in_the_order_they_are_read_in(
    window: MainWindow, qtbot: QtBot
) -> None:
    window.resize(1240, 800)
    SCENES["chat"][0](window)
    column = window.conversation.column
    qtbot.waitUntil(lambda: len(column.widgets()) >= 3)
    window.activateWindow()
    window.conversation.setFocus(Qt.FocusReason.TabFocusReason)
    visited: list[QWidget] = []
    for _ in range(40):
        QTest.keyClick(window.focusWidget(), Qt.Key.Key_Tab)
        at = window.focusWidget()
        of = [message for message in column.widgets() if message.isAncestorOf(at)]
        visited += [message for message in of if message not in visited]
    assert visited == column.widgets()
    tree = QAccessible.queryAccessibleInterface(column)
    children = [tree.child(at).object() for at in range(tree.childCount())]
    assert [child for child in children if child in visited] == visited
