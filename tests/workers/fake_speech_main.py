"""Stands in for speech_main: a sentence is its letters, and some words fail."""

from __future__ import annotations

import os
import re
import sys

from mmdesk.errors import InputError, ModelUnavailable
from mmdesk.values import SpokenSentence
from mmdesk.workers import framing


def main() -> None:
    out = framing.claim_stdout()

    def send(*frame: object) -> None:
        out.write(framing.pack(frame))
        out.flush()

    written: dict[str, str] = {}
    while True:
        try:
            kind, *values = framing.read(sys.stdin.buffer)
        except EOFError:
            return
        if kind == "begin":
            written = {values[0]: ""}
        elif kind == "text":
            written[values[0]] += values[1]
        elif kind == "finish":
            speak(values[0], written[values[0]], send)


def speak(id: str, text: str, send) -> None:
    if "die" in text:
        os._exit(7)
    if "voiceless" in text:
        send("failed", id, ModelUnavailable("The English voice is not installed."))
        return
    if "klingon" in text:
        send("failed", id, InputError("There is no voice for Klingon on this computer."))
        return
    for sentence in re.findall(r"[^.]+\.", text):
        pcm = sentence.strip().encode("utf-16-le")
        send("sound", id, SpokenSentence(sentence.strip(), 16_000, pcm))
    send("done", id)


if __name__ == "__main__":
    main()
