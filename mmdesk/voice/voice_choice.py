"""Voices by language: those of installed model parts, and those of the operating system."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from mmdesk.errors import InputError, ModelUnavailable
from mmdesk.models import ModelStore
from mmdesk.text import Language
from mmdesk.translatable import TranslatableText
from mmdesk.values import SYSTEM_VOICE, SpeechOptions, SpokenSentence
from mmdesk.voice.system_voice import find_system_voice

PIPER_ENGLISH = "piper-en-joe"


class Voice(Protocol):
    """Synthesiser of one language's sentences."""

    def speak(self, sentence: str, speed: int) -> Iterator[SpokenSentence]:
        """Yield the sound of a sentence in one or more pieces.

        Args:
            sentence: what is spoken.
            speed: in per cent of the voice's own.
        """
        ...


class VoiceChooser:
    """Chooser of a voice for each language; a voice is loaded when it is first needed.

    Args:
        options: the user's choice.
        store: the installed model parts.
    """

    def __init__(self, options: SpeechOptions, store: ModelStore | None = None) -> None:
        self._options = options
        self._store = store or ModelStore()
        self._voices: dict[str, Voice] = {}

    def for_language(self, language: Language) -> Voice:
        """Return the voice for a language.

        Raises:
            InputError: there is none on this computer.
            ModelUnavailable: the chosen voice is not installed or is damaged.
        """
        voice = self._voices.get(language.code)
        if voice is None:
            voice = self._voices[language.code] = self._choose(language)
        return voice

    def _choose(self, language: Language) -> Voice:
        part = self._part_for(language)
        if part:
            from mmdesk.voice.piper_voice import PiperVoice

            return PiperVoice(self._store.path(part))
        system = find_system_voice(language.base.code)
        if system is not None:
            return system
        if language.code == "en" and self._options.voice != SYSTEM_VOICE:
            raise ModelUnavailable(
                "The English voice is not installed.",
                "Download it on the models page, or: mmdesk models get {part}",
                part=PIPER_ENGLISH,
            )
        raise InputError(
            "There is no voice for {language} on this computer.",
            TranslatableText(
                "Add one in the speech settings of your system (Linux: speech-dispatcher)."
            ),
            language=language.name,
        )

    def _part_for(self, language: Language) -> str:
        """Return the id of the model part that speaks a language; "" where none does."""
        if self._options.voice == SYSTEM_VOICE or language.code != "en":
            return ""
        wanted = self._options.voice or PIPER_ENGLISH
        if self._store.manifest.part(wanted).role != "voice":
            voices = (part.id for part in self._store.manifest.parts if part.role == "voice")
            raise InputError(
                "{name} is not a voice.",
                "Voices: {voices}.",
                name=wanted,
                voices=", ".join((*voices, SYSTEM_VOICE)),
            )
        if self._options.voice or self._store.is_installed(wanted):
            return wanted
        return ""
