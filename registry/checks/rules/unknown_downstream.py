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

from registry.checks.context import Context
from registry.checks.message_text import short
from registry.checks.rule import Problem, rule
from registry.types import Field, Location, Model, SeqNode
from registry.vocabulary.slips import MOST_GUESSES, KnownNames


@rule("MIR413", "unknown-downstream", "warning", "index")
def check(whole: Context, context: Context) -> Iterator[Problem]:
    named = [each for model in context.index.models for each in _downstream(model)]
    if not named:
        return
    known = {model.name for model in context.index.models}
    names = KnownNames(known)
    lost = [each for each in named if each[1] not in known]
    if len(lost) == len(named):
        return
    for number, (model, name, location) in enumerate(lost):
        close = names.closest(name) if number < MOST_GUESSES else None
        hint = f"Is '{close}' meant?" if close else ""
        yield Problem(f"Downstream of {short(model.name)} names no model of the index: {short(name)}", location, hint)


def _downstream(model: Model) -> Iterator[tuple[Model, str, Location]]:
    """The names under `Downstream`; what has results of its own is no name."""
    field: Field | None = model.fields.get("Downstream")
    if field is None or not isinstance(field.value, SeqNode):
        return
    for index, name in enumerate(field.value):
        if isinstance(name, str):
            yield model, name, field.value.location(index, f"{field.path}[{index}]")
