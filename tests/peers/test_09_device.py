"""Complaint 9: the GPU is silently unused. The device in use is always shown."""

from __future__ import annotations

import pytest

from mmdesk.engine.devices import choose_device
from mmdesk.engine.local import LocalEngine
from mmdesk.settings import Settings
from mmdesk.ui.main_window import MainWindow
from mmdesk.values import ComputeDevice, Finished, LoadRequest, NeverCancelled, Stats
from tests.fakes.folder_store import FolderStore
from tests.fakes.scripted_engine import ScriptedEngine, words
from tests.fakes.tiny_model import build_model

GB = 10**9


@pytest.mark.parametrize(
    ("device", "shown"), [("cpu", "CPU"), ("cuda", "GPU (CUDA)"), ("mps", "GPU (Metal)")]
)
def test_complaint_9_the_status_bar_shows_the_device(qtbot, device: str, shown: str) -> None:
    window = MainWindow(Settings())
    qtbot.addWidget(window)
    window.finish_answer(Stats(model="m", device=device))
    assert window.status_bar.model.text() == f"m · {shown}"


def test_complaint_9_the_device_is_shown_as_soon_as_the_model_is_loaded(open_window) -> None:
    loaded = ScriptedEngine([Finished(Stats(model="m", device="cpu"))], words("ok"))
    person = open_window(loaded)
    assert person.reads("m · CPU")


def test_complaint_9_the_device_is_the_one_that_holds_the_weights(tmp_path) -> None:
    engine = LocalEngine(FolderStore({"tiny": build_model(tmp_path)}), threads=1)
    events = list(engine.generate(LoadRequest("tiny"), NeverCancelled()))
    assert isinstance(events[-1], Finished)
    loaded = engine._loaded
    assert loaded is not None
    assert events[-1].stats.device == loaded.model._norm.device.type
    engine.close()


def test_complaint_9_a_gpu_is_used_where_there_is_one() -> None:
    card = ComputeDevice("cuda:0", "CUDA", "Card", 8 * GB, 7 * GB)
    cpu = ComputeDevice("cpu", "CPU", "Chip", 16 * GB, 9 * GB)
    assert choose_device("auto", (card, cpu), 5 * GB, "m").device == "cuda:0"
