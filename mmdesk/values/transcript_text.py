"""Transcripts as text: with time stamps for reading, and as SRT and WebVTT subtitles."""

from __future__ import annotations

from collections.abc import Callable

from mmdesk.values.media import Segment, Transcript

_ARROW = "-->"  # separates the times of a cue, and must not be in its text


def clock(seconds: float) -> str:
    """Return a time as minutes and seconds, with hours where there are any: "1:05", "1:00:05"."""
    whole = max(0, int(seconds))
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes}:{rest:02d}"
    return f"{minutes // 60}:{minutes % 60:02d}:{rest:02d}"


def timed_text(transcript: Transcript) -> str:
    """Return a line for each segment, with the time at which it begins: "[1:05] Good morning."."""
    lines = [f"[{clock(one.start)}] {_one_line(one.text)}" for one in transcript.segments]
    return "\n".join(lines) if lines else transcript.text


def write_txt(transcript: Transcript) -> str:
    """Return the transcript for reading."""
    return timed_text(transcript) + "\n" if transcript.text.strip() else ""


def write_srt(transcript: Transcript) -> str:
    """Return the transcript as SubRip subtitles."""
    cues = [
        f"{number}\n{_stamp(one.start, ',')} {_ARROW} {_stamp(one.end, ',')}\n{_cue_text(one)}\n"
        for number, one in enumerate(transcript.segments, 1)
    ]
    return "\n".join(cues)


def write_vtt(transcript: Transcript) -> str:
    """Return the transcript as WebVTT subtitles."""
    cues = [
        f"{_stamp(one.start, '.')} {_ARROW} {_stamp(one.end, '.')}\n{_escaped(_cue_text(one))}\n"
        for one in transcript.segments
    ]
    return "\n".join(["WEBVTT\n", *cues])


TRANSCRIPT_WRITERS: dict[str, Callable[[Transcript], str]] = {
    "txt": write_txt,
    "srt": write_srt,
    "vtt": write_vtt,
}


def _stamp(seconds: float, point: str) -> str:
    milliseconds = max(0, round(seconds * 1000))
    whole, rest = divmod(milliseconds, 1000)
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}{point}{rest:03d}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _cue_text(segment: Segment) -> str:
    return _one_line(segment.text).replace(_ARROW, "→")


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
