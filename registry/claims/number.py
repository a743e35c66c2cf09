"""A printed value as a number, or why it is none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from registry.types import (
    Collection,
    Field,
    Location,
    Metric,
    MetricTerm,
    Model,
    Quantity,
    QuantityError,
)
from registry.vocabulary import Vocabulary, read_quantity
from registry.vocabulary.directions import unlisted
from registry.vocabulary.vocabulary import conditions


class PrintedNumber(NamedTuple):
    """A value where a number belongs.

    Attributes:
        said: The value, its name, and where it stands.
        name: What says which metric it is: the printed name, or a metric's type where only that is known.
        term: What the vocabulary says of the name; where it lacks it, a term without a subject.
        result: Which of the model's results reports it, from 0; `None` for metadata.
        beside: The conditions that stand among the metrics of that result.
    """

    said: Field | Metric
    name: str
    term: MetricTerm
    result: int | None = None
    beside: tuple[tuple[str, str], ...] = ()

    @property
    def inherited(self) -> bool:
        """Whether the model's collection says it."""
        return isinstance(self.said, Field) and self.said.inherited


def printed(owner: Model | Collection, vocabulary: Vocabulary) -> Iterator[PrintedNumber]:
    """What a model or collection prints: metadata under the names of metrics, then every metric of its results.

    A collection's results are those of its models, which have inherited them.
    """
    for field in owner.metadata.values():
        term = None if field.value is None else vocabulary.metric(field.name)
        if term is not None and term.where == "metadata":
            yield PrintedNumber(field, field.name, term)
    if isinstance(owner, Model):
        for number, result in enumerate(owner.results):
            beside = conditions(result.metrics)
            for metric in result.metrics:
                if metric.value is not None:
                    name, term = _named(metric, vocabulary)
                    if not term.subject:
                        term = unlisted(name, (_named(other, vocabulary)[1] for other in result.metrics))
                    yield PrintedNumber(metric, name, term, number, beside)


def _named(metric: Metric, vocabulary: Vocabulary) -> tuple[str, MetricTerm]:
    """What says which metric it is, and what is known of that."""
    for name in (metric.name, metric.type or ""):
        term = vocabulary.metric(name)
        if term is not None:
            return name, term
    name = metric.name or metric.type or ""
    return name, unlisted(name)


class Unreadable(NamedTuple):
    """A reported value that is no number.

    Attributes:
        problem: Why it is no number, in one sentence.
    """

    said: Field | Metric
    term: MetricTerm
    problem: str

    @property
    def label(self) -> str:
        """What the card calls it; what it is where the card gives it no name."""
        return self.said.name or self.term.name

    @property
    def inherited(self) -> bool:
        """Whether the model's collection says it."""
        return isinstance(self.said, Field) and self.said.inherited

    @property
    def location(self) -> Location:
        """Where the value stands."""
        return self.said.location


def number(source: Field | Metric, term: MetricTerm) -> Quantity | Unreadable:
    """The number that a value is."""
    if isinstance(source.value, bool) or not isinstance(source.value, int | float | str):
        return Unreadable(said=source, term=term, problem="is not a number")
    try:
        return read_quantity(source.name, source.text or str(source.value), term.kind)
    except QuantityError as error:
        return Unreadable(said=source, term=term, problem=str(error))
