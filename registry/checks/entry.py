"""A model or collection, with what several rules ask of it worked out once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from registry.types import Card, Collection, Field, Metric, Model, Quantity, QuantityError, Result
from registry.vocabulary import MetricTerm, Vocabulary, read_quantity


class Number(NamedTuple):
    """A value that ought to be a number.

    Attributes:
        term: What the vocabulary says of its name.
        said: Where the card says it.
        quantity: The number, `None` where it cannot be read; then `problem` says why.
        problem: One sentence.
        result: The result that reports it, `None` for metadata.
    """

    term: MetricTerm
    said: Field | Metric
    quantity: Quantity | None
    problem: str
    result: Result | None

    @property
    def label(self) -> str:
        """What the card calls it; what it is where the card gives it no name."""
        return self.said.name or self.term.name


class Entry:
    """A model or a collection of a card."""

    def __init__(self, owner: Model | Collection, card: Card, vocabulary: Vocabulary) -> None:
        self.owner = owner
        self.card = card
        self.model = owner if isinstance(owner, Model) else None
        self._vocabulary = vocabulary

    @cached_property
    def numbers(self) -> tuple[Number, ...]:
        """Its own numbers: metadata that the vocabulary knows, then results."""
        return tuple(self._numbers())

    @cached_property
    def counts(self) -> Mapping[str, Number]:
        """Its metadata's readable numbers by subject, such as `parameters`; inherited ones are left out."""
        return {
            number.term.subject: number
            for number in self.numbers
            if number.result is None and number.quantity is not None
        }

    def _numbers(self) -> Iterator[Number]:
        for field in self.owner.metadata.values():
            if field.inherited or field.value is None:
                continue
            term = self._vocabulary.metric(field.name)
            if term is not None and term.where == "metadata" and term.is_one(field.value):
                yield _number(term, field, None)
        if self.model is None:
            return
        for result in self.model.results:
            for metric in result.metrics:
                if metric.value is None:
                    continue
                term = self._vocabulary.metric(metric.name) or self._vocabulary.metric(metric.type or "")
                if term is not None and term.where == "results":
                    yield _number(term, metric, result)


def _number(term: MetricTerm, said: Field | Metric, result: Result | None) -> Number:
    if isinstance(said.value, bool) or not isinstance(said.value, int | float | str):
        return Number(term, said, None, "is not a number", result)
    try:
        quantity = read_quantity(said.name, said.text or str(said.value), term.kind)
    except QuantityError as error:
        return Number(term, said, None, str(error), result)
    return Number(term, said, quantity, "", result)
