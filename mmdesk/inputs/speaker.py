"""Playing of a sound on the system's device."""

from __future__ import annotations

from collections.abc import Callable

from mmdesk.errors import MMDeskError
from mmdesk.inputs.audio import samples
from mmdesk.inputs.microphone import sound_library
from mmdesk.translatable import TranslatableText
from mmdesk.values import SAMPLE_RATE, AudioInput, CancelFlag

_BLOCK = SAMPLE_RATE // 10  # samples that are played before the flag is looked at again


def play(
    audio: AudioInput,
    cancel: CancelFlag,
    start_s: float = 0.0,
    on_position: Callable[[float], object] = lambda position: None,
) -> None:
    """Play a sound to its end, or until the flag is set.

    Args:
        audio: the sound.
        cancel: stops it.
        start_s: second at which it begins.
        on_position: called ten times a second with the second that is heard.

    Raises:
        MMDeskError: there is no device, it does not take the sound, or the library is missing.
    """
    library = sound_library()
    sound = samples(audio)
    try:
        with library.OutputStream(samplerate=SAMPLE_RATE, channels=1, dtype="float32") as stream:
            first = min(len(sound), max(0, round(start_s * SAMPLE_RATE)))
            for start in range(first, len(sound), _BLOCK):
                if cancel.is_set():
                    stream.abort()
                    return
                on_position(max(start_s, start / SAMPLE_RATE - stream.latency))
                stream.write(sound[start : start + _BLOCK].reshape(-1, 1))
    except (library.PortAudioError, OSError, ValueError) as error:
        raise MMDeskError(
            "The sound can’t be played.",
            TranslatableText("Check the sound output in the system settings."),
        ) from error
