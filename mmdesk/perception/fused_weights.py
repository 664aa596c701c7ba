"""The fused model's weights as they ship: their digests, and what was chosen together with them.

Weights, sizes and tokenizer lie in resources/fused beside manifest.json, and so do, of a model that
hears, the weights for that and the questions it knows. A folder without any of them is a build that
does not see scenes, which is no error; one whose files do not agree with the manifest is damaged,
and says so.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from mmdesk.errors import ModelUnavailable
from mmdesk.models import sha256_all
from mmdesk.settings import resource

WEIGHTS, CONFIG, TOKENIZER = "model.safetensors", "config.json", "tokenizer.json"
FILES = (WEIGHTS, CONFIG, TOKENIZER)
# Of a model that hears: learned later, all other weights unchanged; and which questions it knows.
EARS, QUESTIONS = "hearing.safetensors", "questions.json"
HEARING = (EARS, QUESTIONS)
MANIFEST = "manifest.json"
DESCRIPTION, HEARD = "description", "heard"  # stand beside the kinds of question


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What was chosen on the dev split, for these weights and no others.

    Attributes:
        beams, length_power: of the search for captions and descriptions (fusion.generation.Rules).
        sure_from: by kind of question (`asking.kind_of`; "" for all others) the probability
            (0..1) from which an answer is given; below it is 'not sure'. Of activities, which
            take several words to say, it is lower than of colours. Descriptions have one as well,
            and so has what is spoken, to be taken for a question.
    """

    beams: int = 5
    length_power: float = 0.9
    sure_from: dict[str, float] = field(
        default_factory=lambda: {"": 0.5, DESCRIPTION: 0.35, HEARD: 0.5}
    )

    def __post_init__(self) -> None:
        if not all(isinstance(value, int | float) for value in self.sure_from.values()):
            raise TypeError("sure_from must be probabilities by kind")

    def is_sure(self, kind: str, probability: float) -> bool:
        """Whether an answer of that probability to that kind of question is worth giving."""
        return probability >= self.sure_from.get(kind, self.sure_from.get("", 1.0))


def shipped_folder() -> Path | None:
    """Where the weights that came with mmdesk lie; None when none came."""
    folder = resource("fused")
    return folder if any((folder / name).exists() for name in (WEIGHTS, MANIFEST)) else None


def seal(folder: Path, chosen: Thresholds) -> Path:
    """Write `folder`/manifest.json for the files that lie there now.

    Raises:
        ModelUnavailable: one of the files is missing.
    """
    names = (*FILES, *HEARING) if (folder / EARS).exists() else FILES
    digests = _digests(folder, names)
    files = {
        name: {"size": (folder / name).stat().st_size, "sha256": digests[name]} for name in names
    }
    path = folder / MANIFEST
    manifest = {"version": 1, "files": files, "chosen": asdict(chosen)}
    path.write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
    return path


def check(folder: Path) -> Thresholds:
    """Hold every file against the manifest; what was chosen for these weights.

    Raises:
        ModelUnavailable: the manifest or a file is missing, damaged or another one.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST).read_text("utf-8"))
        names = (*FILES, *HEARING) if EARS in manifest["files"] else FILES
        wanted = {name: manifest["files"][name]["sha256"] for name in names}
        chosen = Thresholds(**manifest["chosen"])
    except FileNotFoundError as error:
        raise _unusable(folder, f"{MANIFEST} is missing") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unusable(folder, f"{MANIFEST} is damaged") from error
    found = _digests(folder, names)
    for name in names:
        if found[name] != wanted[name]:
            raise _unusable(folder, f"{name} is damaged (its SHA-256 is not the manifest's)")
    return chosen


def _digests(folder: Path, names: Sequence[str]) -> dict[str, str]:
    try:
        found = sha256_all([folder / name for name in names])
    except FileNotFoundError as error:
        name = Path(error.filename or folder).name
        raise _unusable(folder, f"{name} is missing") from error
    except OSError as error:
        raise _unusable(folder, f"it cannot be read ({error.strerror})") from error
    return {path.name: digest for path, digest in found.items()}


def _unusable(folder: Path, problem: str) -> ModelUnavailable:
    return ModelUnavailable(
        f"The fused model in {folder} cannot be loaded: {problem}.",
        "Install mmdesk again: the model comes with it.",
    )
