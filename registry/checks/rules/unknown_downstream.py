"""A downstream model that is not there.

What:
    A model's `Downstream` names, as one that was trained from it, a model that the index does not have. It is said
    where other names under `Downstream` are those of models: where none is, the zoo keeps them elsewhere.

Why:
    The results of the downstream model are shown beside the model that it was trained from. Nearly always the one was
    renamed and the name was left.

Bad:
    Models:
    - {Name: mae_400e, Downstream: [vit_mae-400e_linear]}
    - {Name: mae_800e, Downstream: [vit_mae-800e_linaer]}
    - {Name: vit_mae-400e_linear}
    - {Name: vit_mae-800e_linear}

Good:
    Models:
    - {Name: mae_400e, Downstream: [vit_mae-400e_linear]}
    - {Name: mae_800e, Downstream: [vit_mae-800e_linear]}
    - {Name: vit_mae-400e_linear}
    - {Name: vit_mae-800e_linear}
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from registry.checks.card_view import CardView
from registry.checks.message_text import short
from registry.checks.rule import Context, Problem, rule
from registry.checks.shared_facts import names_of
from registry.checks.whole import Whole
from registry.types import Location, SeqNode
from registry.vocabulary.slips import MOST_GUESSES, KnownNames


class _Downstream(NamedTuple):
    """A name under `Downstream` of a model, and where it stands."""

    model: str
    name: str
    place: Location


def downstream_of(view: CardView) -> list[_Downstream]:
    """The names under `Downstream` of a card's models; what has results of its own is no name."""
    references = []
    for model in view.card.models:
        field = model.fields.get("Downstream")
        for index, name in enumerate(field.value if field is not None and isinstance(field.value, SeqNode) else ()):
            if field is not None and isinstance(name, str):
                place = field.value.location(index, f"{field.path}[{index}]")
                references.append(_Downstream(model.name, name, place))
    return references


@rule("MIR413", "unknown-downstream", "warning", "index", facts=(names_of, downstream_of))
def check(whole: Whole, context: Context) -> Iterator[Problem]:
    references = [reference for _, group in whole.facts(downstream_of) for reference in group]
    if not references:
        return
    known = {model.name for _, models in whole.facts(names_of) for model in models}
    names = KnownNames(known)
    lost = [reference for reference in references if reference.name not in known]
    if len(lost) == len(references):
        return
    for number, (model, name, place) in enumerate(lost):
        close = names.closest(name) if number < MOST_GUESSES else None
        hint = f"Is '{close}' meant?" if close else ""
        message = f"Downstream of {short(model)} names no model of the index: {short(name)}"
        yield Problem(message, place, hint)
