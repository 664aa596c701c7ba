"""Recipes, views, the feature cache, scores, curves and the comparison of fusions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

from mmdesk.errors import InputError
from mmdesk.fusion import FusedConfig
from mmdesk.fusion.strategies import FUSIONS
from mmdesk.perception.fused_tokenizer import FusedTokenizer
from mmdesk.settings import resource
from mmdesk.training.compare_fusions import as_table, compare
from mmdesk.training.data.captions import Collection, Photo, read_collection
from mmdesk.training.data.feature_cache import CachedFeatures, FeatureCache, cache_pixels
from mmdesk.training.data.question_list import EvalQuestion
from mmdesk.training.data.questions import Question
from mmdesk.training.data.synthetic import COUNTS, SYNTHETIC_TRAIN
from mmdesk.training.data.views import render_view, views_for
from mmdesk.training.eval.answer_scores import (
    JudgedAnswer,
    choose_threshold,
    choose_thresholds,
    judge_sentence,
    score,
)
from mmdesk.training.eval.card import measured_part
from mmdesk.training.eval.curves import concatenate_runs, curves_svg
from mmdesk.training.fused_training import TrainingPaths, examples_for, train_fused
from mmdesk.training.multitask import description_of
from mmdesk.training.recipe import Recipe, read_recipe
from mmdesk.training.train_commands import main
from mmdesk.values import NeverCancelled


@pytest.mark.parametrize("name", ["scenes", "polish", "reward", "compare", "spoken"])
def test_every_shipped_recipe_can_be_read(name: str) -> None:
    recipe = read_recipe(resource(f"fused/{name}.toml"))
    assert recipe.name == name


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("nam = 1", "nam"),
        ('name = "a"\nsteps = "x"', "steps"),
        ("steps = 1", "name"),
        ("=", "cannot"),
    ],
)
def test_a_bad_recipe_is_refused(tmp_path: Path, text: str, named: str) -> None:
    path = tmp_path / "r.toml"
    path.write_text(text)
    with pytest.raises(InputError, match=named):
        read_recipe(path)


_FORMER_RECIPE = """
name = "polish"
tasks = ["caption", "describe"]
pieces = 3000
fusion = "cross-attention"
width = 192
layers = 2
heads = 3
hidden = 768
dropout = 0.25
rate = 2e-4
clip = 0.5
smoothing = 0.0
word_dropout = 0.05
token_dropout = 0.2
noise = 0.3
averaging = 0.99
mix = 1.0
mix_every = 4
tail = true
tail_rate = 0.5
"""


def test_a_recipe_of_an_earlier_version_means_the_same_and_says_the_new_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "polish.toml"
    path.write_text(_FORMER_RECIPE)
    sizes = FusedConfig(
        3000, fusion="cross-attention", width=192, layers=2, heads=3, hidden=768, dropout=0.25,
        tail=True,
    )  # fmt: skip
    assert read_recipe(path) == Recipe(
        "polish", tasks=("caption", "describe"), model=sizes, learning_rate=2e-4,
        gradient_clip=0.5, label_smoothing=0.0, word_dropout=0.05, image_token_dropout=0.2,
        feature_noise=0.3, ema_decay=0.99, cross_entropy_weight=1.0, cross_entropy_every=4,
        tail_rate=0.5,
    )  # fmt: skip
    said = capsys.readouterr().err
    assert "rate is now learning_rate" in said
    assert "pieces is now model.vocabulary" in said


def test_an_entry_under_its_former_and_its_present_name_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "r.toml"
    path.write_text('name = "a"\nrate = 1.0\nlearning_rate = 2.0')
    with pytest.raises(InputError, match="both rate and learning_rate"):
        read_recipe(path)


def test_the_learning_rate_warms_up_stays_and_decays(recipe: Recipe) -> None:
    long = replace(recipe, learning_rate=1.0, warmup=10, steps=100, decay=0.5)
    assert long.rate_at(4) == pytest.approx(0.5)
    assert long.rate_at(30) == 1.0
    assert long.rate_at(75) == pytest.approx(0.5)
    assert long.rate_at(100) == pytest.approx(0.02)


def test_captions_that_name_a_side_forbid_the_flip() -> None:
    sided = Photo("a.jpg", "train", ("A dog on the left .",))
    plain = Photo("b.jpg", "train", ("A dog leaves .",))
    assert views_for(sided, ("base", "flip", "crop1")) == ("base", "crop1")
    assert views_for(plain, ("base", "flip")) == ("base", "flip")


def test_views_are_mirrored_or_cropped() -> None:
    image = Image.new("RGB", (64, 64), (200, 0, 0))
    image.paste((0, 0, 200), (0, 0, 32, 64))
    base, flip = (np.asarray(render_view(image, view, 0, True)) for view in ("base", "flip"))
    assert base.shape == (256, 256, 3)
    assert base[100, 10, 2] > 150
    assert flip[100, 10, 0] > 150
    crops = [np.asarray(render_view(image, "crop1", n, True)) for n in range(8)]
    assert all(crop[100, 10, 2] > 120 > crop[100, 10, 0] for crop in crops)  # never mirrored
    assert np.array_equal(crops[3], np.asarray(render_view(image, "crop1", 3, True)))


def test_features_are_computed_once_and_read_back(tmp_path: Path) -> None:
    calls = []

    def tower(pixels: np.ndarray) -> CachedFeatures:
        calls.append(len(pixels))
        mean = pixels.mean(axis=(1, 2, 3))
        cells = np.tile(mean[:, None, None], (1, 64, 1280))
        return CachedFeatures(cells[..., :208] + 1, cells, np.tile(mean[:, None], (1, 1000)))

    for _ in range(2):
        cache_pixels("base", 9, lambda n: np.full((256, 256, 3), n, np.uint8), tower, tmp_path)
    assert calls == [8, 1]
    grid, logits = FeatureCache(tmp_path, ("base",)).get([("base", 4), ("base", 1)])
    assert grid[:, 3, 7].tolist() == [4.0, 1.0]
    assert logits[:, 0].tolist() == [4.0, 1.0]
    trunk, _ = FeatureCache(tmp_path, ("base",), trunk=True).get([("base", 4)])
    assert trunk.shape == (1, 64, 208)
    assert trunk[0, 3, 7] == 5.0


def test_a_bad_collection_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"captions\.jsonl"):
        read_collection(tmp_path)
    (tmp_path / "captions.jsonl").write_text('{"image": "a"}\n')
    with pytest.raises(InputError, match="line 1"):
        read_collection(tmp_path)


def test_a_description_adds_what_is_new() -> None:
    text = description_of(
        ["A dog .", "A black dog runs on green grass .", "Two people watch a game ."]
    )
    assert text == "a black dog runs on green grass. two people watch a game"


def test_several_tasks_share_a_picture(
    recipe: Recipe,
    paths: TrainingPaths,
    collection: Collection,
    tokenizer: FusedTokenizer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(COUNTS, SYNTHETIC_TRAIN, 30)
    recipe = replace(recipe, tasks=("caption", "question"))
    epochs = examples_for(recipe, collection, tokenizer, FeatureCache(paths.features, ("base",)))
    first = epochs(0)
    assert first == epochs(0)
    assert first != epochs(1)
    assert len(first) == len(epochs(1))
    assert {example.views for example in first} == {("base",), ("made",)}
    starts = {text.prompt[0] for example in first for text in example.texts}
    assert starts == {tokenizer.ids[n] for n in ("<caption>", "<describe>", "<question>", "<kind>")}


def answered(right: bool, probability: float, kind: str = "colour") -> JudgedAnswer:
    question = Question(kind, "?", "red", ("red",))
    return JudgedAnswer(EvalQuestion("base", 0, question), "red", probability, right)


def test_below_the_threshold_it_is_not_sure() -> None:
    given = [answered(True, 0.9), answered(False, 0.3), answered(True, 0.2, "count")]
    table = score(given, {"": 0.5})
    assert table["all"] == {
        "questions": 3,
        "right": 1,
        "wrong": 0,
        "not_sure": 2,
        "share_right": 0.3333,
    }
    assert table["kinds"]["count"]["not_sure"] == 1


def test_every_kind_may_have_its_threshold() -> None:
    given = [answered(True, 0.3, "activity"), answered(False, 0.3, "colour")]
    table = score(given, {"": 0.5, "activity": 0.2})
    assert (table["all"]["right"], table["all"]["not_sure"]) == (1, 1)
    many = [answered(True, 0.3, "activity")] * 30 + [answered(False, 0.4), answered(True, 0.9)]
    chosen = choose_thresholds(many)
    assert chosen["activity"] <= 0.3
    assert "colour" not in chosen


@pytest.mark.parametrize(
    ("kind", "accepted", "said", "right", "sure"),
    [
        ("colour", ("red",), "The shirt is red.", True, True),
        ("colour", ("red",), "It may be red, blue, green, white or black.", False, True),
        ("count", ("two", "2"), "There are 2 dogs.", True, True),
        ("count", ("two", "2"), "There are two or three dogs.", False, True),
        ("inside", ("outdoors", "outside"), "It is an outdoor scene.", True, True),
        ("inside", ("outdoors", "outside"), "It may be indoors or outdoors.", False, True),
        ("presence", ("yes",), "Yes, there is a dog.", True, True),
        ("presence", ("yes",), "There is no dog.", False, True),
        ("presence", ("no",), "No, there is not.", True, True),
        ("place", ("beach",), "I'm sorry, but I cannot see the picture.", False, False),
        ("activity", ("running",), "The dog is running on the beach.", True, True),
    ],
)
def test_a_sentence_is_judged_by_the_answers_it_contains(
    kind: str, accepted: tuple[str, ...], said: str, right: bool, sure: bool
) -> None:
    asked = EvalQuestion("base", 0, Question(kind, "?", accepted[0], accepted))
    judged = judge_sentence(asked, said)
    assert (judged.right, judged.probability >= 0.5) == (right, sure)


def test_the_threshold_withholds_wrong_answers() -> None:
    given = [answered(True, 0.9), answered(True, 0.8), answered(False, 0.4), answered(False, 0.3)]
    assert choose_threshold(given) == 0.8
    assert choose_threshold([answered(True, 0.1)]) <= 0.1


def test_consecutive_runs_are_one_curve() -> None:
    first = [{"pictures": 100, "loss": 4.0}, {"pictures": 160, "dev": {"cider_d": 0.4}}]
    second = [{"pictures": 80, "loss": -0.1, "reward": 0.7}]
    assert concatenate_runs([first, second]) == [*first, {"pictures": 240, "reward": 0.7}]


@pytest.mark.parametrize("references", [False, True])
def test_the_card_has_reference_captions_only_on_request(
    paths: TrainingPaths, references: bool
) -> None:
    collection = paths.collection()
    judged = collection.photos[collection.indices("dev")[0]]
    report = {"pictures": 1, "cider_d": 0.5, "bleu_4": 0.2, "words": 3.0}
    text = measured_part(
        collection, {"captions": {**report, "captions": {judged.image: "a zebra"}}}, references
    )
    assert "a zebra" in text
    assert (judged.captions[0].rstrip(" .") in text) is references


def test_curves_are_an_svg_of_the_log() -> None:
    entries = [
        {"pictures": 100, "loss": 4.0},
        {"pictures": 200, "loss": 3.0},
        {"pictures": 200, "dev": {"cider_d": 0.4, "bleu_4": 0.1}},
    ]
    root = ElementTree.fromstring(curves_svg(entries, "a & b"))
    lines = root.findall("{*}polyline")
    assert [len(line.attrib["points"].split()) for line in lines] == [2, 1, 1]


def test_the_comparison_has_a_row_for_every_fusion(recipe: Recipe, paths: TrainingPaths) -> None:
    rows = compare(replace(recipe, steps=3), paths, NeverCancelled())
    assert {row["fusion"] for row in rows} == set(FUSIONS)
    assert all(row["pictures"] == 12 for row in rows)
    table = as_table(rows)
    assert table.count("\n") == 2 + len(FUSIONS)


def test_the_commands_work_from_a_terminal(
    recipe: Recipe, paths: TrainingPaths, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = train_fused(recipe, paths, NeverCancelled())
    svg, shipped = tmp_path / "c.svg", tmp_path / "shipped"
    assert main(["curves", "--run", str(run.path), "--to", str(svg)]) == 0
    assert svg.read_text().startswith("<svg")
    assert main(["export", "--run", str(run.path), "--to", str(shipped)]) == 0
    where = ["--data", str(paths.data[0]), "--features", str(paths.features)]
    assert main(["eval", "captions", *where, "--model", str(shipped), "--json"]) == 0
    assert '"cider_d"' in capsys.readouterr().out
