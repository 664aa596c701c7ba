"""Make screenshots of every page: `python -m tests.screens.make FOLDER [--only chat models] ...`.

Each combination of scheme, scale, language and text size is a process of its own, since Qt reads
its scale once. The files are called PAGE-LANGUAGE-SCHEME-SCALE.png. Chinese needs a font that has
its characters.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from itertools import product
from pathlib import Path

from mmdesk.settings import LANGUAGES
from tests.screens.scenes import SCENES


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    options.folder.mkdir(parents=True, exist_ok=True)
    for language, scheme, scale in product(options.language, options.scheme, options.scale):
        command = [sys.executable, "-m", "tests.screens.draw", str(options.folder)]
        command += [language, scheme, str(options.text_size), *options.only]
        with tempfile.TemporaryDirectory() as folder:
            environment = {
                **os.environ,
                "QT_SCALE_FACTOR": str(scale / 100),
                "QT_QPA_PLATFORM": _platform(Path(folder)),
            }
            if subprocess.run(command, env=environment).returncode != 0:
                return 1
    return 0


def _platform(folder: Path) -> str:
    """Return the platform that is set, or Qt's offscreen one with a large screen.

    Its own screen is 800×800, and a dialog twice its size would be cut off.
    """
    asked = os.environ.get("QT_QPA_PLATFORM", "offscreen")
    if asked != "offscreen":
        return asked
    screen = {"name": "large", "x": 0, "y": 0, "width": 4000, "height": 3000}
    dots = {"logicalDpi": 96, "logicalBaseDpi": 96, "dpr": 1}
    path = folder / "screens.json"
    path.write_text(json.dumps({"screens": [{**screen, **dots}]}), "utf-8")
    return f"offscreen:configfile={path}"


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.screens.make", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", nargs="+", choices=SCENES, default=list(SCENES), metavar="PAGE")
    parser.add_argument("--scheme", nargs="+", choices=("light", "dark"), default=["light", "dark"])
    parser.add_argument("--language", nargs="+", choices=LANGUAGES[1:], default=LANGUAGES[1:])
    parser.add_argument("--scale", nargs="+", type=int, default=[100, 200], help="per cent")
    parser.add_argument("--text-size", type=int, default=100, help="per cent")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
