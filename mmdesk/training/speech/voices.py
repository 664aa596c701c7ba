"""Speech synthesis with reverberation and noise, as a microphone in a room would record it.

The synthesisers are separate programs (Debian: `apt install espeak-ng flite festival
festvox-us-slt-hts festvox-kdlpc16k`). espeak-ng computes its voices from formants; the voices of
flite and festival are made from recordings of people.
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
"""Voices to train on; the only one made from much of a person's speech is listed twice."""

HELD_OUT_VOICES = {
    "formants": ("espeak-ng:en-us+m5", "espeak-ng:en-gb-x-gbcwmd+f1"),
    "recorded": ("flite:slt", "flite:awb", "festival:cmu_us_slt_arctic_hts"),
}
"""Voices to evaluate with: no training clip uses them, nor the people they were recorded from."""

PACKAGES = {"festival": "festival festvox-us-slt-hts festvox-kdlpc16k"}


@dataclass(frozen=True, slots=True)
class Clip:
    """One way of speaking a sentence.

    Attributes:
        text: the sentence.
        voice: "synthesiser:voice".
        speed: factor, 1 for the voice's own.
        pitch: factor for pitch and formants together, which sounds like another speaker.
        rt60_s: reverberation time of the room (decay by 60 dB), 0 for none.
        noise_db: signal-to-noise ratio of the pink noise.
        seed: of silence, reverberation and noise.
    """

    text: str
    voice: str
    speed: float
    pitch: float
    rt60_s: float
    noise_db: float
    seed: int


def draw_clip(text: str, voice: str, rng: np.random.Generator, noise_db: float | None) -> Clip:
    """Return a clip with random speed, pitch and reverberation, and noise unless it is given."""
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
    """Return float32 samples at 16 kHz of the clip as a microphone records it.

    Raises:
        InputError: a synthesiser is not installed or does not have the voice.
    """
    voice = _resample(_synthesise(clip), 1 / clip.pitch)
    rng = np.random.default_rng(clip.seed)
    return add_noise(_add_reverberation(voice, clip.rt60_s, rng), clip.noise_db, rng)


def _synthesise(clip: Clip) -> np.ndarray:
    from faster_whisper.audio import decode_audio

    program, _, voice = clip.voice.partition(":")
    command, stdin = _command(program, voice, clip)
    try:
        done = subprocess.run(command, input=stdin, capture_output=True, check=True)
        return decode_audio(io.BytesIO(done.stdout), SAMPLE_RATE)
    except FileNotFoundError as error:
        package = PACKAGES.get(program, program)
        raise InputError(
            "Spoken questions need the program {program}.",
            "Debian: apt install {package}",
            program=program,
            package=package,
        ) from error
    except (subprocess.CalledProcessError, OSError, ValueError) as error:
        raise InputError(
            "{program} does not have the voice {voice}.", program=program, voice=voice
        ) from error


def _command(program: str, voice: str, clip: Clip) -> tuple[list[str], bytes]:
    """Return the command and its standard input; it writes a WAV to standard output."""
    if program == "espeak-ng":
        speed = str(round(165 * clip.speed))  # words per minute
        return ["espeak-ng", "-v", voice, "-s", speed, "--stdout", clip.text], b""
    stretch = f"{1 / clip.speed:.3f}"
    if program == "flite":
        setting = f"duration_stretch={stretch}"
        return ["flite", "-voice", voice, "--setf", setting, "-t", clip.text, "/dev/stdout"], b""
    settings = f"(begin (voice_{voice}) (Parameter.set 'Duration_Stretch {stretch}))"
    return ["text2wave", "-eval", settings], clip.text.encode()


def _resample(samples: np.ndarray, factor: float) -> np.ndarray:
    """Resample to `factor` times as many samples; at the same rate, more is slower and lower."""
    positions = np.linspace(0, len(samples) - 1, round(len(samples) * factor))
    return np.interp(positions, np.arange(len(samples)), samples).astype(np.float32)


def _add_reverberation(samples: np.ndarray, rt60_s: float, rng: np.random.Generator) -> np.ndarray:
    """Convolve with noise that decays by 60 dB in `rt60_s`, half as strong as the voice in all.

    Rooms sound like decaying noise (Moorer 1979).
    """
    if not rt60_s:
        return samples
    times = np.arange(round(rt60_s * SAMPLE_RATE)) / SAMPLE_RATE
    tail = rng.normal(size=len(times)) * 10 ** (-3 * times / rt60_s)
    tail *= 0.5 / np.sqrt(np.sum(tail**2))
    length = len(samples) + len(tail)
    spectrum = np.fft.rfft(samples, length) * np.fft.rfft(tail, length)
    reverberant = np.fft.irfft(spectrum, length)
    reverberant[: len(samples)] += samples
    return reverberant.astype(np.float32)


def add_noise(samples: np.ndarray, noise_db: float, rng: np.random.Generator) -> np.ndarray:
    """Put up to half a second of silence before the samples and add pink noise.

    Args:
        samples: float32.
        noise_db: signal-to-noise ratio.
        rng: draws silence and noise.
    """
    silence = np.zeros(int(rng.uniform(0.05, 0.5) * SAMPLE_RATE), np.float32)
    sound = np.concatenate((silence, samples))
    spectrum = np.fft.rfft(rng.normal(size=len(sound)))
    pink = np.fft.irfft(spectrum / np.sqrt(np.arange(1, len(spectrum) + 1)), len(sound))
    power = float(np.mean(samples**2)) / 10 ** (noise_db / 10)
    return (sound + pink * np.sqrt(power / np.mean(pink**2))).astype(np.float32)
