"""A question with its text, in overlapping windows where they are longer than the model takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from registry.types import DatasetError, Model
from registry.verify.datasets import UnreadableError
from registry.verify.preprocessing import setting
from registry.verify.target import Target
from registry.verify.tasks.text.tokens import Tokens, arrays, padded, said_length, token_inputs, tokenizer_of

LONGEST = 384
"""Tokens of a window, unless the card says otherwise: the setting of transformers' own example and of BERT's script."""

OVERLAP = 128
"""Tokens that a window shares with the next one, in the same places."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Windows(Tokens):
    """See `Tokens`. A sample is a mapping of `question` and `context`.

    Attributes:
        overlap: Tokens of the context that a window shares with the next.
        question_first: Whether the question stands before the context.
    """

    overlap: int = OVERLAP
    question_first: bool = True

    def apply(self, sample: Any) -> Any:
        """See `Transform`: each array has the shape (windows, tokens)."""
        windows = self._windows(sample)
        names = ("input_ids", "attention_mask", "token_type_ids")
        return {name: np.asarray(windows[name], np.int64) for name in names if name in windows}

    def places(self, sample: Any) -> npt.NDArray[np.int64]:
        """Where in the context each token lies: first letter, past-last letter, and whether it is of the context.

        Shape (windows, tokens, 3).
        """
        windows = self._windows(sample)
        part = 1 if self.question_first else 0
        rows = [
            [
                (*place, 1) if sequence == part else (0, 0, 0)
                for place, sequence in zip(offsets, windows.sequence_ids(at), strict=True)
            ]
            for at, offsets in enumerate(windows["offset_mapping"])
        ]
        return np.asarray(rows, np.int64)

    def _windows(self, sample: Mapping[str, str]) -> Any:
        pair = (sample["question"].lstrip(), sample["context"])
        cut = tokenizer_of(self.folder, self.digest)
        length = len(self.encode(pair[0], add_special_tokens=False, truncation=False)["input_ids"])
        room = self.longest - length - cut.num_special_tokens_to_add(pair=True)
        if room < 2:
            raise UnreadableError(f"its question leaves no room for a text in {self.longest} tokens")
        windows = self.encode(
            *(pair if self.question_first else reversed(pair)),
            truncation="only_second" if self.question_first else "only_first",
            stride=min(self.overlap, self.longest // 2, room - 1),
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            padding=True,
        )
        if not hasattr(windows, "sequence_ids"):
            raise UnreadableError("the tokenizer does not say where a token lies in the text")
        return windows


@dataclass(frozen=True, kw_only=True, slots=True)
class WindowInputs:
    """See `registry.verify.model_inputs.Inputs`.

    Attributes:
        padding: The token that fills the places where there is none.
    """

    transform: Windows
    padding: int = 0

    def as_dict(self) -> dict[str, Any]:
        tokens = self.transform
        return {"tokenizer": tokens.digest, "max_length": tokens.longest, "overlap": tokens.overlap}

    def arguments(self, batch: Any, layout: Any) -> Any:
        """See `Inputs`: the windows of all samples, one after another."""
        flat = {name: array.flatten(0, 1) for name, array in batch.items()}
        mask = flat["attention_mask"].clone()
        mask[:, 0] = 1  # a window that only fills up must have something to look at
        return padded({**flat, "attention_mask": mask}, self.padding)


STRIDE, WINDOW = 512, 1024
"""Tokens, where nothing says otherwise: the stride of transformers' guide, and a window for models without a limit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RunningText:
    """See `registry.verify.model_inputs.Inputs`.

    Attributes:
        window: Tokens that the model sees at once.
        stride: Tokens from one window's beginning to the next one's.
    """

    transform: Tokens
    window: int
    stride: int

    def as_dict(self) -> dict[str, Any]:
        return {"tokenizer": self.transform.digest, "window": self.window, "stride": self.stride}

    def arguments(self, batch: Any, layout: Any) -> Any:
        return (batch["input_ids"],)


class TextCosts(nn.Module):
    """What a text costs a model, window by window: shape (windows, 2), nats of its new tokens and how many they are."""

    def __init__(self, model: nn.Module, window: int, stride: int) -> None:
        super().__init__()
        self.model, self.window, self.stride = model, window, stride

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        """The costs of one text, tokens of shape (1, length)."""
        rows, previous_end, length = [], 0, tokens.shape[1]
        for start in range(0, length, self.stride):
            end = min(start + self.window, length)
            piece = tokens[:, start:end]
            logits = self.model(input_ids=piece).logits.float()
            costs = nn.functional.cross_entropy(logits[0, :-1], piece[0, 1:], reduction="none")
            new = costs[max(0, previous_end - start - 1) :] if previous_end else costs
            rows.append(torch.stack([new.double().sum(), new.new_tensor(len(new)).double()]))
            previous_end = end
            if end == length:
                break
        return torch.stack(rows)


def running_text(model: Model, target: Target, options: Mapping[str, str]) -> RunningText:
    """How a running text is read: with the card's `Max Length` and `Stride`, or the option's.

    Raises:
        Unverifiable: There is no tokenizer, or the stride is none.
    """
    tokens = token_inputs(model, target, options).transform
    window = said_length(model, options) or tokens.longest or WINDOW
    value = setting("Stride", model, options)
    stride = min(STRIDE, window) if value is None else int(str(value)) if str(value).isdecimal() else 0
    if not 0 < stride <= window:
        raise DatasetError(f"Stride must be a number of tokens up to {window}, and is '{str(value)[:40]}'")
    whole: dict[str, Any] = asdict(tokens) | {"longest": 0, "fixed": False}
    return RunningText(transform=replace(tokens, **whole), window=window, stride=stride)


@dataclass(frozen=True, kw_only=True, slots=True)
class Words(Tokens):
    """See `Tokens`. A sample is a list of words."""

    def apply(self, sample: Any) -> Any:
        return arrays(self.encode(list(sample), is_split_into_words=True))

    def starts(self, words: list[str]) -> npt.NDArray[np.int64]:
        """The place of each word's first token, from one; zero for a word that was cut off or has no token."""
        encoded = self.encode(list(words), is_split_into_words=True)
        try:
            of_word = encoded.word_ids()
        except ValueError as error:
            raise UnreadableError("the tokenizer does not say which word a token is of") from error
        places = np.zeros(len(words), np.int64)
        for place, word in reversed(list(enumerate(of_word, 1))):
            if word is not None:
                places[word] = place
        return places
