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
    shown = [each for model in models for each in model.claims]
    measured = sum(each.evidence is not None for each in shown)
    yield f"# {_counted(len(models), 'model')}: what is right and what is not"
    yield ""
    yield (
        f"Made by `mir evidence report`: {_counted(len(shown), 'claim')} of {_counted(len(models), 'model')}, of which "
        f"{_many(measured)} were measured. FLOPs are reproduced where a convention gives the printed digits."
    )
    yield from _totals(models)
    yield from _conventions(shown)
    yield from _wrong(models)
    yield from _coarse(models)
    yield from _lacking(shown)
    yield from _best([(each.model.name, each.claims) for each in models])


def _totals(models: Sequence[Standing]) -> Iterator[str]:
    by: dict[tuple[str, str], list[Shown]] = defaultdict(list)
    for each in models:
        for claim in each.claims:
            by[each.zoo, claim.claim.subject].append(claim)
    used = [column for column in _COLUMNS if any(shown.verdict == column for found in by.values() for shown in found)]
    yield from _heading("How the claims stand")
    yield from _table(
        ("library", "number", "claims", *map(worded, used), "agree to the printed digit, of those compared"),
        (
            (
                zoo,
                subject,
                _many(len(found)),
                *(_many(sum(each.verdict == one for each in found)) for one in used),
                _share(found),
            )
            for (zoo, subject), found in sorted(by.items(), key=lambda item: (item[0][0], -len(item[1])))
        ),
    )


def _share(found: Sequence[Shown]) -> str:
    good = sum(each.verdict in ("reproduced", "within-tolerance") or _is_coarse(each) for each in found)
    compared = good + sum(each.verdict == "refuted" for each in found)
    return f"{100 * good / compared:.2f}%" if compared else ""


def _conventions(shown: Sequence[Shown]) -> Iterator[str]:
    """How FLOPs were counted that were reproduced."""
    found: Counter[str] = Counter()
    for each in shown:
        rule = _rule(each)
        if each.claim.subject == "flops" and each.verdict == "reproduced" and rule:
            found[rule] += 1
    if found:
        yield from _heading("Under which convention FLOPs are reproduced")
        yield from _table(("convention", "numbers"), ((rule, _many(count)) for rule, count in found.most_common()))


def _rule(shown: Shown) -> str:
    measured = shown.measurement
    match = _RULE.fullmatch((measured.convention if measured else "") or "")
    return "" if match is None else f"{match['factor'] or ''}{match['name']}{match['variant'] or ''}"


def _wrong(models: Sequence[Standing]) -> Iterator[str]:
    wrong = [
        (each, shown) for each in models for shown in each.claims if shown.verdict in ("refuted", "error", "stale")
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
            (each.model.name, shown.claim.label, shown.claim.reported.text, shown.measured, _reason(shown))
            for each, shown in wrong
        ),
    )


def _is_coarse(shown: Shown) -> bool:
    """Whether a number agrees with what was measured, and is printed with too few digits to prove anything."""
    return shown.verdict == "unverifiable" and shown.evidence is not None and "too coarsely" in shown.evidence.reason


def _coarse(models: Sequence[Standing]) -> Iterator[str]:
    found = [(each, shown) for each in models for shown in each.claims if _is_coarse(shown)]
    if not found:
        return
    yield from _heading("Printed too coarsely to prove anything")
    yield f"{_counted(len(found), 'number')} agree with what was measured, with too few digits to prove it."
    yield ""
    by: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for each, shown in found:
        by[shown.claim.subject].append((each.model.name, shown.claim.reported.text))
    for subject, numbers in by.items():
        listed = ", ".join(f"{_cell(name)} ({text})" for name, text in numbers[:_EXAMPLES])
        more = f" and {_many(len(numbers) - _EXAMPLES)} more" if len(numbers) > _EXAMPLES else ""
        yield f"- {subject}: {listed}{more}"


def _lacking(shown: Sequence[Shown]) -> Iterator[str]:
    reasons = Counter(
        _PARTICULAR.sub("...", each.reason)
        for each in shown
        if each.verdict == "unverifiable" and each.evidence is None
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


def _reason(shown: Shown) -> str:
    return "; ".join(shown.stale) if shown.verdict == "stale" else shown.reason


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
