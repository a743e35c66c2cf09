"""A printed value as a number, or why it is none."""

from __future__ import annotations

from typing import NamedTuple

from registry.types import Field, Location, Metric, MetricTerm, Quantity, QuantityError
from registry.vocabulary import read_quantity


class Unreadable(NamedTuple):
    """A reported value that is no number.

    Attributes:
        said: The value, its name, and where it stands.
        term: What the vocabulary says of the name.
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


def number(said: Field | Metric, term: MetricTerm) -> Quantity | Unreadable:
    """The number that a value is."""
    if isinstance(said.value, bool) or not isinstance(said.value, int | float | str):
        return Unreadable(said=said, term=term, problem="is not a number")
    try:
        return read_quantity(said.name, said.text or str(said.value), term.kind)
    except QuantityError as error:
        return Unreadable(said=said, term=term, problem=str(error))
