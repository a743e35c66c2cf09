"""What `mir verify` prints: a table for people, a list of objects for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import click

from registry.download.hub_address import as_hub_address, at_hub
from registry.evidence.beside import Totals
from registry.evidence.rejudge.imported import is_imported
from registry.lazy_regex import lazy_regex
from registry.numbers import beside, counted
from registry.report.output import plain
from registry.report.terminal_table import TerminalColumn, fold, lay_out, terminal_width
from registry.types import VERDICTS, Claim, Evidence, Verdict

_STYLES: dict[Verdict, dict[str, Any]] = {
    "reproduced": {"fg": "green"},
    "within-tolerance": {"fg": "green"},
    "refuted": {"fg": "red", "bold": True},
    "unverifiable": {"fg": "yellow"},
    "error": {"fg": "red", "bold": True},
}


def as_rows(evidence: Sequence[Evidence]) -> list[dict[str, Any]]:
    """One plain object for each claim, in the order given.

    `reported` is the number as printed, `measured` the number found in base units (`null` where nothing was
    measured), `file`, `line` and `column` are the claim's.
    """
    return [_row(record) for record in evidence]


def as_json(evidence: Sequence[Evidence]) -> str:
    """The rows as JSON text."""
    return json.dumps(as_rows(evidence), indent=2, ensure_ascii=False) + "\n"


def print_rows(evidence: Sequence[Evidence]) -> None:
    """Print each claim as a row of a table, in the order given; models of one name with their files."""
    files: dict[str, set[str]] = {}
    for record in evidence:
        files.setdefault(record.claim.model, set()).add(record.claim.location.file)
    names = {
        (name, file): name if len(of) == 1 else f"{name} ({as_hub_address(file)})"
        for name, of in files.items()
        for file in of
    }
    rows = [
        [
            plain(text)
            for text in (
                names[claim.model, claim.location.file],
                _about(claim),
                claim.reported.text,
                measured_text(record),
            )
        ]
        + [f"imported: {record.verdict}" if is_imported(record) else record.verdict, plain(record.reason)]
        for record in evidence
        for claim in (record.claim,)
    ]
    click.echo("\n".join(lay_out(_COLUMNS, rows, terminal_width())))


def _colour(verdict: str) -> str:
    # A narrow table breaks "imported: reproduced" into two lines.
    return click.style(verdict, **_STYLES.get(verdict.removeprefix("imported: "), {}))  # type: ignore[call-overload]


_COLUMNS = (
    TerminalColumn(name="Model", least=10, most=40, group=True),
    TerminalColumn(name="Claim", least=14, most=36),
    TerminalColumn(name="Reported", right=True),
    TerminalColumn(name="Measured", right=True),
    TerminalColumn(name="Verdict", style=_colour),
    TerminalColumn(name="Reason", least=36, below=True),
)


def summary(counts: Mapping[tuple[bool, Verdict], int]) -> str:
    """How many claims there are of each verdict, as one line; what others measured (`True`) is counted apart."""
    parts = [f"{counts[False, verdict]} {verdict}" for verdict in VERDICTS if counts.get((False, verdict))]
    parts += [f"{counts[True, verdict]} imported: {verdict}" for verdict in VERDICTS if counts.get((True, verdict))]
    claims = counted(sum(counts.values()), "claim")
    return f"{claims}: {', '.join(parts)}" if parts else "no claims"


def measured_text(evidence: Evidence) -> str:
    """What was measured, in the way that its claim is printed: `61100840`, `97.50%`."""
    claim, measured = evidence.claim, evidence.measurement
    return "-" if measured is None else beside(measured.value, claim.reported, claim.kind)


def _row(evidence: Evidence) -> dict[str, Any]:
    claim, measurement = evidence.claim, evidence.measurement
    place = at_hub(claim.location)
    return {
        "model": claim.model,
        "subject": claim.subject,
        "reported": claim.reported.text,
        "measured": None if measurement is None else measurement.value,
        "verdict": evidence.verdict,
        "imported": is_imported(evidence),
        "reason": evidence.reason,
        "convention": None if measurement is None else measurement.convention,
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "path": place.path,
        "task": claim.task,
        "dataset": None if claim.dataset is None else claim.dataset.name,
        "samples": None if measurement is None else measurement.samples,
        "interval": None if measurement is None or measurement.interval is None else list(measurement.interval),
    }


def _about(claim: Claim) -> str:
    of = claim.dataset.name if claim.dataset is not None else claim.label.partition(": ")[2] if claim.conditions else ""
    return f"{claim.subject} ({of})" if of else claim.subject


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
