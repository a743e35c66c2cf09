"""One number that a card reports: the only type that numbers have between the cards and the evidence."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from registry.types.card import DatasetRef
from registry.types.quantity import Kind, Quantity
from registry.types.safe_text import safe_text
from registry.types.source import Location


class MetricTerm(NamedTuple):
    """One entry of `metrics.toml`.

    Attributes:
        subject: Slug, such as `top-1-accuracy`.
        name: The spelling to use.
        aliases: Other spellings.
        kind: What the number counts.
        better: Which direction is good; `None` where neither is.
        where: Whether it stands in a model's metadata or in its results.
        bounded: Whether a ratio lies between 0 and 100 %.
        family: What it counts hits of, such as `accuracy`, where it counts them among the best `top` guesses.
        top: How many guesses are counted. More guesses never score less.
        least: What it cannot be below, in base units; `None` where nobody knows.
        most: What no model reaches, in base units; `None` where there is no such number.
        percent_from: The least number above one that is printed as a percentage: an SSIM of 1.2 is no percentage.
    """

    subject: str
    name: str
    aliases: tuple[str, ...]
    kind: Kind
    better: Literal["higher", "lower"] | None
    where: Literal["metadata", "results"]
    bounded: bool = True
    family: str = ""
    top: int = 0
    least: int | None = None
    most: int | None = None
    percent_from: int = 0

    def is_one(self, value: object) -> bool:
        """Whether a value under this name is meant as one number: a time or throughput is listed for each machine."""
        of_a_machine = self.kind == "seconds" or self.subject in ("throughput", "peak-memory")
        return not (of_a_machine and isinstance(value, list | dict))


UNKNOWN_METRIC = MetricTerm(subject="", name="", aliases=(), kind="number", better=None, where="results", bounded=False)
"""The term of a metric that the vocabulary lacks: a number of which nothing is known."""


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), default=str)


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """One number that a card reports.

    `term`, `verified`, `result` and `inherited` are what reading the card found beside the claim itself: two claims
    that differ in nothing else are equal, and a claim that was read from evidence lacks them.

    Attributes:
        model: The model's name.
        subject: What it is about, as a slug: `parameters`, `flops`, `file-size`, `top-1-accuracy`, ...
        label: The card's own key, such as `Top 1 Accuracy`, and the conditions, where there are any.
        kind: What the number counts.
        reported: The number with its unit and its printed precision.
        location: Where it stands.
        task: For results, the task as printed.
        dataset: For results, the dataset: its name, configuration, split, subset, revision and arguments.
        conditions: What the number holds under, name and text as printed: `hardware`, `batch size`, ... of a time.
        term: What the project's vocabulary says of the metric; where it lacks it, `UNKNOWN_METRIC` but for the
            direction that the metric's name says is good.
        verified: Whether the Hub says that it checked the number; `None` where the card does not say.
        result: Which of the model's results reports it, from 0; `None` for metadata.
        inherited: True where the model's collection reports it for all of its models.
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
    term: MetricTerm = field(default=UNKNOWN_METRIC, compare=False)
    verified: bool | None = field(default=None, compare=False)
    result: int | None = field(default=None, compare=False)
    inherited: bool = field(default=False, compare=False)
    _digest: str = field(default="", init=False, repr=False, compare=False)

    @property
    def digest(self) -> str:
        """SHA-256 of what is claimed, without where it stands, as `sha256:<64 hex digits>`; worked out once."""
        if not self._digest:
            object.__setattr__(self, "_digest", self._worked_out())
        return self._digest

    def _worked_out(self) -> str:
        import hashlib  # what only evidence needs

        data: dict[str, Any] = {
            "model": self.model,
            "subject": self.subject,
            "reported": self.reported.text,
            "task": self.task,
            "dataset": None if self.dataset is None else self.dataset.identity,
            **({"conditions": dict(self.conditions)} if self.conditions else {}),
        }
        # Escaped to ASCII, because half a surrogate pair in a hostile card has no other bytes; a date that YAML read
        # in `args` counts as its text.
        text = _ENCODER.encode(data)
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()

    def __str__(self) -> str:
        """In one line, such as `AlexNet: Top 1 Accuracy 56.55% on ImageNet`."""
        data = f" on {self.dataset}" if self.dataset is not None and str(self.dataset) else ""
        return safe_text(f"{self.model}: {self.label} {self.reported}{data}")

    def __repr__(self) -> str:
        return f"<Claim {self} ({self.location})>"
