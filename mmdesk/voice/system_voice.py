"""Voices of the operating system: SAPI (Windows), `say` (macOS), espeak-ng, speech-dispatcher.

All but speech-dispatcher write the sound, which is then played like that of any other voice.
speech-dispatcher has no such option: it speaks a sentence by itself.
"""

from __future__ import annotations

import functools
import io
import re
import shutil
import subprocess
import sys
import tempfile
import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from mmdesk.errors import MMDeskError
from mmdesk.values import SpokenSentence

WORDS_PER_MINUTE = 175  # of these voices at their own speed
LIMIT_S = 60.0  # for one sentence
_SAPI_LIST = (
    "Add-Type -AssemblyName System.Speech;"
    "(New-Object System.Speech.Synthesis.SpeechSynthesizer).GetInstalledVoices()"
    "| ForEach-Object { $_.VoiceInfo.Culture.Name + '|' + $_.VoiceInfo.Name }"
)
_SAPI_SPEAK = (
    "Add-Type -AssemblyName System.Speech;"
    "$v = New-Object System.Speech.Synthesis.SpeechSynthesizer;"
    "$v.SelectVoice($args[0]); $v.Rate = [int]$args[1]; $v.SetOutputToWaveFile($args[2]);"
    "$v.Speak([Console]::In.ReadToEnd()); $v.Dispose()"
)


class SystemVoice(Protocol):
    """Voice of the operating system in one language."""

    def speak(self, sentence: str, speed: int) -> Iterator[SpokenSentence]:
        """Yield the sound of a sentence, or the command that speaks it."""
        ...


def find_system_voice(language: str) -> SystemVoice | None:
    """Return the system's voice for an ISO 639-1 code; None where there is none."""
    if sys.platform == "win32":
        name = _named(_run_listing("powershell", "-NoProfile", "-Command", _SAPI_LIST), language)
        return _Sapi(name) if name else None
    if sys.platform == "darwin":
        name = _mac_voice(_run_listing("say", "-v", "?"), language)
        return _Say(name) if name else None
    if shutil.which("espeak-ng"):
        listing = _run_listing("espeak-ng", f"--voices={language}")
        return _EspeakNg(language) if len(listing) > 1 else None
    if shutil.which("spd-say"):
        listing = _run_listing("spd-say", "-L")
        codes = {line.split()[1].partition("-")[0] for line in listing[1:] if len(line.split()) > 1}
        return _SpeechDispatcher(language) if not listing or language in codes else None
    return None


class _EspeakNg:
    def __init__(self, language: str) -> None:
        self._language = "cmn" if language == "zh" else language

    def speak(self, sentence: str, speed: int) -> Iterator[SpokenSentence]:
        rate = str(round(WORDS_PER_MINUTE * speed / 100))
        command = ["espeak-ng", "-v", self._language, "-s", rate, "--stdin", "--stdout"]
        yield _from_wav(sentence, _output(command, sentence))


class _Say:
    def __init__(self, voice: str) -> None:
        self._voice = voice

    def speak(self, sentence: str, speed: int) -> Iterator[SpokenSentence]:
        rate = str(round(WORDS_PER_MINUTE * speed / 100))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "spoken.wav"
            command = ["say", "-v", self._voice, "-r", rate, "-o", str(path)]
            _output([*command, "--data-format=LEI16@22050", "-f", "-"], sentence)
            yield _from_wav(sentence, path.read_bytes())


class _Sapi:
    def __init__(self, voice: str) -> None:
        self._voice = voice

    def speak(self, sentence: str, speed: int) -> Iterator[SpokenSentence]:
        rate = str(max(-10, min(10, round((speed - 100) / 10))))
        with tempfile.TemporaryDirectory() as folder:
            path, script = Path(folder) / "spoken.wav", Path(folder) / "speak.ps1"
            script.write_text(_SAPI_SPEAK, encoding="utf-8")
            shell = ["powershell", "-NoProfile", "-ExecutionPolicy", "Bypass", "-File"]
            _output([*shell, str(script), self._voice, rate, str(path)], sentence)
            yield _from_wav(sentence, path.read_bytes())


class _SpeechDispatcher:
    def __init__(self, language: str) -> None:
        self._language = language

    def speak(self, sentence: str, speed: int) -> Iterator[SpokenSentence]:
        rate = str(max(-100, min(100, speed - 100)))
        options = ("--wait", "--language", self._language, "--rate", rate)
        yield SpokenSentence(sentence, command=("spd-say", *options, "--", sentence))


def _named(listing: list[str], language: str) -> str:
    """Return the first voice of a language from lines "de-DE|Name"."""
    pairs = (line.partition("|") for line in listing)
    return next((name for code, _, name in pairs if code.lower().startswith(language)), "")


def _mac_voice(listing: list[str], language: str) -> str:
    """Return the first voice of a language from lines "Anna   de_DE   # Hallo"."""
    for line in listing:
        found = re.match(r"(.+?)\s+([a-z]{2,3})[_-]\S+\s+#", line)
        if found and found[2] == language:
            return found[1]
    return ""


@functools.cache
def _run_listing(*command: str) -> list[str]:
    try:
        done = subprocess.run(command, capture_output=True, timeout=20, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return []
    return done.stdout.decode("utf-8", "replace").split("\n") if done.returncode == 0 else []


def _output(command: list[str], sentence: str) -> bytes:
    """Run a voice with a sentence as its input.

    Raises:
        MMDeskError: it failed.
    """
    try:
        done = subprocess.run(
            command, input=sentence.encode(), capture_output=True, timeout=LIMIT_S, check=True
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise _failed(command[0]) from error
    return done.stdout


def _from_wav(sentence: str, data: bytes) -> SpokenSentence:
    try:
        with wave.open(io.BytesIO(data)) as sound:
            if sound.getsampwidth() == 2 and sound.getnchannels() == 1:
                # A program that writes to a pipe does not know the length when it writes the head.
                start = data.index(b"data") + 8
                pcm = data[start : start + (len(data) - start) // 2 * 2]
                return SpokenSentence(sentence, sound.getframerate(), pcm)
    except (wave.Error, EOFError, ValueError):
        pass
    raise _failed("wav")


def _failed(program: str) -> MMDeskError:
    return MMDeskError(
        "The voice of the system cannot be used ({program}).",
        "Check the speech settings of your system, or choose another voice in the settings.",
        program=program,
    )
