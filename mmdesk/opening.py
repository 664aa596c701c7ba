"""From the command to the painted window, by the shortest way; then to everything behind it.

Before the first paint only the widgets that stand in an empty window are imported. What works
behind them (app.py: the session, the engine's process, files, the microphone) is imported and
built after it; until then the window says that it looks for the model, and typing is possible.
Qt itself comes after the question whether a window can be shown at all: a machine that cannot
should hear why, in one sentence.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

from mmdesk import settings as settings_file
from mmdesk.bridge import crashlog, display

if TYPE_CHECKING:
    from mmdesk.app import App
    from mmdesk.settings import Settings
    from mmdesk.ui.main_window import MainWindow


def main(argv: list[str]) -> int:
    """Open the window and stay until it closes; returns the exit status."""
    in_process = bool(argv) and _in_process(argv)
    problem = display.problem()
    if problem is not None:
        print(problem, file=sys.stderr)
        return problem.exit_status
    _begin_log()
    opening = Opening(_with_engine_here(settings_file.load(), in_process))
    status = opening.run()
    if not opening.shut_down():
        import logging

        logging.shutdown()
        os._exit(status)  # native code that will not stop must not keep the process
    return status


class Opening:
    """The window first, then the App behind it.

    Attributes:
        window: shown by `run`.
        app: None until the window has painted.
    """

    def __init__(self, settings: Settings) -> None:
        gc.disable()  # nothing that is made before the first paint is garbage; `build` ends this
        from mmdesk.bridge.lifecycle import FirstPaint, create_application
        from mmdesk.opened import make_window

        self._settings = settings
        self.application = create_application()
        self.window: MainWindow = make_window(settings)
        self.app: App | None = None
        self.first_paint = FirstPaint(self.window)
        self.first_paint.painted.connect(self.build)

    def run(self) -> int:
        """Show the window and stay in the event loop; returns its status."""
        self.window.show()
        return self.application.exec()

    def build(self) -> None:
        """Everything behind the window."""
        from mmdesk.app import App

        gc.enable()
        gc.freeze()
        self.app = App(self._settings, window=self.window)
        crashlog.catch_all(self.app.tell_defect)
        self.app.show()

    def shut_down(self) -> bool:
        """See App.shut_down."""
        return self.app is None or self.app.shut_down()


def _in_process(argv: list[str]) -> bool:
    import argparse

    parser = argparse.ArgumentParser(prog="mmdesk", description="Open the window.")
    parser.add_argument(
        "--in-process", action="store_true", help="run the engine inside the window's process"
    )
    return bool(parser.parse_args(argv).in_process)


def _with_engine_here(settings: Settings, in_process: bool) -> Settings:
    from dataclasses import replace

    return replace(settings, in_process=settings.in_process or in_process)


def _begin_log() -> None:
    try:
        crashlog.begin(settings_file.home() / "logs")
    except OSError as error:
        print(f"mmdesk cannot write its log: {error}", file=sys.stderr)
