"""Composition root of the window: builds every object and connects what crosses a package.

It is imported once the window has painted (startup.py). torch is never imported in this process,
with the engine in its own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from mmdesk import settings as settings_file
from mmdesk.app.conversation_list_controller import ConversationListController
from mmdesk.app.dictation_controller import DictationController
from mmdesk.app.draft_controller import DraftController
from mmdesk.app.encryption_controller import EncryptionController
from mmdesk.app.engine_factory import engine_factory, engine_part
from mmdesk.app.export_controller import ExportController
from mmdesk.app.folder_controller import FolderController
from mmdesk.app.hands_free import HandsFree
from mmdesk.app.microphone_controller import MicrophoneController
from mmdesk.app.read_aloud import ReadAloud
from mmdesk.app.sound_controller import SoundController
from mmdesk.app.task_questions import TaskQuestions
from mmdesk.chat import PromptExtras, summary_alone
from mmdesk.settings import Settings, home
from mmdesk.values import (
    AudioInput,
    DocumentInput,
    ImageInput,
)

if TYPE_CHECKING:
    from mmdesk.chat.conversation import Conversation
    from mmdesk.ui import MainWindow
    from mmdesk.workers import EngineFactory

log = logging.getLogger(__name__)


def import_what_works() -> None:
    """Import what an App is made of, so that making one is quick."""
    import mmdesk.app.connections_controller
    import mmdesk.app.hub_controller
    import mmdesk.app.larger_model
    import mmdesk.app.lifecycle
    import mmdesk.app.memory_controller
    import mmdesk.app.models_controller
    import mmdesk.app.project_controller
    import mmdesk.app.quick_access_controller
    import mmdesk.app.server_controller
    import mmdesk.chat.compactor
    import mmdesk.chat.controller
    import mmdesk.chat.history_actions
    import mmdesk.chat.speech
    import mmdesk.chat.title_maker  # noqa: F401


class App:
    """Window and everything behind it. All methods run in the window's thread.

    Attributes:
        window: the MainWindow.
        queue: the jobs in front of the engine.
        engine: loading of models, and what the engine is doing.
        history: the stored conversations, in a thread of their own.
        conversations: the list of conversations.
        encryption: what opens and unlocks them, and turns their encryption on and off.
        chat: the conversation that is shown.
        drafts: the message that is being typed.
        task_questions: the questions that buttons ask.
        describer: the descriptions of pictures.
        titles: the titles of new conversations.
        speech: the transcription of spoken messages.
        recordings: the transcripts of sound files and long recordings.
        recorder: the microphone.
        microphone: spoken messages, from the panel to the composer.
        exports: conversations and answers written as PDF, HTML and DOCX, and printed.
        dictations: the recordings of long dictations, which may be kept.
        loader: the decoding of files.
        folders: the reading of folders.
        parts: the model parts: installed, downloaded, chosen.
        model_selection: which model answers in which conversation.
        larger_model: whether the larger language model is downloaded, used or offered.
        models_controller: the models page, the tray and unloading.
        connections: the list of connections.
        reader: answers that are read aloud.
        hands_free: the conversation by voice.
        server: the model on another computer, where one is set up.
        quick_access: the quick question, and the keys and commands that open it.
        hub: models from the hub, and the catalogue.
        projects: the projects that conversations stand in.
        memory: the facts that the user asked to be remembered.
        compactor: the summaries of long conversations.
        settings: the present ones; saved whenever they change.
    """

    def __init__(
        self,
        settings: Settings,
        make_engine: Callable[[Settings], EngineFactory] = engine_factory,
        window: MainWindow | None = None,
    ) -> None:
        """Build everything; nothing runs before the window has painted."""
        from mmdesk.app.connections_controller import ConnectionsController
        from mmdesk.app.hub_controller import HubController
        from mmdesk.app.larger_model import LargerModel
        from mmdesk.app.lifecycle import Interrupt
        from mmdesk.app.memory_controller import MemoryController
        from mmdesk.app.model_selection import ModelSelection
        from mmdesk.app.models_controller import ModelsController
        from mmdesk.app.project_controller import ProjectController
        from mmdesk.app.quick_access_controller import QuickAccessController
        from mmdesk.app.server_controller import ServerController
        from mmdesk.app.window import make_window
        from mmdesk.chat import (
            ChatController,
            Compactor,
            EngineController,
            ImageDescriber,
            QuickChat,
            Recordings,
            SpeechToText,
            TitleMaker,
        )
        from mmdesk.workers import FileLoader, JobQueue, ModelParts, Recorder

        self.settings = settings
        self._make_engine = make_engine
        self._ended: bool | None = None
        self.window = window or make_window(settings)
        self.queue = JobQueue(make_engine(settings))
        self.engine = EngineController(self.queue)
        self.describer = ImageDescriber(self.queue)
        self.speech = SpeechToText(self.queue)
        self.encryption = EncryptionController(self.window)
        self.history = self.encryption.history
        self.chat = ChatController(self.queue, self.history, self.describer, settings)
        self.titles = TitleMaker(self.queue, lambda: self.parts.model or None)
        self.loader = FileLoader()
        self.recorder = Recorder()
        self.recordings = Recordings(self.queue, self.history)
        self.sounds = SoundController(self.window, self.recordings, self.history)
        self.folders = FolderController(self.window)
        self.exports = ExportController(self.window, self.history)
        self.dictations = DictationController(self.window, self.recorder, self.sounds)
        self.parts = ModelParts()
        self.reader = ReadAloud(self.window, self.chat, self.parts, lambda: self.settings)
        self.hands_free = HandsFree(
            self.window, self.chat, self.speech, self.reader, lambda: self.settings
        )
        self.interrupt = Interrupt()
        self.model_selection = ModelSelection(self.window, self.parts, self.chat, settings.model)
        banner = self.window.model_banner
        self.larger_model = LargerModel(self.parts, banner, lambda: self.settings)
        self.server = ServerController(self.window, self.parts, settings)
        quick = QuickChat(self.queue, self.history, self.describer)
        self.quick_access = QuickAccessController(self.window, self.chat, quick, FileLoader())
        self.hub = HubController(self.window, self.parts, settings)
        self.projects = ProjectController(self.window, self.history, self.chat, self.parts)
        self.memory = MemoryController(self.window, self.chat)
        self.compactor = Compactor(self.queue, self.history, self.chat)
        self.chat.extras_of = self._extras_of
        self._connect_questions()
        self._connect_answers()
        self._connect_conversation()
        self.conversations = ConversationListController(
            self.window, self.chat, self.history, self.exports
        )
        self._connect_pictures_and_files()
        self.microphone = MicrophoneController(
            self.window, self.recorder, self.speech, self.chat, lambda: self.settings
        )
        self._connect_models()
        self._connect_life()
        self.models_controller = ModelsController(
            self.window, self.parts, self.engine, self.chat, settings
        )
        self.models_controller.unload_wanted.connect(self._on_unload_wanted)
        self.connections = ConnectionsController(self.window.pages)
        self.window.download_panel.work_offline = settings.work_offline

    def show(self) -> None:
        """Open the window, unless it is open; the rest begins once it has painted."""
        from PySide6.QtCore import QTimer

        if self.window.painted:
            QTimer.singleShot(0, self.window, self._begin_work)
        else:
            self.window.first_painted.connect(self._begin_work)
        self.window.show()

    def shut_down(self) -> bool:
        """End every thread and process, bounded; return False when the engine would not stop."""
        if self._ended is None:
            self.interrupt.close()
            self.titles.close()
            self.hands_free.close()
            loader_ended = self.loader.close()
            self.queue.blockSignals(True)  # an answer that is cut off is stored as interrupted
            self.models_controller.close()
            others = (
                *(self.queue, self.recorder, self.parts, self.connections, self.server, self.hub),
                *(self.sounds, self.reader, self.folders, self.quick_access, self.exports),
                self.projects,
                self.history,  # last: what an answer said is to be stored
            )
            self._ended = all([loader_ended, *(one.close() for one in others)])
        return self._ended

    def welcome(self) -> None:
        """Show the introduction, unless the user has read it."""
        if not self.settings.seen_welcome:
            self.window.show_introduction()

    def tell_defect(self, message: str) -> None:
        """Show one sentence about a defect; may be called from any thread."""
        from PySide6.QtCore import QTimer

        hint = _tr("The log in {folder} has the details.").format(folder=home() / "logs")
        QTimer.singleShot(0, self.window, lambda: self.window.composer.show_error(message, hint))

    # --- what is connected to what ---

    def _connect_questions(self) -> None:
        window, chat = self.window, self.chat
        window.submitted.connect(self.model_selection.keep)  # first: it is stored with the question
        window.submitted.connect(chat.ask)
        self.task_questions = TaskQuestions(window, chat, self.model_selection, self.sounds)
        window.stop_requested.connect(chat.stop)
        self.drafts = DraftController(window, chat, self.parts, lambda: self.settings)

    def _connect_answers(self) -> None:
        window, chat = self.window, self.chat
        chat.answers.began.connect(window.begin_answer)
        chat.answers.preparing.connect(window.conversation.set_preparing)
        chat.answers.text_arrived.connect(window.conversation.append_answer)
        chat.answers.reasoning_arrived.connect(window.conversation.append_reasoning)
        chat.answers.notice_arrived.connect(window.conversation.add_notice)
        chat.answers.citations_arrived.connect(window.conversation.set_citations)
        chat.answers.finished.connect(window.finish_answer)
        chat.answers.stopped.connect(window.stop_answer)
        chat.answers.failed.connect(window.fail_answer)

    def _connect_conversation(self) -> None:
        window, chat = self.window, self.chat
        window.new_conversation_requested.connect(chat.begin_new)
        window.temporary_chat_requested.connect(chat.begin_temporary)
        window.temporary_banner.kept.connect(chat.keep)
        chat.temporary_changed.connect(window.set_temporary)
        window.pages.chat_settings_saved.connect(chat.set_settings)
        window.conversation.edit_wanted.connect(chat.edit)
        window.conversation.again_wanted.connect(chat.regenerate)
        window.conversation.again_with_wanted.connect(chat.regenerate_with)
        window.conversation.continue_wanted.connect(chat.continue_answer)
        chat.answers.continuation_offered.connect(window.conversation.offer_continue)
        window.conversation.version_wanted.connect(chat.choose_version)
        chat.shown.connect(window.show_conversation)
        chat.title_changed.connect(window.set_title)
        chat.shown.connect(self._show_summary)
        chat.earlier_shown.connect(self._show_summary)
        chat.earlier_shown.connect(window.conversation.show_earlier)
        chat.cleared.connect(window.clear_conversation)
        chat.message_added.connect(window.conversation.add_message)
        chat.versions_changed.connect(window.conversation.set_versions)
        chat.settings_changed.connect(window.set_chat_settings)
        self.compactor.compacted.connect(self._on_compacted)
        chat.answers.first_answered.connect(self.titles.make)
        self.titles.made.connect(chat.retitle)

    def _connect_pictures_and_files(self) -> None:
        window, chat, loader = self.window, self.chat, self.loader
        window.files_offered.connect(self._on_files_offered)
        window.composer.image_bytes_offered.connect(loader.load_image)
        window.attachments.picture_wanted.connect(chat.pictures.load)
        window.attachments.corrected.connect(chat.pictures.correct_description)
        chat.pictures.loaded.connect(window.attachments.set_picture)
        chat.answers.document_read.connect(window.attachments.document_read)
        self.describer.described.connect(window.attachments.set_description)
        loader.loaded.connect(self._on_loaded)
        loader.failed.connect(window.composer.show_error)

    def _connect_models(self) -> None:
        window, parts = self.window, self.parts
        window.top_bar.model_selected.connect(self._on_model_selected)
        window.download_panel.cancelled.connect(parts.cancel)
        window.download_panel.retried.connect(parts.retry)
        parts.listed.connect(window.top_bar.set_models)
        parts.listed.connect(window.conversation.set_models)
        parts.model_chosen.connect(self._on_model_chosen)
        parts.readiness_changed.connect(window.composer.set_ready)
        parts.readiness_changed.connect(self.quick_access.set_ready)
        parts.completed.connect(self._on_parts_completed)
        parts.installed.connect(self.describer.describe_failed)
        parts.progressed.connect(window.download_panel.set_progress)
        parts.fetched.connect(window.download_panel.set_done)
        parts.fetch_failed.connect(window.download_panel.set_failed)
        parts.problem_arose.connect(window.composer.show_error)
        window.download_panel.cancelled.connect(self.larger_model.give_up)
        window.download_panel.retried.connect(self.larger_model.want_again)
        self.larger_model.choice_changed.connect(self._on_larger_choice_changed)
        self.larger_model.switch_wanted.connect(self._on_model_selected)
        self.engine.state_changed.connect(window.status_bar.set_state)
        self.engine.problem_arose.connect(self._on_problem)

    def _connect_life(self) -> None:
        self.window.settings_changed.connect(self._on_settings_changed)
        self.window.closed.connect(self._on_closed)
        self.interrupt.interrupted.connect(self.window.pages.tray.quit)

    # --- questions ---

    def _extras_of(self, conversation: Conversation, before: str) -> PromptExtras:
        """Return what stands in a prompt beside the messages of its conversation."""
        extras = summary_alone(conversation, before)
        project = self.projects.actions.of(conversation.info)
        if project is not None:
            extras = replace(extras, instructions=project.instructions, files=project.files)
        return self.memory.added_to(extras, conversation, before)

    def _on_compacted(self, conversation: Conversation) -> None:
        if conversation is self.chat.conversation:
            self._show_summary()
            self.drafts.follow_again()  # what follows the summary stands elsewhere now

    def _show_summary(self) -> None:
        """Show over the first message that is read whole what stands in the place of the others."""
        summary = self.chat.conversation.summary()
        read = self.chat.conversation.unsummarised() if summary else []
        self.window.conversation.set_summary(read[0].id if read else "", summary)

    def _on_files_offered(self, paths: list[str]) -> None:
        models = [path for path in paths if path.lower().endswith(".gguf")]
        for path in models:
            self.window.pages.offer_model(path)
        self.loader.load_paths([path for path in self.folders.take(paths) if path not in models])

    # --- files and pictures ---

    def _on_loaded(self, value: ImageInput | AudioInput | DocumentInput) -> None:
        if isinstance(value, ImageInput):
            self.window.attachments.add_image(value)
            self.describer.describe(value)
        elif isinstance(value, AudioInput):
            self.window.attachments.add_sound(value)
        else:
            self.window.attachments.add_document(value)

    # --- models and settings ---

    def _begin_work(self) -> None:
        self.history.begin()
        offline = self.settings.work_offline and self.settings.setup_done
        self.parts.begin(self.settings.model, fetch_missing=not offline)
        self.recorder.list_devices()
        self.quick_access.begin(self.settings)

    def _on_parts_completed(self) -> None:
        if not self.settings.setup_done:
            self._save(replace(self.settings, setup_done=True))

    def _on_model_selected(self, model: str) -> None:
        self._save(replace(self.settings, model=model))
        self.model_selection.choose(model)

    def _on_larger_choice_changed(self, choice: str) -> None:
        self._save(replace(self.settings, larger_model=choice))

    def _on_model_chosen(self, model: str) -> None:
        self.chat.settings = replace(self.settings, model=model)
        self.engine.load(model)

    def _on_settings_changed(self, settings: Settings) -> None:
        old = self.settings
        # Chosen in the bar and in the banner, and found out here: not in the dialog.
        settings = replace(
            settings,
            model=old.model,
            larger_model=old.larger_model,
            setup_done=old.setup_done,
        )
        self.window.download_panel.work_offline = settings.work_offline
        self._save(settings)
        self.models_controller.apply_settings(settings)
        self.server.apply_settings(settings)
        self.quick_access.apply_settings(settings)
        self.hub.apply_settings(settings)
        if engine_part(old) != engine_part(settings):
            self.engine.replace(self._make_engine(settings))
            self.engine.load(self.parts.model or None)

    def _on_unload_wanted(self) -> None:
        self.engine.replace(self._make_engine(self.settings))

    def _on_problem(self, kind: int, message: str, hint: str) -> None:
        if self.parts.is_fetching():  # a part is being downloaded; the work is done again then
            log.info("put off: %s", message)
            return
        self.window.composer.show_error(message, hint)

    def _save(self, settings: Settings) -> None:
        self.settings = settings
        self.chat.settings = replace(settings, model=self.parts.model or settings.model)
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


def _tr(text: str) -> str:
    from mmdesk.ui import tr

    return tr(text)
