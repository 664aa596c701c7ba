"""Questions about documents larger than the context window, scored by the words of the answer.

`python -m tests.quality.document_questions` prints every answer. The expected words are those of
the document: an answer in other words counts as wrong, one that has them next to nonsense as right.
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from mmdesk.engine import Engine
from mmdesk.engine.local import LocalEngine
from mmdesk.tasks import CHAT, answer
from mmdesk.values import DocumentInput, NeverCancelled, Turn
from tests.tasks.scripts import said

QUESTIONS = json.loads((Path(__file__).parent / "questions.json").read_text(encoding="utf-8"))
TEXTS = Path(__file__).parents[1] / "fixtures" / "texts"
CONTEXT = 1536  # tokens; small enough that none of the documents fits
SHORT = replace(CHAT, max_tokens=60)


def ask(engine: Engine, entry: dict[str, Any]) -> str:
    """Return the answer to one question."""
    text = (TEXTS / entry["document"]).read_text(encoding="utf-8")
    turn = Turn("user", entry["question"], documents=(DocumentInput(entry["document"], text),))
    return said(answer(engine, (turn,), NeverCancelled(), SHORT, context_tokens=CONTEXT))


def is_right(entry: dict[str, Any], text: str) -> bool:
    """Return true if one of the expected wordings is in the answer."""
    return any(words in text for words in entry["any"])


def main() -> None:
    engine = LocalEngine()
    right = 0
    for entry in QUESTIONS:
        text = ask(engine, entry)
        right += is_right(entry, text)
        print(f"{'right' if is_right(entry, text) else 'WRONG'}  {entry['question']}  {text}")
    print(f"{right} of {len(QUESTIONS)}")
    engine.close()


if __name__ == "__main__":
    main()
