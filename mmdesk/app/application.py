"""The window's composition root: builds every object and connects what crosses a package.

It is imported once the window has painted (opening.py). torch never is in this process, with the
engine in its own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from mmdesk import settings as settings_file
from mmdesk.app.engine_factory import engine_factory, engine_part
from mmdesk.chat import jobs
from mmdesk.settings import Settings, home
from mmdesk.values import (
    AudioInput,
    ChatSettings,
    ConversationInfo,
    DocumentInput,
    ImageInput,
    Stats,
    Task,
    Transcript,
    Turn,
)

if TYPE_CHECKING:
    from mmdesk.chat import JobBuilder
    from mmdesk.ui import MainWindow
    from mmdesk.workers import EngineFactory, HistoryStore

log = logging.getLogger(__name__)


def import_what_works() -> None:
    """Import what an App is made of, so that making one is quick."""
    import mmdesk.app.lifecycle
    import mmdesk.app.models_controller
    import mmdesk.chat.controller  # noqa: F401


class App:
    """The window and everything behind it. All methods run in the window's thread.

    Attributes:
        window: the MainWindow.
        session: questions and perception, over the engine.
        keeping: the history, on its thread.
        talks: which conversation is shown, and what is kept of it.
        models: which model answers in it.
        settings: the present ones; saved whenever they change.
    """

    def __init__(
        self,
        settings: Settings,
        make_engine: Callable[[Settings], EngineFactory] = engine_factory,
        window: MainWindow | None = None,
    ) -> None:
        from mmdesk.app.lifecycle import Interrupt
        from mmdesk.app.model_selection import ModelSelection
        from mmdesk.app.models_controller import ModelsController
        from mmdesk.app.window import make_window
        from mmdesk.chat import ChatController, Forecaster, Session
        from mmdesk.workers import FileLoader, HistoryWorker, ModelParts, Recorder

        self.settings = settings
        self._make_engine = make_engine
        self._stopped: bool | None = None
        self.window = window or make_window(settings)
        self.session = Session(make_engine(settings))
        self.keeping = HistoryWorker(open_archive)
        self.talks = ChatController(self.session, self.keeping, self._recipe_of)
        self.forecaster = Forecaster()
        self.loader = FileLoader()
        self.listening = Recorder()
        self.parts = ModelParts()
        self.interrupt = Interrupt()
        self.models = ModelSelection(
            self.window, self.parts, self.talks, lambda: self.settings.model
        )
        self._connect_answers()
        self._connect_history()
        self._connect_pictures_and_files()
        self._connect_speech()
        self._connect_models()
        self._connect_life()
        self.pages = ModelsController(self.window, self.parts, self.session, settings)
        self.pages.unload_wanted.connect(self._on_unload_wanted)

    def show(self) -> None:
        """Open the window, unless it is open; the rest begins once it has painted."""
        from PySide6.QtCore import QTimer

        if self.window.painted:
            QTimer.singleShot(0, self.window, self._begin_work)
        else:
            self.window.first_painted.connect(self._begin_work)
        self.window.show()

    def shut_down(self) -> bool:
        """End every thread and process, bounded; False when the engine would not stop."""
        if self._stopped is None:
            self.interrupt.close()
            self.loader.close()
            ended = [self.pages.close(), self.session.close()]
            ended += [self.listening.close(), self.parts.close()]
            ended.append(self.keeping.close())  # last: what an answer said is to be kept
            self._stopped = all(ended)
        return self._stopped

    def welcome(self) -> None:
        """Show the first steps, unless they were shown before."""
        if not self.settings.seen_welcome:
            self.window.pages.open_first_steps()

    def tell_defect(self, message: str) -> None:
        """One sentence about a defect; may be called from any thread."""
        from PySide6.QtCore import QTimer

        hint = _tr("The log in {folder} has the details.").format(folder=home() / "logs")
        QTimer.singleShot(0, self.window, lambda: self.window.composer.show_error(message, hint))

    # --- what is connected to what ---

    def _connect_answers(self) -> None:
        window, session = self.window, self.session
        window.submitted.connect(self._on_submitted)
        window.description_requested.connect(self._on_description_requested)
        window.summary_requested.connect(self._on_summary_requested)
        window.translation_requested.connect(self._on_translation_requested)
        window.stop_requested.connect(session.stop)
        window.draft_changed.connect(self._on_draft)
        session.answer_began.connect(window.begin_answer)
        session.preparing.connect(window.conversation.set_preparing)
        session.text_arrived.connect(window.conversation.append_answer)
        session.notice_arrived.connect(window.conversation.add_notice)
        session.answer_finished.connect(window.finish_answer)
        session.answer_stopped.connect(window.stop_answer)
        session.answer_failed.connect(window.fail_answer)
        session.answer_ended.connect(self._on_answer_ended)
        session.state_changed.connect(window.status_bar.set_state)
        session.problem_arose.connect(self._on_problem)

    def _connect_history(self) -> None:
        window, talks, keeping = self.window, self.talks, self.keeping
        panel = window.history
        window.new_conversation_requested.connect(talks.begin_new)
        window.chat_settings_changed.connect(talks.set_settings)
        window.attachments.picture_wanted.connect(keeping.load_picture)
        window.conversation.edit_wanted.connect(talks.edit)
        window.conversation.again_wanted.connect(talks.regenerate)
        window.conversation.version_wanted.connect(talks.choose_version)
        talks.shown.connect(window.show_conversation)
        talks.earlier_shown.connect(window.conversation.show_earlier)
        talks.cleared.connect(window.clear_conversation)
        talks.message_added.connect(window.conversation.add_message)
        talks.versions_changed.connect(window.conversation.set_versions)
        talks.settings_changed.connect(window.set_chat_settings)
        talks.current_changed.connect(panel.set_current)
        talks.busy_changed.connect(panel.set_busy)
        panel.open_wanted.connect(talks.open)
        panel.renamed.connect(talks.rename)
        panel.deleted.connect(talks.delete)
        panel.pinned.connect(keeping.pin)
        panel.restored.connect(self._on_restored)
        panel.forgotten.connect(keeping.purge)
        panel.search_wanted.connect(keeping.search)
        panel.export_wanted.connect(keeping.export)
        panel.export_all_wanted.connect(keeping.export_all)
        panel.import_wanted.connect(keeping.import_file)
        keeping.listed.connect(self._on_listed)
        keeping.resumed.connect(self._on_resumed)
        talks.current_changed.connect(keeping.set_shown)
        keeping.found.connect(panel.set_hits)
        keeping.picture_loaded.connect(window.attachments.set_picture)
        keeping.exported.connect(self._on_exported)
        keeping.failed.connect(window.composer.show_error)

    def _connect_pictures_and_files(self) -> None:
        window, session, loader = self.window, self.session, self.loader
        window.files_offered.connect(loader.load_paths)
        window.composer.image_bytes_offered.connect(loader.load_image)
        window.attachments.corrected.connect(self.talks.correct_description)
        loader.loaded.connect(self._on_loaded)
        loader.failed.connect(window.composer.show_error)
        session.image_described.connect(window.attachments.set_description)

    def _connect_speech(self) -> None:
        window, session, listening = self.window, self.session, self.listening
        window.microphone_panel.listening_started.connect(self._on_listening_started)
        window.microphone_panel.listening_stopped.connect(self._on_listening_stopped)
        listening.started.connect(self._on_recording)
        listening.level_measured.connect(window.microphone_panel.set_level)
        listening.grown.connect(session.hear_so_far)
        listening.recorded.connect(self._on_recorded)
        session.written_down.connect(listening.go_on)
        session.spoken_so_far.connect(window.microphone_panel.set_spoken_so_far)
        listening.failed.connect(self._on_listening_failed)
        listening.devices_listed.connect(window.set_microphones)
        session.hearing_changed.connect(window.microphone_panel.set_hearing)
        session.heard.connect(self._on_heard)

    def _connect_models(self) -> None:
        window, parts = self.window, self.parts
        window.top_bar.model_selected.connect(self._on_model_selected)
        window.download_panel.cancelled.connect(parts.cancel)
        window.download_panel.retried.connect(parts.retry)
        parts.listed.connect(window.top_bar.set_models)
        parts.readiness_changed.connect(window.set_chat_ready)
        parts.model_chosen.connect(self.session.load)
        parts.installed.connect(self.session.look_again)
        parts.progressed.connect(window.download_panel.set_progress)
        parts.fetched.connect(window.download_panel.set_done)
        parts.fetch_failed.connect(window.download_panel.set_failed)
        parts.problem_arose.connect(window.composer.show_error)

    def _connect_life(self) -> None:
        self.window.settings_changed.connect(self._on_settings_changed)
        self.window.closed.connect(self._on_closed)
        self.interrupt.interrupted.connect(self.window.quit)

    # --- questions ---

    def _on_submitted(self, turn: Turn) -> None:
        self._ask(turn, Task())

    def _ask(self, turn: Turn, task: Task) -> None:
        self.models.keep()
        self.talks.ask(turn, task)

    def _on_description_requested(self, images: tuple[ImageInput, ...]) -> None:
        one = len(images) == 1
        text = _tr("Describe this picture.") if one else _tr("Describe these pictures.")
        self._ask(Turn("user", str(text), images=images), Task("describe"))

    def _on_summary_requested(self, document: DocumentInput, words: int) -> None:
        text = _tr("Summarise this in about {words} words.").format(words=words)
        turn = Turn("user", str(text), documents=(document,))
        self._ask(turn, Task("summarise", words=words))

    def _on_translation_requested(self, document: DocumentInput, language: str) -> None:
        text = _tr("Translate this into {language}.").format(language=_tr(language))
        turn = Turn("user", str(text), documents=(document,))
        self._ask(turn, Task("translate", language=language))

    def _recipe_of(self, task: Task, chat: ChatSettings) -> JobBuilder:
        return jobs.recipe_of(task, self._answering(), chat)

    def _answering(self) -> Settings:
        """The settings, with the language part that is really there."""
        return replace(self.settings, model=self.parts.model or self.settings.model)

    def _on_draft(self, draft: Turn) -> None:
        settings = jobs.in_conversation(self.settings, self.talks.settings)
        forecast = self.forecaster.forecast(
            *(self.talks.current, self.session.conversation.turns(), draft),
            *(settings.max_tokens, settings.context_tokens),
        )
        self.window.set_forecast(forecast)
        if self.parts.model and (draft.text.strip() or draft.images or draft.documents):
            answering = jobs.in_conversation(self._answering(), self.talks.settings)
            self.session.read_ahead(draft, jobs.preparing(answering))

    def _on_answer_ended(self, key: str, how: str, stats: Stats) -> None:
        answer = self.talks.path[-1] if self.talks.path else None
        if answer is None or answer.id != key or answer.task.kind != "chat" or how != "whole":
            return
        turns = self.session.conversation.turns()[:-1]
        self.forecaster.learn(self.talks.current, turns, stats)

    # --- conversations ---

    def _on_listed(self, infos: tuple[ConversationInfo, ...]) -> None:
        self.window.history.set_conversations(infos)
        self.window.history.set_current(self.talks.current)

    def _on_resumed(self, conversation: str) -> None:
        if self.talks.is_untouched():  # the person may have been faster
            self.talks.open(conversation)

    def _on_restored(self, conversation: str) -> None:
        self.keeping.restore(conversation)
        if self.talks.is_empty():
            self.talks.open(conversation)

    def _on_exported(self, path: str) -> None:
        self.window.status_bar.set_state(_tr("Exported to {path}").format(path=path))

    def _on_problem(self, kind: int, message: str, hint: str) -> None:
        if self.parts.is_fetching():  # a part is still on its way; the work is done again then
            log.info("put off: %s", message)
            return
        self.window.composer.show_error(message, hint)

    # --- files and pictures, speech ---

    def _on_loaded(self, value: ImageInput | AudioInput | DocumentInput) -> None:
        if isinstance(value, ImageInput):
            self.window.attachments.add_image(value)
            self.session.look_at(value)
        elif isinstance(value, AudioInput):
            self.session.hear(value, self._may_be_about_pictures())
        else:
            self.window.attachments.add_document(value)

    def _on_listening_started(self) -> None:
        self.listening.start(self.settings.microphone)

    def _on_recording(self) -> None:
        self.session.begin_dictation()
        self.window.set_listening(True)

    def _on_listening_stopped(self) -> None:
        self.listening.stop()

    def _on_recorded(self, audio: AudioInput, begin_s: float) -> None:
        self.window.set_listening(False)
        self.session.hear_rest(audio, begin_s, self._may_be_about_pictures())

    def _may_be_about_pictures(self) -> bool:
        from mmdesk.tasks import may_be_about_pictures

        turns = self.session.conversation.turns()
        return may_be_about_pictures((*turns, self.window.composer.turn()))

    def _on_listening_failed(self, message: str, hint: str) -> None:
        self.window.set_listening(False)
        self.window.composer.show_error(message, hint)

    def _on_heard(self, transcript: Transcript) -> None:
        self.window.add_transcript(transcript.meant)
        if self.settings.send_spoken and transcript.meant.strip():
            self.window.submit()

    # --- models and settings ---

    def _begin_work(self) -> None:
        self.keeping.begin()
        self.parts.begin(self.settings.model)
        self.listening.list_devices()

    def _on_model_selected(self, model: str) -> None:
        self._keep(replace(self.settings, model=model))
        self.models.choose(model)

    def _on_settings_changed(self, settings: Settings) -> None:
        old = self.settings
        settings = replace(settings, model=old.model)  # chosen in the bar, not in the dialog
        self._keep(settings)
        self.pages.take_settings(settings)
        if engine_part(old) != engine_part(settings):
            self.session.replace_engine(self._make_engine(settings))
            self.session.load(self.parts.model or None)

    def _on_unload_wanted(self) -> None:
        self.session.replace_engine(self._make_engine(self.settings))

    def _keep(self, settings: Settings) -> None:
        self.settings = settings
        try:
            settings_file.save(settings)
        except OSError as error:
            message = _tr("The settings cannot be saved: {reason}.")
            self.window.composer.show_error(message.format(reason=error.strerror or error), "")

    # --- the end ---

    def _on_closed(self) -> None:
        from PySide6.QtCore import QCoreApplication

        from mmdesk.app.window_geometry import save_geometry

        save_geometry(self.window, home() / "window.json")
        QCoreApplication.quit()


def open_archive() -> HistoryStore:
    """The history in mmdesk's folder; called in the history's thread."""
    from mmdesk.history import Archive

    return Archive(home() / "history.db")


def _tr(text: str) -> str:
    from mmdesk.ui import tr

    return tr(text)
