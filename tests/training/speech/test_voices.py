"""Synthesised voices with reverberation and noise."""

from __future__ import annotations

import io
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from mmdesk.errors import InputError
from mmdesk.training.speech import voices
from mmdesk.training.speech.voices import HELD_OUT_VOICES, VOICES, Clip, add_noise, draw_clip, speak
from mmdesk.values import SAMPLE_RATE

TONE = np.sin(np.arange(SAMPLE_RATE) * 2 * np.pi * 440 / SAMPLE_RATE).astype(np.float32)
CLIP = Clip("hello", "espeak-ng:en-us", 1.0, 1.0, 0.0, 80.0, 1)


class Synthesiser:
    """Fake synthesiser: a second of a tone as a WAV; records the commands."""

    def __init__(self) -> None:
        self.commands: list[list[str]] = []
        self.prompt: list[bytes] = []

    def run(self, command: list[str], input: bytes, **_: object) -> subprocess.CompletedProcess:
        self.commands.append(command)
        self.prompt.append(input)
        wav = io.BytesIO()
        soundfile.write(wav, TONE, SAMPLE_RATE, format="WAV")
        return subprocess.CompletedProcess(command, 0, wav.getvalue(), b"")


@pytest.fixture
def synthesiser(monkeypatch: pytest.MonkeyPatch) -> Synthesiser:
    made = Synthesiser()
    monkeypatch.setattr(voices.subprocess, "run", made.run)
    return made


def pitch_of(samples: np.ndarray) -> float:
    """Return the frequency of the strongest tone in Hz."""
    return float(np.argmax(np.abs(np.fft.rfft(samples, 4 * SAMPLE_RATE)))) / 4


def test_held_out_voices_are_not_trained_on() -> None:
    unheard = {voice for some in HELD_OUT_VOICES.values() for voice in some}
    assert not unheard & set(VOICES)
    people = {"slt", "awb"}  # of whom festival and flite both have voices
    assert not [voice for voice in VOICES if any(name in voice for name in people)]


def test_a_clip_depends_on_the_generator_alone() -> None:
    def drawn(seed: int) -> Clip:
        return draw_clip("hello", "espeak-ng:en-us", np.random.default_rng(seed), None)

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)
    assert draw_clip("hello", "flite:rms", np.random.default_rng(1), 10.0).noise_db == 10.0


def test_every_synthesiser_gets_voice_speed_and_text(synthesiser: Synthesiser) -> None:
    for voice in ("espeak-ng:en-us+f3", "flite:rms", "festival:ked_diphone"):
        speak(replace(CLIP, voice=voice, speed=0.8))
    espeak, flite, festival = synthesiser.commands
    assert espeak == ["espeak-ng", "-v", "en-us+f3", "-s", "132", "--stdout", "hello"]
    assert flite[:5] == ["flite", "-voice", "rms", "--setf", "duration_stretch=1.250"]
    assert flite[-2:] == ["hello", "/dev/stdout"]
    assert "voice_ked_diphone" in festival[-1]
    assert "1.250" in festival[-1]
    assert synthesiser.prompt == [b"", b"", b"hello"]


def test_another_pitch_is_another_speaker(synthesiser: Synthesiser) -> None:
    low, high = (speak(replace(CLIP, pitch=pitch)) for pitch in (0.9, 1.1))
    assert pitch_of(low) == pytest.approx(396, abs=1)
    assert pitch_of(high) == pytest.approx(484, abs=1)
    assert len(low) > len(high)


def test_reverberation_goes_on_after_the_voice(synthesiser: Synthesiser) -> None:
    dry, echoing = speak(CLIP), speak(replace(CLIP, rt60_s=0.4))
    longer = len(echoing) - len(TONE)
    assert longer >= 0.4 * SAMPLE_RATE
    tail = echoing[-round(0.4 * SAMPLE_RATE) :]
    early, late = np.mean(tail[:1600] ** 2), np.mean(tail[-1600:] ** 2)
    assert early > 100 * late > 0
    assert len(dry) < len(echoing)


def test_noise_has_the_signal_to_noise_ratio() -> None:
    sound = add_noise(TONE, 10.0, np.random.default_rng(3))
    quiet = len(sound) - len(TONE)
    assert 0.05 * SAMPLE_RATE <= quiet <= 0.5 * SAMPLE_RATE
    noise = sound[quiet:] - TONE
    assert 10 * np.log10(np.mean(TONE**2) / np.mean(noise**2)) == pytest.approx(10, abs=1.5)
    spectrum = np.abs(np.fft.rfft(noise)) ** 2  # pink: as much in every octave
    octaves = [spectrum[2**n : 2 ** (n + 1)].sum() for n in range(7, 12)]
    assert max(octaves) < 2 * min(octaves)


@pytest.mark.parametrize(
    ("voice", "package"),
    [("espeak-ng:en-us", "apt install espeak-ng"), ("festival:ked_diphone", "festvox-kdlpc16k")],
)
def test_without_the_synthesiser_its_package_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, voice: str, package: str
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InputError) as caught:
        speak(replace(CLIP, voice=voice))
    assert package in caught.value.hint


@pytest.mark.skipif(not shutil.which("espeak-ng"), reason="needs espeak-ng")
def test_the_real_synthesiser_speaks_and_a_missing_voice_is_named() -> None:
    said = speak(CLIP)
    assert said.dtype == np.float32
    assert 0.3 < len(said) / SAMPLE_RATE < 3
    with pytest.raises(InputError, match="does not have the voice nobody"):
        speak(replace(CLIP, voice="espeak-ng:nobody"))
