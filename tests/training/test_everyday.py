"""Everyday photographs: joined collections, questions of data sets, a vocabulary that grows."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from mmdesk.errors import InputError
from mmdesk.perception.fused_tokenizer import FusedTokenizer
from mmdesk.training import train_commands
from mmdesk.training.data.captions import AskedQuestion, read_collection
from mmdesk.training.data.feature_cache import FeatureCache
from mmdesk.training.data.grow_tokenizer import grow_embedding, grow_tokenizer
from mmdesk.training.eval.asked_questions import (
    AskedAnswer,
    answer_asked,
    asked_report,
    choose_open_thresholds,
    other_picture,
    plain_answer,
)
from mmdesk.training.export import average_runs, export_run, grow_vocabulary, load_run
from mmdesk.training.fused_training import TrainingPaths, train_fused
from mmdesk.training.multitask import number_word, photo_pools
from mmdesk.training.recipe import Recipe
from mmdesk.training.run import RunFolder
from mmdesk.training.trainer import fixed_words
from mmdesk.values import NeverCancelled
from tests.fakes.tiny_fused import write_fused


def question(image: str, text: str, answer: str, kind: str = "yes/no") -> dict[str, str]:
    return {"image": image, "question": text, "answer": answer, "kind": kind, "from": "VQA v2"}


@pytest.fixture
def joined(paths: TrainingPaths, tmp_path: Path) -> TrainingPaths:
    """Add a second collection: the same pictures, with questions, and one without captions."""
    data, features = tmp_path / "asked", tmp_path / "both"
    shutil.copytree(paths.data[0], data)
    asked = [question(f"{n}.png", "Is it red?", "yes" if n % 2 else "no") for n in range(16)]
    asked.append(question("more.png", "How many dogs?", "2", "number"))
    (data / "questions.jsonl").write_text("\n".join(map(json.dumps, asked)))
    for name in ("data", "asked"):
        shutil.copytree(paths.features, features / name)
        (features / name / "flip.grid.npy").unlink() if name == "asked" else None
    for file in (features / "asked").glob("base.*.npy"):
        rows = np.load(file)
        np.save(file, np.concatenate([rows, rows[:1] + 1]))
    return replace(paths, data=(*paths.data, data), features=features)


def test_joined_collections_keep_their_folders_and_questions(joined: TrainingPaths) -> None:
    collection = joined.collection()
    assert collection.sizes == (16, 17)
    assert collection.path(17) == joined.data[1] / "images" / "1.png"
    assert [one.answer for one in collection.photos[17].asked] == ["yes"]
    assert collection.photos[32].split == "asked"
    assert collection.photos[1].asked == ()
    assert collection.by_source("dev") == [[12, 13, 14, 15], [28, 29, 30, 31]]


def test_a_bad_question_is_named(paths: TrainingPaths) -> None:
    (paths.data[0] / "questions.jsonl").write_text('{"image": "0.png"}\n')
    with pytest.raises(InputError, match=r"questions\.jsonl: line 1"):
        read_collection(paths.data[0])


def test_joined_features_follow_each_other_and_may_lack_views(joined: TrainingPaths) -> None:
    features = joined.open_features(("base", "flip"), trunk=False)
    first, second = (np.load(joined.features / n / "base.grid.npy") for n in ("data", "asked"))
    grid, _ = features.get([("base", 3), ("base", 19), ("base", 32)])
    assert np.array_equal(grid, np.stack([first[3], second[3], second[16]]).astype(np.float32))
    assert features.has("flip", 3)
    assert not features.has("flip", 19)
    with pytest.raises(InputError, match="base"):
        FeatureCache(joined.features / "data", ("base",), False, joined.features)


def test_questions_of_the_data_set_are_learned(
    joined: TrainingPaths, tokenizer: FusedTokenizer
) -> None:
    collection = joined.collection()
    (pool,) = photo_pools(collection, [32], tokenizer, ("base", "flip"), lambda view, i: not i % 2)
    assert pool.captions == ()
    (asked,) = pool.asked
    assert tokenizer.decode(asked.target) == "two"
    assert tokenizer.decode(asked.prompt[1:-1]) == "how many dogs?"
    drawn = pool.draw(np.random.default_rng(0), 5, 0, 3)
    assert asked in drawn.texts
    assert asked not in pool.draw(np.random.default_rng(0), 5, 0).texts


@pytest.mark.parametrize(
    ("answer", "word"), [("0", "zero"), ("10", "ten"), ("11", "11"), ("red", "red")]
)
def test_small_numbers_are_words(answer: str, word: str) -> None:
    assert number_word(answer) == word
    assert plain_answer(word) == answer


def test_a_grown_tokenizer_keeps_its_ids_and_the_known_questions(
    tokenizer: FusedTokenizer, tmp_path: Path
) -> None:
    source = tmp_path / "words" / "tokenizer.json"
    texts = ["a giraffe eats broccoli", "two giraffes, 25 zebras?"] * 50
    target = tmp_path / "grown" / "tokenizer.json"
    parts = grow_tokenizer(source, texts, len(tokenizer) + 30, target, ["what is a giraffe?"])
    grown = FusedTokenizer(target)
    assert len(grown) == len(tokenizer) + len(parts)
    old, new = tokenizer.tokenizer.get_vocab(), grown.tokenizer.get_vocab()
    assert old.items() <= new.items()
    assert len(grown.encode("broccoli")) == 1 < len(tokenizer.encode("broccoli"))
    assert grown.decode(grown.encode("broccoli")) == "broccoli"
    assert grown.encode("what is a giraffe?") == tokenizer.encode("what is a giraffe?")
    assert len(grown.encode("25")) == len(tokenizer.encode("25"))
    for number, ids in enumerate(parts, len(tokenizer)):
        piece = grown.tokenizer.id_to_token(number)
        assert piece == "".join(tokenizer.tokenizer.id_to_token(part) for part in ids)
    weight = torch.randn(len(tokenizer), 4)
    rows = grow_embedding(weight, parts)
    assert torch.equal(rows[: len(weight)], weight)
    torch.testing.assert_close(rows[len(weight)], weight[list(parts[0])].mean(0))


def test_known_spoken_questions_stay_while_the_rest_learns(
    recipe: Recipe, paths: TrainingPaths, tmp_path: Path
) -> None:
    first = train_fused(recipe, paths, NeverCancelled())
    first.questions.write_text(json.dumps(["a black dog"]))
    wider = RunFolder(paths.runs / "wider")
    grow_vocabulary(first, wider, paths.collection(), 230)
    later = replace(recipe, name="later", start_from="wider", keep_spoken=True)
    later = replace(later, model=replace(recipe.model, vocabulary=230))
    run = train_fused(later, paths, NeverCancelled())
    before, after = (one.load_best()["model"]["words.weight"] for one in (wider, run))
    fixed = fixed_words(run, FusedTokenizer(run.tokenizer))
    assert torch.equal(after[fixed], before[fixed])
    others = [number for number in range(len(before)) if number not in fixed]
    assert not torch.equal(after[others], before[others])
    run.questions.unlink()
    with pytest.raises(InputError, match=r"questions\.json"):
        fixed_words(run, FusedTokenizer(run.tokenizer))


def test_an_export_may_take_another_ones_speech(
    recipe: Recipe, paths: TrainingPaths, tmp_path: Path
) -> None:
    run = train_fused(recipe, paths, NeverCancelled())
    spoken = write_fused(tmp_path / "spoken", hears=True)
    shipped = export_run(run, tmp_path / "shipped", spoken)
    config = json.loads((shipped / "config.json").read_text())
    assert config["speech"] > 0
    assert (shipped / "hearing.safetensors").read_bytes() == (
        spoken / "hearing.safetensors"
    ).read_bytes()
    with pytest.raises(InputError, match="no speech encoder"):
        export_run(run, tmp_path / "other", tmp_path / "nothing")


def test_runs_are_averaged(recipe: Recipe, paths: TrainingPaths) -> None:
    first = train_fused(recipe, paths, NeverCancelled())
    again = replace(recipe, name="again", start_from="tiny", seed=9)
    second = train_fused(again, paths, NeverCancelled())
    average_runs([first, second], RunFolder(paths.runs / "mean"))
    mean, _ = load_run(RunFolder(paths.runs / "mean"))
    one, other = (run.load_best()["model"]["norm.weight"] for run in (first, second))
    torch.testing.assert_close(mean.norm.weight.detach(), (one + other) / 2)
    smaller = replace(recipe, name="small", model=replace(recipe.model, width=8))
    with pytest.raises(InputError, match="other weights"):
        average_runs(
            [first, train_fused(smaller, paths, NeverCancelled())], RunFolder(paths.runs / "no")
        )


def test_two_processes_train_as_one_on_twice_the_pictures(
    recipe: Recipe, paths: TrainingPaths, tmp_path: Path
) -> None:
    """Without dropout and noise, the mean of two halves' gradients is that of both together."""
    file = tmp_path / "tiny.toml"
    file.write_text(
        'name = "pair"\nsplits = ["train"]\nviews = ["base"]\nbatch = 6\nsteps = 2\nwarmup = 1\n'
        "word_dropout = 0.0\nimage_token_dropout = 0.0\nfeature_noise = 0.0\nevaluate_every = 9\n"
        "[model]\nvocabulary = 200\nwidth = 16\nlayers = 2\nheads = 2\nhidden = 32\ndropout = 0.0\n"
    )
    where = ["--data", str(paths.data[0]), "--features", str(paths.features)]
    arguments = ["fused", "--recipe", str(file), *where, "--runs", str(paths.runs)]
    assert train_commands.main([*arguments, "--processes", "2"]) == 0
    run = RunFolder(paths.runs / "pair")
    state = run.load("checkpoint.pt")
    assert state is not None
    assert (state["step"], state["pictures"]) == (2, 24)


