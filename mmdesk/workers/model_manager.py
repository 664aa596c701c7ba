"""Model parts on disk: listed, verified, removed, and folders of the user's own added to them.

Disks are slow and hashing a model takes seconds, so everything happens in threads: one lists, and
one does what takes long, so that a verification does not hold a list up.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal, Slot

from mmdesk.errors import Cancelled, MMDeskError
from mmdesk.translatable import TranslatableText
from mmdesk.values import FoundModel, HardwareInfo, ModelEntry, ModelInfo
from mmdesk.workers.graphics_cards import find_cards
from mmdesk.workers.worker_thread import PATIENCE_MS, WorkerThread

if TYPE_CHECKING:
    from mmdesk.models import ModelStore

log = logging.getLogger(__name__)


class ModelManager(QObject):
    """Model parts on disk, and what can be done with them.

    Signals:
        listed: tuple[ModelInfo, ...] and the ids of the default parts that are missing, after
            each `refresh`.
        list_failed: message, hint instead.
        surveyed: tuple[ModelEntry, ...] and the HardwareInfo, after each `survey`.
        advised: ModelInfo of the larger language model where this machine suits it, else None,
            after each `advise`.
        verified, removed: id of a part that is intact; that is gone.
        added: id of a folder or a file that is on the list now.
        converted: bytes of weights that were converted so far of the GGUF file being added.
        discovered: tuple[FoundModel, ...], after each `look_around`.
        cards_found: tuple[ComputeDevice, ...], the graphics cards, after each `find_cards`.
        stopped: id of the part ("" for a folder) whose verification was stopped.
        failed: id ("" where it concerns none), message, hint.
    """

    listed = Signal(object, object)
    list_failed = Signal(object, object)
    surveyed = Signal(object, object)
    advised = Signal(object)
    verified = Signal(str)
    removed = Signal(str)
    added = Signal(str)
    converted = Signal(object)
    discovered = Signal(object)
    cards_found = Signal(object)
    stopped = Signal(str)
    failed = Signal(str, object, object)

    def __init__(
        self, parent: QObject | None = None, make_store: Callable[[], ModelStore] | None = None
    ) -> None:
        """Prepare the threads; `make_store` is called in them, anew for each task."""
        super().__init__(parent)
        self._make_store = make_store or _default_store
        self._stop = threading.Event()
        self._list_thread = WorkerThread("model list", self)
        self._task_thread = WorkerThread("model files", self)

    @Slot()
    def refresh(self) -> None:
        """List the parts; `listed` follows."""
        self._list_thread.call(self._list, lambda found: self.listed.emit(*found), self._tell_list)

    def survey(self, loaded: str = "") -> None:
        """List the parts in detail; `loaded` is the id of the one in memory, "" without one."""
        self._list_thread.call(
            partial(self._survey, loaded),
            lambda found: self.surveyed.emit(*found),
            partial(self._tell, ""),
        )

    def advise(self) -> None:
        """Look whether this machine suits the larger language model; `advised` follows."""
        self._list_thread.call(self._advise, self.advised.emit, self._tell_list)

    @Slot(str)
    def verify(self, part: str) -> None:
        """Hash a part's files and compare them."""
        self._stop.clear()
        self._do(part, lambda store: store.verify(part, self._stop), self.verified.emit)

    @Slot()
    def stop(self) -> None:
        """Stop the verification that is running."""
        self._stop.set()

    @Slot(str)
    def remove(self, part: str) -> None:
        """Delete a part and what was downloaded of it; a folder is only taken off the list."""
        self._do(part, lambda store: store.remove(part), self.removed.emit)

    @Slot()
    def look_around(self) -> None:
        """Look for models of other programs that are not on the list; `discovered` follows."""
        self._list_thread.call(self._discover, self.discovered.emit, partial(self._tell, ""))

    @Slot()
    def find_cards(self) -> None:
        """Look for graphics cards that can compute models; `cards_found` follows."""
        self._list_thread.call(find_cards, self.cards_found.emit, partial(self._tell, ""))

    @Slot(str)
    @Slot(str, str)
    def add_folder(self, path: str, title: str = "") -> None:
        """Put a folder or a GGUF file of the user's own on the list, as `title` if given."""
        self._stop.clear()
        self._task_thread.call(
            lambda: self._add(Path(path), title),
            self.added.emit,
            partial(self._tell, ""),
        )

    def close(self, patience_ms: int = PATIENCE_MS) -> bool:
        """End the threads; return False when the disk did not answer in time."""
        self.blockSignals(True)
        self._stop.set()
        ended = [thread.close(patience_ms) for thread in (self._list_thread, self._task_thread)]
        return all(ended)

    def _do(
        self, part: str, task: Callable[[ModelStore], object], done: Callable[[str], object]
    ) -> None:
        self._task_thread.call(
            lambda: task(self._make_store()), lambda _result: done(part), partial(self._tell, part)
        )

    # --- in the threads -----------------------------------------------------------------------

    def _list(self) -> tuple[tuple[ModelInfo, ...], tuple[str, ...]]:
        store = self._make_store()
        return store.infos(), store.missing_defaults()

    def _survey(self, loaded: str) -> tuple[tuple[ModelEntry, ...], HardwareInfo]:
        from mmdesk.models import built_in_entry, memory_needed, this_machine

        store = self._make_store()
        infos, machine = store.infos(), this_machine(store.root)
        for info in infos:
            if info.id == loaded:  # its memory becomes free for another one
                back = machine.memory_free + memory_needed(info, machine.plain_bf16)
                machine = replace(machine, memory_free=min(machine.memory, back))
        entries = [_entry(store, info, machine) for info in infos]
        if (built_in := built_in_entry(machine)) is not None:
            entries.append(built_in)
        return tuple(entries), machine

    def _add(self, path: Path, title: str) -> str:
        def tell(done: int) -> None:
            self._task_thread.post(partial(self.converted.emit, done))

        return self._make_store().local.add(path, self._stop, tell, title).id

    def _discover(self) -> tuple[FoundModel, ...]:
        from mmdesk.models import discover

        models = self._make_store().local.models()
        own = {Path(model.users_path).resolve() for model in models if model.users_path}
        return tuple(found for found in discover() if Path(found.path).resolve() not in own)

    def _advise(self) -> ModelInfo | None:
        from mmdesk.models import advised_larger

        return advised_larger(self._make_store())

    # --- failures, in the window's thread -----------------------------------------------------

    def _tell_list(self, error: Exception) -> None:
        if isinstance(error, MMDeskError):
            self.list_failed.emit(error.user_message, error.hint)
            return
        log.error("listing the models", exc_info=error)
        message = TranslatableText("Models cannot be listed ({kind}).", kind=type(error).__name__)
        self.list_failed.emit(message, "")

    def _tell(self, part: str, error: Exception) -> None:
        if isinstance(error, Cancelled):
            self.stopped.emit(part)
        elif isinstance(error, MMDeskError):
            self.failed.emit(part, error.user_message, error.hint)
        else:
            log.error("the model files", exc_info=error)
            self.failed.emit(part, _message(error), "")


