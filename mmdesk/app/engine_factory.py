"""Factory of the engine that the settings ask for, and an engine that starts early."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mmdesk.errors import InputError
from mmdesk.network import ServerAddress
from mmdesk.settings import Settings, home
from mmdesk.values import name_on_server

if TYPE_CHECKING:
    from mmdesk.engine import Engine, ProcessEngine
    from mmdesk.workers import EngineFactory


def engine_factory(settings: Settings) -> EngineFactory:
    """Return a function that makes the engine for these settings; the worker's thread calls it."""

    def in_this_process() -> Engine:
        from mmdesk.engine import LocalEngine

        local = LocalEngine(
            threads=settings.threads,
            context_tokens=settings.context_tokens,
            precision=settings.precision,
            device=settings.device,
        )
        return _with_server(local, settings)

    def in_own_process() -> Engine:
        return _with_server(_in_own_process(settings), settings)

    return in_this_process if settings.in_process else in_own_process


def _with_server(local: Engine, settings: Settings) -> Engine:
    """Return an engine that asks the server that is set up as well, where there is one."""
    address = server_address(settings)
    if address is None:
        return local
    from mmdesk.engine import RemoteEngine, api_key

    return RemoteEngine(local, address, lambda: api_key(address), settings.server_inputs)


def server_address(settings: Settings) -> ServerAddress | None:
    """Return the address of the server that is set up; None where there is none."""
    if not settings.server:
        return None
    try:
        return ServerAddress.parse(settings.server)
    except InputError:
        return None


def _in_own_process(settings: Settings) -> ProcessEngine:
    from mmdesk.engine import ProcessEngine

    return ProcessEngine(
        threads=settings.threads,
        context_tokens=settings.context_tokens,
        precision=settings.precision,
        device=settings.device,
    )


def engine_part(settings: Settings) -> tuple[object, ...]:
    """Return those settings that an engine is made with."""
    return (
        *(settings.in_process, settings.threads, settings.context_tokens, settings.precision),
        *(settings.device, settings.server, settings.server_inputs),
    )


class EarlyEngine:
    """Engine whose process loads the model while the window is still being built.

    The first call of what `factory` returns takes it; `close` ends it if nobody did.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._engine: ProcessEngine | None = None

    def start(self) -> None:
        """Start the process, unless it would be of no use.

        That is so when the engine is wanted in this process, when no model is installed, when one
        on another computer answers, or on a single core, where the window would be complete later
        and the model ready no sooner.
        """
        if name_on_server(self._settings.model) is not None:
            return
        if not self._settings.in_process and _cores() > 1 and _holds_anything("models"):
            self._engine = _in_own_process(self._settings)
            self._engine.start(self._settings.model)

    def factory(self, settings: Settings) -> EngineFactory:
        """Return a factory as `engine_factory` does, whose first call takes the early engine.

        An early engine that was made with other settings is ended instead.
        """
        make = engine_factory(settings)

        def taken_or_made() -> Engine:
            if engine_part(settings) != engine_part(self._settings):
                self.close()
            started, self._engine = self._engine, None
            return make() if started is None else _with_server(started, settings)

        return taken_or_made

    def close(self) -> None:
        """End the process if nobody took it."""
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
