"""What is said about a model part: its size, what it takes, and whether it suits the machine."""

from __future__ import annotations

from mmdesk.ui.i18n import joined, tr
from mmdesk.values import FetchProgress, HardwareFit, ModelInfo


def size_words(count: int) -> str:
    """Bytes as people read them: "478 MB", "1.1 GB" (decimal)."""
    if count >= 999.5e6:
        return tr("{0:.1f} GB").format(count / 1e9)
    return tr("{0} MB").format(max(1, round(count / 1e6)))


def facts_words(info: ModelInfo) -> str:
    """What it takes, its size, its licence; apart by dots."""
    takes = {
        "text": tr("Takes text"),
        "picture": tr("Takes pictures"),
        "sound": tr("Takes sound"),
    }
    if info.installed or not info.download_bytes:
        size = tr("{0} on disk").format(size_words(info.disk_bytes))
    else:
        size = tr("{0} to fetch, {1} on disk").format(
            size_words(info.download_bytes), size_words(info.disk_bytes)
        )
    licence = info.licence or tr("licence not stated")
    return joined(" · ", [*(takes[kind] for kind in info.takes if kind in takes), size, licence])


def fit_words(fit: HardwareFit) -> str:
    """One plain sentence: whether it suits this machine, and why."""
    words = {
        "well": tr("Fits this machine: it needs about {needs} of the {has} of memory."),
        "slowly": tr("Fits, but slowly: {advised} cores are advised and this machine has {cores}."),
        "tightly": tr(
            "Fits only after other programs are closed: it needs about {needs} of memory and "
            "{has} are free now.",
        ),
        "memory": tr(
            "Does not fit: it needs about {needs} of memory and this machine has {has}.",
        ),
        "disk": tr("No room for it: it needs {needs} of disk and {has} are free."),
    }[fit.verdict]
    return words.format(
        needs=size_words(fit.needs),
        has=size_words(fit.has),
        advised=fit.cores_advised,
        cores=fit.cores,
    )


def progress_words(progress: FetchProgress) -> str:
    """How far the fetching of a part is."""
    stage = {
        "waiting": tr("Waiting"),
        "downloading": tr("Fetching"),
        "verifying": tr("Checking"),
        "converting": tr("Unpacking"),
        "done": tr("Done"),
    }[progress.stage]
    if not progress.total_bytes or progress.stage in ("waiting", "done"):
        return stage
    done, total = size_words(progress.done_bytes), size_words(progress.total_bytes)
    if progress.done_bytes == 0:
        done = "0"
    return tr("{0}: {1} of {2}").format(stage, done, total)


def share(progress: FetchProgress) -> float:
    """0..1 of the stage it is in."""
    if progress.stage == "done":
        return 1.0
    return min(1.0, progress.done_bytes / progress.total_bytes) if progress.total_bytes else 0.0
