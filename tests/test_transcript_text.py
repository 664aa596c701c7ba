"""Transcripts as text with times, SRT and WebVTT."""

from __future__ import annotations

import re

import pytest

from mmdesk.values import TRANSCRIPT_WRITERS, Segment, Transcript, clock, timed_text

TALK = Transcript(
    "Good morning. A --> B & <c>.",
    "en",
    0.9,
    (Segment(0.0, 1.25, "Good morning."), Segment(3661.5, 3663.0, "A --> B\n\n& <c>.")),
)


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0, "0:00"), (65.9, "1:05"), (3600, "1:00:00"), (-1, "0:00")]
)
def test_a_time_is_minutes_and_seconds_with_hours_where_needed(seconds, shown) -> None:
    assert clock(seconds) == shown


def test_each_segment_is_a_line_with_its_time() -> None:
    assert timed_text(TALK) == "[0:00] Good morning.\n[1:01:01] A --> B & <c>."
    assert timed_text(Transcript("no times")) == "no times"


def test_subrip_has_numbered_cues() -> None:
    assert TRANSCRIPT_WRITERS["srt"](TALK) == (
        "1\n00:00:00,000 --> 00:00:01,250\nGood morning.\n\n"
        "2\n01:01:01,500 --> 01:01:03,000\nA → B & <c>.\n"
    )


def test_webvtt_escapes_what_it_would_take_for_tags() -> None:
    written = TRANSCRIPT_WRITERS["vtt"](TALK)
    assert written.startswith("WEBVTT\n\n00:00:00.000 --> 00:00:01.250\nGood morning.\n")
    assert "A → B &amp; &lt;c&gt;." in written
    assert len(re.findall("-->", written)) == 2


def test_nothing_said_gives_no_cues() -> None:
    assert TRANSCRIPT_WRITERS["txt"](Transcript("")) == ""
    assert TRANSCRIPT_WRITERS["srt"](Transcript("")) == ""
    assert TRANSCRIPT_WRITERS["vtt"](Transcript("")) == "WEBVTT\n"
