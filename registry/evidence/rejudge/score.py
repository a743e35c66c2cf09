"""The verdict on a score, as a pure function of the claim and of what was measured.

Measuring and reading a record use this one function, so that whoever reads a record can judge it again. The rules are
explained, with their error rates, on the guide's page "Verdicts".
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from registry.evidence.rejudge.fineness import (
    MOST_CHANCE,
    PrintedCounts,
    chance_of_count,
    chance_of_value,
    half_width,
    printed_counts,
)
from registry.evidence.rejudge.sampling import bounds
from registry.numbers import percent
from registry.types import Quantity, Verdict

TOLERANCE = Decimal("0.001")
"""Part of the samples, but one at least, by which a measurement may miss: another decoder turns so many answers."""

LEAST_SAMPLES = 10
"""So many samples must be behind a score that is no share of samples, such as a mean over classes or an error.

Such a score takes any value, so that fewer samples make no wrong number pass more easily; but a mean of a few says
nothing of a data set.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreFacts:
    """What was measured, as far as the verdict depends on it.

    Attributes:
        value: The score: a fraction of one, or a number in the claim's unit.
        samples: How many samples are behind it; zero where another harness's log does not say.
        interval: What other samples of this size would give, 95 %.
        right: How many samples count, where the score is a share of them.
        fewer: How many of those that count may not: their answer hangs on a tie.
        more: How many others may count: samples that could not be read, or whose answer hangs on a tie.
        population: How many samples there are in all, where only some were drawn at random.
        complete: Whether the samples are known to be the whole of the data set that the claim names.
        obstacle: Why the measurement says nothing of the card's claim: a part of the data, an override of the caller's.
        doubt: Why a refutation would be unfair, such as an order of classes that was guessed.
    """

    value: float
    samples: int
    interval: tuple[float, float]
    right: int | None = None
    fewer: int = 0
    more: int = 0
    population: int | None = None
    complete: bool = False
    obstacle: str = ""
    doubt: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoreJudgement:
    """What a score says of a claim.

    Attributes:
        difference: By how many samples the card is above the measurement; `None` where it is no share of samples.
    """

    verdict: Verdict
    reason: str
    difference: int | None = None


def judge_score(reported: Quantity, facts: ScoreFacts) -> ScoreJudgement:
    """Hold what was measured against what is reported."""
    difference = None
    if facts.right is None:
        verdict, reason = _judge_value(reported, facts)
    elif facts.population is not None and facts.samples < facts.population:
        verdict, reason = _judge_drawn(reported, facts, facts.right, facts.population)
    else:
        verdict, reason = _judge_counted(reported, facts, facts.right)
        difference = printed_counts(reported, facts.samples).difference(facts.right)
    objection = facts.obstacle or (facts.doubt if verdict == "refuted" else "")
    if objection:
        verdict, reason = "unverifiable", f"{reason}; {objection}"
    return ScoreJudgement(verdict=verdict, reason=reason, difference=difference)


def tolerance(samples: int) -> int:
    """How many samples a measurement of the same samples may miss."""
    return max(1, int(samples * TOLERANCE))


def measured(facts: ScoreFacts, unit: str = "1") -> str:
    """What was measured, in words."""
    if facts.right is not None:
        return f"{facts.right} of {facts.samples} samples, {percent(facts.value)}"
    score = percent(facts.value) if unit == "1" else f"{facts.value:.6g}"
    return f"{score} over {facts.samples} samples" if facts.samples else score


def _judge_counted(reported: Quantity, facts: ScoreFacts, right: int) -> tuple[Verdict, str]:
    """All samples were answered: whole numbers are compared."""
    samples = facts.samples
    printed = printed_counts(reported, samples)
    off = printed.difference(right)
    outside = not _reaches(reported, facts.interval)
    chance = chance_of_count(printed, samples)
    possible = {_verdict(printed, count, samples) for count in range(right - facts.fewer, right + facts.more + 1)}
    reason = f"{measured(facts)}{_between(facts)}"
    if off == 0:
        reason += ", as the card says"
    else:
        reason += f"; the card's {reported} is {_samples(off)}"
        if not printed.exact:
            reason += f", and no number of right ones out of {samples} is printed so"
    if len(possible) > 1:
        return "unverifiable", f"{reason}; {_uncertain(facts)}"
    verdict = possible.pop()
    fine = chance <= MOST_CHANCE
    if verdict == "refuted":
        if fine or outside:
            where = f"more than the {_plural(tolerance(samples))} that another decoder of pictures may change"
            return "refuted", f"{reason}, {where}"
        return "unverifiable", f"{reason}; {_few(samples, chance)}"
    single = printed.least == printed.most or not printed.exact
    if not fine and not (facts.complete and single):
        why = _few(samples, chance) if single else _coarse(reported, chance)
        return "unverifiable", f"{reason}; {why}"
    if verdict == "within-tolerance":
        reason += f", within the {_plural(tolerance(samples))} that another decoder of pictures may change"
    if not fine:
        reason += f"; {chance:.1%} of plausible numbers would be printed the same"
    return verdict, reason


def _verdict(printed: PrintedCounts, count: int, samples: int) -> Verdict:
    off = abs(printed.difference(count))
    if off == 0:
        return "reproduced"
    return "within-tolerance" if off <= tolerance(samples) else "refuted"


