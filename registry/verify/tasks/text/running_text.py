"""A running text as a language model reads it: in windows that overlap by all but a stride."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import torch
from torch import nn

from registry.types import DatasetError, Model
from registry.verify.target import Target
from registry.verify.tasks.text.tokens import Tokens, said_length, token_inputs

STRIDE, WINDOW = 512, 1024
"""Tokens, where nothing says otherwise: the stride of transformers' guide, and a window for models without a limit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunningText:
    """See `registry.verify.model_inputs.Inputs`.

    Attributes:
        transform: See `Inputs`.
        window: Tokens that the model sees at once.
        stride: Tokens from one window's beginning to the next one's.
    """

    transform: Tokens
    window: int
    stride: int

    def as_dict(self) -> dict[str, Any]:
        """See `Inputs`."""
        return {"tokenizer": self.transform.digest, "window": self.window, "stride": self.stride}

    def arguments(self, batch: Any, layout: Any) -> Any:  # noqa: ARG002
        """See `Inputs`."""
        return (batch["input_ids"],)


class TextCosts(nn.Module):
    """What a text costs a model, window by window: shape (windows, 2), nats of its new tokens and how many they are."""

    def __init__(self, model: nn.Module, window: int, stride: int) -> None:
        super().__init__()
        self.model, self.window, self.stride = model, window, stride

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """The costs of one text, tokens of shape (1, length)."""
        found, told, length = [], 0, tokens.shape[1]
        for start in range(0, length, self.stride):
            end = min(start + self.window, length)
            piece = tokens[:, start:end]
            logits = self.model(input_ids=piece).logits.float()
            costs = nn.functional.cross_entropy(logits[0, :-1], piece[0, 1:], reduction="none")
            new = costs[max(0, told - start - 1) :] if told else costs
            found.append(torch.stack([new.double().sum(), new.new_tensor(len(new)).double()]))
            told = end
            if end == length:
                break
        return torch.stack(found)


def running_text(model: Model, target: Target, given: Mapping[str, str]) -> RunningText:
    """How a running text is read: with the card's `Max Length` and `Stride`, or the option's.

    Raises:
        Unverifiable: There is no tokenizer, or the stride is none.
    """
    tokens = token_inputs(model, target, given).transform
    window = said_length(model, given) or tokens.longest or WINDOW
    value = {each.casefold(): text for each, text in given.items()}.get("stride", model.get("Stride"))
    stride = min(STRIDE, window) if value is None else int(str(value)) if str(value).isdecimal() else 0
    if not 0 < stride <= window:
        raise DatasetError(f"Stride must be a number of tokens up to {window}, and is '{str(value)[:40]}'")
    whole: dict[str, Any] = asdict(tokens) | {"longest": 0, "fixed": False}
    return RunningText(transform=replace(tokens, **whole), window=window, stride=stride)
