"""What a search asks for and no card has, with what may have been meant: an empty answer is often a slip."""

from __future__ import annotations

from collections.abc import Iterator

from registry.query.expression import Comparison, Expression, Not, parse, short
from registry.query.model_search import MISSING, Search
from registry.vocabulary.slips import KnownNames

_FEW = 6
"""So many values of a field are all named."""


def unmatched(search: Search, expression: str) -> Iterator[str]:
    """A sentence for each text in an expression that no model of the registry has.

    Args:
        search: The registry.
        expression: What was asked.
    """
    for said in _comparisons(parse(expression)) if expression.strip() else ():
        field = search.field(said.field)
        if field.kind is not None or field.what == "verdict" or said.operator == "!=":
            continue
        test, values = search.comparison(said), search.values(field)
        if said.value.text.lower() == MISSING or any(test(at) for at in search.candidates):
            continue
        known = dict.fromkeys(str(value) for at in search.candidates for value in values(at))
        if known:
            folded = {name.casefold(): name for name in known}
            close = KnownNames(folded).closest(said.value.text.casefold())
            few = f"; there is {', '.join(sorted(known))}" if len(known) <= _FEW else ""
            hint = f"; did you mean {folded[close]}?" if close else few
            yield f"no card has the {field.name} '{short(said.value.text)}'{hint}"


def _comparisons(expression: Expression) -> Iterator[Comparison]:
    if isinstance(expression, Comparison):
        yield expression
    elif isinstance(expression, Not):
        yield from _comparisons(expression.of)
    else:
        for part in expression.parts:
            yield from _comparisons(part)
