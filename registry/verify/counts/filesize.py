"""The size of a weights file: asked for where that is allowed, else bounded from the model's tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from registry.evidence.rejudge.count_chance import compared, first_fit
from registry.evidence.rejudge.fineness import readings
from registry.types import Claim, Measurement, Model, Quantity, Verdict
from registry.verify.outcome import Outcome
from registry.verify.parameters import ParameterCount

FLOAT32 = 4

PER_TENSOR = 1024
"""Bytes that a weights file spends on one tensor besides its numbers, at most: its name, its shape, its alignment."""

AskSize = Callable[[str], int]
"""Gives the size in bytes of what a URL leads to; raises `WeightsError`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Bounds:
    """The least and the most bytes that a file of these tensors as 32-bit floats has."""

    least: int
    most: int

    def holds(self, size: int) -> bool:
        """Whether a file of that size fits; files that keep more than the model has are up to a fiftieth larger."""
        return self.least <= size <= self.most + self.least // 50


def local_file(model: Model, url: str) -> Path | None:
    """A file that lies beside the card, `None` where the card names a URL, nothing, or a path outside."""
    if not url or urlsplit(url).scheme:
        return None
    base = Path(model.base).resolve()
    path = (base / url).resolve()
    return path if path.is_relative_to(base) and path.is_file() else None


def local_size(model: Model, url: str) -> int | None:
    """Size of weights that lie beside the card; see `local_file`."""
    path = local_file(model, url)
    return None if path is None else path.stat().st_size


def bounds(counted: ParameterCount) -> Bounds:
    """The file's size as the tensors bound it: without the buffers and overhead, and with both."""
    least = FLOAT32 * counted.total
    # Counters of batches are 64-bit integers: twice a float.
    most = FLOAT32 * (counted.total + 2 * counted.buffers) + PER_TENSOR * (counted.tensors + 4)
    return Bounds(least=least, most=most)


def judge_size(claim: Claim, size: int, how: str, digests: dict[str, str]) -> Outcome:
    """A claim against the file's true size, with `MB` read as 10^6 and as 2^20 bytes."""
    fit = first_fit(claim.reported, [size])
    verdict: Verdict
    if fit is None:
        off = float((claim.reported.value - size) / size) if size else 0.0
        verdict, reason = "refuted", f"the file has {size} bytes, so that the card is {off:+.2%} off"
    elif fit.coarse:
        verdict = "unverifiable"
        reason = f"{claim.reported} is printed too coarsely to tell: the file's {size} bytes fit, but {fit.coarse}"
    else:
        verdict, reason = "reproduced", f"the file has {size} bytes{f', {fit.note}' if fit.note else ''}"
    details = compared({how: size}, fit.chance if fit else 0.0)
    measured = Measurement(value=size, method="count", convention=how, details=details)
    return Outcome(claim=claim, verdict=verdict, reason=reason, measurement=measured, digests=digests)


def judge_bounds(
    claim: Claim,
    counted: ParameterCount,
    digests: dict[str, str],
    *,
    advice: str,
    siblings: Mapping[str, ParameterCount] | None = None,
) -> Outcome:
    """A claim against what the tensors allow: reproduced where every allowed size prints as claimed.

    Args:
        claim: The claim.
        counted: The model's parameters.
        digests: Of what was counted.
        advice: What would measure the file itself.
        siblings: Parameters of models whose file it may be, by name.
    """
    limits = bounds(counted)
    makes = f"its tensors as 32-bit floats make {limits.least} to {limits.most} bytes"
    fit = first_fit(claim.reported, [limits.least])
    if fit is not None and not fit.coarse and _holds_all(claim.reported, limits):
        return Outcome(
            claim=claim,
            verdict="reproduced",
            reason=f"{makes}{f', {fit.note}' if fit.note else ''}",
            measurement=Measurement(
                value=limits.least,
                method="count",
                convention="32-bit floats",
                details=compared({"32-bit floats": limits.least}, fit.chance),
            ),
            digests=digests,
        )
    whose = _explain(claim, limits, siblings or {})
    return Outcome(
        claim=claim,
        verdict="unverifiable",
        reason=f"{makes}{whose}, and the file was not seen: {advice}",
        measurement=Measurement(
            value=limits.least, method="count", convention="32-bit floats", details={"most": limits.most}
        ),
        digests=digests,
    )


def _holds_all(reported: Quantity, limits: Bounds) -> bool:
    return any(reading.holds(limits.least) and reading.holds(limits.most) for reading, _ in readings(reported))


def _explain(claim: Claim, limits: Bounds, siblings: Mapping[str, ParameterCount]) -> str:
    """What a size outside of the bounds may be, as the rest of a sentence."""
    size = int(claim.reported.value)
    if limits.holds(size):
        return ", which agrees"
    if limits.holds(2 * size):
        return "; the card says half of that, as 16-bit floats make"
    name = next((name for name, counted in siblings.items() if bounds(counted).holds(size)), None)
    return "; the card says otherwise" if name is None else f"; the card's is the size of its sibling {name}"
