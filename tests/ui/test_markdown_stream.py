"""The block parser: the same result however the text comes, at the cost of the tail."""

from __future__ import annotations

import random

import pytest

from mmdesk.ui.markdown.block_stream import (
    CodeBegun,
    CodeEnded,
    CodeGrown,
    MarkdownStream,
    Prose,
    Step,
)

SAMPLE = """# Title

A paragraph of *two*
lines.

- one
- two

  more of two

```python
def f():
    return "```"
```

1. first
   ```bash
   ls
   ```
2. second

| a | b |
|---|---|
| 1 | 2 |

~~~
tilde ``` inside
~~~
> quote

End"""


def _blocks(steps: list[Step]) -> list[tuple[str, str]]:
    """Return (kind, content) of the document's blocks after all steps."""
    shown: list[tuple[str, str]] = []
    settled = 0
    for step in steps:
        if isinstance(step, Prose):
            del shown[settled:]
            first = settled
            for tokens in step.blocks:
                words = "|".join(t.content for t in tokens if t.content)
                kind = tokens[0].type
                kind = f"code {tokens[0].info}".strip() if kind == "fence" else kind
                shown.append((kind, words))
            settled = first + step.settled
        elif isinstance(step, CodeBegun):
            del shown[settled:]
            shown.append((f"code {step.info}".strip(), ""))
            settled = len(shown)
        elif isinstance(step, CodeGrown):
            kind, code = shown[-1]
            shown[-1] = (kind, code + step.text)
        else:
            assert isinstance(step, CodeEnded)
    return shown


def _fed(text: str, sizes: list[int]) -> list[tuple[str, str]]:
    stream = MarkdownStream()
    steps: list[Step] = []
    at = 0
    for size in sizes:
        steps += stream.feed(text[at : at + size])
        at += size
    steps += stream.feed(text[at:])
    return _blocks(steps + stream.finish())


def test_blocks_are_the_same_however_the_text_comes() -> None:
    whole = _fed(SAMPLE, [])
    assert [kind for kind, _ in whole] == [
        *("heading_open", "paragraph_open", "bullet_list_open", "code python"),
        *("ordered_list_open", "table_open", "code", "blockquote_open", "paragraph_open"),
    ]
    assert _fed(SAMPLE, [1] * len(SAMPLE)) == whole
    for seed in range(30):
        dice = random.Random(seed)
        sizes = [dice.randint(1, 17) for _ in range(200)]
        assert _fed(SAMPLE, sizes) == whole


def test_code_that_shows_a_fence_inside_a_line_goes_on() -> None:
    assert ("code python", 'def f():\n    return "```"\n') in _fed(SAMPLE, [3] * 100)


def test_a_heading_mark_that_becomes_text_is_taken_back() -> None:
    stream = MarkdownStream()
    steps = stream.feed("words\n#")
    steps += stream.feed("hashtag goes on")
    assert _blocks(steps + stream.finish()) == [("paragraph_open", "words\n#hashtag goes on")]


def test_an_unclosed_fence_is_code_to_the_end() -> None:
    assert _fed("```py\na = 1\nb = 2", [5, 5]) == [("code py", "a = 1\nb = 2")]


def test_half_a_closing_fence_is_not_shown() -> None:
    stream = MarkdownStream()
    stream.feed("```py\na\n")
    assert stream.feed("``") == []
    assert stream.feed("`\n") == [CodeEnded()]


def test_reading_costs_the_tail_only() -> None:
    """A long answer is read a few times over, not once per piece."""
    stream = MarkdownStream()
    text = "A paragraph of some forty characters or so.\n\n" * 400
    for at in range(0, len(text), 20):
        stream.feed(text[at : at + 20])
    assert stream.parsed_characters < 6 * len(text)


def test_code_is_never_read_again() -> None:
    stream = MarkdownStream()
    stream.feed("```py\n")
    parses = stream.parses
    for _ in range(1000):
        stream.feed("a = 1\n")
    assert stream.parses == parses


@pytest.mark.parametrize(
    "line",
    ["- an item of a list that never ends\n", "| 1 | 2 |\n", "> quoted\n", "a line of words\n"],
)
def test_a_block_that_never_ends_is_cut(line: str) -> None:
    stream = MarkdownStream()
    stream.feed("| a | b |\n|---|---|\n" if line.startswith("|") else "")
    for _ in range(400):
        stream.feed(line * 5)
    assert len(stream.tail) < 6000


def test_a_cut_table_keeps_all_its_rows_and_its_head_once() -> None:
    rows = "".join(f"| r{n} | x |\n" for n in range(130))
    shown = _fed("| a | b |\n|---|---|\n" + rows + "\nafter", [50] * 80)
    words = "|".join(content for _, content in shown)
    assert [f"r{n}" in words.split("|") for n in range(130)] == [True] * 130
    assert shown[-1] == ("paragraph_open", "after")


def test_a_cut_list_goes_on_counting() -> None:
    stream = MarkdownStream()
    steps: list[Step] = []
    for n in range(1, 300):
        steps += stream.feed(f"{n}. item number {n} with words\n")
    last = [step for step in steps if isinstance(step, Prose)][-1]
    opener = last.blocks[-1][0]
    items = sum(t.type == "list_item_open" for t in last.blocks[-1])
    assert int(opener.attrs.get("start", 1)) + items - 1 == 299


def test_a_line_without_end_is_broken() -> None:
    stream = MarkdownStream()
    stream.feed("x" * 100_000)
    assert len(stream.tail) <= 4002
