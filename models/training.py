"""What the training scripts of this folder share: a fixed seed, the loop, and writing the weights and the card."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import nn
from torch.optim.lr_scheduler import LRScheduler

HERE = Path(__file__).resolve().parent


def fix_seed(seed: int) -> torch.Generator:
    """One core, fixed operations and a fixed seed: the same versions on the same processor give the same weights."""
    torch.manual_seed(seed)
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)
    return torch.Generator().manual_seed(seed)


def fit(
    model: nn.Module,
    losses: Iterable[torch.Tensor],
    *,
    learning_rate: float,
    weight_decay: float,
    schedule: Callable[[torch.optim.Optimizer], LRScheduler],
) -> None:
    """Train with AdamW; each loss is taken only when the step before it is done, so that a generator can make it."""
    optimizer = torch.optim.AdamW(model.parameters(), lr=learning_rate, weight_decay=weight_decay)
    rate = schedule(optimizer)
    for loss in losses:
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        rate.step()


def publish(name: str, model: nn.Module, values: Mapping[str, str], *, weights: Path | None = None) -> None:
    """Write a model's weights, and on its card what was counted and measured of them; print it.

    Args:
        name: The card's.
        model: The model.
        values: What else its card says.
        weights: Their file, where they are written already.
    """
    if weights is None:
        weights = HERE / f"{name}.safetensors"
        save_file(model.state_dict(), weights)
    known = {
        "Parameters": str(sum(parameter.numel() for parameter in model.parameters())),
        "File Size": f"{weights.stat().st_size} B",
        "SHA256": f"'{hashlib.sha256(weights.read_bytes()).hexdigest()}'",
        **values,
    }
    _write_card(HERE / f"{name}.md", known)
    for key, value in known.items():
        print(f"{key}: {value}")


def _write_card(card: Path, values: Mapping[str, str]) -> None:
    """Replace the value of each key where it stands in the card's metadata."""
    text = card.read_text(encoding="utf-8")
    for key, value in values.items():
        text, replaced = re.subn(rf"(?m)^(\s*{re.escape(key)}: ).*$", rf"\g<1>{value}", text, count=1)
        if not replaced:
            raise SystemExit(f"{card.name} has no line '{key}:'")
    card.write_text(text, encoding="utf-8")
