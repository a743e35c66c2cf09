"""Embeddings of sentences: what a model says of their tokens, put together as the model's folder says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import torch
from torch import nn

from registry.types import BuildError, Model
from registry.verify.builders.hub_folder import ModelFolder
from registry.verify.target import Target
from registry.verify.tasks.text.tokens import Tokens, arrays, folder_of, padded, token_inputs

_KINDS = {
    "pooling_mode_mean_tokens": "mean",
    "pooling_mode_cls_token": "cls",
    "pooling_mode_max_tokens": "max",
    "pooling_mode_lasttoken": "lasttoken",
}
"""sentence-transformers' switches by the one name of each that its newer versions write as `pooling_mode`."""

_HARMLESS = ("Transformer", "Pooling", "Normalize", "Dropout")
"""Modules of sentence-transformers that are read here; lengths do not change a cosine."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pairs(Tokens):
    """See `Tokens`. A sample is two texts, each read alone."""

    prompt: str = ""
    ragged: ClassVar[bool] = True

    def apply(self, sample: Any) -> Any:
        first, second = sample
        return {"first": arrays(self.encode(self.prompt + first)), "second": arrays(self.encode(self.prompt + second))}


@dataclass(frozen=True, kw_only=True, slots=True)
class SentenceInputs:
    """See `registry.verify.model_inputs.Inputs`.

    Attributes:
        pooling: How tokens become one vector: `mean`, `cls`, `max` or `lasttoken`.
        padding: The token that fills the places where there is none.
    """

    transform: Pairs
    pooling: str
    padding: int = 0

    def as_dict(self) -> dict[str, Any]:
        tokens = self.transform
        return {
            "tokenizer": tokens.digest,
            "max_length": tokens.longest or None,
            "pooling": self.pooling,
            "similarity": "cosine",
            **({"prompt": tokens.prompt} if tokens.prompt else {}),
        }

    def arguments(self, batch: Any, layout: Any) -> Any:
        return {name: padded(tokens, self.padding) for name, tokens in batch.items()}


class Cosine(nn.Module):
    """The cosine between two sentences' embeddings, shape (batch, 1)."""

    def __init__(self, model: nn.Module, pooling: str) -> None:
        super().__init__()
        self.model, self.pooling = model, pooling

    def forward(self, first: Mapping[str, torch.Tensor], second: Mapping[str, torch.Tensor]) -> torch.Tensor:
        one, other = (pooled(self.model(**text), text["attention_mask"], self.pooling) for text in (first, second))
        return nn.functional.cosine_similarity(one.double(), other.double()).unsqueeze(1)


def pooled(outputs: Any, mask: torch.Tensor, pooling: str) -> torch.Tensor:
    """One vector for each text, from those of its tokens.

    Raises:
        TypeError: The model says nothing of its tokens.
    """
    hidden = getattr(outputs, "last_hidden_state", None)
    if not isinstance(hidden, torch.Tensor):
        raise TypeError(f"the model gives no hidden states of tokens, but a {type(outputs).__name__}")
    hidden, presence = hidden.float(), mask.unsqueeze(-1).bool()
    if pooling == "cls":
        return hidden[:, 0]
    if pooling == "max":
        return hidden.masked_fill(~presence, -torch.inf).amax(1)
    if pooling == "lasttoken":
        return hidden[torch.arange(len(hidden), device=hidden.device), mask.sum(1) - 1]
    return hidden.masked_fill(~presence, 0).sum(1) / presence.sum(1).clamp(min=1)


def reads_both(target: Target) -> bool:
    """Whether a model reads two texts together and says a number of them, as cross-encoders do."""
    architectures = folder_of(target).data("config.json").get("architectures")
    return isinstance(architectures, list) and any(
        "ForSequenceClassification" in str(architecture) for architecture in architectures
    )


def sentence_inputs(model: Model, target: Target, options: Mapping[str, str]) -> SentenceInputs:
    """How pairs of sentences become what a model takes.

    Raises:
        Unverifiable: There is no tokenizer, or the folder asks for more than is read here.
    """
    inputs, folder = token_inputs(model, target, options), folder_of(target)
    longest = folder.data("sentence_bert_config.json").get("max_seq_length")
    tokens = inputs.transform
    limit = longest if type(longest) is int and longest > 0 else tokens.longest
    return SentenceInputs(
        transform=Pairs(
            folder=tokens.folder,
            digest=tokens.digest,
            longest=min(limit, tokens.longest or limit),
            prompt=str({name.casefold(): text for name, text in options.items()}.get("prompt", "")),
        ),
        pooling=_pooling(folder),
        padding=inputs.padding,
    )


def _pooling(folder: ModelFolder) -> str:
    """How a folder of sentence-transformers says that tokens become one vector; `mean` where it says nothing.

    Raises:
        BuildError: In a way that is not read here.
    """
    settings = folder.data("1_Pooling/config.json")
    modules = folder.listed("modules.json")
    strange = [module for module in modules if str(module.get("type")).rpartition(".")[2] not in _HARMLESS]
    if strange:
        raise BuildError(f"the model ends in {strange[0].get('type')}, which is not read here")
    modes = [name for switch, name in _KINDS.items() if settings.get(switch) is True]
    mode = settings.get("pooling_mode")
    modes = [mode] if isinstance(mode, str) else modes
    if len(modes) > 1 or any(mode not in _KINDS.values() for mode in modes):
        raise BuildError(f"the model pools its tokens by {', '.join(modes)}, which is not read here")
    return modes[0] if modes else "mean"
