"""Training of the fused model by a recipe: sets up a new run or resumes one."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import torch

from mmdesk.errors import InputError
from mmdesk.perception import FusedTokenizer, load_tower
from mmdesk.training.data.caption_examples import caption_examples
from mmdesk.training.data.captions import Collection, read_collection
from mmdesk.training.data.feature_cache import FeatureCache
from mmdesk.training.data.synthetic import SYNTHETIC_TRAIN
from mmdesk.training.data.train_tokenizer import extra_phrases, train_tokenizer
from mmdesk.training.multitask import multitask_epochs, photo_pools, synthetic_pools
from mmdesk.training.recipe import Recipe
from mmdesk.training.run import RunFolder, start_weights
from mmdesk.training.self_critical import SelfCriticalTrainer
from mmdesk.training.speech.spoken_trainer import SpokenTrainer, spoken_epochs
from mmdesk.training.trainer import EpochExamples, Trainer, build_model
from mmdesk.values import CancelFlag

TRAINERS: dict[str, type[Trainer]] = {
    "cross-entropy": Trainer,
    "self-critical": SelfCriticalTrainer,
    "spoken": SpokenTrainer,
}


@dataclass(frozen=True, slots=True)
class TrainingPaths:
    """Folders that a run needs.

    Attributes:
        data: folder of captions.jsonl and images/.
        features: folder of the cached views.
        runs: folder that holds one folder for each run.
        tower: folder of the vision tower, for recipes that fine-tune its last stage.
    """

    data: Path
    features: Path
    runs: Path
    tower: Path


def tokenizer_for(recipe: Recipe, collection: Collection, paths: TrainingPaths) -> FusedTokenizer:
    """Return the run's tokenizer: trained once, or copied from the run it starts from."""
    own = RunFolder(paths.runs / recipe.name)
    if not own.tokenizer.exists():
        if recipe.start_from:
            source = RunFolder(paths.runs / recipe.start_from).tokenizer
            if not source.exists():
                raise InputError("The run {run} has no tokenizer.json.", run=recipe.start_from)
            shutil.copyfile(source, own.tokenizer)
        else:
            indices = collection.indices("train", "extra")
            captions = [c for i in indices for c in collection.photos[i].captions]
            texts = [*captions, *extra_phrases()]
            train_tokenizer(texts, recipe.model.vocabulary, own.tokenizer)
    return FusedTokenizer(own.tokenizer)


def train_fused(
    recipe: Recipe, paths: TrainingPaths, stop: CancelFlag, threads: int = 1
) -> RunFolder:
    """Start the recipe's run, or resume it from its last checkpoint, until its end or `stop`.

    Raises:
        InputError: data, features or the run to start from are missing.
    """
    torch.set_num_threads(threads)
    collection = read_collection(paths.data)
    folder = RunFolder(paths.runs / recipe.name)
    tokenizer = tokenizer_for(recipe, collection, paths)
    model = build_model(recipe, tokenizer)
    if model.tail is not None:
        model.tail.start_from(load_tower(paths.tower))
    if recipe.start_from:
        start_weights(paths.runs / recipe.start_from, model)
    views = (*recipe.views, SYNTHETIC_TRAIN) if is_multitask(recipe) else recipe.views
    features = FeatureCache(paths.features, views, trunk=recipe.model.tail)
    examples = examples_for(recipe, collection, tokenizer)
    trainer = TRAINERS.get(recipe.phase)
    if trainer is None:
        raise InputError(
            "The recipe's phase {phase} is none of {phases}.",
            phase=recipe.phase,
            phases=", ".join(TRAINERS),
        )
    trainer(recipe, collection, features, tokenizer, examples, folder, model).train(stop)
    return folder


def is_multitask(recipe: Recipe) -> bool:
    """Return True if the recipe trains more than captions."""
    return recipe.tasks != ("caption",)


def examples_for(
    recipe: Recipe, collection: Collection, tokenizer: FusedTokenizer
) -> EpochExamples:
    """Return the examples of every epoch of the recipe."""
    indices = collection.indices(*recipe.splits)
    if is_multitask(recipe):
        photos = photo_pools(collection, indices, tokenizer, recipe.views)
        if recipe.phase == "spoken":
            return spoken_epochs([*photos, *synthetic_pools(tokenizer)], recipe.seed)
        return multitask_epochs(photos, synthetic_pools(tokenizer), recipe)
    examples = caption_examples(collection, indices, tokenizer, recipe.views)
    return lambda number: examples
