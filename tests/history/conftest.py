"""A store in a folder of its own, with a clock that the test moves."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from mmdesk.history.store import Store
from mmdesk.values import ConversationInfo, StoredMessage, Turn, new_id


class Clock:
    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / "history.db"


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    made = Store(path, Clock())
    yield made
    made.close()


def talk(store: Store, *texts: str, title: str = "A talk", **attached: tuple) -> list[str]:
    """Store a conversation of these texts, the user first; its id and the ids of its messages."""
    conversation, parent, ids = new_id(), "", []
    store.begin(ConversationInfo(conversation, title))
    for index, text in enumerate(texts):
        role = "assistant" if index % 2 else "user"
        turn = Turn(role, text, **(attached if index == 0 else {}))
        message = StoredMessage(new_id(), parent, turn)
        store.add(conversation, message)
        parent = message.id
        ids.append(parent)
    return [conversation, *ids]


def texts(store: Store, conversation: str) -> list[str]:
    return [message.turn.text for message in store.open(conversation).messages]
