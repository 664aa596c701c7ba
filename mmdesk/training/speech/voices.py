"""Synthesised voices, in rooms and noise: a sentence becomes what a microphone would have heard.

The synthesisers are programs of their own (Debian: `apt install espeak-ng flite festival
festvox-us-slt-hts festvox-kdlpc16k`). espeak-ng's voices are computed from formants; flite's and
festival's are made from recordings of people.
"""

from __future__ import annotations

import io
import subprocess
from dataclasses import dataclass

import numpy as np

from mmdesk.errors import InputError
from mmdesk.values import SAMPLE_RATE

VOICES = (
    *("espeak-ng:en-us", "espeak-ng:en-us+f3", "espeak-ng:en-us+m7", "espeak-ng:en-gb"),
    *("espeak-ng:en-gb+f5", "espeak-ng:en-gb-scotland+m3", "espeak-ng:en-gb-x-rp+f2"),
    *("espeak-ng:en-gb-x-gbclan+m1", "espeak-ng:en-029+f4", "espeak-ng:en-us+klatt2"),
    *("flite:kal16", "flite:rms", "flite:rms", "festival:ked_diphone"),
)
"""To learn from; the only one made from much of a person's speech stands here twice."""

UNHEARD_VOICES = {
    "formants": ("espeak-ng:en-us+m5", "espeak-ng:en-gb-x-gbcwmd+f1"),
    "recorded": ("flite:slt", "flite:awb", "festival:cmu_us_slt_arctic_hts"),
}
"""To judge by: nothing is learned from them, nor from the people they are made from."""

PACKAGES = {"festival": "festival festvox-us-slt-hts festvox-kdlpc16k"}


@dataclass(frozen=True, slots=True)
class Clip:
    """One way of saying a sentence.

    Attributes:
        voice: "synthesiser:its voice".
        speed: of speech, 1 the voice's own; pitch: shift of pitch and formants alike, as another
            speaker's, by that factor.
        echo_s: reverberation time (a fall by 60 dB) of the room, 0 for none.
        noise_db: how far below the voice pink noise lies.
        seed: of silence, room and noise.
    """

    text: str
    voice: str
    speed: float
    pitch: float
    echo_s: float
    noise_db: float
    seed: int


def draw_clip(text: str, voice: str, rng: np.random.Generator, noise_db: float | None) -> Clip:
    """A clip whose speed, pitch and room, and noise where none is given, are drawn at random."""
    return Clip(
        text,
        voice,
        float(rng.uniform(0.8, 1.2)),
        float(rng.uniform(0.9, 1.12)),
        float(rng.uniform(0.1, 0.5)) if rng.random() < 0.5 else 0.0,
        float(rng.uniform(3, 40)) if noise_db is None else noise_db,
        int(rng.integers(2**31)),
    )


def speak(clip: Clip) -> np.ndarray:
    """float32 samples at 16 kHz of what a microphone hears.

    Raises:
        InputError: a synthesiser is not installed, or does not know the voice.
    """
    said = _resampled(_synthesised(clip), 1 / clip.pitch)
    rng = np.random.default_rng(clip.seed)
    return noisy(_echoing(said, clip.echo_s, rng), clip.noise_db, rng)


def _synthesised(clip: Clip) -> np.ndarray:
    from faster_whisper.audio import decode_audio

    program, _, voice = clip.voice.partition(":")
    command, given = _command(program, voice, clip)
    try:
        done = subprocess.run(command, input=given, capture_output=True, check=True)
        return decode_audio(io.BytesIO(done.stdout), SAMPLE_RATE)
    except FileNotFoundError as error:
        package = PACKAGES.get(program, program)
        raise InputError(
            f"Spoken questions need the program {program}.", f"Debian: apt install {package}"
        ) from error
    except (subprocess.CalledProcessError, OSError, ValueError) as error:
        raise InputError(f"{program} does not know the voice {voice}.") from error


def _command(program: str, voice: str, clip: Clip) -> tuple[list[str], bytes]:
    """What to run, and what to give it; a WAV comes out."""
    if program == "espeak-ng":
        speed = str(round(165 * clip.speed))  # words a minute
        return ["espeak-ng", "-v", voice, "-s", speed, "--stdout", clip.text], b""
    stretch = f"{1 / clip.speed:.3f}"
    if program == "flite":
        setting = f"duration_stretch={stretch}"
        return ["flite", "-voice", voice, "--setf", setting, "-t", clip.text, "/dev/stdout"], b""
    settings = f"(begin (voice_{voice}) (Parameter.set 'Duration_Stretch {stretch}))"
    return ["text2wave", "-eval", settings], clip.text.encode()


def _resampled(samples: np.ndarray, factor: float) -> np.ndarray:
    """So many times as many samples: heard at the same rate, slower and lower."""
    places = np.linspace(0, len(samples) - 1, round(len(samples) * factor))
    return np.interp(places, np.arange(len(samples)), samples).astype(np.float32)


def _echoing(samples: np.ndarray, echo_s: float, rng: np.random.Generator) -> np.ndarray:
    """In a room whose echo is noise that falls by 60 dB in `echo_s`, half as strong as the voice
    in all (Moorer 1979: rooms sound like decaying noise).
    """
    if not echo_s:
        return samples
    times = np.arange(round(echo_s * SAMPLE_RATE)) / SAMPLE_RATE
    tail = rng.normal(size=len(times)) * 10 ** (-3 * times / echo_s)
    tail *= 0.5 / np.sqrt(np.sum(tail**2))
    length = len(samples) + len(tail)
    spectrum = np.fft.rfft(samples, length) * np.fft.rfft(tail, length)
    echoed = np.fft.irfft(spectrum, length)
    echoed[: len(samples)] += samples
    return echoed.astype(np.float32)


def noisy(samples: np.ndarray, noise_db: float, rng: np.random.Generator) -> np.ndarray:
    """The samples after up to half a second of silence, in pink noise so many dB below them."""
    quiet = np.zeros(int(rng.uniform(0.05, 0.5) * SAMPLE_RATE), np.float32)
    sound = np.concatenate((quiet, samples))
    spectrum = np.fft.rfft(rng.normal(size=len(sound)))
    pink = np.fft.irfft(spectrum / np.sqrt(np.arange(1, len(spectrum) + 1)), len(sound))
    power = float(np.mean(samples**2)) / 10 ** (noise_db / 10)
    return (sound + pink * np.sqrt(power / np.mean(pink**2))).astype(np.float32)
