"""Frozen values about model parts on this machine, exchanged by the window and the workers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mmdesk.translatable import TranslatableText
from mmdesk.values.capabilities import TEXT_ONLY, Capabilities


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """Model part as the user sees it.

    Attributes:
        id: of the part.
        title: its name.
        role: what it is used for.
        takes: kinds of input: "text", "picture", "sound".
        licence: name of the licence.
        download_bytes: size before the conversion.
        disk_bytes: size after the conversion.
        installed: it is on this machine.
        default: it is used unless the user chooses another one.
        note: what is special about it; may be empty.
        capabilities: of a language model, what it takes besides text.
    """

    id: str
    title: str
    role: Literal["language", "speech", "vision", "voice"]
    takes: tuple[str, ...]
    licence: str
    download_bytes: int
    disk_bytes: int
    installed: bool
    default: bool
    note: str = ""
    capabilities: Capabilities = TEXT_ONLY


SERVER_PREFIX = "server:"  # of the id of a model that runs on another computer


@dataclass(frozen=True, slots=True)
class ServerModel:
    """Model that a server offers.

    Attributes:
        name: by which the server knows it.
        inputs: kinds of attachments that it takes as they are: "picture", "sound".
        context_tokens: size of its context window; 0 where the server does not say.
    """

    name: str
    inputs: frozenset[str] = frozenset()
    context_tokens: int = 0

    @property
    def id(self) -> str:
        """Id of the model among those of this computer."""
        return SERVER_PREFIX + self.name

    @property
    def capabilities(self) -> Capabilities:
        """Its inputs, as a value that models of this computer have as well."""
        return Capabilities.of_kinds(self.inputs)

    @property
    def short_name(self) -> str:
        """Name without the folders, the organisation and the ending that servers put around it."""
        return self.name.rstrip("/").rsplit("/", 1)[-1].removesuffix(".gguf") or self.name


def name_on_server(model: str | None) -> str | None:
    """Return the name by which a server knows a model; None for one of this computer."""
    if model is None or not model.startswith(SERVER_PREFIX):
        return None
    return model.removeprefix(SERVER_PREFIX)


@dataclass(frozen=True, slots=True)
class FoundModel:
    """Model that another program left on this machine.

    Attributes:
        program: the other program's name.
        name: of the model, as that program shows it.
        path: GGUF file or folder.
        is_folder: `path` is a folder of transformers, which is used where it lies.
        size: of its weights in bytes.
        problem: why mmdesk cannot use it; None where it can.
    """

    program: str
    name: str
    path: str
    is_folder: bool
    size: int
    problem: TranslatableText | None = None


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """Progress of the download of one part.

    Attributes:
        part: its id.
        title: its name.
        stage: of the work.
        done_bytes: of the stage.
        total_bytes: of the stage; 0 where it has no size.
    """

    part: str
    title: str
    stage: Literal["waiting", "downloading", "verifying", "converting", "done"]
    done_bytes: int = 0
    total_bytes: int = 0


FitVerdict = Literal["well", "slowly", "tightly", "memory", "disk"]


@dataclass(frozen=True, slots=True)
class HardwareInfo:
    """Hardware that models run on; sizes in bytes.

    Attributes:
        memory: all of this process (a container's limit counts).
        memory_free: not used by other programs now.
        disk_free: where model parts are stored.
        cores: physical ones that this process may use.
        plain_bf16: bf16 weights are multiplied as they are; otherwise they are widened to fp32 in
            memory.
    """

    memory: int
    memory_free: int
    disk_free: int
    cores: int
    plain_bf16: bool


@dataclass(frozen=True, slots=True)
class DecodeSpeed:
    """Decode speed of a language model on this computer.

    Attributes:
        tokens_per_s: decoded with a short context.
        measured: with this model; otherwise predicted by the memory speed of another one.
    """

    tokens_per_s: float
    measured: bool


@dataclass(frozen=True, slots=True)
class HardwareFit:
    """Verdict on running a part on a machine.

    Attributes:
        verdict: "well"; "slowly" (slower than one reads); "tightly" (not enough memory free at the
            moment); "memory" (more than the machine has); "disk" (no space to download it).
        needs: bytes of memory, or of disk where that is what is short.
        has: bytes of the same on this machine.
        speed: of a language model; None where nothing was measured yet.
    """

    verdict: FitVerdict
    needs: int
    has: int
    speed: DecodeSpeed | None = None


@dataclass(frozen=True, slots=True)
class ModelEntry:
    """Model part of the catalogue, installed or not.

    Attributes:
        info: about the part.
        fit: for this machine.
        fetched: 0..1, share of an interrupted download that is on the disk; 0 without one.
        folder: of a model that the user added; "" for parts that mmdesk downloads.
        built_in: it comes with mmdesk and can be neither downloaded nor removed.
    """

    info: ModelInfo
    fit: HardwareFit
    fetched: float = 0.0
    folder: str = ""
    built_in: bool = False
