"""The tree that a conversation's messages are: each message's parent ("" for none), oldest first.

A path through it, from a first message to a last one, is what the window shows.
"""

from __future__ import annotations


def path_to(tree: dict[str, str], leaf: str) -> list[str]:
    """From the root to `leaf`, or to the newest message when that is not there."""
    at = leaf if leaf in tree else next(reversed(tree), "")
    path: list[str] = []
    while at:
        path.append(at)
        at = tree.get(at, "")
    return path[::-1]


def children_of(tree: dict[str, str]) -> dict[str, list[str]]:
    """Each message's answers, versions or questions, oldest first; "" has the first messages."""
    children: dict[str, list[str]] = {}
    for message, parent in tree.items():
        children.setdefault(parent, []).append(message)
    return children


def newest_below(tree: dict[str, str], message: str) -> str:
    """Where the newest path through this message ends."""
    children = children_of(tree)
    while children.get(message):
        message = children[message][-1]
    return message
