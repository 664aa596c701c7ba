"""Time from the end of speech to the first spoken sound, with the real models.

    python -m tests.bench.talk_latency QUESTION.wav [--model ID] [--repeat N]

The question is played in the microphone's place, and what is spoken goes into a file in the place
of the loudspeaker, both in real time; the latency of sound cards is not in the figures. Needs the
English voice (mmdesk models get piper-en-joe).
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
import wave
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QEventLoop, QObject, QTimer

from mmdesk.settings import Settings
from mmdesk.values import SpokenSentence, Transcript

PAUSE_S = 0.25  # of silence that has passed when a pause is told (UtteranceTimes.pause)
LIMIT_MS = 120_000


class Stopwatch:
    """Times of one question, in seconds from the end of speech."""

    def __init__(self) -> None:
        self.marks: dict[str, float] = {}
        self.heard = ""
        self.said = ""
        self._end = 0.0

    def on_paused(self, _audio: object) -> None:
        self._end = time.monotonic() - PAUSE_S

    def mark(self, name: str) -> None:
        self.marks.setdefault(name, time.monotonic() - self._end)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("question", type=Path)
    parser.add_argument("--model", default="qwen2.5-coder-1.5b")
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    from mmdesk.app.window import create_application

    application = create_application()
    from mmdesk.app.application import App

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            model=options.model,
            microphone=f"file:{options.question.resolve()}",
            speaker=f"file:{Path(folder) / 'spoken.wav'}",
            seen_welcome=True,
            setup_done=True,
            larger_model="used",
        )
        app = App(settings)
        loop = QEventLoop()
        app.engine.state_changed.connect(lambda state: state == "Ready" and loop.quit())
        QTimer.singleShot(LIMIT_MS, loop.quit)
        app.show()
        loop.exec()
        for number in range(options.repeat):
            played = shifted(options.question, Path(folder) / f"{number}.wav", number)
            app.settings = replace(settings, microphone=f"file:{played}")
            measure(app)
        app.shut_down()
    application.quit()


def shifted(question: Path, target: Path, number: int) -> Path:
    """Write a question that begins a little later, as a transcript is kept by its samples."""
    with wave.open(str(question)) as sound, wave.open(str(target), "wb") as out:
        out.setparams(sound.getparams())
        silence = bytes(sound.getsampwidth() * sound.getnchannels() * (8_000 + 97 * number))
        out.writeframes(silence + sound.readframes(sound.getnframes()))
    return target


def measure(app) -> None:  # type: ignore[no-untyped-def]
    """Ask once and print the times."""
    watch, loop = Stopwatch(), QEventLoop()
    talk, reader = app.hands_free, app.reader

    def on_transcribed(_audio: object, transcript: Transcript) -> None:
        watch.heard = transcript.text
        watch.mark("transcript")

    def on_sound(sentence: SpokenSentence) -> None:
        watch.said = watch.said or sentence.text
        watch.mark("first sound")

    connections = [
        talk.listener.speech_paused.connect(watch.on_paused),
        talk.listener.speech_ended.connect(lambda: watch.mark("end of the pause")),
        app.speech.utterance_transcribed.connect(on_transcribed),
        app.chat.answers.text_arrived.connect(lambda _text: watch.mark("first token")),
        reader.sentence_started.connect(on_sound),
        reader.ended.connect(loop.quit),
    ]
    app.window.start_new_chat()
    QTimer.singleShot(LIMIT_MS, loop, loop.quit)
    talk.toggle()
    loop.exec()
    talk.stop()
    for connection in connections:
        QObject.disconnect(connection)
    times = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in watch.marks.items())
    print(f"{watch.heard!r} -> {watch.said!r}: {times}; load {os.getloadavg()[0]:.1f}", flush=True)


if __name__ == "__main__":
    main()
