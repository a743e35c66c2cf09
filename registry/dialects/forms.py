"""What the root of a document is in the model-index format, and how sure its keys make us that it is one at all.

A file that somebody names, or that an index imports, is read as the format's own loader reads it: by guessing from its
keys. A file that was merely found in a folder needs more than that, because `models`, `name` and `config` are keys of
many tools.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from registry.lazy_regex import lazy_regex
from registry.types import MapNode
from registry.vocabulary import fold
from registry.vocabulary.fields import Where, names

Form = Literal["index", "model", "models", "result", "results", "metadata", "part"]
"""An index; a model or collection; a list of them; a result; a list of them; a model's metadata; its `Metadata` or
`Results` under that key, without its name."""

MODEL_KEYS = {
    "Metadata", "Results", "Weights", "Config", "Code", "Paper", "README", "In Collection", "Builder",
}  # fmt: skip
_OF_ANYTHING = {"Code", "Paper", "README"}
_SECTIONS = ("Models", "Collections", "Import")
_RESULT = {"Task", "Dataset", "Metrics"}
_OF_MODELS = {"FLOPs", "Parameters", "Training Data", "Training Techniques", "Training Resources", "FLOPs Convention"}
"""Documented keys of `Metadata` that hardly stand in another tool's files."""

_FILE = lazy_regex(r"(?:https?://|[^\s:][^\s:./]*[./])\S+", re.IGNORECASE)
_ENTRIES = 200
"""Entries of a list that are looked at: a foreign file of a million is known by its first."""


def form_of(root: Any) -> Form | None:
    """What a root is by its keys, as the format's loader guesses it; `None` where it is nothing of the format."""
    if isinstance(root, list):
        if root and all(isinstance(item, str) and _FILE.fullmatch(item) for item in root[:_ENTRIES]):
            return "models"
        first = next((item for item in root if isinstance(item, Mapping)), None)
        inner = form_of(first) if isinstance(first, Mapping) else None
        return {"result": "results", "model": "models"}.get(inner or "")  # type: ignore[return-value]
    if not isinstance(root, Mapping):
        return None
    if is_index(root) or _only(root, "Library") or _wrapped(root) is not None:
        return "index"
    result, model, metadata = (_names(root, where) for where in ("result", "model", "metadata"))
    if result.keys() >= _RESULT:
        return "result"
    if "Name" in model and model.keys() & MODEL_KEYS:
        # A description of something else, such as a data set, has a name and a paper too, and keys of its own.
        foreign = len(model) < len(root) and not model.keys() & (MODEL_KEYS - _OF_ANYTHING)
        return None if foreign else "model"
    if model.keys() == {"Name"} and "Name" in root:
        return "model"
    if model and model.keys() <= {"Results", "Metadata"}:
        return "part"
    is_metadata = metadata.keys() & _OF_MODELS or 2 * len(metadata) >= len(root) > 0
    return "metadata" if is_metadata and "Name" not in model else None


def is_index(root: Mapping[str, Any]) -> bool:
    """Whether a mapping is an index: it says so, or has models, collections or imports that are no other tool's."""
    key_names = names("index")
    for key, value in root.items():
        name = key_names[key]
        if name == "Type" and isinstance(value, str) and re.sub(r"[-_ ]", "", value).lower() == "modelindex":
            return True
        if name in _SECTIONS and isinstance(value, list | Mapping | str):
            return not _is_foreign(root)
    return False


def is_evident(root: Any) -> bool:
    """Whether a root is surely of this format, so that a file that nobody named may be checked and repaired."""
    if isinstance(root, list):
        return any(_is_evident_entry(item) for item in root[:_ENTRIES] if isinstance(item, Mapping) and "Name" in item)
    if not isinstance(root, Mapping):
        return False
    if not is_index(root):
        wrapped = _wrapped(root)
        return _is_evident_entry(root if wrapped is None else root[wrapped])
    index = _names(root, "index")
    if "Type" in index and isinstance(root[index["Type"]], str):
        return True
    imports = root.get(index.get("Import", ""))
    if "Import" in root and _paths(imports):
        return True
    plain = all(key in names("index").documented for key in root)
    entries = list(_entries(root, index))
    if any(_is_evident_entry(entry, inside="Models" in root or "Collections" in root) for entry in entries):
        return True
    # Nothing but documented keys in their documented spelling: an index of models that say little.
    bare = any("Name" in entry for entry in entries) and all(
        set(entry) <= names("model").documented for entry in entries
    )
    return plain and (bare or any(_paths(root.get(name)) for name in ("Models", "Collections")))


