"""User settings as one frozen dataclass, stored as JSON, and the folders that mmdesk uses.

The environment variable `MMDESK_HOME` moves everything that mmdesk writes (models/, settings.json,
logs/) to another folder.
"""

from __future__ import annotations

import contextlib
import os
from dataclasses import asdict, dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any

from mmdesk.errors import InputError
from mmdesk.ready_prompts import SHIPPED, ReadyPrompt, read_prompts

LANGUAGES = ("system", "en", "zh_CN")  # of the window
COLOUR_SCHEMES = ("system", "light", "dark")
PRECISIONS = ("auto", "int4", "int8", "bf16", "fp32")
DEVICES = ("auto", "cpu", "cuda", "mps", "xpu")  # "cuda" is NVIDIA's and AMD's
LARGER_MODEL = ("", "wanted", "used", "offered", "small")  # see Settings.larger_model
TEXT_SIZES = (80, 200)  # per cent, smallest and largest
_MAX_BYTES = 1_000_000  # of settings.json
_LONGEST = 100_000  # characters of a text
_BOUNDS = {  # of numbers: what Qt's fields and the engine can hold
    "temperature": (0, 100),
    "max_tokens": (1, 1_000_000),
    "threads": (0, 4096),
    "context_tokens": (512, 100_000_000),
    "unload_after": (0, 1_000_000),
    "voice_speed": (50, 200),
}


def home() -> Path:
    """Return the data folder of mmdesk; it is created when something is written to it."""
    moved = os.environ.get("MMDESK_HOME")
    if moved:
        return Path(moved).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("mmdesk", False))


def resource(name: str) -> Path:
    """Return the path of a file that ships with mmdesk, in a checkout or an installed package."""
    return _resources() / name


