"""Configurations that lie in a model's folder, as other people wrote them: read within bounds, and never left."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from registry.download.hub_address import repository_at, repository_of
from registry.download.hub_files import Listing, file_on_hub
from registry.download.hub_repositories import fetch_files
from registry.download.policy import Policy
from registry.evidence import digests
from registry.files import open_plain
from registry.types import BuildError, UsageError
from registry.verify.target import WeightsRef

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


_LARGEST = 4 << 20


def read_json(folder: Path, name: str) -> Any:
    """The JSON in a file of a model's folder.

    Raises:
        BuildError: It is not there, cannot be read, or lies outside.
    """
    file = folder / name
    try:
        if not _inside(file, folder):
            raise BuildError(f"{name} lies outside of the model's folder")
        with open_plain(file) as opened:
            data = opened.read(_LARGEST + 1)
        if len(data) > _LARGEST:
            raise BuildError(f"{name} is larger than {_LARGEST >> 20} MiB")
        return json.loads(data)
    except (OSError, ValueError, RecursionError) as error:
        raise BuildError(f"{name} cannot be read: {error}") from error


def read_object(folder: Path, name: str) -> dict[str, Any]:
    """The same where it is an object.

    Raises:
        BuildError: See `read_json`, or it is none.
    """
    found = read_json(folder, name)
    if not isinstance(found, dict):
        raise BuildError(f"{name} holds no object")
    return found


def holds(folder: str, name: str) -> bool:
    """Whether a card's folder has a file of that name."""
    return bool(folder) and (Path(folder) / name).is_file()


def fetched(name: str) -> Path:
    """The folder of a model of the Hub, `owner/model`, whose configuration was fetched before: nothing is fetched here.

    Raises:
        BuildError: It was not, or the name is none.
    """
    try:
        repository = repository_of(f"hf://{name}")
    except UsageError:
        repository = None
    if repository is None or repository.name is None:
        raise BuildError(f"'{name[:100]}' is no model of the Hub: it must be owner/model")
    if not (repository.folder / "config.json").is_file():
        raise BuildError(f"{name} is not here: mir check {repository.address} fetches its configuration")
    return repository.folder


def fetch_running(folder: str, policy: Policy) -> None:
    """Fetch what running a model of the Hub takes besides its weights: tokenizer, processors, settings.

    Args:
        folder: The model's folder; nothing is fetched into one that is no repository's of the cache.
        policy: What may be fetched.

    Raises:
        WeightsError: A file that the repository has cannot be had.
    """
    if folder and Listing.beside(Path(folder)) is not None:
        fetch_files(Path(folder), RUNNING, replace(policy, max_bytes=min(policy.max_bytes, LARGEST)))


def weights_on_hub(folder: Path, names: Sequence[str] = WEIGHTS) -> WeightsRef | None:
    """The weights of a model of the Hub whose card was fetched: at the commit of the card, with the Hub's digest."""
    listing, repository = Listing.beside(folder), repository_at(folder)
    if listing is None or repository is None:
        return None
    name = next((each for each in names if each in listing.files), None)
    if name is None:
        return None
    pinned = listing.commit or repository.revision
    return WeightsRef(url=file_on_hub(str(repository), pinned, name), sha256=listing.files[name].sha256 or None)


def _inside(file: Path, folder: Path) -> bool:
    """Whether a file lies in a folder; in the Hub's own cache, files of a snapshot are links to `blobs` beside it."""
    whole, there = folder.resolve(), file.resolve()
    blobs = whole.parent.parent / "blobs" if whole.parent.name == "snapshots" else whole
    return there.is_relative_to(whole) or there.is_relative_to(blobs)
