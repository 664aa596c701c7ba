"""Tree of a conversation's messages, as a dict from message to parent ("" for none), oldest first.

The window shows one path through it, from a root to a leaf.
"""

from __future__ import annotations


def path_to(tree: dict[str, str], leaf: str) -> list[str]:
    """Return the path from the root to `leaf`, or to the newest message where that is unknown.

    It ends before a message that is on it already: no tree of a database has such a cycle, unless
    an import of an earlier version wrote it.
    """
    at = leaf if leaf in tree else next(reversed(tree), "")
    path: dict[str, None] = {}
    while at in tree and at not in path:
        path[at] = None
        at = tree[at]
    return list(path)[::-1]


def cyclic(tree: dict[str, str]) -> list[str]:
    """Return one message of every cycle: without its parent, the cycle is a path."""
    done: set[str] = set()
    found = []
    for message in tree:
        path: set[str] = set()
        at = message
        while at in tree and at not in done and at not in path:
            path.add(at)
            at = tree[at]
        if at in path:
            found.append(at)
        done |= path
    return found


def children_of(tree: dict[str, str]) -> dict[str, list[str]]:
    """Return the children of every message, oldest first; those of "" are the roots."""
    children: dict[str, list[str]] = {}
    for message, parent in tree.items():
        children.setdefault(parent, []).append(message)
    return children


def newest_leaf(tree: dict[str, str], message: str) -> str:
    """Return the leaf of the newest path through a message."""
    children = children_of(tree)
    seen = {message}
    while children.get(message) and children[message][-1] not in seen:
        message = children[message][-1]
        seen.add(message)
    return message