def _default_store() -> ModelStore:
    from mmdesk.models import ModelStore  # late: nothing of it is needed for the first paint

    return ModelStore()


def _entry(store: ModelStore, info: ModelInfo, machine: HardwareInfo) -> ModelEntry:
    from mmdesk.models import PREFIX, decode_speed, judge

    own = info.id.startswith(PREFIX)
    kept = 0 if own or info.installed else store.partial_bytes(info.id)
    raw = 0 if own else store.manifest.part(info.id).raw_bytes
    speed = decode_speed(info.id, info.disk_bytes) if info.role == "language" else None
    fit = judge(info, machine, kept_bytes=kept, speed=speed)
    folder = ""
    if (model := store.local.find(info.id)) is not None:
        folder = model.users_path
        info = replace(info, note=_computed_by(Path(model.folder)))
    return ModelEntry(info, fit, min(1.0, kept / raw) if raw else 0.0, folder)


def _computed_by(folder: Path) -> str:
    """Return a sentence that says which code computes a model of the user's own."""
    from mmdesk.engine.model_config import is_supported, read_config

    try:
        natively = is_supported(folder, read_config(folder))
    except (OSError, ValueError, RecursionError):
        return ""
    if natively:
        return TranslatableText("Runs in mmdesk's own engine.")
    return TranslatableText("Runs in transformers, which takes longer to load.")


def _message(error: Exception) -> TranslatableText:
    if isinstance(error, OSError):
        reason = error.strerror or str(error)
        return TranslatableText("The models cannot be changed: {reason}.", reason=reason)
    return TranslatableText("Something went wrong ({kind}).", kind=type(error).__name__)
