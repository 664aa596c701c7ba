"""The tasks as recipes of the session: what is done with the turns when an answer's time comes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from mmdesk.settings import Settings
from mmdesk.values import CancelFlag, ChatSettings, Event, Task, Turn

if TYPE_CHECKING:
    from mmdesk.chat.prefetch import JobBuilder
    from mmdesk.engine import Engine
    from mmdesk.workers import Job


def recipe_of(task: Task, settings: Settings, chat: ChatSettings) -> JobBuilder:
    """The recipe of a task, with what is different in one conversation."""
    settings = in_conversation(settings, chat)
    if task.kind == "describe":
        return describing(settings)
    if task.kind == "summarise":
        return summarising(settings, task.words)
    if task.kind == "translate":
        return translating(settings, task.language)
    return answering(settings, chat.top_p or 1.0)


def in_conversation(settings: Settings, chat: ChatSettings) -> Settings:
    """The settings as they are in one conversation."""
    changes = {
        name: getattr(chat, name)
        for name in ("system_prompt", "temperature", "max_tokens")
        if getattr(chat, name) is not None
    }
    return replace(settings, **changes)


def answering(settings: Settings, top_p: float = 1.0) -> JobBuilder:
    """Chat: answer the last turn after all that was said."""

    def recipe(turns: tuple[Turn, ...]) -> Job:
        def job(engine: Engine, cancel: CancelFlag) -> Iterator[Event]:
            from mmdesk.tasks import CHAT, answer

            return answer(
                engine,
                turns,
                cancel,
                sampling=replace(
                    CHAT,
                    temperature=settings.temperature,
                    top_p=top_p,
                    max_tokens=settings.max_tokens,
                ),
                model=settings.model,
                context_tokens=settings.context_tokens,
                system_prompt=settings.system_prompt,
            )

        return job

    return recipe


def preparing(settings: Settings) -> JobBuilder:
    """What can be done of `answering` before the last turn has been written."""

    def recipe(turns: tuple[Turn, ...]) -> Job:
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
            )

        return job

    return recipe


def describing(settings: Settings) -> JobBuilder:
    """Describe the pictures of the last turn."""

    def recipe(turns: tuple[Turn, ...]) -> Job:
        def job(engine: Engine, cancel: CancelFlag) -> Iterator[Event]:
            from mmdesk.tasks import describe

            return describe(engine, turns[-1].images, cancel, model=settings.model)

        return job

    return recipe


def summarising(settings: Settings, words: int) -> JobBuilder:
    """Summarise the document of the last turn."""

    def recipe(turns: tuple[Turn, ...]) -> Job:
        def job(engine: Engine, cancel: CancelFlag) -> Iterator[Event]:
            from mmdesk.tasks import summarise

            document = turns[-1].documents[0]
            return summarise(engine, document, cancel, words=words, model=settings.model)

        return job

    return recipe


def translating(settings: Settings, to: str) -> JobBuilder:
    """Translate the document of the last turn."""

    def recipe(turns: tuple[Turn, ...]) -> Job:
        def job(engine: Engine, cancel: CancelFlag) -> Iterator[Event]:
            from mmdesk.tasks import translate

            text = turns[-1].documents[0].text
            return translate(engine, text, to, cancel, model=settings.model)

        return job

    return recipe
