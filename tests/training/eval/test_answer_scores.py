"""`mmdesk eval` and `mmdesk train seal` as a shell sees them, with a scripted engine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mmdesk.cli import main, training
from mmdesk.perception.fused_weights import MANIFEST_FILE, check_fused_weights
from mmdesk.training.data.question_list import EvalQuestion, question_list, text_questions
from mmdesk.training.data.synthetic import SYNTHETIC_DEV, make_image
from mmdesk.training.eval.card import BEGIN, END
from mmdesk.training.fused_training import TrainingPaths
from mmdesk.values import AskImageRequest, ChatRequest, ImageDescription
from tests.fakes.scripted_engine import ScriptedEngine
from tests.fakes.tiny_fused import write_fused
from tests.tasks.scripts import engine as scripted

BLACK_DOG = ImageDescription(caption="A black dog runs on the grass.", text="News\nmore")


@pytest.fixture
def judged(
    monkeypatch: pytest.MonkeyPatch, paths: TrainingPaths, capsys: pytest.CaptureFixture[str]
):
    """Return a function that runs `mmdesk eval …` over an engine and reads the printed JSON."""

    def run(engine: ScriptedEngine, *arguments: str) -> dict[str, Any]:
        monkeypatch.setattr(training, "make_engine", lambda threads, fused: engine)
        where = ["--data", str(paths.data[0]), "--json"]
        assert main.main(["eval", *arguments[:1], *where, *arguments[1:]]) == 0
        report: dict[str, Any] = json.loads(capsys.readouterr().out)
        return report

    return run


def test_captions_are_scored_as_describe_prints_them(judged) -> None:
    used = scripted(description=BLACK_DOG)
    report = judged(used, "captions")
    assert report["pictures"] == 4
    assert set(report["captions"].values()) == {"A black dog runs on the grass."}
    assert 0 < report["cider_d"] < 10
    assert used.closed == 1
    nothing = judged(scripted(), "captions")
    assert set(nothing["captions"].values()) == {"A photo in which nothing was recognised."}
    assert nothing["cider_d"] < report["cider_d"]


def test_a_split_without_pictures_is_an_error(
    paths: TrainingPaths, capsys: pytest.CaptureFixture[str]
) -> None:
    status = main.main(["eval", "captions", "--data", str(paths.data[0]), "--split", "test"])
    assert status == 2
    assert "'test'" in capsys.readouterr().err


def test_questions_are_judged_from_pictures(judged) -> None:
    """An engine that always answers 'red' is right where red is accepted."""
    report = judged(
        scripted(look=lambda r: ("red", 0.8)), "questions", "--every", "5", "--threshold", "0.5"
    )
    rows = [row for row in report["answers"] if row["kind"] != "text"]
    assert all(row["answer"] == "red" for row in rows)
    assert all(row["right"] == ("red" in row["accepted"]) for row in rows)
    unsure = judged(
        scripted(look=lambda r: ("red", 0.4)), "questions", "--every", "5", "--threshold", "0.5"
    )
    assert unsure["all"]["right"] == unsure["kinds"].get("text", {"right": 0})["right"]
    assert unsure["all"]["not_sure"] >= len(rows)


def test_the_blind_chat_model_gets_the_question_alone(judged) -> None:
    used = scripted(lambda request: "I'm sorry, I cannot see the picture.")
    report = judged(used, "questions", "--blind", "--every", "9")
    assert report["all"]["not_sure"] == report["all"]["questions"] > 0
    assert all(isinstance(request, ChatRequest) for request in used.requests)
    assert all(request.turns[-1].images == () for request in used.requests)


def test_the_prompt_of_the_chat_model_has_only_the_chosen_context(judged) -> None:
    used = scripted(lambda r: "Red.", description=BLACK_DOG, look=lambda r: ("red", 0.9))
    judged(used, "questions", "--chat", "--words", "caption", "--every", "40")
    (image_descriptions, looks) = (
        {r.turns[-1].images[0].description for r in used.requests if isinstance(r, ChatRequest)},
        [r for r in used.requests if isinstance(r, AskImageRequest)],
    )
    assert image_descriptions == {ImageDescription(caption=BLACK_DOG.caption)}
    assert looks == []
    judged(used, "questions", "--chat", "--every", "40")
    assert any(isinstance(request, AskImageRequest) for request in used.requests)


def test_unknown_context_is_refused(
    monkeypatch: pytest.MonkeyPatch, paths: TrainingPaths, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(training, "make_engine", lambda threads, fused: scripted())
    arguments = ["eval", "questions", "--data", str(paths.data[0]), "--chat", "--words", "smells"]
    assert main.main(arguments) == 2
    assert "smells" in capsys.readouterr().err


def test_some_questions_are_for_ocr(paths: TrainingPaths) -> None:

    listed = question_list(paths.collection())
    texts = [one for one in listed if one.question.kind == "text"]
    assert len({one.question.text for one in texts}) == 3
    for one in texts:
        assert isinstance(one, EvalQuestion)
        made = make_image(SYNTHETIC_DEV, one.index)
        assert one.question in text_questions(made)
        assert one.question.is_right(made.text)
        assert one.question not in made.questions


def test_the_card_has_the_figures_between_its_marks(
    judged, paths: TrainingPaths, tmp_path: Path
) -> None:
    captions, questions, path = (tmp_path / name for name in ("c.json", "q.json", "CARD.md"))
    captions.write_text(json.dumps(judged(scripted(description=BLACK_DOG), "captions")))
    questions.write_text(
        json.dumps(judged(scripted(look=lambda r: ("red", 0.8)), "questions", "--every", "5"))
    )
    path.write_text(f"# Card\n\n{BEGIN}\nold figures\n{END}\n\n## Limits\n")
    arguments = ["--captions", str(captions), "--questions", str(questions), "--into", str(path)]
    for _ in range(2):
        assert main.main(["eval", "card", "--data", str(paths.data[0]), *arguments]) == 0
    text = path.read_text()
    assert text.startswith("# Card\n")
    assert text.endswith("## Limits\n")
    assert "old figures" not in text
    assert text.count("A black dog runs on the grass.") == 4
    assert f"CIDEr-D {json.loads(captions.read_text())['cider_d']:.3f}" in text
    assert "| colour |" in text


def test_a_file_that_is_no_report_is_refused(
    paths: TrainingPaths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    report = tmp_path / "r.json"
    for content in ("[]", "{", '{"pictures": 3}'):
        report.write_text(content)
        arguments = ["--data", str(paths.data[0]), "--captions", str(report)]
        assert main.main(["eval", "card", *arguments]) == 2
    assert "report" in capsys.readouterr().err


def test_sealing_writes_the_digests_and_the_thresholds(tmp_path: Path) -> None:
    folder = write_fused(tmp_path / "w")
    (folder / MANIFEST_FILE).unlink()
    report = tmp_path / "q.json"
    report.write_text('{"thresholds": {"": 0.3, "colour": 0.7}}')
    assert main.main(["train", "seal", str(folder), "--questions", str(report)]) == 0
    assert {"": 0.3, "colour": 0.7}.items() <= check_fused_weights(folder).sure_from.items()
    assert check_fused_weights(folder).is_sure("description", 0.9)
