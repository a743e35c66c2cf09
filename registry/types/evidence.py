"""From a claim to evidence: what was measured, and what follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from registry.types.claim import Claim
from registry.types.safe_text import safe_sentence

Verdict = Literal["reproduced", "within-tolerance", "refuted", "unverifiable", "error"]
"""What a measurement says of a claim.

`reproduced`: it lies inside the claim's printed precision. `within-tolerance`: outside it, but not beyond what another
decoding of the same samples turns. `refuted`: beyond both. `unverifiable`: it could not be measured here, or it says
nothing of the claim, and the reason says why. `error`: measuring was tried and failed.
"""
VERDICTS: tuple[Verdict, ...] = ("reproduced", "within-tolerance", "refuted", "unverifiable", "error")


@dataclass(frozen=True, kw_only=True, slots=True)
class Measurement:
    """What was measured for one claim.

    Attributes:
        value: In the claim's base unit: a count, a fraction of one, bytes, seconds.
        method: How: `count` (from the model's structure) or `evaluate` (from running it on data), ...
        convention: For counts, the convention with factor and input, such as `2 x thop 0.0.31, 224x224`.
        samples: Number of samples behind a ratio.
        interval: Confidence interval of a ratio, low and high.
        details: Whatever else a reader needs to do it again; plain JSON data.
    """

    value: int | float
    method: str
    convention: str | None = None
    samples: int | None = None
    interval: tuple[float, float] | None = None
    details: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """A claim, what was measured, the verdict, and what all of it depended on.

    Attributes:
        digests: What it is bound to, `sha256:<hex>` by name: `claim`, `weights`, `dataset`, `preprocessing`, `code`.
            When one of them changes the evidence is stale.
        environment: Versions and device: `python`, `torch`, `device`, ...
        time: When, UTC, ISO 8601 to the second.
    """

    claim: Claim
    verdict: Verdict
    reason: str
    measurement: Measurement | None = None
    digests: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)
    time: str = ""

    def __post_init__(self) -> None:
        # It may quote a key of the weights or a name of the card.
        object.__setattr__(self, "reason", safe_sentence(self.reason))

    def __str__(self) -> str:
        """In one line, such as `AlexNet: Parameters 61100840: reproduced`."""
        return f"{self.claim}: {self.verdict}"

    def __repr__(self) -> str:
        return f"<Evidence {self}>"


class Lack(NamedTuple):
    """Why a claim cannot be measured with what is there; all of it empty where it can be tried.

    Attributes:
        message: The reason as a command says it, with the option that would mend it.
        reader: The reason for somebody who runs nothing.
        needs: The option alone, with what it takes in brackets; empty where none would help.
    """

    message: str = ""
    reader: str = ""
    needs: str = ""


NO_LACK = Lack()
"""Of a claim that can be tried."""
