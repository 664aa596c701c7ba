"""Which engine the settings ask for; and one that starts before anybody asks it anything."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mmdesk.settings import Settings, home

if TYPE_CHECKING:
    from mmdesk.engine import Engine, ProcessEngine
    from mmdesk.workers import EngineFactory


def engine_factory(settings: Settings) -> EngineFactory:
    """How to make the engine these settings ask for; called in the worker's thread."""

    def in_this_process() -> Engine:
        from mmdesk.engine import LocalEngine

        return LocalEngine(
            threads=settings.threads,
            context_tokens=settings.context_tokens,
            precision=settings.precision,
        )

    return in_this_process if settings.in_process else lambda: _in_own_process(settings)


def _in_own_process(settings: Settings) -> ProcessEngine:
    from mmdesk.engine import ProcessEngine

    return ProcessEngine(
        threads=settings.threads,
        context_tokens=settings.context_tokens,
        precision=settings.precision,
    )


def engine_part(settings: Settings) -> tuple[object, ...]:
    """The settings that an engine is made with."""
    return settings.in_process, settings.threads, settings.context_tokens, settings.precision


class EarlyEngine:
    """An engine whose process loads the model while the window is still being built.

    It waits to be taken by the first call of what `factory` gives; `close` ends it if nobody did.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._engine: ProcessEngine | None = None

    def start(self) -> None:
        """Start the process, unless there is no use for one: the engine is wanted in this
        process, no model is here that it could load, or there is one core, on which the window
        would only be whole later and the model ready no sooner.
        """
        if not self._settings.in_process and _cores() > 1 and _holds_anything("models"):
            self._engine = _in_own_process(self._settings)
            self._engine.start(self._settings.model)

    def factory(self, settings: Settings) -> EngineFactory:
        """Like `engine_factory`, with the engine that was started where these settings fit it."""
        make = engine_factory(settings)

        def taken_or_made() -> Engine:
            if engine_part(settings) != engine_part(self._settings):
                self.close()
            started, self._engine = self._engine, None
            return make() if started is None else started

        return taken_or_made

    def close(self) -> None:
        """End the process if it was not taken."""
        started, self._engine = self._engine, None
        if started is not None:
            started.close()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):  # a container or taskset may give us fewer
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _holds_anything(folder: str) -> bool:
    try:
        return any((home() / folder).iterdir())
    except OSError:
        return False
