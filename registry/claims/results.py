"""How a result's metrics become claims: each a number on a data set."""

from __future__ import annotations

from registry.claims.conditions import bounded, labelled
from registry.claims.number import Unreadable, number
from registry.claims.printed_values import PrintedNumber
from registry.types import Claim, Metric, Model, Result
from registry.vocabulary import Vocabulary
from registry.vocabulary.condition_names import is_measured


def read(model: Model, metric: Metric, each: PrintedNumber, vocabulary: Vocabulary) -> Claim | Unreadable | None:
    """The claim of one metric of a result; a condition of the others, such as `Iter`, claims nothing by itself."""
    if not is_measured(metric):
        return None
    found = number(metric, each.term)
    if isinstance(found, Unreadable):
        return found
    assert each.result is not None
    result = model.results[each.result]
    under = _conditions(metric, result, each.beside)
    return Claim(
        model=model.name,
        subject=vocabulary.subject(each.name),
        label=labelled(metric.name or metric.type or each.term.name, under),
        kind=each.term.kind,
        reported=found,
        location=metric.location,
        task=result.task or result.task_type,
        dataset=result.dataset,
        conditions=under,
        term=each.term,
        verified=metric.verified,
        result=each.result,
    )


def _conditions(metric: Metric, result: Result, beside: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Under what a metric was measured: of which downstream model, in which mapping, and what stands beside it."""
    if result.downstream is None and not metric.within and not beside:
        return ()
    downstream = () if result.downstream is None else (("downstream", result.downstream),)
    within = (("of", ", ".join(metric.within)),) if metric.within else ()
    return bounded((*downstream, *within, *beside))
