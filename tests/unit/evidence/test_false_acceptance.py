"""How often wrong numbers come out reproduced: parameters, FLOPs, sizes, accuracies, scores, at all usual widths.

Each is drawn evenly from what anybody would believe, within a factor of two of the right one, and is printed as cards
print. The page "Verdicts" shows the rates; `python -m tests.unit.evidence.test_false_acceptance` prints them.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal
from math import sqrt

import pytest

from registry.evidence.rejudge.count_chance import first_fit
from registry.evidence.rejudge.fineness import MOST_CHANCE
from registry.evidence.rejudge.sampling import wilson
from registry.evidence.rejudge.score import ScoreFacts, judge_score
from registry.types import Kind, Quantity

TRIES = 1500


def significant(value: float, digits: int, unit: str, step: float) -> str:
    """A number to so many digits, as cards print it: `61.1M`."""
    number = Decimal(f"{value / step:.{digits - 1}e}")
    return f"{number:f}{unit}"


def counted(draw: random.Random, digits: int, kind: Kind, unit: str, step: float, rules: int) -> bool:
    """Whether a wrong count passes: of parameters by three rules, of FLOPs by forty."""
    right = int(10 ** draw.uniform(6, 9.5))
    counts = [right, *(int(right * draw.uniform(0.8, 1.2)) for _ in range(rules - 1))]
    text = significant(right * 2 ** draw.uniform(-1, 1), digits, unit, step)
    fit = first_fit(Quantity.parse(text, kind), counts)
    return fit is not None and not fit.coarse


def share(draw: random.Random, decimals: int, samples: int, *, percent: bool = True) -> bool:
    """Whether a wrong accuracy passes; as likely as not within a factor of two of the part that is wrong."""
    right = int(samples * draw.uniform(0.02, 0.995))
    part = right / samples
    larger = max(part, 1 - part)
    wrong = draw.uniform(larger / 2, min(1.0, 2 * larger))
    wrong = wrong if part >= 0.5 else 1 - wrong
    text = f"{100 * wrong:.{decimals}f}%" if percent else f"{wrong:.{decimals}f}"
    facts = ScoreFacts(value=part, samples=samples, right=right, interval=wilson(right, samples))
    return judge_score(Quantity.parse(text, "ratio"), facts).verdict == "reproduced"


def mean(draw: random.Random, decimals: int, kind: Kind) -> bool:
    """Whether a wrong mean passes, of average precision or of errors in pixels."""
    right = draw.uniform(0.05, 0.95) if kind == "ratio" else draw.uniform(0.5, 40)
    wrong = right * 2 ** draw.uniform(-1, 1)
    text = f"{100 * min(wrong, 1):.{decimals}f}%" if kind == "ratio" else f"{wrong:.{decimals}f}"
    facts = ScoreFacts(value=right, samples=5000, interval=(right * 0.98, right * 1.02))
    return judge_score(Quantity.parse(text, kind), facts).verdict == "reproduced"


def cases() -> Iterator[tuple[str, Callable[[random.Random], bool]]]:
    """What is tried, by name."""
    for digits in range(1, 7):
        yield f"parameters, {digits} digits", lambda draw, d=digits: counted(draw, d, "count", "M", 1e6, 3)
        yield f"FLOPs, {digits} digits", lambda draw, d=digits: counted(draw, d, "count", "G", 1e9, 40)
        yield f"file size, {digits} digits", lambda draw, d=digits: counted(draw, d, "bytes", " MB", 1e6, 1)
    for samples in (50_000, 10_000, 1000, 360):
        for decimals in range(4):
            yield f"accuracy of {samples}, {decimals} decimals", lambda draw, d=decimals, n=samples: share(draw, d, n)
        yield f"accuracy of {samples}, as 0.763", lambda draw, n=samples: share(draw, 3, n, percent=False)
    for decimals in range(4):
        yield f"mean precision, {decimals} decimals", lambda draw, d=decimals: mean(draw, d, "ratio")
        yield f"mean error, {decimals} decimals", lambda draw, d=decimals: mean(draw, d, "number")


CASES: Mapping[str, Callable[[random.Random], bool]] = dict(cases())


def rate(name: str, tries: int = TRIES) -> float:
    """Part of the wrong numbers that come out reproduced."""
    draw = random.Random(name)
    return sum(CASES[name](draw) for _ in range(tries)) / tries


@pytest.mark.parametrize("name", CASES)
def test_wrong_numbers_pass_no_more_often_than_promised(name: str) -> None:
    assert rate(name) <= MOST_CHANCE + 3 * sqrt(MOST_CHANCE / TRIES)


def test_right_numbers_pass() -> None:
    """A bound that nothing passes would hold too."""
    for text, counts in (("61.10M", [61100840]), ("4.0892G", [4089184256, *range(4_100_000_000, 4_100_000_039)])):
        fit = first_fit(Quantity.parse(text, "count"), counts)
        assert fit is not None
        assert (fit.place, fit.coarse) == (0, "")
    facts = ScoreFacts(value=0.763, samples=50_000, right=38_150, interval=wilson(38_150, 50_000))
    assert judge_score(Quantity.parse("76.30%", "ratio"), facts).verdict == "reproduced"


if __name__ == "__main__":
    for case in CASES:
        print(f"{case}: {rate(case, 20_000):.2%}")
