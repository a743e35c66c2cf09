"""Configurations that lie in a model's folder, as other people wrote them: read within bounds, and never left."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from registry.download.hub_address import repository_at, repository_of
from registry.download.hub_files import file_on_hub
from registry.download.hub_listing import Listing
from registry.download.hub_repositories import fetch_files
from registry.download.policy import Policy
from registry.files import open_plain
from registry.types import BuildError, UsageError
from registry.verify.builders.model_folder import LARGEST, RUNNING, WEIGHTS
from registry.verify.target import WeightsRef

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
