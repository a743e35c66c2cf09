"""Texts as models take them: cut into tokens by the tokenizer beside the model, padded to the longest of a batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np

from registry.types import BuildError, DatasetError, Model
from registry.verify.builders.hub_folder import TOKENIZER, ModelFolder
from registry.verify.datasets import UnreadableError
from registry.verify.plugins import first_line
from registry.verify.preprocessing import setting
from registry.verify.target import Target

_OFFSET = frozenset(
    {"camembert", "data2vec-text", "longformer", "mpnet", "roberta", "xlm-roberta", "xlm-roberta-xl", "xmod"}
)
"""Architectures whose first positions are never used, because they are numbered from after the padding's."""

_LARGEST = 1 << 20
"""Tokens beyond which a tokenizer's `model_max_length` means that there is no limit."""

_POSITIONS = ("max_position_embeddings", "n_positions", "max_seq_len", "max_sequence_length", "seq_length")


@dataclass(frozen=True, kw_only=True, slots=True)
class Tokens:
    """See `registry.verify.model_inputs.Transform`.

    Attributes:
        digest: Digest of its tokenizer's files.
        longest: Tokens that a sample is cut to; zero for as many as there are.
        fixed: Whether several samples may go into one batch: not where nothing says how they are padded.
    """

    ragged: ClassVar[bool] = True

    folder: str
    digest: str
    longest: int
    fixed: bool = True

    def __str__(self) -> str:
        return f"tokens, {self.longest} at most" if self.longest else "tokens"

    def apply(self, sample: Any) -> Any:
        """See `Transform`: numbers of tokens, and the mask of those that are there."""
        text, pair = sample if isinstance(sample, tuple) else (sample, None)
        return arrays(self.encode(text, pair))

    def encode(self, text: Any, pair: Any = None, **how: Any) -> Any:
        """What the tokenizer makes of a text or of two.

        Raises:
            UnreadableError: It cannot.
        """
        cut = {"truncation": True, "max_length": self.longest} if self.longest else {}
        try:
            return tokenizer_of(self.folder, self.digest)(text, pair, **{**cut, **how})
        except BuildError:
            raise
        except BaseException as error:  # a tokenizer raises whatever its configuration makes it, also panics of Rust
            if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
                raise
            raise UnreadableError(f"the tokenizer fails: {first_line(error)}") from error


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenInputs:
    """See `registry.verify.model_inputs.Inputs`.

    Attributes:
        padding: The token that fills the places where there is none.
        keywords: What else the model is called with.
    """

    transform: Tokens
    padding: int = 0

    def as_dict(self) -> dict[str, Any]:
        return {"tokenizer": self.transform.digest, "max_length": self.transform.longest or None}

    def arguments(self, batch: Any, layout: Any) -> Any:
        return padded(batch, self.padding)


def padded(batch: Mapping[str, Any], padding: int) -> dict[str, Any]:
    """A batch with the token for padding where its mask says that there is none."""
    mask = batch["attention_mask"]
    return {**batch, "input_ids": batch["input_ids"].masked_fill(mask == 0, padding)}


def arrays(encoded: Mapping[str, Any]) -> dict[str, Any]:
    """What a tokenizer gives for one text as arrays, always with its mask."""
    tokens = {name: np.asarray(numbers, np.int64) for name, numbers in encoded.items()}
    tokens.setdefault("attention_mask", np.ones_like(tokens["input_ids"]))
    if not len(tokens["input_ids"]):
        raise UnreadableError("it has no token")
    return tokens


def token_inputs(model: Model, target: Target, options: Mapping[str, str]) -> TokenInputs:
    """How a model's texts become tokens: by its own tokenizer, cut to what the card says, else to what it can take.

    Args:
        model: The card, whose field `Max Length` counts.
        target: Its code.
        options: The option `--preprocessing`; `max length` counts over the card's.

    Raises:
        Unverifiable: There is no tokenizer beside the model.
    """
    folder = folder_of(target)
    if not folder.there(TOKENIZER):
        raise BuildError(f"there is no tokenizer in {folder.path}: tokenizer.json, or what the model's own is called")
    config = folder.data("config.json")
    own = config.get("text_config")
    text: Mapping[str, Any] = own if isinstance(own, Mapping) else config
    padding = next(
        (number for number in (text.get("pad_token_id"), config.get("pad_token_id")) if type(number) is int), None
    )
    decides_by_padding = padding is None and _decodes(config)
    if padding is None:
        padding = _padding(folder)
    return TokenInputs(
        transform=Tokens(
            folder=folder.path,
            digest=folder.digest(TOKENIZER),
            longest=said_length(model, options) or longest(folder, text),
            fixed=not decides_by_padding,
        ),
        padding=padding or 0,
    )


def folder_of(target: Target) -> ModelFolder:
    """The folder of a model's tokenizer and processors.

    Raises:
        BuildError: It has none.
    """
    if not target.folder:
        raise BuildError(
            f"{target.library}:{target.name} comes without files of its own: tokenizer and processors are read from "
            "the folder of its config.json"
        )
    return ModelFolder(target.folder)


def longest(folder: ModelFolder, config: Mapping[str, Any]) -> int:
    """How many tokens a model takes at most, by its tokenizer and its positions; zero where neither says."""
    settings = folder.data("tokenizer_config.json")
    limits = [_whole(settings.get(name)) for name in ("model_max_length", "max_len")]
    limits = [limit for limit in limits if 0 < limit < _LARGEST]
    positions = next((_whole(config.get(name)) for name in _POSITIONS if _whole(config.get(name)) > 0), 0)
    if positions and config.get("model_type") in _OFFSET:
        positions -= _whole(config.get("pad_token_id", 1)) + 1
    if positions > 0:
        limits.append(positions)
    return min(limits, default=0)


@lru_cache(maxsize=8)
def tokenizer_of(folder: str, digest: str) -> Any:  # noqa: ARG001 - another digest is another tokenizer
    """A model's tokenizer, from its folder alone; no code that comes with it is run.

    Raises:
        BuildError: It cannot be read.
    """
    from registry.verify.builders.transformers_files import library

    try:
        return library().AutoTokenizer.from_pretrained(folder, local_files_only=True, trust_remote_code=False)
    except Exception as error:  # the library raises whatever it meets in the files
        raise BuildError(f"the tokenizer in {folder} cannot be read: {first_line(error)}") from error


def _padding(folder: ModelFolder) -> int:
    """The tokenizer's own number for padding, where the model's configuration gives none."""
    try:
        number = tokenizer_of(folder.path, folder.digest(TOKENIZER)).pad_token_id
    except BuildError:
        return 0
    return number if type(number) is int else 0


def _decodes(config: Mapping[str, Any]) -> bool:
    """Whether a model's classes are read off the last token, which it finds by the padding."""
    architectures = config.get("architectures")
    return isinstance(architectures, list) and any(
        "ForSequenceClassification" in str(architecture) for architecture in architectures
    )


def said_length(model: Model, options: Mapping[str, str]) -> int:
    """The tokens that a sample is cut to by the option or the card; zero where neither says.

    Raises:
        DatasetError: It is no number.
    """
    value = setting("Max Length", model, options)
    if value is None:
        return 0
    if not str(value).isdecimal() or not 0 < int(str(value)) < _LARGEST:
        raise DatasetError(f"Max Length must be a number of tokens, and is '{str(value)[:40]}'")
    return int(str(value))


def _whole(value: Any) -> int:
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) and value < 1e31 else 0
