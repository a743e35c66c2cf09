"""How a result's metrics become claims: each a number on a data set."""

from __future__ import annotations

from collections.abc import Iterator

from registry.claims.number import Unreadable, number
from registry.claims.printed import Printed
from registry.types import Claim, Metric, Model
from registry.vocabulary import Vocabulary


def read(model: Model, metric: Metric, each: Printed, vocabulary: Vocabulary) -> Iterator[Claim | Unreadable]:
    """The claims of one metric of a result."""
    found = number(metric, each.term)
    if isinstance(found, Unreadable):
        yield found
        return
    assert each.result is not None
    result = model.results[each.result]
    yield Claim(
        model=model.name,
        subject=vocabulary.subject(each.name),
        label=metric.name or metric.type or each.term.name,
        kind=each.term.kind,
        reported=found,
        location=metric.location,
        task=result.task or result.task_type,
        dataset=result.dataset,
        term=each.term,
        verified=metric.verified,
        result=each.result,
    )