def _judge_drawn(reported: Quantity, facts: ScoreFacts, right: int, population: int) -> tuple[Verdict, str]:
    """Some samples were drawn: the same question about all of them, answered with bounds that hold at any moment."""
    decided = decide(reported, facts, right, population)
    drawn = (
        f"{right} of {facts.samples} samples drawn at random from {population}, {percent(facts.value)} "
        f"({_interval(facts)}, at 95 % however many samples are drawn)"
    )
    allowed = (
        f"the card's {reported} and the {_plural(tolerance(population))} that another decoder of pictures may change"
    )
    if decided == "refuted":
        return "refuted", f"{drawn}; {allowed} lie outside"
    printed = printed_counts(reported, population)
    chance = chance_of_count(printed, population)
    if chance > MOST_CHANCE:
        return "unverifiable", f"{drawn}; {_coarse(reported, chance)}"
    if decided == "within-tolerance":
        return "within-tolerance", f"{drawn}: all of it is within {allowed}, by sampling and not by all"
    return "unverifiable", f"{drawn}, which is too few to decide about the card's {reported}"


def decide(reported: Quantity, facts: ScoreFacts, right: int, population: int) -> Verdict | None:
    """What drawn samples say of the claim about all samples; `None` as long as they say nothing.

    Unreadable samples and ties count both ways.
    """
    printed, allowed = printed_counts(reported, population), tolerance(population)
    low, _ = bounds(right - facts.fewer, facts.samples, population)
    _, high = bounds(right + facts.more, facts.samples, population)
    if low > printed.most + allowed or high < printed.least - allowed:
        return "refuted"
    return "within-tolerance" if printed.least - allowed <= low and high <= printed.most + allowed else None


def _judge_value(reported: Quantity, facts: ScoreFacts) -> tuple[Verdict, str]:
    """A score that is no share of samples, such as a mean over classes or a mean error."""
    share = reported.unit == "1"
    score, width = Decimal(repr(facts.value)), half_width(reported)
    off = abs(score - reported.value)
    allowed = max(width, TOLERANCE if share else abs(reported.value) * TOLERANCE)
    reason = f"{measured(facts, reported.unit)}{_between(facts, share=share)}"
    outside = not _reaches(reported, facts.interval)
    few = facts.samples < LEAST_SAMPLES and not facts.complete
    # One of a few samples may move a mean by any amount, and one of a thousand no further than other decoding does.
    unread = facts.more + facts.fewer > facts.samples * TOLERANCE
    if unread:
        return "unverifiable", f"{reason}; the card says {reported}; {_uncertain(facts)}"
    if off > allowed:
        allowed_text = percent(float(TOLERANCE)) if share else f"{float(TOLERANCE):.1%} of it"
        if few and not outside:
            why = f"{facts.samples} samples are too few to tell, {LEAST_SAMPLES} would do"
            return "unverifiable", f"{reason}; the card says {reported}; {why}"
        return "refuted", f"{reason}; the card's {reported} is further away than {allowed_text}"
    chance = chance_of_value(reported)
    if chance > MOST_CHANCE:
        return "unverifiable", f"{reason}; {_coarse(reported, chance)}"
    if few:
        why = f"{facts.samples} samples are too few to tell, {LEAST_SAMPLES} would do"
        return "unverifiable", f"{reason}; {why}"
    if off <= width:
        return "reproduced", f"{reason}, as the card says"
    return "within-tolerance", f"{reason}; the card's {reported} is within what another decoder of pictures may change"


def _reaches(reported: Quantity, interval: tuple[float, float]) -> bool:
    width = half_width(reported)
    low, high = (Decimal(repr(bound)) for bound in interval)
    return low <= reported.value + width and high >= reported.value - width


def _between(facts: ScoreFacts, *, share: bool = True) -> str:
    """The interval, as what it is: no criterion, but what other samples would give."""
    low, high = facts.interval
    if low == high:
        return ""
    return f" ({_interval(facts) if share else f'{low:.6g} to {high:.6g}'} on other samples)"


def _interval(facts: ScoreFacts) -> str:
    return f"{percent(facts.interval[0])} to {percent(facts.interval[1])}"


def _few(samples: int, chance: float) -> str:
    one_of = max(1, round(1 / chance))
    return f"{_plural(samples)} are too few to tell: one of {one_of} plausible results would be printed the same"


def _coarse(reported: Quantity, chance: float) -> str:
    return (
        f"{reported} is printed too coarsely to tell: {min(chance, 1.0):.1%} of plausible numbers would be printed "
        f"the same, and {MOST_CHANCE:.1%} are the most that mir lets pass"
    )


def _uncertain(facts: ScoreFacts) -> str:
    return " and ".join(_uncertainties(facts)) + " decide about it"


def _uncertainties(facts: ScoreFacts) -> Iterator[str]:
    if facts.more:
        yield f"{_plural(facts.more)} that could not be read or whose best answers tie"
    if facts.fewer:
        yield f"{_plural(facts.fewer)} that count by a tie"


def _samples(off: int) -> str:
    return f"{_plural(abs(off))} {'more' if off > 0 else 'fewer'}"


def _plural(count: int) -> str:
    return f"{count} sample{'' if count == 1 else 's'}"
