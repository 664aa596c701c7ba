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


def encoded_by_ffmpeg(container: str, codec: str, sound: np.ndarray | None = None) -> bytes:
    """Return a sound [n] or [n, 2] at 44.1 kHz in one of FFmpeg's containers."""
    sound = tone() if sound is None else sound
    layout = "mono" if sound.ndim == 1 else "stereo"
    stream = io.BytesIO()
    with av.open(stream, "w", format=container) as media:
        track = media.add_stream(codec, rate=44_100, layout=layout)
        frame = av.AudioFrame.from_ndarray(
            np.ascontiguousarray(np.atleast_2d(sound.T)), format="fltp", layout=layout
        )
        frame.sample_rate = 44_100
        to_codec = av.AudioResampler(track.codec_context.format or track.format, layout, 44_100)
        for part in (*to_codec.resample(frame), *to_codec.resample(None)):
            media.mux(track.encode(part))
        media.mux(track.encode(None))
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


@pytest.mark.parametrize(
    "kind",
    [
        "WAV",
        "WAVEX",
        "RF64",
        "W64",
        "FLAC",
        "OGG",
        "MP3",
        "AIFF",
        "AU",
        "CAF",
        "VOC",
        "SVX",
        "NIST",
    ],
)
def test_formats_of_libsndfile(kind: str) -> None:
    assert_is_the_tone(encoded(tone(), 44_100, kind))


@pytest.mark.parametrize("subtype", ["PCM_U8", "PCM_16", "PCM_24", "PCM_32", "FLOAT", "DOUBLE"])
def test_wav_of_every_depth(subtype: str) -> None:
    assert_is_the_tone(encoded(tone(), 44_100, "WAV", subtype))


@pytest.mark.parametrize(
    ("container", "codec"),
    [
        ("ipod", "aac"),
        ("mp4", "aac"),
        ("3gp", "aac"),
        ("mov", "pcm_s16le"),
        ("adts", "aac"),
        ("mp2", "mp2"),
        ("avi", "pcm_s16le"),
        ("avi", "ac3"),
        ("mpegts", "aac"),
        ("mpeg", "mp2"),
        ("matroska", "aac"),
        ("caf", "alac"),
        ("flv", "aac"),
        ("wv", "wavpack"),
        ("tta", "tta"),
        ("rm", "ac3"),
        ("ac3", "ac3"),
        ("wav", "adpcm_ima_wav"),
        ("aiff", "adpcm_ima_qt"),
        ("w64", "pcm_s16le"),
        ("au", "pcm_mulaw"),
    ],
)
def test_formats_of_ffmpeg(container: str, codec: str) -> None:
    assert_is_the_tone(encoded_by_ffmpeg(container, codec))


@pytest.mark.parametrize("rate", [8_000, 16_000, 22_050, 48_000])
def test_any_rate(rate: int) -> None:
    assert_is_the_tone(encoded(tone(1.0, rate), rate, "WAV"))


# --- channels -------------------------------------------------------------------------------------


def level(data: bytes) -> float:
    """Return the root mean square of what is heard."""
    return float(np.sqrt(np.mean(samples(load_audio(data)) ** 2)))


def test_stereo_is_averaged() -> None:
    left = tone()
    right = np.roll(left, 25)  # a quarter of a period late: neither in phase nor opposite to it
    mixed = samples(load_audio(encoded(np.stack([left, right], axis=1), 44_100, "WAV")))
    alone = samples(load_audio(encoded((left + right) / 2, 44_100, "WAV")))
    assert np.abs(mixed - alone).max() < 1e-3


@pytest.mark.parametrize("kind", ["WAV", "FLAC", "AAC"])
@pytest.mark.parametrize("louder", [1.0, 0.97, 0.3])
def test_channels_in_opposite_phase_are_heard(kind: str, louder: float) -> None:
    both = np.stack([tone(), -louder * tone()], axis=1)
    data = encoded(both, 44_100, kind) if kind != "AAC" else encoded_by_ffmpeg("adts", "aac", both)
    assert level(data) == pytest.approx(0.354 * (1 + louder) / 2, abs=0.02)


@pytest.mark.parametrize("used", [0, 1, 5])
def test_silent_channels_do_not_make_the_others_faint(used: int) -> None:
    noise = np.random.default_rng(3).normal(0, 1e-3, (44_100, 6)).astype("f4")
    noise[:, used] += tone()
    assert level(encoded(noise, 44_100, "WAV")) == pytest.approx(0.354, abs=0.01)