def answered(text: str, right: bool, probability: float, index: int = 0) -> AskedAnswer:
    return AskedAnswer(
        index, AskedQuestion(text, "yes", "yes/no", ""), "yes" if right else "no", probability
    )


def test_a_guess_between_yes_and_no_is_not_sure() -> None:
    coin = [answered("Is it red?", n % 2 == 0, 0.5) for n in range(20)]
    sure = [answered("Is it red?", True, 0.9) for _ in range(20)]
    chosen = choose_open_thresholds([*coin, *sure])
    assert chosen["open yes/no"] == 0.9
    table = asked_report([*coin, *sure], chosen)
    assert (table["all"]["right"], table["all"]["wrong"], table["all"]["not_sure"]) == (20, 0, 20)
    assert asked_report([*coin, *sure])["all"]["right"] == 30


def test_blind_answers_are_about_another_photograph(
    recipe: Recipe, joined: TrainingPaths, tokenizer: FusedTokenizer
) -> None:
    choose: Callable[[int, int], int] = other_picture([3, 5, 8])
    shown = [choose(position, 5) for position in range(40)]
    assert set(shown) == {3, 8}
    assert shown == [choose(position, 5) for position in range(40)]
    run = train_fused(replace(recipe, splits=("train",)), joined, NeverCancelled())
    model, tokenizer = load_run(run)
    collection = joined.collection()
    features = joined.open_features(("base",), trunk=False)
    answers = answer_asked(model, features, tokenizer, collection, collection.indices("dev"))
    assert [one.index for one in answers] == [28, 29, 30, 31]
    assert all(0 < one.probability <= 1 for one in answers)
