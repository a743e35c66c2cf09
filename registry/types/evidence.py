"""From a claim to evidence: what a card reports, what was measured, and what follows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from registry.types.card import DatasetRef
from registry.types.quantity import Kind, Quantity
from registry.types.source import Location

Verdict = Literal["reproduced", "within-tolerance", "refuted", "unverifiable", "error"]
"""What a measurement says of a claim.

`reproduced`: it lies inside the claim's printed precision. `within-tolerance`: outside it, but not beyond what the
sample size allows. `refuted`: beyond both. `unverifiable`: it could not be measured here, and the reason says what is
missing. `error`: measuring was tried and failed.
"""
VERDICTS: tuple[Verdict, ...] = ("reproduced", "within-tolerance", "refuted", "unverifiable", "error")


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """One number that a card reports.

    Attributes:
        model: The model's name.
        subject: What it is about, as a slug: `parameters`, `flops`, `file-size`, `top-1-accuracy`, ...
        label: The card's own key, such as `Top 1 Accuracy`, and the conditions, where there are any.
        kind: What the number counts.
        reported: The number with its printed precision.
        location: Where it stands.
        task: For results, the task as printed.
        dataset: For results, the dataset.
        conditions: What the number holds under, name and text as printed: `hardware`, `batch size`, ... of a time.
    """

    model: str
    subject: str
    label: str
    kind: Kind
    reported: Quantity
    location: Location
    task: str | None = None
    dataset: DatasetRef | None = None
    conditions: tuple[tuple[str, str], ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of what is claimed, without where it stands, as `sha256:<64 hex digits>`."""
        dataset = self.dataset
        said: dict[str, Any] = {
            "model": self.model,
            "subject": self.subject,
            "reported": self.reported.text,
            "task": self.task,
            "dataset": None
            if dataset is None
            else [dataset.name, dataset.type, dataset.config, dataset.split, dataset.revision, dataset.args],
            **({"conditions": dict(self.conditions)} if self.conditions else {}),
        }
        # Escaped to ASCII, because half a surrogate pair in a hostile card has no other bytes; a date that YAML read
        # in `args` counts as its text.
        text = json.dumps(said, sort_keys=True, separators=(",", ":"), default=str)
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


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
