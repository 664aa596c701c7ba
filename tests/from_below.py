"""Every sentence that rooms below the window can say to a person, found in their source.

For the test that each of them is known to `mmdesk.ui.sentences`, and so has a translation.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import mmdesk

ROOT = Path(mmdesk.__file__).parent
ROOMS = ("bridge", "engine", "history", "inputs", "models", "perception", "tasks")
# Said in the terminal only: before there is a window, or for a developer.
ELSEWHERE = ("bridge/display.py", "models/__main__.py")
SAYING = ("MMDeskError", "InputError", "ModelUnavailable", "EngineDied", "NoSource", "Notice")
SAYING_FIRST = ("Preparing",)  # what else they are given is no sentence


def sentences() -> dict[str, str]:
    """Templates with {0}, {1}… in the values' places -> where they are said."""
    found: dict[str, str] = {}
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if name not in ELSEWHERE:
                for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                    for template in _said(node):
                        found.setdefault(template, f"{name}:{getattr(node, 'lineno', 0)}")
    return found


def _said(node: ast.AST) -> Iterator[str]:
    if not isinstance(node, ast.Call):
        return
    called = node.func
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    if name in SAYING or name == "emit":
        for value in (*node.args, *(keyword.value for keyword in node.keywords)):
            yield from _templates(value)
    elif (name in SAYING_FIRST and node.args) or (name == "tr" and node.args):
        yield from _templates(node.args[0])


def _templates(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.IfExp):
        yield from _templates(node.body)
        yield from _templates(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _templates(value)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        if any(sign.isalpha() for sign in node.value):
            yield node.value
    elif isinstance(node, ast.JoinedStr):
        parts, count = [], 0
        for value in node.values:
            if isinstance(value, ast.Constant):
                parts.append(str(value.value))
            else:
                parts.append(f"{{{count}}}")
                count += 1
        if any(sign.isalpha() for part in parts for sign in part if len(part) > 3):
            yield "".join(parts)
