"""Training of the fused model by a recipe: sets up a new run or resumes one."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch

from mmdesk.errors import InputError
from mmdesk.perception import FusedTokenizer, load_tower
from mmdesk.training.data.caption_examples import caption_examples
from mmdesk.training.data.captions import Collection, join_collections, read_collection
from mmdesk.training.data.feature_cache import FeatureCache
from mmdesk.training.data.synthetic import SYNTHETIC_TRAIN
from mmdesk.training.data.train_tokenizer import extra_phrases, train_tokenizer
from mmdesk.training.data_parallel import ProcessGroup
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
        data: folders of captions.jsonl and images/, joined in this order.
        features: folder of the cached views; of several collections, each in a folder with the name
            of its data.
        runs: folder that holds one folder for each run.
        tower: folder of the vision tower, for recipes that fine-tune its last stage.
    """

    data: tuple[Path, ...]
    features: Path
    runs: Path
    tower: Path

    def collection(self) -> Collection:
        """Read the data.

        Raises:
            InputError: a file is missing or damaged.
        """
        return join_collections([read_collection(folder) for folder in self.data])

    def feature_folders(self) -> tuple[Path, ...]:
        """Return the folder of the cached views of each collection."""
        return feature_folders(self.features, self.data)

    def open_features(self, views: tuple[str, ...], trunk: bool) -> FeatureCache:
        """Open the cached views of all collections; see `FeatureCache`."""
        first, *others = self.feature_folders()
        return FeatureCache(first, views, trunk, *others)


def feature_folders(features: Path, data: Sequence[Path]) -> tuple[Path, ...]:
    """Return the folder of the cached views of each collection."""
    return (features,) if len(data) == 1 else tuple(features / one.resolve().name for one in data)


def tokenizer_for(recipe: Recipe, collection: Collection, paths: TrainingPaths) -> FusedTokenizer:
    """Return the run's tokenizer: trained once, or copied from the run it starts from."""
    own = RunFolder(paths.runs / recipe.name)
    if not own.tokenizer.exists():
        if recipe.start_from:
            source = RunFolder(paths.runs / recipe.start_from).tokenizer
            if not source.exists():
                raise InputError("The run {run} has no tokenizer.json.", run=recipe.start_from)
            shutil.copyfile(source, own.tokenizer)
            questions = RunFolder(paths.runs / recipe.start_from).questions
            if recipe.keep_spoken and questions.exists():
                shutil.copyfile(questions, own.questions)
        else:
            indices = collection.indices("train", "extra")
            captions = [c for i in indices for c in collection.photos[i].captions]
            texts = [*captions, *extra_phrases()]
            train_tokenizer(texts, recipe.model.vocabulary, own.tokenizer)
    return FusedTokenizer(own.tokenizer)


def train_fused(
    recipe: Recipe,
    paths: TrainingPaths,
    stop: CancelFlag,
    threads: int = 1,
    group: ProcessGroup | None = None,
) -> RunFolder:
    """Start the recipe's run, or resume it from its last checkpoint, until its end or `stop`.

    Args:
        recipe: of the run.
        paths: of data, features and runs.
        stop: ends the run in order.
        threads: of each process.
        group: of processes that train together; None for this one alone.

    Raises:
        InputError: data, features or the run to start from are missing.
    """
    torch.set_num_threads(threads)
    collection = paths.collection()
    folder = RunFolder(paths.runs / recipe.name)
    tokenizer = tokenizer_for(recipe, collection, paths)
    model = build_model(recipe, tokenizer)
    if model.tail is not None:
        model.tail.start_from(load_tower(paths.tower))
    if recipe.start_from:
        start_weights(paths.runs / recipe.start_from, model)
    views = (*recipe.views, SYNTHETIC_TRAIN) if is_multitask(recipe) else recipe.views
    features = paths.open_features(views, recipe.model.tail)
    examples = examples_for(recipe, collection, tokenizer, features)
    trainer = TRAINERS.get(recipe.phase)
    if trainer is None:
        raise InputError(
            "The recipe's phase {phase} is none of {phases}.",
            phase=recipe.phase,
            phases=", ".join(TRAINERS),
        )
    trainer(recipe, collection, features, tokenizer, examples, folder, model, group).train(stop)
    return folder


def is_multitask(recipe: Recipe) -> bool:
    """Return True if the recipe trains more than captions."""
    return recipe.tasks != ("caption",)


def examples_for(
    recipe: Recipe, collection: Collection, tokenizer: FusedTokenizer, features: FeatureCache
) -> EpochExamples:
    """Return the examples of every epoch of the recipe, of the views that are cached."""
    indices = collection.indices(*recipe.splits)
    if is_multitask(recipe):
        photos = photo_pools(collection, indices, tokenizer, recipe.views, features.has)
        if recipe.phase == "spoken":
            return spoken_epochs([*photos, *synthetic_pools(tokenizer)], recipe.seed)
        return multitask_epochs(photos, synthetic_pools(tokenizer), recipe)
    examples = caption_examples(collection, indices, tokenizer, recipe.views)
    return lambda number: examples
