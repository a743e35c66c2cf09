"""Configurations that lie in a model's folder, as other people wrote them: read within bounds, and never left."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from registry.download.hub_address import repository_at, repository_of
from registry.download.hub_files import Listing, file_on_hub
from registry.download.hub_repositories import fetch_files
from registry.download.policy import Policy
from registry.evidence import digests
from registry.files import read_bounded, reason
from registry.types import BuildError, UsageError
from registry.verify.builders.package import Clues
from registry.verify.target import Target, WeightsRef

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

_LARGEST_JSON = 4 << 20


@dataclass(frozen=True, slots=True)
class ModelFolder:
    """A model's folder.

    Attributes:
        path: The folder.
    """

    path: str

    def file(self, name: str) -> Path | None:
        """A file of the folder; `None` where there is none, or it is a link to somewhere else."""
        file = Path(self.path) / name
        try:
            return file if file.is_file() and _inside(file, Path(self.path)) else None
        except OSError:
            return None

    def there(self, names: Sequence[str]) -> Sequence[str]:
        """Those of some files that the folder has."""
        return [name for name in names if self.file(name) is not None]

    def data(self, name: str) -> Mapping[str, Any]:
        """A JSON file's object; empty where there is no such file.

        Raises:
            BuildError: It cannot be read.
        """
        return {} if self.file(name) is None else read_object(Path(self.path), name)

    def listed(self, name: str) -> Sequence[Mapping[str, Any]]:
        """A JSON file's list of objects; empty where there is no such file.

        Raises:
            BuildError: It cannot be read.
        """
        content = [] if self.file(name) is None else read_json(Path(self.path), name)
        if not isinstance(content, list) or not all(isinstance(entry, dict) for entry in content):
            raise BuildError(f"{name} holds no list of objects")
        return content

    def digest(self, names: Sequence[str]) -> str:
        """Digest of the names and contents of those of some files that are there.

        Raises:
            BuildError: One cannot be read.
        """
        return digests.of_json({name: digests.of_bytes(_read(Path(self.path), name)) for name in self.there(names)})


def _read(folder: Path, name: str, largest: int = LARGEST) -> bytes:
    try:
        if not _inside(folder / name, folder):
            raise BuildError(f"{name} lies outside of the model's folder")
        return read_bounded(folder / name, largest)
    except OSError as error:
        raise BuildError(f"{name} cannot be read: {reason(error)}") from error


def read_json(folder: Path, name: str) -> Any:
    """The JSON in a file of a model's folder.

    Raises:
        BuildError: It is not there, cannot be read, or lies outside.
    """
    try:
        return json.loads(_read(folder, name, _LARGEST_JSON))
    except (ValueError, RecursionError) as error:
        raise BuildError(f"{name} cannot be read: {error}") from error


def read_object(folder: Path, name: str) -> dict[str, Any]:
    """The same where it is an object.

    Raises:
        BuildError: See `read_json`, or it is none.
    """
    content = read_json(folder, name)
    if not isinstance(content, dict):
        raise BuildError(f"{name} holds no object")
    return content


@dataclass(frozen=True, kw_only=True)
class FolderLibrary:
    """A library whose models are folders with a file of its own; see `registry.verify.builders.package.Library`.

    Attributes:
        file: Name of that file.
        links: See `Library`.
        model: Gives the model of a folder, which was found as the text says.
    """

    name: str
    file: str
    links: tuple[str, ...]
    model: Callable[[Path, str], Target]

    def target(self, name: str, how: str) -> Target:  # noqa: ARG002
        """None: a model of such a library has no name; see `Library.target`."""
        raise BuildError(f"{self.name} builds no model by name; name the model's folder, with its {self.file}")

    def find(self, clues: Clues, *, hinted: bool) -> Target | None:
        """The model of the file beside the card; see `Library.find`."""
        if not hinted or not holds(clues.folder, self.file):
            return None
        return self.model(Path(clues.folder), f"by the {self.file} beside the card")


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
    name = next((candidate for candidate in names if candidate in listing.files), None)
    if name is None:
        return None
    pinned = listing.commit or repository.revision
    return WeightsRef(url=file_on_hub(str(repository), pinned, name), sha256=listing.files[name].sha256 or None)


def _inside(file: Path, folder: Path) -> bool:
    """Whether a file lies in a folder; in the Hub's own cache, files of a snapshot are links to `blobs` beside it."""
    whole, target = folder.resolve(), file.resolve()
    blobs = whole.parent.parent / "blobs" if whole.parent.name == "snapshots" else whole
    return target.is_relative_to(whole) or target.is_relative_to(blobs)