@cache
def _resources() -> Path:
    package = Path(__file__).parent  # where importlib.resources finds it, without that import
    installed = package / "resources"
    return installed if installed.exists() else package.parent / "resources"


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of the user.

    Attributes:
        model: id of the language model.
        language: of the window, one of LANGUAGES.
        colour_scheme: "system", "light" or "dark".
        in_process: run the engine in the window's process (debugging, small machines).
        send_spoken: send a spoken question at once instead of leaving it to edit.
        hold_to_talk: push to talk: record while the microphone button is held, instead of toggling.
        microphone: device name of sounddevice, "" for the system's default; "file:PATH" plays a
            WAV file instead.
        speaker: the same of the sound output for spoken answers; "file:PATH" writes a WAV file.
        read_aloud: read every answer aloud as it comes.
        voice: id of the voice's model part, "system" for the voices of the operating system, ""
            for the best one of each language.
        voice_speed: in per cent of the voice's own.
        max_tokens: length limit of an answer.
        temperature: of sampling; 0 is greedy decoding.
        system_prompt: "" for mmdesk's own.
        translate_to: the language last chosen for translations.
        threads: CPU threads of the engine; 0 leaves the choice to mmdesk.
        context_tokens: size of the context window.
        precision: of the language model's arithmetic, one of PRECISIONS; "auto" is the fastest on
            this machine that does not lose the answer.
        device: that computes the language model, one of DEVICES; "auto" is a graphics card where
            the model fits on one.
        text_size: of everything in the window, in per cent of the system's.
        reduce_motion: no animations, no blinking cursor.
        tray: stay in the system's tray when the window is closed.
        unload_after: minutes without a question after which the model is unloaded; 0 is never.
        seen_welcome: the welcome pages were shown.
        work_offline: connect to other computers for downloads that the user starts, and for the
            first start, and for nothing else.
        setup_done: all standard models were installed once, which is the end of the first start.
        larger_model: whether the larger language model is to answer, one of LARGER_MODEL: "" is
            not decided yet, "wanted" as soon as it is downloaded, "used" since it was, "offered" to
            an installation that goes on with what it has, "small" where the default one was chosen.
        model_sampling: where the temperature is 0, sample what is to be varied (a story, a plan) as
            the makers of the model advise; False is greedy decoding for everything.
        thinking: let reasoning models think before they answer.
        server: address of a server with an OpenAI-compatible API, "" for none.
        server_model: name of the model on it.
        server_pictures: send it pictures as they are, even where it does not say that it takes
            them.
        server_sound: the same for sound.
        quick_key: key sequence that opens the quick question from any program, "" for none.
        capture_key: the same for a picture of a part of the screen.
        prompts: the user's ready prompts, in their order.
        facts: what the user asked to be remembered, one fact a line, the newest last.
        use_facts: they stand in the prompt of every chat, and new ones are remembered.
        facts_in_temporary: they stand in the prompt of temporary chats as well.
    """

    model: str = "qwen2.5-coder-0.5b"
    language: str = "system"
    colour_scheme: str = "system"
    in_process: bool = False
    send_spoken: bool = False
    hold_to_talk: bool = False
    microphone: str = ""
    speaker: str = ""
    read_aloud: bool = False
    voice: str = ""
    voice_speed: int = 100
    max_tokens: int = 768
    temperature: float = 0.0
    system_prompt: str = ""
    translate_to: str = "Chinese"
    threads: int = 0
    context_tokens: int = 8192
    precision: str = "auto"
    device: str = "auto"
    text_size: int = 100
    reduce_motion: bool = False
    tray: bool = False
    unload_after: int = 15
    seen_welcome: bool = False
    work_offline: bool = True
    setup_done: bool = False
    larger_model: str = ""
    model_sampling: bool = True
    thinking: bool = True
    server: str = ""
    server_model: str = ""
    server_pictures: bool = False
    server_sound: bool = False
    quick_key: str = ""
    capture_key: str = ""
    prompts: tuple[ReadyPrompt, ...] = SHIPPED
    facts: str = ""
    use_facts: bool = True
    facts_in_temporary: bool = False

    @property
    def server_inputs(self) -> frozenset[str]:
        """Kinds of attachments that the user says the server takes."""
        kinds = (("picture", self.server_pictures), ("sound", self.server_sound))
        return frozenset(kind for kind, takes in kinds if takes)

    def __post_init__(self) -> None:
        self._check_choices()
        self._check_numbers()

    def _check_choices(self) -> None:
        if self.language not in LANGUAGES:
            raise InputError("The language cannot be {language!r}.", language=self.language)
        if self.colour_scheme not in COLOUR_SCHEMES:
            raise InputError("The colour scheme cannot be {scheme!r}.", scheme=self.colour_scheme)
        if self.precision not in PRECISIONS:
            raise InputError("The precision cannot be {precision!r}.", precision=self.precision)
        if self.device not in DEVICES:
            raise InputError("The device cannot be {device!r}.", device=self.device)
        if self.larger_model not in LARGER_MODEL:
            raise InputError("larger_model cannot be {choice!r}.", choice=self.larger_model)

    def _check_numbers(self) -> None:
        if self.temperature < 0:
            raise InputError("The temperature cannot be negative.")
        if self.max_tokens < 1 or self.context_tokens < 512:
            raise InputError("An answer needs at least 1 token and a context of 512.")
        if not TEXT_SIZES[0] <= self.text_size <= TEXT_SIZES[1]:
            raise InputError("The text size cannot be {percent} %.", percent=self.text_size)
        if not 50 <= self.voice_speed <= 200:
            raise InputError(
                "The speed of the voice cannot be {percent} %.", percent=self.voice_speed
            )
        if self.unload_after < 0:
            raise InputError("The time before the model is unloaded cannot be negative.")


def load(path: Path | None = None) -> Settings:
    """Read the settings.

    A missing or damaged file gives the defaults, a single bad value only its own default. A damaged
    file is renamed to settings.json.bad. No content of it, and nothing else that is in its place (a
    pipe, a folder, gigabytes), keeps the window from opening.
    """
    path = path or home() / "settings.json"
    try:
        if not path.exists():
            return Settings()
    except OSError:  # a folder that may not be looked into
        return Settings()
    import json  # late, with everything else that the window's first paint can do without

    try:
        stored = json.loads(_read_bounded(path))
    except (OSError, ValueError, RecursionError):
        with contextlib.suppress(OSError):
            path.replace(path.with_suffix(".json.bad"))
        return Settings()
    return _valid_settings(stored if isinstance(stored, dict) else {})


def _read_bounded(path: Path) -> bytes:
    """Return a file's bytes.

    Raises:
        OSError: it cannot be read.
        ValueError: it is no file, or no settings of ours have its size.
    """
    if not path.is_file():
        raise ValueError("not a file")
    with path.open("rb") as stream:
        data = stream.read(_MAX_BYTES + 1)
    if len(data) > _MAX_BYTES:
        raise ValueError("too large")
    return data


def _valid_settings(stored: dict[str, Any]) -> Settings:
    valid: dict[str, Any] = {}
    defaults = Settings()
    for entry in fields(Settings):
        value = stored.get(entry.name, getattr(defaults, entry.name))
        if entry.name == "prompts":
            value = read_prompts(value)
        if type(value) is not type(getattr(defaults, entry.name)) or not _fits(entry.name, value):
            continue
        try:
            Settings(**valid, **{entry.name: value})
        except InputError:
            continue
        valid[entry.name] = value
    return Settings(**valid)


def _fits(name: str, value: object) -> bool:
    """Return whether a stored value can be used: no NaN, no enormous number, no broken text."""
    if isinstance(value, str):
        return len(value) <= _LONGEST and "\0" not in value and not _has_surrogates(value)
    low, high = _BOUNDS.get(name, (None, None))
    return low is None or high is None or (isinstance(value, int | float) and low <= value <= high)


def _has_surrogates(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)


def save(settings: Settings, path: Path | None = None) -> None:
    """Write the settings whole or not at all (a temporary file, then a rename).

    Raises:
        OSError: the folder cannot be written.
    """
    path = path or home() / "settings.json"
    import json
    import tempfile

    from mmdesk.private_files import make_private_folder

    make_private_folder(path.parent)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".settings-")
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(asdict(settings), stream, indent=2, ensure_ascii=False)
    os.replace(temporary, path)
