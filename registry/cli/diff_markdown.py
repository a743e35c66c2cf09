"""`mir diff --format markdown`: what a reviewer of a pull request wants to know, in tables."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from registry.numbers import counted
from registry.report.output import plain

if TYPE_CHECKING:
    from registry.evidence.beside import ShownVerdict
    from registry.query import Change
    from registry.query.state import StateComparison

_MOST = 100
"""Rows of a table: GitHub refuses a comment of more than 65 536 characters, and nobody reads more."""

_WORST: tuple[ShownVerdict, ...] = (
    "error",
    "refuted",
    "stale",
    "unverifiable",
    "self-reported",
    "imported",
    "within-tolerance",
    "reproduced",
)
_OPEN = ("stale", "self-reported")


def markdown(comparison: StateComparison) -> Iterator[str]:
    """Models that came or went, claims that changed with their verdicts, verdicts that changed, and the evidence."""
    models = [change for change in comparison.changes if change.kind == "model"]
    new = [change for change in models if change.after is not None]
    gone = [change for change in models if change.after is None]
    claims = [change for change in comparison.changes if change.kind == "claim"]
    numbers = [change for change in claims if change.before != change.after]
    verdicts = [change for change in claims if change.before == change.after]
    if not comparison.changes:
        yield "No claims changed."
    if new:
        yield "### New models\n"
        yield from _bullets(f"{_code(change.model)}: {_totals(change.claims)}" for change in new)
        yield from _table("Their claims", [claim for change in new for claim in change.claims], before=False)
    if gone:
        yield "### Models that are gone\n"
        yield from _bullets(_code(change.model) for change in gone)
    yield from _table("Claims that changed", numbers)
    yield from _table("Verdicts that changed", verdicts)
    after = [claim for claim in (*claims, *(claim for change in new for claim in change.claims)) if claim.after]
    unsettled = sum(claim.verdict_after in _OPEN for claim in after)
    if unsettled:
        have = "claim has" if unsettled == 1 else "claims have"
        yield f"{unsettled} {have} no evidence that holds; `mir verify` measures what it can.\n"
    if comparison.records:
        yield f"Evidence: {', '.join(f'{number} {kind}' for kind, number in comparison.records.items())}."


def _bullets(lines: Iterator[str]) -> Iterator[str]:
    items = list(lines)
    yield from (f"- {line}" for line in items[:_MOST])
    if len(items) > _MOST:
        yield f"- and {len(items) - _MOST} more"
    yield ""


def _totals(claims: Sequence[Change]) -> str:
    counts = Counter(claim.verdict_after for claim in claims)
    parts = (f"{counts[verdict]} {verdict}" for verdict in _WORST if counts[verdict])
    return f"{counted(len(claims), 'claim')} ({', '.join(parts)})" if claims else "no claims"


def _table(title: str, changes: Sequence[Change], *, before: bool = True) -> Iterator[str]:
    """The worst verdicts first, as a long table is cut at its end."""
    if not changes:
        return
    names = ["model", "claim", *(("before", "after") if before else ("reported",)), "measured", "verdict", "reason"]
    yield f"### {title}\n\n| {' | '.join(names)} |\n|{'---|' * len(names)}"
    for change in sorted(changes, key=_rank)[:_MOST]:
        numbers = (change.before, change.after) if before else (change.after,)
        cells = [_code(cell) for cell in (change.model, change.what, *numbers, change.measured)]
        yield f"| {' | '.join([*cells, _verdict(change), _code(change.reason)])} |"
    if len(changes) > _MOST:
        yield f"\nAnd {len(changes) - _MOST} more."
    yield ""


def _rank(change: Change) -> int:
    verdict = change.verdict_after
    return len(_WORST) if verdict is None else _WORST.index(verdict)


def _verdict(change: Change) -> str:
    old, new = change.verdict_before, change.verdict_after
    if old is None or new is None or old == new:
        return _bold(new or old)
    return f"{old} → {_bold(new)}"


def _bold(verdict: ShownVerdict | None) -> str:
    return f"**{verdict}**" if verdict in ("refuted", "error") else str(verdict)


def _code(text: str | None) -> str:
    """Somebody else's words as code, in which Markdown obeys nothing: no link, no mention, no HTML."""
    if not text:
        return ""
    return "`" + plain(text).replace("`", "'").replace("|", "\\|") + "`"
