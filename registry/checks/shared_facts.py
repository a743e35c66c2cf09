"""What several rules take from each card to look across them: names, collections and sizes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import NamedTuple

from registry.checks.card_view import CardView, Number
from registry.checks.whole import Whole
from registry.loader.inherit import memberships
from registry.types import Location


class NamedPlace(NamedTuple):
    """The name of a model or collection, and where it stands."""

    name: str
    place: Location


class Collections(NamedTuple):
    """The collections of a card.

    Attributes:
        defined: Those that it defines.
        strange: Of these, the names that it does not define, with where they stand.
    """

    defined: tuple[NamedPlace, ...]
    used: tuple[str, ...]
    strange: Mapping[str, list[Location]]


class SiblingFacts(NamedTuple):
    """A model of a collection, with what it says of its size."""

    collection: str
    name: str
    parameters: Number | None
    flops: Number | None


def names_of(view: CardView) -> tuple[NamedPlace, ...]:
    """The models of a card."""
    return tuple(NamedPlace(model.name, model.location) for model in view.card.models)


def collections_of(view: CardView) -> Collections | None:
    """The collections of a card, and those that its models name."""
    card = view.card
    defined = tuple(NamedPlace(collection.name, collection.location) for collection in card.collections)
    here = {place.name for place in defined}
    used: dict[str, None] = {}
    strange: dict[str, list[Location]] = {}
    for model in card.models:
        for name in memberships(model):
            used[name] = None
            if name not in here:
                field = model.fields.get("In Collection")
                place = model.location if field is None else field.location
                strange.setdefault(name, []).append(place)
    return Collections(defined, tuple(used), strange) if defined or used else None


def siblings_of(view: CardView) -> list[SiblingFacts]:
    """The models of collections that report parameters or FLOPs."""
    siblings = []
    for entry in view.models:
        parameters, flops = entry.numbers.get("parameters"), entry.numbers.get("flops")
        if entry.collection and (parameters or flops):
            siblings.append(SiblingFacts(entry.collection, entry.owner.name, parameters, flops))
    return siblings


def families(whole: Whole) -> Collection[list[SiblingFacts]]:
    """Models by their collection; two zoos may call theirs the same."""
    groups: dict[tuple[str, str], list[SiblingFacts]] = defaultdict(list)
    for card, siblings in whole.facts(siblings_of):
        for sibling in siblings:
            groups[whole.zoo(card), sibling.collection].append(sibling)
    return groups.values()
