"""The claims of a card: every number that it reports."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from registry.types import Claim, Field, Index, Kind, Metric, Model, Quantity, QuantityError
from registry.types.source import MapNode, SeqNode, child_path
from registry.vocabulary import metric_term, read_quantity, slug
from registry.vocabulary.metrics import MetricTerm, fold

_TELLING = frozenset({"hardware", "backend", "mode", "resolution"})
"""Conditions whose values say what they are."""

_LONGEST, _MOST = 80, 12
"""Letters of a condition's name and of its text, and conditions of a number, that are read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelClaims:
    """What one model claims.

    Attributes:
        model: The model.
        claims: Its claims, metadata first, in the order of the card.
        unreadable: Reported values that are no numbers; `mir check` says what is wrong with them.
    """

    model: Model
    claims: tuple[Claim, ...]
    unreadable: tuple[Field | Metric, ...] = ()


def read_claims(index: Index) -> tuple[ModelClaims, ...]:
    """The claims of every model of an index; a model without a name is left to `mir check`."""
    return tuple(_of_model(model) for model in index.models if model.name)


def claims(index: Index) -> tuple[Claim, ...]:
    """All claims of an index."""
    return tuple(claim for each in read_claims(index) for claim in each.claims)


def _of_model(model: Model) -> ModelClaims:
    entries = (*_from_metadata(model), *_from_results(model))
    return ModelClaims(
        model=model,
        claims=tuple(entry for entry in entries if isinstance(entry, Claim)),
        unreadable=tuple(entry for entry in entries if not isinstance(entry, Claim)),
    )


def _from_metadata(model: Model) -> Iterator[Claim | Field]:
    for field in model.metadata.values():
        term = metric_term(field.name)
        if term is None or term.where != "metadata" or field.value is None:
            continue
        if not term.is_one(field.value):
            yield from _from_list(model, field, term)
            continue
        quantity = _quantity(field, term.kind)
        if quantity is None:
            yield field
        else:
            yield Claim(
                model=model.name,
                subject=term.subject,
                label=field.name,
                kind=term.kind,
                reported=quantity,
                location=field.location,
            )


def _from_list(model: Model, field: Field, term: MetricTerm) -> Iterator[Claim]:
    """OpenMMLab's times: one for each piece of hardware, with what it was measured under.

    Entries that are laid out otherwise claim nothing.
    """
    entries = field.value if isinstance(field.value, SeqNode) else [field.value]
    for number, entry in enumerate(entries):
        path = child_path(field.path, number) if isinstance(field.value, SeqNode) else field.path
        if not isinstance(entry, MapNode):
            continue
        key = next((each for each in entry if fold(each) == "value"), None)
        said = None if key is None else entry[key]
        if key is None or isinstance(said, bool) or not isinstance(said, int | float | str):
            continue
        try:
            reported = read_quantity(field.name, entry.text(key).strip("'\""), term.kind)
        except QuantityError:
            continue
        conditions = tuple(
            (fold(name)[:_LONGEST], (", ".join(map(str, value)) if isinstance(value, list) else str(value))[:_LONGEST])
            for name, value in entry.items()
            if name != key and value is not None and not isinstance(value, dict)
        )[:_MOST]
        under = ", ".join(text if name in _TELLING else f"{name} {text}" for name, text in conditions)
        yield Claim(
            model=model.name,
            subject=term.subject,
            label=f"{field.name}: {under}" if under else field.name,
            kind=term.kind,
            reported=reported,
            location=entry.location(key, child_path(path, key)),
            conditions=conditions,
        )


def _from_results(model: Model) -> Iterator[Claim | Metric]:
    for result in model.results:
        for metric in result.metrics:
            if metric.value is None:
                continue
            term = metric_term(metric.name) or metric_term(metric.type or "")
            kind: Kind = term.kind if term else "number"
            quantity = _quantity(metric, kind)
            if quantity is None:
                yield metric
            else:
                yield Claim(
                    model=model.name,
                    subject=term.subject if term else slug(metric.name or metric.type or ""),
                    label=metric.name or metric.type or "",
                    kind=kind,
                    reported=quantity,
                    location=metric.location,
                    task=result.task or result.task_type,
                    dataset=result.dataset,
                )


def _quantity(entry: Field | Metric, kind: Kind) -> Quantity | None:
    if isinstance(entry.value, bool) or not isinstance(entry.value, int | float | str):
        return None
    try:
        return read_quantity(entry.name, entry.text or str(entry.value), kind)
    except QuantityError:
        return None
