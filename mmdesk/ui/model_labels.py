"""Texts about a model part: its input, size and licence, its fit to the hardware, its progress."""

from __future__ import annotations

from mmdesk.ui.i18n import joined, tr, translated
from mmdesk.values import DecodeSpeed, FetchProgress, HardwareFit, ModelInfo


def size_text(count: int) -> str:
    """Return bytes as people read them: "478 MB", "1.1 GB" (decimal)."""
    if count >= 999.5e6:
        return tr("{0:.1f} GB").format(count / 1e9)
    return tr("{0} MB").format(max(1, round(count / 1e6)))


def purpose_text(info: ModelInfo) -> str:
    """Return what a part is for, in everyday words."""
    return {
        "language": tr("Chat"),
        "speech": tr("Speech to text"),
        "vision": tr("Pictures"),
        "voice": tr("Reading aloud"),
    }[info.role]


def takes_text(info: ModelInfo) -> str:
    """Return what a language model takes besides text; "" for nothing."""
    return {
        (True, False): tr("takes pictures"),
        (False, True): tr("takes audio"),
        (True, True): tr("takes pictures and audio"),
    }.get(("picture" in info.takes, "sound" in info.takes), "")


def facts_text(info: ModelInfo) -> str:
    """Return a part's input, size and licence, separated by dots."""
    kinds = {"text": tr("text"), "picture": tr("pictures"), "sound": tr("audio")}
    known = joined(", ", [kinds[kind] for kind in info.takes if kind in kinds])
    input_kinds = tr("Input: {kinds}").format(kinds=known) if known else ""
    if info.installed or not info.download_bytes:
        size = tr("{0} on disk").format(size_text(info.disk_bytes))
    else:
        size = tr("{0} download, {1} on disk").format(
            size_text(info.download_bytes), size_text(info.disk_bytes)
        )
    licence = translated(info.licence) if info.licence else tr("licence not stated")
    return joined(" · ", (input_kinds, size, licence))


def fit_text(fit: HardwareFit) -> str:
    """Return one sentence that says if a part runs on this computer, and why."""
    text = {
        "well": tr("Runs well here (about {needs} of memory)"),
        "slowly": tr("Slow here (about {needs} of memory)"),
        "tightly": tr("Close other programs first (needs about {needs} of memory, {has} free now)"),
        "memory": tr("Too large for this computer (needs about {needs} of memory, you have {has})"),
        "disk": tr("Not enough disk space (needs {needs}, {has} free)"),
    }[fit.verdict]
    sentence = text.format(needs=size_text(fit.needs), has=size_text(fit.has))
    return sentence if fit.speed is None else joined(" · ", (sentence, speed_text(fit.speed)))


def speed_text(speed: DecodeSpeed) -> str:
    """Return how fast a part answers, and whether that was measured."""
    if speed.measured:
        text = tr("about {speed} tokens/s on this computer")
    else:
        text = tr("about {speed} tokens/s expected from this computer's memory speed")
    shown = speed.tokens_per_s
    return text.format(speed=f"{shown:.0f}" if shown >= 10 else f"{shown:.1f}")


def progress_text(progress: FetchProgress) -> str:
    """Return the stage of a part's download and how far it is."""
    stage = {
        "waiting": tr("Waiting"),
        "downloading": tr("Downloading"),
        "verifying": tr("Verifying"),
        "converting": tr("Unpacking"),
        "done": tr("Done"),
    }[progress.stage]
    if not progress.total_bytes or progress.stage in ("waiting", "done"):
        return stage
    done, total = size_text(progress.done_bytes), size_text(progress.total_bytes)
    if progress.done_bytes == 0:
        done = "0"
    return tr("{0}: {1} of {2}").format(stage, done, total)


def share(progress: FetchProgress) -> float:
    """Return how much of its stage a download has done, 0..1."""
    if progress.stage == "done":
        return 1.0
    return min(1.0, progress.done_bytes / progress.total_bytes) if progress.total_bytes else 0.0
