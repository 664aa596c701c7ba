"""The picture model that ships with mmdesk, as an entry of the models page."""

from __future__ import annotations

import json

from mmdesk.models.hardware_fit import judge
from mmdesk.models.regular_files import read_regular
from mmdesk.settings import resource
from mmdesk.translatable import TranslatableText
from mmdesk.values import HardwareInfo, ModelEntry, ModelInfo

BUILT_IN = "mmdesk-pictures"


def built_in_entry(machine: HardwareInfo) -> ModelEntry | None:
    """Return the entry of the fused vision-language model; None where it did not come along."""
    folder = resource("fused")
    try:
        files = json.loads(read_regular(folder / "manifest.json"))["files"]
        size = sum((folder / name).stat().st_size for name in files)
    except (OSError, ValueError, LookupError, TypeError):
        return None
    info = ModelInfo(
        id=BUILT_IN,
        title="mmdesk vision-language transformer",
        role="vision",
        takes=("picture",),
        licence=TranslatableText("research and education only"),
        download_bytes=0,
        disk_bytes=size,
        installed=True,
        default=True,
        note=TranslatableText("Describes pictures and answers questions about them."),
    )
    return ModelEntry(info, judge(info, machine), built_in=True)
