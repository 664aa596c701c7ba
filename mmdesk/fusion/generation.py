"""Text generation with a fused transformer: greedy, sampled and beam search, batched over pictures.

Every text carries its probability, so that a caller can say 'not sure' instead of inventing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from mmdesk.fusion.speech_tokens import SpeechFeatures
from mmdesk.fusion.strategies import FusionState
from mmdesk.fusion.transformer import FusedTransformer

Hypothesis = tuple[float, tuple[int, ...]]  # log-probability, ids


@dataclass(frozen=True, slots=True)
class GenerationRules:
    """Settings of decoding.

    Attributes:
        end: id that ends a text.
        unwanted: ids that are never generated.
        longest: tokens at most, the end not counted.
        shortest: tokens at least.
        beams: beam width; 1 is greedy.
        length_power: length penalty: a hypothesis is ranked by log-probability / length**power; 0
            favours short texts, 1 the mean token.
        no_repeat: no n-gram of this length comes twice; 0 allows it.
        temperature: above 0, tokens are sampled (with one beam only).
    """

    end: int
    unwanted: tuple[int, ...] = ()
    longest: int = 24
    shortest: int = 1
    beams: int = 1
    length_power: float = 0.7
    no_repeat: int = 3
    temperature: float = 0.0


@dataclass(frozen=True, slots=True)
class GeneratedText:
    """Generated ids without the end, and the log-probability of all of them, end included."""

    ids: tuple[int, ...]
    log_probability: float

    @property
    def probability(self) -> float:
        """Return the geometric mean over the tokens, 0..1, which compares texts of any length."""
        return math.exp(self.log_probability / (len(self.ids) + 1))


@torch.inference_mode()
def generate(
    model: FusedTransformer,
    grid: Tensor,
    labels: Tensor,
    prompt: Tensor,
    rules: GenerationRules,
    generator: torch.Generator | None = None,
    copies: int = 1,
    spoken: SpeechFeatures | None = None,
) -> list[GeneratedText]:
    """Generate one text for every picture, or `copies` samples, those of a picture together.

    Args:
        model: in evaluation mode.
        grid: [B, 64, 1280].
        labels: [B, 1000], logits.
        prompt: [B, n] ids, n the same for all rows.
        rules: of decoding.
        generator: random numbers for sampling.
        copies: samples of each picture.
        spoken: replaces the prompt's ids after its first; decoded greedily.
    """
    longest = min(rules.longest, model.config.positions - prompt.shape[1])
    if rules.beams > 1 and copies == 1 and spoken is None:
        return _beam_search(model, grid, labels, prompt, rules, longest)
    state = model.begin(grid, labels)
    logits = model.advance(state, prompt, spoken)[:, -1]  # [B, V]
    return _decode(model, state, logits, rules, longest, generator, copies)


def _allowed(logits: Tensor, generated: Sequence[Sequence[int]], rules: GenerationRules) -> Tensor:
    """Return log-probabilities [N, V] of the next token, with -inf where the rules forbid it."""
    scores = logits.float().log_softmax(dim=-1)
    scores[:, list(rules.unwanted)] = -math.inf
    for row, ids in enumerate(generated):
        if len(ids) < rules.shortest:
            scores[row, rules.end] = -math.inf
        for token in _repeating(ids, rules.no_repeat):
            scores[row, token] = -math.inf
    return scores


def _repeating(ids: Sequence[int], n: int) -> list[int]:
    """Return the tokens that would complete an n-gram that `ids` has already."""
    if n < 1 or len(ids) < n:
        return []
    tail = tuple(ids[len(ids) - n + 1 :])
    starts = range(len(ids) - n + 1)
    return [ids[i + n - 1] for i in starts if tuple(ids[i : i + n - 1]) == tail]


def _decode(
    model: FusedTransformer,
    state: FusionState,
    logits: Tensor,
    rules: GenerationRules,
    longest: int,
    generator: torch.Generator | None,
    copies: int,
) -> list[GeneratedText]:
    """Decode token by token, greedily or sampled, from the logits [B, V] after the prompt."""
    if copies > 1:
        repeated = torch.arange(len(logits)).repeat_interleave(copies)
        state, logits = state.select(repeated), logits[repeated]
    generated: list[list[int]] = [[] for _ in range(len(logits))]
    totals = [0.0] * len(logits)
    active = list(range(len(logits)))  # the text that every row of the state belongs to
    for step in range(longest + 1):
        allowed = _allowed(logits, [generated[text] for text in active], rules)
        tokens = _next_tokens(allowed, rules, step == longest, generator)
        scores = allowed.gather(1, tokens.unsqueeze(1)).clamp_min(-100).squeeze(1).tolist()
        for text, token, score in zip(active, tokens.tolist(), scores, strict=True):
            totals[text] += score
            if token != rules.end:
                generated[text].append(token)
        kept = (tokens != rules.end).nonzero().squeeze(1)
        if not len(kept):
            break
        if len(kept) < len(active):  # ended texts leave the batch
            active = [active[row] for row in kept.tolist()]
            state, tokens = state.select(kept), tokens[kept]
        logits = model.advance(state, tokens.unsqueeze(1))[:, -1]
    return [GeneratedText(tuple(s), t) for s, t in zip(generated, totals, strict=True)]


def _next_tokens(
    allowed: Tensor, rules: GenerationRules, last: bool, generator: torch.Generator | None
) -> Tensor:
    """Return the next token of every row [N], from log-probabilities [N, V]."""
    if last:
        return torch.full((len(allowed),), rules.end)
    if rules.temperature <= 0:
        return allowed.argmax(dim=-1)
    # Inverse transform sampling: five times faster than multinomial.
    cumulative = (allowed / rules.temperature).softmax(dim=-1).cumsum(dim=-1)  # [N, V]
    drawn = torch.rand(len(allowed), 1, generator=generator) * cumulative[:, -1:]
    found = torch.searchsorted(cumulative, drawn, right=True).squeeze(1)
    return found.clamp_max(len(cumulative[0]) - 1)


@dataclass(slots=True)
class _Beam:
    """Hypotheses about one picture.

    Attributes:
        active: those that go on, the most probable first.
        finished: ended ones with their rank value.
    """

    active: list[Hypothesis]
    finished: list[tuple[float, GeneratedText]]

    def take(
        self, ranked: list[tuple[float, int, int]], rules: GenerationRules, last: bool
    ) -> list[int]:
        """Keep the best continuations; return the hypotheses that they continue.

        Args:
            ranked: (log-probability, index of the hypothesis, token), best first.
            rules: of decoding.
            last: true if all texts end now.
        """
        kept: list[Hypothesis] = []
        parents: list[int] = []
        for total, parent, token in ranked:
            if total == -math.inf or len(kept) == rules.beams:
                break
            ids = self.active[parent][1]
            if token == rules.end or last:
                rank = total / max(len(ids), 1) ** rules.length_power
                self.finished.append((rank, GeneratedText(ids, total)))
            else:
                kept.append((total, (*ids, token)))
                parents.append(parent)
        while kept and len(kept) < rules.beams:  # every picture has `beams` rows in the batch
            kept.append((-math.inf, kept[0][1]))
            parents.append(parents[0])
        self.active = kept
        return parents

    def is_done(self, rules: GenerationRules) -> bool:
        """Return true if no active hypothesis can overtake enough finished ones."""
        if not self.active:
            return True
        if len(self.finished) < rules.beams:
            return False
        worst = sorted((rank for rank, _ in self.finished), reverse=True)[rules.beams - 1]
        total, ids = self.active[0]
        return total / (len(ids) + 1) ** rules.length_power < worst

    def best(self) -> GeneratedText:
        """Return the finished hypothesis of the highest rank, else the most probable active one."""
        if self.finished:
            return max(self.finished, key=lambda pair: pair[0])[1]
        return GeneratedText(self.active[0][1], self.active[0][0])


def _beam_search(
    model: FusedTransformer,
    grid: Tensor,
    labels: Tensor,
    prompt: Tensor,
    rules: GenerationRules,
    longest: int,
) -> list[GeneratedText]:
    """Advance all pictures' beams together: row b * beams + k is hypothesis k of picture b."""
    count, width = len(prompt), rules.beams
    state = model.begin(grid, labels)
    logits = model.advance(state, prompt)[:, -1]  # [B, V]
    repeated = torch.arange(count).repeat_interleave(width)
    state, logits = state.select(repeated), logits[repeated]  # [B * beams, ...]
    start: list[Hypothesis] = [(0.0, ()), *[(-math.inf, ())] * (width - 1)]
    beams = [_Beam(list(start), []) for _ in range(count)]
    for step in range(longest + 1):
        generated = [ids for beam in beams for _, ids in _rows(beam, width)]
        allowed = _allowed(logits, generated, rules)  # [B * beams, V]
        origins, tokens = _advance_beams(beams, allowed, rules, step == longest)
        if all(beam.is_done(rules) for beam in beams):
            break
        state = state.select(torch.tensor(origins))
        logits = model.advance(state, torch.tensor(tokens).unsqueeze(1))[:, -1]
    return [beam.best() for beam in beams]


