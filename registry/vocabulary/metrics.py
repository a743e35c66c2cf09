"""Metric names: what a printed name means, what its number counts, which direction is good."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from registry.types import Kind


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
    """

    subject: str
    name: str
    aliases: tuple[str, ...]
    kind: Kind
    better: Literal["higher", "lower"] | None
    where: Literal["metadata", "results"]


def fold(name: str) -> str:
    """A name without case, hyphens, underscores and runs of spaces, for comparing spellings."""
    return re.sub(r"[\s_\-]+", " ", name).strip().casefold()


def slug(name: str) -> str:
    """A name as an identifier: `Top 1 Accuracy` is `top-1-accuracy`."""
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-")


@cache
def metric_terms() -> dict[str, MetricTerm]:
    """All known metrics by their subject."""
    table = tomllib.loads(Path(__file__).with_name("metrics.toml").read_text(encoding="utf-8"))
    return {
        subject: MetricTerm(
            subject=subject,
            name=entry["name"],
            aliases=tuple(entry["aliases"]),
            kind=entry["kind"],
            better=entry.get("better"),
            where=entry["where"],
        )
        for subject, entry in table.items()
    }


@cache
def _by_spelling() -> dict[str, MetricTerm]:
    return {fold(name): term for term in metric_terms().values() for name in (term.name, *term.aliases)}


def metric_term(name: str) -> MetricTerm | None:
    """The metric that a printed name means, `None` for one that the vocabulary lacks.

    >>> metric_term("top_1 accuracy").subject
    'top-1-accuracy'
    """
    return _by_spelling().get(fold(name))
