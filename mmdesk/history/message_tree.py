"""Tree of a conversation's messages, as a dict from message to parent ("" for none), oldest first.

The window shows one path through it, from a root to a leaf.
"""

from __future__ import annotations


def path_to(tree: dict[str, str], leaf: str) -> list[str]:
    """Return the path from the root to `leaf`, or to the newest message where that is unknown."""
    at = leaf if leaf in tree else next(reversed(tree), "")
    path: list[str] = []
    while at:
        path.append(at)
        at = tree.get(at, "")
    return path[::-1]


def children_of(tree: dict[str, str]) -> dict[str, list[str]]:
    """Return the children of every message, oldest first; those of "" are the roots."""
    children: dict[str, list[str]] = {}
    for message, parent in tree.items():
        children.setdefault(parent, []).append(message)
    return children


def newest_leaf(tree: dict[str, str], message: str) -> str:
    """Return the leaf of the newest path through a message."""
    children = children_of(tree)
    while children.get(message):
        message = children[message][-1]
    return message
