"""The window's composition root: builds every object and connects what crosses a package.

Nothing heavy is imported before the window has painted; torch never is, with the engine in its own
process. Qt itself is imported late as well: a machine that cannot show a window should hear why,
in one sentence.
"""

from __future__ import annotations

import argparse
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from mmdesk import recipes
from mmdesk import settings as settings_file
from mmdesk.bridge import crashlog, display
from mmdesk.messages import (
    AudioInput,
    DocumentInput,
    ImageInput,
    Transcript,
    Turn,
)
from mmdesk.settings import Settings, home

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

    from mmdesk.bridge.session import Recipe
    from mmdesk.bridge.worker import EngineFactory
    from mmdesk.engine.protocol import Engine

log = logging.getLogger(__name__)


def main(argv: list[str]) -> int:
    """Open the window and stay until it closes; returns the exit status."""
    options = _options(argv)
    problem = display.problem()
    if problem is not None:
        print(problem, file=sys.stderr)
        return problem.exit_status
    _begin_log()
    settings = settings_file.load()
    application = create_application()
    app = App(replace(settings, in_process=settings.in_process or options.in_process))
    crashlog.catch_all(app.tell_defect)
    app.show()
    status = application.exec()
    if not app.shut_down():
        logging.shutdown()
        os._exit(status)  # native code that will not stop must not keep the process
    return status


def _options(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="mmdesk", description="Open the window.")
    parser.add_argument(
        "--in-process", action="store_true", help="run the engine inside the window's process"
    )
    return parser.parse_args(argv)


def _begin_log() -> None:
    try:
        crashlog.begin(home() / "logs")
    except OSError as error:
        print(f"mmdesk cannot write its log: {error}", file=sys.stderr)


def create_application() -> QApplication:
    """The QApplication under mmdesk's name."""
    from PySide6.QtCore import QCoreApplication
    from PySide6.QtWidgets import QApplication

    QCoreApplication.setApplicationName("mmdesk")
    application = QApplication(sys.argv[:1])
    application.setApplicationDisplayName("mmdesk")
    application.setDesktopFileName("mmdesk")
    return application


def engine_factory(settings: Settings) -> EngineFactory:
    """How to make the engine these settings ask for; called in the worker's thread."""

    def in_own_process() -> Engine:
        from mmdesk.engine.process import ProcessEngine

        return ProcessEngine(threads=settings.threads, context_tokens=settings.context_tokens)

    def in_this_process() -> Engine:
        from mmdesk.engine.local import LocalEngine

        return LocalEngine(threads=settings.threads, context_tokens=settings.context_tokens)

    return in_this_process if settings.in_process else in_own_process


