"""The verbs for recordings: transcribe, minutes."""

from __future__ import annotations

import argparse
import threading
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from mmdesk.cli.output import Console, Outcome
from mmdesk.cli.tasks import decoder, for_each, load_document, run_verb
from mmdesk.errors import InputError
from mmdesk.values import (
    TRANSCRIPT_WRITERS,
    AudioInput,
    DocumentInput,
    Segment,
    Transcript,
    timed_text,
)

if TYPE_CHECKING:
    from mmdesk.engine import Engine


def run(options: argparse.Namespace, console: Console, cancel: threading.Event) -> int:
    """Run the verb in `options`; return the exit status.

    Raises:
        MMDeskError: see each verb.
        Cancelled: `cancel` was set.
    """
    verb = {"transcribe": _transcribe, "minutes": _minutes}[options.verb]
    return run_verb(verb, options, console, cancel)


class _ProgressConsole(Console):
    """Console that shows progress only: a transcript is printed when it is complete."""

    def __init__(self, console: Console) -> None:
        vars(self).update(vars(console))

    def write(self, text: str) -> None:
        """Show nothing."""


def _transcribe(
    options: argparse.Namespace, console: Console, cancel: threading.Event, engine: Engine
) -> int:
    from mmdesk.perception import find_spoken_language

    code = find_spoken_language(options.language) if options.language else None
    console.json = console.json or options.format == "json"

    def transcribe(name: str) -> None:
        with decoder(cancel) as files:
            audio = files.load_audio(Path(name))
        outcome = _follow(console, audio, code, cancel, engine)
        _print_transcript(console, name, audio, outcome, options.format)

    return for_each(options.files, transcribe, console)


def _follow(
    console: Console, audio: AudioInput, code: str | None, cancel: threading.Event, engine: Engine
) -> Outcome:
    from mmdesk.tasks import RecordingWork

    events = RecordingWork(audio, code).run(engine, cancel)
    return _ProgressConsole(console).follow(events, (audio,))


def _print_transcript(
    console: Console, name: str, audio: AudioInput, outcome: Outcome, form: str | None
) -> None:
    transcript = outcome.transcripts[-1] if outcome.transcripts else Transcript(outcome.text)
    text = " ".join(transcript.text.split())
    if not text:
        outcome.notices.append(f"{name}: no speech found.")
        console.notice(outcome.notices[-1])
    if console.json:
        console.object(_as_json(name, audio, transcript, outcome.as_json() | {"text": text}))
    elif form in TRANSCRIPT_WRITERS:
        console.print(TRANSCRIPT_WRITERS[form](transcript).rstrip("\n"))
    else:
        console.print(text)


def _as_json(
    name: str, audio: AudioInput, transcript: Transcript, value: dict[str, object]
) -> dict[str, object]:
    del value["transcripts"], value["sights"], value["looks"]
    return {
        "file": name,
        "seconds": round(audio.seconds, 3),
        "language": transcript.language,
        "language_probability": transcript.language_probability,
        "segments": [_segment_data(segment) for segment in transcript.segments],
        **value,
    }


def _segment_data(segment: Segment) -> dict[str, object]:
    data = asdict(segment)
    return data if segment.words else {name: data[name] for name in ("start", "end", "text")}


def _minutes(
    options: argparse.Namespace, console: Console, cancel: threading.Event, engine: Engine
) -> int:
    from mmdesk import tasks

    document = _spoken_document(options.file, console, cancel, engine)
    outcome = console.follow(
        tasks.minutes(engine, document, cancel, options.language, options.model), (document,)
    )
    if console.json:
        console.object(outcome.as_json())
    return 0


def _spoken_document(
    name: str, console: Console, cancel: threading.Event, engine: Engine
) -> DocumentInput:
    """Return the transcript of a recording with its times, or a document as it is.

    Raises:
        InputError: the file cannot be read, or nobody speaks in it.
    """
    if name == "-":
        return load_document(name, cancel, engine, console)
    with decoder(cancel) as files:
        loaded = files.load_any(Path(name))
    if not isinstance(loaded, AudioInput):
        return load_document(name, cancel, engine, console)
    outcome = _follow(console, loaded, None, cancel, engine)
    transcript = outcome.transcripts[-1] if outcome.transcripts else Transcript("")
    if not transcript.text.strip():
        raise InputError("No speech was found in {name}.", name=loaded.name)
    return DocumentInput(loaded.name, timed_text(transcript))
