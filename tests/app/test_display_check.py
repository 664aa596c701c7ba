"""A machine that cannot show a window is told why, and what works instead."""

from __future__ import annotations

import sys

import pytest

from mmdesk.app import display_check

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="asked on Linux only")


@pytest.fixture(autouse=True)
def bare(monkeypatch):
    for name in ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def missing(monkeypatch):
    absent: set[str] = set()
    monkeypatch.setattr(display_check, "_loads", lambda library: library not in absent)
    return absent


def test_without_a_display_the_ask_command_is_named(missing) -> None:
    problem = display_check.problem()
    assert problem is not None
    assert "no display" in problem.user_message
    assert "mmdesk ask" in problem.hint


def test_missing_libraries_are_named_as_packages_all_at_once(missing, monkeypatch) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    missing |= {"libxcb-icccm.so.4", "libxcb-keysyms.so.1"}
    problem = display_check.problem()
    assert problem is not None
    assert "apt-get install libxcb-icccm4 libxcb-keysyms1." in problem.hint


def test_a_display_nobody_serves_is_named(monkeypatch, missing) -> None:
    monkeypatch.setenv("DISPLAY", ":4095")
    problem = display_check.problem()
    assert problem is not None
    assert ":4095" in problem.user_message


def test_other_platforms_need_no_x_libraries(missing, monkeypatch) -> None:
    missing |= set(display_check.XCB_LIBRARIES)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert display_check.problem() is None
    monkeypatch.setenv("QT_QPA_PLATFORM", "")
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    assert display_check.problem() is None


def test_what_qt_itself_needs_is_asked_first(missing, monkeypatch) -> None:
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    missing.add("libEGL.so.1")
    problem = display_check.problem()
    assert problem is not None
    assert "libegl1" in problem.user_message


def test_a_library_that_is_there_loads_and_another_does_not() -> None:
    assert display_check._loads("libc.so.6")
    assert not display_check._loads("libnothing-of-the-kind.so.3")
