"""One card and its entries as rules look at them, with what several rules ask worked out once."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from registry.checks.document_texts import Document
from registry.claims import PrintedNumber, Unreadable, claims_from, printed
from registry.types import Card, Claim, Collection, Location, Model, NamedWeights, Result
from registry.vocabulary import Vocabulary, fold
from registry.vocabulary.vocabulary import conditions

_new = tuple.__new__  # A named tuple's own constructor takes twice as long, and there is one for every claim.


class Number(NamedTuple):
    """A claim as plain data: what it is about, what it is called, as printed, and in base units."""

    subject: str
    label: str
    text: str
    value: Decimal
    half_width: Decimal
    place: Location


class Compared(NamedTuple):
    """What a model reports, for others to be compared with; plain data.

    Attributes:
        numbers: Its numbers by what they are of; of several of the same the last.
    """

    name: str
    place: Location
    numbers: Mapping[tuple[Hashable, ...], Number]


class Entry:
    """A model or a collection of a card.

    Attributes:
        model: The model; `None` for a collection.
        dialect: What a model is written in, be it in a file of `mir convert`; of a collection its card's.
        results: What a model reports; a collection's are its models'.
        collection: What a model is in; empty where it is in none.
    """

    def __init__(self, owner: Model | Collection, card: Card, vocabulary: Vocabulary) -> None:
        self.owner = owner
        self.card = card
        self.model = owner if isinstance(owner, Model) else None
        self.dialect = card.dialect if self.model is None else self.model.dialect
        self.results = () if self.model is None else self.model.results
        self.collection = "" if self.model is None else self.model.collection or ""
        self._vocabulary = vocabulary
        self._numbers: dict[int, Number] = {}

    @cached_property
    def weights(self) -> tuple[NamedWeights, ...]:
        """The files of weights that a model names."""
        return () if self.model is None else self.model.weights

    @cached_property
    def claims(self) -> tuple[Claim, ...]:
        """The numbers of the metrics that the vocabulary knows, inherited ones left out: metadata, then results."""
        return tuple(claim for claim in self._read if type(claim) is Claim)

    @cached_property
    def unreadable(self) -> tuple[Unreadable, ...]:
        """Values of these metrics that are no numbers."""
        read = self._read
        return tuple(value for value in read if type(value) is Unreadable) if len(self.claims) < len(read) else ()

    @cached_property
    def counts(self) -> Mapping[str, Claim]:
        """Its metadata's numbers by subject, such as `parameters`."""
        return {claim.subject: claim for claim in self.claims if claim.result is None}

    @cached_property
    def numbers(self) -> Mapping[str, Number]:
        """The same as plain data."""
        return {subject: self.number(claim) for subject, claim in self.counts.items()}

    def number(self, claim: Claim) -> Number:
        """One of its claims as plain data, made once."""
        plain = self._numbers.get(id(claim))
        if plain is None:
            quantity = claim.reported
            place = claim.location
            plain = _new(
                Number, (claim.subject, claim.label, quantity.text, quantity.value, quantity.half_width, place)
            )
            self._numbers[id(claim)] = plain
        return plain

    @cached_property
    def compared(self) -> Compared:
        """What others are compared with."""
        where = [result_key(result, self._vocabulary) for result in self.results]
        numbers = {
            (claim.subject, claim.conditions, None if claim.result is None else where[claim.result]): claim
            for claim in self.claims
        }
        return Compared(
            self.owner.name, self.owner.location, {key: self.number(claim) for key, claim in numbers.items()}
        )

    @cached_property
    def printed(self) -> tuple[PrintedNumber, ...]:
        """What stands under the names of metrics that the vocabulary knows, numbers or not."""
        numbers = printed(self.owner, self._vocabulary)
        return tuple(number for number in numbers if number.term.subject and not number.inherited)

    @cached_property
    def _read(self) -> tuple[Claim | Unreadable, ...]:
        return tuple(claims_from(self.owner, self.printed, self._vocabulary))


class CardView:
    """A card with what several rules ask of it worked out once."""

    def __init__(self, card: Card, vocabulary: Vocabulary) -> None:
        self.card = card
        self.vocabulary = vocabulary

    @cached_property
    def entries(self) -> tuple[Entry, ...]:
        """Its collections, then its models."""
        owners: tuple[Model | Collection, ...] = (*self.card.collections, *self.card.models)
        return tuple(Entry(owner, self.card, self.vocabulary) for owner in owners)

    @cached_property
    def models(self) -> tuple[Entry, ...]:
        """Its models."""
        return tuple(entry for entry in self.entries if entry.model is not None)

    @cached_property
    def documents(self) -> tuple[Document, ...]:
        """Its blocks of metadata."""
        return tuple(Document(self.card, raw) for raw in self.card.documents)


def result_key(result: Result, words: Vocabulary) -> tuple[Hashable, ...]:
    """What makes two results the same evaluation, however the card spells its task and data."""
    data = result.dataset
    task, dataset = words.task(result.task), words.dataset(data.name)
    return (
        fold(result.task_type or (task.name if task else result.task)),
        fold(data.type or (dataset.name if dataset else data.name)),
        data.config,
        data.split,
        data.subset,
        data.revision,
        str(data.args),
        str(sorted((key, str(value)) for key, value in result.extra.items())),
        result.downstream,
        conditions(result.metrics),
    )
