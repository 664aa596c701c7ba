"""The system's voices are found by language, and their sound or their command is returned."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import pytest

from mmdesk.errors import InputError, MMDeskError, ModelUnavailable
from mmdesk.models import ModelStore
from mmdesk.text import ENGLISH, find_language
from mmdesk.values import SYSTEM_VOICE, SpeechOptions
from mmdesk.voice import system_voice
from mmdesk.voice.system_voice import find_system_voice
from mmdesk.voice.voice_choice import VoiceChooser

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the programs are those of Linux")


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the only folder in which programs are found."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    system_voice._run_listing.cache_clear()
    return folder


def add(folder: Path, name: str, code: str) -> None:
    program = folder / name
    program.write_text(f"#!{sys.executable}\nimport sys, struct\n{code}", encoding="utf-8")
    program.chmod(program.stat().st_mode | stat.S_IXUSR)


ESPEAK = """
if "--voices=de" in sys.argv: print("Pty Language\\n 5  de")
elif any(a.startswith("--voices") for a in sys.argv): print("Pty Language", end="")
else:
    pcm = sys.stdin.read().encode("utf-16-le")
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 0x7ffff024, b"WAVE", b"fmt ", 16, 1, 1,
                       22050, 44100, 2, 16, b"data", 0x7ffff000)
    sys.stdout.buffer.write(head + pcm)
"""


def test_espeak_writes_the_sound_through_a_pipe(programs: Path) -> None:
    add(programs, "espeak-ng", ESPEAK)
    voice = find_system_voice("de")
    assert voice is not None
    (spoken,) = voice.speak("Guten Tag.", 100)
    assert spoken.rate == 22050
    assert spoken.pcm.decode("utf-16-le") == "Guten Tag."
    assert find_system_voice("fi") is None


def test_speech_dispatcher_speaks_by_itself(programs: Path) -> None:
    add(programs, "spd-say", 'print("NAME LANGUAGE VARIANT\\nAnna de none\\nJohn en-US none")')
    voice = find_system_voice("en")
    assert voice is not None
    (spoken,) = voice.speak("Good day.", 150)
    assert spoken.command[0] == "spd-say"
    assert spoken.command[-1] == "Good day."
    assert spoken.pcm == b""
    assert find_system_voice("fi") is None


def test_a_program_that_fails_is_one_sentence(programs: Path) -> None:
    add(
        programs,
        "espeak-ng",
        "sys.exit(0 if '--voices=de' in sys.argv and not print('a\\nb') else 3)",
    )
    voice = find_system_voice("de")
    assert voice is not None
    with pytest.raises(MMDeskError, match="voice of the system"):
        list(voice.speak("Guten Tag.", 100))


@pytest.mark.parametrize(
    ("language", "choice", "error"),
    [("de", "", InputError), ("en", "", ModelUnavailable), ("en", SYSTEM_VOICE, InputError)],
)
def test_a_language_without_a_voice_is_told(
    programs: Path, tmp_path: Path, language: str, choice: str, error: type[Exception]
) -> None:
    chooser = VoiceChooser(SpeechOptions(choice), ModelStore(tmp_path / "models"))
    known = find_language(language)
    with pytest.raises(error, match="installed" if error is ModelUnavailable else known.name):
        chooser.for_language(known)


def test_english_takes_the_voice_of_the_system_where_none_is_installed(
    programs: Path, tmp_path: Path
) -> None:
    add(programs, "espeak-ng", ESPEAK.replace("=de", "=en"))
    chooser = VoiceChooser(SpeechOptions(), ModelStore(tmp_path / "models"))
    assert list(chooser.for_language(ENGLISH).speak("Hello.", 100))
