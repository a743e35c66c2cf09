"""What verifying one claim came to, before it is bound to an environment and a time as evidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from registry.types import Claim, Measurement, Verdict


@dataclass(frozen=True, kw_only=True, slots=True)
class Outcome:
    """A claim with its verdict.

    Attributes:
        verdict: What the measurement says of it.
        reason: One sentence that a maintainer understands without the source: what reproduces it, by how much it
            is off and what is nearest, or what is missing and which option supplies it.
        measurement: What was measured, `None` where nothing was.
        digests: Of what was used: `weights`, `dataset`, `preprocessing`, `code`, as `sha256:<hex>`.
        environment: Of the machine and the device that measured; `None` for this machine's processor.
        altered: Whether what it rests on is not what the card or the record says, so that no earlier evidence counts.
        derived: Whether it was told from the claim alone, in no time in which another machine could have measured it.
    """

    claim: Claim
    verdict: Verdict
    reason: str
    measurement: Measurement | None = None
    digests: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] | None = None
    altered: bool = False
    derived: bool = False


def unverifiable(
    claim: Claim, reason: str, digests: Mapping[str, str] | None = None, *, derived: bool = False
) -> Outcome:
    """The outcome of a claim that cannot be measured here."""
    return Outcome(claim=claim, verdict="unverifiable", reason=reason, digests=digests or {}, derived=derived)
