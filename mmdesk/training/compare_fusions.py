"""Comparison of the five fusion strategies on one budget: same pictures, same steps, same seed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mmdesk.fusion import FUSIONS
from mmdesk.training.export import load_run
from mmdesk.training.fused_training import TrainingPaths, train_fused
from mmdesk.training.recipe import Recipe
from mmdesk.training.run import RunFolder
from mmdesk.values import CancelFlag


def compare(recipe: Recipe, paths: TrainingPaths, stop: CancelFlag, threads: int = 1) -> list[Any]:
    """Train one run for each fusion, one after the other, and skip finished runs.

    Returns:
        One row for each finished fusion, best first (see `row`).
    """
    rows = []
    for fusion in FUSIONS:
        if stop.is_set():
            break
        model = replace(recipe.model, fusion=fusion)
        own = replace(recipe, name=f"{recipe.name}-{fusion}", model=model)
        run = RunFolder(paths.runs / own.name)
        last = run.entries()[-1:] or [{}]
        if last[0].get("step") != own.steps or "dev" not in last[0]:
            run = train_fused(own, paths, stop, threads)
        if not stop.is_set():
            rows.append(row(fusion, run))
    return sorted(rows, key=lambda one: -one["cider_d"])


def row(fusion: str, run: RunFolder) -> dict[str, Any]:
    """Return a finished run's last scores, its size and its pictures per second."""
    entries = run.entries()
    last = [entry for entry in entries if "dev" in entry][-1]
    model, _ = load_run(run)
    return {
        **last["dev"],
        "fusion": fusion,
        "parameters": sum(p.numel() for p in model.parameters()),
        "pictures": last["pictures"],
        "seconds": last["seconds"],
        "pictures_per_second": round(last["pictures"] / max(last["seconds"], 1), 1),
    }


def as_table(rows: Sequence[dict[str, Any]]) -> str:
    """Return the rows as a Markdown table for the model card."""
    lines = [
        "| fusion | parameters | pictures seen | pictures/s | CIDEr-D | BLEU-4 |",
        "|---|---|---|---|---|---|",
    ]
    for one in rows:
        lines.append(  # noqa: PERF401  one cell a name reads better
            f"| {one['fusion']} | {one['parameters'] / 1e6:.1f} M | {one['pictures']:,} "
            f"| {one['pictures_per_second']} | {one['cider_d']:.3f} | {one['bleu_4']:.3f} |"
        )
    return "\n".join(lines) + "\n"
