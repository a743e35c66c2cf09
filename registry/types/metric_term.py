"""What the vocabulary knows of a metric."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from registry.types.quantity import Kind


@dataclass(frozen=True, kw_only=True, slots=True)
class MetricTerm:
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
