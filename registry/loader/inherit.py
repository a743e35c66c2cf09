"""What models take over from their collection.

As model-index does it: top-level fields that the model lacks are taken over; in `Metadata` lists are concatenated, the
collection's first, mappings are merged, and of anything else the model's value wins; results are concatenated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from registry.read.problems import MAX_INHERITED
from registry.types import Card, Collection, Field, Model, RawDocument, SeqNode, Source, walk

_OWN = ("In Collection",)


def inherit(
    cards: Sequence[Card], refuse: Callable[[Model], None] = lambda _: None, around: Sequence[Collection] = ()
) -> tuple[Card, ...]:
    """The cards with what their models inherit. A collection of the same file comes before one of another file.

    Args:
        cards: The cards.
        refuse: Told the first model that inherits nothing, nor any behind it, because together it would be too much:
            thousands of models of a collection with thousands of keys are millions of values in a small file.
        around: Collections of files that the cards belong beside; those of the cards come before them.
    """
    left = MAX_INHERITED
    everywhere: dict[str, Collection] = {}
    for card in cards:
        for collection in card.collections:
            everywhere.setdefault(collection.name, collection)
    for collection in around:
        everywhere.setdefault(collection.name, collection)
    passed: dict[int, _Passed] = {}
    complete: list[Card] = []
    for card in cards:
        here = {collection.name: collection for collection in reversed(card.collections)}
        models = []
        for model in card.models:
            grown = 0
            several = dict.fromkeys(memberships(model))
            for name in several:
                parent = here.get(name) or everywhere.get(name)
                if parent is not None:
                    if id(parent) not in passed:
                        passed[id(parent)] = _Passed(parent)
                    if left >= 0:
                        # What a model has already is gone through again for each further collection.
                        left -= passed[id(parent)].size + grown
                        if left < 0:
                            refuse(model)
                            continue
                        if len(several) > 1:
                            grown = (grown or size_of(model)) + passed[id(parent)].size
                        model = _from(model, passed[id(parent)])
            models.append(model)
        complete.append(replace(card, models=tuple(models)) if models else card)
    return tuple(complete)


def own(cards: Sequence[Card], around: Sequence[Collection] = ()) -> tuple[Card, ...]:
    """The cards with only what each model says itself: what `inherit` made of them, undone."""
    collections = [*(collection for card in cards for collection in card.collections), *around]
    collection_fields = {
        (id(field.node), field.key)
        for collection in collections
        for field in (*collection.fields.values(), *collection.metadata.values())
    }
    inherited = {id(result) for collection in collections for result in collection.results}
    return tuple(
        replace(
            card,
            models=tuple(
                replace(
                    model,
                    fields=dict(_own_fields(model.fields, collection_fields)),
                    metadata=dict(_own_fields(model.metadata, collection_fields)),
                    results=tuple(result for result in model.results if id(result) not in inherited),
                )
                for model in card.models
            ),
        )
        for card in cards
    )


def _own_fields(fields: Mapping[str, Field], collection_fields: set[tuple[int, str]]) -> Iterator[tuple[str, Field]]:
    for name, field in fields.items():
        if not field.inherited or field.node is None:
            yield name, field
        elif (id(field.node), field.key) not in collection_fields:
            # Merged with the collection's: the node still holds the model's part.
            yield name, field._replace(value=field.node[field.key], inherited=False)


class _Passed:
    """What a collection passes on, marked as inherited once for all of its models."""

    def __init__(self, collection: Collection) -> None:
        self.fields = {
            name: field._replace(inherited=True) for name, field in collection.fields.items() if name not in _OWN
        }
        self.metadata = {name: field._replace(inherited=True) for name, field in collection.metadata.items()}
        self.results = collection.results
        self.size = size_of(collection)


def size_of(entry: Model | Collection) -> int:
    """How many values of an entry there are to go through."""
    values = [field.value for field in (*entry.fields.values(), *entry.metadata.values())]
    return len(values) + len(entry.results) + sum(1 for value in values for _ in walk(value))


def taken_over(card: Card, around: Sequence[Collection] = ()) -> tuple[int, frozenset[str]]:
    """How many values a card's models take over at most, and the collections that they name and it does not define."""
    here = {collection.name: size_of(collection) for collection in card.collections}
    sizes = {collection.name: size_of(collection) for collection in around} | here
    groups = [dict.fromkeys(memberships(model)) for model in card.models]
    count = sum(sizes.get(name, 0) for names in groups for name in names)
    if any(len(names) > 1 for names in groups):
        count += sum(map(size_of, card.models)) * max(map(len, groups))
    return count, frozenset(name for names in groups for name in names if name not in here)


def memberships(model: Model) -> list[str]:
    """The collections that a model names."""
    field = model.fields.get("In Collection")
    if field is not None and isinstance(field.value, SeqNode):
        return [name for name in field.value if isinstance(name, str)]
    return [model.collection] if model.collection else []


def _from(model: Model, passed: _Passed) -> Model:
    # Written out, as `replace` takes three times as long.
    return Model(
        name=model.name,
        location=model.location,
        file=model.file,
        base=model.base,
        dialect=model.dialect,
        collection=model.collection,
        fields=passed.fields | dict(model.fields),
        metadata=_merged(passed.metadata, model.metadata),
        results=passed.results + model.results,
        raw=model.raw,
    )


def _merged(parent: Mapping[str, Field], own: Mapping[str, Field]) -> dict[str, Field]:
    merged = dict(parent)
    for name, field in own.items():
        before = merged.get(name)
        if before is not None and isinstance(before.value, list | dict):
            value = merge(before.value, field.value)
            merged[name] = field if value is field.value else field._replace(value=value, text="", inherited=True)
        else:
            merged[name] = field
    return merged


def merge(parent: Any, own: Any) -> Any:
    """A collection's and a model's value as one.

    >>> merge(["SGD"], ["Dropout"]), merge({"a": 1, "b": [1]}, {"a": 2, "b": [2]}), merge(1, 2)
    (['SGD', 'Dropout'], {'a': 2, 'b': [1, 2]}, 2)
    """
    if isinstance(parent, list):
        if own is None or isinstance(own, dict):
            return own
        return [*parent, *own] if isinstance(own, list) else [*parent, own]
    if isinstance(parent, dict) and isinstance(own, dict):
        return parent | {key: merge(parent[key], value) if key in parent else value for key, value in own.items()}
    return own


def body(source: Source, documents: Sequence[RawDocument]) -> str:
    """The text of a Markdown file outside of its metadata; empty for other files."""
    text = source.text
    parts: list[str] = []
    at = 0
    for document in documents:
        if document.kind == "comment":
            parts.append(text[at : text.rfind("<!--", at, document.start)])
            at = document.end + len("-->")
        elif document.kind == "front-matter":
            end = text.find("\n", document.end)
            at = len(text) if end < 0 else end + 1
        else:
            return ""
    return "".join((*parts, text[at:])).strip()
