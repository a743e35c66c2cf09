"""Which model a harness is to run: the folder beside the card, or the repository on the Hub."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from registry.download.hub_address import MAIN, as_hub_address, repository_of
from registry.evidence.digest_cache import Remembered
from registry.evidence.digests import of_json
from registry.types import Model, UsageError, WeightsError

_REPOSITORY = re.compile(r"(?:hf://|https://huggingface\.co/)?([\w-][\w.-]*/[\w-][\w.-]*)(?:[/@].*)?", re.ASCII)
_FILES = ("*.safetensors", "*.bin", "*.pt", "config.json", "modules.json", "adapter_config.json", "tokenizer*")
"""What a model's folder holds that its answers depend on."""

_KIND = ("config.json", "modules.json", "adapter_config.json")


@dataclass(frozen=True, kw_only=True, slots=True)
class Subject:
    """A model as a harness names it.

    Attributes:
        name: A folder, or an id on the Hub.
        revision: Of the repository on the Hub, empty for the newest or a folder.
        folder: The folder, `None` for one on the Hub.
    """

    name: str
    revision: str = ""
    folder: Path | None = None

    def digests(self, remembered: Remembered) -> Mapping[str, str]:
        """Digest of the folder's files, as `folder`; nothing of a model on the Hub."""
        if self.folder is None:
            return {}
        files = {file for pattern in _FILES for file in self.folder.glob(pattern) if file.is_file()}
        try:
            return {"folder": of_json({file.name: remembered.digest(file) for file in sorted(files)})}
        except OSError:
            return {}


def subject_of(model: Model) -> Subject:
    """The model of a card.

    Raises:
        WeightsError: Nothing leads to one, or its name is none that a harness can be given.
    """
    folder = Path(model.base) if model.base else None
    if folder is not None and any((folder / name).is_file() for name in _KIND) and _has_weights(folder):
        if "," in str(folder):
            raise WeightsError(f"the folder {folder} has a comma in its name, which no harness can be given; move it")
        return Subject(name=str(folder.resolve()), folder=folder)
    try:
        found = repository_of(as_hub_address(model.file).rpartition("/")[0])
    except UsageError:
        found = None
    if found is not None and found.name:
        return Subject(name=str(found), revision="" if found.revision == MAIN else found.revision)
    for said in (model.weights[0].url if model.weights else "", str(model.get("Builder") or "").rpartition(":")[2]):
        match = _REPOSITORY.fullmatch(said)
        if match is not None:
            return Subject(name=match[1])
    raise WeightsError(
        "nothing says which model to run: keep the card beside its config.json and weights, or name it hf://owner/model"
    )


def _has_weights(folder: Path) -> bool:
    return any(next(folder.glob(pattern), None) for pattern in ("*.safetensors", "*.bin", "*/*.safetensors"))
