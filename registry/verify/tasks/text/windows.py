"""A question with its text, in overlapping windows where they are longer than the model takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from registry.verify.datasets import UnreadableError
from registry.verify.tasks.text.tokens import Tokens, padded, tokenizer_of

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
        found = self._windows(sample)
        names = ("input_ids", "attention_mask", "token_type_ids")
        return {name: np.asarray(found[name], np.int64) for name in names if name in found}

    def places(self, sample: Any) -> npt.NDArray[np.int64]:
        """Where in the context each token lies: first letter, past-last letter, and whether it is of the context.

        Shape (windows, tokens, 3).
        """
        found = self._windows(sample)
        part = 1 if self.question_first else 0
        rows = [
            [
                (*place, 1) if sequence == part else (0, 0, 0)
                for place, sequence in zip(offsets, found.sequence_ids(at), strict=True)
            ]
            for at, offsets in enumerate(found["offset_mapping"])
        ]
        return np.asarray(rows, np.int64)

    def _windows(self, sample: Mapping[str, str]) -> Any:
        pair = (sample["question"].lstrip(), sample["context"])
        cut = tokenizer_of(self.folder, self.digest)
        asked = len(self.encode(pair[0], add_special_tokens=False, truncation=False)["input_ids"])
        room = self.longest - asked - cut.num_special_tokens_to_add(pair=True)
        if room < 2:
            raise UnreadableError(f"its question leaves no room for a text in {self.longest} tokens")
        found = self.encode(
            *(pair if self.question_first else reversed(pair)),
            truncation="only_second" if self.question_first else "only_first",
            stride=min(self.overlap, self.longest // 2, room - 1),
            return_overflowing_tokens=True,
            return_offsets_mapping=True,
            padding=True,
        )
        if not hasattr(found, "sequence_ids"):
            raise UnreadableError("the tokenizer does not say where a token lies in the text")
        return found


@dataclass(frozen=True, kw_only=True, slots=True)
class WindowInputs:
    """See `registry.verify.model_inputs.Inputs`.

    Attributes:
        transform: See `Inputs`.
        padding: The token that fills the places where there is none.
    """

    transform: Windows
    padding: int = 0

    def as_dict(self) -> dict[str, Any]:
        """See `Inputs`."""
        kept = self.transform
        return {"tokenizer": kept.digest, "max_length": kept.longest, "overlap": kept.overlap}

    def arguments(self, batch: Any, layout: Any) -> Any:  # noqa: ARG002
        """See `Inputs`: the windows of all samples, one after another."""
        flat = {name: each.flatten(0, 1) for name, each in batch.items()}
        mask = flat["attention_mask"].clone()
        mask[:, 0] = 1  # a window that only fills up must have something to look at
        return padded({**flat, "attention_mask": mask}, self.padding)