def test_two_speakers_on_two_channels_are_both_heard() -> None:
    silence = np.zeros(44_100 * 11, "f4")
    first = np.concatenate([tone(11), silence])
    second = np.concatenate([silence, tone(11)])
    heard = samples(load_audio(encoded(np.stack([first, second], axis=1), 44_100, "WAV")))
    for half in np.array_split(heard, 2):
        assert float(np.sqrt(np.mean(half[-SAMPLE_RATE:] ** 2))) > 0.17


def test_a_silent_recording_is_told() -> None:
    silent = load_audio(encoded(np.zeros(16_000, "f4"), 16_000, "FLAC"), "silence.flac")
    assert silent.notices == ("silence.flac is silent: there is no sound in it.",)
    assert load_audio(encoded(tone(), 44_100, "WAV")).notices == ()


# --- headers --------------------------------------------------------------------------------------


UNFINISHED = "call.wav was not saved completely. Its sound was read to the end."


@pytest.mark.parametrize("size", [0, 1000, 8000])
@pytest.mark.parametrize("riff_size", [0, 36, 0xFFFFFFFF])
def test_a_wav_whose_header_was_never_finished(size: int, riff_size: int) -> None:
    data = bytearray(encoded(tone(), 44_100, "WAV"))
    data[4:8] = riff_size.to_bytes(4, "little")
    place = data.index(b"data") + 4
    data[place : place + 4] = size.to_bytes(4, "little")
    assert_is_the_tone(bytes(data))
    assert load_audio(bytes(data), "call.wav").notices == (UNFINISHED,)


@pytest.mark.parametrize("size", [0xFFFFFFFF, 0x7FFFFFFF])
def test_a_wav_that_promises_too_much(size: int) -> None:
    data = bytearray(encoded(tone(), 44_100, "WAV"))
    place = data.index(b"data") + 4
    data[place : place + 4] = size.to_bytes(4, "little")
    assert_is_the_tone(bytes(data))


def test_a_large_wav_whose_header_was_never_finished() -> None:
    data = bytearray(encoded(tone(), 44_100, "RF64", "PCM_16"))
    place = data.index(b"ds64") + 8
    data[place : place + 24] = bytes(24)
    assert_is_the_tone(bytes(data))


@pytest.mark.parametrize("kind", ["AIFF", "AU", "CAF", "W64"])
def test_other_headers_that_were_never_finished(kind: str) -> None:
    data = bytearray(encoded(tone(), 44_100, kind, "PCM_16"))
    if kind == "AU":
        data[8:12] = bytes(4)
    else:
        name, behind, width = {"AIFF": (b"SSND", 4, 4), "CAF": (b"data", 4, 8)}.get(
            kind, (b"data\xf3", 16, 8)
        )
        place = data.index(name) + behind
        data[place : place + width] = bytes(width)
    assert_is_the_tone(bytes(data))


def test_what_stands_behind_the_samples_is_not_heard() -> None:
    data = bytearray(encoded(tone(), 44_100, "WAV"))
    data += b"LIST" + (4000).to_bytes(4, "little") + b"\x7f" * 4000
    audio = load_audio(bytes(data), "a.wav")
    assert audio.seconds == pytest.approx(1.0, abs=0.01)
    assert audio.notices == ()


ID3 = b"ID3\3\0\0\0\x40\0\x10" + b"\0\xff\xfb" * 349_530 + b"\0\0"  # a cover of 1 MB
AFTER = ["WAV", "FLAC", "OGG", "MP3", "AIFF", "CAF", "mp4", "adts", "matroska"]


@pytest.mark.parametrize("before", [ID3, ID3 + ID3, bytes(700), bytes(9000), ID3 + bytes(4096)])
@pytest.mark.parametrize("kind", AFTER)
def test_tags_and_zeros_before_the_sound_are_skipped(kind: str, before: bytes) -> None:
    if kind.isupper():
        assert_is_the_tone(before + encoded(tone(), 44_100, kind))
    else:
        assert_is_the_tone(before + encoded_by_ffmpeg(kind, "aac"))


def test_a_cut_recording_is_read_as_far_as_it_goes() -> None:
    noise = np.random.default_rng(2).normal(0, 0.1, 44_100 * 20).astype("f4")
    for kind in ("FLAC", "OGG", "MP3", "WAV"):
        data = encoded(noise, 44_100, kind)
        audio = load_audio(data[: len(data) // 2], "half")
        assert audio.seconds == pytest.approx(10, abs=1.5), kind
        if kind == "FLAC":
            assert audio.notices == ("half is damaged: parts of it are missing.",)


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
