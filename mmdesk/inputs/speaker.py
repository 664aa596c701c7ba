"""Playing of a sound on the system's device."""

from __future__ import annotations

from mmdesk.errors import MMDeskError
from mmdesk.inputs.audio import samples
from mmdesk.inputs.microphone import sound_library
from mmdesk.translatable import TranslatableText
from mmdesk.values import SAMPLE_RATE, AudioInput, CancelFlag

_BLOCK = SAMPLE_RATE // 10  # samples that are played before the flag is looked at again


def play(audio: AudioInput, cancel: CancelFlag) -> None:
    """Play a sound to its end, or until the flag is set.

    Raises:
        MMDeskError: there is no device, it does not take the sound, or the library is missing.
    """
    library = sound_library()
    sound = samples(audio)
    try:
        with library.OutputStream(samplerate=SAMPLE_RATE, channels=1, dtype="float32") as stream:
            for start in range(0, len(sound), _BLOCK):
                if cancel.is_set():
                    stream.abort()
                    return
                stream.write(sound[start : start + _BLOCK].reshape(-1, 1))
    except (library.PortAudioError, OSError, ValueError) as error:
        raise MMDeskError(
            "The sound can’t be played.",
            TranslatableText("Check the sound output in the system settings."),
        ) from error
