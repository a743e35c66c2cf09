"""Hugging Face's cards: YAML front matter, in which a model's may have a `model-index` of results."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from registry.dialects.dialect import Content, DialectContext, join, make_field, printed, printed_text, rest, text_of
from registry.dialects.hub_cards import is_card, kind_of
from registry.dialects.result_shapes import read_dataset
from registry.lazy_regex import lazy_regex
from registry.types import DatasetRef, Field, MapNode, Metric, Model, RawDocument, Result, mappings

if TYPE_CHECKING:
    from registry.dialects.writers import Notes

_SUSPECT = lazy_regex(
    r"""^["']?(?:model[-_]index|library_name|pipeline_tag|base_model|license|licence|language|datasets|metrics|sdk|"""
    r"""task_categories)["']?[ \t]*:""",
    re.MULTILINE,
)
_REPOSITORYS = re.compile(
    r"(?:readme|index|model|card|model[-_. ]?card|model[-_. ]?index|stdin|-)(?:[-_. ][a-z_-]*)?", re.IGNORECASE
)
"""Names without their suffix of the file that speaks of the repository that it lies in, also in a language."""

_METRIC_KEYS = {"name", "type", "value", "args", "verified", "verifyToken"}
_RESULT_KEYS = {"task", "dataset", "metrics", "source"}


class HuggingFace:
    """Front matter of a repository on the Hub. Cards of data sets and Spaces hold no model."""

    name: ClassVar[str] = "huggingface"
    kinds: ClassVar[frozenset[str]] = frozenset({"front-matter", "yaml"})
    unit: ClassVar[Literal["model"]] = "model"

    def matches(self, document: RawDocument) -> bool:
        """Whether it has keys of the Hub: any in a README, in another file one that only the Hub has."""
        root = document.root
        if not isinstance(root, MapNode):
            return False
        return is_card(root, document.source.file) if document.kind == "front-matter" else "model-index" in root

    def evident(self, document: RawDocument) -> bool:
        """Whether it matches: its keys are no other tool's."""
        return self.matches(document)

    def suspects(self, text: str) -> bool:
        """Whether a line starts with one of the keys that most cards have."""
        return _SUSPECT.search(text) is not None

    def read(self, document: RawDocument, context: DialectContext) -> Content:
        """One model for each entry of `model-index`; the rest of the front matter becomes fields of each.

        A card without such an entry is of one model all the same: by its folder's name, or where it is one of several
        files of a folder by its own.
        """
        root = document.root
        if not isinstance(root, MapNode) or kind_of(root) != "model":
            return Content()
        shared = {key: make_field(root, key, "") for key in root if key != "model-index"}
        entries = mappings(root.get("model-index"), "model-index")
        models = tuple(_model(entry, path, shared, context) for entry, path in entries)
        return Content(models=models or (_repository(root, shared, context),))

    def write(self, content: Content, notes: Notes) -> dict[str, Any]:
        """The front matter of the one model."""
        (model,) = content.models
        from registry.dialects.writers import huggingface_writer  # most commands only read

        return huggingface_writer.write(model, notes)


def _repository(root: MapNode, shared: dict[str, Field], context: DialectContext) -> Model:
    return Model(
        name=_own_name(context.file) or PurePath(context.folder).name,
        location=root.source.location(root.start, root.end),
        file=context.file,
        base=context.folder,
        dialect=HuggingFace.name,
        fields=shared,
    )


def _own_name(file: str) -> str:
    """The model that a file is named after; empty where it is named as the card of its repository.

    >>> _own_name("zoo/whisper-tiny.md"), _own_name("whisper-tiny/README.zh_CN.md"), _own_name("zoo/model-7b.md")
    ('whisper-tiny', '', 'model-7b')
    """
    stem = PurePath(file).stem
    return "" if _REPOSITORYS.fullmatch(stem) else stem


def _model(node: MapNode, path: str, shared: dict[str, Field], context: DialectContext) -> Model:
    own = {key: make_field(node, key, path) for key in node if key not in ("name", "results")}
    return Model(
        name=printed_text(node, "name") or "",
        location=node.source.location(node.start, node.end, path),
        file=context.file,
        base=context.folder,
        dialect=HuggingFace.name,
        fields=shared | own,
        results=tuple(_result(item, at) for item, at in mappings(node.get("results"), f"{path}.results")),
        raw=node,
    )


def _result(node: MapNode, path: str) -> Result:
    task = node.get("task")
    source = node.get("source")
    extra = rest(node, _RESULT_KEYS)
    for name in ("task", "dataset", "source"):
        # What these mappings hold beyond the fields below keeps its path as its key.
        if isinstance(node.get(name), MapNode):
            join(extra, rest(node[name], _KNOWN[name], f"{name}."))
    return Result(
        task=(printed_text(task, "name") if isinstance(task, MapNode) else text_of(task)) or "",
        task_type=printed_text(task, "type"),
        dataset=read_dataset(node["dataset"]) if "dataset" in node else DatasetRef(name=""),
        metrics=tuple(_metrics(node, path)),
        location=node.source.location(node.start, node.end, path),
        source_name=printed_text(source, "name"),
        source_url=printed_text(source, "url") if isinstance(source, MapNode) else text_of(source),
        extra=extra,
    )


_KNOWN = {
    "task": {"name", "type"},
    "dataset": {"name", "type", "config", "split", "revision", "args"},
    "source": {"name", "url"},
}


def _metrics(node: MapNode, path: str) -> Iterator[Metric]:
    for item, at in mappings(node.get("metrics"), f"{path}.metrics"):
        verified = item.get("verified")
        yield Metric(
            name=printed_text(item, "name") or "",
            value=item.get("value"),
            text=printed(item, "value") if "value" in item else "",
            node=item if item else None,
            key="value" if "value" in item else next(iter(item), ""),
            name_key="name" if "name" in item else "type" if "type" in item else "",
            path=f"{at}.value",
            type=printed_text(item, "type"),
            args=item.get("args"),
            verified=verified if isinstance(verified, bool) else None,
            verify_token=printed_text(item, "verifyToken"),
            extra=rest(item, _METRIC_KEYS),
        )
