"""Data sets of the Hugging Face Hub: the tables of one split, fetched by the policy that holds for weights.

What is chosen is what the library datasets would load: by the `configs` of the data set's card where it has some, else
by the names of folders and files. Of a repository that holds a script instead of tables, those are taken that the Hub
has made of it (`refs/convert/parquet`). Nothing that a repository holds is run.
"""

from __future__ import annotations

import fnmatch
import json
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml

from registry.cache_file import cache_folder
from registry.download.hub_address import MAIN, Repository
from registry.download.hub_files import Listing, fetch, fetch_to, listed
from registry.download.policy import Policy
from registry.read.markdown import find_blocks
from registry.types import WeightsError

ORIGIN = ".origin.json"
"""The file beside fetched tables that says where they come from."""

CONVERTED = "refs/convert/parquet"
"""The revision in which the Hub keeps as parquet what a script would make."""

_ID = re.compile(r"[\w][\w.-]*(?:/[\w][\w.-]*)?", re.ASCII)
_REVISION = re.compile(r"[\w][\w./-]*", re.ASCII)
_LARGEST = 4 << 30
_CARD = 1 << 20
_USUAL = ("test", "validation", "train")
_SAME = {"val": "validation", "dev": "validation", "validation": "val"}
"""Other names of splits."""

Choose = Callable[[Sequence[str], str | None, str | None], tuple[Sequence[str], str]]
"""From the names of tables, a configuration and a split to those of the split, and the split's name."""


def fetch_split(
    name: str, config: str | None, split: str | None, revision: str | None, policy: Policy, choose: Choose
) -> Path:
    """Fetch the tables of one split, and say in which folder they are: each split in a folder of its own.

    Args:
        name: The data set's id, `owner/name` or the name alone.
        config: The part of it.
        split: Which split; the usual one to test on where it is `None`.
        revision: Of its repository; `main` where it is `None`.
        policy: What may be fetched.
        choose: Chooses by the names of files, where the data set's card says nothing.

    Raises:
        WeightsError: It cannot be had, or has no such split in tables.
        DatasetError: `choose` finds none.
    """
    if not _ID.fullmatch(name) or ".." in name or not _REVISION.fullmatch(revision or "main"):
        raise WeightsError(f"'{name[:100]}' is no data set of the Hub: it must be its id, such as nyu-mll/glue")
    owner, _, rest = name.partition("/")
    repository, listing, card = _with_tables(Repository("datasets", owner, rest or None, revision or MAIN), policy)
    files, chosen = _by_card(card, list(listing.files), config, split) or choose(_tables(listing), config, split)
    size = sum(listing.files[file].size or 0 for file in files)
    if size > _LARGEST:
        raise WeightsError(f"{name} has {size} bytes in that split, more than the {_LARGEST} that are fetched")
    pinned = repository._replace(revision=listing.commit or repository.revision)
    parts = (quote(part, safe="") for part in (name, pinned.revision, config or ""))
    folder = cache_folder().joinpath("hub-data", *parts)
    whole = folder / "all" if not config else folder
    for file in files:
        target = whole / (chosen or "test") / file.replace("/", "-")
        if not target.is_file():
            fetch_to(pinned, file, target, policy)
    (whole / ORIGIN).write_text(json.dumps({"repository": name, "revision": pinned.revision}), encoding="utf-8")
    if features := _class_labels(card, config):
        (whole / "dataset_info.json").write_text(json.dumps({"features": features}), encoding="utf-8")
    return whole


def origin(folder: Path) -> Mapping[str, str]:
    """Where fetched tables come from: `repository` and `revision`; empty for other folders."""
    try:
        record = json.loads((folder / ORIGIN).read_text(encoding="utf-8"))
        return {"repository": str(record["repository"]), "revision": str(record["revision"])}
    except (KeyError, OSError, TypeError, ValueError):
        return {}


def _with_tables(repository: Repository, policy: Policy) -> tuple[Repository, Listing, Mapping[str, Any]]:
    """The repository at the revision that has tables, its files, and the metadata of the data set's card."""
    listing = listed(repository, policy)
    if _tables(listing):
        return repository, listing, _card(repository, listing, policy)
    converted = repository._replace(revision=CONVERTED)
    try:
        return converted, listed(converted, policy), {}
    except WeightsError as error:
        raise WeightsError(f"{repository} holds no table, and the Hub has made none of it: {error.message}") from error


