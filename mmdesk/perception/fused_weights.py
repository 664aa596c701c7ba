"""Files of the fused model: weights, their digests, and the thresholds chosen for them.

Weights, sizes and tokenizer lie in resources/fused with a manifest.json. A model that recognises
spoken questions has two files more: the weights for that, and the questions it knows. A folder
without any of them is a build without captions, which is no error. One whose files do not agree
with the manifest is damaged, and that is reported.
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
from mmdesk.translatable import TranslatableText

FUSED_WEIGHTS_FILE = "model.safetensors"
FUSED_CONFIG_FILE = "config.json"
FUSED_TOKENIZER_FILE = "tokenizer.json"
REQUIRED_FILES = (FUSED_WEIGHTS_FILE, FUSED_CONFIG_FILE, FUSED_TOKENIZER_FILE)
# Of a model that recognises spoken questions. The weights were learned later, with all other
# weights unchanged.
SPEECH_WEIGHTS_FILE = "hearing.safetensors"
KNOWN_QUESTIONS_FILE = "questions.json"
SPEECH_FILES = (SPEECH_WEIGHTS_FILE, KNOWN_QUESTIONS_FILE)
MANIFEST_FILE = "manifest.json"
# Keys of `Thresholds.sure_from` next to the kinds of question.
CAPTION_KIND, DESCRIPTION_KIND, SPOKEN_KIND = "caption", "description", "heard"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Decoding values chosen on the dev split, for these weights and no others.

    Attributes:
        beams: beam width of captions and descriptions (see `fusion.GenerationRules`).
        length_power: length penalty of captions and descriptions.
        sure_from: by kind of question (`known_questions.question_kind`; "" for all others) the
            probability (0..1) from which an answer is given; below it is 'not sure'. Of
            activities, which take several words to say, it is lower than of colours. Captions and
            descriptions have one as well, and so has speech, to be taken for a known question.
    """

    beams: int = 5
    length_power: float = 0.9
    sure_from: dict[str, float] = field(
        default_factory=lambda: {"": 0.5, DESCRIPTION_KIND: 0.35, SPOKEN_KIND: 0.5}
    )

    def __post_init__(self) -> None:
        if not all(isinstance(value, int | float) for value in self.sure_from.values()):
            raise TypeError("sure_from must be probabilities by kind")

    def is_sure(self, kind: str, probability: float) -> bool:
        """Return true if an answer of that probability to that kind of question is given."""
        return probability >= self.sure_from.get(kind, self.sure_from.get("", 1.0))

    def is_sure_caption(self, probability: float) -> bool:
        """Return true if a caption of that probability is more than a guess."""
        return probability >= self.sure_from.get(CAPTION_KIND, 0.0)


def shipped_folder() -> Path | None:
    """Return the folder of the fused model that came with mmdesk; None when none came."""
    folder = resource("fused")
    found = any((folder / name).exists() for name in (FUSED_WEIGHTS_FILE, MANIFEST_FILE))
    return folder if found else None


def seal_fused_weights(folder: Path, chosen: Thresholds) -> Path:
    """Write the manifest for the files that lie in `folder` now; return its path.

    Raises:
        ModelUnavailable: one of the files is missing.
    """
    has_speech = (folder / SPEECH_WEIGHTS_FILE).exists()
    names = (*REQUIRED_FILES, *SPEECH_FILES) if has_speech else REQUIRED_FILES
    digests = _digests(folder, names)
    files = {
        name: {"size": (folder / name).stat().st_size, "sha256": digests[name]} for name in names
    }
    path = folder / MANIFEST_FILE
    manifest = {"version": 1, "files": files, "chosen": asdict(chosen)}
    path.write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
    return path


def check_fused_weights(folder: Path) -> Thresholds:
    """Verify every file against the manifest; return the thresholds chosen for these weights.

    Raises:
        ModelUnavailable: the manifest or a file is missing, damaged or another one.
    """
    try:
        manifest: dict[str, Any] = json.loads((folder / MANIFEST_FILE).read_text("utf-8"))
        has_speech = SPEECH_WEIGHTS_FILE in manifest["files"]
        names = (*REQUIRED_FILES, *SPEECH_FILES) if has_speech else REQUIRED_FILES
        expected = {name: manifest["files"][name]["sha256"] for name in names}
        chosen = Thresholds(**manifest["chosen"])
    except FileNotFoundError as error:
        raise _unusable(
            folder, TranslatableText("{name} is missing", name=MANIFEST_FILE)
        ) from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise _unusable(
            folder, TranslatableText("{name} is damaged", name=MANIFEST_FILE)
        ) from error
    found = _digests(folder, names)
    for name in names:
        if found[name] != expected[name]:
            problem = TranslatableText("{name} is damaged (wrong checksum)", name=name)
            raise _unusable(folder, problem)
    return chosen


def _digests(folder: Path, names: Sequence[str]) -> dict[str, str]:
    try:
        found = sha256_all([folder / name for name in names])
    except FileNotFoundError as error:
        name = Path(error.filename or folder).name
        raise _unusable(folder, TranslatableText("{name} is missing", name=name)) from error
    except OSError as error:
        problem = TranslatableText("it cannot be read ({reason})", reason=str(error.strerror))
        raise _unusable(folder, problem) from error
    return {path.name: digest for path, digest in found.items()}


def _unusable(folder: Path, problem: TranslatableText) -> ModelUnavailable:
    return ModelUnavailable(
        "The image model in {folder} cannot be loaded: {problem}.",
        "Install mmdesk again: the model comes with it.",
        folder=str(folder),
        problem=problem,
    )
