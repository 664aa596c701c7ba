"""Pictures are described once, and again where it could not be done."""

from __future__ import annotations

import pytest

from mmdesk.chat import EngineController, ImageDescriber
from mmdesk.errors import ModelUnavailable
from mmdesk.values import DescribeImagesRequest, ImageDescribed, ImageDescription, ImageInput
from mmdesk.workers import JobQueue
from tests.fakes.scripted_engine import ScriptedEngine

DOG = ImageInput("dog.jpg", 1, 1, b"abc", "d0g")
DESCRIBED = ImageDescribed(DOG.sha256, ImageDescription(caption="a dog"))


@pytest.fixture
def queue_of():
    queues: list[JobQueue] = []

    def make(engine: object) -> JobQueue:
        queues.append(JobQueue(lambda: engine))  # type: ignore[arg-type, return-value]
        return queues[-1]

    yield make
    for queue in queues:
        assert queue.close()


def test_a_picture_is_described_once(qtbot, queue_of) -> None:
    engine = ScriptedEngine([DESCRIBED])
    describer = ImageDescriber(queue_of(engine))
    described: list[tuple] = []
    describer.described.connect(lambda *known: described.append(known))
    with qtbot.waitSignal(describer.described):
        describer.describe(DOG)
    describer.describe(DOG)
    assert described == [(DOG.sha256, DESCRIBED.description)] * 2
    assert engine.requests == [DescribeImagesRequest((DOG,))]


def test_a_correction_is_told_until_it_is_taken_back(qtbot, queue_of) -> None:
    describer = ImageDescriber(queue_of(ScriptedEngine([DESCRIBED])))
    described: list[ImageDescription] = []
    describer.described.connect(lambda _sha256, description: described.append(description))
    describer.correct(DOG.sha256, "my cat")
    assert described == [ImageDescription(correction="my cat")]
    describer.correct(DOG.sha256, "")
    assert len(described) == 1  # nothing is known any more
    with qtbot.waitSignal(describer.described):
        describer.describe(DOG)
    describer.correct(DOG.sha256, "my cat")
    assert described[-1] == ImageDescription(caption="a dog", correction="my cat")


def test_a_picture_that_could_not_be_described_is_described_later(qtbot, queue_of) -> None:
    queue = queue_of(ScriptedEngine([ModelUnavailable("No vision part.")], [DESCRIBED]))
    describer, engine = ImageDescriber(queue), EngineController(queue)
    with qtbot.waitSignal(engine.problem_arose) as problem:
        describer.describe(DOG)
    assert problem.args[1] == "No vision part."
    with qtbot.waitSignal(describer.described):
        describer.describe_failed()
