"""What `mir verify` prints of many models: what is wrong, what is missing, and how many of each verdict."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import click

from registry.evidence.totals import Totals
from registry.lazy_regex import lazy_regex
from registry.numbers import counted
from registry.report.printable import plain
from registry.report.terminal_table import fold, terminal_width
from registry.report.verdicts import print_rows, summary
from registry.types import Evidence

FEW = 5
"""Models whose every claim is listed without being asked for."""

_MOST = 12
"""Reasons, and rows of what is wrong, that are listed: more of them is what `-v` is for."""

_PARTICULAR = lazy_regex(r"'[^']*'|https?://\S+|\b[0-9a-f]{8,64}\b|\d[\d.,]*")


def print_overview(evidence: Sequence[Evidence], *, whole: bool) -> None:
    """Print the claims of few models as a table, those of many as totals with what is wrong and what is missing.

    Args:
        evidence: What was found, in the order of the cards.
        whole: Every claim as a row, however many there are.
    """
    totals = Totals.of(evidence)
    if whole or len(totals.models) <= FEW:
        print_rows(evidence)
        click.echo(summary(totals.counts))
    else:
        print_totals(totals)


def print_totals(totals: Totals) -> None:
    """Print what there is of each verdict, what is wrong, and what is missing."""
    if totals.wrong:
        print_rows(totals.wrong[:_MOST])
        if len(totals.wrong) > _MOST:
            click.echo(f"and {len(totals.wrong) - _MOST} more that are refuted or ended in an error")
        click.echo()
    for reason in missing(totals.reasons):
        click.echo("\n  ".join(fold(plain(reason), terminal_width() - 2)))
    click.echo(f"{counted(len(totals.models), 'model')}, {summary(totals.counts)}. -v lists every claim.")


def missing(reasons: Mapping[str, int]) -> Iterator[str]:
    """One line for each reason why claims were not measured, with how many wait for it, the commonest first."""
    groups: dict[str, Counter[str]] = {}
    for reason, count in reasons.items():
        groups.setdefault(_PARTICULAR.sub("...", reason), Counter())[reason] += count
    ordered = sorted(groups.values(), key=lambda group: -group.total())
    for group in ordered[:_MOST]:
        count, (example, _) = group.total(), group.most_common(1)[0]
        others = f" (and {len(group) - 1} like it)" if len(group) > 1 else ""
        yield f"{counted(count, 'claim')} not measured: {example}{others}"
    left = sum(group.total() for group in ordered[_MOST:])
    if left:
        yield f"{counted(left, 'claim')} not measured for {len(ordered) - _MOST} other reasons"
