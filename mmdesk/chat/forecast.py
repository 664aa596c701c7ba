"""Forecast of the time to the first token and of forgotten messages, from earlier answers.

The window's process has no tokenizer, so tokens are estimated from characters and the estimate is
corrected by every answer's true count. The engine keeps the KV cache of a
conversation, so only what is new since its last answer has to be prefilled; the prefill speed is
the measured one.
"""

from __future__ import annotations

from collections.abc import Sequence

from mmdesk.text import estimate_tokens as estimate
from mmdesk.values import Forecast, Stats, Turn

_TURN = 5  # tokens of the template around each turn
_SYSTEM = 40  # tokens of the system prompt and what stands around everything
_SCANNED_PAGE = 400  # tokens of a page that is still to be read
_FEWEST = 20  # new tokens below which an answer says little about the prefill speed
_WEIGHT = 0.4  # of the newest answer in the measured speed
_MARGIN = 64  # tokens the engine keeps free


def turn_estimate(turn: Turn) -> float:
    """Return the tokens of a turn with everything attached to it, roughly."""
    total = _TURN + estimate(turn.text)
    for document in turn.documents:
        total += estimate(document.text) + _SCANNED_PAGE * len(document.scanned)
    for image in turn.images:
        total += 30 + (
            estimate(image.description.text + image.description.caption) if image.description else 0
        )
    for audio in turn.audio:
        total += estimate(audio.transcript.text) if audio.transcript else 30
    return total


class Forecaster:
    """Forecaster that learns from every answer.

    Attributes:
        prefill_tokens_per_s: the measured speed; 0 before anything was measured.
    """

    def __init__(self) -> None:
        """Begin without measurements."""
        self.prefill_tokens_per_s = 0.0
        self._scale = 1.0  # true tokens per estimated one
        self._limit = 0
        self._in_engine: tuple[str, float] = ("", 0.0)  # conversation, tokens the engine keeps
        self._sizes: dict[int, tuple[Turn, float]] = {}  # by identity: texts do not change

    def learn(
        self, conversation: str, turns: Sequence[Turn], stats: Stats, system: str = ""
    ) -> None:
        """Learn from an answer to the last of `turns`, after additions to the system prompt."""
        if stats.prompt_tokens <= 0:
            return
        estimated = _SYSTEM + estimate(system) + sum(map(self._size, turns))
        if not stats.context_limit or stats.prompt_tokens < stats.context_limit * 0.8:
            self._scale = min(3.0, max(0.3, stats.prompt_tokens / estimated))
        known = self._in_engine[1] if self._in_engine[0] == conversation else 0.0
        fresh = stats.read_tokens or stats.prompt_tokens - known
        prefill_s = stats.ttft_s - stats.load_s
        with_media = bool(turns) and bool(turns[-1].images or turns[-1].audio)  # in the same time
        if fresh >= _FEWEST and prefill_s > 0 and not with_media:
            speed, before = fresh / prefill_s, self.prefill_tokens_per_s
            self.prefill_tokens_per_s = speed if not before else before + _WEIGHT * (speed - before)
        self._in_engine = (conversation, stats.context_tokens or stats.prompt_tokens)
        self._limit = stats.context_limit or self._limit

    def forget(self) -> None:
        """Take note that the next prompt is another one than the engine keeps."""
        self._in_engine = ("", 0.0)

    def forecast(
        self,
        conversation: str,
        turns: Sequence[Turn],
        draft: Turn,
        answer: int,
        limit: int,
        system: str = "",
    ) -> Forecast:
        """Return what sending `draft` after `turns` will bring.

        Args:
            conversation: its id.
            turns: what was said in it.
            draft: the question that is being typed.
            answer: tokens reserved for the answer.
            limit: the context's size as set; the measured one counts where it is smaller.
            system: what follows the system prompt.
        """
        limit = min(limit, self._limit or limit) - answer - _MARGIN
        sizes = [self._scale * self._size(turn) for turn in turns]
        question = self._scale * turn_estimate(draft)
        total = self._scale * (_SYSTEM + estimate(system)) + sum(sizes) + question
        forgotten = 0
        while total > limit and forgotten < len(sizes):
            total -= sizes[forgotten]
            forgotten += 1
        known = 0.0
        if self._in_engine[0] == conversation and not forgotten:
            known = min(self._in_engine[1], total - question)
        wait = None
        if self.prefill_tokens_per_s:
            wait = (min(total, max(1, limit)) - known) / self.prefill_tokens_per_s
        return Forecast(round(total), limit, forgotten, wait)

    def _size(self, turn: Turn) -> float:
        kept = self._sizes.get(id(turn))
        if kept is None or kept[0] is not turn:
            kept = self._sizes[id(turn)] = (turn, turn_estimate(turn))
            if len(self._sizes) > 20_000:
                self._sizes.clear()
        return kept[1]