def _rows(beam: _Beam, width: int) -> list[Hypothesis]:
    return beam.active or [(-math.inf, ())] * width


def _advance_beams(
    beams: list[_Beam], allowed: Tensor, rules: GenerationRules, last: bool
) -> tuple[list[int], list[int]]:
    """Advance every beam by one token.

    Returns:
        For every row of the batch, the row that it continues and its token.
    """
    width = rules.beams
    origins, tokens = [], []
    for number, beam in enumerate(beams):
        base = number * width
        if beam.is_done(rules) and beam.finished:
            beam.active = []
        ranked = _ranked(beam, allowed[base : base + width], rules, last) if beam.active else []
        parents = beam.take(ranked, rules, last)
        origins += [base + parent for parent in parents] or list(range(base, base + width))
        tokens += [ids[-1] for _, ids in beam.active] or [rules.end] * width
    return origins, tokens


def _ranked(
    beam: _Beam, allowed: Tensor, rules: GenerationRules, last: bool
) -> list[tuple[float, int, int]]:
    """Return continuations as (log-probability, index of the hypothesis, token), best first.

    In the last step they are the ends of all hypotheses, in the beam's order.
    """
    width, vocabulary = allowed.shape
    totals = torch.tensor([total for total, _ in beam.active], dtype=torch.float32)
    if last:
        ends = (totals + allowed[:, rules.end]).clamp_min(-1e9)
        return [(float(ends[k]), k, rules.end) for k in range(width)]
    scores = (totals.unsqueeze(1) + allowed).flatten()
    best, indices = scores.topk(min(2 * width, len(scores)))
    return [
        (total, index // vocabulary, index % vocabulary)
        for total, index in zip(best.tolist(), indices.tolist(), strict=True)
    ]