def _is_evident_entry(entry: Any, *, inside: bool = False) -> bool:
    """Whether a mapping is surely a model or collection: by its results, its collection or what it is made of."""
    if not isinstance(entry, Mapping):
        return False
    model = _names(entry, "model")
    value = {name: entry[key] for name, key in model.items()}
    if not inside and "Name" not in model and "In Collection" not in model:
        return False
    if "In Collection" in model and isinstance(value["In Collection"], str | list):
        return True
    if any(_names(result, "result").keys() >= _RESULT for result in _mappings(value.get("Results"))):
        return True
    metadata_names = {name for mapping in _mappings(value.get("Metadata")) for name in _names(mapping, "metadata")}
    exact = "Name" in entry or (inside and not {"Metadata", "Results"}.isdisjoint(entry))
    if metadata_names & _OF_MODELS - {"Parameters"} or (exact and metadata_names & names("metadata").documented):
        return True
    places = sum(
        isinstance(value.get(name), str) and _FILE.fullmatch(value[name]) is not None
        for name in ("Weights", "Config", "README", "Code")
    )
    papers = isinstance(value.get("Paper"), Mapping) or "arxiv.org" in str(value.get("Paper", ""))
    strong = any(
        key in entry and isinstance(entry[key], str) and _FILE.fullmatch(entry[key]) for key in ("Weights", "Config")
    ) or isinstance(entry.get("Builder"), str)
    return (exact and bool(strong)) or places + papers >= (2 if exact else 3)


def _is_foreign(root: Mapping[str, Any]) -> bool:
    """Whether a mapping with a key such as `models` belongs to another tool: no entry has a name or a key of a card."""
    entries = list(_entries(root, _names(root, "index"), lists_only=True))
    if not entries:
        return False
    return not any({"Name", *MODEL_KEYS} & _names(entry, "model").keys() for entry in entries)


def _entries(
    root: Mapping[str, Any], index: Mapping[str, str], *, lists_only: bool = False
) -> Iterator[Mapping[str, Any]]:
    for name in ("Models", "Collections"):
        value = root.get(index.get(name, ""))
        if isinstance(value, Mapping) and not lists_only:
            yield value
        elif isinstance(value, list):
            yield from (item for item in value[:_ENTRIES] if isinstance(item, Mapping))


def _only(root: Mapping[str, Any], name: str) -> bool:
    """Whether a documented key with a mapping is all that a root holds."""
    key, value = next(iter(root.items()), ("", None))
    return len(root) == 1 and names("index")[key] == name and isinstance(value, Mapping)


def _wrapped(root: Mapping[str, Any]) -> str | None:
    """The key `Model` or `Collection` that a root's one entry stands under."""
    return next((key for key in root if fold(key) in ("model", "collection") and isinstance(root[key], MapNode)), None)


def _names(node: Mapping[str, Any], where: Where) -> dict[str, str]:
    """The printed keys of a mapping by their canonical names, documented ones only."""
    key_names = names(where)
    keys = {key_names[key]: key for key in node}
    return {name: key for name, key in keys.items() if name in key_names.documented}


def _mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    items = value[:_ENTRIES] if isinstance(value, list) else [value]
    yield from (item for item in items if isinstance(item, Mapping))


def _paths(value: Any) -> bool:
    items = [value] if isinstance(value, str) else value
    if not isinstance(items, list) or not items:
        return False
    return all(isinstance(item, str) and _FILE.fullmatch(item) for item in items)
