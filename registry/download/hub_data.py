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
from registry.download.http import download
from registry.download.hub_files import Listing, hub_endpoint, hub_token
from registry.download.policy import Policy
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
    listing, card, at = _listed(name, revision or "main", policy)
    files, found = _by_card(card, list(listing.files), config, split) or choose(_tables(listing), config, split)
    size = sum(listing.files[each].size or 0 for each in files)
    if size > _LARGEST:
        raise WeightsError(f"{name} has {size} bytes in that split, more than the {_LARGEST} that are fetched")
    pinned = listing.commit or at
    folder = cache_folder() / "hub-data" / quote(name, safe="") / quote(pinned, safe="") / quote(config or "", safe="")
    whole = folder / "all" if not config else folder
    for each in files:
        kept = whole / (found or "test") / each.replace("/", "-")
        if not kept.is_file():
            kept.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            with tempfile.TemporaryDirectory(dir=whole, prefix=".") as temporary:
                part = Path(temporary) / "part"
                _download(_resolve(name, pinned, each), part, policy)
                part.replace(kept)
    (whole / ORIGIN).write_text(json.dumps({"repository": name, "revision": pinned}), encoding="utf-8")
    if features := _class_labels(card, config):
        (whole / "dataset_info.json").write_text(json.dumps({"features": features}), encoding="utf-8")
    return whole


def origin(folder: Path) -> Mapping[str, str]:
    """Where fetched tables come from: `repository` and `revision`; empty for other folders."""
    try:
        said = json.loads((folder / ORIGIN).read_text(encoding="utf-8"))
        return {"repository": str(said["repository"]), "revision": str(said["revision"])}
    except (KeyError, OSError, TypeError, ValueError):
        return {}


def _listed(name: str, revision: str, policy: Policy) -> tuple[Listing, Mapping[str, Any], str]:
    """The files of the revision that has tables, the metadata of the data set's card, and that revision."""
    listing = _listing(name, revision, policy)
    card = _card(name, listing.commit or revision, policy) if "README.md" in listing.files else {}
    if _tables(listing):
        return listing, card, revision
    try:
        return _listing(name, CONVERTED, policy), {}, CONVERTED
    except WeightsError as error:
        raise WeightsError(f"{name} holds no table, and the Hub has made none of it: {error.message}") from error


def _listing(name: str, revision: str, policy: Policy) -> Listing:
    url = f"{hub_endpoint()}/api/datasets/{name}/revision/{quote(revision, safe='')}?blobs=true"
    try:
        return Listing.of(json.loads(_read(url, policy)))
    except ValueError as error:
        raise WeightsError(f"{url} is answered with something that is no JSON") from error


def _card(name: str, revision: str, policy: Policy) -> Mapping[str, Any]:
    text = _read(_resolve(name, revision, "README.md"), policy)[:_CARD].decode("utf-8", "replace")
    front = re.match(r"---\s*\n(.*?)\n---\s*(?:\n|$)", text, re.DOTALL)
    try:
        said = yaml.safe_load(front[1]) if front else None
    except (yaml.YAMLError, RecursionError, ValueError):
        said = None
    return said if isinstance(said, dict) else {}


def _resolve(name: str, revision: str, file: str) -> str:
    return f"{hub_endpoint()}/datasets/{name}/resolve/{quote(revision, safe='')}/{quote(file)}"


def _read(url: str, policy: Policy) -> bytes:
    with tempfile.TemporaryDirectory() as temporary:
        part = Path(temporary) / "answer"
        _download(url, part, policy)
        return part.read_bytes()


def _download(url: str, part: Path, policy: Policy) -> None:
    download(url, part, policy, token=hub_token())


def _tables(listing: Listing) -> list[str]:
    return [each for each in listing.files if each.endswith((".parquet", ".arrow", ".csv", ".tsv", ".jsonl", ".json"))]


def _by_card(
    card: Mapping[str, Any], files: Sequence[str], config: str | None, split: str | None
) -> tuple[Sequence[str], str] | None:
    """The files that a card's `configs` name for a split; `None` where it names none.

    Raises:
        WeightsError: It has several configurations, none of which is the usual one, and nobody says which.
    """
    configs = card.get("configs")
    there = [each for each in configs if isinstance(each, dict)] if isinstance(configs, list) else []
    named = [each for each in there if config is not None and each.get("config_name") == config]
    usual = [each for each in there if each.get("default") is True or each.get("config_name") == "default"]
    if config is None and len(there) > 1 and not usual:
        names = ", ".join(str(each.get("config_name")) for each in there[:5])
        raise WeightsError(f"it has the configurations {names}, and the card names none of them as its config")
    chosen = named or (usual or there if config is None else [])
    if not chosen:
        return None
    base = str(chosen[0].get("data_dir") or "").strip("/")
    patterns = _patterns(chosen[0].get("data_files"))
    order = _USUAL if split is None else (split, _SAME.get(split, split))
    wanted = next((each for each in order if each in patterns), "")
    if not patterns and base:  # the files of that folder, by their names
        return None
    rules = [f"{base}/{each}".strip("./").split("/") for each in patterns.get(wanted, ()) if each.count("**") < 4]
    found = [each for rule in rules for each in files if _fits(each.split("/"), rule)]
    return (list(dict.fromkeys(found)), wanted) if found else None


def _patterns(data: Any) -> dict[str, list[str]]:
    """Patterns of files by their split; what names none is for training, as the library datasets has it."""
    if isinstance(data, str) or (isinstance(data, list) and data and all(isinstance(each, str) for each in data)):
        return {"train": _texts(data)}
    entries = [each for each in data if isinstance(each, dict)] if isinstance(data, list) else []
    return {each["split"]: _texts(each.get("path")) for each in entries if isinstance(each.get("split"), str)}


def _texts(paths: Any) -> list[str]:
    return [paths] if isinstance(paths, str) else [str(each) for each in paths or ()]


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
    said = card.get("dataset_info")
    infos = [each for each in (said if isinstance(said, list) else [said]) if isinstance(each, dict)]
    alone = infos[0] if len(infos) == 1 else {}
    info = next((each for each in infos if each.get("config_name", config) == config), alone)
    found = {}
    for each in info.get("features") or ():
        if not isinstance(each, dict):
            continue
        kinds = [each[name] for name in ("dtype", "list", "sequence") if isinstance(each.get(name), dict)]
        kind: dict[str, Any] = kinds[0] if kinds else {}
        label = kind.get("class_label")
        names = label.get("names") if isinstance(label, dict) else None
        if isinstance(names, dict):
            ordered = sorted(names.items(), key=lambda item: int(item[0]) if str(item[0]).isdecimal() else 0)
            feature = {"_type": "ClassLabel", "names": [str(name) for _, name in ordered]}
            of_list = not isinstance(each.get("dtype"), dict)
            found[str(each.get("name"))] = {"_type": "List", "feature": feature} if of_list else feature
    return found
