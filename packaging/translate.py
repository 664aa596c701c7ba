"""Refresh the window's translations: `python packaging/translate.py`, in mmdesk's environment.

Collects every text of the window into resources/translations/mmdesk_LANGUAGE.ts (what is there
keeps its translation) and compiles that to the .qm the window reads. A translator edits the .ts
between two runs, by hand or with Qt Linguist. Needs the lupdate and lrelease of PySide6.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

LANGUAGES = ("zh_CN",)
ROOT = Path(__file__).resolve().parent.parent
# The window calls its translating functions by these names (mmdesk/ui/i18n.py).
NAMES = "tr+=_tr,tr+=later"


def sources(root: Path = ROOT) -> list[Path]:
    """The files whose texts are shown in the window."""
    package = root / "mmdesk"
    beside = [*package.glob("app*.py"), *package.glob("open*.py")]
    return [*sorted((package / "ui").rglob("*.py")), *sorted(beside)]


def collect(target: Path) -> None:
    """Bring a .ts file up to date with the source; made when it is not there."""
    _run(
        "pyside6-lupdate", *map(str, sources()), "-ts", str(target),
        *("-tr-function-alias", NAMES, "-locations", "none", "-no-obsolete", "-silent"),
    )  # fmt: skip


def compile_to(source: Path, target: Path) -> None:
    """Compile a .ts file; texts without a finished translation are left out."""
    _run("pyside6-lrelease", str(source), "-qm", str(target), "-silent")


def _run(tool: str, *arguments: str) -> None:
    beside = Path(sys.executable).with_name(tool)
    subprocess.run([str(beside) if beside.exists() else tool, *arguments], check=True)


def main() -> None:
    folder = ROOT / "resources" / "translations"
    folder.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        source = folder / f"mmdesk_{language}.ts"
        collect(source)
        compile_to(source, source.with_suffix(".qm"))


if __name__ == "__main__":
    main()
