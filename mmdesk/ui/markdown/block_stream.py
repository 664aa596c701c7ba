"""Incremental block parser of Markdown: only the last block of a growing text is parsed again.

A block is settled once the next one has begun in a whole line: no later text can change it.
Blocks that grow long without end (code, tables, lists, a paragraph that never breaks) are split,
so that the tail stays short whatever a model writes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

LONGEST_LINE = 2000  # characters of prose without a line break before a paragraph is split
LONGEST_BLOCK = 1500  # characters of a list, quote or paragraph before it is split
MAX_FORMULA = 4000  # characters
ROWS_AT_ONCE = 24  # rows of a table before it is split


@dataclass(slots=True)
class Prose:
    """The blocks that replace the last tail; the first `settled` of them are final."""

    blocks: list[list[Token]]
    settled: int


@dataclass(slots=True)
class CodeBegun:
    """The start of a code block in place of the last tail; `info` is the text after the fence."""

    info: str


@dataclass(slots=True)
class CodeGrown:
    """Some more code of the block, newlines included."""

    text: str


@dataclass(slots=True)
class CodeEnded:
    """The end of the code block."""


Step = Prose | CodeBegun | CodeGrown | CodeEnded


@dataclass(slots=True)
class _OpenBlock:
    start: int  # line of the tail
    tokens: list[Token]

    @property
    def kind(self) -> str:
        return self.tokens[0].type


@dataclass(slots=True)
class _Fence:
    mark: str
    indent: int
    line: str = ""  # the unfinished line
    shown: int = 0  # characters of it that were passed on

    def closes(self, line: str) -> bool:
        bare = line.strip()
        return len(bare) >= len(self.mark) and not bare.strip(self.mark[0])

    def could_close(self) -> bool:
        return not self.line.strip().strip(self.mark[0])


def _bound_formulas(markdown: MarkdownIt) -> None:
    r"""Look for the end of a formula in \(x\) and \[x\] within MAX_FORMULA characters only.

    The plugin looks through the rest of the text for each beginning, in quadratic time.
    """
    from mdit_py_plugins.texmath.index import make_block_func, make_inline_func, rules

    def ends_soon(end: str) -> Callable[[str, int], bool]:
        return lambda text, begin: text.find(end, begin + 2, begin + 2 + MAX_FORMULA) > 0

    for rule in rules["brackets"]["inline"]:
        bounded = make_inline_func({**rule, "pre": ends_soon("\\)")})
        markdown.inline.ruler.at(rule["name"], bounded)
    for rule in rules["brackets"]["block"]:
        markdown.block.ruler.at(rule["name"], make_block_func({**rule, "pre": ends_soon("\\]")}))


def parser() -> MarkdownIt:
    r"""Return a CommonMark parser with tables, strikethrough and formulas.

    Formulas are written $x$, $$x$$, \(x\) or \[x\]. Raw HTML stays text, and so do amounts of
    money.
    """
    from markdown_it import MarkdownIt
    from mdit_py_plugins.dollarmath import dollarmath_plugin
    from mdit_py_plugins.texmath import texmath_plugin

    markdown = MarkdownIt("commonmark", {"html": False, "maxNesting": 24})
    markdown.use(texmath_plugin, delimiters="brackets")
    _bound_formulas(markdown)
    markdown.use(
        dollarmath_plugin,
        allow_labels=False, allow_space=False, allow_digits=False, double_inline=True,
    )  # fmt: skip
    return markdown.enable(["table", "strikethrough"])


@dataclass
class MarkdownStream:
    """The parser of one growing text, which returns the changes of the document.

    Attributes:
        tail: prose that is not settled.
        parses: how often the parser ran (for tests of the cost).
        parsed_characters: how much it parsed in all.
    """

    tail: str = ""
    parses: int = 0
    parsed_characters: int = 0
    _fence: _Fence | None = None
    _line_length: int = 0
    _table_head: str = ""
    _env: dict[str, Any] = field(default_factory=dict, repr=False)
    _parser: MarkdownIt | None = field(default=None, repr=False)

    def feed(self, text: str) -> list[Step]:
        """Parse more text and return the changes in order."""
        steps: list[Step] = []
        rest = text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
        while rest:
            if self._fence is not None:
                rest = self._feed_code(rest, steps)
            else:
                self.tail += self._break_long_lines(rest)
                rest = self._parse_tail(steps)
        return steps

    def finish(self) -> list[Step]:
        """Return the last changes, after the end of the text."""
        steps: list[Step] = []
        if self._fence is not None:
            self._pass_on_code(self._fence, steps)
            steps.append(CodeEnded())
            self._fence = None
        elif self.tail:
            blocks = [block.tokens for block in self._parse()]
            steps.append(Prose(blocks, len(blocks)))
        self.tail = ""
        return steps

    # --- code ---------------------------------------------------------------------------------

    def _feed_code(self, rest: str, steps: list[Step]) -> str:
        """Take lines up to the closing fence and return the text after it."""
        fence = self._fence
        assert fence is not None
        grown: list[str] = []
        lines = _newline_split(rest)
        for index, line in enumerate(lines):
            fence.line += line
            if not line.endswith("\n"):
                break
            if fence.shown == 0 and fence.closes(fence.line):
                if grown:
                    steps.append(CodeGrown("".join(grown)))
                steps.append(CodeEnded())
                self._fence = None
                return "".join(lines[index + 1 :])
            grown.append(self._visible(fence))
            fence.line, fence.shown = "", 0
        if fence.line and not fence.could_close():
            grown.append(self._visible(fence))
        if any(grown):
            steps.append(CodeGrown("".join(grown)))
        return ""

    @staticmethod
    def _visible(fence: _Fence) -> str:
        """Return the new part of the current line, without the indentation of the fence."""
        spaces = len(fence.line) - len(fence.line.lstrip(" "))
        line = fence.line[min(spaces, fence.indent) :]
        new = line[fence.shown :]
        fence.shown = len(line)
        return new

    def _pass_on_code(self, fence: _Fence, steps: list[Step]) -> None:
        if fence.line and not (fence.shown == 0 and fence.closes(fence.line)):
            steps.append(CodeGrown(self._visible(fence)))

    # --- prose --------------------------------------------------------------------------------

    def _break_long_lines(self, text: str) -> str:
        pieces: list[str] = []
        for line in _newline_split(text):
            while self._line_length + len(line) > LONGEST_LINE:
                free = max(1, LONGEST_LINE - self._line_length)
                cut = line.rfind(" ", 0, free) + 1 or free
                pieces.append(line[:cut] + "\n\n")
                line, self._line_length = line[cut:], 0
            pieces.append(line)
            self._line_length = 0 if line.endswith("\n") else self._line_length + len(line)
        return "".join(pieces)

    def _parse(self) -> list[_OpenBlock]:
        if self._parser is None:
            self._parser = parser()
        self.parses += 1
        source = self._table_head + self.tail
        self.parsed_characters += len(source)
        blocks: list[_OpenBlock] = []
        depth = end = 0
        for token in self._parser.parse(source, self._env):
            if depth == 0:
                start, end = token.map or _lines_of_formula(token, source, end)
                blocks.append(_OpenBlock(start, []))
            blocks[-1].tokens.append(token)
            depth += token.nesting
        if self._table_head:
            self._continue_table(blocks)
        return blocks

    def _continue_table(self, blocks: list[_OpenBlock]) -> None:
        """Mark the table whose head was put before the tail so that its rows are parsed as rows."""
        head_lines = self._table_head.count("\n")
        for index, block in enumerate(blocks):
            block.start = max(0, block.start - head_lines)
            if index == 0 and block.kind == "table_open":
                block.tokens[0].meta["continued"] = True

    def _parse_tail(self, steps: list[Step]) -> str:
        """Settle what can be settled and return the text after an opened fence."""
        lines = _newline_split(self.tail)
        whole = len(lines) - 1 if lines and not lines[-1].endswith("\n") else len(lines)
        blocks = self._parse()
        if not blocks:
            steps.append(Prose([], 0))
            self.tail = "".join(lines[whole:]) if not self.tail.strip() else self.tail
            return ""
        last = blocks[-1]
        if last.kind == "fence" and last.start < whole:
            return self._open_fence(blocks, lines, steps)
        keep = max((i for i, b in enumerate(blocks) if b.start < whole), default=0)
        shown = [block.tokens for block in blocks]
        start = blocks[keep].start
        table_head = "" if keep else self._table_head
        if keep == len(blocks) - 1 and whole == len(lines):
            cut = _split_block(last, lines)
            if cut is not None:
                settled, staying, start = cut
                shown[-1:] = [settled, staying] if staying else [settled]
                keep += 1
                if last.kind == "table_open":
                    table_head = table_head or "".join(lines[last.start : last.start + 2])
        steps.append(Prose(shown, keep))
        self._table_head = table_head
        self.tail = "".join(lines[start:])
        return ""

    def _open_fence(self, blocks: list[_OpenBlock], lines: list[str], steps: list[Step]) -> str:
        fence = blocks[-1]
        before = [block.tokens for block in blocks[:-1]]
        steps.append(Prose(before, len(before)))
        token = fence.tokens[0]
        opener = lines[fence.start]
        self._fence = _Fence(token.markup, len(opener) - len(opener.lstrip(" ")))
        steps.append(CodeBegun(token.info.strip()))
        self.tail, self._table_head, self._line_length = "", "", 0
        return "".join(lines[fence.start + 1 :])


def _lines_of_formula(token: Token, source: str, after: int) -> tuple[int, int]:
    r"""Return the lines of a formula `\[ … \]`, from the line `after`: its token has none."""
    lines = source.split("\n")
    found = (n for n in range(after, len(lines)) if lines[n].lstrip().startswith(token.markup))
    start = next(found, after)
    return start, start + token.content.count("\n") + 1


def _newline_split(text: str) -> list[str]:
    """Return the lines with their newlines; unlike str.splitlines, only these divide."""
    return [piece for piece in re.split(r"(?<=\n)", text) if piece]


_Split = tuple[list["Token"], list["Token"], int]  # settled, staying, first line of the latter


def _split_block(block: _OpenBlock, lines: list[str]) -> _Split | None:
    """Split a block that grew long; return None to leave it whole.

    Every line is a whole one.
    """
    if block.kind == "table_open":
        rows = sum(token.type == "tr_open" for token in block.tokens)
        ended = not lines[-1].strip()
        return None if rows <= ROWS_AT_ONCE or ended else (block.tokens, [], len(lines))
    if sum(map(len, lines[block.start :])) < LONGEST_BLOCK:
        return None
    if block.kind in ("bullet_list_open", "ordered_list_open"):
        return _split_list(block)
    if block.kind in ("paragraph_open", "blockquote_open"):
        return block.tokens, [], len(lines)
    return None


def _split_list(block: _OpenBlock) -> _Split | None:
    """Settle all items but the last; a numbered list goes on counting."""
    items = [i for i, t in enumerate(block.tokens) if t.type == "list_item_open" and t.level == 1]
    last = items[-1]
    lines = block.tokens[last].map
    if len(items) < 2 or lines is None:
        return None
    opener, closer = block.tokens[0], block.tokens[-1]
    reopened = opener.copy()
    if opener.type == "ordered_list_open":
        reopened.attrs = {"start": int(opener.attrs.get("start", 1)) + len(items) - 1}
    return [*block.tokens[:last], closer], [reopened, *block.tokens[last:]], lines[0]
