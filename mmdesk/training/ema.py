"""Exponential moving average (EMA) of the weights, which scores better than the last step's."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class ExponentialMovingAverage:
    """Running average of the weights.

    Its decay grows with the steps up to `decay`, so that early weights are soon forgotten.
    """

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay = decay
        self.steps = 0
        self.weights = {name: p.detach().clone() for name, p in model.named_parameters()}

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        """Add the model's weights of one more step."""
        self.steps += 1
        decay = min(self.decay, (1 + self.steps) / (10 + self.steps))
        own = list(self.weights.values())
        torch._foreach_lerp_(own, [p.detach() for p in model.parameters()], 1 - decay)

    @torch.no_grad()
    def swap(self, model: nn.Module) -> None:
        """Swap the model's weights with the average; a second call swaps them back."""
        for name, parameter in model.named_parameters():
            kept = parameter.detach().clone()
            parameter.copy_(self.weights[name])
            self.weights[name].copy_(kept)

    def state_dict(self) -> dict[str, object]:
        """Return what a checkpoint stores."""
        return {"steps": self.steps, "weights": self.weights}

    def load_state_dict(self, state: dict[str, object]) -> None:
        """Restore the state from a checkpoint."""
        self.steps = int(state["steps"])  # type: ignore[call-overload]
        weights: dict[str, Tensor] = state["weights"]  # type: ignore[assignment]
        for name, weight in weights.items():
            self.weights[name].copy_(weight)