def _card(repository: Repository, listing: Listing, policy: Policy) -> Mapping[str, Any]:
    if "README.md" not in listing.files:
        return {}
    with tempfile.TemporaryDirectory() as folder:
        part = Path(folder) / "README.md"
        fetch(repository._replace(revision=listing.commit or repository.revision), "README.md", part, policy)
        text = part.read_bytes()[:_CARD].decode("utf-8", "replace")
    blocks, _ = find_blocks(text)
    front = next((text[block.start : block.end] for block in blocks if block.kind == "front-matter"), "")
    try:
        metadata = yaml.safe_load(front)
    except (yaml.YAMLError, RecursionError, ValueError):
        metadata = None
    return metadata if isinstance(metadata, dict) else {}


def _tables(listing: Listing) -> list[str]:
    return [file for file in listing.files if file.endswith((".parquet", ".arrow", ".csv", ".tsv", ".jsonl", ".json"))]


def _by_card(
    card: Mapping[str, Any], files: Sequence[str], config: str | None, split: str | None
) -> tuple[Sequence[str], str] | None:
    """The files that a card's `configs` name for a split; `None` where it names none.

    Raises:
        WeightsError: It has several configurations, none of which is the usual one, and nobody says which.
    """
    entries = card.get("configs")
    configs = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    chosen_configs = [entry for entry in configs if config is not None and entry.get("config_name") == config]
    usual = [entry for entry in configs if entry.get("default") is True or entry.get("config_name") == "default"]
    if config is None and len(configs) > 1 and not usual:
        names = ", ".join(str(entry.get("config_name")) for entry in configs[:5])
        raise WeightsError(f"it has the configurations {names}, and the card names none of them as its config")
    chosen = chosen_configs or (usual or configs if config is None else [])
    if not chosen:
        return None
    base = str(chosen[0].get("data_dir") or "").strip("/")
    patterns = _patterns(chosen[0].get("data_files"))
    splits = _USUAL if split is None else (split, _SAME.get(split, split))
    first = next((name for name in splits if name in patterns), "")
    if not patterns and base:  # the files of that folder, by their names
        return None
    rules = [f"{base}/{rule}".strip("./").split("/") for rule in patterns.get(first, ()) if rule.count("**") < 4]
    matches = [file for rule in rules for file in files if _fits(file.split("/"), rule)]
    return (list(dict.fromkeys(matches)), first) if matches else None


def _patterns(data: Any) -> dict[str, list[str]]:
    """Patterns of files by their split; what names none is for training, as the library datasets has it."""
    if isinstance(data, str) or (isinstance(data, list) and data and all(isinstance(path, str) for path in data)):
        return {"train": _texts(data)}
    entries = [entry for entry in data if isinstance(entry, dict)] if isinstance(data, list) else []
    return {entry["split"]: _texts(entry.get("path")) for entry in entries if isinstance(entry.get("split"), str)}


def _texts(paths: Any) -> list[str]:
    return [paths] if isinstance(paths, str) else [str(path) for path in paths or ()]


def _fits(path: Sequence[str], pattern: Sequence[str]) -> bool:
    """Whether a path is of a pattern, folder by folder: a star stays within one, and two alone are any number."""
    if not pattern:
        return not path
    if pattern[0] == "**":
        rest = pattern[1:]
        while rest and rest[0] == "**":
            rest = rest[1:]
        return any(_fits(path[at:], rest) for at in range(len(path) + 1))
    return bool(path) and fnmatch.fnmatchcase(path[0], pattern[0]) and _fits(path[1:], pattern[1:])


def _class_labels(card: Mapping[str, Any], config: str | None) -> dict[str, Any]:
    """The columns of classes that a card's `dataset_info` describes, as the library datasets writes them."""
    described = card.get("dataset_info")
    infos = [info for info in (described if isinstance(described, list) else [described]) if isinstance(info, dict)]
    alone = infos[0] if len(infos) == 1 else {}
    chosen = next((info for info in infos if info.get("config_name", config) == config), alone)
    labels = {}
    for feature in chosen.get("features") or ():
        if not isinstance(feature, dict):
            continue
        kinds = [feature[key] for key in ("dtype", "list", "sequence") if isinstance(feature.get(key), dict)]
        label = kinds[0].get("class_label") if kinds else None
        names = label.get("names") if isinstance(label, dict) else None
        if isinstance(names, dict):
            ordered = sorted(names.items(), key=lambda item: int(item[0]) if str(item[0]).isdecimal() else 0)
            classes = {"_type": "ClassLabel", "names": [str(name) for _, name in ordered]}
            of_list = not isinstance(feature.get("dtype"), dict)
            labels[str(feature.get("name"))] = {"_type": "List", "feature": classes} if of_list else classes
    return labels
