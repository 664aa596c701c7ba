"""The page of connections shows what the log has, in words, and can be copied and cleared."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from mmdesk.network import ConnectionLog
from mmdesk.settings import Settings, load
from mmdesk.translatable import TranslatableText
from mmdesk.values import Connection
from tests.window_user import loaded_then


def write_one() -> None:
    title = "<b>Whisper</b>\x1b[31m"
    reason = TranslatableText("download of {title}", title=title)
    result = TranslatableText("answered {status}", status=200)
    one = Connection(1_700_000_000.0, "example.org", 443, reason, result, 300, 2_000_000)
    ConnectionLog().write("a", one)


def test_the_user_sees_copies_and_clears_every_connection(open_window, qtbot) -> None:
    user = open_window(loaded_then())
    write_one()
    user.window.open_settings()
    settings = user.window.findChild(QWidget, "settingsDialog")
    qtbot.waitUntil(lambda: settings.isVisible())
    user.press("connectionsButton")
    dialog = user.window.findChild(QWidget, "connectionsDialog")
    qtbot.waitUntil(lambda: dialog.list.topLevelItemCount() == 1)
    row = [dialog.list.topLevelItem(0).text(column) for column in range(6)]
    assert row[1:] == [
        "example.org:443",
        "download of <b>Whisper</b>[31m",
        "300 bytes",
        "2.0 MB",
        "answered 200",
    ]
    assert row[0].startswith("2023-11-1")
    user.press("copyConnectionsButton")
    assert QGuiApplication.clipboard().text() == "\t".join(row)
    user.press("clearConnectionsButton")
    qtbot.waitUntil(lambda: dialog.list.topLevelItemCount() == 0)
    assert "not connected to anything" in dialog.about.text()
    assert ConnectionLog().read() == ()
    user.press("closeConnectionsButton")
    settings.reject()


def test_working_offline_is_a_switch_that_is_kept(open_window, qtbot) -> None:
    user = open_window(loaded_then())
    assert Settings().work_offline
    user.window.open_settings()
    dialog = user.window.findChild(QWidget, "settingsDialog")
    assert dialog.work_offline.isChecked()
    with qtbot.waitSignal(user.window.settings_changed):
        dialog.work_offline.setChecked(False)
    user.press("saveSettingsButton")
    assert not load().work_offline
    assert load().setup_done
