"""Jobs of the queue: the tasks, with the settings that are in force in a conversation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from mmdesk.chat.prompt_extras import NO_EXTRAS, PromptExtras
from mmdesk.settings import Settings
from mmdesk.values import (
    CancelFlag,
    ChatSettings,
    Event,
    Finished,
    Notice,
    Request,
    Sampling,
    Task,
    TextChunk,
    Turn,
)

if TYPE_CHECKING:
    from mmdesk.engine import Engine
    from mmdesk.tasks import PageReader
    from mmdesk.tasks.folders import FolderReader
    from mmdesk.workers import Job

# An answer that is asked for again is sampled, even where answers are greedy: otherwise it would
# be the same, letter by letter. The model's own values go before these.
RETRY_TEMPERATURE = 0.7
RETRY_TOP_P = 0.9
_SAME_ANSWER = Notice(
    "Same settings, same answer. For more variety, raise the temperature in “Chat settings”."
)


def request_job(request: Request) -> Job:
    """Return the job of one plain request."""
    return lambda engine, cancel: engine.generate(request, cancel)


def no_job(_engine: Engine, _cancel: CancelFlag) -> Iterator[Event]:
    """Do nothing: the job of a ticket that is not needed any more."""
    return iter(())


class ReadingJobs:
    """Jobs that read scanned pages and folders of documents first; what was read is kept."""

    def __init__(self) -> None:
        self._reader: PageReader | None = None
        self._folders: FolderReader | None = None

    def reading_first(
        self, turns: tuple[Turn, ...], make_job: Callable[[tuple[Turn, ...]], Job]
    ) -> Job:
        """Return the job that `make_job` makes of the turns, with all pages read before it.

        Documents that match the last question take the place of a folder.
        """
        documents = [document for turn in turns for document in turn.documents]
        if not any(document.scanned or document.is_folder for document in documents):
            return make_job(turns)

        def job(engine: Engine, cancel: CancelFlag) -> Iterator[Event]:
            read = yield from self._folder_reader().read_turns(turns, cancel)
            read = yield from self._page_reader().read_turns(engine, read, cancel)
            yield from make_job(read)(engine, cancel)

        return job

    def _page_reader(self) -> PageReader:
        if self._reader is None:  # late, as the tasks are imported in the engine's thread
            from mmdesk.tasks import PageReader
            from mmdesk.workers import FileDecoder

            self._reader = PageReader(FileDecoder)
        return self._reader

    def _folder_reader(self) -> FolderReader:
        if self._folders is None:
            from mmdesk.tasks.folders import FolderReader
            from mmdesk.workers import FileDecoder

            self._folders = FolderReader(FileDecoder)
        return self._folders


def job_for(
    task: Task,
    turns: tuple[Turn, ...],
    settings: Settings,
    chat: ChatSettings,
    version: int = 0,
    extras: PromptExtras = NO_EXTRAS,
) -> Job:
    """Return the job that answers the last turn.

    Args:
        task: what is to be done with the turns.
        turns: the conversation, the question last.
        settings: the application's.
        chat: what differs in the conversation.
        version: how many answers to the same question there are already.
        extras: what stands in the prompt beside the turns.
    """
    settings = in_conversation(settings, chat)
    sampling = sampling_for(settings, chat, version)

    def job(engine: Engine, cancel: CancelFlag) -> Iterator[Event]:
        # The tasks are imported in the engine's thread: the window does not wait for them.
        if task.kind == "describe":
            from mmdesk.tasks import describe

            return describe(engine, turns[-1].images, cancel, model=settings.model)
        if task.kind == "summarise":
            from mmdesk.tasks import summarise

            document, words = turns[-1].documents[0], task.words
            return summarise(engine, document, cancel, words=words, model=settings.model)
        if task.kind == "translate" and turns[-1].images:
            from mmdesk.tasks import translate_picture

            pictures, language = turns[-1].images, task.language
            return translate_picture(engine, pictures, language, cancel, model=settings.model)
        if task.kind == "translate":
            from mmdesk.tasks import translate

            text, language = turns[-1].documents[0].text, task.language
            return translate(engine, text, language, cancel, model=settings.model)
        if task.kind == "minutes":
            from mmdesk.tasks import minutes

            return minutes(engine, turns[-1].documents[0], cancel, model=settings.model)
        if extras.reply:
            return iter((*extras.notices, TextChunk(extras.reply), Finished()))
        from mmdesk.tasks import CHAT, answer

        events = answer(
            engine,
            turns,
            cancel,
            sampling=replace(sampling, repetition_penalty=CHAT.repetition_penalty),
            model=settings.model,
            context_tokens=settings.context_tokens,
            system_prompt=settings.system_prompt,
            system_additions=extras.system,
            earlier=extras.summary,
        )
        is_same = bool(version) and not sampling.temperature
        return _with_notices(events, (*extras.notices, *([_SAME_ANSWER] if is_same else [])))

    return job


def continue_job(
    text: str,
    turns: tuple[Turn, ...],
    settings: Settings,
    chat: ChatSettings,
    version: int = 0,
    extras: PromptExtras = NO_EXTRAS,
) -> Job:
    """Return the job that continues an answer to the last turn.

    Args:
        text: the answer so far.
        turns: the conversation, the question last.
        settings: the application's.
        chat: what differs in the conversation.
        version: how many other answers to the same question there were before it.
        extras: what stands in the prompt beside the turns.
    """
    settings = in_conversation(settings, chat)
    sampling = sampling_for(settings, chat, version)

    def job(engine: Engine, cancel: CancelFlag) -> Iterator[Event]:
        from mmdesk.tasks import CHAT, continue_answer

        return continue_answer(
            engine,
            turns,
            text,
            cancel,
            sampling=replace(sampling, repetition_penalty=CHAT.repetition_penalty),
            model=settings.model,
            context_tokens=settings.context_tokens,
            system_prompt=settings.system_prompt,
            system_additions=extras.system,
            earlier=extras.summary,
        )

    return job


def _with_notices(events: Iterator[Event], notices: tuple[Notice, ...]) -> Iterator[Event]:
    """Yield notices, then the answer's events."""
    yield from notices
    yield from events


