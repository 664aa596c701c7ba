"""The window in English and in Chinese: all of it, and changed while it is open."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QListView,
    QPlainTextEdit,
    QSystemTrayIcon,
    QTreeWidget,
    QWidget,
)

from mmdesk.settings import Settings
from mmdesk.ui import i18n
from mmdesk.ui.main_window import MainWindow
from tests.screens.scenes import SCENES

# Modal dialogs are not among these: they are created again when they are opened again.
STAYING = (
    *("chat", "empty", "streaming", "fetching", "models", "pictures", "editing", "search"),
    *("quick-ask", "narrow"),
)
# What is the same in every language: names, text of users and models, numbers.
SAME = re.compile(
    r"mmdesk|CPU|Top p|English|JSON|USB microphone|Headset|Qwen|qwen|Whisper|SmolLM|Large-70B|"
    r"/home/ada|A hash table|[Hh]ow a hash|Packing list|Letter to Ms|And a larger|It would be|"
    r"EXIT 12|second|third|My house|What is in this|What should I see|Begin in|mountain|table|"
    r"minutes\.pdf|memo\.m4a|gpu\.example|Correct the grammar|"
    r"Summarise this for|https://|\d[\d.,]* (MB|GB)|Ctrl|Esc|F\d|Shift|Enter|Del"
)


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    i18n.choose("en")


def _window(qtbot: object, language: str) -> MainWindow:
    window = MainWindow(Settings(language=language, reduce_motion=True))
    qtbot.addWidget(window)  # type: ignore[attr-defined]
    return window


def _scene(qtbot: object, language: str, name: str) -> MainWindow:
    window = _window(qtbot, language)
    scene, (width, height) = SCENES[name]
    # So high that all messages are in sight: those that are not need not exist as widgets, and
    # which do depends on how the list was scrolled.
    window.resize(width, 3 * height)
    window.show()
    scene(window)
    return window


def texts(root: QWidget) -> list[tuple[str, str, str]]:
    """Return (widget, kind of text, text) for everything that can be seen or read aloud."""
    found = []
    for widget in (root, *root.findChildren(QWidget)):
        if widget.objectName() == "microphoneSeconds":
            continue  # a clock
        place = f"{type(widget).__name__} {widget.objectName()}"
        for kind, text in _texts_of(widget):
            found.append((place, kind, text))
    actions = root.findChildren(QAction)
    return found + [(f"QAction {one.objectName()}", "action", one.text()) for one in actions]


def _texts_of(widget: QWidget) -> Iterator[tuple[str, str]]:
    yield "title", widget.windowTitle()
    yield "tip", widget.toolTip()
    yield "name", widget.accessibleName()
    yield "description", widget.accessibleDescription()
    if isinstance(widget, QLabel | QAbstractButton):
        yield "text", widget.text()
    if isinstance(widget, QLineEdit | QPlainTextEdit):
        yield "placeholder", widget.placeholderText()
    if isinstance(widget, QComboBox):
        yield from (("item", widget.itemText(at)) for at in range(widget.count()))
    if isinstance(widget, QAbstractSpinBox):
        yield "value", widget.text()
        yield "special", widget.specialValueText()
    if isinstance(widget, QListView) and widget.objectName() == "historyList":
        spoken = Qt.ItemDataRole.AccessibleTextRole
        for row in range(widget.model().rowCount()):
            yield "row", str(widget.model().index(row, 0).data())
            yield "spoken", str(widget.model().index(row, 0).data(spoken))
    if isinstance(widget, QTreeWidget):
        for at in range(widget.topLevelItemCount()):
            top = widget.topLevelItem(at)
            yield "item", top.text(0)
            for below in range(top.childCount()):
                yield "item", top.child(below).text(0)


def _let_things_settle(window: MainWindow) -> None:
    for text in window.conversation.messages:
        if text.text is not None:
            text.text.flush()
    counts = [0]
    while len(set(counts[-8:])) > 1 or len(counts) < 8:  # messages are made as they are laid out
        QCoreApplication.sendPostedEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        QCoreApplication.processEvents()
        counts.append(len(window.findChildren(QWidget)))


@pytest.mark.parametrize("name", STAYING)
def test_a_changed_language_shows_the_same_texts_as_a_start_in_it(qtbot: object, name: str) -> None:
    changed = _scene(qtbot, "en", name)
    _let_things_settle(changed)
    english = texts(changed)
    i18n.choose("zh_CN")
    _let_things_settle(changed)
    chinese = texts(changed)
    fresh = _scene(qtbot, "zh_CN", name)
    _let_things_settle(fresh)
    assert [(was, now) for was, now in zip(chinese, texts(fresh), strict=True) if was != now] == []
    i18n.choose("en")
    _let_things_settle(changed)
    assert [
        (was, now) for was, now in zip(english, texts(changed), strict=True) if was != now
    ] == []


@pytest.mark.parametrize("name", SCENES)
def test_nothing_is_left_in_english(qtbot: object, name: str) -> None:
    english = _scene(qtbot, "en", name)
    _let_things_settle(english)
    before = texts(english)
    chinese = _scene(qtbot, "zh_CN", name)
    _let_things_settle(chinese)
    left = {
        (place, kind, text)
        for (place, kind, text), (_, _, was) in zip(texts(chinese), before, strict=True)
        if text == was and re.search("[A-Za-z]{2}", text) and not SAME.search(text)
    }
    assert not left


def test_the_language_is_chosen_in_the_settings_and_kept(qtbot: object) -> None:
    window = _window(qtbot, "en")
    window.show()
    changed: list[Settings] = []
    window.settings_changed.connect(changed.append)
    window.open_settings()
    dialog = window.findChild(QWidget, "settingsDialog")
    choice = dialog.findChild(QComboBox, "languageChoice")
    assert [choice.itemText(at) for at in range(choice.count())][1:] == ["English", "简体中文"]
    choice.setCurrentIndex(2)
    dialog.findChild(QAbstractButton, "saveSettingsButton").click()
    assert changed[-1].language == "zh_CN"
    send = window.findChild(QWidget, "sendButton")
    assert (send.accessibleName(), send.toolTip()) == ("发送", "发送（Enter）")
    assert window.composer.input.placeholderText() == "想问什么都可以"


def test_qts_own_texts_follow_too(qtbot: object) -> None:
    window = _window(qtbot, "zh_CN")
    menu = window.history.field.createStandardContextMenu()
    assert any("复制" in action.text() for action in menu.actions())
    menu.deleteLater()


@pytest.mark.qt_log_level_fail("CRITICAL")  # the platform of the tests has no tray
def test_the_trays_menu_follows_too(qtbot: object, monkeypatch: pytest.MonkeyPatch) -> None:
    there = staticmethod(lambda: True)
    monkeypatch.setattr(QSystemTrayIcon, "isSystemTrayAvailable", there)
    window = _window(qtbot, "en")
    window.pages.tray.set_on(True)
    i18n.choose("zh_CN")
    shown = {action.text() for action in window.findChildren(QAction)}
    assert {"快速提问…", "打开 mmdesk", "退出"} <= shown
    window.pages.tray.set_on(False)


def test_english_loads_nothing(qtbot: object, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(language: str) -> None:
        raise AssertionError(f"{language} was loaded")

    monkeypatch.setattr(i18n, "_load", forbidden)
    _window(qtbot, "en").show()
    assert i18n.language() == "en"


def test_a_text_that_is_gone_is_not_shown_again(qtbot: object) -> None:
    window = _scene(qtbot, "en", "chat")
    window.clear_conversation()
    window.composer.show_error("There is not enough memory for this.", "")
    _let_things_settle(window)
    window.composer.set_ready(False, "The language model is not installed yet.")
    window.composer.set_ready(True, "")
    i18n.choose("zh_CN")
    assert window.composer.reason.text() == ""
    assert "内存不足，无法完成。" in [found.text() for found in window.findChildren(QLabel)]


def test_formatted_and_joined_texts_follow_the_language() -> None:
    size = i18n.tr("{0} on disk").format(i18n.tr("{0} MB").format(7))
    whole = i18n.joined(" · ", ("x", "", i18n.tr("Message"), size))
    assert whole == "x · Message · 7 MB on disk"
    i18n.choose("zh_CN")
    assert whole.again() == "x · 消息 · 占用磁盘 7 MB"
