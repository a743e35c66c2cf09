"""The JSON that `mir convert --to json` writes: everything that was read, under one set of names.

Models have what they inherit there, so that no reader needs the collection; here that is taken out again, and inherited
as from any other file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from registry.dialects.dialect import Content, DialectContext, make_field, member_of, printed, text_of
from registry.types import (
    DATASET_TEXTS,
    Collection,
    DatasetRef,
    Field,
    MapNode,
    Metric,
    Model,
    RawDocument,
    Result,
    SeqNode,
    UsageError,
    mappings,
)

if TYPE_CHECKING:
    from registry.dialects.writers import Notes


class CardsJson:
    """Cards as `mir` itself writes them."""

    name: ClassVar[str] = "cards-json"
    kinds: ClassVar[frozenset[str]] = frozenset({"json"})
    unit: ClassVar[Literal["none"]] = "none"

    def matches(self, document: RawDocument) -> bool:
        """Whether the root holds cards with a dialect each."""
        return any(_cards(document.root))

    def evident(self, document: RawDocument) -> bool:
        """Whether it matches: nothing else has these keys."""
        return self.matches(document)

    def suspects(self, text: str) -> bool:
        """Whether a text names cards and a dialect."""
        return '"cards"' in text and '"dialect"' in text

    def read(self, document: RawDocument, context: DialectContext) -> Content:
        """The models and collections of all cards, each with what it says itself."""
        cards = list(_cards(document.root))
        library: dict[str, Field] = {}
        collections: list[Collection] = []
        for card, path in cards:
            library |= _fields(card.get("library"), f"{path}.library")
            entries = _entries(card, "collections", path)
            collections += [Collection(**_shared(node, at, context)) for node, at in entries]
        # Of several collections of one name the first passes on, as the loader has it of one file.
        by_name = {collection.name: collection for collection in reversed(collections)}
        models = [
            _without(model, by_name.get(model.collection or ""))
            for card, path in cards
            for node, at in _entries(card, "models", path)
            if (model := _model(node, at, context, str(card["dialect"])))
        ]
        return Content(models=tuple(models), collections=tuple(collections), library=library)

    def write(self, content: Content, notes: Notes) -> dict[str, Any]:  # noqa: ARG002
        """Nothing: `json` writes all cards at once.

        Raises:
            UsageError: Always.
        """
        raise UsageError("write 'json', which holds all cards at once")


def _cards(root: Any) -> Iterator[tuple[MapNode, str]]:
    for card, path in mappings(root.get("cards") if isinstance(root, MapNode) else None, "cards"):
        if isinstance(card.get("dialect"), str) and isinstance(card.get("models"), SeqNode):
            yield card, path


def _entries(card: MapNode, key: str, path: str) -> Iterator[tuple[MapNode, str]]:
    return mappings(card.get(key), f"{path}.{key}")


def _fields(node: Any, path: str) -> dict[str, Field]:
    return {key: make_field(node, key, path) for key in node} if isinstance(node, MapNode) else {}


def _model(node: MapNode, path: str, context: DialectContext, dialect: str) -> Model:
    shared = _shared(node, path, context)
    return Model(**shared, dialect=dialect, collection=member_of(shared["fields"]))


def _shared(node: MapNode, path: str, context: DialectContext) -> dict[str, Any]:
    """What models and collections have in common."""
    return {
        "name": text_of(node.get("name")) or "",
        "location": node.source.location(node.start, node.end, path),
        "file": context.file,
        "base": context.folder,
        "fields": _fields(node.get("fields"), f"{path}.fields"),
        "metadata": _fields(node.get("metadata"), f"{path}.metadata"),
        "results": tuple(_results(node, path)),
        "raw": node,
    }


def _results(node: MapNode, path: str) -> Iterator[Result]:
    for item, at in _entries(node, "results", path):
        data, source = item.get("dataset"), item.get("source")
        data = data if isinstance(data, MapNode) else MapNode(item.source, item.start)
        yield Result(
            task=_text(item, "task") or "",
            task_type=_text(item, "task_type"),
            dataset=DatasetRef(
                name=_text(data, "name") or "",
                **{key: _text(data, key) for key in DATASET_TEXTS},
                args=data.get("args"),
            ),
            metrics=tuple(_metric(metric, where) for metric, where in _entries(item, "metrics", at)),
            location=item.source.location(item.start, item.end, at),
            source_name=_text(source, "name"),
            source_url=_text(source, "url"),
            downstream=_text(item, "downstream"),
            extra=_mapping(item, "extra"),
        )


def _metric(node: MapNode, path: str) -> Metric:
    verified, within = node.get("verified"), node.get("within")
    return Metric(
        name=_text(node, "name") or "",
        value=node.get("value"),
        text=printed(node, "value") if "value" in node else "",
        node=node,
        key="value" if "value" in node else next(iter(node), ""),
        name_key="name" if "name" in node else "",
        path=f"{path}.value",
        type=_text(node, "type"),
        args=node.get("args"),
        verified=verified if isinstance(verified, bool) else None,
        verify_token=_text(node, "verify_token"),
        within=tuple(str(key) for key in within) if isinstance(within, SeqNode) else (),
        extra=_mapping(node, "extra"),
    )


def _text(node: Any, key: str) -> str | None:
    return text_of(node.get(key)) if isinstance(node, MapNode) else None


def _mapping(node: MapNode, key: str) -> Mapping[str, Any]:
    value = node.get(key)
    return value if isinstance(value, MapNode) else {}


def _without(model: Model, collection: Collection | None) -> Model:
    """A model without what it has from its collection: see `registry.loader.inherit`."""
    if collection is None:
        return model
    count = len(collection.results)
    keys = list(map(_key, collection.results))
    results = model.results[count:] if list(map(_key, model.results[:count])) == keys else model.results
    return replace(
        model,
        fields={
            name: field
            for name, field in model.fields.items()
            if name == "In Collection" or name not in collection.fields or field.value != collection.fields[name].value
        },
        metadata=dict(_own(model.metadata, collection.metadata)),
        results=results,
    )


def _own(fields: Mapping[str, Field], collection_fields: Mapping[str, Field]) -> Iterator[tuple[str, Field]]:
    for name, field in fields.items():
        before = collection_fields.get(name)
        if before is None:
            yield name, field
            continue
        left = _left(field.value, before.value)
        if left is not None:
            yield name, field if left is field.value else _with(field, left)


def _with(field: Field, value: Any) -> Field:
    """A field with another value, also in the mapping that it stands in: there its own part is looked up."""
    assert field.node is not None
    node = MapNode(field.node.source, field.node.start, field.node.end)
    node[field.key] = value
    node.marks[field.key] = field.node.marks[field.key]
    return field._replace(value=value, text="", node=node)


def _left(value: Any, parent: Any) -> Any:
    """What a model's own value was before it was merged with the collection's; `None` where it had none."""
    if value == parent:
        return None
    if isinstance(parent, list) and isinstance(value, list) and value[: len(parent)] == parent:
        return value[len(parent) :]
    if isinstance(parent, dict) and isinstance(value, dict):
        return {
            key: left
            for key, item in value.items()
            if (left := item if key not in parent else _left(item, parent[key])) is not None
        }
    return value


def _key(result: Result) -> tuple[Any, ...]:
    numbers = [(metric.name, metric.text, str(metric.value)) for metric in result.metrics]
    return result.task, result.dataset.name, result.dataset.split, numbers
