"""What is right and what is not with the numbers of a whole registry: a page of Markdown made from the evidence."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from registry.evidence.beside import Shown, ShownVerdict, worded
from registry.lazy_regex import lazy_regex
from registry.report.fronts import fronts, side_by_side
from registry.types import Model
from registry.types.safe_text import safe_text

_COLUMNS: tuple[ShownVerdict, ...] = (
    "reproduced",
    "within-tolerance",
    "refuted",
    "unverifiable",
    "error",
    "stale",
    "self-reported",
)
_RULE = lazy_regex(r"(?P<factor>\d+ x )?(?P<name>.+?), \d+(x\d+)+(?P<variant>, .+)?", re.DOTALL)
_PARTICULAR = lazy_regex(r"\d[\d.,]*%?( [GM]?(FLOPs|MACs)| [MG]i?B|M)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class Standing:
    """A model and how each of its claims stands."""

    model: Model
    claims: Sequence[Shown]

    @property
    def zoo(self) -> str:
        """Which library's it is, by its `Builder`."""
        builder = str(self.model.get("Builder") or "").partition(":")[0]
        return builder or "others"


def report(models: Sequence[Standing]) -> str:
    """The page."""
    return "\n".join(_lines(models)) + "\n"


_EXAMPLES = 20
"""So many numbers that are printed too coarsely are named, of each kind."""


def _lines(models: Sequence[Standing]) -> Iterator[str]:
    claims = [claim for model in models for claim in model.claims]
    measured = sum(claim.evidence is not None for claim in claims)
    yield f"# {_counted(len(models), 'model')}: what is right and what is not"
    yield ""
    yield (
        f"Made by `mir evidence report`: {_counted(len(claims), 'claim')} of {_counted(len(models), 'model')}, of "
        f"which {_many(measured)} were measured. FLOPs are reproduced where a convention gives the printed digits."
    )
    yield from _totals(models)
    yield from _conventions(claims)
    yield from _wrong(models)
    yield from _coarse(models)
    yield from _lacking(claims)
    yield from _best([(model.model.name, model.claims) for model in models])


def _totals(models: Sequence[Standing]) -> Iterator[str]:
    by: dict[tuple[str, str], list[Shown]] = defaultdict(list)
    for model in models:
        for claim in model.claims:
            by[model.zoo, claim.claim.subject].append(claim)
    used = [column for column in _COLUMNS if any(claim.verdict == column for group in by.values() for claim in group)]
    yield from _heading("How the claims stand")
    yield from _table(
        ("library", "number", "claims", *map(worded, used), "agree to the printed digit, of those compared"),
        (
            (
                zoo,
                subject,
                _many(len(group)),
                *(_many(sum(claim.verdict == one for claim in group)) for one in used),
                _share(group),
            )
            for (zoo, subject), group in sorted(by.items(), key=lambda item: (item[0][0], -len(item[1])))
        ),
    )


def _share(claims: Sequence[Shown]) -> str:
    good = sum(claim.verdict in ("reproduced", "within-tolerance") or _is_coarse(claim) for claim in claims)
    compared = good + sum(claim.verdict == "refuted" for claim in claims)
    return f"{100 * good / compared:.2f}%" if compared else ""


def _conventions(claims: Sequence[Shown]) -> Iterator[str]:
    """How FLOPs were counted that were reproduced."""
    counts: Counter[str] = Counter()
    for claim in claims:
        rule = _rule(claim)
        if claim.claim.subject == "flops" and claim.verdict == "reproduced" and rule:
            counts[rule] += 1
    if counts:
        yield from _heading("Under which convention FLOPs are reproduced")
        yield from _table(("convention", "numbers"), ((rule, _many(count)) for rule, count in counts.most_common()))


def _rule(claim: Shown) -> str:
    measured = claim.measurement
    match = _RULE.fullmatch((measured.convention if measured else "") or "")
    return "" if match is None else f"{match['factor'] or ''}{match['name']}{match['variant'] or ''}"


def _wrong(models: Sequence[Standing]) -> Iterator[str]:
    wrong = [
        (model, claim) for model in models for claim in model.claims if claim.verdict in ("refuted", "error", "stale")
    ]
    yield from _heading("Findings")
    if not wrong:
        yield "No claim is refuted."
        return
    yield f"{_counted(len(wrong), 'claim')} differ from what was measured."
    yield ""
    yield from _table(
        ("model", "claim", "card", "measured", "diagnosis"),
        (
            (model.model.name, claim.claim.label, claim.claim.reported.text, claim.measured, _reason(claim))
            for model, claim in wrong
        ),
    )


def _is_coarse(claim: Shown) -> bool:
    """Whether a number agrees with what was measured, and is printed with too few digits to prove anything."""
    return claim.verdict == "unverifiable" and claim.evidence is not None and "too coarsely" in claim.evidence.reason


def _coarse(models: Sequence[Standing]) -> Iterator[str]:
    pairs = [(model, claim) for model in models for claim in model.claims if _is_coarse(claim)]
    if not pairs:
        return
    yield from _heading("Printed too coarsely to prove anything")
    yield f"{_counted(len(pairs), 'number')} agree with what was measured, with too few digits to prove it."
    yield ""
    by: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for model, claim in pairs:
        by[claim.claim.subject].append((model.model.name, claim.claim.reported.text))
    for subject, numbers in by.items():
        listed = ", ".join(f"{_cell(name)} ({text})" for name, text in numbers[:_EXAMPLES])
        more = f" and {_many(len(numbers) - _EXAMPLES)} more" if len(numbers) > _EXAMPLES else ""
        yield f"- {subject}: {listed}{more}"


def _lacking(claims: Sequence[Shown]) -> Iterator[str]:
    reasons = Counter(
        _PARTICULAR.sub("...", claim.reason)
        for claim in claims
        if claim.verdict == "unverifiable" and claim.evidence is None
    )
    if reasons:
        yield from _heading("What it takes to measure the others")
        yield from _table(
            ("claims", "what is lacking"), ((_many(count), reason) for reason, count in reasons.most_common())
        )


def _best(models: Sequence[tuple[str, Sequence[Shown]]]) -> Iterator[str]:
    """Which models are the best for their cost, and how the best do elsewhere."""
    rows = list(fronts(models))
    if rows:
        yield from _heading("The best for what they cost")
        yield "Top-1 accuracy on each test set, as the cards say it. No other model is as good and costs less."
        yield ""
        yield from _table(("test set", "cost", "models on the front", "the best of them"), rows)
    datasets, results = side_by_side(models)
    if results:
        yield from _heading("The best on the first test set, on all of them")
        yield from _table(("model", *datasets), results)


def _reason(claim: Shown) -> str:
    return "; ".join(claim.stale) if claim.verdict == "stale" else claim.reason


def _heading(text: str) -> Iterator[str]:
    yield from ("", f"## {text}", "")


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(columns)} |"
    yield f"|{'---|' * len(columns)}"
    yield from (f"| {' | '.join(map(_cell, row))} |" for row in rows)


def _cell(text: str) -> str:
    """Text that is a stranger's, in a cell of a table."""
    plain = " ".join(safe_text(text).split())
    return re.sub(r"([|\\`*_\[\]<>])", r"\\\1", plain)


def _many(number: int) -> str:
    return f"{number:,}".replace(",", " ")


def _counted(number: int, noun: str) -> str:
    return f"{_many(number)} {noun}{'' if number == 1 else 's'}"
