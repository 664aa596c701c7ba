"""Which attachments a model is given as they are, and which in words."""

from __future__ import annotations

from dataclasses import replace

from mmdesk.values import (
    ANY_NUMBER,
    TEXT_ONLY,
    AudioInput,
    Capabilities,
    ImageDescription,
    ImageInput,
    ServerModel,
    Turn,
    native_attachments,
)


def image(name: str) -> ImageInput:
    return ImageInput(name, 1, 1, b"rgb", sha256=name)


def sound(name: str, seconds: float) -> AudioInput:
    return AudioInput(name, bytes(round(4 * 16_000 * seconds)), sha256=name)


def test_a_text_model_gets_everything_in_words() -> None:
    turn = Turn("user", "What?", (image("a"),), (sound("b", 1),))
    native = native_attachments((turn,), TEXT_ONLY)
    assert native.needs_words(turn) == turn
    assert (native.images_of(turn), native.audio_of(turn)) == ((), ())


def test_a_model_that_takes_pictures_gets_them_and_no_words_of_them() -> None:
    turn = Turn("user", "What?", (image("a"), image("b")))
    native = native_attachments((turn,), Capabilities(pictures=ANY_NUMBER))
    assert native.images_of(turn) == turn.images
    assert native.in_words(turn).images == ()


def test_a_model_that_takes_one_picture_gets_the_newest() -> None:
    old, new = Turn("user", "What?", (image("a"),)), Turn("user", "And this?", (image("b"),))
    native = native_attachments((old, new), Capabilities(pictures=1))
    assert (native.images_of(old), native.images_of(new)) == ((), new.images)
    assert native.needs_words(old).images == old.images


def test_a_picture_without_pixels_is_given_in_words() -> None:
    stored = replace(image("a"), rgb=b"")
    turn = Turn("user", "What?", (stored,))
    native = native_attachments((turn,), Capabilities(pictures=ANY_NUMBER))
    assert native.needs_words(turn).images == (stored,)


def test_the_users_own_description_goes_with_the_picture() -> None:
    corrected = replace(image("a"), description=ImageDescription(correction="my cat"))
    turn = Turn("user", "What?", (corrected,))
    native = native_attachments((turn,), Capabilities(pictures=ANY_NUMBER))
    assert native.images_of(turn) == (corrected,)
    assert native.in_words(turn).images == (corrected,)


def test_a_recording_that_is_too_long_is_given_in_words() -> None:
    turn = Turn("user", "What?", audio=(sound("short", 2), sound("long", 31)))
    native = native_attachments((turn,), Capabilities(sound_s=30))
    assert [audio.name for audio in native.audio_of(turn)] == ["short"]
    assert [audio.name for audio in native.needs_words(turn).audio] == ["long"]


def test_a_server_has_the_same_rule() -> None:
    turn = Turn("user", "What?", (image("a"),), (sound("b", 600),))
    takes = ServerModel("big", frozenset({"picture", "sound"})).capabilities
    native = native_attachments((turn,), takes)
    assert native.needs_words(turn) == replace(turn, images=(), audio=())
    assert takes.kinds == ("text", "picture", "sound")
