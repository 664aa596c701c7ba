"""Start of the application: paint the bare window first, then build everything behind it.

Before the first paint, only the widgets of an empty window are made and little is imported. The
rest follows in steps, between which the event loop runs, so that typed text appears: the engine's
process, which has the most to import; the window's other parts; the App with chat, history, files
and microphone. Qt is imported after the check whether a window can be shown at all, so that a
machine that cannot is told why in one sentence.
"""

from __future__ import annotations

import gc
import os
import sys
from typing import TYPE_CHECKING

from mmdesk.app import display_check

if TYPE_CHECKING:
    from collections.abc import Callable

    from mmdesk.app.application import App
    from mmdesk.app.engine_factory import EarlyEngine
    from mmdesk.app.lifecycle import Collector
    from mmdesk.settings import Settings


def main(argv: list[str]) -> int:
    """Open the window, run until it closes and return the exit status."""
    gc.disable()  # nothing made before the first paint is garbage; Startup._build enables it again
    in_process, command = _options(argv) if argv else (False, "")
    problem = display_check.problem()
    if problem is not None:
        print(problem, file=sys.stderr)
        return problem.exit_status
    startup = Startup(_settings(in_process))
    if command:
        startup.built = lambda app: app.quick_access.run(command)
    status = startup.run()
    if not startup.shut_down():
        import logging

        logging.shutdown()
        os._exit(status)  # native code that will not stop must not keep the process
    return status


def _options(argv: list[str]) -> tuple[bool, str]:
    """Return whether the engine runs in this process, and what is to be opened at the start."""
    import argparse

    from mmdesk.desktop import WINDOW_COMMANDS

    parser = argparse.ArgumentParser(prog="mmdesk", description="Open the window.")
    parser.add_argument(
        "--in-process", action="store_true", help="run the engine inside the window's process"
    )
    parser.add_argument(
        "--open", choices=WINDOW_COMMANDS, default="", help="open this as soon as the window is up"
    )
    options = parser.parse_args(argv)
    return bool(options.in_process), str(options.open)


def _settings(in_process: bool) -> Settings:
    from mmdesk import settings as settings_file

    settings = settings_file.load()
    if in_process and not settings.in_process:
        from dataclasses import replace

        settings = replace(settings, in_process=True)
    return settings


class Startup:
    """Builder of the window, and then of the App behind it.

    Attributes:
        application: the QApplication.
        window: bare until the App is built; shown by `run`.
        app: None until it is built.
        built: called with the App before it begins its work.
    """

    def __init__(self, settings: Settings, built: Callable[[App], None] | None = None) -> None:
        from mmdesk.app.window import create_application, make_window

        self._settings = settings
        self.application = create_application()
        self.window = make_window(settings, bare=True)
        self.app: App | None = None
        self.built = built
        self._engine: EarlyEngine | None = None
        self._collector: Collector | None = None
        self._begun = self._over = False
        imports = (self._import_parts, self._import_work)
        self._steps = iter((self._start_engine, *imports, self._build, self._finish))
        self.window.first_painted.connect(self._begin)
        self.window.closed.connect(self._on_closed)

    def run(self) -> int:
        """Show the window, run the event loop and return its status."""
        import signal

        # Until the App handles Ctrl+C: as an exception it would only break off one of the steps.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        self.window.show()
        return self.application.exec()

    def shut_down(self) -> bool:
        """End everything that was started; return False when the engine would not stop."""
        self._over = True
        if self._collector is not None:
            self._collector.close()
        ended = self.app is None or self.app.shut_down()
        if self._engine is not None:
            self._engine.close()
        return ended

    # --- after the first paint ----------------------------------------------------------------

    def _begin(self) -> None:
        if not self._begun:
            self._begun = True
            self._next()

    def _next(self) -> None:
        """Take one step, and schedule the next one behind the pending events."""
        from PySide6.QtCore import QTimer

        step = None if self._over else next(self._steps, None)
        if step is None:
            return
        try:
            step()
        except Exception as error:  # noqa: BLE001  # nothing else would report it
            self._give_up(error)
        else:
            QTimer.singleShot(0, self._next)

    def _start_engine(self) -> None:
        from mmdesk.app.engine_factory import EarlyEngine
        from mmdesk.network import guard_network

        self._begin_log()
        guard_network()
        self._engine = EarlyEngine(self._settings)
        self._engine.start()

    def _import_parts(self) -> None:
        import mmdesk.ui.window_parts  # noqa: F401

    def _import_work(self) -> None:
        from mmdesk.app.application import import_what_works

        import_what_works()

    def _build(self) -> None:
        from mmdesk.app import crash_log
        from mmdesk.app.application import App
        from mmdesk.app.lifecycle import Collector

        self.window.complete()
        self.window.closed.disconnect(self._on_closed)
        self._collector = Collector()
        assert self._engine is not None
        self.app = app = App(self._settings, self._engine.factory, window=self.window)
        crash_log.catch_all(app.tell_defect)
        if self.built is not None:
            self.built(app)
        app.show()

    def _finish(self) -> None:
        assert self.app is not None
        self.app.welcome()
        # What exists by now stays. A full collection stops all threads, and without these
        # objects it takes a quarter of the time (190 ms -> 40 ms after a long conversation).
        gc.freeze()

    def _give_up(self, error: Exception) -> None:
        import logging

        logging.getLogger(__name__).critical("mmdesk cannot start", exc_info=error)
        print(f"mmdesk cannot start ({type(error).__name__}: {error}).", file=sys.stderr)
        self.application.exit(1)

    def _begin_log(self) -> None:
        from mmdesk.app import crash_log
        from mmdesk.private_files import restrict_home
        from mmdesk.settings import home

        restrict_home(home())
        try:
            crash_log.begin(home() / "logs")
        except OSError as error:
            print(f"mmdesk cannot write its log: {error}", file=sys.stderr)

    def _on_closed(self) -> None:
        """Quit: the user closed the window before the App was built."""
        from mmdesk.app.window_geometry import save_geometry
        from mmdesk.settings import home

        self._over = True
        save_geometry(self.window, home() / "window.json")
        self.application.quit()
