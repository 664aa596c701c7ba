"""Refresh the window's translations: `python packaging/translate.py`, in mmdesk's environment.

Collects the texts that the user reads into resources/translations/mmdesk_LANGUAGE.ts, where known
texts keep their translation, and compiles that to the .qm that the window reads. A translator edits
the .ts between two runs, by hand or with Qt Linguist. Needs the lupdate and lrelease of PySide6.

Two kinds of text are collected. The window's own are literals in tr("…"), which lupdate finds. The
packages below the window know no languages: there the literal templates of errors, notices and
other TranslatableText are found in the source and handed to lupdate as tr("…").
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

LANGUAGES = ("zh_CN",)
ROOT = Path(__file__).resolve().parent.parent
# The window calls its translating functions by these names (mmdesk/ui/i18n.py).
FUNCTIONS = "tr+=_tr,tr+=later"
WINDOW_PACKAGES = ("app", "chat", "ui", "workers")
# These types take a template first; the errors take a hint second.
TEMPLATE_TYPES = {"Notice", "Preparing", "TranslatableText"}
ERRORS = {"MMDeskError", "SourceFailed"}  # with all types that derive from them
# Read in a terminal only: before there is a window, or by a developer.
TERMINAL_ONLY = ("cli/", "training/", "models/__main__.py", "app/display_check.py")


def window_sources(root: Path = ROOT) -> list[Path]:
    """Return the files in which the window's own texts are."""
    package = root / "mmdesk"
    return [path for name in WINDOW_PACKAGES for path in sorted((package / name).rglob("*.py"))]


def templates(root: Path = ROOT) -> dict[str, str]:
    """Return the templates said below the window, each with the place where it is said."""
    return {
        value.value: place
        for place, value in template_arguments(root)
        if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value
    }


def template_arguments(root: Path = ROOT) -> Iterator[tuple[str, ast.expr]]:
    """Yield each expression given as a template, with its place; both sides of a condition."""
    package = root / "mmdesk"
    trees = {
        path.relative_to(package).as_posix(): ast.parse(path.read_text(encoding="utf-8"))
        for path in sorted(package.rglob("*.py"))
    }
    errors = _error_types(trees.values())
    for name, tree in trees.items():
        if not name.startswith(TERMINAL_ONLY):
            for node in ast.walk(tree):
                for value in _arguments_of(node, errors):
                    yield from ((f"{name}:{value.lineno}", side) for side in _sides(value))


def listed_texts(root: Path = ROOT) -> set[str]:
    """Return the texts that stand in tables: notes on the models, names of languages."""
    from mmdesk.text.language import LANGUAGES as NAMED

    manifest = json.loads((root / "resources" / "models.json").read_text(encoding="utf-8"))
    notes = {part["note"] for part in manifest["parts"]}
    catalogue = json.loads((root / "resources" / "catalogue.json").read_text(encoding="utf-8"))
    notes |= {
        model[text] for model in catalogue["models"] for text in ("when", "terms") if text in model
    }
    return notes | {language.name for language in NAMED.values()}


def _error_types(trees: Iterable[ast.Module]) -> set[str]:
    """Return the names of ERRORS and of all classes that derive from them."""
    classes = [
        (node.name, {_name(parent) for parent in node.bases})
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    ]
    found = set(ERRORS)
    while more := {name for name, parents in classes if parents & found} - found:
        found |= more
    return found


def _name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def _arguments_of(node: ast.AST, errors: set[str]) -> list[ast.expr]:
    """Return what a call takes as templates: its first argument, and the hint of an error."""
    if not isinstance(node, ast.Call):
        return []
    if _name(node.func) in TEMPLATE_TYPES:
        return node.args[:1]
    if _name(node.func) in errors:
        return node.args[:2] + [word.value for word in node.keywords if word.arg == "hint"]
    return []


def _sides(value: ast.expr) -> Iterator[ast.expr]:
    if isinstance(value, ast.IfExp):
        yield from _sides(value.body)
        yield from _sides(value.orelse)
    else:
        yield value


def collect(target: Path) -> None:
    """Bring a .ts file up to date with the source; it is made when it is not there."""
    with tempfile.TemporaryDirectory() as folder:
        listed = Path(folder) / "templates.py"
        texts = sorted({*templates(), *listed_texts()})
        listed.write_text("".join(f"tr({_quoted(text)})\n" for text in texts), encoding="utf-8")
        _run(
            "pyside6-lupdate", *map(str, [*window_sources(), listed]), "-ts", str(target),
            *("-tr-function-alias", FUNCTIONS, "-locations", "none", "-no-obsolete", "-silent"),
        )  # fmt: skip


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def compile_to(source: Path, target: Path) -> None:
    """Compile a .ts file; texts without a finished translation are left out."""
    _run("pyside6-lrelease", str(source), "-qm", str(target), "-silent")


def _run(tool: str, *arguments: str) -> None:
    beside = Path(sys.executable).with_name(tool)
    subprocess.run([str(beside) if beside.exists() else tool, *arguments], check=True)


def main() -> None:
    """Refresh every language."""
    folder = ROOT / "resources" / "translations"
    folder.mkdir(parents=True, exist_ok=True)
    for language in LANGUAGES:
        source = folder / f"mmdesk_{language}.ts"
        collect(source)
        compile_to(source, source.with_suffix(".qm"))


if __name__ == "__main__":
    main()
