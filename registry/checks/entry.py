"""A model or collection, with what several rules ask of it worked out once."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from registry.types import Card, Collection, Field, Metric, Model, Quantity, QuantityError, Result
from registry.vocabulary import MetricTerm, Vocabulary, fold, read_quantity
from registry.vocabulary.conditions import conditions


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

    @cached_property
    def quantities(self) -> Mapping[tuple[Hashable, ...], Number]:
        """Its readable numbers by what they are of; of several of the same the last."""
        found: dict[tuple[Hashable, ...], Number] = {}
        where: dict[int, tuple[Hashable, ...]] = {}
        for number in self.numbers:
            if number.quantity is None:
                continue
            result = number.result
            if result is not None and id(result) not in where:
                where[id(result)] = result_key(result, self._vocabulary)
            name = fold(number.said.name) if "(" in number.said.name else ""
            within = number.said.within if isinstance(number.said, Metric) else ()
            found[number.term.subject, name, within, *(() if result is None else where[id(result)])] = number
        return found

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


def result_key(result: Result, words: Vocabulary) -> tuple[Hashable, ...]:
    """What makes two results the same evaluation, however the card spells its task and data."""
    data = result.dataset
    task, dataset = words.task(result.task), words.dataset(data.name)
    return (
        fold(result.task_type or (task.name if task else result.task)),
        fold(data.type or (dataset.name if dataset else data.name)),
        data.config,
        data.split,
        data.revision,
        str(data.args),
        str(sorted((key, str(value)) for key, value in result.extra.items())),
        result.downstream,
        conditions(result.metrics),
    )
