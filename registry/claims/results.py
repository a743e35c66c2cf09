"""How a result's metrics become claims: each a number on a data set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import islice

from registry.claims.number import PrintedNumber, Unreadable, number
from registry.types import Claim, Metric, Model, Result
from registry.vocabulary import Vocabulary
from registry.vocabulary.vocabulary import is_measured

_TELLING = frozenset({"hardware", "backend", "mode", "resolution", "downstream", "of"})
"""Conditions whose texts say what they are."""

_LONGEST, _MOST = 80, 12
"""Letters of a condition's name and of its text, and conditions of a number, that are read."""


def bounded(conditions: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Conditions cut to what a claim holds: names and texts are a stranger's."""
    return tuple((name[:_LONGEST], text[:_LONGEST]) for name, text in islice(conditions, _MOST))


def labelled(name: str, conditions: Sequence[tuple[str, str]]) -> str:
    """A metric's name with its conditions, by which claims of one metric are told apart.

    >>> labelled("PSNR", [("of", "Set5"), ("sigma", "15")]), labelled("PSNR", [])
    ('PSNR: Set5, sigma 15', 'PSNR')
    """
    under = ", ".join(text if condition in _TELLING else f"{condition} {text}" for condition, text in conditions)
    return f"{name}: {under}" if under else name


def read(
    model: Model, metric: Metric, printed_number: PrintedNumber, vocabulary: Vocabulary
) -> Claim | Unreadable | None:
    """The claim of one metric of a result; a condition of the others, such as `Iter`, claims nothing by itself."""
    if not is_measured(metric):
        return None
    quantity = number(metric, printed_number.term)
    if isinstance(quantity, Unreadable):
        return quantity
    assert printed_number.result is not None
    result = model.results[printed_number.result]
    under = _conditions(metric, result, printed_number.beside)
    return Claim(
        model=model.name,
        subject=vocabulary.subject(printed_number.name),
        label=labelled(metric.name or metric.type or printed_number.term.name, under),
        kind=printed_number.term.kind,
        reported=quantity,
        location=metric.location,
        task=result.task or result.task_type,
        dataset=result.dataset,
        conditions=under,
        term=printed_number.term,
        verified=metric.verified,
        result=printed_number.result,
    )


def _conditions(metric: Metric, result: Result, beside: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
    """Under what a metric was measured: of which downstream model, in which mapping, and what stands beside it."""
    if result.downstream is None and not metric.within and not beside:
        return ()
    downstream = () if result.downstream is None else (("downstream", result.downstream),)
    within = (("of", ", ".join(metric.within)),) if metric.within else ()
    return bounded((*downstream, *within, *beside))
