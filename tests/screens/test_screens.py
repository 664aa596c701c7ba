"""The command that draws the pages: it draws what it is asked for, at the scale it is asked for."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from mmdesk.ui.theme import DARK, LIGHT
from tests.screens.make import main


def test_pages_are_drawn_in_both_schemes_and_at_twice_the_size(tmp_path: Path) -> None:
    assert (
        main([str(tmp_path), "--only", "shortcuts", "--scale", "100", "200", "--language", "en"])
        == 0
    )
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == [
        f"shortcuts-en-{scheme}-{scale}.png" for scheme in ("dark", "light") for scale in (100, 200)
    ]
    sizes = {}
    for name in names:
        with Image.open(tmp_path / name) as drawn:
            sizes[name] = drawn.size
            tokens = DARK if "dark" in name else LIGHT
            red, green, blue = drawn.convert("RGB").getpixel((3, 3))
            assert f"#{red:02x}{green:02x}{blue:02x}" == tokens.window
    once, twice = sizes["shortcuts-en-dark-100.png"], sizes["shortcuts-en-dark-200.png"]
    assert twice == (2 * once[0], 2 * once[1])
