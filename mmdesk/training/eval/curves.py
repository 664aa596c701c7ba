"""Training curves as SVG, drawn from the logs of runs without a plotting library."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from xml.sax.saxutils import escape

WIDTH, HEIGHT, EDGE = 640, 220, 46
Points = list[tuple[float, float]]


def curves_svg(entries: Sequence[dict[str, Any]], title: str) -> str:
    """Return an SVG of the loss and the dev scores over the pictures seen."""
    panels: list[tuple[str, str, Points]] = [
        ("cross-entropy, nats per token", "#555", _points(entries, "loss")),
        ("reward of sampled captions", "#2a8c4a", _points(entries, "reward")),
        ("dev CIDEr-D", "#1f5ac8", _points(entries, "cider_d")),
        ("dev BLEU-4", "#d62728", _points(entries, "bleu_4")),
    ]
    charts = [
        _panel(name, colour, points, number * HEIGHT + 24)
        for number, (name, colour, points) in enumerate(panel for panel in panels if panel[2])
    ]
    height = len(charts) * HEIGHT + 40
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" '
        f'font-family="sans-serif" font-size="12"><rect width="100%" height="100%" fill="white"/>'
        f'<text x="{EDGE}" y="18" font-size="14">{escape(title)}</text>{"".join(charts)}</svg>\n'
    )


def concatenate_runs(runs: Sequence[Sequence[dict[str, Any]]]) -> list[dict[str, Any]]:
    """Join the logs of runs that each started from the one before.

    The count of pictures goes on from run to run. The loss of a self-critical run is its reward
    with another sign and scale, so only the reward is kept.
    """
    joined: list[dict[str, Any]] = []
    seen = 0
    for entries in runs:
        for entry in entries:
            moved = {**entry, "pictures": entry["pictures"] + seen}
            if "reward" in moved:
                moved.pop("loss", None)
            if "dev" in moved:  # logged right after a report: no captions were sampled in between
                moved.pop("reward", None)
            joined.append(moved)
        seen = joined[-1]["pictures"] if joined else seen
    return joined


def _points(entries: Sequence[dict[str, Any]], name: str) -> Points:
    found = []
    for entry in entries:
        value = entry.get(name, entry.get("dev", {}).get(name))
        if value is not None:
            found.append((float(entry["pictures"]), float(value)))
    return found


def _panel(name: str, colour: str, points: Points, top: float) -> str:
    low, high = min(y for _, y in points), max(y for _, y in points)
    low, high = (low, high) if high > low else (low - 0.5, low + 0.5)
    right = max(x for x, _ in points) or 1.0
    tall, wide = HEIGHT - 50, WIDTH - 2 * EDGE

    def point(x: float, y: float) -> str:
        return (
            f"{EDGE + wide * x / right:.1f},{top + 20 + tall * (1 - (y - low) / (high - low)):.1f}"
        )

    line = " ".join(point(x, y) for x, y in points)
    lines = []
    for part in range(5):
        value = low + (high - low) * part / 4
        at = float(point(0, value).split(",")[1])
        lines.append(
            f'<path d="M{EDGE} {at}H{WIDTH - EDGE}" stroke="#ddd"/>'
            f'<text x="{EDGE - 6}" y="{at + 4}" text-anchor="end">{value:.2f}</text>'
        )
    caption_y = top + 20 + tall + 16
    return (
        f'<text x="{EDGE}" y="{top + 12}">{escape(name)}</text>{"".join(lines)}'
        f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="1.6"/>'
        f'<text x="{WIDTH - EDGE}" y="{caption_y}" text-anchor="end">'
        f"{right:,.0f} pictures seen</text>"
    )