class App:
    """The window and everything behind it. All methods run in the window's thread.

    Attributes:
        window: the MainWindow.
        session: questions and perception, over the engine.
        settings: the present ones; saved whenever they change.
        first_paint: its `painted` begins the work behind the window.
    """

    def __init__(
        self,
        settings: Settings,
        make_engine: Callable[[Settings], EngineFactory] = engine_factory,
    ) -> None:
        from mmdesk.bridge.lifecycle import FirstPaint, Interrupt, restore_geometry
        from mmdesk.bridge.listening import Listening
        from mmdesk.bridge.loader import FileLoader
        from mmdesk.bridge.parts import ModelParts
        from mmdesk.bridge.session import Session
        from mmdesk.ui.main_window import MainWindow

        self.settings = settings
        self._make_engine = make_engine
        self._stopped: bool | None = None
        self.window = MainWindow(settings)
        self.session = Session(make_engine(settings))
        self.loader = FileLoader()
        self.listening = Listening()
        self.parts = ModelParts()
        self.interrupt = Interrupt()
        self.first_paint = FirstPaint(self.window)
        restore_geometry(self.window, home() / "window.json")
        self._connect_answers()
        self._connect_pictures_and_files()
        self._connect_speech()
        self._connect_models()
        self._connect_life()
        self.window.set_chat_ready(False, _tr("Looking for the model…"))

    def show(self) -> None:
        """Open the window; the rest begins once it has painted."""
        self.window.show()

    def shut_down(self) -> bool:
        """End every thread and process, bounded; False when the engine would not stop."""
        if self._stopped is None:
            self.interrupt.close()
            self.loader.close()
            ended = (self.session.close(), self.listening.close(), self.parts.close())
            self._stopped = all(ended)
        return self._stopped

    def tell_defect(self, message: str) -> None:
        """One sentence about a defect; may be called from any thread."""
        from PySide6.QtCore import QTimer

        hint = _tr("The log in {folder} has the details.").format(folder=home() / "logs")
        QTimer.singleShot(0, self.window, lambda: self.window.show_error(message, hint))

    # --- what is connected to what ---

    def _connect_answers(self) -> None:
        window, session = self.window, self.session
        window.submitted.connect(self._on_submitted)
        window.description_requested.connect(self._on_description_requested)
        window.summary_requested.connect(self._on_summary_requested)
        window.translation_requested.connect(self._on_translation_requested)
        window.stop_requested.connect(session.stop)
        window.new_conversation_requested.connect(self._on_new_conversation)
        session.answer_began.connect(window.begin_answer)
        session.preparing.connect(window.set_preparing)
        session.text_arrived.connect(window.append_answer)
        session.notice_arrived.connect(window.add_notice)
        session.answer_finished.connect(window.finish_answer)
        session.answer_stopped.connect(window.stop_answer)
        session.answer_failed.connect(window.fail_answer)
        session.state_changed.connect(window.set_engine_state)
        session.problem_arose.connect(self._on_problem)

    def _connect_pictures_and_files(self) -> None:
        window, session, loader = self.window, self.session, self.loader
        window.files_offered.connect(loader.load_paths)
        window.image_bytes_offered.connect(loader.load_image)
        window.sight_corrected.connect(session.correct_sight)
        loader.loaded.connect(self._on_loaded)
        loader.failed.connect(window.show_error)
        session.sight_found.connect(window.set_sight)

    def _connect_speech(self) -> None:
        window, session, listening = self.window, self.session, self.listening
        window.listening_started.connect(self._on_listening_started)
        window.listening_stopped.connect(self._on_listening_stopped)
        listening.started.connect(self._on_recording)
        listening.level_measured.connect(window.set_level)
        listening.recorded.connect(self._on_recorded)
        listening.failed.connect(self._on_listening_failed)
        listening.devices_listed.connect(window.set_microphones)
        session.hearing_changed.connect(window.set_hearing)
        session.heard.connect(self._on_heard)

    def _connect_models(self) -> None:
        window, parts = self.window, self.parts
        window.model_selected.connect(self._on_model_selected)
        window.fetch_cancelled.connect(parts.cancel)
        window.fetch_retried.connect(parts.retry)
        parts.listed.connect(window.set_models)
        parts.readiness_changed.connect(window.set_chat_ready)
        parts.model_chosen.connect(self.session.load)
        parts.installed.connect(self.session.look_again)
        parts.progressed.connect(window.set_fetch_progress)
        parts.fetched.connect(window.set_fetch_done)
        parts.fetch_failed.connect(window.set_fetch_failed)
        parts.problem_arose.connect(window.show_error)

    def _connect_life(self) -> None:
        self.window.settings_changed.connect(self._on_settings_changed)
        self.window.closed.connect(self._on_closed)
        self.interrupt.interrupted.connect(self.window.close)
        self.first_paint.painted.connect(self._begin_work)

    # --- questions ---

    def _on_submitted(self, turn: Turn) -> None:
        self.session.answer(turn, recipes.answering(self._answering()))

    def _on_description_requested(self, images: tuple[ImageInput, ...]) -> None:
        one = len(images) == 1
        text = _tr("Describe this picture.") if one else _tr("Describe these pictures.")
        self._ask(Turn("user", text, images=images), recipes.describing(self._answering()))

    def _on_summary_requested(self, document: DocumentInput, words: int) -> None:
        text = _tr("Summarise this in about {words} words.").format(words=words)
        turn = Turn("user", text, documents=(document,))
        self._ask(turn, recipes.summarising(self._answering(), words))

    def _on_translation_requested(self, document: DocumentInput, language: str) -> None:
        text = _tr("Translate this into {language}.").format(language=language)
        turn = Turn("user", text, documents=(document,))
        self._ask(turn, recipes.translating(self._answering(), language))

    def _answering(self) -> Settings:
        """The settings, with the language part that is really there."""
        return replace(self.settings, model=self.parts.model or self.settings.model)

    def _ask(self, turn: Turn, recipe: Recipe) -> None:
        self.window.show_user_turn(turn)
        self.session.answer(turn, recipe)

    def _on_new_conversation(self) -> None:
        self.session.start_over()
        self.window.clear_conversation()

    def _on_problem(self, kind: int, message: str, hint: str) -> None:
        if self.parts.is_fetching():  # a part is still on its way; the work is done again then
            log.info("put off: %s", message)
            return
        self.window.show_error(message, hint)

    # --- files and pictures, speech ---

    def _on_loaded(self, value: ImageInput | AudioInput | DocumentInput) -> None:
        if isinstance(value, ImageInput):
            self.window.add_image(value)
            self.session.look_at(value)
        elif isinstance(value, AudioInput):
            self.session.hear(value)
        else:
            self.window.add_document(value)

    def _on_listening_started(self) -> None:
        self.listening.start(self.settings.microphone)

    def _on_recording(self) -> None:
        self.window.set_listening(True)

    def _on_listening_stopped(self) -> None:
        self.listening.stop()

    def _on_recorded(self, audio: AudioInput) -> None:
        self.window.set_listening(False)
        self.session.hear(audio)

    def _on_listening_failed(self, message: str, hint: str) -> None:
        self.window.set_listening(False)
        self.window.show_error(message, hint)

    def _on_heard(self, transcript: Transcript) -> None:
        self.window.set_spoken_text(transcript.text)
        if self.settings.send_spoken and transcript.text.strip():
            self.window.submit()

    # --- models and settings ---

    def _begin_work(self) -> None:
        self.parts.begin(self.settings.model)
        self.listening.list_devices()

    def _on_model_selected(self, model: str) -> None:
        self._keep(replace(self.settings, model=model))
        self.parts.want(model)

    def _on_settings_changed(self, settings: Settings) -> None:
        old = self.settings
        settings = replace(settings, model=old.model)  # chosen in the bar, not in the dialog
        self._keep(settings)
        if _engine_part(old) != _engine_part(settings):
            self.session.replace_engine(self._make_engine(settings))
            self.session.load(self.parts.model or None)

    def _keep(self, settings: Settings) -> None:
        self.settings = settings
        try:
            settings_file.save(settings)
        except OSError as error:
            message = _tr("The settings cannot be saved: {reason}.")
            self.window.show_error(message.format(reason=error.strerror or error), "")

    # --- the end ---

    def _on_closed(self) -> None:
        from PySide6.QtCore import QCoreApplication

        from mmdesk.bridge.lifecycle import save_geometry

        save_geometry(self.window, home() / "window.json")
        QCoreApplication.quit()


def _engine_part(settings: Settings) -> tuple[object, ...]:
    """The settings that an engine is made with."""
    return settings.in_process, settings.threads, settings.context_tokens


def _tr(text: str) -> str:
    from PySide6.QtCore import QCoreApplication

    return QCoreApplication.translate("App", text)
