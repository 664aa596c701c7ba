"""`mmdesk train fused --recipe R`: from a recipe to a run, new or gone on with."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import torch

from mmdesk.errors import InputError
from mmdesk.perception import FusedTokenizer, load_tower
from mmdesk.training.data.caption_examples import caption_examples
from mmdesk.training.data.captions import Collection, read_collection
from mmdesk.training.data.features import Features
from mmdesk.training.data.synthetic import LEARNED
from mmdesk.training.data.train_tokenizer import train_words
from mmdesk.training.data.vocabulary import phrases
from mmdesk.training.multitask import made_pools, multitask_lesson, photo_pools
from mmdesk.training.recipe import Recipe
from mmdesk.training.run import RunFolder, start_weights
from mmdesk.training.self_critical import SelfCriticalTrainer
from mmdesk.training.speech.spoken_trainer import SpokenTrainer, spoken_lesson
from mmdesk.training.trainer import Lesson, Trainer, build_model
from mmdesk.values import CancelFlag

PHASES: dict[str, type[Trainer]] = {
    "cross-entropy": Trainer,
    "self-critical": SelfCriticalTrainer,
    "spoken": SpokenTrainer,
}


@dataclass(frozen=True, slots=True)
class TrainingPaths:
    """Where a run finds what it needs.

    Attributes:
        data: folder of captions.jsonl and images/.
        features: folder of the cached views.
        runs: folder that holds one folder for each run.
        tower: folder of the vision part, for recipes that fine-tune its last stage.
    """

    data: Path
    features: Path
    runs: Path
    tower: Path


def words_for(recipe: Recipe, collection: Collection, places: TrainingPaths) -> FusedTokenizer:
    """The run's tokenizer: learned once, or the one of the run it starts from."""
    own = RunFolder(places.runs / recipe.name)
    if not own.tokenizer.exists():
        if recipe.start_from:
            source = RunFolder(places.runs / recipe.start_from).tokenizer
            if not source.exists():
                raise InputError(f"The run {recipe.start_from} has no tokenizer.json.")
            shutil.copyfile(source, own.tokenizer)
        else:
            learned = collection.indices("train", "extra")
            captions = [c for i in learned for c in collection.photos[i].captions]
            train_words([*captions, *phrases()], recipe.pieces, own.tokenizer)
    return FusedTokenizer(own.tokenizer)


def train_fused(
    recipe: Recipe, places: TrainingPaths, stop: CancelFlag, threads: int = 1
) -> RunFolder:
    """Start the recipe's run, or go on with it from its last checkpoint, until its end or `stop`.

    Raises:
        InputError: data, features or the run to start from are missing.
    """
    torch.set_num_threads(threads)
    collection = read_collection(places.data)
    folder = RunFolder(places.runs / recipe.name)
    words = words_for(recipe, collection, places)
    model = build_model(recipe, words)
    if model.tail is not None:
        model.tail.start_from(load_tower(places.tower))
    if recipe.start_from:
        start_weights(places.runs / recipe.start_from, model)
    views = (*recipe.views, LEARNED) if multitask(recipe) else recipe.views
    features = Features(places.features, views, trunk=recipe.tail)
    lesson = lesson_for(recipe, collection, words)
    kind = PHASES.get(recipe.phase)
    if kind is None:
        raise InputError(f"The recipe's phase {recipe.phase} is none of {', '.join(PHASES)}.")
    kind(recipe, collection, features, words, lesson, folder, model).train(stop)
    return folder


def multitask(recipe: Recipe) -> bool:
    return recipe.tasks != ("caption",)


def lesson_for(recipe: Recipe, collection: Collection, words: FusedTokenizer) -> Lesson:
    """The examples of every epoch."""
    learned = collection.indices(*recipe.splits)
    if multitask(recipe):
        photos = photo_pools(collection, learned, words, recipe.views)
        if recipe.phase == "spoken":
            return spoken_lesson([*photos, *made_pools(words)], recipe.seed)
        return multitask_lesson(photos, made_pools(words), recipe)
    examples = caption_examples(collection, learned, words, recipe.views)
    return lambda number: examples
