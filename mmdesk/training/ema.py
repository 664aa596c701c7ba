"""Exponential moving average of a model's weights: smoother, and better, than the last step's."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class WeightAverage:
    """The running average; its decay grows with the steps, so that early weights are forgotten."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self.steps = 0
        self.weights = {name: p.detach().clone() for name, p in model.named_parameters()}

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        own = list(self.weights.values())
        torch._foreach_lerp_(own, [p.detach() for p in model.parameters()], 1 - decay)

    @torch.no_grad()
    def exchange(self, model: nn.Module) -> None:
        """Swap the model's weights and the average's; a second call swaps them back."""
        for name, parameter in model.named_parameters():
            kept = parameter.detach().clone()
            parameter.copy_(self.weights[name])
            self.weights[name].copy_(kept)

    def state_dict(self) -> dict[str, object]:
        return {"steps": self.steps, "weights": self.weights}

    def load_state_dict(self, state: dict[str, object]) -> None:
        self.steps = int(state["steps"])  # type: ignore[call-overload]
        weights: dict[str, Tensor] = state["weights"]  # type: ignore[assignment]
        for name, weight in weights.items():
            self.weights[name].copy_(weight)
