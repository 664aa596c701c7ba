"""Any common sound becomes mono float32 at 16 kHz; anything else is refused."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from mmdesk.errors import InputError
from mmdesk.inputs import audio as audio_room
from mmdesk.inputs import load_audio
from mmdesk.inputs.audio import from_samples, samples
from mmdesk.values import SAMPLE_RATE

TONE_HZ = 440


def tone(seconds: float = 1.0, rate: int = 44_100) -> np.ndarray:
    return (0.5 * np.sin(2 * np.pi * TONE_HZ * np.arange(int(seconds * rate)) / rate)).astype("f4")


def encoded(sound: np.ndarray, rate: int, kind: str, subtype: str | None = None) -> bytes:
    stream = io.BytesIO()
    soundfile.write(stream, sound, rate, format=kind, subtype=subtype)
    return stream.getvalue()


def encoded_by_ffmpeg(container: str, codec: str, rate: int = 44_100) -> bytes:
    stream = io.BytesIO()
    with av.open(stream, "w", format=container) as media:
        track = media.add_stream(codec, rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(tone(1.0, rate)[None], format="fltp", layout="mono")
        frame.sample_rate = rate
        for packet in (*track.encode(frame), *track.encode(None)):
            media.mux(packet)
    return stream.getvalue()


def pitch(sound: np.ndarray) -> float:
    """Return the loudest frequency, Hz."""
    spectrum = np.abs(np.fft.rfft(sound))
    return float(np.fft.rfftfreq(len(sound), 1 / SAMPLE_RATE)[spectrum.argmax()])


def assert_is_the_tone(data: bytes) -> None:
    audio = load_audio(data, "tone")
    heard = samples(audio)
    assert heard.dtype == np.float32
    assert audio.seconds == pytest.approx(1.0, abs=0.1)
    assert pitch(heard) == pytest.approx(TONE_HZ, abs=3)
    assert float(np.sqrt(np.mean(heard**2))) == pytest.approx(0.5 / 2**0.5, abs=0.05)


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "OGG", "MP3", "AIFF"])
def test_formats_of_libsndfile(kind: str) -> None:
    assert_is_the_tone(encoded(tone(), 44_100, kind))


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
def test_wav_of_every_depth(subtype: str) -> None:
    assert_is_the_tone(encoded(tone(), 44_100, "WAV", subtype))


@pytest.mark.parametrize(("container", "codec"), [("ipod", "aac"), ("mp4", "aac"), ("adts", "aac")])
def test_formats_of_ffmpeg(container: str, codec: str) -> None:
    assert_is_the_tone(encoded_by_ffmpeg(container, codec))


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 48_000])
def test_any_rate(rate: int) -> None:
    assert_is_the_tone(encoded(tone(1.0, rate), rate, "WAV"))


def test_stereo_is_averaged() -> None:
    left = tone()
    mixed = samples(load_audio(encoded(np.stack([left, -left], axis=1), 44_100, "WAV")))
    assert float(np.abs(mixed).max()) < 1e-3


def test_more_than_full_scale_is_scaled_down() -> None:
    loud = samples(load_audio(encoded(tone() * 6, 44_100, "WAV", "FLOAT")))
    assert float(np.abs(loud).max()) == pytest.approx(1.0, abs=1e-3)


def test_no_samples() -> None:
    with pytest.raises(InputError, match=r"silent\.wav is empty"):
        load_audio(encoded(np.zeros(0, "f4"), 16_000, "WAV"), "silent.wav")
    with pytest.raises(InputError, match="is empty"):
        from_samples(np.zeros(0, np.float32), SAMPLE_RATE, "x")


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_values_that_are_no_numbers(bad: float) -> None:
    sound = tone(0.2, 16_000)
    sound[100] = bad
    with pytest.raises(InputError, match=r"odd\.wav is damaged"):
        load_audio(encoded(sound, 16_000, "WAV", "FLOAT"), "odd.wav")


def test_length_is_bounded_while_decoding(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audio_room, "MAX_SECONDS", 2)
    load_audio(encoded(tone(1.5), 44_100, "WAV"))
    with pytest.raises(InputError, match=r"long\.wav is longer than"):
        load_audio(encoded(tone(2.5), 44_100, "WAV"), "long.wav")


def test_a_video_without_sound() -> None:
    stream = io.BytesIO()
    with av.open(stream, "w", format="mp4") as media:
        track = media.add_stream("mpeg4", rate=5)
        track.width = track.height = 32
        track.pix_fmt = "yuv420p"
        frame = av.VideoFrame.from_ndarray(np.zeros((32, 32, 3), np.uint8), format="rgb24")
        for packet in (*track.encode(frame), *track.encode(None)):
            media.mux(packet)
    with pytest.raises(InputError, match="has no sound in it"):
        load_audio(stream.getvalue(), "mute.mp4")


def test_a_playlist_opens_nothing(tmp_path: Path) -> None:
    secret = tmp_path / "secret.wav"
    secret.write_bytes(encoded(tone(), 44_100, "WAV"))
    playlist = tmp_path / "song.m4a"
    playlist.write_text(f"#EXTM3U\n#EXTINF:1,\n{secret}\n#EXT-X-ENDLIST\n")
    with pytest.raises(InputError, match=r"song\.m4a is not a sound file"):
        load_audio(playlist)


def test_what_is_no_sound_is_named() -> None:
    with pytest.raises(
        InputError, match=r"notes\.mp3 is not a sound file mmdesk can read"
    ) as caught:
        load_audio(b"just some words, not music", "notes.mp3")
    assert "MP3" in caught.value.hint


MAGIC = [
    b"",
    b"RIFF\xff\0\0\0WAVEfmt ",
    b"fLaC",
    b"OggS",
    b"ID3\3",
    b"\xff\xfb\x90",
    b"\0\0\0\x18ftypM4A ",
]


@settings(max_examples=120, deadline=None)
@given(st.sampled_from(MAGIC), st.binary(max_size=500))
def test_random_bytes_never_escape(prefix: bytes, data: bytes) -> None:
    with contextlib.suppress(InputError):
        load_audio(prefix + data, "junk")


@pytest.mark.parametrize("prefix", MAGIC)
def test_decoders_say_nothing_on_stderr(prefix: bytes, capfd: pytest.CaptureFixture[str]) -> None:
    junk = np.random.default_rng(1).bytes(3000)
    with pytest.raises(InputError):
        load_audio(prefix + junk, "junk")
    assert capfd.readouterr().err == ""
