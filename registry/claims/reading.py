"""From an index to its claims."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from registry.claims import metadata, results
from registry.claims.number import PrintedNumber, Unreadable, printed
from registry.types import Claim, Collection, Index, Metric, Model
from registry.vocabulary import Vocabulary


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelClaims:
    """What one model claims.

    Attributes:
        claims: Its claims, metadata first, in the order of the card.
        unreadable: Reported values that are no numbers; `mir check` says what is wrong with them.
    """

    model: Model
    claims: tuple[Claim, ...]
    unreadable: tuple[Unreadable, ...] = ()


def read_claims(index: Index, vocabulary: Vocabulary | None = None) -> tuple[ModelClaims, ...]:
    """The claims of every model of an index; a model without a name is left to `mir check`.

    Args:
        index: What was loaded.
        vocabulary: The known metrics, those of the project included (`Config.load_vocabulary`); those that come with
            `mir` where it is `None`.
    """
    words = vocabulary or Vocabulary.load()
    return tuple(_of_model(model, words) for model in index.models if model.name)


def claims(index: Index, vocabulary: Vocabulary | None = None) -> tuple[Claim, ...]:
    """All claims of an index; see `read_claims`."""
    return tuple(claim for model_claims in read_claims(index, vocabulary) for claim in model_claims.claims)


def claims_of(owner: Model | Collection, vocabulary: Vocabulary) -> Iterator[Claim | Unreadable]:
    """The claims of a model, or those that a collection makes for its models, with what is no number between them."""
    yield from claims_from(owner, printed(owner, vocabulary), vocabulary)


def claims_from(
    owner: Model | Collection, numbers: Iterable[PrintedNumber], vocabulary: Vocabulary
) -> Iterator[Claim | Unreadable]:
    """The claims of some of the values that a model or collection prints."""
    for printed_number in numbers:
        if isinstance(printed_number.said, Metric):
            assert isinstance(owner, Model)
            reading = results.read(owner, printed_number.said, printed_number, vocabulary)
            if reading is not None:
                yield reading
        else:
            yield from metadata.read(owner, printed_number.said, printed_number, vocabulary)


def _of_model(model: Model, vocabulary: Vocabulary) -> ModelClaims:
    readings = tuple(claims_of(model, vocabulary))
    return ModelClaims(
        model=model,
        claims=tuple(reading for reading in readings if isinstance(reading, Claim)),
        unreadable=tuple(reading for reading in readings if isinstance(reading, Unreadable)),
    )
