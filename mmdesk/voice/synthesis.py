"""Synthesis of a growing text, sentence by sentence."""

from __future__ import annotations

from collections.abc import Iterator

from mmdesk.models import ModelStore
from mmdesk.text import ENGLISH, Language, detect, detect_surely
from mmdesk.values import SpeechOptions, SpokenSentence
from mmdesk.voice.sentence_stream import SentenceStream
from mmdesk.voice.voice_choice import VoiceChooser

CERTAIN = 0.9  # probability from which a sentence is taken for one of another language
SHORT = 20  # characters of a sentence whose language is not asked for


class Synthesiser:
    """Synthesiser of one text after another.

    A sentence is spoken in the language of the text so far, unless it is certainly in another.

    Args:
        store: the installed voices; mmdesk's own when None.
    """

    def __init__(self, store: ModelStore | None = None) -> None:
        self._store = store
        self._options = SpeechOptions()
        self._voices = VoiceChooser(self._options, store)
        self.begin(self._options)

    def begin(self, options: SpeechOptions) -> None:
        """Begin another text."""
        if options.voice != self._options.voice:
            self._voices = VoiceChooser(options, self._store)
        self._options = options
        self._sentences = SentenceStream()
        self._language: Language | None = None

    def feed(self, text: str) -> list[str]:
        """Add text and return the sentences that are complete now, for `speak`."""
        return self._sentences.feed(text)

    def finish(self) -> list[str]:
        """Return the rest of the sentences, after the end of the text."""
        return self._sentences.finish()

    def load(self) -> None:
        """Load the English voice, where it is installed, before anything is to be said.

        It says a word that nobody hears, as the first one takes five times as long.

        Raises:
            MMDeskError: it cannot be loaded.
        """
        for _ in self._voices.for_language(ENGLISH).speak("Yes.", self._options.speed):
            pass

    def speak(self, sentence: str) -> Iterator[SpokenSentence]:
        """Yield the sound of a sentence.

        Raises:
            MMDeskError: there is no voice for its language, or the voice failed.
        """
        voice = self._voices.for_language(self._language_of(sentence))
        yield from voice.speak(sentence, self._options.speed)

    def _language_of(self, sentence: str) -> Language:
        if self._language is None:
            self._language = detect(sentence)
            return self._language
        if len(sentence) < SHORT and sentence.isascii():
            return self._language
        sure = detect_surely(sentence, CERTAIN)
        if sure is not None:
            self._language = sure
        return self._language
