"""How a card's metadata becomes claims: parameters, FLOPs, sizes, times."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from registry.claims.number import PrintedNumber, Unreadable, number
from registry.claims.results import bounded, labelled
from registry.types import (
    Claim,
    Collection,
    Field,
    MapNode,
    MetricTerm,
    Model,
    QuantityError,
    SeqNode,
    child_path,
)
from registry.vocabulary import Vocabulary, fold, read_quantity


def read(
    owner: Model | Collection, field: Field, printed_number: PrintedNumber, vocabulary: Vocabulary
) -> Iterator[Claim | Unreadable]:
    """The claims of one field."""
    term = printed_number.term
    about: dict[str, Any] = {
        "model": owner.name,
        "subject": vocabulary.subject(printed_number.name),
        "kind": term.kind,
        "term": term,
        "inherited": field.inherited,
    }
    if not term.is_one(field.value):
        yield from _from_list(field, term, about)
        return
    quantity = number(field, term)
    if isinstance(quantity, Unreadable):
        yield quantity
    else:
        yield Claim(label=field.name, reported=quantity, location=field.location, **about)


def _from_list(field: Field, term: MetricTerm, about: dict[str, Any]) -> Iterator[Claim]:
    """OpenMMLab's times: one for each piece of hardware, with what it was measured under.

    Entries that are laid out otherwise claim nothing.
    """
    entries = field.value if isinstance(field.value, SeqNode) else [field.value]
    for at, entry in enumerate(entries):
        path = child_path(field.path, at) if isinstance(field.value, SeqNode) else field.path
        if not isinstance(entry, MapNode):
            continue
        key = next((name for name in entry if fold(name) == "value"), None)
        value = None if key is None else entry[key]
        if key is None or isinstance(value, bool) or not isinstance(value, int | float | str):
            continue
        try:
            reported = read_quantity(field.name, entry.text(key).strip("'\""), term.kind)
        except QuantityError:
            continue
        conditions = bounded(
            (fold(name), ", ".join(map(str, value)) if isinstance(value, list) else str(value))
            for name, value in entry.items()
            if name != key and value is not None and not isinstance(value, dict)
        )
        yield Claim(
            label=labelled(field.name, conditions),
            reported=reported,
            location=entry.location(key, child_path(path, key)),
            conditions=conditions,
            **about,
        )
