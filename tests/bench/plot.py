"""A line chart as SVG: readable in a light and a dark page, no library needed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 360, 56, 160, 36, 44
COLOURS = ("#d1495b", "#2e86ab", "#3b8f4f", "#b8860b", "#7d5ba6")


class Curve(NamedTuple):
    """A name and its (x, y) points, x rising."""

    name: str
    points: Sequence[tuple[float, float]]


def svg(title: str, x_name: str, y_name: str, curves: Sequence[Curve]) -> str:
    """Return the chart as SVG, both axes beginning at 0."""
    most_x = max(x for curve in curves for x, _ in curve.points)
    most_y = max(y for curve in curves for _, y in curve.points) * 1.05

    def place(x: float, y: float) -> tuple[float, float]:
        across, up = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
        return LEFT + x / most_x * across, HEIGHT - BOTTOM - y / most_y * up

    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        'font-family="sans-serif" font-size="12" fill="#808080">',
        f'<text x="{LEFT}" y="20" font-size="15">{title}</text>',
        f'<path d="M{LEFT},{TOP}V{HEIGHT - BOTTOM}H{WIDTH - RIGHT}" fill="none" stroke="#808080"/>',
        f'<text x="{WIDTH - RIGHT}" y="{HEIGHT - 8}" text-anchor="end">{x_name}</text>',
        f'<text x="8" y="{TOP - 6}">{y_name}</text>',
    ]
    for x in sorted({x for curve in curves for x, _ in curve.points}):
        across, _ = place(x, 0)
        lines.append(f'<text x="{across:.1f}" y="{HEIGHT - 26}" text-anchor="middle">{x:g}</text>')
    for step in range(1, 5):
        y = most_y * step / 4
        _, up = place(0, y)
        lines.append(f'<text x="{LEFT - 6}" y="{up:.1f}" text-anchor="end">{y:.3g}</text>')
    for number, curve in enumerate(sorted(curves, key=lambda curve: -curve.points[-1][1])):
        colour = COLOURS[number % len(COLOURS)]
        points = " ".join("{:.1f},{:.1f}".format(*place(x, y)) for x, y in curve.points)
        line_y = TOP + 14 + 18 * number
        lines += [
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"/>',
            f'<text x="{WIDTH - RIGHT + 10}" y="{line_y}" fill="{colour}">{curve.name}</text>',
        ]
    return "\n".join([*lines, "</svg>", ""])
