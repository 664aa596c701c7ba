"""Data parallel training: processes that each take a share of the batches and average gradients.

On a CPU the steps of so small a model do not use a second thread, but they do a second process.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor, nn
from torch import distributed as dist

from mmdesk.values import CancelFlag


@dataclass(frozen=True, slots=True)
class ProcessGroup:
    """Position of this process among those of a run; a single process needs no group.

    Attributes:
        rank: number of this process; 0 writes checkpoints and logs.
        size: number of processes.
    """

    rank: int = 0
    size: int = 1

    def average_gradients(self, parameters: Iterable[nn.Parameter]) -> None:
        """Replace the gradients of the trainable parameters by their mean over the processes."""
        if self.size == 1:
            return
        trained = [one for one in parameters if one.requires_grad]
        gradients = [_gradient(one) for one in trained]
        flat = torch.cat([one.flatten() for one in gradients])
        dist.all_reduce(flat)
        flat /= self.size
        for parameter, mean in zip(
            trained, flat.split([one.numel() for one in gradients]), strict=True
        ):
            parameter.grad = mean.view_as(parameter)

    def agree_to_stop(self, stop: CancelFlag) -> bool:
        """Return true if one of the processes is to stop."""
        if self.size == 1:
            return stop.is_set()
        flag = torch.tensor([float(stop.is_set())])
        dist.all_reduce(flag)
        return bool(flag > 0)


def _gradient(parameter: nn.Parameter) -> Tensor:
    return torch.zeros_like(parameter) if parameter.grad is None else parameter.grad


def join_group(meeting_point: Path, rank: int, size: int) -> ProcessGroup:
    """Wait for the other processes and return this one's position.

    Args:
        meeting_point: file that all processes can write; it must not exist before the first.
        rank: number of this process.
        size: number of processes.
    """
    if size > 1:
        dist.init_process_group(
            "gloo", init_method=f"file://{meeting_point}", rank=rank, world_size=size
        )
    return ProcessGroup(rank, size)