def prefill_job(
    turns: tuple[Turn, ...],
    settings: Settings,
    chat: ChatSettings,
    extras: PromptExtras = NO_EXTRAS,
) -> Job:
    """Return the job that does of an answer what does not need the last turn's text."""
    settings = in_conversation(settings, chat)

    def job(engine: Engine, cancel: CancelFlag) -> Iterator[Event]:
        from mmdesk.tasks import prepare

        return prepare(
            engine,
            turns,
            cancel,
            max_tokens=settings.max_tokens,
            model=settings.model,
            context_tokens=settings.context_tokens,
            system_prompt=settings.system_prompt,
            system_additions=extras.system,
        )

    return job


def in_conversation(settings: Settings, chat: ChatSettings) -> Settings:
    """Return the settings as they are in one conversation; the model is left to `settings`."""
    changes = {
        name: getattr(chat, name)
        for name in ("system_prompt", "temperature", "max_tokens")
        if getattr(chat, name) is not None
    }
    return replace(settings, **changes)


def sampling_for(settings: Settings, chat: ChatSettings, version: int) -> Sampling:
    """Return how an answer is sampled; each version has a seed of its own.

    A temperature of 0 that was chosen for this conversation holds for every version.
    """
    temperature, top_p = settings.temperature, chat.top_p or 1.0
    undecided = temperature == 0 and chat.temperature is None
    of_model = undecided and chat.top_p is None and settings.model_sampling
    if version and undecided:
        temperature, top_p = RETRY_TEMPERATURE, chat.top_p or RETRY_TOP_P
    return Sampling(
        temperature,
        top_p,
        seed=version,
        max_tokens=settings.max_tokens,
        of_model=of_model,
        thinking=settings.thinking,
    )
