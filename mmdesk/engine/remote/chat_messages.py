"""Conversation as messages of the API: text, pictures as data: URLs, sound as WAV."""

from __future__ import annotations

import base64
import io
import wave
from collections.abc import Sequence
from typing import Any

from mmdesk.engine.llm.chat_prompt import prompt_message
from mmdesk.values import (
    SAMPLE_RATE,
    AudioInput,
    ImageInput,
    NativeAttachments,
    Notice,
    ServerModel,
    Turn,
    native_attachments,
)

LONGEST_SIDE = 2048  # px of a picture that is sent; the models scale larger ones down themselves
JPEG_QUALITY = 92
PNG_PIXELS = 250_000  # up to which a picture is sent without loss: icons, formulas, small cuttings
BYTES_PER_TOKEN = 3  # of English 4 and more, of Chinese 3 and less
PICTURE_TOKENS = 600
SOUND_TOKENS_PER_S = 25
RESERVED_TOKENS = 64  # for the chat template


def chat_messages(turns: Sequence[Turn], model: ServerModel) -> list[dict[str, Any]]:
    """Return the messages of a conversation.

    What the model does not take as it is must have been put into words.
    """
    native = native_attachments(turns, model.capabilities)
    return [_message(turn, native) for turn in turns]


def fit_messages(
    turns: tuple[Turn, ...], model: ServerModel, max_tokens: int
) -> tuple[tuple[Turn, ...], tuple[Notice, ...]]:
    """Leave out the oldest turns that do not fit into the model's context window.

    The system prompt and the last turn stay. Tokens are estimated, since the API does not count.
    """
    if not model.context_tokens:
        return turns, ()
    budget = model.context_tokens - min(max_tokens, model.context_tokens // 2) - RESERVED_TOKENS
    first = [turn for turn in turns if turn.role == "system"]
    rest = [turn for turn in turns if turn.role != "system"]
    fixed = sum(estimated_tokens(turn, model) for turn in first)
    kept = list(rest)
    while len(kept) > 1 and fixed + sum(estimated_tokens(turn, model) for turn in kept) > budget:
        del kept[0]
        while len(kept) > 1 and kept[0].role != "user":
            del kept[0]
    dropped = len(rest) - len(kept)
    if dropped == 1:
        return (*first, *kept), (Notice("The oldest message no longer fits and was left out."),)
    notice = Notice("The oldest {count} messages no longer fit and were left out.", count=dropped)
    return (*first, *kept), (notice,) if dropped else ()


def estimated_tokens(turn: Turn, model: ServerModel) -> int:
    """Return about how many tokens a turn takes."""
    native = native_attachments((turn,), model.capabilities)
    tokens = text_tokens(prompt_message(native.in_words(turn)).content())
    tokens += PICTURE_TOKENS * len(native.images_of(turn))
    seconds = sum(audio.seconds for audio in native.audio_of(turn))
    return tokens + round(SOUND_TOKENS_PER_S * seconds)


def text_tokens(text: str) -> int:
    """Return about how many tokens a text takes in any vocabulary of today."""
    return -(-len(text.encode("utf-8", "replace")) // BYTES_PER_TOKEN)


def _message(turn: Turn, native: NativeAttachments) -> dict[str, Any]:
    text = prompt_message(native.in_words(turn)).content()
    parts = [_picture(image) for image in native.images_of(turn)]
    parts += [_sound(audio) for audio in native.audio_of(turn)]
    if not parts:
        return {"role": turn.role, "content": text}
    if text.strip():
        parts.append({"type": "text", "text": text})
    return {"role": turn.role, "content": parts}


def _picture(image: ImageInput) -> dict[str, Any]:
    from PIL import Image  # late: most conversations have no picture

    picture = Image.frombytes("RGB", (image.width, image.height), image.rgb)
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    buffer = io.BytesIO()
    if picture.width * picture.height <= PNG_PIXELS:
        kind = "png"
        picture.save(buffer, "PNG")
    else:
        kind = "jpeg"
        picture.save(buffer, "JPEG", quality=JPEG_QUALITY, subsampling=0)
    url = f"data:image/{kind};base64,{base64.b64encode(buffer.getvalue()).decode()}"
    return {"type": "image_url", "image_url": {"url": url}}


def _sound(audio: AudioInput) -> dict[str, Any]:
    data = base64.b64encode(_wav(audio.pcm)).decode()
    return {"type": "input_audio", "input_audio": {"data": data, "format": "wav"}}


def _wav(pcm: bytes) -> bytes:
    """Return float32 samples as a WAV file of 16 bits."""
    import numpy as np

    samples = np.clip(np.frombuffer(pcm, "<f4"), -1.0, 1.0)
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(np.round(samples * 32767).astype("<i2").tobytes())
    return buffer.getvalue()
