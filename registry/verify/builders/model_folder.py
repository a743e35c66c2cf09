"""The files that the Hub keeps of a model beside its weights: configuration, tokenizer, processors."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from registry.evidence import digests
from registry.files import open_plain
from registry.types import BuildError

WEIGHTS = ("model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json")
"""What weights are called in a model's folder, in the order in which transformers looks for them."""

TOKENIZER = (
    "added_tokens.json", "bpe.codes", "dict.txt", "merges.txt", "normalizer.json", "sentencepiece.bpe.model",
    "sentencepiece.model", "source.spm", "special_tokens_map.json", "spiece.model", "spm.model", "target.spm",
    "tokenizer.json", "tokenizer.model", "tokenizer_config.json", "vocab-src.json", "vocab-tgt.json", "vocab.json",
    "vocab.txt",
)  # fmt: skip
PROCESSOR = ("preprocessor_config.json", "processor_config.json")
GENERATION = ("generation_config.json",)
SENTENCES = ("sentence_bert_config.json", "config_sentence_transformers.json")
RUNNING = (*TOKENIZER, *PROCESSOR, *GENERATION, *SENTENCES)
"""What running a model takes besides its weights and `config.json`."""

LARGEST = 256 << 20
"""Bytes of such a file: the largest vocabularies take some 40 MB."""


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model's folder.

    Attributes:
        path: The folder.
    """

    path: str

    def file(self, name: str) -> Path | None:
        """A file of the folder; `None` where there is none, or it is a link to somewhere else."""
        folder = Path(self.path).resolve()
        found = folder / name
        try:
            return found if found.resolve().is_relative_to(folder) and found.is_file() else None
        except OSError:
            return None

    def there(self, names: Sequence[str]) -> Sequence[str]:
        """Those of some files that the folder has."""
        return [name for name in names if self.file(name) is not None]

    def data(self, name: str) -> Mapping[str, Any]:
        """A JSON file's mapping; empty where there is no such file.

        Raises:
            BuildError: It cannot be read.
        """
        found = self._json(name)
        if found is not None and not isinstance(found, dict):
            raise BuildError(f"{name} is no mapping")
        return found or {}

    def listed(self, name: str) -> Sequence[Mapping[str, Any]]:
        """A JSON file's list of mappings; empty where there is no such file.

        Raises:
            BuildError: It cannot be read.
        """
        found = self._json(name)
        if found is not None and not (isinstance(found, list) and all(isinstance(each, dict) for each in found)):
            raise BuildError(f"{name} is no list of mappings")
        return found or []

    def digest(self, names: Sequence[str]) -> str:
        """Digest of the names and contents of those of some files that are there.

        Raises:
            BuildError: One cannot be read.
        """
        held = {name: digests.of_bytes(self._read(file)) for name in names if (file := self.file(name)) is not None}
        return digests.of_json(held)

    def _json(self, name: str) -> Any:
        file = self.file(name)
        if file is None:
            return None
        try:
            return json.loads(self._read(file))
        except (ValueError, RecursionError) as error:
            raise BuildError(f"{name} cannot be read: {error}") from error

    def _read(self, file: Path) -> bytes:
        try:
            with open_plain(file) as opened:
                data = opened.read(LARGEST + 1)
        except OSError as error:
            raise BuildError(f"{file.name} cannot be read: {error.strerror or error}") from error
        if len(data) > LARGEST:
            raise BuildError(f"{file.name} is larger than {LARGEST} bytes")
        return data
