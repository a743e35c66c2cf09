"""What `mir verify` prints: a table for people, a list of objects for programs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from registry.download.hub_address import at_hub
from registry.numbers import beside
from registry.report.plain import plain
from registry.types import VERDICTS, Claim, Evidence, Verdict

LOG_WIDTH = 160
"""Columns of a log, which has no width of its own; eighty would break every reason into shreds."""

_STYLES: dict[Verdict, str] = {
    "reproduced": "green",
    "within-tolerance": "green",
    "refuted": "bold red",
    "unverifiable": "yellow",
    "error": "bold red",
}


def as_rows(evidence: Sequence[Evidence]) -> list[dict[str, Any]]:
    """One plain object for each claim, in the order given.

    `reported` is the number as printed, `measured` the number found in base units (`null` where nothing was
    measured), `location` is `file:line:column` of the claim.
    """
    return [_row(each) for each in evidence]


def as_json(evidence: Sequence[Evidence]) -> str:
    """The rows as JSON text."""
    return json.dumps(as_rows(evidence), indent=2, ensure_ascii=False) + "\n"


def print_rows(console: Console, evidence: Sequence[Evidence]) -> None:
    """Print each claim as a row of a table, in the order given."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for name, options in _COLUMNS.items():
        table.add_column(name, **options)
    previous = None
    for each in evidence:
        claim = each.claim
        table.add_row(
            _plain(claim.model) if claim.model != previous else Text(""),
            _plain(_about(claim)),
            _plain(claim.reported.text),
            _plain(measured_text(each)),
            Text(each.verdict, style=_STYLES[each.verdict]),
            _plain(each.reason),
        )
        previous = claim.model
    console.print(table)


_COLUMNS: dict[str, dict[str, Any]] = {
    "Model": {"overflow": "fold", "max_width": 40},
    "Claim": {"overflow": "fold", "max_width": 36},
    "Reported": {"justify": "right", "overflow": "fold", "max_width": 16},
    "Measured": {"justify": "right", "no_wrap": True},
    "Verdict": {"no_wrap": True},
    "Reason": {"overflow": "fold"},
}


def summary(evidence: Sequence[Evidence]) -> str:
    """How many claims there are of each verdict, as one line."""
    counts = Counter(each.verdict for each in evidence)
    parts = [f"{counts[verdict]} {verdict}" for verdict in VERDICTS if counts[verdict]]
    claims = f"{len(evidence)} claim{'' if len(evidence) == 1 else 's'}"
    return f"{claims}: {', '.join(parts)}" if parts else "no claims"


def measured_text(evidence: Evidence) -> str:
    """What was measured, in the way that its claim is printed: `61100840`, `97.50%`."""
    claim, measured = evidence.claim, evidence.measurement
    return "-" if measured is None else beside(measured.value, claim.reported, claim.kind)


def _row(evidence: Evidence) -> dict[str, Any]:
    claim, measurement = evidence.claim, evidence.measurement
    return {
        "model": claim.model,
        "subject": claim.subject,
        "reported": claim.reported.text,
        "measured": None if measurement is None else measurement.value,
        "verdict": evidence.verdict,
        "reason": evidence.reason,
        "convention": None if measurement is None else measurement.convention,
        "location": str(at_hub(claim.location)),
        "path": claim.location.path,
        "task": claim.task,
        "dataset": None if claim.dataset is None else claim.dataset.name,
        "samples": None if measurement is None else measurement.samples,
        "interval": None if measurement is None or measurement.interval is None else list(measurement.interval),
    }


def _about(claim: Claim) -> str:
    of = claim.dataset.name if claim.dataset is not None else claim.label.partition(": ")[2] if claim.conditions else ""
    return f"{claim.subject} ({of})" if of else claim.subject


def _plain(text: str) -> Text:
    return Text(plain(text))
