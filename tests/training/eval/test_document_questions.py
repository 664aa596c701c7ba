"""`mmdesk eval documents`: the report over answers that are given."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import pytest

from mmdesk.cli.cached_engine import CachedEngine
from mmdesk.cli.eval_documents import DocumentAnswerer
from mmdesk.errors import InputError
from mmdesk.training.eval.document_questions import read_questions
from mmdesk.training.eval.eval_commands import add_eval_commands
from mmdesk.values import ChatRequest, DocumentInput, NeverCancelled, ScoreRequest
from tests.tasks.scripts import chats, engine


def options(folder: Path, *more: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_eval_commands(parser)
    return parser.parse_args(["documents", "--data", str(folder), *more])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.txt").write_text("The rent is 400 euros.", encoding="utf-8")
    (tmp_path / "b.txt").write_text("The dog is called Rex.", encoding="utf-8")
    (tmp_path / "questions.txt").write_text(
        "# A list\n== a.txt tune\nHow much is the rent? = 400\n"
        "== b.txt judged\nWhat is the dog called? = Rex\nHow old is the dog? = - ~\n",
        encoding="utf-8",
    )
    return tmp_path


def test_the_report_counts_refused_and_right_answers(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = options(folder, "--json")
    used = engine(lambda request: "The dog is called Rex.")
    arguments.answerer = DocumentAnswerer(used, NeverCancelled())
    arguments.on_progress = lambda done, of: None
    assert arguments.run(arguments) == 0
    report = json.loads(capsys.readouterr().out)
    assert report["questions"] == 2
    assert report["answerable_right"] == {"of": 1, "count": 1, "share": 1.0}
    assert report["unanswerable_refused"] == {"of": 1, "count": 0, "share": 0.0}
    assert report["near_misses_refused"]["of"] == 1
    assert [answer["document"] for answer in report["answers"]] == ["b.txt", "b.txt"]
    arguments = options(folder, "--half", "tune")
    arguments.answerer = DocumentAnswerer(used, NeverCancelled())
    arguments.on_progress = lambda done, of: None
    assert arguments.run(arguments) == 0
    assert "answerable_right          0 of    1    0.0%" in capsys.readouterr().out


def test_answers_and_margins_are_kept_for_the_next_run(tmp_path: Path) -> None:
    document = DocumentInput("b.txt", "The dog is called Rex.")
    used = engine(
        lambda request: "Rex.", score=lambda request: -1.0 if request.answer == "No" else -0.5
    )
    asked = []
    for _ in range(2):
        cached = CachedEngine(used, tmp_path / "kept.jsonl")
        answerer = DocumentAnswerer(cached, NeverCancelled(), margins=True)
        assert answerer.answer_question(document, "What is the dog called?") == "Rex."
        assert answerer.margin(document, "What is the dog called?") == pytest.approx(0.5)
        asked.append([r for r in used.requests if isinstance(r, ChatRequest | ScoreRequest)])
    assert len(asked[0]) == len(asked[1]) >= 3  # the answer, and "Yes" and "No"
    assert len(chats(used)) == 1
    assert DocumentAnswerer(used, NeverCancelled()).margin(document, "Who?") is None


def test_a_folder_without_a_list_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        read_questions(tmp_path)
