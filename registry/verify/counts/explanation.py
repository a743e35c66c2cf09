"""Where a number comes from: the ways to count that reproduce it, for `mir count --explain`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from registry.evidence.rejudge.count_chance import first_fit
from registry.lazy_regex import lazy_regex
from registry.types import Quantity
from registry.verify.conventions import CONVENTIONS
from registry.verify.counts.count_diagnosis import diagnose_flops
from registry.verify.counts.judge import Candidate, CountRule, factors, judge, surprise


@dataclass(frozen=True, kw_only=True, slots=True)
class Explanation:
    """What a printed number is.

    Attributes:
        reported: The number as printed.
        fits: By what is counted, each with how: `2 x fvcore 0.1.5` or `all parameters`; the likeliest first.
        reason: One sentence.
    """

    reported: Quantity
    fits: tuple[tuple[int, str], ...]
    reason: str

    def as_dict(self) -> dict[str, Any]:
        """Plain JSON data."""
        return {
            "reported": self.reported.text,
            "fits": [{"count": count, "convention": how} for count, how in self.fits],
            "reason": self.reason,
        }


def explain(counted: Mapping[str, Any], reported: Quantity) -> Explanation:
    """Find the ways to count that come to a printed number.

    Args:
        counted: What the model counts, as `ModelCounts.as_dict` holds it.
        reported: Such as `8.2G`, `4.11 GMACs`, `25.6M`.
    """
    judgement = judge(reported, _candidates(counted))
    ways = counted["parameters"]
    parameters = [(count, way) for way, count in ways.items() if reported.holds(count)]
    fits = (*((fit.value, _name(fit)) for fit in judgement.fits), *parameters)
    if not fits:
        meant = next(_with_other_prefix(counted, reported), None)
        why = f": {diagnose_flops(reported, judgement.ranked, parameters=ways)}" if meant is None else f"; {meant}"
        return Explanation(reported=reported, fits=(), reason=f"nothing counts {reported}{why}")
    count, how = fits[0]
    coarse = judgement.coarse if judgement.fits else getattr(first_fit(reported, list(ways.values())), "coarse", "")
    more = len({count for count, _ in fits}) - 1
    reason = f"{reported} fits {how}, {count}"
    if more:
        reason += f"; {more} other count{'s' * (more > 1)} print{'s' * (more == 1)} the same"
    if coarse:
        reason += f"; this is no proof: {coarse}"
    return Explanation(reported=reported, fits=fits, reason=reason)


def _with_other_prefix(counted: Mapping[str, Any], reported: Quantity) -> Iterator[str]:
    """What the digits of a number fit under another prefix: who writes 4.11 may mean 4.11G."""
    match = _WRITTEN.fullmatch(reported.text)
    for prefix in "GMTk" if match else "":
        if match and match["prefix"].lower() != prefix.lower():
            unit = f" {prefix}{match['rest']}" if match["rest"] else prefix
            number = Quantity.parse(f"{match['digits']}{unit}", "count")
            for way, count in counted["parameters"].items():
                if number.holds(count):
                    yield f"did you mean {number}? It fits {way}, {count}"
            for fit in judge(number, _candidates(counted)).fits:
                yield f"did you mean {number}? It fits {_name(fit)}, {fit.value}"


_WRITTEN = lazy_regex(r"(?P<digits>[\d.]+)\s*(?P<prefix>[kKMGTB]?)(?P<rest>(?i:FLOPs?|MACs?|MAdds?|Ops?)?)")
"""A number, and the prefix of its unit."""


def _name(candidate: Candidate) -> str:
    factor = f"{candidate.rule.factor} x " if candidate.rule.factor != 1 else ""
    return f"{factor}{candidate.rule.convention}"


def _candidates(counted: Mapping[str, Any]) -> Iterator[Candidate]:
    for label, count in counted["counts"].items():
        name = next(name for name in CONVENTIONS if label == name or label.startswith(f"{name}, "))
        for factor in factors(CONVENTIONS[name]):
            yield Candidate(
                rule=CountRule(convention=label, factor=factor, input="as asked"),
                size=tuple(counted["input_size"]),
                value=factor * count["total"],
                surprise=surprise(name, changed=label != name),
                unit="FLOPs" if factor == 2 else count["unit"],
            )
